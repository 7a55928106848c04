"""Measures: arrays in, numbers out. No files, no clocks, no state between frames unless a class says so."""
