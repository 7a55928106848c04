"""Exposure times that a camera noted frame by frame."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# Exposure times are told to so many digits: a camera's own differ by less from what it noted.
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ShutterTimes:
    """How long frames were exposed: at `times_s` from the clip's start, in rising order, `seconds`.

    Arrays of numbers take a quarter of the memory that tuples do.
    """

    times_s: Sequence[float]
    seconds: Sequence[float]

    def at(self, t_s: float) -> float:
        """Return the exposure time noted nearest to a time.

        >>> ShutterTimes((0.0, 0.04), (0.01, 0.02)).at(0.03)
        0.02
        """
        after = min(max(bisect_left(self.times_s, t_s), 1), len(self.times_s) - 1) if len(self.times_s) > 1 else 0
        nearest = min((max(after - 1, 0), after), key=lambda i: abs(self.times_s[i] - t_s))
        return float(f"{self.seconds[nearest]:.{_DIGITS}g}")

    @property
    def median_s(self) -> float:
        """The middle one of all."""
        return float(f"{median(self.seconds):.{_DIGITS}g}")
