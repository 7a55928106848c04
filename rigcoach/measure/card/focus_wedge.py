"""Where the lens was focused, read off the card's tilted wedge: in front of the card or behind it, and by how much.

The wedge's bar of ink runs through the card's plane. How blurred it is along its length tells on which side of the
card the focus lay; with the lens's focal length and f-number, how far: the blur of a point at distance u under a lens
focused at w is c = f^2/N |1/u - 1/w| / (1 - f/w) on the sensor (S. F. Ray, *Applied Photographic Optics*, 3rd ed.,
2002, chapter 22, with distances from the lens).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.picture.tone import ToLight
from rigcoach.target_card import TargetCard

_PIECES, _ENDS = 16, 0.04
_STEP_PX = 0.25
_FEWEST_PIECES = 6
_LEAST_BAR_PX = 4.0
_RADII_PX = np.arange(0.0, 12.01, 0.25)
# What the pixel and the interpolation between pixels add to a disc's radius, in square pixels.
_OWN_PX2 = 0.35
_FARTHEST_PLACE_PX = 3.0
_LEAST_CONTRAST = 0.05
# How far off a piece's radius is, seen on rendered wedges: so much and a share of itself.
_PIECE_PX, _PIECE_SHARE = 0.10, 0.05
_LEAST_PANEL_PX = 0.15
_NEAREST_FOCUS_M = 0.25
# By how much the better of the two sides must fit better, in units of twice the log likelihood.
_TELLING = 6.0
_SPAN = 2.7


@dataclass(frozen=True, slots=True)
class LensSetting:
    """What draws the wedge: focal length, f-number (`None` where unknown) and the pitch of the frame's pixels."""

    focal_length_mm: float
    f_number: float | None
    pixel_pitch_mm: float


@dataclass(frozen=True, slots=True)
class FocusPlace:
    """Where the lens was focused.

    `side` is "front", "behind" or "on" (the card lies within what can't be told apart); `offset_m` is from the card to
    the focused distance, positive behind it, with `offset_m_interval` holding it in nine of ten cases; both are `None`
    where the lens's aperture isn't known. An end at infinity is `math.inf`.
    """

    side: str
    offset_m: float | None
    offset_m_interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class WedgeReading:
    """Radii of blur along the wedge, arrays of shape (n,): distance from the lens and radius, smears included."""

    distance_m: Floats
    radius_px: Floats


def focus_place(
    reading: WedgeReading, card_distance_m: float, panel_blur_px: float, panel_deviation_px: float, lens: LensSetting
) -> FocusPlace | None:
    """Return where the lens was focused; `None` where the wedge doesn't tell the side.

    Parameters
    ----------
    reading
        From `read_wedge`.
    card_distance_m
        From the lens.
    panel_blur_px, panel_deviation_px
        The blur of the card itself, and its deviation: how far from the card the focus lies, on one side or the other.
    lens
        The lens. Without an f-number only the side is told.
    """
    if len(reading.distance_m) < _FEWEST_PIECES:
        return None
    panel = (panel_blur_px, max(panel_deviation_px, _LEAST_PANEL_PX))
    if lens.f_number is None:
        return _side_alone(reading, card_distance_m, panel)
    focused = np.linspace(0.0, 1 / _NEAREST_FOCUS_M, 1201)
    cost = _costs(reading, card_distance_m, panel, focused, lens, lens.f_number)
    best = int(np.argmin(cost))
    card = 1 / card_distance_m
    other = cost[focused > card] if focused[best] < card else cost[focused < card]
    likely = focused[cost <= cost[best] + _SPAN]
    low_q, high_q = float(likely.min()), float(likely.max())
    on = low_q <= card <= high_q
    if not on and (len(other) == 0 or other.min() - cost[best] < _TELLING):
        return None
    near, far = (math.inf if q <= 0 else 1 / q for q in (high_q, low_q))
    here = math.inf if focused[best] <= 0 else 1 / float(focused[best])
    side = "on" if on else "front" if focused[best] > card else "behind"
    return FocusPlace(side, here - card_distance_m, (near - card_distance_m, far - card_distance_m))


