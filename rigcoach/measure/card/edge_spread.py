"""Defocus and motion on the target card, from how far its straight edges are spread.

After the slanted-edge method of ISO 12233:2017 (e-SFR): pixels beside an edge are sorted by their distance from it,
which samples the edge's spread finer than the pixels lie. All edges are then fitted together with what a lens out of
focus (a disc) and a moving camera (a smear) do to them.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.card_clearance import clearances_mm
from rigcoach.measure.card.edge_strips import clear_of, merged, plateaus, straighten
from rigcoach.measure.card.imaged_edge import gather, imaged, on_sheet, strip_inside
from rigcoach.measure.card.jackknife import normal_equations
from rigcoach.measure.card.picture_style import PLAIN, EdgeFit, PictureStyle, picture_style
from rigcoach.measure.card.spread_fit import MIN_RADIUS_PX, MOST_STEPS, SpreadFit, covariance, fit_spreads
from rigcoach.measure.card.spread_model import tables
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.compiled import compiled
from rigcoach.measure.compiled_algebra import solved
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
_NARROWER = 0.3  # of the edges, by the spread that each shows: the radius to begin with
_REASONS = (
    "",
    "too few of the card's edges in the frame",
    "the card is too small in the frame",
    "the card is clipped to black or white",
    "too little contrast on the card",
    "the card's edges are too short for so much blur",
)
_TOO_FEW, _TOO_SMALL, _CLIPPED, _PALE, _TOO_SHORT = range(1, 6)
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
        blur = _blur(style.undone(luma, find), find, card, style.to_light, system_sigma_px)
    else:
        table = bt709_to_light(full_range) if to_light is None else to_light
        blur = _blur(luma, find, card, table, system_sigma_px)
    if blur.reason:
        return EdgeSpread(None, None, None, None, None, 0, _REASONS[blur.reason])
    return _report(blur, style or PLAIN)


def read_style(luma: Luma, find: CardDetection, card: TargetCard) -> PictureStyle:
    """Return what the camera's picture style did to the card, as far as one frame tells it.

    Of a clip one frame is enough, and a sharp one tells most: a style is set, and stays.
    """

    def fitted(style: PictureStyle) -> EdgeFit | None:
        blur = _blur(style.undone(luma, find), find, card, style.to_light, SYSTEM_SIGMA_PX)
        if blur.reason:
            return None
        return EdgeFit((blur.moving if blur.smeared else blur.still).radius_px, blur.moving.misfit)

    return picture_style(luma, find, card, fitted)


class _Fit(NamedTuple):
    """A fit in short: `misfit` is its cost over its degrees of freedom, `covariance` that of radius and smear."""

    radius_px: float
    smear_x_px: float
    smear_y_px: float
    misfit: float
    covariance: Floats


class _Blur(NamedTuple):
    """A disc alone, and a disc and a smear, fitted to so many edges; where nothing is, `reason` is not 0 (`_REASONS`).

    `smeared` says whether there is a smear.
    """

    reason: int
    edges: int
    smeared: bool
    still: _Fit
    moving: _Fit


def _blur(luma: Luma, find: CardDetection, card: TargetCard, to_light: ToLight, sigma_px: float) -> _Blur:
    held = tables()
    homography = np.ascontiguousarray(find.homography)
    return _fitted(
        np.ascontiguousarray(luma), to_light, _edges_on_sheet(card), homography, sigma_px, held.disc, held.cosines
    )


@cache
def _edges_on_sheet(card: TargetCard) -> Floats:
    return on_sheet(card.edges, clearances_mm(card, _SHARE))


@compiled
def _fitted(
    luma: Luma, to_light: ToLight, sheet: Floats, homography: Floats, sigma_px: float, disc: Floats, cosines: Floats
) -> _Blur:
    """Fit a disc alone, and a disc and a smear, in two rounds.

    The first of two rounds tells how wide the spreads are, the second keeps to what that leaves clear.
    """
    none = _Fit(0.0, 0.0, 0.0, 0.0, np.zeros((1, 1)))
    reason, edges, profiles, plateau = _strips(luma, to_light, sheet, homography)
    if reason:
        return _Blur(reason, 0, False, none, none)
    normals = _normals(edges)
    if not _tell_smear_from_disc(normals):
        return _Blur(_TOO_FEW, 0, False, none, none)
    used = np.empty((len(edges), profiles.shape[2], profiles.shape[3]), np.bool_)
    for i in range(len(edges)):
        for k in range(profiles.shape[2]):
            for n in range(profiles.shape[3]):
                used[i, k, n] = profiles[i, 0, k, n] > 0
    seen, counts = merged(profiles, used, plateau)
    radius = np.array([_first_radius(seen, counts, plateau)])
    still = fit_spreads(seen, counts, normals, radius, plateau, sigma_px, disc, cosines, _ROUGH_STEPS)
    start = _smeared_start(still, normals)
    moving = fit_spreads(seen, counts, normals, start, still.own, sigma_px, disc, cosines, _ROUGH_STEPS)
    wide, smear = still, np.zeros(2)
    if _smeared(still, moving):
        wide, smear = moving, moving.shared[1:]
    straighten(profiles, used, wide.own, wide.spread, wide.slope, wide.step_px)
    own, kept = wide.own.copy(), 0
    for i in range(len(edges)):
        if clear_of(profiles[i], used[i], edges[i], _SHARE, wide.shared[0], smear):
            _put(edges, kept, i)
            _put(own, kept, i)
            for j in range(4):
                for k in range(used.shape[1]):
                    for n in range(used.shape[2]):
                        profiles[kept, j, k, n] = profiles[i, j, k, n]
                        used[kept, k, n] = used[i, k, n]
            kept += 1
    own, normals = own[:kept], _normals(edges[:kept])
    if not _tell_smear_from_disc(normals):
        return _Blur(_TOO_SHORT, 0, False, none, none)
    seen, counts = merged(profiles[:kept], used[:kept], own)
    still = fit_spreads(seen, counts, normals, still.shared, own, sigma_px, disc, cosines, MOST_STEPS)
    moving = fit_spreads(seen, counts, normals, moving.shared, own, sigma_px, disc, cosines, MOST_STEPS)
    x, y = moving.shared[1], moving.shared[2]
    return _Blur(
        0,
        len(own),
        _smeared(still, moving),
        _Fit(still.shared[0], 0.0, 0.0, still.cost / still.freedom, covariance(still)),
        _Fit(moving.shared[0], x, y, moving.cost / moving.freedom, covariance(moving)),
    )


@compiled
def _strips(luma: Luma, to_light: ToLight, sheet: Floats, homography: Floats) -> tuple[int, Floats, Floats, Floats]:
    """Return why there are no strips to be fitted, 0 where there are; their edges, profiles, and a start for each.

    That is what `fit_spreads` begins with.
    """
    edges = imaged(sheet, homography)
    large, inside, paper, ink = 0, 0, 0.0, 0.0
    for i in range(len(edges)):
        # So much of the clear paper and ink as a spread may need: no more than an edge is long.
        most = min(edges[i, 4], _MOST_CLEAR_PX)
        edges[i, 5], edges[i, 6] = min(edges[i, 5], most), min(edges[i, 6], most * 0.7)
        if strip_inside(edges[i], _SHARE, luma.shape[0], luma.shape[1]):
            inside += 1
            if min(edges[i, 5], edges[i, 6]) >= _MIN_CLEAR_PX:
                _put(edges, large, i)
                large += 1
                paper, ink = max(paper, edges[i, 5]), max(ink, edges[i, 6])
    on_paper = math.ceil(paper / _BIN_PX)
    profiles = np.empty((large, 4, _SLICES, on_paper + math.ceil(ink / _BIN_PX)))
    plateau = np.zeros((large, 3))
    if large < _MIN_EDGES:
        return _TOO_FEW if inside < _MIN_EDGES else _TOO_SMALL, edges[:large], profiles, plateau
    unclipped, good = 0, 0
    for i in range(large):
        white, black = gather(luma, to_light, edges[i], _SHARE, on_paper, _BIN_PX, profiles[good])
        if white <= _MAX_WHITE and black <= _MAX_BLACK:
            unclipped += 1
            plateau[good, 0], plateau[good, 1] = plateaus(profiles[good], edges[i, 5], edges[i, 6])
            if plateau[good, 0] - plateau[good, 1] > _MIN_CONTRAST:
                _put(edges, good, i)
                good += 1
    reason = _CLIPPED if unclipped < _MIN_EDGES else _PALE if good < _MIN_EDGES else 0
    return reason, edges[:good], profiles[:good], plateau[:good]


@compiled
def _put(rows: Floats, to: int, of: int) -> None:
    """Write one row over another."""
    for k in range(rows.shape[1]):
        rows[to, k] = rows[of, k]


@compiled
def _normals(edges: Floats) -> Floats:
    """Return unit normals, n x 2, from paper into ink: y runs down, so that is a quarter turn on."""
    normals = np.empty((len(edges), 2))
    for i in range(len(edges)):
        normals[i, 0], normals[i, 1] = -edges[i, 3], edges[i, 2]
    return normals


@compiled
def _tell_smear_from_disc(normals: Floats) -> bool:
    """Return whether edges lie in directions enough: any smear must widen some of them more than others.

    What a smear adds to an edge's variance follows cos and sin of twice its normal's angle; both must vary.
    """
    count = len(normals)
    if count < _MIN_EDGES:
        return False
    cos, sin = 0.0, 0.0
    for i in range(count):
        x, y = normals[i]
        cos += (x * x - y * y) / count
        sin += 2 * x * y / count
    a, b, c = 0.0, 0.0, 0.0
    for i in range(count):
        x, y = normals[i]
        off_cos, off_sin = x * x - y * y - cos, 2 * x * y - sin
        a += off_cos**2 / count
        b += off_cos * off_sin / count
        c += off_sin**2 / count
    # The smaller of the eigenvalues of their covariance.
    return (a + c) / 2 - math.hypot((a - c) / 2, b) > _MIN_TELLING


@compiled
def _first_radius(seen: Floats, counts: NDArray[np.int64], own: Floats) -> float:
    """Guess the radius from the integral of level (1 - level), 0.288 r for a disc: of the narrower edges."""
    each = np.zeros(len(counts))
    for i in range(len(counts)):
        paper, ink, summed, reach = own[i, 0], own[i, 1], 0.0, 0.0
        for n in range(counts[i]):
            level = (paper - seen[i, 1, n]) / (paper - ink)
            summed += level * (1 - level)
            reach = max(reach, abs(seen[i, 0, n]))
        each[i] = summed / counts[i] * 2 * reach
    each = np.sort(each)
    place = _NARROWER * (len(each) - 1)
    low = int(place)
    narrow: float = each[low] + (place - low) * (each[min(low + 1, len(each) - 1)] - each[low])
    return max(narrow / 0.288 - 0.5, 0.5)


@compiled
def _smeared_start(still: SpreadFit, normals: Floats) -> Floats:
    """Guess radius and smear from the radius that each edge asks for by itself.

    A disc has a variance of r^2/4 across any edge, a smear one of (its projection)^2/12 (the variances of a disc's
    projection and of a box); the edges' excess is fitted by a symmetric tensor, whose larger axis is the smear's.
    """
    radius = still.shared[0]
    design, excess = np.empty((len(normals), 3)), np.empty(len(normals))
    for i in range(len(normals)):
        x, y = normals[i]
        design[i, 0], design[i, 1], design[i, 2] = x * x, 2 * x * y, y * y
        own = radius + still.left[i, 0, 1] / max(still.left[i, 0, 0], 1e-9)
        excess[i] = (max(own, 0.0) ** 2 - radius**2) / 4
    xx, xy, yy = solved(*normal_equations(design, excess, np.ones(len(normals))))
    mean, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    angle = math.atan2(2 * xy, xx - yy) / 2
    length = max(math.sqrt(12 * 2 * half), 1.0)
    return np.array(
        [math.sqrt(max(radius**2 + 4 * (mean - half), 0.1)), length * math.cos(angle), length * math.sin(angle)]
    )


@compiled
def _smeared(still: SpreadFit, moving: SpreadFit) -> bool:
    """Return whether a smear explains what a disc alone does not, by more than noise and a codec's unevenness do."""
    variance = (moving.shared[1] ** 2 + moving.shared[2] ** 2) / 12
    return (
        variance > _uneven_px2(moving.shared[0])
        and still.cost - moving.cost > _SIGNIFICANT * moving.cost / moving.freedom
    )


