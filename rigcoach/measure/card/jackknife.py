"""How far a card's place depends on single parts of its sheet: a sheet that isn't flat is placed by its flat parts.

Where a corner stands off or the sheet curls, all edges together are placed at a compromise, and their own deviations
don't tell how far off that is. With one marker's surroundings left out the place changes by about as much (the
jackknife, Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9(3), 1981).
"""

import math

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.imaged_edge import projected
from rigcoach.measure.compiled import compiled
from rigcoach.measure.compiled_algebra import solved

_FEWEST = 8  # crossings near a marker; where one has fewer, the others alone may not place the sheet
_RIDGE = 1e-7


@compiled
def nearest(back: Floats, points_px: Floats, centres: Floats) -> NDArray[np.intp]:
    """Return which centre on the sheet, of n x 2, each of the points in the frame, m x 2, lies next to.

    `back` is the homography from the frame to the sheet.
    """
    which = np.zeros(len(points_px), np.intp)
    for i in range(len(points_px)):
        x, y = projected(back, points_px[i, 0], points_px[i, 1])
        least = math.inf
        for k in range(len(centres)):
            away = (x - centres[k, 0]) ** 2 + (y - centres[k, 1]) ** 2
            if away < least:
                which[i], least = k, away
    return which


@compiled
def jackknife(design: Floats, residual: Floats, weight: Floats, parts: NDArray[np.intp], count: int) -> Floats:
    """Return the covariance, n x n, of what was fitted by weighted least squares, by leaving out part after part.

    `design`, m x n, `residual` and `weight` are the fit's; `parts` says to which of so many each of the m rows belongs.
    Nought where a part has too few of them.
    """
    size = design.shape[1]
    whole, _ = normal_equations(design, residual, weight)
    spread, scale, own = np.zeros((size, size)), np.empty(size), np.empty(len(weight))
    for k in range(size):
        scale[k] = math.sqrt(whole[k, k]) + 1e-12
    for part in range(count):
        held = 0
        for i in range(len(weight)):
            held += parts[i] == part
            own[i] = weight[i] if parts[i] == part else 0.0
        if held < _FEWEST:
            return np.zeros((size, size))
        out, pull = normal_equations(design, residual, own)
        for k in range(size):
            for n in range(size):
                out[k, n] = (whole[k, n] - out[k, n]) / (scale[k] * scale[n])
            out[k, k] += _RIDGE
            pull[k] /= scale[k]
        moved = solved(out, pull)
        for k in range(size):
            for n in range(size):
                spread[k, n] += moved[k] * moved[n] / (scale[k] * scale[n]) * (count - 1) / count
    return spread


@compiled
def normal_equations(design: Floats, value: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the weighted products of a design's columns, and of its columns with the values."""
    count, size = design.shape
    normal, pull = np.zeros((size, size)), np.zeros(size)
    for i in range(count):
        for k in range(size):
            weighted = weight[i] * design[i, k]
            pull[k] += weighted * value[i]
            for n in range(k + 1):
                normal[k, n] += weighted * design[i, n]
    for k in range(size):
        for n in range(k):
            normal[n, k] = normal[k, n]
    return normal, pull
