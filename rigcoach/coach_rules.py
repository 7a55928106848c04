"""The rules of coaching: one table, in the order in which a cause is told; docs/coaching.md prints it.

Each rule looks at one measure of a frame against the keeper limits of `rigcoach.score`. A cause stands above what it
hides or brings about: nothing can be said of a subject that is not there, a picture too dark shows no edges, and a
smear looks like defocus.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rigcoach import score
from rigcoach.clip_measures import ClipMeasures, FrameMeasures

Sector = Literal["high", "low", "left", "right", "roll", "near", "far", "motion"]
"""Where a cause stands on the wheel: what went wrong with aim, level, distance or hold."""

SECTORS: tuple[Sector, ...] = ("high", "far", "right", "roll", "low", "near", "left", "motion")
"""The wheel's sectors, clockwise from the top."""

# Lets rounding not lose a fault that points exactly to a corner.
_NEARLY = 0.999

# Surroundings count as sharper than a subject with this many times their blur.
_BACKGROUND_SHARPER = 1.5
# A focus farther off than this is told as far.
_FAR_OFF_M = 3.0

_SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause, and what to do about it.

    Attributes
    ----------
    code
        The name that scripts rely on.
    measure
        What is measured, in words.
    limit
        The rule applies to a frame whose measure lies above it. A limit in pixels is that of a frame 1080 pixels high,
        one in degrees that of a drill that asks for no other.
    unit
        Of the limit and the measure: "px", "°", "%" (of 1) or "" for what is or isn't so.
    of
        The measure of a frame of a clip; `None` where there is none.
    cause, fix
        The advice. Both may hold `{value}` (mean of the frames concerned), `{share}` of the frames, `{limit}` and
        `{detail}`.
    short
        The cause in two or three words, for a headline.
    sure
        "measured" where the measure is the cause itself; "inferred" where the cause is the likeliest among several.
    sector
        On the wheel; `None` for what has no place there.
    drill
        The shipped drill that rehearses it.
    detail
        Words out of the frames concerned.
    amount
        What is told as `{value}` where that isn't the measure itself.
    spoils
        Whether a frame that the rule applies to is no keeper for it.
    """

    code: str
    measure: str
    limit: float
    unit: Literal["px", "°", "%", ""]
    of: Callable[[FrameMeasures, ClipMeasures], float | None]
    cause: str
    fix: str
    short: str
    sure: Literal["measured", "inferred"] = "measured"
    sector: Sector | None = None
    drill: str | None = None
    detail: Callable[[Sequence[FrameMeasures]], str] | None = None
    amount: Callable[[FrameMeasures], float] | None = None
    spoils: bool = True

    def limit_in(self, measures: ClipMeasures) -> float:
        """Return the limit for the frames of a clip: pixels grow with its height, the free roll is the drill's."""
        if self.unit == "°":
            return self.limit - score.ROLL_FREE_DEG + measures.wanted.roll_free_deg
        return self.limit * measures.clip.height / 1080 if self.unit == "px" else self.limit

    def fault(self, frame: FrameMeasures, measures: ClipMeasures) -> float | None:
        """Return the measure where it lies above the limit, else `None`."""
        value = self.of(frame, measures)
        return value if value is not None and value > self.limit_in(measures) else None

    def shown(self, value: float) -> str:
        """Return a value of the measure with its unit."""
        if self.unit == "%":
            return percent(value)
        return f"{value:.1f} px" if self.unit == "px" else f"{value:.0f}{self.unit}"


def percent(share: float) -> str:
    """Return a share of 1 as a photographer reads it.

    >>> percent(0.284)
    '28 %'
    """
    return f"{100 * share:.0f} %"


def _present(told: bool) -> float:
    return 1.0 if told else 0.0


def _off(axis: int, sign: int) -> Callable[[FrameMeasures, ClipMeasures], float | None]:
    """Return the measure of how far a subject is out of place, where it is this way at least as much as any other."""

    def of(frame: FrameMeasures, _measures: ClipMeasures) -> float | None:
        if frame.framing is None:
            return None
        off = math.hypot(*frame.framing.offset)
        along = sign * frame.framing.offset[axis]
        return off if along >= off / math.sqrt(2) * _NEARLY else None

    return of


def _along(axis: int) -> Callable[[FrameMeasures], float]:
    return lambda frame: 0.0 if frame.framing is None else abs(frame.framing.offset[axis])


