"""A profile's settings on a body: which widget and value, set, read back, put back."""
