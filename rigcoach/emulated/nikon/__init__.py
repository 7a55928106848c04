"""Nikon DSLRs emulated: properties as ISO 15740 has them, and what one body is made of."""
