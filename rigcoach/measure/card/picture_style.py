"""What a camera's picture style did to the card: a curve of its own over the tones, and sharpening of edges.

An S-curve or sharpening makes edges steeper than the lens drew them, and blur seem less. The curve is read off what
the card prints of known reflectance: its ink, two patches of grey and its paper. Sharpening shows as an overshoot
beside edges, which no lens makes: the unsharp mask that is undone so that the edges fit a lens best was the camera's.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.card.homography import project
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.monotone_cubic import monotone_cubic
from rigcoach.measure.picture.box import inside
from rigcoach.measure.picture.tone import ToLight, bt709_encoded, bt709_to_light
from rigcoach.target_card import Patch, TargetCard

AMOUNTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
SIGMAS_PX = (0.7, 1.0, 1.5)
# Where greys stand on the way from ink to paper, in light: printers and paper may be off by so much of it.
_GREYS_OFF = 0.03
# The misfit must fall to so much of itself for a style to be believed; what fits nearly as well is as likely.
_BELIEVED, _AS_LIKELY, _WORSE = 0.8, 1.2, 1.5
# By so much worse must edges fit under the greys' curve for the greys not to be believed.
_AGAINST = 1.3
_LEAST_RADIUS_PX = 0.5
# So much of a curve's effect on the radius stays uncertain; and of sharpening's on its square, per amount sigma^2.
_CURVE_UNCERTAIN, _PX2_PER_SHARPENING, _STRENGTH_OFF = 0.35, 1.3, 0.08
_LEAST_PATCH_PX = 5.0
_MARGIN_PX = 24
_SAMPLES = 24
# So much of a square's or patch's side is looked at, clear of what is blurred into it.
_INNER = 0.6
# Signals are interpolated as log(s / (1 - s)), in which an S is nearly straight; so near to 0 and 1 they are held.
_END = 2e-3


@dataclass(frozen=True, slots=True, eq=False)
class PictureStyle:
    """How the camera drew the card.

    `to_light` is the table from luma codes to light; `amount` and `sigma_px` those of the unsharp mask, 0 for none.
    `share_off` of a radius, and `off_px2` of its square, stay uncertain for it.
    """

    to_light: ToLight
    amount: float = 0.0
    sigma_px: float = 1.0
    share_off: float = 0.0
    off_px2: float = 0.0

    def undone(self, luma: Luma, find: CardDetection) -> Luma:
        """Return a luma plane whose sharpening on the card and close to it is undone."""
        region = None
        if self.amount > 0:
            x, y, width, height = find.box
            around = (x - _MARGIN_PX, y - _MARGIN_PX, width + 2 * _MARGIN_PX, height + 2 * _MARGIN_PX)
            region = inside(around, luma.shape)
        if region is None:
            return luma
        left, top, right, bottom = region
        soft = luma.copy()
        soft[top:bottom, left:right] = unsharp_undone(luma[top:bottom, left:right], self.amount, self.sigma_px)
        return soft


@dataclass(frozen=True, slots=True)
class EdgeFit:
    """How a lens fits the card's edges: the radius of its blur, and the misfit per degree of freedom."""

    radius_px: float
    misfit: float


Fitted = Callable[[PictureStyle], EdgeFit | None]
"""Says how well a lens fits the card's edges once a style is undone; `None` where they can't be measured."""

PLAIN = PictureStyle(bt709_to_light())
"""A camera that draws by BT.709's curve and sharpens nothing."""


def picture_style(luma: Luma, find: CardDetection, card: TargetCard, fitted: Fitted) -> PictureStyle:
    """Return the style that explains the card best; `PLAIN` where nothing else is clearly better.

    Parameters
    ----------
    luma
        HxW plane of normalised 8-bit luma.
    find, card
        Where the card lies, and the card.
    fitted
        How well a lens fits the edges.
    """
    plain = fitted(PLAIN)
    if plain is None:
        return PLAIN
    style, misfit = _with_sharpening(PLAIN, plain, fitted)
    table = card_curve(luma, find, card)
    fit = None if table is None else fitted(PictureStyle(table))
    if table is None or fit is None:
        return style
    share_off = _CURVE_UNCERTAIN * abs(1 - plain.radius_px / max(fit.radius_px, _LEAST_RADIUS_PX))
    curved, curved_misfit = _with_sharpening(PictureStyle(table, share_off=share_off), fit, fitted)
    # The greys speak for a curve; the edges may speak against it, as where the greys were printed wrong.
    return curved if curved_misfit < _AGAINST * misfit else style


