"""A whole picture: light, level, flicker, and where a subject stands in it."""
