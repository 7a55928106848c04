"""The mean of what could be measured."""

from collections.abc import Iterable
from statistics import fmean


def known_mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are known; None where none is.

    >>> known_mean([1.0, None, 2.0]), known_mean([None])
    (1.5, None)
    """
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
