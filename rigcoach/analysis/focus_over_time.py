"""Focus of a clip's frames, now that all have been read: steadied by the frames around, with the smear and its kind.

Where movement and picture tell of different smears, which of them is believed is decided here.
"""

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np

from rigcoach.analysis.focus import NOT_READ, Focus, FocusObservation
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.arrays import Floats
from rigcoach.measure.blur.blur_kind import UNCLEAR, BlurKind, Estimate, blur_kind
from rigcoach.measure.blur.blur_over_time import AROUND_S, steadied
from rigcoach.measure.blur.motion_blur import FRAMES_AROUND, MotionBlur, motion_blurs
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX, SHARP_MOTION_PX

# How far off a smear by movement and shutter speed is: so much, a share, and more for a hand's shake.
_MOTION_PX, _MOTION_SHARE = 0.4, 0.12
# Smears of a long clip are told of so many frames at a time.
_AT_A_TIME = 1024
_LONGEST_UNREAD_S = 0.35  # frames no further from one that was read are filled in
# What is read now and then holds so long.
_CARRIED_S = 2.2
UNEXPLAINED = "the picture shows motion blur that no movement explains, and may or may not be sharp"


def blur_between(looks: Sequence[FocusObservation | None], fps: float) -> Sequence[FocusObservation | None]:
    """Return looks with the blur of the few frames in which it was not read, from those in which it was.

    A lens is racked, and a subject comes nearer, over many frames: between two readings the blur goes straight.
    """
    return stored(_filled(looks, math.ceil(_LONGEST_UNREAD_S * fps)))


def _filled(looks: Sequence[FocusObservation | None], furthest: int) -> Iterator[FocusObservation | None]:
    read = [i for i, look in enumerate(looks) if look is not None and look.focus.reason != NOT_READ]
    for i, look in enumerate(looks):
        if look is None or look.focus.reason != NOT_READ:
            yield look
            continue
        at = bisect(read, i)
        near = [j for j in read[max(at - 1, 0) : at + 1] if abs(i - j) <= furthest and _in_one_go(looks, i, j)]
        ends = [end for j in near if (end := looks[j]) is not None]
        if len(ends) == 2 and (focus := _mixed(ends[0].focus, ends[1].focus, (i - near[0]) / (near[1] - near[0]))):
            nearest = ends[0] if i - near[0] <= near[1] - i else ends[1]
            yield replace(look, focus=focus, pictured=nearest.pictured, blur_alone=nearest.blur_alone)
        elif ends:
            nearest = min(zip(near, ends, strict=True), key=lambda pair: abs(pair[0] - i))[1]
            focus = replace(nearest.focus, background_blur_px=None)
            yield replace(look, focus=focus, pictured=nearest.pictured, blur_alone=nearest.blur_alone)
        else:
            yield look


def _in_one_go(looks: Sequence[FocusObservation | None], i: int, j: int) -> bool:
    """Return whether the subject was there from one frame to another."""
    return None not in looks[min(i, j) : max(i, j)]


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
    """Yield looks, `_carried`, at natural subjects as the frames around bear them out, some at a time.

    So is the blur of all, and what the picture alone shows of those that stand still: what smears a subject that stays
    where it is, frame after frame, is alike in all of these frames. A hand's shake is not.
    """
    around = math.ceil(AROUND_S * fps) + 1
    carried = _carried(looks, fps)
    for first in range(0, len(looks), _AT_A_TIME):
        before = max(first - around, 0)
        near = looks[before : first + _AT_A_TIME + around]
        times_s = np.arange(before, before + len(near)) / fps
        series = (
            _borne_out(times_s, [_blur(look) for look in near]),
            _borne_out(times_s, [look.pictured if look is not None and look.stands_still else None for look in near]),
            _borne_out(times_s, [look.blur_alone if look is not None and look.stands_still else None for look in near]),
        )
        here = slice(first - before, first - before + _AT_A_TIME)
        for blur, pictured, alone, look in zip(*(each[here] for each in series), carried, strict=False):
            if look is None:
                yield None
                continue
            focus = look.focus
            if blur is not None:
                focus = replace(focus, blur_px=blur.value_px, blur_px_interval=blur.interval_px)
            yield replace(look, focus=focus, pictured=pictured or look.pictured, blur_alone=alone or look.blur_alone)


