"""Roll without a card: from the straight lines of buildings, doors and poles; none where there are no lines.

Upright lines of the world meet in one vanishing point, level ones of each direction in another, and all of the level
ones on the horizon (Hartley and Zisserman, *Multiple View Geometry*, 2nd ed., 2004, section 8.6). A camera that looks
up or down makes uprights converge; a wall that is seen askew makes its level lines do so; one that is rolled turns them
all. For each roll in steps of a quarter degree it is told by how much the lines of the picture speak for it: every line
either belongs to one of the bundles or is one of the others, which lean like the picture's lines at large (a mixture
as in Coughlan and Yuille, "Manhattan World", Neural Computation 15, 2003). How far the bundles converge is not known
and is summed over; what is left is how likely each roll is, whose middle is told, with the interval that holds 95 % of
it. Stems, folds and spokes, which lean much alike, are as likely among the others: they speak for nothing.

Lines of one house share what is askew in it: their evidence is discounted, and the interval widened, by constants that
`bench/level.py` fits on photographs whose horizon is known.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.line_segments import LineSegments, line_segments, wrapped_deg

_MOST_DEG = 24.0
_STEP_DEG = 0.25
_GRID_DEG: Floats = np.arange(-_MOST_DEG, _MOST_DEG + _STEP_DEG / 2, _STEP_DEG)
# So far beyond the grid lines may lean, and belong to an upright by the edge of a frame that converges.
_BEYOND_DEG = 12.0
# How far uprights converge, over the frame's width, and level lines of a wall, over its height; degrees.
_CONVERGENCES_DEG: Floats = np.arange(-42.0, 42.1, 2.0)
_ASKEW_DEG: Floats = np.array([0, 2, -2, 4, -4, 7, -7, 11, -11, 16, -16, 24, -24, 35, -35], dtype=np.float64)
# How likely each is before anything is seen: standard deviations of two normal parts, and the second's logarithm.
_ROLL_PRIOR = (5.0, 12.0, -2.5)
_CONVERGENCE_PRIOR = (12.0, 25.0, -1.5)
_ASKEW_SD_DEG, _FACING_SHARE = 14.0, 0.35
_HORIZON_SD = 0.5  # of the frame's height: how far from the middle the horizon may be
# A line of a bundle leans as it should but for so much, by what is askew and how it was found.
_LINE_SD_DEG = 0.55
_SOFTENED = 1.5  # the logarithm of a mixture is wider than its part
_SHARES = (0.1, 0.4)  # of the lines, that belong to a bundle
_AT_LARGE_SD_DEG, _ANY_LEAN = 4.0, 0.15
# By its length a line counts: 1 at this one, in frame heights, by the root of it around.
_USUAL_LENGTH, _LEAST_COUNT, _MOST_COUNT = 0.12, 0.4, 2.5
# What `bench/level.py` fits: how much of the evidence counts, and what is added to the spread.
_DISCOUNT = 0.45
_UNSEEN_SD_DEG = 0.3
# None is told unless the lines are more likely with bundles than without, by this logarithm, and the interval no wider.
_LEAST_EVIDENCE = 4.0
_WIDEST_DEG = 4.0
_HELD = 0.95
# The lines that agree must be so many, counted by their lengths, and lie so far apart, of the frame's width or height.
_AGREE_DEG = 0.9
_FEWEST, _ENOUGH_SPREAD = 7.0, 0.25


@dataclass(frozen=True, slots=True)
class Roll:
    """How far the picture is turned clockwise, in degrees.

    `interval_deg` holds the truth in 95 of 100 pictures; `confidence` is how likely it is within a degree of what is
    told, 0 to 1.
    """

    roll_deg: float
    interval_deg: tuple[float, float]
    confidence: float

    def turned(self, clockwise_deg: float) -> "Roll":
        """Return the roll of a picture that was turned by so much since."""
        low, high = self.interval_deg
        return Roll(self.roll_deg + clockwise_deg, (low + clockwise_deg, high + clockwise_deg), self.confidence)


def roll_from_lines(luma: Luma) -> Roll | None:
    """Return the roll of an upright HxW plane by its straight lines; `None` where they don't tell it.

    A level picture of a leaning world, such as a slope, a boat or a tower that leans, is told as rolled: no picture
    knows where gravity points. Turns beyond 20 degrees aren't found.
    """
    return roll_of_segments(line_segments(luma))


def roll_of_segments(lines: LineSegments) -> Roll | None:
    """Return the roll that segments tell, of one picture or of several (`pooled`); `None` where they don't."""
    if len(lines) < 3:
        return None
    about_deg = 0.0
    chances, evidence = _chances(lines, about_deg)
    likeliest = float(_GRID_DEG[np.argmax(chances)])
    if abs(likeliest) >= 1.0:
        # How far lines converge is told about the upright of the world.
        about_deg = float(np.clip(likeliest, -20.0, 20.0))
        chances, evidence = _chances(lines, about_deg)
    if evidence < _LEAST_EVIDENCE:
        return None
    chances = chances @ _smear(_UNSEEN_SD_DEG)
    sums = np.cumsum(chances / chances.sum())
    low, middle, high = (
        float(np.interp(share, sums, _GRID_DEG + _STEP_DEG / 2)) + about_deg
        for share in ((1 - _HELD) / 2, 0.5, (1 + _HELD) / 2)
    )
    if high - low > _WIDEST_DEG or not _agree_enough(lines, middle):
        return None
    near = np.interp((middle - about_deg - 1, middle - about_deg + 1), _GRID_DEG + _STEP_DEG / 2, sums)
    return Roll(middle, (low, high), float(near[1] - near[0]))


