"""Drills: what to rehearse, running it on the cable or off it, and what comes of it."""
