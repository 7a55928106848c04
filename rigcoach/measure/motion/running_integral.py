"""Sums of what a sensor read over time: between any two moments of them lies what it read in all."""

import numpy as np

from rigcoach.measure.arrays import Floats

_ROWS = 1 << 14  # at a time, so that hours of readings take no more memory than their sums


def running_integral(times_s: Floats, values: Floats) -> Floats:
    """Return the integral of readings, (n, k) at times (n,), from the first of them up to each, (n, k).

    By the trapezoidal rule.

    >>> running_integral(np.array([0.0, 1.0, 3.0]), np.array([[1.0], [3.0], [3.0]])).ravel().tolist()
    [0.0, 2.0, 8.0]
    """
    # Columns are what is interpolated.
    summed = np.empty(values.shape, dtype=np.float64, order="F")
    summed[:1] = 0.0
    for start in range(0, len(values) - 1, _ROWS):
        end = min(start + _ROWS, len(values) - 1)
        steps_s = np.diff(times_s[start : end + 1])[:, None]
        areas = (values[start + 1 : end + 1] + values[start:end]) / 2 * steps_s
        summed[start + 1 : end + 1] = summed[start] + np.cumsum(areas, axis=0)
    return summed
