"""Focus and motion blur of a clip's subject, frame by frame: by the picture, and by movement and shutter speed.

Frames are read in order; what only later frames can tell (how a hand's shake went on) is filled in by `complete_focus`.
"""

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

import numpy as np

from rigcoach.analysis.shutter_times import ShutterTimes
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.arrays import Interval, Luma
from rigcoach.measure.blur.blur_kind import BOTH, MOVED, BlurKind, Estimate, blur_kind
from rigcoach.measure.blur.blur_over_time import AROUND_S, steadied
from rigcoach.measure.blur.motion_blur import FRAMES_AROUND, MotionBlur, motion_blurs
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur, together
from rigcoach.measure.card.focus_wedge import FocusPlace, LensSetting, focus_place, read_wedge
from rigcoach.measure.card.picture_style import PLAIN, PictureStyle
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.motion.shift import Shift
from rigcoach.measure.picture.box import Box, inside
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX, SHARP_MOTION_PX
from rigcoach.target_card import TargetCard

# How far off a smear by movement and shutter speed is: so much, a share, and more for a hand's shake.
_MOTION_PX, _MOTION_SHARE = 0.4, 0.12
# Slower than this, in pixels a frame, a subject is still whatever the shutter speed.
_STILL_PX = 0.7
_DEVIATIONS = 2 * 1.645
# Smears of a long clip are told of so many frames at a time.
_AT_A_TIME = 1024
# How much less surely blur is told where a frame was drawn anew from one of its fields.
_FIELD_PX = 0.2
# The wedge is read, and the background looked at, this often.
_PLACES_PER_S = 5.0
BACKGROUNDS_PER_S = 1.0
NOT_READ = "focus was not read in this frame"
_MOST_BETWEEN = 10  # frames that are filled in between two that were read
_LEAST_BACKGROUND_PX = 96
# A card's picture style is read so often at most: again on a card that is sharper by so much.
_MOST_STYLES, _SHARPER = 4, 0.6
# What is read now and then holds so long.
_CARRIED_S = 1.2


@dataclass(frozen=True, slots=True)
class Focus:
    """Blur on the subject in full-resolution pixels: the disc's radius, and the smear's length and direction.

    What could not be measured is `None`; `reason` says why there is no `blur_px`. The interval holds the true radius in
    nine of ten cases. `kind` is "sharp", "defocused", "moved", "both" or "unclear", and `confidence` how likely it is.
    `place` says where the lens was focused, where a card's wedge tells it; `background_blur_px` is the blur of what
    surrounds the subject, looked at now and then. `motion_blur_px` is the better of two ways to know the smear, which
    stand beside it: `motion_moved_px` from the movement through the frames around and the shutter speed,
    `motion_pictured_px` from what the picture shows.
    """

    blur_px: float | None = None
    motion_blur_px: float | None = None
    direction_deg: float | None = None
    reason: str | None = None
    blur_px_interval: Interval | None = None
    kind: str | None = None
    confidence: float | None = None
    place: FocusPlace | None = None
    background_blur_px: float | None = None
    motion_moved_px: float | None = None
    motion_pictured_px: float | None = None

    @property
    def smear_px(self) -> float | None:
        """The smear that counts: `motion_blur_px`, else what the picture shows where it is told as one that moved."""
        if self.motion_blur_px is None and self.kind in (MOVED, BOTH):
            return self.motion_pictured_px
        return self.motion_blur_px


@dataclass(frozen=True, slots=True)
class FocusObservation:
    """One frame as it was read: its focus so far, how the subject moved since the last frame, the smear it shows."""

    focus: Focus
    step_px: tuple[float, float] | None = None
    pictured: Estimate | None = None
    on_card: bool = False


