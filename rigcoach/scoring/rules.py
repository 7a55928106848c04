"""The rules of coaching: one table, in the order in which a cause is told; docs/coaching.md prints it.

Each rule looks at one measure of a frame against the keeper limits of `rigcoach.scoring.limits`. A cause stands above
what it hides or brings about: nothing can be said of a subject that is not there, a picture too dark shows no edges,
and a smear looks like defocus.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.scoring import faults as measured
from rigcoach.scoring import limits
from rigcoach.scoring.faults import Measure

Sector = Literal["high", "low", "left", "right", "roll", "near", "far", "motion"]
"""Where a cause stands on the wheel: what went wrong with aim, level, distance or hold."""

SECTORS: tuple[Sector, ...] = ("high", "far", "right", "roll", "low", "near", "left", "motion")
"""The wheel's sectors, clockwise from the top."""


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
        The rule applies to a frame whose measure lies above it. A limit in pixels is that of a frame up to 1080p, one
        in degrees that of a drill that asks for no other.
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
    of: Measure
    cause: str
    fix: str
    short: str
    sure: Literal["measured", "inferred"] = "measured"
    sector: Sector | None = None
    drill: str | None = None
    detail: Callable[[Sequence[FrameMeasurement]], str] | None = None
    amount: Callable[[FrameMeasurement], float] | None = None
    spoils: bool = True

    def limit_in(self, measures: ClipMeasurements) -> float:
        """Return the limit for the frames of a clip: pixels grow above 1080p, the free roll is the drill's."""
        if self.unit == "°":
            return self.limit - limits.ROLL.free + measures.wanted.roll_free_deg
        clip = measures.clip
        return self.limit * limits.px_scale(clip.width, clip.height) if self.unit == "px" else self.limit

    def fault(self, frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
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


_BLUR, _MOTION, _SPEED = limits.BLUR.keeper, limits.MOTION_BLUR.keeper, limits.SPEED.keeper
_OFFSET, _ROLL, _HEADROOM = limits.PLACE.keeper, limits.ROLL.keeper, limits.HEADROOM.keeper
_LEAD_ROOM = limits.LEAD_ROOM.keeper
# A tenth of the distance asked for: a span of the hand at two metres.
_DISTANCE = 0.10

RULES: tuple[Rule, ...] = (
    Rule(
        "subject.lost",
        "the subject is not found",
        0.5,
        "",
        lambda frame, _measures: measured.present(frame.subject is None),
        "The subject was not found in {share} of the frames",
        "it was out of the frame, or too blurred to be recognised",
        "subject lost",
        sure="inferred",
        drill="still-2m",
    ),
    Rule(
        "exposure.dark",
        "brightness beyond the keeper limit: of the card or the face, else of the picture's highlights",
        0.0,
        "",
        measured.dark,
        "Too dark in {share} of the frames",
        "open the aperture or raise the ISO",
        "too dark",
        drill="low-light",
    ),
    Rule(
        "exposure.bright",
        "brightness or share at white beyond the keeper limit: of the card or the face, else of the picture",
        0.0,
        "",
        measured.bright,
        "Too bright in {share} of the frames",
        "close the aperture or lower the ISO",
        "too bright",
    ),
    Rule(
        "steadiness.smear",
        "smear during the exposure",
        _MOTION,
        "px",
        lambda frame, _measures: frame.focus.motion_blur_px,
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
        measured.speed,
        "The subject crosses {value} of the frame's width a second in {share} of the frames",
        "follow it with the whole body, or let it come to a stop",
        "moving fast",
        sure="inferred",
        sector="motion",
        drill="pan-walker",
        spoils=False,
    ),
    Rule(
        "focus.front",
        "blur on the subject, the focus in front of it",
        _BLUR,
        "px",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "front" else None,
        "Focused {detail} the subject in {share} of the frames, blur of {value} where {limit} is sharp enough",
        "turn the ring to a longer distance, or step closer",
        "focused in front",
        sector="near",
        detail=lambda frames: f"{measured.focus_offset(frames)}in front of",
        drill="distances",
    ),
    Rule(
        "focus.behind",
        "blur on the subject, the focus behind it",
        _BLUR,
        "px",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "behind" else None,
        "Focused {detail} the subject in {share} of the frames, blur of {value} where {limit} is sharp enough",
        "turn the ring to a shorter distance, or step back",
        "focused behind",
        sector="far",
        detail=lambda frames: f"{measured.focus_offset(frames)}behind",
        drill="distances",
    ),
    Rule(
        "focus.background",
        "blur on the subject, what surrounds it sharper by half",
        _BLUR,
        "px",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "background" else None,
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
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) is None else None,
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
        lambda frame, _measures: measured.present(frame.subject is not None and frame.focus.blur_px is None),
        "Focus could not be measured in {share} of the frames",
        "{detail}",
        "focus unknown",
        detail=lambda frames: frames[0].focus.reason or "nothing to measure it on",
    ),
    Rule(
        "framing.cut-off",
        "sides of the frame that cut the subject: of a person not the lower one",
        0.5,
        "",
        measured.cut_off,
        "Cut off at the {detail} in {share} of the frames",
        "step back, or aim closer to the subject's middle",
        "cut off",
        detail=measured.sides_cut,
        drill="distances",
    ),
    Rule(
        "framing.bad-crop",
        "how sure it is that the frame cuts a person at a joint",
        0.5,
        "",
        measured.badly_cut,
        "The frame cuts the person at the {detail} in {share} of the frames",
        "step closer or back until its edge falls between two joints",
        "badly cut",
        detail=measured.places_cut,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.small",
        "how far a person is smaller than a tenth of the frame's height",
        limits.TOO_SMALL.keeper,
        "%",
        measured.too_small,
        "The person is too small to be the subject in {share} of the frames",
        "step closer",
        "too small",
        sector="far",
        drill="distances",
    ),
    Rule(
        "framing.walking-out",
        "how far the room ahead of a person who walks or looks aside is below a tenth of the frame's width",
        limits.WALKING_OUT.keeper,
        "%",
        measured.walking_out,
        "The person is leaving the frame in {share} of the frames",
        "turn with them, ahead of where they go",
        "leaving the frame",
        drill="pan-walker",
    ),
    Rule(
        "framing.low",
        "distance from the wanted place, mostly downwards",
        _OFFSET,
        "%",
        measured.off_place(1, 1),
        "The subject sits {value} of the frame too low in {share} of the frames",
        "tip the lens down",
        "too low",
        sector="low",
        amount=measured.along(1),
        drill="hip-3m",
    ),
    Rule(
        "framing.high",
        "distance from the wanted place, mostly upwards",
        _OFFSET,
        "%",
        measured.off_place(1, -1),
        "The subject sits {value} of the frame too high in {share} of the frames",
        "tip the lens up",
        "too high",
        sector="high",
        amount=measured.along(1),
        drill="heights",
    ),
    Rule(
        "framing.right",
        "distance from the wanted place, mostly to the right",
        _OFFSET,
        "%",
        measured.off_place(0, 1),
        "The subject sits {value} of the frame too far right in {share} of the frames",
        "turn to the right",
        "too far right",
        sector="right",
        amount=measured.along(0),
        drill="thirds",
    ),
    Rule(
        "framing.left",
        "distance from the wanted place, mostly to the left",
        _OFFSET,
        "%",
        measured.off_place(0, -1),
        "The subject sits {value} of the frame too far left in {share} of the frames",
        "turn to the left",
        "too far left",
        sector="left",
        amount=measured.along(0),
        drill="thirds",
    ),
    Rule(
        "framing.headroom-little",
        "headroom below the band that is wanted",
        _HEADROOM,
        "%",
        measured.headroom_off(-1),
        "The headroom is {value} of the frame too little in {share} of the frames",
        "tip the lens up, or step back",
        "too little headroom",
        sector="high",
        drill="hip-3m",
    ),
    Rule(
        "framing.headroom-much",
        "headroom above the band that is wanted; above a quarter where the frame cuts the person below",
        _HEADROOM,
        "%",
        measured.headroom_off(1),
        "The headroom is {value} of the frame too much in {share} of the frames",
        "tip the lens down, or step closer",
        "too much headroom",
        sector="low",
        drill="hip-3m",
    ),
    Rule(
        "framing.lead-room-little",
        "room ahead of a person who walks or looks aside, below the band that is wanted",
        _LEAD_ROOM,
        "%",
        measured.lead_room_off(-1),
        "The room ahead of the person is {value} of the frame too little in {share} of the frames",
        "aim ahead of where they go or look",
        "too little room ahead",
        drill="pan-walker",
    ),
    Rule(
        "framing.lead-room-much",
        "room ahead of a person who walks or looks aside, above the band that is wanted",
        _LEAD_ROOM,
        "%",
        measured.lead_room_off(1),
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
        measured.rolled(1),
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
        measured.rolled(-1),
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
        measured.misjudged(1),
        "The subject is {detail} away, too far by {value} at the least, in {share} of the frames",
        "step closer; pace the distance out once, then find it again without looking",
        "too far away",
        detail=measured.away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "distance.near",
        "distance short of the one that the drill asks for, less its standard deviation, over the one asked for",
        _DISTANCE,
        "%",
        measured.misjudged(-1),
        "The subject is {detail} away, too near by {value} at the least, in {share} of the frames",
        "step back; pace the distance out once, then find it again without looking",
        "too near",
        detail=measured.away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.skew",
        "lean of uprights by the rolling shutter, where the body's readout is known",
        limits.ROLL.free,
        "°",
        measured.lean,
        "Uprights lean by {value} in {share} of the frames: the sensor is read row by row while you turn",
        "turn more slowly, or leave the turn out of the cut",
        "uprights lean",
        drill="whip-settle",
        spoils=False,
    ),
)
