"""What the live coach may say of a fault."""

from rigcoach.live.cues import LOST, SOFT, STEADY

WORDS = {"left", "right", "up", "down", "closer", "back", "tilt left", "tilt right", LOST, SOFT, STEADY}

SOFT_M = 0.7
"""With the ring here the emulated body's card is blurred, wherever in the frame it is: there is a word to say."""


def is_cue(line: str) -> bool:
    """Whether a line tells what a tone would."""
    return line == "no subject" or line.startswith(("turn ", "there; "))