def _costs(
    reading: WedgeReading,
    card_distance_m: float,
    panel: tuple[float, float],
    focused: Floats,
    lens: LensSetting,
    f_number: float,
) -> Floats:
    """Return the misfit of lenses focused at `1 / focused` metres, in squared deviations."""
    f_m = lens.focal_length_mm / 1000
    per_dioptre = f_m**2 / f_number / (1 - f_m * focused) / (2 * lens.pixel_pitch_mm / 1000)
    wanted = per_dioptre[:, None] * np.abs(1 / reading.distance_m - focused[:, None])
    on_panel = per_dioptre * np.abs(1 / card_distance_m - focused)
    off = (on_panel - panel[0]) / (panel[1] + 0.03 * on_panel)
    return np.asarray(_misfit(reading.radius_px, wanted) + off**2, dtype=np.float64)


def _misfit(seen: Floats, wanted: Floats) -> Floats:
    """Return how far radii (pieces) are from those wanted (hypotheses x pieces), for each hypothesis.

    A smear may have added one variance to them all.
    """
    smear = np.maximum(np.median(seen**2 - wanted**2, axis=1, keepdims=True), 0.0)
    expected = np.sqrt(wanted**2 + smear)
    off = (seen - expected) / (_PIECE_PX + _PIECE_SHARE * expected)
    # Pieces that something hides or touches don't decide; and neighbours err together.
    return np.asarray(np.minimum(off**2, 9.0).sum(axis=1) / 2, dtype=np.float64)


def _side_alone(reading: WedgeReading, card_distance_m: float, panel: tuple[float, float]) -> FocusPlace | None:
    """Return the side by which way the blur grows, whatever the aperture."""
    away = 1 / reading.distance_m - 1 / card_distance_m
    # The radius on the panel is |A (card - focus)|; A is free.
    steepness = np.geomspace(0.2, 200, 60)[:, None] * max(panel[0], 0.2)
    front, behind = (
        float(_misfit(reading.radius_px, np.abs(panel[0] + sign * steepness * away)).min()) for sign in (-1, 1)
    )
    if abs(front - behind) < _TELLING:
        return None
    # Blur that grows with 1/u, towards the camera, is that of a focus behind.
    return FocusPlace("front" if front < behind else "behind", None, None)


def read_wedge(
    luma: Luma, find: CardDetection, card: TargetCard, card_distance_m: float, lens: LensSetting, to_light: ToLight
) -> WedgeReading:
    """Return the blur along the wedge, pieces that lie in the frame and show the bar.

    Parameters
    ----------
    luma
        HxW plane of 8-bit luma.
    find, card
        Where the card lies, and the card.
    card_distance_m, lens
        The card's distance, and what sees it: they say where in the frame the wedge's far and near parts lie.
    to_light
        Table of 256 from luma codes to linear light.
    """
    projection = _projection(find, luma.shape, card_distance_m, lens)
    wedge = card.wedge
    cuts = np.linspace(_ENDS, 1 - _ENDS, _PIECES + 1) * wedge.length_mm
    distances, radii = [], []
    for top, bottom in pairwise(cuts):
        rows = np.linspace(top, bottom, 24)
        profile = _profile(luma, projection, card, rows, to_light)
        if profile is None:
            continue
        radius = _bar_radius(*profile, card)
        if radius is not None:
            distances.append(card_distance_m + wedge.place_mm(float(rows.mean()))[1] / 1000)
            radii.append(radius)
    return WedgeReading(np.array(distances), np.array(radii))


def _projection(find: CardDetection, shape: tuple[int, ...], card_distance_m: float, lens: LensSetting) -> Floats:
    """Return the 3x4 projection from millimetres on and behind the sheet to pixels, from the sheet's homography.

    Its first two columns and its last are the homography's; the third is the camera's matrix times the cross product of
    the first two rotated axes (Zhang, "A flexible new technique for camera calibration", IEEE PAMI 22(11), 2000).
    """
    u_mm = card_distance_m * 1000
    focal_px = lens.focal_length_mm * u_mm / (u_mm - lens.focal_length_mm) / lens.pixel_pitch_mm
    camera = np.array([[focal_px, 0, (shape[1] - 1) / 2], [0, focal_px, (shape[0] - 1) / 2], [0, 0, 1]])
    axes = np.linalg.solve(camera, find.homography)
    scale = math.sqrt(float(np.linalg.norm(axes[:, 0]) * np.linalg.norm(axes[:, 1])))
    axes /= scale if axes[2, 2] > 0 else -scale
    away = np.cross(axes[:, 0], axes[:, 1])
    away /= np.linalg.norm(away)
    return np.asarray(camera @ np.column_stack((axes[:, 0], axes[:, 1], away, axes[:, 2])), dtype=np.float64)


