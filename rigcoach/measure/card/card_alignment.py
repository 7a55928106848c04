"""Lay the card's straight edges over a frame to a fraction of a pixel.

Corners of markers move inwards as blur grows; the middle of a straight edge's spread does not, in linear light, however
wide a disc or a smear of even speed made it. So the sheet's place is fitted to where its edges cross half-way.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.homography import in_half_heights
from rigcoach.measure.card.imaged_edge import ImagedEdges, edge_profiles, image_edges, projected
from rigcoach.measure.card.jackknife import jackknife, nearest, normal_equations
from rigcoach.measure.compiled import compiled
from rigcoach.measure.compiled_algebra import median, solved
from rigcoach.measure.picture.tone import ToLight
from rigcoach.target_card import Edge, Marker, TargetCard

_SLICES = 5  # places along an edge where its crossing is taken
_SHARE = 0.7  # of an edge's length; its ends belong to the corners
_MIN_REACH_PX = 2.5  # less clear distance than this tells no paper from ink
_MIN_CONTRAST = 0.02  # light between paper and ink
_BIN_PX = 0.5  # depth of a bin of pixels
_MAX_DEVIATION_PX = 1.0  # a crossing less sure than this is left out
_AGREE_PX = 1.0  # an edge this near to where it was looked for bears the place out
_ENOUGH_MARKERS = 3  # so many hold the whole sheet; fewer leave its far side to be found step by step
# By cards drawn flat and curled: how far crossings of a flat one are off, over their deviations squared, and how many
# crossings tell as much as one where a sheet is bent.
_FLAT_EXCESS, _BENDS = 1.2, 8.0
# A wide ramp first where the edge may lie some pixels off: it pulls from farther away.
_WIDE, _NARROW = np.array((0.7, 0.7, 0.0)), np.array((0.0, 0.0))
_FLOOR_PX = 0.05  # what print, paper and codec leave uncertain of one crossing


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How the card lies: `homography` from sheet mm to pixels, and how well edges bear it out.

    `expected` edges lie inside the frame and are large enough; `agreeing` ones of them lie within a pixel of their
    place. `information` is the inverse covariance, 8x8, of the homography's first eight entries where it is written for
    lengths in half the sheet's height from the sheet's centre and its last entry is 1; `None` where nothing was fitted.
    `jackknife` is a covariance of the same entries: by how much they change with each marker's surroundings left out,
    which is nothing where some of the markers aren't seen.
    """

    homography: Floats
    expected: int
    agreeing: int
    information: Floats | None
    jackknife: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Crossings:
    """Where slices of edges cross half-way, one entry a slice.

    `offset_px` along `normals` from `points_px`, with its standard deviation; `edge` numbers the edge it belongs to.
    """

    edge: NDArray[np.intp]
    points_px: Floats
    normals: Floats
    offset_px: Floats
    deviation_px: Floats

    def agreeing(self) -> int:
        """Return how many edges lie, by the median of their slices, where they were looked for."""
        return _agreeing(self.edge, np.abs(self.offset_px))

    @property
    def edges(self) -> int:
        """How many edges they are on."""
        return 1 + int(np.count_nonzero(self.edge[1:] != self.edge[:-1]))


@compiled
def _agreeing(edge: NDArray[np.intp], away_px: Floats) -> int:
    """Return of how many edges, which come one after another, the median is less than a pixel away."""
    agreeing, first = 0, 0
    for last in range(1, len(edge) + 1):
        if last == len(edge) or edge[last] != edge[first]:
            if median(away_px[first:last]) < _AGREE_PX:
                agreeing += 1
            first = last
    return agreeing


def align(
    luma: Luma, card: TargetCard, homography: Floats, marker_ids: tuple[int, ...], to_light: ToLight
) -> Alignment:
    """Return the homography that lays the card's edges over those of the frame.

    Parameters
    ----------
    luma
        HxW plane.
    homography
        A first guess, sheet mm to pixels, good to a few pixels near the markers it came from.
    marker_ids
        Those markers: their borders are laid first, for a guess is poor far away from them.
    to_light
        Table from luma codes to linear light.
    """
    if len(marker_ids) < _ENOUGH_MARKERS:
        near = tuple(edge for marker in card.markers if marker.id in marker_ids for edge in _border(marker))
        crossings, _ = _cross(luma, near, homography, to_light, wide=True)
        homography, *_ = _fit(homography, crossings, card)
    edges = _edges(card)
    crossings, _ = _cross(luma, edges, homography, to_light, wide=True)
    homography, *_ = _fit(homography, crossings, card)
    crossings, expected = _cross(luma, edges, homography, to_light, wide=False)
    agreeing = 0 if crossings is None else crossings.agreeing()
    homography, information, spread = _fit(homography, crossings, card)
    return Alignment(homography, expected, min(agreeing, expected), information, spread)


@cache
def _edges(card: TargetCard) -> tuple[Edge, ...]:
    """Edges for blur, and the borders of the smaller markers, which stand far out and steady the roll."""
    largest = max(card.markers, key=lambda marker: marker.side_mm)
    return card.edges + tuple(edge for marker in card.markers if marker is not largest for edge in _border(marker))


