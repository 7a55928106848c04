"""Optics: thin lenses, angles of view, shots and how to aim. Numbers in, numbers out."""