@dataclass(slots=True)
class FocusReader:
    """Reads the focus of a clip's frames, which come in order."""

    fps: float
    shutter_s: float | None
    shutter_times: ShutterTimes | None = None
    _next_place_s: float = field(default=0.0, init=False)
    _style: PictureStyle = field(default=PLAIN, init=False)
    _style_blur_px: float = field(default=math.inf, init=False)
    _styles_left: int = field(default=_MOST_STYLES, init=False)

    def subject(
        self,
        luma: Luma,
        box: Box,
        shift: Shift | None,
        t_s: float,
        *,
        with_blur: bool = True,
        with_background: bool = False,
        larger: Box | None = None,
    ) -> FocusObservation:
        """Return the focus of a natural subject in its box, which moved by `shift` since the last frame.

        It depends on nothing that was read before. Without its blur only the movement is told. `larger` is what else is
        as far away, where the box is small.
        """
        step = None if shift is None else (shift.dx_px, shift.dy_px)
        if not with_blur:
            return FocusObservation(Focus(reason=NOT_READ), step)
        blur = natural_blur(luma, box, self._known(step, t_s))
        if larger is not None:
            blur = together(blur, natural_blur(luma, larger, self._known(step, t_s)))
        focus = Focus(blur.blur_px, reason=blur.reason, blur_px_interval=blur.blur_px_interval)
        if blur.blur_px is not None and with_background:
            focus = replace(focus, background_blur_px=background_blur_px(luma, box, self._known(None, t_s)))
        pictured = None
        if blur.motion_blur_px is not None and blur.motion_blur_px_interval is not None:
            pictured = Estimate(blur.motion_blur_px, blur.motion_blur_px_interval)
        return FocusObservation(focus, step, pictured)

    def card(
        self,
        luma: Luma,
        find: CardDetection,
        card: TargetCard,
        t_s: float,
        distance_m: float | None,
        lens: LensSetting | None,
    ) -> FocusObservation:
        """Return the focus of a target card at a distance, and where the lens was focused if the lens is known."""
        from rigcoach.measure.card.edge_spread import measure_edges, read_style  # compiled: loaded for cards only

        spread = measure_edges(luma, find, card, style=self._style)
        if self._styles_left and spread.blur_px is not None and spread.blur_px < _SHARPER * self._style_blur_px:
            # The picture style stays, and a sharp card tells it best.
            self._styles_left -= 1
            self._style, self._style_blur_px = read_style(luma, find, card), spread.blur_px
            spread = measure_edges(luma, find, card, style=self._style)
        focus = Focus(
            spread.blur_px,
            spread.motion_blur_px,
            spread.direction_deg,
            spread.reason,
            blur_px_interval=spread.blur_px_interval,
        )
        pictured = None
        if spread.motion_blur_px is not None and spread.motion_blur_px_interval is not None:
            pictured = Estimate(spread.motion_blur_px, spread.motion_blur_px_interval)
        if distance_m is not None and lens is not None and focus.blur_px is not None and t_s >= self._next_place_s:
            self._next_place_s = t_s + 1 / _PLACES_PER_S
            focus = replace(focus, place=_place(luma, find, card, self._style, distance_m, lens, focus))
        return FocusObservation(focus, None, pictured, on_card=True)

    def _known(self, step: tuple[float, float] | None, t_s: float) -> KnownMotionBlur | None:
        """Return the smear as far as one step and the shutter speed tell it."""
        if step is None:
            return None
        length = float(np.hypot(*step))
        direction = float(np.degrees(np.arctan2(step[1], step[0])) % 180.0)
        shutter_s = self.shutter_s if self.shutter_times is None else self.shutter_times.at(t_s)
        if shutter_s is not None:
            return KnownMotionBlur(length * min(self.fps * shutter_s, 1.0), direction)
        return KnownMotionBlur(length / 2, direction) if length <= _STILL_PX else None


def blur_between(looks: Sequence[FocusObservation | None]) -> Sequence[FocusObservation | None]:
    """Return looks with the blur of the few frames in which it was not read, from those in which it was.

    A lens is racked, and a subject comes nearer, over many frames: between two readings the blur goes straight.
    """
    return stored(_filled(looks))


