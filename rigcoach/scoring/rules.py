"""The rules of coaching: one table, in the order in which a cause is told; docs/coaching.md prints it.

Each rule looks at one measure of a frame against its limit in `rigcoach.scoring.limits`. A cause stands above what it
hides or brings about: nothing can be said of a subject that is not there, a picture too dark shows no edges, and a
smear looks like defocus.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.percent import percent
from rigcoach.scoring import faults as measured
from rigcoach.scoring import limits
from rigcoach.scoring.faults import Measure
from rigcoach.scoring.limits import Limit

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
    limit
        What is measured, and the most that a keeper may have of it: the rule applies to a frame with more. `None` for
        what is or isn't so, which applies where the measure is above 0.
    when
        What else has to be so, or what is or isn't so, in words.
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
    limit: Limit | None
    when: str
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

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return self.when if self.limit is None else f"{self.limit.name}{self.when and f', {self.when}'}"

    def limit_in(self, measures: ClipMeasurements) -> float:
        """Return the limit for the frames of a clip: pixels grow above 1080p, a drill has limits of its own."""
        if self.limit is None:
            return 0.0
        return self.limit.keeper_in(measures.clip.width, measures.clip.height, measures.wanted)

    def fault(self, frame: FrameMeasurement, measures: ClipMeasurements) -> float | None:
        """Return the measure where it lies above the limit, else `None`."""
        value = self.of(frame, measures)
        return value if value is not None and value > self.limit_in(measures) else None

    def shown(self, value: float) -> str:
        """Return a value of the measure with its unit, as advice tells it."""
        unit = "" if self.limit is None else self.limit.unit
        if unit == "%":
            return percent(value)
        return f"{value:.1f} px" if unit == "px" else f"{value:.0f}{unit}"


RULES: tuple[Rule, ...] = (
    Rule(
        "subject.lost",
        None,
        "the subject is not found",
        lambda frame, _measures: measured.present(frame.subject is None),
        "The subject was not found in {share} of the frames",
        "it was out of the frame, or too blurred to be recognised",
        "subject lost",
        sure="inferred",
        drill="still-2m",
    ),
    Rule(
        "exposure.dark",
        None,
        "brightness beyond the keeper limit: of the card or the face, else of the picture's highlights",
        measured.dark,
        "Too dark in {share} of the frames",
        "open the aperture or raise the ISO",
        "too dark",
        drill="low-light",
    ),
    Rule(
        "exposure.bright",
        None,
        "brightness or share at white beyond the keeper limit: of the card or the face, else of the picture",
        measured.bright,
        "Too bright in {share} of the frames",
        "close the aperture or lower the ISO",
        "too bright",
    ),
    Rule(
        "steadiness.smear",
        limits.MOTION_BLUR,
        "",
        lambda frame, _measures: frame.focus.smear_px,
        "Motion blur of {value} in {share} of the frames",
        "tuck your elbows in, stand still before the take, or use a faster shutter speed",
        "motion blur",
        sector="motion",
        drill="whip-settle",
    ),
    Rule(
        "steadiness.fast",
        limits.SPEED,
        "",
        measured.speed,
        "The subject crosses {value} of the frame's width a second in {share} of the frames",
        "pan with your whole body, or wait until it stops",
        "moving fast",
        sure="inferred",
        sector="motion",
        drill="pan-walker",
        spoils=False,
    ),
    Rule(
        "focus.front",
        limits.BLUR,
        "the focus in front of it",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "front" else None,
        "Focused {detail} the subject in {share} of the frames (blur {value}, sharp up to {limit})",
        "turn the ring to a longer distance, or step closer",
        "focused in front",
        sector="near",
        detail=lambda frames: f"{measured.focus_offset(frames)}in front of",
        drill="distances",
    ),
    Rule(
        "focus.behind",
        limits.BLUR,
        "the focus behind it",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "behind" else None,
        "Focused {detail} the subject in {share} of the frames (blur {value}, sharp up to {limit})",
        "turn the ring to a shorter distance, or step back",
        "focused behind",
        sector="far",
        detail=lambda frames: f"{measured.focus_offset(frames)}behind",
        drill="distances",
    ),
    Rule(
        "focus.background",
        limits.BLUR,
        "its surroundings clearly sharper",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) == "background" else None,
        "The background is sharper than the subject in {share} of the frames "
        "(blur {value} on the subject, sharp up to {limit})",
        "focus closer: compare the distance set on the ring with the subject's",
        "background in focus",
        sure="inferred",
        sector="far",
        drill="distances",
    ),
    Rule(
        "focus.soft",
        limits.BLUR,
        "",
        lambda frame, measures: measured.soft(frame, measures) if measured.focused(frame) is None else None,
        "Out of focus in {share} of the frames (blur {value}, sharp up to {limit})",
        "compare the distance set on the ring with the subject's",
        "out of focus",
        drill="zone-walk-in",
    ),
    Rule(
        "focus.unknown",
        None,
        "blur on the subject cannot be measured",
        lambda frame, _measures: measured.present(frame.subject is not None and frame.focus.blur_px is None),
        "Focus could not be measured in {share} of the frames",
        "{detail}",
        "focus unknown",
        detail=lambda frames: frames[0].focus.reason or "nothing to measure it on",
    ),
    Rule(
        "framing.cut-off",
        limits.CUT_SIDES,
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
        limits.JOINT_CUT,
        "",
        measured.badly_cut,
        "The person is cut off at the {detail} in {share} of the frames",
        "step closer or back until the edge of the frame falls between two joints",
        "badly cut",
        detail=measured.places_cut,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.too-tight",
        limits.SHOT,
        "too close",
        measured.shot_off(1),
        "Framed too tightly in {share} of the frames, mostly as a {detail}",
        "step back",
        "framed too tightly",
        sector="near",
        detail=measured.shots,
        drill="distances",
    ),
    Rule(
        "framing.too-wide",
        limits.SHOT,
        "too wide",
        measured.shot_off(-1),
        "Framed too loosely in {share} of the frames, mostly as a {detail}",
        "step closer",
        "framed too loosely",
        sector="far",
        detail=measured.shots,
        drill="distances",
    ),
    Rule(
        "framing.small",
        limits.TOO_SMALL,
        "",
        measured.too_small,
        "The person is too small to be the subject in {share} of the frames",
        "step closer",
        "too small",
        sector="far",
        drill="distances",
    ),
    Rule(
        "framing.walking-out",
        limits.WALKING_OUT,
        "",
        measured.walking_out,
        "The person is leaving the frame in {share} of the frames",
        "pan with them, leading them slightly",
        "leaving the frame",
        drill="pan-walker",
    ),
    Rule(
        "framing.low",
        limits.PLACE,
        "mostly downwards",
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
        limits.PLACE,
        "mostly upwards",
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
        limits.PLACE,
        "mostly to the right",
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
        limits.PLACE,
        "mostly to the left",
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
        limits.HEADROOM,
        "too little",
        measured.headroom_off(-1),
        "Headroom too small by {value} of the frame height in {share} of the frames",
        "tip the lens up, or step back",
        "too little headroom",
        sector="high",
        drill="hip-3m",
    ),
    Rule(
        "framing.headroom-much",
        limits.HEADROOM,
        "too much",
        measured.headroom_off(1),
        "Headroom too large by {value} of the frame height in {share} of the frames",
        "tip the lens down, or step closer",
        "too much headroom",
        sector="low",
        drill="hip-3m",
    ),
    Rule(
        "framing.lead-room-little",
        limits.LEAD_ROOM,
        "too little",
        measured.lead_room_off(-1),
        "Too little room ahead of the person, by {value} of the frame width, in {share} of the frames",
        "aim ahead of where they are walking or looking",
        "too little room ahead",
        drill="pan-walker",
    ),
    Rule(
        "framing.lead-room-much",
        limits.LEAD_ROOM,
        "too much",
        measured.lead_room_off(1),
        "Too much room ahead of the person, by {value} of the frame width, in {share} of the frames",
        "aim less far ahead of them",
        "too much room ahead",
        drill="pan-walker",
    ),
    Rule(
        "framing.roll-clockwise",
        limits.ROLL,
        "clockwise",
        measured.rolled(1),
        "The picture is tilted {value} clockwise in {share} of the frames",
        "lower the camera's right side",
        "{value} clockwise",
        sector="roll",
        amount=measured.roll_size,
        drill="still-2m",
    ),
    Rule(
        "framing.roll-counterclockwise",
        limits.ROLL,
        "counter-clockwise",
        measured.rolled(-1),
        "The picture is tilted {value} counter-clockwise in {share} of the frames",
        "lower the camera's left side",
        "{value} counter-clockwise",
        sector="roll",
        amount=measured.roll_size,
        drill="still-2m",
    ),
    Rule(
        "distance.far",
        limits.DISTANCE,
        "too far",
        measured.misjudged(1),
        "The subject is {detail} away, too far by {value} at the least, in {share} of the frames",
        "step closer; pace out the distance once, then find it again without looking",
        "too far away",
        sector="far",
        detail=measured.away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "distance.near",
        limits.DISTANCE,
        "too near",
        measured.misjudged(-1),
        "The subject is {detail} away, too near by {value} at the least, in {share} of the frames",
        "step back; pace out the distance once, then find it again without looking",
        "too near",
        sector="near",
        detail=measured.away,
        drill="distances",
        spoils=False,
    ),
    Rule(
        "framing.skew",
        limits.SKEW,
        "",
        measured.lean,
        "Rolling shutter skews verticals by {value} in {share} of the frames while you turn",
        "turn more slowly, or leave the turn out of the cut",
        "rolling-shutter skew",
        drill="whip-settle",
        spoils=False,
    ),
)


def table() -> str:
    """Return the rules as a table in Markdown, for the documentation."""
    rows = ["| code | what is measured | limit | how sure | on the wheel | drill |", "|---|---|---|---|---|---|"]
    for rule in RULES:
        limit = "" if rule.limit is None else rule.limit.shown(rule.limit.keeper)
        cells = (f"`{rule.code}`", rule.measure, limit, rule.sure, rule.sector or "", rule.drill or "")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
