"""The motion blur of one exposure, from where the subject was frame by frame.

Two frames tell a pan. The shake of a hand turns round within a few frames: its path through an exposure is the
likeliest one through the nine frames around, by Gaussian-process regression [Rasmussen2006]_ (kriging, with any
steady movement on top) under a spectrum of up to 10 Hz, each frame being seen as the mean over its exposure. What
shakes faster than half the frame rate isn't seen.

References
----------
.. [Rasmussen2006] C. E. Rasmussen, C. K. I. Williams, *Gaussian Processes for Machine Learning*, MIT Press 2006,
   chapter 2 (2.7 for the steady part).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from rigcoach.measure.arrays import Floats

_FRAMES_EITHER_SIDE = 4
FRAMES_AROUND = 2 * _FRAMES_EITHER_SIDE + 1
"""No smear depends on a frame farther away than this."""

_MOMENTS = 24
# How a hand shakes: up to so many hertz, its power falling from so many on, this far; and how exactly it is followed.
_FREQUENCIES_HZ = np.arange(0.25, 10.1, 0.25)
_SLOW_HZ, _SHAKE_PX, _NOISE_PX = 4.0, 10.0, 0.15
# Below this a smear has no direction worth telling.
_LEAST_DIRECTED_PX = 0.5


@dataclass(frozen=True, slots=True)
class MotionBlur:
    """A smear in full-resolution pixels; `direction_deg` in [0, 180), clockwise from x, `None` for next to none.

    `length_px` is that of the even straight smear with the variance of the path along its main axis, as for an even
    straight path it is the path's own.
    """

    length_px: float
    direction_deg: float | None


def motion_blurs(
    steps_px: Sequence[tuple[float, float] | None], fps: float, shutter_s: float | Sequence[float]
) -> list[MotionBlur | None]:
    """Return the smear of every frame; `None` where the movement around it isn't known.

    Parameters
    ----------
    steps_px
        For each frame how far the subject moved since the frame before, x and y; `None` where that isn't known, as
        for the first.
    fps, shutter_s
        Frames a second, and how long each is exposed, around the frame's time: all alike, or one for each.
    """
    exposures_s = [shutter_s] * len(steps_px) if isinstance(shutter_s, float | int) else shutter_s
    found: list[MotionBlur | None] = [None] * len(steps_px)
    for first, last in _runs(steps_px):
        steps = np.array([step for step in steps_px[first + 1 : last + 1] if step is not None])
        places = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
        for i in range(len(places)):
            low = max(0, min(i - _FRAMES_EITHER_SIDE, len(places) - 2 * _FRAMES_EITHER_SIDE - 1))
            window = places[low : low + 2 * _FRAMES_EITHER_SIDE + 1]
            path = _moments(len(window), i - low, round(fps, 3), round(fps * exposures_s[first + i], 4)) @ window
            found[first + i] = motion_blur_of(path)
    return found


def motion_blur_of(path_px: Floats) -> MotionBlur:
    """Return the smear of a path given at moments evenly spaced, shape (n, 2).

    >>> motion_blur_of(np.linspace((0.0, 0.0), (6.0, 0.0), 200))
    MotionBlur(length_px=6.0, direction_deg=0.0)
    """
    variances, axes = np.linalg.eigh(np.cov(path_px.T, bias=True))
    # n points from end to end have a variance of L^2 (n + 1)/(n - 1)/12.
    count = len(path_px)
    length = math.sqrt(12 * max(float(variances[1]), 0.0) * (count - 1) / (count + 1))
    direction = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180.0
    return MotionBlur(round(length, 6), round(direction, 4) if length >= _LEAST_DIRECTED_PX else None)


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
def _moments(count: int, frame: int, fps: float, exposed: float) -> Floats:
    """Return the matrix from the places seen at `count` frames to those at moments of the exposure of one of them.

    What is seen of a frame is the mean over its exposure, `exposed` frames long, give or take `_NOISE_PX`.
    """
    frames = np.arange(count, dtype=np.float64)
    # Each exposure as five moments; the mean of them is what is seen.
    inner = exposed * (np.arange(5) - 2) / 5
    seen = (frames[:, None] + inner).ravel()
    mean = np.kron(np.eye(count), np.full((1, 5), 0.2))
    moments = frame + exposed * np.linspace(-0.5, 0.5, _MOMENTS)
    among = mean @ _alike(seen, seen, fps) @ mean.T + _NOISE_PX**2 * np.eye(count)
    between = _alike(moments, seen, fps) @ mean.T
    # A steady movement of any speed is taken out before, and put back after (universal kriging).
    steady, steady_there = np.stack((np.ones(count), frames), axis=1), np.stack((np.ones(_MOMENTS), moments), axis=1)
    inverse = np.linalg.inv(among)
    trend = np.linalg.solve(steady.T @ inverse @ steady, steady.T @ inverse)
    shaken = between @ inverse
    return np.asarray(shaken @ (np.eye(count) - steady @ trend) + steady_there @ trend, dtype=np.float64)


def _alike(a: Floats, b: Floats, fps: float) -> Floats:
    """Return the covariance, in square pixels, of a shaken picture's places at times in frames."""
    apart_s = (a[:, None] - b[None, :]) / fps
    power = 1 / (1 + (_FREQUENCIES_HZ / _SLOW_HZ) ** 2)
    power *= _SHAKE_PX**2 / power.sum()
    return np.asarray((np.cos(2 * np.pi * apart_s[..., None] * _FREQUENCIES_HZ) * power).sum(axis=-1), dtype=np.float64)