def _chances(lines: LineSegments, about_deg: float) -> tuple[Floats, float]:
    """Return how likely each roll is, those of `_GRID_DEG` from `about_deg`, and the logarithm of the odds for any."""
    lines = lines.moved(complex(np.exp(-1j * math.radians(about_deg))), 0j)
    counts = _counts(lines)
    at_large = _at_large(lines.leans_deg, counts)
    before = _two_parts(_GRID_DEG + about_deg, _ROLL_PRIOR)
    by_uprights = _by_bundle(lines.leans_deg, _converging(lines), counts, at_large) + _convergence_prior()[:, None]
    by_levels = (
        _by_bundle(wrapped_deg(lines.leans_deg - 90.0), _askew(lines), counts, at_large) + _askew_prior()[:, None]
    )
    most = float(by_levels.max())
    # A wall askew tells the roll only where its lines meet the horizon, wherever that is.
    spread = np.matmul(np.exp(by_levels - most)[:, None, :], _horizon_smears())[:, 0].sum(0)
    total = before + _summed(by_uprights) + np.log(np.maximum(spread, 1e-30)) + most
    evidence = float(_summed(total[:, None])[0])
    return np.exp(total - evidence), evidence


def _by_bundle(leans_deg: Floats, turned_deg: Floats, counts: Floats, at_large: Floats) -> Floats:
    """Return the evidence (k, rolls) for a bundle, where its lines are turned (k, n) by how far it converges."""
    near = np.abs(leans_deg) < _MOST_DEG + _BEYOND_DEG
    counts, chance = counts[near], at_large[near]
    rolls_deg = leans_deg[near] - turned_deg[:, near]
    kinds, rolls = len(turned_deg), len(_GRID_DEG)
    places = np.rint((rolls_deg + _MOST_DEG) / _STEP_DEG).astype(np.int64)
    told = (places >= 0) & (places < rolls)
    flat = (np.arange(kinds)[:, None] * rolls + places)[told]
    best = np.full((kinds, rolls), -np.inf)
    for share in _SHARES:
        gains = counts * np.log1p(share / (1 - share) / (math.sqrt(2 * math.pi) * _LINE_SD_DEG * chance))
        weights = np.broadcast_to(gains, places.shape)[told]
        heaps = np.bincount(flat, weights=weights, minlength=kinds * rolls).reshape(kinds, rolls)
        best = np.maximum(best, heaps @ _lobe() + counts.sum() * math.log(1 - share))
    return np.asarray(_DISCOUNT * best, dtype=np.float64)


def _converging(lines: LineSegments) -> Floats:
    """Return how far uprights lean in each place, (k, n) degrees, by how far they converge."""
    x, y = lines.places.real / lines.aspect, lines.places.imag / lines.aspect
    by = np.radians(_CONVERGENCES_DEG)[:, None]
    return np.degrees(np.arctan(by * x / np.maximum(1 - by * y, 0.3)))


def _askew(lines: LineSegments) -> Floats:
    """Return how far level lines lean in each place, (k, n) degrees, by how far they converge."""
    by = np.radians(_ASKEW_DEG)[:, None]
    return np.degrees(np.arctan(by * lines.places.imag / np.maximum(1 + by * lines.places.real, 0.3)))


