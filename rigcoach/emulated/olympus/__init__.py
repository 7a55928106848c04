"""Olympus and OM System bodies as a computer finds them: PTP with the extension of their OM-D and OM bodies."""
