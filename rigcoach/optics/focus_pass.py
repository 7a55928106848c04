"""Where a ring that was left alone was focused, from the blur of a card seen at many distances.

The blur of a point at distance u under a lens focused at w grows with |1/u - 1/w| on either side (S. F. Ray, *Applied
Photographic Optics*, 3rd ed., 2002, chapter 22): a V with its foot at the focus. How steep it is depends on the
aperture, which is fitted along with it, as is the softness that is left in focus; so neither has to be known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigcoach.optics.thin_lens import image_distance_mm

Floats = NDArray[np.float64]

FEWEST_SAMPLES = 12
# On either side of the focus, so many samples with a blur of so much, pixels of radius.
_FEWEST_SOFT, _SOFT_PX = 3, 0.7
# Blur of one ring setting lies on one V to so much, and so large a share of itself.
_OFF_PX, _OFF_SHARE = 0.30, 0.12
# How far off a look is: as little as what is known of it, and a share of the blur.
_LOOK_PX, _LOOK_SHARE = 0.08, 0.03
_HUBER = 1.5
_ROUNDS = 6
_BLOCKS = 8
_STEPS = 160
_FINEST_PER_M, _FARTHEST_PER_M = 1e-6, 0.01
_LEAST_SQUARED_PX = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class BlurSamples:
    """A card seen at many distances through one setting of the ring; arrays of shape (n,), in order of time.

    `magnification` is the card's size on the sensor over its own, `blur_px` the blur's radius on it.
    """

    magnification: Floats
    blur_px: Floats


@dataclass(frozen=True, slots=True)
class FocusPass:
    """Where the ring was focused, from the lens, with its standard deviation.

    `sd_per_m` is in dioptres, in which errors are even; `px_per_dioptre` is how fast blur grew, `softest_px` the
    softness in focus; `looks` samples were used, of cards from `nearest_m` to `farthest_m`.
    """

    focus_m: float
    sd_per_m: float
    px_per_dioptre: float
    softest_px: float
    looks: int
    nearest_m: float
    farthest_m: float


@dataclass(frozen=True, slots=True)
class NoPass:
    """Why samples don't tell the focus.

    `reason` is "few", "flat" (no V), "near" or "far" (that arm is missing), or "apart" (not on one V).
    """

    reason: str
    nearest_m: float | None = None
    farthest_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Foot:
    """A V: the inverse of its foot's distance, slope² and softness²."""

    per_m: float
    slope2: float
    softness2: float


def focus_of(samples: BlurSamples, focal_length_mm: float) -> FocusPass | NoPass:
    """Return where the ring was focused, or why that can't be told."""
    if len(samples.blur_px) < FEWEST_SAMPLES:
        return NoPass("few")
    foot = _foot(samples, focal_length_mm)
    away = _away_per_m(samples, focal_length_mm, foot.per_m)
    nearest_m, farthest_m = 1 / float(away.max()), 1 / float(away.min())
    blur = np.sqrt(foot.slope2) * (away - foot.per_m)
    near, far = int((blur > _SOFT_PX).sum()), int((blur < -_SOFT_PX).sum())
    off = np.abs(samples.blur_px - np.sqrt(blur**2 + foot.softness2))
    if float(np.median(off / (_OFF_PX + _OFF_SHARE * np.abs(blur)))) > 1:
        return NoPass("apart", nearest_m, farthest_m)
    if max(near, far) < _FEWEST_SOFT:
        return NoPass("flat", nearest_m, farthest_m)
    if min(near, far) < _FEWEST_SOFT:
        return NoPass("near" if near < far else "far", nearest_m, farthest_m)
    without = [_foot(part, focal_length_mm).per_m for part in _without_blocks(samples)]
    sd = float(np.sqrt((_BLOCKS - 1) * np.var(without)))
    return FocusPass(
        1 / foot.per_m,
        sd,
        float(np.sqrt(foot.slope2)),
        float(np.sqrt(foot.softness2)),
        len(samples.blur_px),
        nearest_m,
        farthest_m,
    )


def _away_per_m(samples: BlurSamples, focal_length_mm: float, focus_per_m: float) -> Floats:
    """Return the inverse distances of the samples: magnification is v/u, v that of the focused distance."""
    return np.asarray(1000 * samples.magnification / image_distance_mm(focal_length_mm, 1 / focus_per_m))


def _without_blocks(samples: BlurSamples) -> list[BlurSamples]:
    """Return the samples without each of some runs of them: a jackknife whose blocks hold what neighbours share."""
    runs = np.array_split(np.arange(len(samples.blur_px)), _BLOCKS)
    return [BlurSamples(np.delete(samples.magnification, run), np.delete(samples.blur_px, run)) for run in runs]


def _foot(samples: BlurSamples, focal_length_mm: float) -> _Foot:
    """Return the V that fits best: its foot sought step by step, ever finer."""
    seen = 1000 * samples.magnification / focal_length_mm
    low, high = max(float(seen.min()) * 0.8, _FARTHEST_PER_M), float(seen.max()) * 1.1
    while True:
        tried = np.linspace(low, high, _STEPS)
        slope2, softness2, cost = _lying(samples, focal_length_mm, tried)
        best = int(np.argmin(cost))
        step = float(tried[1] - tried[0])
        if step < _FINEST_PER_M:
            return _Foot(float(tried[best]), float(slope2[best]), float(softness2[best]))
        low, high = max(float(tried[best]) - step, _FARTHEST_PER_M), float(tried[best]) + step


def _lying(samples: BlurSamples, focal_length_mm: float, feet_per_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Return slope² and softness² of the V with each of these feet on which the samples lie best, and Huber's loss.

    blur² is slope² (1/u - 1/w)² + softness², linear in what is sought: least squares, weighted anew each round.
    """
    away = np.array([_away_per_m(samples, focal_length_mm, float(foot)) for foot in feet_per_m])
    z = (away - feet_per_m[:, None]) ** 2
    seen = samples.blur_px
    sd = _LOOK_PX + _LOOK_SHARE * seen
    # The deviation of blur² is 2 blur sd; near the foot it doesn't vanish.
    square_sd = 2 * np.maximum(seen, _LEAST_SQUARED_PX) * sd
    weight = np.ones_like(z)
    for _ in range(_ROUNDS):
        slope2, softness2 = _lines(z, seen**2, weight / square_sd**2)
        off = np.abs(seen - np.sqrt(slope2[:, None] * z + softness2[:, None])) / sd
        weight = np.minimum(1, _HUBER / np.maximum(off, 1e-9))
    loss = np.where(off <= _HUBER, off**2 / 2, _HUBER * (off - _HUBER / 2))
    return slope2, softness2, np.asarray(loss.sum(axis=1))


def _lines(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return slopes and intercepts, neither below zero, of weighted lines; x and weight (k, n), y (n,)."""
    total, mx, my = weight.sum(axis=1), (weight * x).sum(axis=1), (weight * y).sum(axis=1)
    mxx, mxy = (weight * x * x).sum(axis=1), (weight * x * y).sum(axis=1)
    slope = (total * mxy - mx * my) / np.maximum(total * mxx - mx * mx, 1e-12)
    intercept = (my - slope * mx) / total
    through_zero = intercept < 0
    slope, intercept = np.where(through_zero, mxy / np.maximum(mxx, 1e-12), slope), np.maximum(intercept, 0.0)
    level = slope <= 0
    return np.where(level, 0.0, slope), np.where(level, my / total, intercept)