@compiled
def _uneven_px2(radius_px: float) -> float:
    """Return the variance, in square pixels, that a disc's spread may differ by from one direction to another."""
    return _UNEVEN_SHARE * radius_px**2 / 4 + _UNEVEN_PX2


def _report(blur: _Blur, style: PictureStyle) -> EdgeSpread:
    still, moving, smeared = blur.still, blur.moving, blur.smeared
    fit = moving if smeared else still
    radius = fit.radius_px if fit.radius_px > MIN_RADIUS_PX else 0.0
    radius_deviation = math.sqrt(max(float(fit.covariance[0, 0]), 0.0))
    length = math.hypot(moving.smear_x_px, moving.smear_y_px)
    x, y = moving.smear_x_px / max(length, 1e-9), moving.smear_y_px / max(length, 1e-9)
    (xx, xy), (_, yy) = moving.covariance[1:, 1:].tolist()
    length_deviation = math.sqrt(max(x * x * xx + 2 * x * y * xy + y * y * yy, 0.0))
    misfit = moving.misfit
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
        direction_deg=math.degrees(math.atan2(y, x)) % 180 if smeared else None,
        edges_used=blur.edges,
        reason=None,
    )


def _interval(value: float, deviation: float, off_by: float, square_off_by: float) -> tuple[float, float]:
    """Return an interval by the square of the value: that is what a spread's shape depends on, down to none at all."""
    half = math.hypot(_DEVIATIONS * 2 * value * deviation, 2 * value * off_by, square_off_by)
    return math.sqrt(max(value**2 - half, 0.0)), math.sqrt(value**2 + half)