def _profile(
    luma: Luma, projection: Floats, card: TargetCard, rows: Floats, to_light: ToLight
) -> tuple[Floats, Floats, float] | None:
    """Return places across a piece of the wedge, pixels from the bar's middle, the mean light there, and px per mm."""
    wedge = card.wedge
    middle = wedge.x_mm + wedge.width_mm / 2
    place = np.array([wedge.place_mm(float(row)) for row in rows])

    def seen(x_mm: Floats) -> Floats:
        points = np.stack(np.broadcast_arrays(x_mm, place[:, :1], place[:, 1:], 1.0), axis=-1) @ projection.T
        return np.asarray(points[..., :2] / points[..., 2:], dtype=np.float64)

    ends = seen(np.array([[middle - wedge.width_mm / 2, middle + wedge.width_mm / 2]]))
    px_per_mm = float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).mean()) / wedge.width_mm
    if px_per_mm * wedge.bar_width_mm < _LEAST_BAR_PX:
        return None
    across = np.arange(-wedge.width_mm / 2, wedge.width_mm / 2, _STEP_PX / px_per_mm)
    points = seen(middle + across[None, :])
    inside = (
        (points >= 1).all()
        and (points[..., 0] < luma.shape[1] - 2).all()
        and (points[..., 1] < luma.shape[0] - 2).all()
    )
    if not inside:
        return None
    light = _sampled(luma, points, to_light).mean(axis=0)
    return across * px_per_mm, light, px_per_mm


def _sampled(luma: Luma, points: Floats, to_light: ToLight) -> Floats:
    low = np.floor(points).astype(np.intp)
    part = points - low
    x, y = low[..., 0], low[..., 1]
    total = np.zeros(x.shape)
    for dx in (0, 1):
        for dy in (0, 1):
            weight = np.abs(1 - dx - part[..., 0]) * np.abs(1 - dy - part[..., 1])
            total += weight * to_light[luma[y + dy, x + dx]]
    return total


def _bar_radius(place_px: Floats, light: Floats, px_per_mm: float, card: TargetCard) -> float | None:
    """Return the radius of the disc that blurs the bar as seen; `None` where no bar is seen.

    Paper, bar and what lies beyond the paper's sides are each an even light; all four lights are fitted.
    """
    wedge = card.wedge
    half_bar, half_paper = wedge.bar_width_mm / 2 * px_per_mm, wedge.width_mm / 2 * px_per_mm
    dark = np.maximum(np.median(light) - light, 0)[np.abs(place_px) < half_paper * 0.8]
    near = place_px[np.abs(place_px) < half_paper * 0.8]
    if dark.sum() <= 0:
        return None
    shift = float(np.clip((dark * near).sum() / dark.sum(), -_FARTHEST_PLACE_PX, _FARTHEST_PLACE_PX))
    kept = np.abs(place_px - shift) <= half_paper - 1.0
    x, y = place_px[kept] - shift, light[kept]
    radii = _RADII_PX[:, None]
    bar = _risen(x + half_bar, radii) - _risen(x - half_bar, radii)
    sides = _risen(-half_paper - x, radii), _risen(x - half_paper, radii)
    columns = np.stack((np.ones_like(bar), bar, *sides), axis=2)
    turned = columns.transpose(0, 2, 1)
    # A little of a ridge: sides that are hardly seen have no light of their own.
    solved = np.linalg.solve(turned @ columns + np.diag((1e-6, 1e-6, 0.3, 0.3)), (turned @ y)[..., None])
    cost = (((columns @ solved)[..., 0] - y) ** 2).sum(axis=1)
    best = int(np.argmin(cost))
    if -solved[best, 1, 0] < _LEAST_CONTRAST:
        return None
    if 0 < best < len(cost) - 1:
        before, here, after = cost[best - 1 : best + 2]
        return float(_RADII_PX[best] + 0.5 * (before - after) / (before - 2 * here + after) * _RADII_PX[1])
    return float(_RADII_PX[best])


def _risen(x: Floats, radius_px: Floats) -> Floats:
    """Return the spread of a step at 0 under a disc: 1/2 + (t sqrt(1 - t^2) + asin t)/pi for t = x/r."""
    t = np.clip(x / np.sqrt(radius_px**2 + _OWN_PX2), -1, 1)
    return np.asarray(0.5 + (t * np.sqrt(1 - t * t) + np.arcsin(t)) / math.pi, dtype=np.float64)
