"""The blur of a subject frame by frame, steadied by the frames around: a face moves, its blur changes slowly.

A line is fitted through the radii of the frames around each, those nearer and those told more surely counting for more
[Cleveland1979]_: a lens that is racked isn't lagged behind.

References
----------
.. [Cleveland1979] W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots", Journal of the
   American Statistical Association 74, 1979.
"""

import numpy as np

from rigcoach.measure.arrays import Floats

# Frames so far off on either side count, the nearer ones more.
AROUND_S = 0.3
# Of fewer frames the mean is taken.
_FEWEST_FOR_A_LINE = 5
_LEAST_WIDTH_PX = 0.1


def steadied(times_s: Floats, radius_px: Floats, low_px: Floats, high_px: Floats) -> tuple[Floats, Floats, Floats]:
    """Return radii and the ends of their intervals as the frames around bear them out, arrays of shape (n,) as given.

    What isn't known in a frame is not a number, there and in what is returned. An interval keeps the mean reach of its
    neighbours': most of what it allows for is what the subject looks like, which stays from frame to frame.

    >>> times, racked = np.arange(9) / 25, np.linspace(1, 3, 9)
    >>> steadied(times, racked, racked - 0.5, racked + 0.5)[0].round(6).tolist()
    [1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0]
    """
    out = np.full((3, len(times_s)), np.nan)
    known = np.isfinite(radius_px)
    firsts = np.searchsorted(times_s, times_s - AROUND_S, side="right")
    lasts = np.searchsorted(times_s, times_s + AROUND_S, side="left")
    for i in np.flatnonzero(known):
        near = np.arange(firsts[i], lasts[i])[known[firsts[i] : lasts[i]]]
        away = times_s[near] - times_s[i]
        nearness = (1 - (np.abs(away) / AROUND_S) ** 3) ** 3
        weight = nearness / np.maximum(high_px[near] - low_px[near], _LEAST_WIDTH_PX) ** 2
        weight /= weight.sum()
        value = max(_middle(away, radius_px[near], weight), 0.0)
        down = float(weight @ (radius_px[near] - low_px[near]))
        up = float(weight @ (high_px[near] - radius_px[near]))
        out[:, i] = value, max(value - down, 0.0), value + up
    return out[0], out[1], out[2]


def _middle(away_s: Floats, radius_px: Floats, weight: Floats) -> float:
    """Return the height of the line through radii where it passes the frame itself; weights are 1 together."""
    mean = float(weight @ radius_px)
    if len(away_s) < _FEWEST_FOR_A_LINE:
        return mean
    centre = float(weight @ away_s)
    from_centre = away_s - centre
    spread = float(weight @ from_centre**2)
    slope = float(weight @ (from_centre * (radius_px - mean))) / max(spread, 1e-9)
    return mean - slope * centre
