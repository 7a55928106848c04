"""Defocus of a natural subject from the width of its edges.

The strongest edges are sampled along their normals; the width of each is its height over its steepest slope, the
smoothing that it was sampled with taken out again. Wide edges are measured at half size as well, where noise disturbs
them less. A calibrated monotone map turns a low percentile of the widths into the radius of the disc that would blur
a sharp photograph as much.

The edge width as a measure of blur is after [Marziliano2002]_; the smallest scale at which noise lets an edge be
trusted after [Elder1998]_; the noise estimate is [Immerkaer1996]_'s with a median for his mean.

A smear widens edges too: what is reported for a subject that moved during the exposure holds both. Edges of a sharp
background inside the box count like the subject's.

References
----------
.. [Marziliano2002] P. Marziliano, F. Dufaux, S. Winkler, T. Ebrahimi, "A no-reference perceptual blur metric",
   ICIP 2002.
.. [Elder1998] J. H. Elder, S. W. Zucker, "Local scale control for edge detection and blur estimation", IEEE PAMI 20(7),
   1998.
.. [Immerkaer1996] J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.box import Box, inside
from rigcoach.measure.width_map import WidthMap, shipped_map

Plane = npt.NDArray[np.float32]
Places = npt.NDArray[np.float32]

TOO_FEW_EDGES = "too few edges in the picture of the subject"
TOO_LITTLE_CONTRAST = "too little contrast on the subject"
CLIPPED = "the subject's edges are clipped at black or white"
OUTSIDE = "the subject lies outside the frame"

FEWEST_EDGES = 30
_STRONGEST = 400
# The sharper third of the edges: shadows and round shapes are soft in the sharpest picture.
_PERCENTILE = 35
# Below so many levels noise and coding, not the lens, make the edges (the error triples on photographs).
_SMALLEST_RISE = 8.0
# From the first width on the half-size picture counts, from the second on it alone does.
_HALF_SIZE_FROM_PX, _HALF_SIZE_ALONE_PX = 5.0, 10.0
_REACH_PX = 22.0
_STEP_PX = 0.5
# A profile ends where its slope falls below this share of the steepest.
_FLAT = 0.1
# How far the edge's steepest place may lie from the gradient's ridge, which is found to the pixel: 1.5 px.
_PEAK_STEPS = 3
_CLIPPED_LOW, _CLIPPED_HIGH = 2.0, 253.0


@dataclass(frozen=True, slots=True)
class EdgeBlur:
    """Defocus of a subject.

    `blur_px` is the radius of the disc that would blur a sharp photograph as much, and `interval` holds the true one
    in eight of ten cases like those of the calibration; both are `None` where `reason` says why it can't be measured.
    The calibration ends at 12 px: what is softer is reported as about that.
    """

    blur_px: float | None
    interval: tuple[float, float] | None
    edge_count: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class EdgeWidth:
    """Width in pixels of the sharper edges of a region, or `None` and the reason."""

    width_px: float | None
    edge_count: int
    reason: str | None


def edge_blur(luma: npt.NDArray[np.generic], box: Box | None = None, width_map: WidthMap | None = None) -> EdgeBlur:
    """Return the defocus of what is in a box of a luma plane, or in the whole plane.

    Parameters
    ----------
    luma
        HxW plane at full resolution, 8 bits or float from 0 to 255, gamma-encoded as in the file.
    box
        The subject; 60 px and more a side. Large boxes are better: see the errors by size in the calibration's file.
    width_map
        From width to radius; the shipped calibration without one.
    """
    measured = edge_width(luma, box)
    if measured.width_px is None:
        return EdgeBlur(None, None, measured.edge_count, measured.reason)
    radius_px, interval = (width_map or shipped_map()).radius_px(measured.width_px, measured.edge_count)
    return EdgeBlur(radius_px, interval, measured.edge_count, None)


def edge_width(luma: npt.NDArray[np.generic], box: Box | None = None) -> EdgeWidth:
    """Return the width of the sharper edges in a box of an HxW luma plane (0 to 255), in its pixels."""
    region = inside(box, luma.shape)
    if region is None:
        return EdgeWidth(None, 0, OUTSIDE)
    left, top, right, bottom = region
    # Profiles and smoothing reach beyond the box, at half size twice as far; only edges within it count.
    margin = 2 * math.ceil(_REACH_PX) + 8
    x0, y0 = max(left - margin, 0), max(top - margin, 0)
    around = np.asarray(luma[y0 : bottom + margin, x0 : right + margin], dtype=np.float32)
    area = (left - x0, top - y0, right - x0, bottom - y0)
    full = _measure(around, area)
    if full.width_px is None or full.width_px <= _HALF_SIZE_FROM_PX:
        return full
    height, width = around.shape[0] // 2, around.shape[1] // 2
    halved = np.asarray(cv2.resize(around[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA))
    half = _measure(halved.astype(np.float32, copy=False), tuple(side // 2 for side in area))
    if half.width_px is None:
        return full
    weight = min((full.width_px - _HALF_SIZE_FROM_PX) / (_HALF_SIZE_ALONE_PX - _HALF_SIZE_FROM_PX), 1.0)
    return EdgeWidth((1 - weight) * full.width_px + weight * 2 * half.width_px, full.edge_count, None)


def noise_level(luma: Plane) -> float:
    """Return the standard deviation of a plane's noise, in its own levels."""
    kernel = np.outer([1, -2, 1], [1, -2, 1]).astype(np.float32) / 6
    response = np.abs(cv2.filter2D(luma, cv2.CV_32F, kernel))
    return float(np.median(response)) / 0.6745