def _filled(looks: Sequence[FocusObservation | None]) -> Iterator[FocusObservation | None]:
    read = [i for i, look in enumerate(looks) if look is not None and look.focus.reason != NOT_READ]
    for i, look in enumerate(looks):
        if look is None or look.focus.reason != NOT_READ:
            yield look
            continue
        at = bisect(read, i)
        near = [j for j in read[max(at - 1, 0) : at + 1] if _in_one_go(looks, i, j)]
        ends = [end for j in near if (end := looks[j]) is not None]
        if len(ends) == 2 and (focus := _mixed(ends[0].focus, ends[1].focus, (i - near[0]) / (near[1] - near[0]))):
            nearest = ends[0] if i - near[0] <= near[1] - i else ends[1]
            yield replace(look, focus=focus, pictured=nearest.pictured)
        elif ends:
            nearest = min(zip(near, ends, strict=True), key=lambda pair: abs(pair[0] - i))[1]
            yield replace(look, focus=replace(nearest.focus, background_blur_px=None), pictured=nearest.pictured)
        else:
            yield look


def _in_one_go(looks: Sequence[FocusObservation | None], i: int, j: int) -> bool:
    """Return whether the subject was there from one frame to another that is near."""
    return abs(i - j) <= _MOST_BETWEEN and None not in looks[min(i, j) : max(i, j)]


def _mixed(before: Focus, after: Focus, share: float) -> Focus | None:
    if before.blur_px is None or after.blur_px is None:
        return None
    interval = None
    if before.blur_px_interval is not None and after.blur_px_interval is not None:
        low, high = (
            (1 - share) * a + share * b for a, b in zip(before.blur_px_interval, after.blur_px_interval, strict=True)
        )
        interval = (low, high)
    return Focus((1 - share) * before.blur_px + share * after.blur_px, blur_px_interval=interval)


def complete_focus(
    looks: Sequence[FocusObservation | None], fps: float, shutter_s: float | Sequence[float] | None, scale: float
) -> Sequence[Focus | None]:
    """Return the focus of every frame, now that all have been read: with its smear, and its kind of blur.

    A subject's smear comes from its movement through the frames around and the shutter speed; without a shutter speed
    only that of a still subject is known. A card's comes from the picture. What counts as sharp in a frame of 1080p is
    `scale` times as much here. `shutter_s` is one for all frames, or one for each.
    """
    moved = repeat(None, len(looks)) if shutter_s is None else _motion_blurs(looks, fps, shutter_s)
    return stored(
        None if look is None else _settled(look, motion_blur, scale, shutter_s is not None)
        for look, motion_blur in zip(_steadied(looks, fps), moved, strict=True)
    )


def _motion_blurs(
    looks: Sequence[FocusObservation | None], fps: float, shutter_s: float | Sequence[float]
) -> Iterator[MotionBlur | None]:
    """Yield the smear of every frame, some thousand at a time."""
    for first in range(0, len(looks), _AT_A_TIME):
        low = max(first - FRAMES_AROUND, 0)
        last = first + _AT_A_TIME + FRAMES_AROUND
        exposed_s = shutter_s[low:last] if isinstance(shutter_s, Sequence) else shutter_s
        found = motion_blurs([None if look is None else look.step_px for look in looks[low:last]], fps, exposed_s)
        yield from found[first - low : first - low + _AT_A_TIME]


def _carried(looks: Sequence[FocusObservation | None], fps: float) -> Iterator[FocusObservation | None]:
    """Yield looks with what is read now and then, place and background, carried on until it is read again."""
    place, background, since = None, None, 0
    for look in looks:
        if look is None:
            yield None
            place = background = None
            continue
        focus, since = look.focus, since + 1
        if focus.place is not None or focus.background_blur_px is not None:
            place, background, since = focus.place, focus.background_blur_px, 0
        elif since > _CARRIED_S * fps:
            place = background = None
        yield replace(look, focus=replace(focus, place=place, background_blur_px=background))


def _steadied(looks: Sequence[FocusObservation | None], fps: float) -> Iterator[FocusObservation | None]:
    """Yield looks, `_carried`, at natural subjects with the blur that the frames around bear out, some at a time."""
    around = math.ceil(AROUND_S * fps) + 1
    carried = _carried(looks, fps)
    for first in range(0, len(looks), _AT_A_TIME):
        before = max(first - around, 0)
        near = looks[before : first + _AT_A_TIME + around]
        told = np.full((3, len(near)), np.nan)
        for i, look in enumerate(near):
            if look is not None and not look.on_card and look.focus.blur_px is not None and look.focus.blur_px_interval:
                told[:, i] = look.focus.blur_px, *look.focus.blur_px_interval
        here = slice(first - before, first - before + _AT_A_TIME)
        steady = steadied(np.arange(before, before + len(near)) / fps, *told)
        for radius, low, high, look in zip(*(each[here] for each in steady), carried, strict=False):
            if look is None or np.isnan(radius):
                yield look
            else:
                interval = (float(low), float(high))
                yield replace(look, focus=replace(look.focus, blur_px=float(radius), blur_px_interval=interval))


