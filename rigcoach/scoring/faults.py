"""What is wrong with a frame, as numbers and words for the coach's rules.

A measure is positive the way that its rule names; `None` where there is none.
"""

import math
import statistics
from collections.abc import Callable, Sequence

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.units import distance_text, short_distance_text
from rigcoach.measure.picture.framing import ANYWHERE
from rigcoach.optics.permissible_blur import limit_scale
from rigcoach.scoring import frame_faults
from rigcoach.scoring.limits import KEEPER_SHARE

Measure = Callable[[FrameMeasurement, ClipMeasurements], float | None]
"""A measure of a frame of a clip."""

# Lets rounding not lose a fault that points exactly to a corner.
_NEARLY = 0.999

# Surroundings count as sharper than a subject with this many times their blur.
_BACKGROUND_SHARPER = 1.5
# A focus farther off than this is told as far.
_FAR_OFF_M = 3.0

_SIDES = ("left", "top", "right", "bottom")


def present(told: bool) -> float:
    """Return 1 for what is so, else 0."""
    return 1.0 if told else 0.0


def off_place(axis: int, sign: int) -> Measure:
    """Return the measure of how far a subject is out of place, where it is this way at least as much as any other."""

    def of(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        if frame.framing is None or measures.wanted.place is None:
            return None
        off = math.hypot(*frame.framing.offset)
        along = sign * frame.framing.offset[axis]
        return off if along >= off / math.sqrt(2) * _NEARLY else None

    return of


def along(axis: int) -> Callable[[FrameMeasurement], float]:
    """Return the measure of how far a subject is out of place across (0) or down (1), either way."""
    return lambda frame: 0.0 if frame.framing is None else abs(frame.framing.offset[axis])


def headroom_off(sign: int) -> Measure:
    """Return the measure of how far the headroom is above (1) or below (-1) the band that is wanted."""

    def of(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        band = frame_faults.headroom_band(frame, measures.wanted)
        if frame.framing is None or band is None or not frame_faults.is_person(frame):
            return None
        low, high = band
        return frame.framing.headroom - high if sign > 0 else low - frame.framing.headroom

    return of


def rolled(sign: int) -> Measure:
    """Return the measure of how far the picture is for sure turned clockwise (1) or counter-clockwise (-1)."""

    def of(frame: FrameMeasurement, _measures: ClipMeasurements) -> float | None:
        roll_deg = None if frame.framing is None else frame.framing.sure_roll_deg
        return None if roll_deg is None else sign * roll_deg

    return of


def roll_size(frame: FrameMeasurement) -> float:
    """Return how far the picture is turned, either way."""
    return 0.0 if frame.framing is None or frame.framing.roll_deg is None else abs(frame.framing.roll_deg)


def speed(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
    """Return how fast the subject moves, in frame widths a second, where its smear is not known."""
    if frame.focus.smear_px is not None or frame.shift_px is None:
        return None
    return frame.shift_px * float(measures.clip.fps) / max(measures.clip.width, measures.clip.height)


def soft(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
    """Return the blur on the subject, unless a smear hides whether focus was off at all."""
    scale = limit_scale(measures.clip.width, measures.clip.height)
    return None if frame_faults.hidden_by_motion_blur(frame.focus, scale) else frame.focus.blur_px


def focused(frame: FrameMeasurement) -> str | None:
    """Return where the lens was focused instead of on the subject: "front", "behind" or "background"."""
    focus = frame.focus
    if focus.place is not None:
        return focus.place.side if focus.place.side != "on" else None
    if focus.background_blur_px is None or focus.blur_px_interval is None:
        return None
    # Softer than what surrounds it even at the least that its blur can be.
    sharper = focus.background_blur_px * _BACKGROUND_SHARPER < focus.blur_px_interval[0]
    return "background" if sharper else None


def focus_offset(frames: Sequence[FrameMeasurement]) -> str:
    """Return how far off the focus was, in words that end in a space; nothing where that isn't known."""
    offsets = [abs(f.focus.place.offset_m) for f in frames if f.focus.place and f.focus.place.offset_m is not None]
    if not offsets:
        return ""
    offset_m = statistics.median(offsets)
    return "far " if offset_m > _FAR_OFF_M else f"about {short_distance_text(offset_m)} "


def sides_cut(frames: Sequence[FrameMeasurement]) -> str:
    """Return the sides of the frame that cut the subject, in words."""
    cut = {side for frame in frames for side in frame_faults.sides_cut(frame, ANYWHERE)}
    return " and ".join(side for side in _SIDES if side in cut)


def shot_off(sign: int) -> Measure:
    """Return the measure of how many scales a shot is closer (1) or wider (-1) than the one that is wanted."""

    def of(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        return None if frame.framing is None else float(sign * frame_faults.steps_off(frame.framing, measures.wanted))

    return of


def shots(frames: Sequence[FrameMeasurement]) -> str:
    """Return which shot most of the frames are."""
    return statistics.mode(f.framing.shot.scale for f in frames if f.framing is not None and f.framing.shot is not None)


def cut_off(frame: FrameMeasurement, measures: ClipMeasurements) -> float:
    """Return how many sides of the frame cut the subject where that is a fault."""
    return float(len(frame_faults.sides_cut(frame, measures.wanted)))


def walking_out(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
    """Return how much less than a tenth of the frame is left ahead of somebody who leaves it."""
    if frame.framing is None or not frame_faults.is_person(frame):
        return None
    return frame_faults.room_lacking(frame.framing, measures.wanted)


def too_small(frame: FrameMeasurement, _measures: ClipMeasurements) -> float | None:
    """Return how far a person is smaller than a tenth of the frame's height, over that."""
    return frame_faults.shortfall(frame) if frame_faults.is_person(frame) else None


def dark(frame: FrameMeasurement, _measures: ClipMeasurements) -> float:
    """How far beyond the keeper limit the exposure is to the dark, as a multiple of what halves a score."""
    return max(fault for _, fault in frame_faults.dark_faults(frame)) - KEEPER_SHARE


def bright(frame: FrameMeasurement, _measures: ClipMeasurements) -> float:
    """How far beyond the keeper limit the exposure is to the bright, as a multiple of what halves a score."""
    return max(fault for _, fault in frame_faults.bright_faults(frame)) - KEEPER_SHARE


def lead_room_off(sign: int) -> Measure:
    """Return the measure of how far the room ahead is above (1) or below (-1) the band that is wanted."""

    def of(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        room = None if frame.framing is None else frame.framing.lead_room
        if room is None or measures.wanted.lead_room is None:
            return None
        low, high = measures.wanted.lead_room
        return room - high if sign > 0 else low - room

    return of


def badly_cut(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
    """Return how sure it is that the frame cuts a person at a bad place; a close-up may cut the head."""
    shot = None if frame.framing is None else frame.framing.shot
    if frame.framing is None or shot is None or shot.cut is None:
        return None
    meant = "close-up" in measures.wanted.shot and shot.cut.name in ("forehead", "chin")
    if (
        shot.cut.clean
        or meant
        or (frame_faults.is_person(frame) and frame_faults.head_cut(frame.framing, measures.wanted))
    ):
        return 0.0  # a head that is cut is a fault of its own
    return shot.cut.confidence


def places_cut(frames: Sequence[FrameMeasurement]) -> str:
    """Return where most of the frames cut the person."""
    cuts = [frame.framing.shot.cut for frame in frames if frame.framing is not None and frame.framing.shot is not None]
    return statistics.mode(cut.name for cut in cuts if cut is not None)


def misjudged(sign: int) -> Measure:
    """Return the measure of how much too far (1) or too near (-1) the subject is for sure, over the distance wanted."""

    def of(frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        wanted_m = measures.wanted.distance_m
        if frame.away_m is None or wanted_m is None:
            return None
        away_m, sd_m = frame.away_m
        return (sign * (away_m - wanted_m) - sd_m) / wanted_m

    return of


def away(frames: Sequence[FrameMeasurement]) -> str:
    """Return how far away the subject was, to a hand's breadth."""
    return distance_text(statistics.median(frame.away_m[0] for frame in frames if frame.away_m is not None), 1)


def lean(frame: FrameMeasurement, _measures: ClipMeasurements) -> float | None:
    """Return how far uprights lean by the rolling shutter, either way, in degrees."""
    return None if frame.skew is None else abs(frame.skew.skew_deg)