def _headroom(sign: int) -> Callable[[FrameMeasures, ClipMeasures], float | None]:
    """Return the measure of how far the headroom is above (1) or below (-1) the band that is wanted."""

    def of(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
        if frame.framing is None or measures.wanted.headroom is None:
            return None
        low, high = measures.wanted.headroom
        return frame.framing.headroom - high if sign > 0 else low - frame.framing.headroom

    return of


def _roll(sign: int) -> Callable[[FrameMeasures, ClipMeasures], float | None]:
    def of(frame: FrameMeasures, _measures: ClipMeasures) -> float | None:
        roll_deg = None if frame.framing is None else frame.framing.roll_deg
        return None if roll_deg is None else sign * roll_deg

    return of


def _speed(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
    if frame.focus.motion_px is not None or frame.shift_px is None:
        return None
    return frame.shift_px * float(measures.clip.fps) / measures.clip.width


def _soft(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
    """Return the blur on the subject, unless a smear hides whether focus was off at all."""
    return None if score.hidden_by_smear(frame.focus, measures.clip.height) else frame.focus.blur_px


def _focused(frame: FrameMeasures) -> str | None:
    """Return where the lens was focused instead of on the subject: "front", "behind" or "background"."""
    focus = frame.focus
    if focus.place is not None:
        return focus.place.side if focus.place.side != "on" else None
    if focus.background_blur_px is None or focus.blur_px_interval is None:
        return None
    # Softer than what surrounds it even at the least that its blur can be.
    sharper = focus.background_blur_px * _BACKGROUND_SHARPER < focus.blur_px_interval[0]
    return "background" if sharper else None


def _focus_offset(frames: Sequence[FrameMeasures]) -> str:
    """Return how far off the focus was, in words that end in a space; nothing where that isn't known."""
    offsets = [abs(f.focus.place.offset_m) for f in frames if f.focus.place and f.focus.place.offset_m is not None]
    if not offsets:
        return ""
    offset_m = statistics.median(offsets)
    return "far " if offset_m > _FAR_OFF_M else f"about {100 * offset_m:.0f} cm "


def _sides(frames: Sequence[FrameMeasures]) -> str:
    cut = {side for frame in frames if frame.framing is not None for side in frame.framing.cut_off}
    return " and ".join(side for side in _SIDES if side in cut)


def _dark(frame: FrameMeasures, _measures: ClipMeasures) -> float:
    """How far beyond the keeper limit the exposure is to the dark, as a multiple of the limit less one."""
    low = score.MEAN_FREE[0] - frame.exposure.mean
    return max(low / score.MEAN_HALF, frame.exposure.clipped_low / score.CLIPPED_LOW_HALF) - score.KEEPER_SHARE


def _bright(frame: FrameMeasures, _measures: ClipMeasures) -> float:
    high = frame.exposure.mean - score.MEAN_FREE[1]
    return max(high / score.MEAN_HALF, frame.exposure.clipped_high / score.CLIPPED_HIGH_HALF) - score.KEEPER_SHARE


def _lead_room(sign: int) -> Callable[[FrameMeasures, ClipMeasures], float | None]:
    """Return the measure of how far the room ahead is above (1) or below (-1) the band that is wanted."""

    def of(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
        room = None if frame.framing is None else frame.framing.lead_room
        if room is None or measures.wanted.lead_room is None:
            return None
        low, high = measures.wanted.lead_room
        return room - high if sign > 0 else low - room

    return of


def _badly_cut(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
    """Return how sure it is that the frame cuts a person at a bad place; a close-up may cut the head."""
    shot = None if frame.framing is None else frame.framing.shot
    if shot is None or shot.cut is None:
        return None
    meant = "close-up" in measures.wanted.shot and shot.cut.name in ("forehead", "chin")
    return 0.0 if shot.cut.clean or meant else shot.cut.confidence


def _cuts(frames: Sequence[FrameMeasures]) -> str:
    """Return where most of the frames cut the person."""
    cuts = [frame.framing.shot.cut for frame in frames if frame.framing is not None and frame.framing.shot is not None]
    return statistics.mode(cut.name for cut in cuts if cut is not None)


def _misjudged(sign: int) -> Callable[[FrameMeasures, ClipMeasures], float | None]:
    """Return the measure of how much too far (1) or too near (-1) the subject is for sure, over the distance wanted."""

    def of(frame: FrameMeasures, measures: ClipMeasures) -> float | None:
        wanted_m = measures.wanted.distance_m
        if frame.away_m is None or wanted_m is None:
            return None
        away_m, sd_m = frame.away_m
        return (sign * (away_m - wanted_m) - sd_m) / wanted_m

    return of


def _away(frames: Sequence[FrameMeasures]) -> str:
    """Return how far away the subject was, to a hand's breadth."""
    return f"{statistics.median(frame.away_m[0] for frame in frames if frame.away_m is not None):.1f} m"


def _lean(frame: FrameMeasures, _measures: ClipMeasures) -> float | None:
    return None if frame.skew is None else abs(frame.skew.skew_deg)


_BLUR = score.BLUR_HALF_PX * score.KEEPER_SHARE
_MOTION = score.MOTION_HALF_PX * score.KEEPER_SHARE
_SPEED = score.SPEED_HALF_WIDTHS_PER_S * score.KEEPER_SHARE
_OFFSET = score.OFFSET_HALF * score.KEEPER_SHARE
_HEADROOM = score.HEADROOM_HALF * score.KEEPER_SHARE
# A tenth of the distance asked for: a span of the hand at two metres.
_DISTANCE = 0.10
_LEAD_ROOM = score.LEAD_ROOM_HALF * score.KEEPER_SHARE
_ROLL = score.ROLL_FREE_DEG + score.ROLL_HALF_DEG * score.KEEPER_SHARE

RULES: tuple[Rule, ...] = (
    Rule(
        "subject.lost",
        "the subject is not found",
        0.5,
        "",
        lambda frame, _measures: _present(frame.subject is None),
        "The subject was not found in {share} of the frames",
        "it was out of the frame, or too blurred to be recognised",
        "subject lost",
        sure="inferred",
        drill="still-2m",
    ),
    Rule(
        "exposure.dark",
        "mean brightness, or share of the subject at black, beyond the keeper limit",
        0.0,
        "",
        _dark,
        "Too dark in {share} of the frames",
        "open the aperture or raise the ISO",
        "too dark",
        drill="low-light",
    ),
    Rule(
        "exposure.bright",
        "mean brightness, or share of the subject at white, beyond the keeper limit",
        0.0,
        "",
        _bright,
        "Too bright in {share} of the frames",
        "close the aperture or lower the ISO",
        "too bright",
    ),
    Rule(
        "steadiness.smear",
        "smear during the exposure",
        _MOTION,
        "px",
        lambda frame, _measures: frame.focus.motion_px,
        "Smeared by {value} in {share} of the frames",
        "elbows to the ribs, stop before the take, or a shorter shutter speed",
        "smeared",
        sector="motion",
        drill="whip-settle",
    ),
    Rule(
        "steadiness.fast",
        "speed of the subject in frame widths a second, where the smear is not known",
        _SPEED,
        "%",
        _speed,
        "The subject crosses {value} of the frame's width a second in {share} of the frames",
        "follow it with the whole body, or let it come to a stop",
        "moving fast",
        sure="inferred",
        sector="motion",
        drill="pan-walker",
    ),
    Rule(
        "focus.front",
        "blur on the subject, the focus in front of it",
        _BLUR,
        "px",
        lambda frame, measures: _soft(frame, measures) if _focused(frame) == "front" else None,
        "Focused {detail} the subject in {share} of the frames, blur of {value} where {limit} is sharp enough",
        "turn the ring to a longer distance, or step closer",
        "focused in front",
        sector="near",
        detail=lambda frames: f"{_focus_offset(frames)}in front of",
        drill="distances",
    ),
    Rule(
        "focus.behind",
        "blur on the subject, the focus behind it",
        _BLUR,
        "px",
        lambda frame, measures: _soft(frame, measures) if _focused(frame) == "behind" else None,
        "Focused {detail} the subject in {share} of the frames, blur of {value} where {limit} is sharp enough",
        "turn the ring to a shorter distance, or step back",
        "focused behind",
        sector="far",
        detail=lambda frames: f"{_focus_offset(frames)}behind",
        drill="distances",
    ),
    Rule(
        "focus.background",
        "blur on the subject, what surrounds it sharper by half",
        _BLUR,
        "px",
        lambda frame, measures: _soft(frame, measures) if _focused(frame) == "background" else None,
        "The background is sharper than the subject in {share} of the frames: "
        "blur of {value} on the subject where {limit} is sharp enough",
        "focus nearer: check the distance on the ring against the subject's",
        "background in focus",
        sure="inferred",
        sector="far",
        drill="distances",
    ),
    Rule(
        "focus.soft",
        "blur on the subject",
        _BLUR,
        "px",
        lambda frame, measures: _soft(frame, measures) if _focused(frame) is None else None,
        "Out of focus in {share} of the frames, blur of {value} where {limit} is sharp enough",
        "check the distance on the ring against the subject's",
        "out of focus",
        drill="zone-walk-in",
    ),
    Rule(
        "focus.unknown",
        "blur on the subject cannot be measured",
        0.5,
        "",
        lambda frame, _measures: _present(frame.subject is not None and frame.focus.blur_px is None),
        "Focus could not be measured in {share} of the frames",
        "{detail}",
        "focus unknown",
        detail=lambda frames: frames[0].focus.reason or "nothing to measure it on",
    ),
    Rule(
        "framing.cut-off",
        "sides of the frame that cut the subject",
        0.5,
        "",
        lambda frame, _measures: None if frame.framing is None else float(len(frame.framing.cut_off)),
        "Cut off at the {detail} in {share} of the frames",
        "step back, or aim closer to the subject's middle",
        "cut off",
        detail=_sides,
        drill="distances",
    ),
    Rule(
        "framing.bad-crop",
        "how sure it is that the frame cuts a person at a joint or through the head",
        0.5,
        "",
        _badly_cut,
        "The frame cuts the person at the {detail} in {share} of the frames",
        "step closer or back until its edge falls between two joints",
        "badly cut",
        detail=_cuts,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.low",
        "distance from the wanted place, mostly downwards",
        _OFFSET,
        "%",
        _off(1, 1),
        "The subject sits {value} of the frame too low in {share} of the frames",
        "tip the lens down",
        "too low",
        sector="low",
        amount=_along(1),
        drill="hip-3m",
    ),
    Rule(
        "framing.high",
        "distance from the wanted place, mostly upwards",
        _OFFSET,
        "%",
        _off(1, -1),
        "The subject sits {value} of the frame too high in {share} of the frames",
        "tip the lens up",
        "too high",
        sector="high",
        amount=_along(1),
        drill="heights",
    ),
    Rule(
        "framing.right",
        "distance from the wanted place, mostly to the right",
        _OFFSET,
        "%",
        _off(0, 1),
        "The subject sits {value} of the frame too far right in {share} of the frames",
        "turn to the right",
        "too far right",
        sector="right",
        amount=_along(0),
        drill="thirds",
    ),
    Rule(
        "framing.left",
        "distance from the wanted place, mostly to the left",
        _OFFSET,
        "%",
        _off(0, -1),
        "The subject sits {value} of the frame too far left in {share} of the frames",
        "turn to the left",
        "too far left",
        sector="left",
        amount=_along(0),
        drill="thirds",
    ),
    Rule(
        "framing.headroom-little",
        "headroom below the band that the drill wants",
        _HEADROOM,
        "%",
        _headroom(-1),
        "The headroom is {value} of the frame too little in {share} of the frames",
        "tip the lens up, or step back",
        "too little headroom",
        sector="high",
        drill="hip-3m",
    ),
    Rule(
        "framing.headroom-much",
        "headroom above the band that the drill wants",
        _HEADROOM,
        "%",
        _headroom(1),
        "The headroom is {value} of the frame too much in {share} of the frames",
        "tip the lens down, or step closer",
        "too much headroom",
        sector="low",
        drill="hip-3m",
    ),
    Rule(
        "framing.lead-room-little",
        "room ahead of a person who walks or looks aside, below the band that the drill wants",
        _LEAD_ROOM,
        "%",
        _lead_room(-1),
        "The room ahead of the person is {value} of the frame too little in {share} of the frames",
        "aim ahead of where they go or look",
        "too little room ahead",
        drill="pan-walker",
    ),
    Rule(
        "framing.lead-room-much",
        "room ahead of a person who walks or looks aside, above the band that the drill wants",
        _LEAD_ROOM,
        "%",
        _lead_room(1),
        "The room ahead of the person is {value} of the frame too much in {share} of the frames",
        "aim less far ahead of them",
        "too much room ahead",
        drill="pan-walker",
    ),
    Rule(
        "framing.roll-clockwise",
        "roll",
        _ROLL,
        "°",
        _roll(1),
        "The picture is turned {value} clockwise in {share} of the frames",
        "lower the camera's right side",
        "{value} clockwise",
        sector="roll",
        drill="still-2m",
    ),
    Rule(
        "framing.roll-counterclockwise",
        "roll",
        _ROLL,
        "°",
        _roll(-1),
        "The picture is turned {value} counter-clockwise in {share} of the frames",
        "lower the camera's left side",
        "{value} counter-clockwise",
        sector="roll",
        drill="still-2m",
    ),
    Rule(
        "distance.far",
        "distance beyond the one that the drill asks for, less its standard deviation, over the one asked for",
        _DISTANCE,
        "%",
        _misjudged(1),
        "The subject is {detail} away, too far by {value} at the least, in {share} of the frames",
        "step closer; pace the distance out once, then find it again without looking",
        "too far away",
        detail=_away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "distance.near",
        "distance short of the one that the drill asks for, less its standard deviation, over the one asked for",
        _DISTANCE,
        "%",
        _misjudged(-1),
        "The subject is {detail} away, too near by {value} at the least, in {share} of the frames",
        "step back; pace the distance out once, then find it again without looking",
        "too near",
        detail=_away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.skew",
        "lean of uprights by the rolling shutter, where the body's readout is known",
        score.ROLL_FREE_DEG,
        "°",
        _lean,
        "Uprights lean by {value} in {share} of the frames: the sensor is read row by row while you turn",
        "turn more slowly, or leave the turn out of the cut",
        "uprights lean",
        drill="whip-settle",
        spoils=False,
    ),
)