def _settled(look: FocusObservation, motion_blur: MotionBlur | None, scale: float, timed: bool) -> Focus:
    motion, pictured = look.pictured, None if look.on_card else look.pictured
    focus = replace(
        look.focus,
        motion_moved_px=None if motion_blur is None else motion_blur.length_px,
        motion_pictured_px=None if look.pictured is None else look.pictured.value_px,
    )
    if not look.on_card:
        if motion_blur is not None:
            off = _MOTION_PX + _MOTION_SHARE * motion_blur.length_px
            motion = Estimate(
                motion_blur.length_px, (max(motion_blur.length_px - off, 0.0), motion_blur.length_px + off)
            )
            focus = replace(focus, motion_blur_px=motion_blur.length_px, direction_deg=motion_blur.direction_deg)
        elif not timed and look.step_px is not None and np.hypot(*look.step_px) <= _STILL_PX:
            length = float(np.hypot(*look.step_px)) / 2
            still = Estimate(length, (0.0, 2 * length + _MOTION_PX))
            if pictured is None or pictured.interval_px[0] <= still.interval_px[1]:
                motion, focus = still, replace(focus, motion_blur_px=length)
            else:  # It moved and was back within a frame: the picture knows better.
                focus = replace(focus, motion_blur_px=pictured.value_px)
    kind = _kind(focus, motion, pictured, scale)
    return focus if kind is None else replace(focus, kind=kind.kind, confidence=kind.confidence)


def _kind(focus: Focus, motion: Estimate | None, pictured: Estimate | None, scale: float) -> BlurKind | None:
    if focus.blur_px is None or focus.blur_px_interval is None or motion is None:
        return None
    blur = Estimate(focus.blur_px, focus.blur_px_interval)
    return blur_kind(blur, motion, SHARP_BLUR_PX * scale, SHARP_MOTION_PX * scale, pictured=pictured)


def of_one_field(focus: Focus | None) -> Focus | None:
    """Return the focus of a frame of which one field was measured: with an interval wide enough for half the lines."""
    if focus is None or focus.blur_px_interval is None:
        return focus
    low, high = focus.blur_px_interval
    return replace(focus, blur_px_interval=(max(low - _FIELD_PX, 0.0), high + _FIELD_PX))


def background_blur_px(luma: Luma, box: Box, known: KnownMotionBlur | None = None) -> float | None:
    """Return the blur of the sharpest of four regions around a subject's box; `None` where none can be measured."""
    region = inside(box, luma.shape)
    if region is None:
        return None
    left, top, right, bottom = region
    height, width = luma.shape
    side = max(right - left, bottom - top, 2 * _LEAST_BACKGROUND_PX)
    around: tuple[Box, ...] = (
        (max(left - side, 0), top, min(side, left), bottom - top),
        (right, top, min(side, width - right), bottom - top),
        (left, max(top - side, 0), right - left, min(side, top)),
        (left, bottom, right - left, min(side, height - bottom)),
    )
    blurs = [natural_blur(luma, each, known) for each in around if min(each[2:]) >= _LEAST_BACKGROUND_PX]
    return min((blur.blur_px for blur in blurs if blur.blur_px is not None), default=None)


def _place(
    luma: Luma,
    find: CardDetection,
    card: TargetCard,
    style: PictureStyle,
    distance_m: float,
    lens: LensSetting,
    focus: Focus,
) -> FocusPlace | None:
    """Return where the lens was focused, by the card's wedge."""
    if focus.blur_px is None or focus.blur_px_interval is None:
        return None
    low, high = focus.blur_px_interval
    reading = read_wedge(style.undone(luma, find), find, card, distance_m, lens, style.to_light)
    return focus_place(reading, distance_m, focus.blur_px, (high - low) / _DEVIATIONS, lens)
