"""Signs of defocus and motion blur in a region, as numbers that a calibrated network turns into pixels.

A disc widens edges in all directions and takes fine detail from all; a smear does so along itself only. The smear's
direction is found by the two-scale structure tensor: at which angle has the fine scale lost the most of what the coarse
scale holds [Foerstner1987]_ (as a generalised eigenvalue problem, so that the scene's own direction cancels).

References
----------
.. [Foerstner1987] W. Foerstner, E. Guelch, "A fast operator for detection and precise location of distinct points",
   ISPRS Intercommission Workshop, 1987 (the structure tensor).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Plane, percentiles
from rigcoach.measure.blur.gradients import Area, gradients_in
from rigcoach.measure.blur.natural_edges import CORE_SIGMAS_PX, Edges, edges_in
from rigcoach.measure.blur.spectrum import spectrum
from rigcoach.measure.picture.box import Box, inside

LEVELS = 4
MARGIN_PX = 48

# Where some of the numbers stand, for those who need to know of one what it is.
MEDIAN_WIDTH, CORE = 2, 41
"""Logarithms of the median edge width at full size, and of the sharpest quarter's core there."""

# Levels of the pyramid at which edges are sampled; a coarser one gives its gradients only.
_EDGE_LEVELS = 3
_FEWEST_FOR_WIDTH = 6
_ALONG_DEG = 30.0
_SHARES, _SHARES_OF_A_SECTOR = (0.2, 0.35, 0.5, 0.7), (0.3,)
# A width that could not be measured: beyond what the reach allows.
_NO_WIDTH_PX = 40.0
_NO_CORE_PX = 20.0
# What rounding to eight bits, once or twice, makes of noise in levels and of power in squared levels: below that
# nothing is told, or the same picture in other codes would read as another. And shares too small to tell.
_ROUNDING, _ROUNDING_POWER, _LEAST_SHARE = 0.6, 0.08, 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class BlurSigns:
    """What a region shows.

    `numbers` of shape (n,), what the network reads; `direction_deg`, the smear's if there is one, in [0, 180),
    clockwise from the x axis; `edge_count`, unclipped edges sampled over the levels; `rise`, their median height in
    levels; `clipped_share` of those at full size; `noise`, in levels.
    """

    numbers: Floats
    direction_deg: float
    edge_count: int
    rise: float
    clipped_share: float
    noise: float


