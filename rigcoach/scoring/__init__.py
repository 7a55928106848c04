"""Measurements into scores, faults and advice, and batches of clips."""
