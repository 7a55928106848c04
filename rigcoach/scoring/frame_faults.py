"""How far a frame's measures lie beyond what is free, by the limits of `rigcoach.scoring.limits`.

A fault is a multiple of what halves a score, 0 where there is none. Faults measured in pixels are those of a 1080p
frame; larger frames are scaled (`rigcoach.optics.permissible_blur`).
"""

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import FrameMeasurement
from rigcoach.measure.blur.blur_kind import UNCLEAR
from rigcoach.measure.picture.framing import ANYWHERE, Framing, WantedFrame
from rigcoach.optics.shots import SHOTS, YUNET_BOXES_PER_BODY
from rigcoach.scoring import limits

PEOPLE = ("face", "person")
# From the full shot on a person is whole in the frame, or nearly.
_WHOLE_FROM = SHOTS.index("full shot")


def focus_faults(focus: Focus, scale: float, wanted: WantedFrame = ANYWHERE) -> list[float] | None:
    """Return the fault of a frame's focus; `None` where it isn't known, as under a smear that leaves it unclear.

    `scale` is by what limits in pixels grow in the frame. A drill may have a limit of its own for what is in focus.
    """
    if focus.blur_px is None or hidden_by_motion_blur(focus, scale):
        return None
    # In this order a blur right at the limit stays there.
    return [limits.BLUR.fault(limits.BLUR.keeper * (focus.blur_px / (scale * wanted.blur_limit_px)))]


def hidden_by_motion_blur(focus: Focus, scale: float) -> bool:
    """Return whether a smear beyond a keeper's limit leaves unclear whether focus was off too."""
    smear_px = 0.0 if focus.motion_blur_px is None else focus.motion_blur_px / scale
    return focus.kind == UNCLEAR and smear_px > limits.MOTION_BLUR.keeper


def framing_faults(frame: FrameMeasurement, wanted: WantedFrame = ANYWHERE) -> list[float]:
    """Return the faults of a frame's framing, each as a multiple of what halves a score.

    Raises
    ------
    ValueError
        The frame has no framing.
    """
    framing = frame.framing
    if framing is None:
        raise ValueError("nothing was framed")
    faults = [
        0.0 if wanted.place is None else limits.PLACE.fault((framing.offset[0] ** 2 + framing.offset[1] ** 2) ** 0.5),
        roll_fault(framing.sure_roll_deg, wanted),
        limits.CUT_SIDES.fault(len(sides_cut(frame, wanted))),
        limits.SHOT.fault(abs(steps_off(framing, wanted))),
        limits.LEAD_ROOM.fault(beyond(framing.lead_room, wanted.lead_room)),
    ]
    if is_person(frame):
        faults += [
            limits.HEADROOM.fault(beyond(framing.headroom, headroom_band(frame, wanted))),
            limits.TOO_SMALL.fault(shortfall(frame)),
            limits.WALKING_OUT.fault(room_lacking(framing, wanted)),
        ]
    return faults


def is_person(frame: FrameMeasurement) -> bool:
    """Whether the subject is a face or a person."""
    return frame.subject is not None and frame.subject.kind in PEOPLE


def roll_fault(roll_deg: float | None, wanted: WantedFrame) -> float:
    """Return the fault of a roll beyond what is free: 2°, or what a drill allows."""
    return 0.0 if roll_deg is None else max(0.0, abs(roll_deg) - wanted.roll_free_deg) / limits.ROLL.half


def sides_cut(frame: FrameMeasurement, wanted: WantedFrame) -> tuple[str, ...]:
    """Return the sides of the frame that cut the subject where that is a fault.

    People are framed to the waist or the chest: that the lower edge cuts a body is none. A head that is cut is one,
    unless a close-up was wanted, and it counts as cut at the top.
    """
    framing = frame.framing
    if framing is None:
        return ()
    cut = set(framing.cut_off)
    if frame.subject is not None and frame.subject.kind == "person":
        cut -= {"bottom"}
    if is_person(frame) and head_cut(framing, wanted):
        cut |= {"top"}
    return tuple(side for side in ("left", "top", "right", "bottom") if side in cut)


def head_cut(framing: Framing, wanted: WantedFrame) -> bool:
    """Whether the frame's edge goes through the head; a close-up may do that where one is wanted."""
    at = None if framing.shot is None else framing.shot.cut
    return at is not None and at.name in ("forehead", "chin") and not at.clean and "close-up" not in wanted.shot


def headroom_band(frame: FrameMeasurement, wanted: WantedFrame) -> tuple[float, float] | None:
    """Return the band that the room above a person should keep to; `None` where any will do.

    Without a wish it is what no picture wants: more than a quarter of the frame above somebody whom it cuts below.
    """
    if wanted.headroom is not None or frame.framing is None:
        return wanted.headroom
    whole = frame.framing.shot is not None and SHOTS.index(frame.framing.shot.scale) <= _WHOLE_FROM
    cut_below = "bottom" in frame.framing.cut_off or (frame.framing.shot is not None and not whole)
    return (-1.0, limits.MOST_HEADROOM) if cut_below else None