def _border(marker: Marker) -> tuple[Edge, ...]:
    corners = marker.corners_mm
    # One module of six is sure to be ink inside the border, and at least as much is paper outside.
    reach_mm = marker.side_mm / 6 * 0.9
    return tuple(Edge(corners[i], corners[(i + 1) % 4], reach_mm) for i in range(4))


def _measurable(edges: tuple[Edge, ...], homography: Floats, shape: tuple[int, ...]) -> ImagedEdges:
    imaged = image_edges(edges, homography)
    return imaged.only((imaged.clear_px >= _MIN_REACH_PX) & imaged.inside(shape, _SHARE))


def _cross(
    luma: Luma, edges: tuple[Edge, ...], homography: Floats, to_light: ToLight, *, wide: bool
) -> tuple[_Crossings | None, int]:
    """Fit a ramp to each slice of the edges, and count edges that ought to be seen; `wide` looks some pixels around.

    There is `None` where no edge can be measured.
    """
    imaged = _measurable(edges, homography, luma.shape)
    if not len(imaged):
        return None, 0
    profiles = edge_profiles(luma, imaged, to_light, share=_SHARE, slices=_SLICES, bin_px=_BIN_PX)
    reach = imaged.clear_px
    offset, deviation, usable = _offsets(
        profiles.count, profiles.depth_px, profiles.light, profiles.variance, reach, _WIDE if wide else _NARROW
    )
    good = usable[:, None] & (np.abs(offset) < 0.6 * reach[:, None]) & (deviation < _MAX_DEVIATION_PX)
    along = imaged.along * imaged.length_px[:, None] * _SHARE
    points = imaged.middle[:, None] + along[:, None] * (((np.arange(_SLICES) + 0.5) / _SLICES) - 0.5)[:, None]
    which = np.nonzero(good)[0]
    normals = imaged.into_ink[which]
    crossings = _Crossings(which, points[good], normals, offset[good], deviation[good]) if len(which) else None
    return crossings, len(imaged)


