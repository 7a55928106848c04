"""Lay the card's straight edges over a frame to a fraction of a pixel.

Corners of markers move inwards as blur grows; the middle of a straight edge's spread does not, in linear light, however
wide a disc or a smear of even speed made it. So the sheet's place is fitted to where its edges cross half-way.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.imaged_edge import gather, imaged, on_sheet, projected, strip_inside
from rigcoach.measure.card.jackknife import jackknife, nearest, normal_equations
from rigcoach.measure.compiled import compiled
from rigcoach.measure.compiled_algebra import inverse, median, solved
from rigcoach.measure.picture.tone import ToLight
from rigcoach.target_card import Edge, Marker, TargetCard

_SLICES = 5  # places along an edge where its crossing is taken
_SHARE = 0.7  # of an edge's length; its ends belong to the corners
_MIN_REACH_PX = 2.5  # less clear distance than this tells no paper from ink
_MIN_CONTRAST = 0.02  # light between paper and ink
_BIN_PX = 0.5  # depth of a bin of pixels
_MAX_DEVIATION_PX = 1.0  # a crossing less sure than this is left out
_FEWEST_EDGES = 4
_NEAR_PX = 2.5  # from so near one round finds the way
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
    lines = lines_of(card)
    plane, place = np.ascontiguousarray(luma), np.ascontiguousarray(homography)
    if len(marker_ids) < _ENOUGH_MARKERS:
        near = tuple(edge for marker in card.markers if marker.id in marker_ids for edge in _border(marker))
        place = _laid(plane, to_light, on_sheet(near), lines.size_mm, lines.centres, place, _WIDE, False).homography
    return align_from(plane, lines, place, to_light, rounds=1)


def align_from(luma: Luma, lines: "Lines", homography: Floats, to_light: ToLight, *, rounds: int) -> Alignment:
    """Return the homography by all of a card's edges, from a guess that is good to a few pixels all over the sheet.

    Where edges lie farther off, up to so many rounds are made.
    """
    for _ in range(rounds):
        there = _laid(luma, to_light, lines.edges, lines.size_mm, lines.centres, homography, _WIDE, False)
        homography = there.homography
        if there.moved_px < _NEAR_PX:
            break
    there = _laid(luma, to_light, lines.edges, lines.size_mm, lines.centres, homography, _NARROW, True)
    return Alignment(
        there.homography,
        there.expected,
        min(there.agreeing, there.expected),
        there.information if there.fitted else None,
        there.jackknife,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines by which a card is laid.

    `edges` as `on_sheet` returns them, `size_mm` of the sheet, width and height, and `centres`, n x 2, where the
    markers' middles lie, in half the sheet's height from its centre.
    """

    edges: Floats
    size_mm: Floats
    centres: Floats


@cache
def lines_of(card: TargetCard) -> Lines:
    """Return edges for blur, and the borders of the smaller markers, which stand far out and steady the roll."""
    largest = max(card.markers, key=lambda marker: marker.side_mm)
    edges = card.edges + tuple(edge for marker in card.markers if marker is not largest for edge in _border(marker))
    middles = np.array([np.mean(marker.corners_mm, axis=0) for marker in card.markers])
    size = np.array((card.width_mm, card.height_mm))
    return Lines(on_sheet(edges), size, np.asarray((middles - size / 2) / (card.height_mm / 2), dtype=np.float64))


def _border(marker: Marker) -> tuple[Edge, ...]:
    corners = marker.corners_mm
    # One module of six is sure to be ink inside the border, and at least as much is paper outside.
    reach_mm = marker.side_mm / 6 * 0.9
    return tuple(Edge(corners[i], corners[(i + 1) % 4], reach_mm) for i in range(4))


class _Laid(NamedTuple):
    """A card laid over a frame's edges once, as in `Alignment`.

    `moved_px` is how far that moved the marker that moved most; `fitted` whether crossings were enough to move it.
    """

    homography: Floats
    expected: int
    agreeing: int
    moved_px: float
    fitted: bool
    information: Floats
    jackknife: Floats


