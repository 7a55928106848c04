"""Widths of a natural subject's edges, with their directions, at one level of a pyramid.

The strongest edges are sampled along their normals; the width of each is its height over its steepest slope, the
smoothing that it was sampled with taken out again. The edge width as a measure of blur is after [Marziliano2002]_. Wide
edges are measured at half and quarter size as well, where noise disturbs them less.

References
----------
.. [Marziliano2002] P. Marziliano, F. Dufaux, S. Winkler, T. Ebrahimi, "A no-reference perceptual blur metric",
   ICIP 2002.
.. [Zhuo2011] S. Zhuo, T. Sim, "Defocus map estimation from a single image", Pattern Recognition 44(9), 2011.
"""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Plane
from rigcoach.measure.blur.gradients import Gradients
from rigcoach.measure.picture.noise import percentile

Values = npt.NDArray[np.float32]

CLIPPED_LOW, CLIPPED_HIGH = 2.0, 244.0
"""Levels beyond which an edge's plateau counts as cut off."""

_STRONGEST = 300
# Edges in directions that are rare count too: a smear leaves sharp only those along itself.
_DIRECTIONS, _STRONGEST_A_DIRECTION = 8, 40
_REACH_PX = 22.0
_STEP_PX = 0.5
# A profile ends where its slope falls below this share of the steepest.
_FLAT = 0.1
# How far the edge's steepest place may lie from the gradient's ridge, which is found to the pixel: 1.5 px.
_PEAK_STEPS = 3
# Where an overshoot falls back: so many steps beyond a plateau's beginning.
_BEYOND_STEPS = 2, 9
CORE_SIGMAS_PX = (1.0, 2.0, 4.0)
_LEAST_FLATTENED = 0.01
# Never the rounding of 8 bits, in levels per pixel; and a tenth of the strongest.
_LEAST_GRADIENT, _SHARE_OF_STRONGEST = 0.25, 0.1
# No more places than this are looked at for ridges, the strongest first.
_MOST_PLACES = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The strongest edges of a region that end within reach, at one level of the pyramid.

    Arrays of shape (n,): `width_px` in pixels of this level, the smoothing taken out; `rise`, the height in levels;
    `low`, the darker plateau's level; `angle_rad`, the direction uphill; `strong`, whether the edge is among the
    strongest of all rather than of its direction alone; `overshoot`, by what share of the height the profile falls back
    beyond its plateaus; `core_px`, of shape (n, 3), the deviation of the Gaussian that the edge's steepest part is
    like, by how much more smoothing of `CORE_SIGMAS_PX` flattens it [Zhuo2011]_.
    """

    width_px: Values
    rise: Values
    low: Values
    angle_rad: Values
    strong: npt.NDArray[np.bool_]
    overshoot: Values
    core_px: Values

    @property
    def unclipped(self) -> npt.NDArray[np.bool_]:
        """Which edges have both plateaus between black and white."""
        return np.asarray((self.low > CLIPPED_LOW) & (self.low + self.rise < CLIPPED_HIGH), dtype=np.bool_)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Edges":
        """Return the chosen edges, of the same region."""
        return Edges(
            self.width_px[chosen],
            self.rise[chosen],
            self.low[chosen],
            self.angle_rad[chosen],
            self.strong[chosen],
            self.overshoot[chosen],
            self.core_px[chosen],
        )


def edges_in(gradients: Gradients) -> Edges:
    """Return the strongest edges whose middle lies in the area whose gradients these are."""
    smoothing_px = gradients.smoothing_px
    # White noise of deviation s has, under a Gaussian of s0, gradients of deviation s / (sqrt(8 pi) s0^2).
    gradient_noise = gradients.noise / (math.sqrt(8 * math.pi) * smoothing_px**2)
    strongest = math.sqrt(percentile(gradients.inner, 0.995))
    least = max(5 * gradient_noise, _SHARE_OF_STRONGEST * strongest, _LEAST_GRADIENT)
    points, normals, strong = _strongest_edges(gradients, least)
    low, high, slope, overshoot, core, ends = _profiles(gradients.smooth, points, normals)
    # A step under a Gaussian of s0 has height over slope sqrt(2 pi) s0; variances add.
    width = np.sqrt(np.maximum(((high - low) / slope) ** 2 - 2 * np.pi * smoothing_px**2, 0.0))
    return Edges(
        width_px=width.astype(np.float32),
        rise=high - low,
        low=low,
        angle_rad=np.arctan2(normals[ends, 1], normals[ends, 0]),
        strong=strong[ends],
        overshoot=overshoot,
        core_px=np.sqrt(np.maximum(core**2 - np.float32(smoothing_px**2), 0.0)),
    )


def _strongest_edges(gradients: Gradients, least_gradient: float) -> tuple[Plane, Plane, npt.NDArray[np.bool_]]:
    """Return places (Nx2, x and y), unit normals uphill (Nx2), and which are among the strongest.

    Places are those where the gradient is longest along its own direction.
    """
    area, squared = gradients.area, gradients.squared
    height, width = squared.shape
    left, top, right, bottom = max(area[0], 1), max(area[1], 1), min(area[2], width - 1), min(area[3], height - 1)
    if right - left < 2 or bottom - top < 2:
        nothing = np.empty((0, 2), np.float32)
        return nothing, nothing, np.empty(0, np.bool_)
    inner = squared[top:bottom, left:right]
    least = least_gradient**2
    if inner.size > _MOST_PLACES:
        least = max(least, percentile(inner, 1 - _MOST_PLACES / inner.size))
    ys, xs = np.divmod(np.flatnonzero(inner > least), right - left)
    places = (ys + top) * width + xs + left
    length_squared = squared.ravel()
    here = length_squared[places]
    length = np.sqrt(here)
    nx, ny = gradients.gx.ravel()[places] / length, gradients.gy.ravel()[places] / length
    uphill = np.rint(ny).astype(np.intp) * width + np.rint(nx).astype(np.intp)
    ridge = np.flatnonzero((here >= length_squared[places + uphill]) & (here > length_squared[places - uphill]))
    nx, ny = nx[ridge], ny[ridge]
    chosen, strong = _chosen(here[ridge], np.arctan2(ny, nx))
    ys, xs = np.divmod(places[ridge[chosen]], width)
    return np.stack([xs, ys], axis=1).astype(np.float32), np.stack([nx[chosen], ny[chosen]], axis=1), strong


def _chosen(strength: Values, angle_rad: Values) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return the strongest of all and the strongest of each direction, and which of them belong to the former."""
    order = np.argsort(-strength, kind="stable")
    direction = np.floor(angle_rad[order] / np.pi * _DIRECTIONS + 0.5).astype(np.intp) % _DIRECTIONS
    among = np.arange(len(order)) < _STRONGEST
    kept = among.copy()
    for i in range(_DIRECTIONS):
        kept[np.flatnonzero(direction == i)[:_STRONGEST_A_DIRECTION]] = True
    return order[kept], among[kept]


