"""A smooth curve through points that rises wherever the points do.

References
----------
.. [Fritsch1980] F. N. Fritsch, R. E. Carlson, "Monotone piecewise cubic interpolation", SIAM Journal on Numerical
   Analysis 17(2), 1980; slopes by weighted harmonic means, F. N. Fritsch, J. Butland, SIAM Journal on Scientific and
   Statistical Computing 5(2), 1984.
"""

import numpy as np

from rigcoach.measure.arrays import Floats


def monotone_cubic(x: Floats, y: Floats, at: Floats) -> Floats:
    """Return the curve through points at places; beyond the first and last it runs straight on.

    Parameters
    ----------
    x, y
        Three points and more, of shape (n,); `x` rises.
    at
        Places, of any shape.

    >>> monotone_cubic(np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 6.0]), np.array([-1.0, 0.5, 2.0, 4.0])).tolist()
    [-2.0, 1.0, 4.0, 8.0]
    """
    step = np.diff(x)
    rise = np.diff(y) / step
    slope = np.zeros(len(x))
    before, after = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    same = rise[1:] * rise[:-1] > 0
    slope[1:-1][same] = (
        ((before + after)[same]) / (before / np.where(same, rise[:-1], 1) + after / np.where(same, rise[1:], 1))[same]
    )
    slope[0] = ((2 * step[0] + step[1]) * rise[0] - step[0] * rise[1]) / (step[0] + step[1])
    slope[-1] = ((2 * step[-1] + step[-2]) * rise[-1] - step[-1] * rise[-2]) / (step[-1] + step[-2])
    for end, near in ((0, 0), (-1, -1)):
        # Held to the rise beside it: no end turns round.
        slope[end] = np.clip(slope[end], min(0.0, 3 * rise[near]), max(0.0, 3 * rise[near]))
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    t = (at - x[i]) / step[i]
    inside = (
        y[i] * (1 + 2 * t) * (1 - t) ** 2
        + step[i] * slope[i] * t * (1 - t) ** 2
        + y[i + 1] * t**2 * (3 - 2 * t)
        + step[i] * slope[i + 1] * t**2 * (t - 1)
    )
    low, high = y[0] + (at - x[0]) * slope[0], y[-1] + (at - x[-1]) * slope[-1]
    return np.asarray(np.where(at < x[0], low, np.where(at > x[-1], high, inside)), dtype=np.float64)