def _blur(look: FocusObservation | None) -> Estimate | None:
    """Return the radius of defocus of a natural subject."""
    if look is None or look.on_card or look.focus.blur_px is None or look.focus.blur_px_interval is None:
        return None
    return Estimate(look.focus.blur_px, look.focus.blur_px_interval)


def _borne_out(times_s: Floats, told: Sequence[Estimate | None]) -> list[Estimate | None]:
    """Return estimates of frames as those of the frames around bear them out; `None` stays so."""
    ends = np.full((3, len(told)), np.nan)
    for i, each in enumerate(told):
        if each is not None:
            ends[:, i] = each.value_px, *each.interval_px
    steady = np.array(steadied(times_s, *ends)).tolist()
    return [
        None if each is None else Estimate(value, (low, high))
        for each, value, low, high in zip(told, *steady, strict=True)
    ]


def _settled(look: FocusObservation, motion_blur: MotionBlur | None, scale: float, timed: bool) -> Focus:
    pictured = look.pictured
    focus = replace(
        look.focus,
        motion_moved_px=None if motion_blur is None else motion_blur.length_px,
        motion_pictured_px=None if pictured is None else pictured.value_px,
    )
    if look.on_card:
        return _told_kind(focus, pictured, None, scale)
    moved = None
    if motion_blur is not None:
        off = _MOTION_PX + _MOTION_SHARE * motion_blur.length_px
        moved = Estimate(motion_blur.length_px, (max(motion_blur.length_px - off, 0.0), motion_blur.length_px + off))
        focus = replace(focus, motion_blur_px=motion_blur.length_px, direction_deg=motion_blur.direction_deg)
    elif not timed and look.stands_still and look.step_px is not None:
        length = math.hypot(*look.step_px) / 2
        moved = Estimate(length, (0.0, 2 * length + _MOTION_PX))
        focus = replace(focus, motion_blur_px=length)
    if look.stands_still and moved is not None and pictured is not None and pictured.exceeds(moved):
        return _smeared_in_place(focus, look.blur_alone, pictured, scale)
    return _told_kind(focus, moved or pictured, pictured, scale)


def _smeared_in_place(focus: Focus, alone: Estimate | None, pictured: Estimate, scale: float) -> Focus:
    """Return the focus of a subject that stays where it is and is smeared all the same: the picture knows better.

    It moved and was back within a frame, as what vibrates does. That it stood still is then no help to tell its blur.
    How long such a smear is can be told only roughly: both may be short enough, and sharp still not be likely.
    """
    focus = replace(focus, motion_blur_px=pictured.value_px, direction_deg=None)
    if alone is None or focus.blur_px is None:
        return focus
    focus = replace(focus, blur_px=alone.value_px, blur_px_interval=alone.interval_px)
    focus = _told_kind(focus, pictured, None, scale)
    short = alone.value_px <= SHARP_BLUR_PX * scale and pictured.value_px <= SHARP_MOTION_PX * scale
    if focus.kind == UNCLEAR and short:
        return replace(focus, blur_px=None, blur_px_interval=None, reason=UNEXPLAINED)
    return focus


def _told_kind(focus: Focus, motion: Estimate | None, pictured: Estimate | None, scale: float) -> Focus:
    kind = _kind(focus, motion, pictured, scale)
    return focus if kind is None else replace(focus, kind=kind.kind, confidence=kind.confidence)


def _kind(focus: Focus, motion: Estimate | None, pictured: Estimate | None, scale: float) -> BlurKind | None:
    if focus.blur_px is None or focus.blur_px_interval is None or motion is None:
        return None
    blur = Estimate(focus.blur_px, focus.blur_px_interval)
    return blur_kind(blur, motion, SHARP_BLUR_PX * scale, SHARP_MOTION_PX * scale, pictured=pictured)
