"""How the 5D Mark II's movies count: frames, groups of pictures, and where a clip ends."""

from fractions import Fraction

FPS = Fraction(30000, 1001)

# A movie ends on a whole group of pictures.
GROUP_FRAMES = 15
_GROUP_S = float(GROUP_FRAMES / FPS)

# The body ends a clip by itself at 4 GB, after about 12 minutes (instruction manual, movie shooting).
LARGEST_FILE_BYTES = 1 << 32
_BYTES_PER_S = LARGEST_FILE_BYTES / (12 * 60)


def seconds_in(size_bytes: int) -> float:
    """Return how long a movie of so many bytes is, as the body reckons.

    >>> seconds_in(LARGEST_FILE_BYTES) / 60
    12.0
    """
    return size_bytes / _BYTES_PER_S


def frames_recorded(recorded_s: float) -> int:
    """Return how many frames a clip has that was recorded for so long: whole groups, at least one.

    >>> [frames_recorded(seconds) for seconds in (0.0, 0.7, 0.8, 6.0)]
    [15, 15, 30, 180]
    """
    return max(1, round(recorded_s / _GROUP_S)) * GROUP_FRAMES


def frames_so_far(recording_s: float) -> int:
    """Return how many frames are sure to be in a clip that has been running for so long, however soon it ends.

    >>> [frames_so_far(seconds) for seconds in (0.0, 0.6, 1.1)]
    [0, 15, 30]
    """
    return int(recording_s / _GROUP_S) * GROUP_FRAMES