def smoothing_for(noise: float) -> float:
    """Return the deviation in pixels of the Gaussian under which an edge stands clear of noise of this deviation.

    >>> [round(smoothing_for(noise), 2) for noise in (0.5, 4.8, 50)]
    [0.8, 1.6, 2.5]
    """
    return min(max(0.8 * math.sqrt(noise / 1.2), 0.8), 2.5)


def _measure(luma: Plane, area: tuple[int, ...]) -> EdgeWidth:
    """Return the width of the edges whose middle lies in the area `(left, top, right, bottom)` of a plane."""
    left, top, right, bottom = area
    noise = noise_level(luma[top:bottom, left:right])
    smoothing_px = smoothing_for(noise)
    smooth = np.asarray(cv2.GaussianBlur(luma, (0, 0), smoothing_px), dtype=np.float32)
    # White noise of deviation s has, under a Gaussian of s0, gradients of deviation s / (sqrt(8 pi) s0^2).
    gradient_noise = noise / (math.sqrt(8 * math.pi) * smoothing_px**2)
    points, normals = _strongest_edges(smooth, area, 5 * gradient_noise)
    if len(points) < FEWEST_EDGES:
        return EdgeWidth(None, len(points), TOO_FEW_EDGES)
    low, high, slope = _profiles(smooth, points, normals)
    unclipped = (low > _CLIPPED_LOW) & (high < _CLIPPED_HIGH)
    rise, slope = (high - low)[unclipped], slope[unclipped]
    if len(rise) < FEWEST_EDGES:
        return EdgeWidth(None, len(rise), TOO_FEW_EDGES if len(low) < FEWEST_EDGES else CLIPPED)
    if float(np.median(rise)) < _SMALLEST_RISE:
        return EdgeWidth(None, len(rise), TOO_LITTLE_CONTRAST)
    # A step under a Gaussian of s0 has height over slope sqrt(2 pi) s0; variances add.
    own = 2 * math.pi * smoothing_px**2
    width = math.sqrt(max(float(np.percentile(rise / slope, _PERCENTILE)) ** 2 - own, 0.0))
    return EdgeWidth(width, len(rise), None)


def _strongest_edges(smooth: Plane, area: tuple[int, ...], least_gradient: float) -> tuple[Places, Places]:
    """Return places (Nx2, x and y) and unit normals (Nx2), uphill, of the strongest ridges of the gradient."""
    left, top = max(area[0], 1), max(area[1], 1)
    right, bottom = min(area[2], smooth.shape[1] - 1), min(area[3], smooth.shape[0] - 1)
    if right - left < 2 or bottom - top < 2:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    gx = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    strength = cv2.magnitude(gx, gy)
    inner = strength[top:bottom, left:right]
    # A tenth of the strongest, and never the rounding of 8 bits.
    strongest = float(np.percentile(inner, 99.5))
    ys, xs = np.nonzero(inner > max(least_gradient, 0.1 * strongest, 0.25))
    ys, xs = ys + top, xs + left
    here = strength[ys, xs]
    nx, ny = gx[ys, xs] / here, gy[ys, xs] / here
    ox, oy = np.rint(nx).astype(np.intp), np.rint(ny).astype(np.intp)
    ridge = np.flatnonzero((here >= strength[ys + oy, xs + ox]) & (here > strength[ys - oy, xs - ox]))
    if len(ridge) > _STRONGEST:
        ridge = ridge[np.argpartition(-here[ridge], _STRONGEST)[:_STRONGEST]]
    points = np.stack([xs[ridge], ys[ridge]], axis=1).astype(np.float32)
    return points, np.stack([nx[ridge], ny[ridge]], axis=1).astype(np.float32)


def _profiles(smooth: Plane, points: Places, normals: Places) -> tuple[Plane, Plane, Plane]:
    """Return the levels of both plateaus and the steepest slope, per pixel, of the edges that end within reach."""
    along = np.arange(-_REACH_PX, _REACH_PX + _STEP_PX / 2, _STEP_PX, dtype=np.float32)
    xs, ys = (points[:, axis : axis + 1] + normals[:, axis : axis + 1] * along for axis in (0, 1))
    profiles = cv2.remap(smooth, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    slopes = cv2.blur(np.diff(profiles, axis=1) / np.float32(_STEP_PX), (3, 1))
    count = slopes.shape[1]
    first = count // 2 - _PEAK_STEPS
    near = slopes[:, first : first + 2 * _PEAK_STEPS]
    steepest, peak = near.max(axis=1), first + near.argmax(axis=1)[:, None]
    steps = np.arange(count)
    flat = slopes <= _FLAT * steepest[:, None]
    end = np.where(flat & (steps > peak), steps, count).min(axis=1)
    start = np.where(flat & (steps < peak), steps, -1).max(axis=1) + 1
    ends = np.flatnonzero((steepest > 0) & (start > 0) & (end < count))
    return profiles[ends, start[ends]], profiles[ends, end[ends]], steepest[ends]
