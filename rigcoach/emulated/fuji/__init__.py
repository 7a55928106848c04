"""Fujifilm bodies as a computer finds them: ISO 15740 properties, and operations started by setting one of them."""
