"""Movement between pictures: shifts, followed points, rolling shutter."""
