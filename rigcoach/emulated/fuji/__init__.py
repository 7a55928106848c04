"""Fujifilm bodies as a computer finds them: ISO 15740 properties, and what is to be done set as one of them."""
