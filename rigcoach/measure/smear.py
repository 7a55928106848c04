"""The smear that a movement leaves during one exposure, from where the subject was frame by frame.

The place between frames is taken from a cubic spline through the nine frames around [deBoor1978]_, so that the shake
of a hand, which turns round within a few frames, is followed as well as a pan. What shakes faster than half the frame
rate isn't seen.

References
----------
.. [deBoor1978] C. de Boor, *A Practical Guide to Splines*, Springer 1978, chapter IV (natural cubic splines).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FRAMES_EITHER_SIDE = 4
_MOMENTS = 24
# Below this a smear has no direction worth telling.
_LEAST_DIRECTED_PX = 0.5


@dataclass(frozen=True, slots=True)
class Smear:
    """A smear in full-resolution pixels; `direction_deg` in [0, 180), clockwise from x, `None` for next to none.

    `length_px` is that of the even straight smear with the variance of the path along its main axis, as for an even
    straight path it is the path's own.
    """

    length_px: float
    direction_deg: float | None


def smears(steps_px: Sequence[tuple[float, float] | None], fps: float, shutter_s: float) -> list[Smear | None]:
    """Return the smear of every frame; `None` where the movement around it isn't known.

    Parameters
    ----------
    steps_px
        For each frame how far the subject moved since the frame before, x and y; `None` where that isn't known, as
        for the first.
    fps, shutter_s
        Frames a second, and how long each is exposed, around the frame's time.
    """
    found: list[Smear | None] = [None] * len(steps_px)
    for first, last in _runs(steps_px):
        steps = np.array([step for step in steps_px[first + 1 : last + 1] if step is not None])
        places = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
        for i in range(len(places)):
            low = max(0, min(i - _FRAMES_EITHER_SIDE, len(places) - 2 * _FRAMES_EITHER_SIDE - 1))
            window = places[low : low + 2 * _FRAMES_EITHER_SIDE + 1]
            path = _moments(len(window), i - low, round(fps * shutter_s, 4)) @ window
            found[first + i] = smear_of(path)
    return found


def smear_of(path_px: Floats) -> Smear:
    """Return the smear of a path given at moments evenly spaced, shape (n, 2).

    >>> smear_of(np.linspace((0.0, 0.0), (6.0, 0.0), 200))
    Smear(length_px=6.0, direction_deg=0.0)
    """
    variances, axes = np.linalg.eigh(np.cov(path_px.T, bias=True))
    # n points from end to end have a variance of L^2 (n + 1)/(n - 1)/12.
    count = len(path_px)
    length = math.sqrt(12 * max(float(variances[1]), 0.0) * (count - 1) / (count + 1))
    direction = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180.0
    return Smear(round(length, 6), round(direction, 4) if length >= _LEAST_DIRECTED_PX else None)


def _runs(steps_px: Sequence[tuple[float, float] | None]) -> list[tuple[int, int]]:
    """Return first and last frame of each stretch through which the movement is known, two frames and more."""
    runs: list[tuple[int, int]] = []
    for i, step in enumerate(steps_px):
        if step is None:
            continue
        if runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        elif i > 0:
            runs.append((i - 1, i))
    return runs


@cache
def _moments(count: int, frame: int, exposed: float) -> Floats:
    """Return the matrix from the places at `count` frames to those at moments of the exposure of one of them."""
    moments = frame + exposed * np.linspace(-0.5, 0.5, _MOMENTS)
    if count < 3:
        # A straight line, beyond its ends too.
        line = np.stack([1 - moments, moments], axis=1)
        return np.asarray(line, dtype=np.float64)
    return np.asarray(_spline(count, np.eye(count), moments), dtype=np.float64)


def _spline(count: int, values: Floats, moments: Floats) -> Floats:
    """Return natural cubic splines through values (count x columns) at 0, 1, ... at moments; straight on beyond."""
    system = np.eye(count)
    right = np.zeros_like(values)
    for i in range(1, count - 1):
        system[i, i - 1 : i + 2] = (1, 4, 1)
        right[i] = 6 * (values[i - 1] - 2 * values[i] + values[i + 1])
    bends = np.linalg.solve(system, right)
    out = np.empty((len(moments), values.shape[1]))
    for row, moment in enumerate(moments):
        held = min(max(float(moment), 0.0), count - 1.0)
        low = min(int(held), count - 2)
        t = held - low
        a, b = values[low], values[low + 1]
        bend_a, bend_b = bends[low], bends[low + 1]
        out[row] = (1 - t) * a + t * b + ((1 - t) ** 3 - (1 - t)) / 6 * bend_a + (t**3 - t) / 6 * bend_b
        slope = b - a - (3 * (1 - t) ** 2 - 1) / 6 * bend_a + (3 * t**2 - 1) / 6 * bend_b
        out[row] += (moment - held) * slope
    return out