@compiled
def _laid(
    luma: Luma,
    to_light: ToLight,
    sheet: Floats,
    size_mm: Floats,
    centres: Floats,
    homography: Floats,
    ramps: Floats,
    in_full: bool,
) -> _Laid:
    """Return the homography moved so that the crossings' offsets vanish: one Gauss-Newton step, outliers weighed down.

    With too few crossings the guess is returned as it is. `sheet`, `size_mm` and `centres` are those of `Lines`;
    `ramps` as for `_offsets`. Information and jackknife are told where it is `in_full`.
    """
    crossings, expected = _crossings(luma, to_light, sheet, homography, ramps)
    edge, points, normals = crossings[:, 0], crossings[:, 1:3], crossings[:, 3:5]
    offset, deviation = crossings[:, 5], crossings[:, 6]
    held, agreeing = _agreeing(edge, offset)
    nothing = np.zeros((8, 8))
    if held < _FEWEST_EDGES:
        return _Laid(homography, expected, agreeing, 0.0, False, nothing, nothing)
    middle_x, middle_y, half = size_mm[0] / 2, size_mm[1] / 2, size_mm[1] / 2
    scaled = np.empty((3, 3))
    for k in range(3):
        scaled[k, 0], scaled[k, 1] = homography[k, 0] * half, homography[k, 1] * half
        scaled[k, 2] = homography[k, 0] * middle_x + homography[k, 1] * middle_y + homography[k, 2]
    last = scaled[2, 2]
    for k in range(9):
        scaled[k // 3, k % 3] /= last
    back = inverse(scaled)
    design = _design(scaled, back, points, normals)
    step, information, weight = _robust_solve(design, offset, deviation)
    spread = nothing
    if in_full:
        residual = offset.copy()
        for i in range(len(residual)):
            for k in range(8):
                residual[i] -= design[i, k] * step[k]
        spread = jackknife(design, residual, weight, nearest(back, points, centres), len(centres))
    moved = np.empty((3, 3))
    before = scaled.copy()
    for k in range(8):
        scaled[k // 3, k % 3] += step[k]
    moved_px = 0.0
    for i in range(len(centres)):
        x, y = projected(before, centres[i, 0], centres[i, 1])
        there_x, there_y = projected(scaled, centres[i, 0], centres[i, 1])
        moved_px = max(moved_px, math.hypot(there_x - x, there_y - y))
    for k in range(3):
        moved[k, 0], moved[k, 1] = scaled[k, 0], scaled[k, 1]
        moved[k, 2] = half * scaled[k, 2] - middle_x * scaled[k, 0] - middle_y * scaled[k, 1]
    return _Laid(moved, expected, agreeing, moved_px, True, information, spread)


@compiled
def _agreeing(edge: Floats, offset_px: Floats) -> tuple[int, int]:
    """Return how many edges crossings are on, and of how many of these the median is less than a pixel away.

    Crossings of an edge come one after another.
    """
    held, agreeing, first = 0, 0, 0
    away_px = np.empty(len(edge))
    for last in range(1, len(edge) + 1):
        away_px[last - 1] = abs(offset_px[last - 1])
        if last == len(edge) or edge[last] != edge[first]:
            held += 1
            if median(away_px[first:last]) < _AGREE_PX:
                agreeing += 1
            first = last
    return held, agreeing


@compiled
def _crossings(luma: Luma, to_light: ToLight, sheet: Floats, homography: Floats, ramps: Floats) -> tuple[Floats, int]:
    """Return where slices of edges cross half-way, and how many edges ought to be seen.

    A row a slice: the number of the edge, its place on the line, x and y, its normal, x and y, how far from there along
    the normal it crosses, with its standard deviation.
    """
    edges = imaged(sheet, homography)
    large, paper, ink = np.zeros(len(edges), np.bool_), 0.0, 0.0
    for i in range(len(edges)):
        reach = min(edges[i, 5], edges[i, 6])
        large[i] = reach >= _MIN_REACH_PX and strip_inside(edges[i], _SHARE, luma.shape[0], luma.shape[1])
        if large[i]:
            paper, ink = max(paper, edges[i, 5]), max(ink, edges[i, 6])
    on_paper = math.ceil(paper / _BIN_PX)
    profile = np.empty((4, _SLICES, on_paper + math.ceil(ink / _BIN_PX)))
    crossings, offset, deviation = np.empty((len(edges) * _SLICES, 7)), np.empty(_SLICES), np.empty(_SLICES)
    seen, expected = 0, 0
    for i in range(len(edges)):
        if not large[i]:
            continue
        expected += 1
        gather(luma, to_light, edges[i], _SHARE, on_paper, _BIN_PX, profile)
        middle_x, middle_y, x, y, length, paper, ink = edges[i]
        reach = min(paper, ink)
        if not _offsets(profile, reach, ramps, offset, deviation):
            continue
        for k in range(_SLICES):
            if abs(offset[k]) < 0.6 * reach and deviation[k] < _MAX_DEVIATION_PX:
                along = length * _SHARE * ((k + 0.5) / _SLICES - 0.5)
                crossings[seen, 0] = i
                crossings[seen, 1], crossings[seen, 2] = middle_x + x * along, middle_y + y * along
                crossings[seen, 3], crossings[seen, 4] = -y, x
                crossings[seen, 5], crossings[seen, 6] = offset[k], deviation[k]
                seen += 1
    return crossings[:seen], expected


@compiled
def _offsets(profile: Floats, reach: float, ramps: Floats, offsets: Floats, deviations: Floats) -> bool:
    """Write how far from its line each slice of an edge crosses half-way, and how sure that is; return if it is usable.

    `profile` is as `gather` writes it. `ramps` are the half-widths of the ramps fitted one after another, in reaches; 0
    stands for that nearest to the edge's own spread.
    """
    count, depth, light, variance = profile[0], profile[1], profile[2], profile[3]
    slices, bins = count.shape
    paper, on_paper = _plateau(count, depth, light, variance, 0.6 * reach, -1.0)
    ink, on_ink = _plateau(count, depth, light, variance, 0.6 * reach, 1.0)
    noise, contrast = math.sqrt((on_paper + on_ink) / 2), paper - ink
    if not contrast > max(_MIN_CONTRAST, noise):
        return False
    noise /= contrast
    level = np.empty((slices, bins))
    for k in range(slices):
        for n in range(bins):
            level[k, n] = (paper - light[k, n]) / contrast
    narrow = _half_width(count, depth, level, noise, reach)
    for k in range(slices):
        offset, curvature = 0.0, 1e-9
        for share in ramps:
            ramp = share * reach if share > 0 else narrow
            curvature, pull = 0.0, 0.0
            for n in range(bins):
                if count[k, n] == 0:
                    continue
                u = (depth[k, n] - offset) / ramp
                # Beyond the ramp's ends its slope is nought.
                if not -1 < u < 1:
                    continue
                slope = math.cos(u * (math.pi / 2)) * (math.pi / 4 / ramp)
                weighted = count[k, n] * slope
                curvature += weighted * slope
                pull += weighted * (level[k, n] - 0.5 - 0.5 * math.sin(u * (math.pi / 2)))
            curvature = max(curvature, 1e-9)
            offset -= pull / curvature
        offsets[k] = offset
        deviations[k] = math.hypot(noise / math.sqrt(curvature), _FLOOR_PX)
    return True


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
