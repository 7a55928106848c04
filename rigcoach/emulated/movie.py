"""How the 5D Mark II's movies count: frames, groups of pictures, and where a clip ends."""

from fractions import Fraction

FPS = Fraction(30000, 1001)

# A movie ends on a whole group of pictures.
GROUP_FRAMES = 15
_GROUP_S = float(GROUP_FRAMES / FPS)

# The body ends a clip by itself at 4 GB, about 12 minutes (instruction manual, movie shooting).
LONGEST_CLIP_S = 12 * 60


def frames_recorded(recorded_s: float) -> int:
    """Return how many frames a clip has that was recorded for so long: whole groups, at least one.

    >>> [frames_recorded(seconds) for seconds in (0.0, 0.7, 0.8, 6.0)]
    [15, 15, 30, 180]
    """
    return max(1, round(min(recorded_s, LONGEST_CLIP_S) / _GROUP_S)) * GROUP_FRAMES


def frames_so_far(recording_s: float) -> int:
    """Return how many frames are sure to be in a clip that has been running for so long, however soon it ends.

    >>> [frames_so_far(seconds) for seconds in (0.0, 0.6, 1.1)]
    [0, 15, 30]
    """
    return int(min(recording_s, LONGEST_CLIP_S) / _GROUP_S) * GROUP_FRAMES
