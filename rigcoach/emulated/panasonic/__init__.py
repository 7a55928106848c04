"""Panasonic bodies as a computer finds them: ISO 15740's properties alone, or the maker's extension."""
