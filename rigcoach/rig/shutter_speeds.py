"""The shutter speeds that bodies have: in thirds and halves of a stop, and those for a shutter angle of 180 degrees."""

import math

_THIRDS = (
    *(8000, 6400, 5000, 4000, 3200, 2500, 2000, 1600, 1250, 1000, 800, 640, 500, 400, 320, 250, 200, 160, 125, 100),
    *(80, 60, 50, 40, 30, 25, 20, 15, 13, 10, 8, 6, 5, 4, 3),
)
_HALVES = (6000, 3000, 1500, 750, 350, 180, 90, 45)
_ELECTRONIC = (64000, 51200, 40000, 32000, 25600, 20000, 16000, 12800, 12000, 10000)
_MOVIES = (24, 48, 96, 120, 192, 240)
_DENOMINATORS = sorted({*_THIRDS, *_HALVES, *_ELECTRONIC, *_MOVIES})
_SECONDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.3, 1.5, 1.6, 2.0, 2.5, 3.0, 3.2, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0)
_LONG_S = (15.0, 20.0, 25.0, 30.0)
_SAME = math.log2(1.005)  # in stops: 1/50 and 1/51 are two speeds


def nearest_speed(seconds: float) -> str | None:
    """Return the speed nearest to one that no body has; None where some have it, or it is longer than bodies time.

    >>> nearest_speed(1 / 51), nearest_speed(1 / 50)
    ('1/50', None)
    """
    known = [(1 / each, f"1/{each}") for each in _DENOMINATORS] + [(each, f"{each:g}") for each in _SECONDS + _LONG_S]
    if seconds > _LONG_S[-1]:
        return None
    stops, name = min((abs(math.log2(seconds / each)), name) for each, name in known)
    return None if stops <= _SAME else name
