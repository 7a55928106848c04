"""What makes a folder of stills a good sequence: its intervals, exposures, focus, level and the path of the camera."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.blur.natural_blur import natural_blur
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.roll import roll_from_lines
from rigcoach.video.clip import Clip
from rigcoach.video.stills import Still, of_size, read_luma

# An interval this many times the usual one is one that was missed.
_MISSED = 1.6
# A step in what was asked of the exposure: a third of a stop is a camera's smallest.
STEP_EV = 0.15
# The light of a scene changes over many pictures; what changes from one to the next is flicker.
_AROUND = 4
# Focus and level are looked at in so many pictures of a sequence, evenly spread.
_LOOKED_AT = 40
_FEWEST = 5
# A jump stands out from the steps around it by so much of the frame's height, and so many times their own scatter.
_JUMP, _JUMP_TIMES = 0.004, 6.0
_SMOOTH = 4


@dataclass(frozen=True, slots=True)
class Missed:
    """A gap: after which picture it comes, and how many were to be taken in it."""

    after: int
    pictures: int


@dataclass(frozen=True, slots=True)
class ExposureStep:
    """A step of the exposure that was asked for: at which picture, by how many stops, and what the picture shows."""

    at: int
    asked_ev: float
    pictured_ev: float


@dataclass(frozen=True, slots=True)
class SequenceMeasurements:
    """A sequence of stills, measured; `None` is what can't be told, and `reasons` say why.

    Attributes
    ----------
    interval_s
        From one picture to the next, the usual one, by the camera's clock.
    missed
        Where pictures are missing.
    steps
        Where the exposure that was asked for changes.
    flicker_ev
        How much brighter or darker pictures are than those around them, in stops, root mean square, beyond what was
        asked for.
    worst_flicker
        Picture and stops of the greatest.
    unasked_ev
        How far pictures drift from what was asked of their exposures, from the darkest to the brightest tenth: that is
        how much the light changed, or what the exposures failed to follow.
    blur_px
        In the middle of the frame, at the start and at the end, by a line through the pictures looked at.
    roll_deg
        The same for how far the picture is turned clockwise.
    jitter_px
        How far the camera is from a smooth path, root mean square, in pixels of a frame of 1080 lines.
    jumps
        Pictures into which it jumped.
    reasons
        Of each measure that there is none of.
    """

    interval_s: float | None = None
    missed: tuple[Missed, ...] = ()
    steps: tuple[ExposureStep, ...] = ()
    flicker_ev: float | None = None
    worst_flicker: tuple[int, float] | None = None
    unasked_ev: float | None = None
    blur_px: tuple[float, float] | None = None
    roll_deg: tuple[float, float] | None = None
    jitter_px: float | None = None
    jumps: tuple[int, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()


def measure_sequence(clip: Clip, light: Floats, steps_px: Floats) -> SequenceMeasurements:
    """Return what was measured on a sequence.

    Parameters
    ----------
    clip
        A folder of stills.
    light
        (n,): mean light of each picture, relative to white.
    steps_px
        (n, 2): how far the picture moved into each since the one before; NaN where that isn't known.
    """
    reasons: dict[str, str] = {}
    interval_s, missed = intervals(clip.stills, reasons)
    steps, flicker_ev, worst, unasked_ev = exposures(clip.stills, light, reasons)
    blur_px, roll_deg = _looked_at(clip, reasons)
    jitter_px, jumps = path(steps_px, clip.height, reasons)
    return SequenceMeasurements(
        interval_s, missed, steps, flicker_ev, worst, unasked_ev, blur_px, roll_deg, jitter_px, jumps,
        tuple(reasons.items()),
    )  # fmt: skip


def intervals(stills: Sequence[Still], reasons: dict[str, str]) -> tuple[float | None, tuple[Missed, ...]]:
    """Return the usual interval and where pictures are missing."""
    times = [still.taken_s for still in stills]
    told = [t for t in times if t is not None]
    if len(told) < len(times) or len(told) < 3:
        reasons["interval"] = "its Exif data don't say when each picture was taken"
        return None, ()
    between = np.diff(np.array(told))
    rising = between[between > 0]
    if not len(rising):
        reasons["interval"] = "all its pictures say that they were taken at one time"
        return None, ()
    usual = float(np.median(between))
    if usual <= 0:
        # Several were taken in each second of a clock that tells whole ones.
        usual = float(between.mean())
    # A clock that tells whole seconds may be off by one.
    slack_s = max(still.resolution_s for still in stills)
    slack_s = slack_s if slack_s >= 0.5 else 0.0
    missed = tuple(
        Missed(i, max(1, round(float(gap) / usual) - 1))
        for i, gap in enumerate(between)
        if gap > _MISSED * usual + (slack_s if usual < 4 * slack_s else 0.0)
    )
    # The mean over what was not missed is truer than one clock's whole seconds.
    kept = np.delete(between, [each.after for each in missed])
    return float(kept.mean()) if len(kept) else usual, missed


def exposures(
    stills: Sequence[Still], light: Floats, reasons: dict[str, str]
) -> tuple[tuple[ExposureStep, ...], float | None, tuple[int, float] | None, float | None]:
    """Return the steps that were asked for, the flicker, its worst, and how far pictures drift from what was asked."""
    pictured = np.log2(np.maximum(light, 1e-4))
    asked = [still.asked_ev for still in stills]
    known = np.array([math.nan if each is None else each for each in asked])
    if not np.isfinite(known).all():
        reasons["exposure_steps"] = "its Exif data don't say how each picture was exposed"
        known = np.zeros(len(pictured))
    changes = np.diff(known)
    steps = tuple(
        ExposureStep(i + 1, float(change), float(pictured[i + 1] - pictured[i]))
        for i, change in enumerate(changes)
        if abs(change) >= STEP_EV
    )
    if len(pictured) < _FEWEST:
        reasons["flicker"] = "it has too few pictures"
        return steps, None, None, None
    beyond = pictured - known
    off = beyond - _around(beyond)
    worst = int(np.argmax(np.abs(off)))
    low, high = np.percentile(beyond, (10, 90))
    return steps, float(np.sqrt((off**2).mean())), (worst, float(off[worst])), float(high - low)


def _around(values: Floats) -> Floats:
    """Return what the values around each say of it, by a line through them, its own left out."""
    around = np.empty(len(values))
    for i in range(len(values)):
        near = np.array([j for j in range(max(0, i - _AROUND), min(len(values), i + _AROUND + 1)) if j != i])
        around[i] = _line(near - i, values[near])[1]
    return around


def _line(places: Floats, values: Floats) -> tuple[float, float]:
    """Return slope and value at 0 of a line through values: the median of all pairs' slopes (Theil and Sen).

    Single values that are far off don't tilt it.
    """
    first, second = np.triu_indices(len(places), 1)
    slope = float(np.median((values[second] - values[first]) / (places[second] - places[first])))
    return slope, float(np.median(values - slope * places))


def path(steps_px: Floats, height_px: int, reasons: dict[str, str]) -> tuple[float | None, tuple[int, ...]]:
    """Return how far the camera is from a smooth path, and the pictures into which it jumped."""
    steps = np.asarray(steps_px, dtype=np.float64)
    known = np.asarray(np.isfinite(steps).all(axis=1))
    known[:1] = False
    if np.count_nonzero(known) < max(_FEWEST, 0.6 * (len(steps) - 1)):
        reasons["path"] = "what stands still could not be followed from picture to picture"
        return None, ()
    scaled = steps * (1080 / height_px)
    every = np.arange(len(scaled))
    filled = np.stack([np.interp(every, every[known], scaled[known, axis]) for axis in (0, 1)], axis=1)[1:]
    off = np.stack([filled[:, axis] - _around(filled[:, axis]) for axis in (0, 1)], axis=1)
    size = np.hypot(*off.T)
    usual = float(np.median(size))
    jumped = (size > _JUMP * 1080) & (size > _JUMP_TIMES * usual)
    smooth = filled.copy()
    smooth[jumped] -= off[jumped]
    places = np.cumsum(smooth, axis=0)
    # The middle of a parabola through the places around: a planned move is smooth, and may speed up.
    wobble = [
        places[i] - _parabola(places[max(0, i - _SMOOTH) : i + _SMOOTH + 1], min(i, _SMOOTH))
        for i in range(len(places))
    ]
    return float(np.sqrt((np.square(wobble)).sum(1).mean())), tuple(int(i) + 1 for i in np.flatnonzero(jumped))


def _parabola(places: Floats, at: int) -> Floats:
    along = np.arange(len(places)) - at
    fitted = np.polyfit(along, places, min(2, len(places) - 1))
    return np.asarray(fitted[-1], dtype=np.float64)


def _looked_at(clip: Clip, reasons: dict[str, str]) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Return blur and roll at the start and the end, by lines through some of the pictures."""
    numbers = sorted({int(i) for i in np.linspace(0, len(clip.stills) - 1, _LOOKED_AT).round()})
    middle: Box = (clip.width * 0.25, clip.height * 0.25, clip.width * 0.5, clip.height * 0.5)
    blurs, rolls = [], []
    for i in numbers:
        still = clip.stills[i]
        luma = of_size(read_luma(still.path), (clip.width, clip.height), still.path)
        blur = natural_blur(luma, middle).blur_px
        if blur is not None:
            blurs.append((i, blur))
        roll = roll_from_lines(luma)
        if roll is not None:
            rolls.append((i, roll.roll_deg))
    last = len(clip.stills) - 1
    blur_px, roll_deg = _ends(blurs, last), _ends(rolls, last)
    if blur_px is None:
        reasons["focus_drift"] = "too few pictures have edges in the middle to tell their focus by"
    else:
        blur_px = (max(blur_px[0], 0.0), max(blur_px[1], 0.0))
    if roll_deg is None:
        reasons["roll"] = "too few pictures have straight lines to tell their level by"
    return blur_px, roll_deg


def _ends(told: Sequence[tuple[int, float]], last: int) -> tuple[float, float] | None:
    """Return what a line through values, robustly fitted, says of the first picture and of the last."""
    if len(told) < min(_FEWEST, last + 1) or len(told) < 2:
        return None
    places, values = np.array(told, dtype=np.float64).T
    slope, start = _line(places, values)
    return start, start + slope * last