def shortfall(frame: FrameMeasurement) -> float:
    """Return how far a person is smaller than a tenth of the frame's height, over that; 0 for who isn't."""
    if frame.framing is None or frame.subject is None:
        return 0.0
    bodies = YUNET_BOXES_PER_BODY if frame.subject.kind == "face" else 1.0
    return max(0.0, 1.0 - frame.framing.size * bodies / limits.SMALLEST_PERSON)


def room_lacking(framing: Framing, wanted: WantedFrame) -> float:
    """Return how far the room ahead of somebody who walks or looks aside is below the least; 0 where none is wanted."""
    if framing.lead_room is None or wanted.lead_room is not None:
        return 0.0
    return max(0.0, limits.LEAST_ROOM_AHEAD - framing.lead_room)


def beyond(room: float | None, band: tuple[float, float] | None) -> float:
    """Return how far a room is beyond the band that is wanted; 0 where there is none of either."""
    return 0.0 if room is None or band is None else max(0.0, band[0] - room, room - band[1])


def steps_off(framing: Framing, wanted: WantedFrame) -> int:
    """Return how many scales a shot is closer (+) or wider (-) than wanted; 0 where none is, or it can't be told."""
    if framing.shot is None or not wanted.shot:
        return 0
    return SHOTS.index(framing.shot.scale) - SHOTS.index(wanted.shot)


def motion_faults(frame: FrameMeasurement, scale: float) -> list[float] | None:
    """Return the fault of a frame's smear; `None` where it is not known."""
    smear_px = frame.focus.smear_px
    return None if smear_px is None else [limits.MOTION_BLUR.fault(smear_px / scale)]


def speed_fault(frame: FrameMeasurement, frame_size: tuple[int, int], fps: float) -> float | None:
    """Return the fault of how fast the picture moves; `None` where that is not known, or the smear is."""
    if frame.focus.smear_px is not None or frame.shift_px is None:
        return None
    return limits.SPEED.fault(frame.shift_px * fps / max(frame_size))


def exposure_faults(frame: FrameMeasurement) -> list[float]:
    """Return the faults of a frame's exposure: too dark, too bright, clipped.

    A person is exposed right where the face is; where none is seen near enough, the picture's highlights and shadows
    tell: black clothes are no fault.
    """
    return [fault for _, fault in (*dark_faults(frame), *bright_faults(frame))]


def dark_faults(frame: FrameMeasurement) -> tuple[tuple[limits.Limit, float], ...]:
    """Return the faults of a frame that is too dark, each with the limit that it is beyond."""
    seen = frame.exposure
    if not is_person(frame):
        return (
            (limits.BRIGHTNESS, limits.BRIGHTNESS.fault(max(0.0, limits.BRIGHTNESS_BAND[0] - seen.mean))),
            (limits.BLACK, limits.BLACK.fault(seen.clipped_low)),
        )
    if _by_face(frame):
        short = max(0.0, limits.FACE_BRIGHTNESS_BAND[0] - seen.mean)
        return ((limits.FACE_BRIGHTNESS, limits.FACE_BRIGHTNESS.fault(short)),)
    picture = frame.picture or seen
    short = max(0.0, limits.LEAST_HIGHLIGHT - picture.highlight)
    return ((limits.NO_HIGHLIGHTS, limits.NO_HIGHLIGHTS.fault(short)),)


def bright_faults(frame: FrameMeasurement) -> tuple[tuple[limits.Limit, float], ...]:
    """Return the faults of a frame that is too bright, each with the limit that it is beyond."""
    seen = frame.exposure
    if not is_person(frame):
        return (
            (limits.BRIGHTNESS, limits.BRIGHTNESS.fault(max(0.0, seen.mean - limits.BRIGHTNESS_BAND[1]))),
            (limits.WHITE, limits.WHITE.fault(seen.clipped_high)),
        )
    if _by_face(frame):
        over = max(0.0, seen.mean - limits.FACE_BRIGHTNESS_BAND[1])
        return (
            (limits.FACE_BRIGHTNESS, limits.FACE_BRIGHTNESS.fault(over)),
            (limits.WHITE, limits.WHITE.fault(seen.clipped_high)),
        )
    return ((limits.PICTURE_WHITE, limits.PICTURE_WHITE.fault((frame.picture or seen).clipped_high)),)


def _by_face(frame: FrameMeasurement) -> bool:
    return frame.subject is not None and frame.subject.kind == "face"
