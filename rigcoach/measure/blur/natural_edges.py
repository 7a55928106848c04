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
_LEAST_FLATTENED, _LEAST_SLOPE = 0.01, 5e-7
# Never the rounding of 8 bits, in levels per pixel; and a tenth of the strongest.
_LEAST_GRADIENT, _SHARE_OF_STRONGEST = 0.25, 0.1
# No more places than this are looked at for ridges, the strongest first.
_MOST_PLACES = 6000
_BITS, _ALL_BITS = np.uint64(32), np.uint64(2**32 - 1)


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
    found = _strongest_edges(gradients, least)
    low, high, slope, overshoot, core, ends = _profiles(gradients.smooth, found.points, found.normals)
    # A step under a Gaussian of s0 has height over slope sqrt(2 pi) s0; variances add.
    width = np.sqrt(np.maximum(((high - low) / slope) ** 2 - 2 * np.pi * smoothing_px**2, 0.0))
    return Edges(
        width_px=width.astype(np.float32),
        rise=high - low,
        low=low,
        angle_rad=found.angle_rad[ends],
        strong=found.strong[ends],
        overshoot=overshoot,
        core_px=np.sqrt(np.maximum(core**2 - np.float32(smoothing_px**2), 0.0)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Where edges are, of shape (2, n), x and y; their unit normals uphill, alike, and these normals' directions.

    `strong` says which are among the strongest of all.
    """

    points: Plane
    normals: Plane
    angle_rad: Values
    strong: npt.NDArray[np.bool_]


def _strongest_edges(gradients: Gradients, least_gradient: float) -> _Found:
    """Return the strongest of the places where the gradient is longest along its own direction."""
    squared, around, area = gradients.squared, gradients.around, gradients.area
    height, width = squared.shape
    if width < 4 or height < 4:
        nothing = np.empty((2, 0), np.float32)
        return _Found(nothing, nothing, nothing[0], np.empty(0, np.bool_))
    inner = squared[1:-1, 1:-1]
    least = least_gradient**2
    if inner.size > _MOST_PLACES:
        least = max(least, percentile(inner, 1 - _MOST_PLACES / inner.size))
    above = squared > least
    above[[0, -1]] = above[:, [0, -1]] = False
    ys, xs = np.nonzero(above)
    places, in_area = ys * width + xs, (ys + around[1] - area[1]) * (area[2] - area[0]) + xs + around[0] - area[0]
    length_squared = squared.ravel()
    here = length_squared[places]
    length = np.sqrt(here)
    nx, ny = gradients.gx.ravel()[in_area] / length, gradients.gy.ravel()[in_area] / length
    uphill = np.rint(ny).astype(np.intp) * width + np.rint(nx).astype(np.intp)
    ridge = np.flatnonzero((here >= length_squared[places + uphill]) & (here > length_squared[places - uphill]))
    nx, ny = nx[ridge], ny[ridge]
    angle_rad = np.arctan2(ny, nx)
    chosen, strong = _chosen(here[ridge], angle_rad)
    points = np.array((xs[ridge[chosen]] + around[0], ys[ridge[chosen]] + around[1]), np.float32)
    return _Found(points, np.array((nx[chosen], ny[chosen]), np.float32), angle_rad[chosen], strong)


def _chosen(strength: Values, angle_rad: Values) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return the strongest of all and the strongest of each direction, and which of them belong to the former."""
    order = _strongest_first(strength)
    direction = np.floor(angle_rad[order] / np.pi * _DIRECTIONS + 0.5).astype(np.int8) % _DIRECTIONS
    kept = np.arange(len(order)) < _STRONGEST
    for i in range(_DIRECTIONS):
        kept[np.flatnonzero(direction == i)[:_STRONGEST_A_DIRECTION]] = True
    which = np.flatnonzero(kept)
    return order[which], which < _STRONGEST


def _strongest_first(strength: Values) -> npt.NDArray[np.intp]:
    """Return the order of numbers, 0 and above, from large to small; those that are the same stay in their order.

    Such numbers of 32 bits are in the order of their bits. With the place below these, the numbers can be sorted
    themselves, which takes a fraction of the time.
    """
    bits = np.ascontiguousarray(strength, np.float32).view(np.uint32).astype(np.uint64)
    keys = ((_ALL_BITS - bits) << _BITS) | np.arange(len(bits), dtype=np.uint64)
    keys.sort()
    return np.asarray(keys & _ALL_BITS).astype(np.intp)


def _profiles(
    smooth: Plane, points: Plane, normals: Plane
) -> tuple[Values, Values, Values, Values, Values, npt.NDArray[np.intp]]:
    """Return what `Edges` holds of each profile, and which edges these are: those that end in reach.

    That is both plateaus' levels, the steepest slope per pixel, the overshoot, and the core's deviation, smoothed.
    """
    if not points.size:
        nothing = np.empty(0, np.float32)
        return nothing, nothing, nothing, nothing, np.empty((0, len(CORE_SIGMAS_PX)), np.float32), np.empty(0, np.intp)
    along, near_peak, to_the_left, to_the_right = _steps()
    xs, ys = (np.multiply.outer(normal, along) for normal in normals)
    xs += points[0, :, None]
    ys += points[1, :, None]
    profiles: Plane = np.asarray(
        cv2.remap(smooth, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.float32
    )
    slopes: Plane = np.asarray(cv2.blur(profiles[:, 1:] - profiles[:, :-1], (3, 1)), dtype=np.float32)
    count = slopes.shape[1]
    edges = np.arange(len(slopes))
    off = slopes[:, near_peak].argmax(axis=1)
    peak = off + near_peak.start
    steepest = slopes.ravel()[edges * count + peak]
    flat = slopes <= (_FLAT * steepest)[:, None]
    # The first flat place to either side of the peak.
    before = flat[:, near_peak.stop - 1 :: -1] & to_the_left[off]
    after = flat[:, near_peak.start :] & to_the_right[off]
    start, end = before.argmax(axis=1), after.argmax(axis=1)
    ends = np.flatnonzero((steepest > 0) & before[edges, start] & after[edges, end])
    start, end = near_peak.stop - start[ends], near_peak.start + end[ends]
    levels, own = profiles.ravel(), ends * (count + 1)
    low, high = levels[own + start], levels[own + end]
    beyond = np.arange(*_BEYOND_STEPS)[:, None]
    fallen = levels[own + np.minimum(end + beyond, count)].min(axis=0)
    risen = levels[own + np.maximum(start - beyond, 0)].max(axis=0)
    overshoot = ((high - fallen) + (risen - low)) / (2 * np.maximum(high - low, 1e-3))
    steepest = steepest[ends]
    cores = _cores(slopes.ravel(), steepest, ends * count + peak[ends])
    return low, high, steepest / np.float32(_STEP_PX), np.clip(overshoot, -1, 1), cores, ends


@cache
def _steps() -> tuple[Plane, slice, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return a profile's steps along the normal in pixels, and which of its slopes the steepest is looked for among.

    For each of these: which of those to its left, from the last of these leftwards, lie to the left of it; and which of
    the others, from the first of these rightwards, to its right.
    """
    along = np.arange(-_REACH_PX, _REACH_PX + _STEP_PX / 2, _STEP_PX, dtype=np.float32)
    count = len(along) - 1
    first, last = count // 2 - _PEAK_STEPS, count // 2 + _PEAK_STEPS
    peaks, steps = np.arange(first, last)[:, None], np.arange(count)
    return along, slice(first, last), steps[last - 1 :: -1] < peaks, steps[first:] > peaks


def _cores(slopes: Values, steepest: Values, peak: npt.NDArray[np.intp]) -> Values:
    """Return the deviations of the Gaussians that profiles' steepest parts are like, in pixels, of shape (n, 3).

    `peak` is where the steepest places are among the slopes of all. Under a Gaussian of s a Gaussian slope of deviation
    c falls by R = sqrt(1 + s^2/c^2).
    """
    reach, kernels = _core_kernels()
    # A peak lies near the middle of its profile, so that its window never leaves it.
    windows = slopes[peak[:, None] + np.arange(-reach, reach + 1)]
    ratio = steepest[:, None] / np.maximum(windows @ kernels, _LEAST_SLOPE)
    return np.asarray(np.array(CORE_SIGMAS_PX) / np.sqrt(np.maximum(ratio**2 - 1, _LEAST_FLATTENED)), dtype=np.float32)


@cache
def _core_kernels() -> tuple[int, Plane]:
    """Return how many steps Gaussians of `CORE_SIGMAS_PX` reach to either side, and their weights, steps x 3."""
    reach = round(2.5 * max(CORE_SIGMAS_PX) / _STEP_PX)
    away = np.arange(-reach, reach + 1)[:, None] * _STEP_PX
    weights = np.exp(-0.5 * (away / np.array(CORE_SIGMAS_PX)) ** 2)
    return reach, (weights / weights.sum(axis=0)).astype(np.float32)
