"""Defocus and motion on the target card, from how far its straight edges are spread.

After the slanted-edge method of ISO 12233:2017 (e-SFR): pixels beside an edge are sorted by their distance from it,
which samples the edge's spread finer than the pixels lie. All edges are then fitted together with what a lens out of
focus (a disc) and a moving camera (a smear) do to them.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.card_clearance import clearances_mm
from rigcoach.measure.card.edge_strips import Strips
from rigcoach.measure.card.imaged_edge import ImagedEdges, edge_profiles, image_edges
from rigcoach.measure.card.picture_style import PLAIN, EdgeFit, PictureStyle, picture_style
from rigcoach.measure.card.spread_fit import MIN_RADIUS_PX, SpreadFit, Spreads, fit_spreads
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.picture.tone import ToLight, bt709_to_light
from rigcoach.target_card import TargetCard

SYSTEM_SIGMA_PX = 0.15
"""Gaussian softness, beside the pixel's own square, of the sharpest edges that 8-bit H.264 of good quality holds."""

INTERVAL_COVERAGE = 0.9
"""How often the intervals hold the truth."""

_SHARE, _SLICES, _BIN_PX = 0.84, 8, 0.25
_MIN_EDGES = 4
_MIN_CLEAR_PX = 4.0
_MOST_CLEAR_PX = 30.0
_MIN_CONTRAST = 0.03  # light
# Shares of an edge's pixels. Paper cut off at white narrows the spread; ink at black is near nothing anyway.
_MAX_WHITE, _MAX_BLACK = 0.01, 0.3
_ROUGH_STEPS = 2  # of a first round, which only tells how much of each strip is clear
_MIN_TELLING = 0.05  # how well the edges' directions must tell a smear from a disc; 0.25 for four at 45 degrees
_SIGNIFICANT = 25.0  # by how many times its noise the cost must fall for a smear
# What a codec leaves uncertain, seen on clips of known blur: a disc's spread comes out uneven by this share of its
# variance, and so much more; a radius is off by so much, its square by so much more; a smear by so much and a share.
_UNEVEN_SHARE, _UNEVEN_PX2 = 0.08, 0.01
_RADIUS_PX, _RADIUS_PX2 = 0.08, 0.12
_SMEAR_PX, _SMEAR_SHARE = 0.15, 0.05
# The misfit per degree of freedom tells how hard the codec pressed: by so much for each unit of it, and at most.
_CODED_PX, _MOST_CODED_PX = 0.25, 0.7
_UNEVEN_CODED_PX2, _MOST_MISFIT = 0.12, 5.0
_DEVIATIONS = 1.645  # of a normal distribution, to either side, for 90 %


@dataclass(frozen=True, slots=True)
class EdgeSpread:
    """Defocus and motion on the card.

    Attributes
    ----------
    blur_px
        Radius of the disc, pixels; 0 is the sharpest that the recording can hold. `None` where not measurable.
    blur_px_interval
        Low and high, holding the truth with `INTERVAL_COVERAGE`.
    motion_px
        Length of the smear, pixels; 0 where none is told from noise.
    motion_px_interval
        Low and high, likewise.
    direction_deg
        The smear's direction in [0, 180): 0 is horizontal, 90 vertical, turning clockwise as seen (y runs down).
        `None` where there is no smear to be told.
    edges_used
        Edges that the measure rests on.
    reason
        Why nothing was measured, in a few words; `None` where something was.
    """

    blur_px: float | None
    blur_px_interval: tuple[float, float] | None
    motion_blur_px: float | None
    motion_blur_px_interval: tuple[float, float] | None
    direction_deg: float | None
    edges_used: int
    reason: str | None


def measure_edges(
    luma: Luma,
    find: CardDetection,
    card: TargetCard,
    *,
    full_range: bool = True,
    to_light: ToLight | None = None,
    system_sigma_px: float = SYSTEM_SIGMA_PX,
    style: PictureStyle | None = None,
) -> EdgeSpread:
    """Measure defocus and motion on the card.

    Parameters
    ----------
    luma
        HxW plane of 8-bit luma.
    find, card
        Where the card lies, and the card.
    full_range
        Whether luma runs from 0 to 255 rather than from 16 to 235.
    to_light
        Table of 256 from luma codes to linear light; the inverse of the BT.709 curve without one.
    system_sigma_px
        Gaussian part of the sharpest edge's spread; a camera that sharpens or softens may ask for another.
    style
        What the camera's picture style did to the card, to be undone (`read_style`); its curve takes the place of
        `to_light`.
    """
    if style is not None:
        strips = _strips(style.undone(luma, find), find, card, style.to_light)
    else:
        strips = _strips(luma, find, card, bt709_to_light(full_range) if to_light is None else to_light)
    if isinstance(strips, str):
        return _nothing(strips)
    fits = _fitted(strips, system_sigma_px)
    return _nothing(fits) if isinstance(fits, str) else _report(*fits, style or PLAIN)


