"""The rig: optics, gear and profiles."""
