"""Readings of a sensor over time, as the measures take them: there may be more than memory holds."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.running_integral import running_integral

# So many moments are looked at together, and no further apart.
_MOMENTS, _APART_S = 1024, 60.0


class Readings(Protocol):
    """Readings of one sensor in the order of their times, of which a part can be had."""

    def __len__(self) -> int:
        """How many there are."""

    @property
    def first_s(self) -> float:
        """When the first was taken."""

    @property
    def last_s(self) -> float:
        """When the last was taken."""

    def between(self, starts_s: float, ends_s: float) -> tuple[Floats, Floats]:
        """Return those between two times, and one more on either side where there is one; never none.

        What is returned are their times, (n,), and their values, (n, k).
        """


def moments(times_s: Sequence[float] | Floats) -> Iterator[tuple[int, int]]:
    """Yield where to part moments, in rising order, so that those of a part are few and near each other.

    >>> list(moments([0.0, 1.0, 2.0, 100.0]))
    [(0, 3), (3, 4)]
    """
    start = 0
    while start < len(times_s):
        some = np.asarray(times_s[start : start + _MOMENTS])
        end = start + max(int(np.searchsorted(some, some[0] + _APART_S, "right")), 1)
        yield start, end
        start = end


def integral_at(readings: Readings, at_s: Floats) -> Floats:
    """Return the integral of readings up to each of some moments, (m, k), from a moment before all of them."""
    times_s, values = readings.between(float(at_s.min()), float(at_s.max()))
    summed = running_integral(times_s, values)
    return np.stack([np.interp(at_s, times_s, column) for column in summed.T], axis=1)