def read_style(luma: Luma, find: CardDetection, card: TargetCard) -> PictureStyle:
    """Return what the camera's picture style did to the card, as far as one frame tells it.

    Of a clip one frame is enough, and a sharp one tells most: a style is set, and stays.
    """

    def fitted(style: PictureStyle) -> EdgeFit | None:
        strips = _strips(style.undone(luma, find), find, card, style.to_light)
        fits = strips if isinstance(strips, str) else _fitted(strips, SYSTEM_SIGMA_PX)
        if isinstance(fits, str):
            return None
        still, moving, _ = fits
        return EdgeFit((moving if _smeared(still, moving) else still).radius_px, moving.cost / moving.freedom)

    return picture_style(luma, find, card, fitted)


def _strips(luma: Luma, find: CardDetection, card: TargetCard, table: ToLight) -> Strips | str:
    """Return the strips beside the card's edges, or why there are none."""
    edges = _shortened(image_edges(card.edges, find.homography, clearances_mm(card, _SHARE)))
    inside = edges.only(edges.inside(luma.shape, _SHARE))
    if len(inside) < _MIN_EDGES:
        return "too few of the card's edges in the frame"
    large = inside.only(inside.clear_px >= _MIN_CLEAR_PX)
    if len(large) < _MIN_EDGES:
        return "the card is too small in the frame"
    profiles = edge_profiles(luma, large, table, share=_SHARE, slices=_SLICES, bin_px=_BIN_PX)
    strips = Strips.of(large, profiles, _SHARE).only((profiles.white <= _MAX_WHITE) & (profiles.black <= _MAX_BLACK))
    if len(strips.normals) < _MIN_EDGES:
        return "the card is clipped to black or white"
    paper, ink = strips.plateaus()
    strips = strips.only(paper - ink > _MIN_CONTRAST)
    if len(strips.normals) < _MIN_EDGES:
        return "too little contrast on the card"
    return strips


def _shortened(edges: ImagedEdges) -> ImagedEdges:
    """Keep to so much of the clear paper and ink as a spread may need: no more than an edge is long."""
    most = np.minimum(edges.length_px, _MOST_CLEAR_PX)
    return replace(edges, paper_px=np.minimum(edges.paper_px, most), ink_px=np.minimum(edges.ink_px, most * 0.7))


def _nothing(reason: str) -> EdgeSpread:
    return EdgeSpread(None, None, None, None, None, 0, reason)


def _fitted(strips: Strips, sigma_px: float) -> tuple[SpreadFit, SpreadFit, int] | str:
    """Fit a disc alone, and a disc and a smear; return both fits and the number of edges, or why there are none.

    The first of two rounds tells how wide the spreads are, the second keeps to what that leaves clear.
    """
    if not _tell_smear_from_disc(strips.normals):
        return "too few of the card's edges in the frame"
    paper, ink = strips.plateaus()
    spreads = strips.merged(paper, ink)
    own = np.stack((paper, ink, np.zeros(len(strips.normals))), axis=1)
    still = fit_spreads(spreads, _first_radius(spreads, own), None, own, sigma_px, most_steps=_ROUGH_STEPS)
    moving = fit_spreads(
        spreads, *_smeared_start(still, spreads.normals), _own(still), sigma_px, most_steps=_ROUGH_STEPS
    )
    wide = moving if _smeared(still, moving) else still
    strips = strips.straightened(wide).clear_of(wide.radius_px, wide.smear_px)
    kept = np.asarray(strips.used.any((1, 2)), dtype=np.bool_)
    if kept.sum() < _MIN_EDGES or not _tell_smear_from_disc(strips.normals[kept]):
        return "the card's edges are too short for so much blur"
    spreads = strips.merged(wide.paper, wide.ink).only(kept)
    still = fit_spreads(spreads, still.radius_px, None, _own(wide)[kept], sigma_px)
    moving = fit_spreads(spreads, moving.radius_px, moving.smear_px, _own(wide)[kept], sigma_px)
    return still, moving, int(kept.sum())


def _own(fit: SpreadFit) -> Floats:
    return np.stack((fit.paper, fit.ink, fit.place_px), axis=1)


def _tell_smear_from_disc(normals: Floats) -> bool:
    """Return whether edges lie in directions enough: any smear must widen some of them more than others.

    What a smear adds to an edge's variance follows cos and sin of twice its normal's angle; both must vary.
    """
    if len(normals) < _MIN_EDGES:
        return False
    x, y = normals.T
    cos, sin = x * x - y * y, 2 * x * y
    a, c = float(cos.var()), float(sin.var())
    b = float((cos * sin).mean() - cos.mean() * sin.mean())
    # The smaller of the eigenvalues of their covariance.
    return (a + c) / 2 - math.hypot((a - c) / 2, b) > _MIN_TELLING