@compiled
def _offsets(
    counts: Floats, depths: Floats, lights: Floats, variances: Floats, reaches: Floats, ramps: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return how far from its line each slice of each edge crosses half-way, how sure that is, and usable edges.

    The first four are edges x slices x bins, as in `EdgeProfiles`. `ramps` are the half-widths of the ramps fitted one
    after another, in reaches; 0 stands for that nearest to the edge's own spread.
    """
    edges, slices, bins = counts.shape
    offsets, deviations = np.zeros((edges, slices)), np.full((edges, slices), np.inf)
    usable = np.zeros(edges, np.bool_)
    for i in range(edges):
        reach = reaches[i]
        paper, on_paper = _plateau(counts[i], depths[i], lights[i], variances[i], 0.6 * reach, -1.0)
        ink, on_ink = _plateau(counts[i], depths[i], lights[i], variances[i], 0.6 * reach, 1.0)
        noise, contrast = math.sqrt((on_paper + on_ink) / 2), paper - ink
        usable[i] = contrast > max(_MIN_CONTRAST, noise)
        if not usable[i]:
            continue
        noise /= contrast
        level = (paper - lights[i]) / contrast
        narrow = _half_width(counts[i], depths[i], level, noise, reach)
        for k in range(slices):
            offset, curvature = 0.0, 1e-9
            for share in ramps:
                ramp = share * reach if share > 0 else narrow
                curvature, pull = 0.0, 0.0
                for n in range(bins):
                    if counts[i, k, n] == 0:
                        continue
                    u = (depths[i, k, n] - offset) / ramp
                    # Beyond the ramp's ends its slope is nought.
                    if not -1 < u < 1:
                        continue
                    slope = math.cos(u * (math.pi / 2)) * (math.pi / 4 / ramp)
                    weighted = counts[i, k, n] * slope
                    curvature += weighted * slope
                    pull += weighted * (level[k, n] - 0.5 - 0.5 * math.sin(u * (math.pi / 2)))
                curvature = max(curvature, 1e-9)
                offset -= pull / curvature
            offsets[i, k] = offset
            deviations[i, k] = math.hypot(noise / math.sqrt(curvature), _FLOOR_PX)
    return offsets, deviations, usable


@compiled
def _plateau(
    count: Floats, depth: Floats, light: Floats, variance: Floats, beyond_px: float, side: float
) -> tuple[float, float]:
    """Return the mean light of an edge farther into paper (side -1) or ink (1) than that, and its pixels' variance."""
    slices, bins = count.shape
    total, summed, squares = 0.0, 0.0, 0.0
    for k in range(slices):
        for n in range(bins):
            if side * depth[k, n] > beyond_px:
                total += count[k, n]
                summed += count[k, n] * light[k, n]
    level = summed / max(total, 1.0)
    for k in range(slices):
        for n in range(bins):
            if side * depth[k, n] > beyond_px:
                squares += count[k, n] * ((light[k, n] - level) ** 2 + variance[k, n])
    return level, squares / max(total, 1.0)


@compiled
def _half_width(count: Floats, depth: Floats, level: Floats, noise: float, reach: float) -> float:
    """Return h of the ramp (1 + sin(pi x / 2h))/2 nearest to an edge's spread.

    Its integral of level (1 - level) is h/4, wherever the edge lies; what noise takes from the integral is put back.
    """
    slices, bins = count.shape
    spread, filled = 0.0, 0
    for n in range(bins):
        held, summed, deep = 0.0, 0.0, 0.0
        for k in range(slices):
            held += count[k, n]
            summed += count[k, n] * level[k, n]
            deep += depth[k, n]
        if held > 0 and abs(deep / slices) < reach:
            mean = summed / held
            spread += mean * (1 - mean) + noise**2 / held
            filled += 1
    return min(max(4 * spread / max(filled, 1) * 2 * reach, 0.9), reach)


def _fit(homography: Floats, crossings: _Crossings | None, card: TargetCard) -> tuple[Floats, Floats | None, Floats]:
    """Return the homography moved so that the crossings' offsets vanish: one Gauss-Newton step, outliers weighed down.

    And its information and jackknife, as in `Alignment`. With too few crossings the guess is returned as it is.
    """
    if crossings is None or crossings.edges < 4:
        return homography, None, np.zeros((8, 8))
    scaled = in_half_heights(homography, card)
    back = np.asarray(np.linalg.inv(scaled))
    design = _design(scaled, back, crossings.points_px, crossings.normals)
    step, information, weight = _robust_solve(design, crossings.offset_px, crossings.deviation_px)
    residual = crossings.offset_px - design @ step
    parts = nearest(back, crossings.points_px, _centres(card))
    spread = jackknife(design, residual, weight, parts, len(card.markers))
    moved = scaled + np.append(step, 0.0).reshape(3, 3)
    to_half_heights = np.array([[1, 0, -card.width_mm / 2], [0, 1, -card.height_mm / 2], [0, 0, card.height_mm / 2]])
    return np.asarray(moved @ to_half_heights, dtype=np.float64), information, spread


@cache
def _centres(card: TargetCard) -> Floats:
    """Return where the markers' middles lie, n x 2, in half the sheet's height from its centre."""
    middles = np.array([np.mean(marker.corners_mm, axis=0) for marker in card.markers])
    return np.asarray((middles - (card.width_mm / 2, card.height_mm / 2)) / (card.height_mm / 2), dtype=np.float64)


@compiled
def _design(homography: Floats, back: Floats, points: Floats, normals: Floats) -> Floats:
    """Return by how much points, n x 2, go along their normals with each of a homography's first eight entries."""
    design = np.empty((len(points), 8))
    for i in range(len(points)):
        u, v, nx, ny = points[i, 0], points[i, 1], normals[i, 0], normals[i, 1]
        x, y = projected(back, u, v)
        depth = homography[2, 0] * x + homography[2, 1] * y + 1
        towards = -(nx * u + ny * v)
        nx, ny, towards = nx / depth, ny / depth, towards / depth
        design[i, 0], design[i, 1], design[i, 2] = nx * x, nx * y, nx
        design[i, 3], design[i, 4], design[i, 5] = ny * x, ny * y, ny
        design[i, 6], design[i, 7] = towards * x, towards * y
    return design


@compiled
def _robust_solve(design: Floats, offset: Floats, deviation: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted least squares with Huber's weights; columns scaled so that a hair of ridge bears on all alike.

    Returns the solution, its inverse covariance, and the weights: residuals larger than their deviations widen it.
    """
    count, size = design.shape
    column, scaled = np.zeros(size), np.empty((count, size))
    for k in range(size):
        for i in range(count):
            column[k] += design[i, k] ** 2 / count
        column[k] = math.sqrt(column[k]) + 1e-12
        for i in range(count):
            scaled[i, k] = design[i, k] / column[k]
    weight, residual, away = np.empty(count), np.empty(count), np.empty(count)
    for i in range(count):
        weight[i] = 1 / deviation[i] ** 2
    step = np.zeros(size)
    for _ in range(4):
        normal, pull = normal_equations(scaled, offset, weight)
        ridge = 0.0
        for k in range(size):
            ridge += 1e-7 * normal[k, k]
        for k in range(size):
            normal[k, k] += ridge
        step = solved(normal, pull)
        for i in range(count):
            residual[i] = offset[i]
            for k in range(size):
                residual[i] -= scaled[i, k] * step[k]
            away[i] = abs(residual[i])
        least = 1.5 * median(away) * 1.4826
        for i in range(count):
            limit = max(least, deviation[i])
            weight[i] = min(1.0, limit / max(away[i], 1e-9)) / deviation[i] ** 2
    excess = 0.0
    for i in range(count):
        excess += weight[i] * residual[i] ** 2 / max(count - size, 1)
    # A sheet that curls moves whole edges together: all of them tell it by no more than its few bends.
    bent = max(0.0, excess - _FLAT_EXCESS) * count / _BENDS
    information, _ = normal_equations(design, offset, weight)
    for k in range(size):
        step[k] /= column[k]
        for n in range(size):
            information[k, n] /= max(1.0, excess) + bent
    return step, information, weight
