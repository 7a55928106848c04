"""What the live coach may say of a fault."""

from rigcoach.live.cues import LOST, SOFT, STEADY

WORDS = {"left", "right", "up", "down", "closer", "back", "tilt left", "tilt right", LOST, SOFT, STEADY}