def _first_radius(spreads: Spreads, own: Floats) -> float:
    """Guess the radius from the integral of level (1 - level), 0.288 r for a disc: of the narrower edges."""
    paper, ink, _ = own.T
    level = (paper[:, None] - spreads.light) / (paper - ink)[:, None]
    filled = spreads.weight > 0
    mean = (level * (1 - level) * filled).sum(1) / filled.sum(1)
    reach = np.abs(spreads.depth_px * filled).max(1)
    return max(float(np.quantile(mean * 2 * reach, 0.3)) / 0.288 - 0.5, 0.5)


def _smeared_start(still: SpreadFit, normals: Floats) -> tuple[float, Floats]:
    """Guess radius and smear from the radius that each edge asks for by itself.

    A disc has a variance of r^2/4 across any edge, a smear one of (its projection)^2/12 (the variances of a disc's
    projection and of a box); the edges' excess is fitted by a symmetric tensor, whose larger axis is the smear's.
    """
    excess = (np.maximum(still.edge_radius_px, 0.0) ** 2 - still.radius_px**2) / 4
    x, y = normals.T
    xx, xy, yy = np.linalg.lstsq(np.stack((x * x, 2 * x * y, y * y), axis=1), excess, rcond=None)[0]
    variances, axes = np.linalg.eigh(np.array(((xx, xy), (xy, yy))))
    radius = math.sqrt(max(still.radius_px**2 + 4 * variances[0], 0.1))
    return radius, np.asarray(axes[:, 1] * max(math.sqrt(12 * (variances[1] - variances[0])), 1.0), dtype=np.float64)


def _smeared(still: SpreadFit, moving: SpreadFit) -> bool:
    """Return whether a smear explains what a disc alone does not, by more than noise and a codec's unevenness do."""
    variance = float(moving.smear_px @ moving.smear_px) / 12
    return (
        variance > _uneven_px2(moving.radius_px)
        and still.cost - moving.cost > _SIGNIFICANT * moving.cost / moving.freedom
    )


def _uneven_px2(radius_px: float) -> float:
    """Return the variance, in square pixels, that a disc's spread may differ by from one direction to another."""
    return _UNEVEN_SHARE * radius_px**2 / 4 + _UNEVEN_PX2


def _report(still: SpreadFit, moving: SpreadFit, edges: int, style: PictureStyle) -> EdgeSpread:
    smeared = _smeared(still, moving)
    fit = moving if smeared else still
    radius = fit.radius_px if fit.radius_px > MIN_RADIUS_PX else 0.0
    covariance = moving.covariance()
    radius_deviation = math.sqrt(max(float((covariance if smeared else still.covariance())[0, 0]), 0.0))
    length = float(np.hypot(*moving.smear_px))
    heading = moving.smear_px / max(length, 1e-9)
    length_deviation = math.sqrt(max(float(heading @ covariance[1:, 1:] @ heading), 0.0))
    misfit = moving.cost / moving.freedom
    uneven_px2 = 12 * (_uneven_px2(fit.radius_px) + _UNEVEN_CODED_PX2 * min(misfit, _MOST_MISFIT))
    motion = _interval(length, length_deviation, _SMEAR_PX + _SMEAR_SHARE * length, uneven_px2)
    off_px, off_px2 = _RADIUS_PX + style.share_off * radius, _RADIUS_PX2 + style.off_px2
    # A codec that has few bits makes edges steeper, and fits the worse.
    coded_px = min(_CODED_PX * misfit, _MOST_CODED_PX)
    low, _ = _interval(radius, radius_deviation, off_px, off_px2)
    _, high = _interval(radius, radius_deviation, off_px + coded_px, off_px2)
    return EdgeSpread(
        blur_px=radius,
        blur_px_interval=(low, high),
        motion_blur_px=length if smeared else 0.0,
        motion_blur_px_interval=motion if smeared else (0.0, motion[1]),
        direction_deg=math.degrees(math.atan2(heading[1], heading[0])) % 180 if smeared else None,
        edges_used=edges,
        reason=None,
    )


def _interval(value: float, deviation: float, off_by: float, square_off_by: float) -> tuple[float, float]:
    """Return an interval by the square of the value: that is what a spread's shape depends on, down to none at all."""
    half = math.hypot(_DEVIATIONS * 2 * value * deviation, 2 * value * off_by, square_off_by)
    return math.sqrt(max(value**2 - half, 0.0)), math.sqrt(value**2 + half)
