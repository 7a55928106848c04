"""Lay the card's straight edges over a frame to a fraction of a pixel.

Corners of markers move inwards as blur grows; the middle of a straight edge's spread does not, in linear light, however
wide a disc or a smear of even speed made it. So the sheet's place is fitted to where its edges cross half-way.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.imaged_edge import (
    EdgeProfiles,
    ImagedEdges,
    edge_profiles,
    image_edges,
    project,
)
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
_FLOOR_PX = 0.05  # what print, paper and codec leave uncertain of one crossing


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How the card lies: `homography` from sheet mm to pixels, and how well edges bear it out.

    `expected` edges lie inside the frame and are large enough; `agreeing` ones of them lie within a pixel of their
    place. `information` is the inverse covariance, 8x8, of the homography's first eight entries where it is written for
    lengths in half the sheet's height from the sheet's centre and its last entry is 1; `None` where nothing was fitted.
    """

    homography: Floats
    expected: int
    agreeing: int
    information: Floats | None


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
        # Slices come edge by edge: sorted within each, its median is in the middle.
        away = np.abs(self.offset_px)
        ordered = away[np.lexsort((away, self.edge))]
        _, first, count = np.unique(self.edge, return_index=True, return_counts=True)
        median = (ordered[first + (count - 1) // 2] + ordered[first + count // 2]) / 2
        return int(np.count_nonzero(median < _AGREE_PX))


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
        homography, _ = _fit(homography, _cross(luma, near, homography, to_light, wide=True), card)
    edges = _edges(card)
    homography, _ = _fit(homography, _cross(luma, edges, homography, to_light, wide=True), card)
    crossings = _cross(luma, edges, homography, to_light, wide=False)
    expected = len(_measurable(edges, homography, luma.shape))
    agreeing = 0 if crossings is None else crossings.agreeing()
    homography, information = _fit(homography, crossings, card)
    return Alignment(homography, expected, min(agreeing, expected), information)


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
) -> _Crossings | None:
    """Fit a ramp to each slice of the edges; `wide` looks some pixels around. `None` where no edge can be measured."""
    imaged = _measurable(edges, homography, luma.shape)
    if not len(imaged):
        return None
    profiles = edge_profiles(luma, imaged, to_light, share=_SHARE, slices=_SLICES, bin_px=_BIN_PX)
    reach = imaged.clear_px
    paper, ink, noise = _plateaus(profiles, reach)
    contrast = paper - ink
    usable = contrast > np.maximum(_MIN_CONTRAST, noise)
    scale = np.where(usable, contrast, 1.0)[:, None, None]
    level = (paper[:, None, None] - profiles.light) / scale
    noise = noise / scale[:, 0, 0]
    narrow = _half_width(profiles, level, noise, reach)
    offset = np.zeros(level.shape[:2])
    curvature = offset
    # A wide ramp first where the edge may lie some pixels off: it pulls from farther away.
    for ramp in (0.7 * reach, 0.7 * reach, narrow) if wide else (narrow, narrow):
        u = np.clip((profiles.depth_px - offset[..., None]) / ramp[:, None, None], -1, 1) * (np.pi / 2)
        slope = np.cos(u) * (np.pi / 4 / ramp)[:, None, None]
        weighted = profiles.count * slope
        curvature = np.maximum((weighted * slope).sum(-1), 1e-9)
        offset = offset - (weighted * (level - 0.5 - 0.5 * np.sin(u))).sum(-1) / curvature
    deviation = np.hypot(noise[:, None] / np.sqrt(curvature), _FLOOR_PX)
    good = usable[:, None] & (np.abs(offset) < 0.6 * reach[:, None]) & (deviation < _MAX_DEVIATION_PX)
    along = imaged.along * imaged.length_px[:, None] * _SHARE
    points = imaged.middle[:, None] + along[:, None] * (((np.arange(_SLICES) + 0.5) / _SLICES) - 0.5)[:, None]
    which = np.nonzero(good)[0]
    normals = imaged.into_ink[which]
    return _Crossings(which, points[good], normals, offset[good], deviation[good]) if len(which) else None


def _plateaus(profiles: EdgeProfiles, reach: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, for each edge, the light of paper and of ink far from the edge, and the noise of one pixel there."""
    far = 0.6 * reach[:, None, None]
    levels, variances = [], []
    for side in (profiles.depth_px < -far, profiles.depth_px > far):
        weight = profiles.count * side
        total = np.maximum(weight.sum((1, 2)), 1)
        level = (weight * profiles.light).sum((1, 2)) / total
        apart = (profiles.light - level[:, None, None]) ** 2 + profiles.variance
        levels.append(level)
        variances.append((weight * apart).sum((1, 2)) / total)
    return levels[0], levels[1], np.sqrt((variances[0] + variances[1]) / 2)


def _half_width(profiles: EdgeProfiles, level: Floats, noise: Floats, reach: Floats) -> Floats:
    """Return h of the ramp (1 + sin(pi x / 2h))/2 nearest to each edge's spread.

    Its integral of level (1 - level) is h/4, wherever the edge lies; what noise takes from the integral is put back.
    """
    count = profiles.count.sum(1)
    mean = (profiles.count * level).sum(1) / np.maximum(count, 1)
    spread = mean * (1 - mean) + noise[:, None] ** 2 / np.maximum(count, 1)
    filled = (count > 0) & (np.abs(profiles.depth_px).mean(1) < reach[:, None])
    mean_spread = (spread * filled).sum(1) / np.maximum(filled.sum(1), 1)
    return np.asarray(np.clip(4 * mean_spread * 2 * reach, 0.9, reach), dtype=np.float64)


def to_half_heights(card: TargetCard) -> Floats:
    """Return the 3x3 from millimetres on the sheet to half the sheet's height from its centre."""
    return np.array([[1, 0, -card.width_mm / 2], [0, 1, -card.height_mm / 2], [0, 0, card.height_mm / 2]])


def _fit(homography: Floats, crossings: _Crossings | None, card: TargetCard) -> tuple[Floats, Floats | None]:
    """Return the homography moved so that the crossings' offsets vanish: one Gauss-Newton step, outliers weighed down.

    And its information, as in `Alignment`. With too few crossings the guess is returned as it is, without any.
    """
    if crossings is None or len(np.unique(crossings.edge)) < 4:
        return homography, None
    to_unit = to_half_heights(card)
    scaled = np.asarray(homography @ np.linalg.inv(to_unit), dtype=np.float64)
    scaled /= scaled[2, 2]
    points, normals = crossings.points_px, crossings.normals
    x, y = project(np.asarray(np.linalg.inv(scaled), dtype=np.float64), points).T
    w = scaled[2, 0] * x + scaled[2, 1] * y + 1
    towards = -(normals * points).sum(1)
    nx, ny = normals.T
    design = np.stack((nx * x, nx * y, nx, ny * x, ny * y, ny, towards * x, towards * y), axis=1) / w[:, None]
    step, information = _robust_solve(design, crossings.offset_px, crossings.deviation_px)
    moved = scaled + np.append(step, 0.0).reshape(3, 3)
    return np.asarray(moved @ to_unit, dtype=np.float64), information


def _robust_solve(design: Floats, offset: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares with Huber's weights; columns scaled so that a hair of ridge bears on all alike.

    Returns the solution and its inverse covariance: residuals larger than their deviations widen it.
    """
    column = np.sqrt((design**2).mean(0)) + 1e-12
    scaled = design / column
    weight: NDArray[np.float64] = 1 / deviation**2
    step = np.zeros(design.shape[1])
    for _ in range(4):
        normal = scaled.T @ (scaled * weight[:, None])
        step = np.linalg.solve(normal + 1e-7 * np.trace(normal) * np.eye(len(step)), scaled.T @ (weight * offset))
        residual = np.abs(offset - scaled @ step)
        limit = np.maximum(1.5 * np.median(residual) * 1.4826, deviation)
        weight = np.minimum(1, limit / np.maximum(residual, 1e-9)) / deviation**2
    residual = offset - scaled @ step
    excess = float((weight * residual**2).sum()) / max(len(offset) - len(step), 1)
    # A sheet that curls moves whole edges together: all of them tell it by no more than its few bends.
    bent = max(0.0, excess - _FLAT_EXCESS) * len(offset) / _BENDS
    information = (design.T @ (design * weight[:, None])) / (max(1.0, excess) + bent)
    return np.asarray(step / column, dtype=np.float64), np.asarray(information, dtype=np.float64)