def _profiles(
    smooth: Plane, points: Plane, normals: Plane
) -> tuple[Values, Values, Values, Values, Values, npt.NDArray[np.intp]]:
    """Return what `Edges` holds of each profile, and which edges these are: those that end in reach.

    That is both plateaus' levels, the steepest slope per pixel, the overshoot, and the core's deviation, smoothed.
    """
    if not len(points):
        nothing = np.empty(0, np.float32)
        return nothing, nothing, nothing, nothing, np.empty((0, len(CORE_SIGMAS_PX)), np.float32), np.empty(0, np.intp)
    along = np.arange(-_REACH_PX, _REACH_PX + _STEP_PX / 2, _STEP_PX, dtype=np.float32)
    xs, ys = (points[:, axis : axis + 1] + normals[:, axis : axis + 1] * along for axis in (0, 1))
    profiles: Plane = np.asarray(
        cv2.remap(smooth, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.float32
    )
    slopes: Plane = np.asarray(cv2.blur(np.diff(profiles, axis=1) / np.float32(_STEP_PX), (3, 1)), dtype=np.float32)
    count = slopes.shape[1]
    first = count // 2 - _PEAK_STEPS
    near = slopes[:, first : first + 2 * _PEAK_STEPS]
    steepest, peak = near.max(axis=1), first + near.argmax(axis=1)[:, None]
    steps = np.arange(count)
    flat = slopes <= _FLAT * steepest[:, None]
    end = np.where(flat & (steps > peak), steps, count).min(axis=1)
    start = np.where(flat & (steps < peak), steps, -1).max(axis=1) + 1
    ends = np.flatnonzero((steepest > 0) & (start > 0) & (end < count))
    start, end, steepest = start[ends, None], end[ends, None], steepest[ends]
    kept = profiles[ends]
    low, high = np.take_along_axis(kept, start, 1), np.take_along_axis(kept, end, 1)
    beyond = np.arange(*_BEYOND_STEPS)
    after = np.take_along_axis(kept, np.minimum(end + beyond, count), 1).min(axis=1, keepdims=True)
    before = np.take_along_axis(kept, np.maximum(start - beyond, 0), 1).max(axis=1, keepdims=True)
    overshoot = ((high - after) + (before - low)) / (2 * np.maximum(high - low, 1e-3))
    return (
        low[:, 0],
        high[:, 0],
        steepest,
        np.clip(overshoot[:, 0], -1, 1),
        _cores(slopes[ends], steepest, peak[ends]),
        ends,
    )


def _cores(slopes: Plane, steepest: Values, peak: npt.NDArray[np.intp]) -> Values:
    """Return the deviations of the Gaussians that profiles' steepest parts are like, in pixels, of shape (n, 3).

    Under a Gaussian of s a Gaussian slope of deviation c falls by R = sqrt(1 + s^2/c^2).
    """
    reach, kernels = _core_kernels()
    # A peak lies near the middle of its profile, so that its window never leaves it.
    windows = np.take_along_axis(slopes, peak + np.arange(-reach, reach + 1), axis=1)
    ratio = steepest[:, None] / np.maximum(windows @ kernels, 1e-6)
    return np.asarray(np.array(CORE_SIGMAS_PX) / np.sqrt(np.maximum(ratio**2 - 1, _LEAST_FLATTENED)), dtype=np.float32)


@cache
def _core_kernels() -> tuple[int, Plane]:
    """Return how many steps Gaussians of `CORE_SIGMAS_PX` reach to either side, and their weights, steps x 3."""
    reach = round(2.5 * max(CORE_SIGMAS_PX) / _STEP_PX)
    away = np.arange(-reach, reach + 1)[:, None] * _STEP_PX
    weights = np.exp(-0.5 * (away / np.array(CORE_SIGMAS_PX)) ** 2)
    return reach, (weights / weights.sum(axis=0)).astype(np.float32)