def _counts(lines: LineSegments) -> Floats:
    by_length = np.clip(np.sqrt(lines.lengths / _USUAL_LENGTH), _LEAST_COUNT, _MOST_COUNT)
    return np.asarray(lines.weights * by_length, dtype=np.float64)


def _at_large(leans_deg: Floats, counts: Floats) -> Floats:
    """Return how many of the picture's lines lean about as each does, over all, per degree."""
    degrees = np.clip((leans_deg + 90).astype(np.int64), 0, 179)
    heaps = np.bincount(degrees, weights=counts, minlength=180)
    smooth = heaps @ _round_smear() / counts.sum()
    return np.asarray(((1 - _ANY_LEAN) * smooth + _ANY_LEAN / 180)[degrees], dtype=np.float64)


def _agree_enough(lines: LineSegments, roll_deg: float) -> bool:
    """Return whether the lines that agree with a roll are enough, and far enough apart, to be a building's."""
    lines = lines.moved(complex(np.exp(-1j * math.radians(roll_deg))), 0j)
    counts = _counts(lines)
    total, widest = 0.0, 0.0
    for leans_deg, turned_deg, along in (
        (lines.leans_deg, _converging(lines), lines.places.real / lines.aspect),
        (wrapped_deg(lines.leans_deg - 90.0), _askew(lines), lines.places.imag),
    ):
        off = np.abs(leans_deg - turned_deg)
        best = int(np.argmax((counts * np.maximum(0.0, 1 - (off / _AGREE_DEG) ** 2)).sum(1)))
        agreeing = off[best] < _AGREE_DEG
        total += float(counts[agreeing].sum())
        widest = max(widest, float(np.ptp(along[agreeing])) if agreeing.any() else 0.0)
    return total >= _FEWEST and widest >= _ENOUGH_SPREAD


def _summed(logarithms: Floats) -> Floats:
    """Return the logarithms of sums down the first axis."""
    most = logarithms.max(0)
    return np.asarray(most + np.log(np.exp(logarithms - most).sum(0)), dtype=np.float64)


def _two_parts(values: Floats, parts: tuple[float, float, float]) -> Floats:
    """Return the logarithms of how likely values are: one normal part, and a wider one, less likely."""
    sd, wide_sd, less = parts
    logarithms = np.logaddexp(-0.5 * (values / sd) ** 2, less - 0.5 * (values / wide_sd) ** 2)
    return np.asarray(logarithms - _summed(logarithms[:, None])[0], dtype=np.float64)


@cache
def _convergence_prior() -> Floats:
    return _two_parts(_CONVERGENCES_DEG, _CONVERGENCE_PRIOR)


@cache
def _askew_prior() -> Floats:
    askew = np.exp(-0.5 * (_ASKEW_DEG / _ASKEW_SD_DEG) ** 2)
    askew[0] = 0.0
    askew *= (1 - _FACING_SHARE) / askew.sum()
    askew[0] = _FACING_SHARE
    return np.asarray(np.log(askew), dtype=np.float64)


@cache
def _lobe() -> Floats:
    return np.exp(-0.5 * (_apart() / (_LINE_SD_DEG * _SOFTENED)) ** 2)


@cache
def _smear(sd_deg: float) -> Floats:
    kernel = np.exp(-0.5 * (_apart() / sd_deg) ** 2)
    return np.asarray(kernel / kernel.sum(1, keepdims=True), dtype=np.float64)


@cache
def _horizon_smears() -> npt.NDArray[np.float64]:
    return np.stack([_smear(max(abs(askew_deg) * _HORIZON_SD, _UNSEEN_SD_DEG)) for askew_deg in _ASKEW_DEG])


def _apart() -> Floats:
    return np.asarray(_GRID_DEG[:, None] - _GRID_DEG[None, :], dtype=np.float64)


@cache
def _round_smear() -> Floats:
    """Return the 180x180 that spreads what leans at each degree over those around."""
    off = (np.arange(180)[:, None] - np.arange(180)[None, :] + 90) % 180 - 90
    kernel = np.exp(-0.5 * (off / _AT_LARGE_SD_DEG) ** 2)
    return np.asarray(kernel / kernel.sum(1, keepdims=True), dtype=np.float64)