def blur_signs(
    luma: npt.NDArray[np.generic], box: Box | None = None, direction_deg: float | None = None
) -> BlurSigns | None:
    """Return what a box in an HxW luma plane (0 to 255), or the whole plane, shows; `None` outside the plane.

    `direction_deg` is the smear's, where it is known; it is looked for otherwise.
    """
    region = inside(box, luma.shape)
    if region is None:
        return None
    left, top, right, bottom = region
    x0, y0 = max(left - MARGIN_PX, 0), max(top - MARGIN_PX, 0)
    plane = np.asarray(luma[y0 : bottom + MARGIN_PX, x0 : right + MARGIN_PX], dtype=np.float32)
    area: Area = (left - x0, top - y0, right - x0, bottom - y0)
    finest, finest_area = plane, area
    levels: list[_Level] = []
    for level in range(LEVELS):
        levels.append(_level(plane, area, with_edges=level < _EDGE_LEVELS))
        if level + 1 < LEVELS:
            height, width = plane.shape[0] // 2, plane.shape[1] // 2
            if min(height, width) < 4:
                levels += [levels[-1]] * (LEVELS - level - 1)
                break
            plane = np.asarray(
                cv2.resize(plane[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
            )
            area = (
                area[0] // 2,
                area[1] // 2,
                max(area[2] // 2, area[0] // 2 + 1),
                max(area[3] // 2, area[1] // 2 + 1),
            )
    direction = _smear_direction(levels) if direction_deg is None else float(np.radians(direction_deg))
    power, clearest = spectrum(finest, finest_area, (direction, direction + np.pi / 2))
    bands = np.concatenate((np.log(power + _ROUNDING_POWER).ravel(), np.log(clearest + _LEAST_SHARE)))
    return _signs(levels, direction, bands)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """What one level of the pyramid shows: of its gradients what `Gradients` tells of an area, and its edges.

    The planes are let go: those of a large box would be fetched anew from the system for every reading.
    """

    noise: float
    tensor: Floats
    peak: float
    edges: Edges | None


def _level(plane: Plane, area: Area, *, with_edges: bool) -> _Level:
    gradients = gradients_in(plane, area)
    edges = edges_in(gradients) if with_edges else None
    return _Level(gradients.noise, gradients.tensor, gradients.peak, edges)


def _signs(levels: list[_Level], direction: float, bands: Floats) -> BlurSigns:
    edges_of = [level.edges for level in levels[:_EDGE_LEVELS] if level.edges is not None]
    clean = [edges.only(edges.unclipped) for edges in edges_of]
    numbers: list[float] = []
    for level, edges in enumerate(clean):
        numbers += _width_numbers(edges, 2**level, direction)
    numbers += _energy_numbers(levels, direction)
    for edges in clean:
        numbers += _core_numbers(edges)
    numbers += bands.tolist()
    rises = np.concatenate([edges.rise for edges in clean])
    return BlurSigns(
        numbers=np.array(numbers, dtype=np.float64),
        direction_deg=float(np.degrees(direction) % 180.0),
        edge_count=len(rises),
        rise=_median(rises),
        clipped_share=1 - len(clean[0].rise) / max(len(edges_of[0].rise), 1),
        noise=levels[0].noise,
    )


def _matrix(tensor: Floats) -> Floats:
    return np.array([[tensor[0], tensor[1]], [tensor[1], tensor[2]]])


def _smear_direction(levels: list[_Level]) -> float:
    """Return the direction in which the fine scales hold least of what the coarsest holds, in radians."""
    coarse = _matrix(levels[2].tensor)
    coarse = coarse + np.eye(2) * (1e-3 * np.trace(coarse) + 1e-6)
    fine = _matrix(levels[0].tensor) / (levels[0].tensor[[0, 2]].sum() + 1e-6)
    fine = fine + _matrix(levels[1].tensor) / (levels[1].tensor[[0, 2]].sum() + 1e-6)
    values, vectors = np.linalg.eig(np.linalg.solve(coarse, fine))
    x, y = vectors[:, int(np.argmin(values.real))].real
    return float(np.arctan2(y, x))


def _width_numbers(edges: Edges, scale: int, direction: float) -> list[float]:
    """Return logarithms of widths: percentiles of the strongest, and of those across and along the smear."""
    strong = edges.width_px[edges.strong]
    turned = np.abs(np.cos(edges.angle_rad - direction))
    across = edges.width_px[turned > np.cos(np.radians(_ALONG_DEG))]
    along = edges.width_px[turned < np.sin(np.radians(_ALONG_DEG))]
    widths = ((strong, _SHARES), (across, _SHARES_OF_A_SECTOR), (along, _SHARES_OF_A_SECTOR))
    numbers = [number for width_px, shares in widths for number in _log_widths(width_px, shares, scale)]
    return [*numbers, math.log1p(len(strong)), math.log1p(_median(edges.rise))]


def _core_numbers(edges: Edges) -> list[float]:
    """Return the overshoot of the strongest edges, and logarithms of their cores' deviations."""
    if edges.strong.sum() < _FEWEST_FOR_WIDTH:
        return [0.0, *[float(np.log(_NO_CORE_PX))] * (2 * len(CORE_SIGMAS_PX))]
    cores = percentiles(edges.core_px[edges.strong], (0.25, 0.5))
    return [_median(edges.overshoot[edges.strong]), *np.log(cores + 0.3).ravel().tolist()]


def _log_widths(width_px: npt.NDArray[np.float32], shares: tuple[float, ...], scale: int) -> list[float]:
    if len(width_px) < _FEWEST_FOR_WIDTH:
        return [math.log(_NO_WIDTH_PX * scale)] * len(shares)
    return [math.log(scale * width + 0.3) for width in percentiles(width_px, shares).tolist()]


def _median(values: npt.NDArray[np.float32]) -> float:
    return float(percentiles(values, (0.5,))[0]) if len(values) else 0.0


def _energy_numbers(levels: list[_Level], direction: float) -> list[float]:
    """Return how much of the gradients' energy is left at each level, along the smear and across, and how peaked."""
    u = np.array([np.cos(direction), np.sin(direction)])
    v = np.array([-u[1], u[0]])
    along, across = ([float(np.log(axis @ _matrix(each.tensor) @ axis + 1e-3)) for each in levels] for axis in (u, v))
    peaks = [float(np.log((each.peak + 1e-3) / (each.tensor[0] + each.tensor[2] + 1e-3))) for each in levels]
    noise = [float(np.log(np.hypot(each.noise, _ROUNDING) + 0.3)) for each in levels]
    fine = [along[i] - along[-1] for i in range(LEVELS - 1)] + [across[i] - across[-1] for i in range(LEVELS - 1)]
    return [*fine, along[-1] - across[-1], along[-1], *peaks, *noise]
