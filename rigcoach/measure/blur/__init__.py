"""Blur of natural subjects: edges, a calibrated network, and which kind of blur it is."""