def _with_sharpening(style: PictureStyle, unsharpened: EdgeFit, fitted: Fitted) -> tuple[PictureStyle, float]:
    """Return a style with the sharpening that it takes beside its curve, and the misfit that is left."""

    def tried(amount: float, sigma_px: float) -> float:
        fit = fitted(replace(style, amount=amount, sigma_px=sigma_px))
        return math.inf if fit is None else fit.misfit

    misfits = {(0.0, sigma_px): unsharpened.misfit for sigma_px in SIGMAS_PX}
    misfits |= {(AMOUNTS[1], sigma_px): tried(AMOUNTS[1], sigma_px) for sigma_px in SIGMAS_PX}
    if min(misfits.values()) == unsharpened.misfit:
        return style, unsharpened.misfit
    for sigma_px in SIGMAS_PX:
        lowest = unsharpened.misfit
        for amount in AMOUNTS:
            if (amount, sigma_px) not in misfits:
                misfits[amount, sigma_px] = tried(amount, sigma_px)
            # Past its best amount a mask only fits worse.
            if misfits[amount, sigma_px] > _WORSE * lowest:
                break
            lowest = min(lowest, misfits[amount, sigma_px])
    best = min(misfits, key=lambda each: misfits[each])
    amount, sigma_px = best
    if misfits[best] >= _BELIEVED * unsharpened.misfit:
        amount, sigma_px = 0.0, 1.0
    strength = amount * sigma_px**2
    likely = [each * sigma**2 for (each, sigma), misfit in misfits.items() if misfit <= _AS_LIKELY * misfits[best]]
    off_px2 = _PX2_PER_SHARPENING * max(*(abs(each - strength) for each in likely), _STRENGTH_OFF * strength)
    amount = _refined(misfits, amount, sigma_px) if amount else 0.0
    return replace(style, amount=amount, sigma_px=sigma_px, off_px2=off_px2), misfits[best]


def _refined(misfits: dict[tuple[float, float], float], amount: float, sigma_px: float) -> float:
    """Return where the parabola through the best amount and its neighbours is lowest."""
    amounts = [0.0, *AMOUNTS]
    i = amounts.index(amount)
    around = amounts[max(i - 1, 0) : i + 2]
    known = [misfits.get((each, sigma_px), math.inf) for each in around]
    if len(around) < 3 or not all(map(math.isfinite, known)):
        return amount
    bend, slope, _ = np.polyfit(around, np.log(known), 2)
    return amount if bend <= 0 else float(np.clip(-slope / (2 * bend), around[0], around[2]))


def unsharp_undone(codes: Luma, amount: float, sigma_px: float) -> Luma:
    """Return codes c with c + amount (c - Gaussian of c) undone, by division in frequency: that is 1 and more.

    >>> flat = np.full((40, 50), 90, np.uint8)
    >>> bool((unsharp_undone(flat, 1.0, 1.0) == flat).all())
    True
    """
    padded = np.pad(codes.astype(np.float64), _MARGIN_PX, mode="symmetric")
    fy, fx = np.fft.fftfreq(padded.shape[0])[:, None], np.fft.rfftfreq(padded.shape[1])
    passed = 1 + amount * (1 - np.exp(-2 * (math.pi * sigma_px) ** 2 * (fx**2 + fy**2)))
    soft = np.fft.irfft2(np.fft.rfft2(padded) / passed, padded.shape)[_MARGIN_PX:-_MARGIN_PX, _MARGIN_PX:-_MARGIN_PX]
    return np.clip(np.rint(soft), 0, 255).astype(np.uint8)


