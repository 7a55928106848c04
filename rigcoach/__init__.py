"""Rehearse shooting without a viewfinder: set the rig, record practice takes, score every frame."""

__version__ = "0.1.0"