def card_curve(luma: Luma, find: CardDetection, card: TargetCard) -> ToLight | None:
    """Return the table from codes to light by the card's greys; `None` where they are as in BT.709, or not seen."""
    codes = _tones(luma, find, card)
    if codes is None:
        return None
    light = bt709_to_light().astype(np.float64)
    seen = np.interp(codes, np.arange(256), light)
    reflectance = np.array(
        [card.ink_reflectance, *(patch.reflectance for patch in _by_tone(card)), card.paper_reflectance]
    )
    share = (seen[1:-1] - seen[0]) / max(seen[-1] - seen[0], 1e-6)
    expected = (reflectance[1:-1] - reflectance[0]) / (reflectance[-1] - reflectance[0])
    if not (np.diff(codes) > 2).all() or np.abs(share - expected).max() < _GREYS_OFF:
        return None
    exposed = seen[-1] / reflectance[-1]
    x, y = _logit(codes / 255), _logit(bt709_encoded(exposed * reflectance))
    at = _logit(np.arange(256) / 255)
    first = (y[1] - y[0]) / (x[1] - x[0])
    drawn = np.where(at < x[0], y[0] + (at - x[0]) * first, monotone_cubic(x, y, at))
    table = np.interp(255 / (1 + np.exp(-drawn)), np.arange(256), light).astype(np.float32)
    # What is clipped stays clipped.
    table[0], table[255] = 0.0, 1.0
    table.flags.writeable = False
    return table


def _logit(signal: Floats) -> Floats:
    held = np.clip(signal, _END, 1 - _END)
    return np.asarray(np.log(held / (1 - held)), dtype=np.float64)


def _by_tone(card: TargetCard) -> list[Patch]:
    return sorted(card.patches, key=lambda patch: patch.reflectance)


def _tones(luma: Luma, find: CardDetection, card: TargetCard) -> Floats | None:
    """Return the codes of ink, the greys from dark to light, and paper, as under even light; `None` where not seen."""
    square = card.squares[0]
    (x, y), side = square.centre_mm, square.side_mm * _INNER
    ink = _code(luma, find, (x - side / 2, y - side / 2, side, side))
    places = [
        (
            _code(luma, find, _inner(patch)),
            # Below every patch lies paper.
            _code(
                luma, find, (patch.x_mm, patch.y_mm + 1.15 * patch.height_mm, patch.width_mm, 0.35 * patch.height_mm)
            ),
        )
        for patch in _by_tone(card)
    ]
    if ink is None or any(grey is None or paper is None for grey, paper in places):
        return None
    light = bt709_to_light().astype(np.float64)
    codes = np.arange(256)
    greys, papers = np.interp(np.array(places, dtype=np.float64).T, codes, light)
    paper = float(papers.mean())
    return np.array(
        [ink, *np.interp(greys * paper / np.maximum(papers, 1e-6), light, codes), np.interp(paper, light, codes)]
    )


def _inner(patch: Patch) -> tuple[float, float, float, float]:
    inset = (1 - _INNER) / 2
    return (
        patch.x_mm + inset * patch.width_mm,
        patch.y_mm + inset * patch.height_mm,
        _INNER * patch.width_mm,
        _INNER * patch.height_mm,
    )


def _code(luma: Luma, find: CardDetection, area_mm: tuple[float, float, float, float]) -> float | None:
    """Return the mean code in an area of the sheet; `None` where it is too small in the frame, or not in it."""
    x, y, width, height = area_mm
    across, down = np.meshgrid(np.linspace(x, x + width, _SAMPLES), np.linspace(y, y + height, _SAMPLES))
    points = project(find.homography, np.stack((across, down), axis=-1).reshape(-1, 2))
    low, high = points.min(axis=0), points.max(axis=0)
    if (
        (low < 0).any()
        or high[0] > luma.shape[1] - 1
        or high[1] > luma.shape[0] - 1
        or (high - low).min() < _LEAST_PATCH_PX
    ):
        return None
    columns, rows = np.rint(points).astype(np.intp).T
    return float(luma[rows, columns].mean())
