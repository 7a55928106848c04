"""What a frame may have of each fault: one table, which scores, rules, charts and documentation read.

Every score has the same shape. A fault of size x scores ``100 * 2 ** -(x / half) ** 2``, x being how far the measure is
beyond what is free: no fault is 100, a fault of `half` is 50, and a keeper has no fault of more than half of `half`
(there it scores 84).
"""

from dataclasses import dataclass
from typing import Literal

from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX, SHARP_MOTION_PX, limit_scale

KEEPER_SHARE = 0.5
"""Of what halves a score: a keeper's limit."""

Unit = Literal["px", "°", "%", ""]
"""What a measure is in: pixels of a 1080p frame, degrees, shares of 1 told in percent, or a count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One measure, and how much of it a frame may have.

    Attributes
    ----------
    name
        What is measured, as advice and documentation say it.
    detail
        More of it for the documentation; may be empty.
    score
        The score that it counts for; `None` where it is told and costs nothing.
    unit
        Of the measure and its limits.
    free
        What costs nothing: the measure up to here.
    half
        So much beyond it halves the score; 0 where it costs nothing.
    of
        Whose it is: "all", "card" (and whatever else has its place wanted), "people", or "drill" where only a drill or
        an option wants it.
    why
        Where the numbers come from; "judgement" where they are ours.
    """

    name: str
    detail: str
    score: Literal["focus", "framing", "steadiness", "exposure"] | None
    unit: Unit
    free: float
    half: float
    of: Literal["all", "card", "people", "drill"]
    why: str

    @property
    def keeper(self) -> float:
        """How much a keeper may have of the measure; of what costs nothing, from where on it is told."""
        return self.free + KEEPER_SHARE * self.half

    def fault(self, value: float) -> float:
        """Return how far a measure is beyond what is free, as a multiple of what halves the score."""
        return max(0.0, value - self.free) / self.half

    def shown(self, value: float) -> str:
        """Return a value of the measure with its unit.

        >>> BLUR.shown(BLUR.keeper), ROLL.shown(ROLL.free), PLACE.shown(PLACE.keeper)
        ('1.6 px', '2°', '7.5 %')
        """
        if self.unit == "%":
            return f"{100 * value:.3g} %"
        return f"{value:.1f} px" if self.unit == "px" else f"{value:.3g}{self.unit}"

    def keeper_in(self, width_px: int, height_px: int, wanted: WantedFrame) -> float:
        """Return how much a keeper may have in a frame of a size: pixels grow above 1080p, a drill has its own limits.

        >>> BLUR.keeper_in(3840, 2160, WantedFrame()), ROLL.keeper_in(1920, 1080, WantedFrame(roll_free_deg=3))
        (3.2, 6.0)
        """
        if self.unit == "°":
            return self.keeper - ROLL.free + wanted.roll_free_deg
        limit = wanted.blur_limit_px if self is BLUR else self.keeper
        return limit * limit_scale(width_px, height_px) if self.unit == "px" else limit


BLUR = Limit(
    "blur on the subject",
    "`blur_px`, the radius of the circle of confusion",
    "focus",
    "px",
    0.0,
    2 * SHARP_BLUR_PX,
    "all",
    "0.030 mm on full frame is 0.8 px of 1080p; moving pictures forgive twice that (judgement)",
)
PLACE = Limit(
    "distance from the target position",
    "of the subject's centre, in frame widths and heights",
    "framing",
    "%",
    0.0,
    0.15,
    "card",
    "judgement: half a third of the frame is a position missed",
)
ROLL = Limit("roll", "", "framing", "°", 2.0, 6.0, "all", "judgement: 2° is not noticed, 5° is")
CUT_SIDES = Limit(
    "sides of the frame that cut the subject",
    "of a person, the lower one does not count",
    "framing",
    "",
    0.0,
    1.0,
    "all",
    "a cut is a cut; people are framed to the waist",
)
HEADROOM = Limit(
    "headroom outside the band",
    "the wanted band, else up to a quarter above a person whose feet are not in the frame; in frame heights",
    "framing",
    "%",
    0.0,
    0.10,
    "people",
    "judgement: with the eyes in the upper third of the frame, there is less than that above the head",
)
TOO_SMALL = Limit(
    "how far a person is smaller than a tenth of the frame's height",
    "over that tenth",
    "framing",
    "%",
    0.0,
    0.5,
    "people",
    "judgement: nobody 108 lines high in a frame of 1080 is recognised as the subject",
)
WALKING_OUT = Limit(
    "how far the room ahead of a person is below a tenth of the frame's width",
    "of a person who walks or looks aside, where no lead room is wanted",
    "framing",
    "%",
    0.0,
    0.10,
    "people",
    "judgement",
)
SHOT = Limit("shot scales away from the wanted one", "below", "framing", "", 0.0, 2.0, "drill", "judgement")
LEAD_ROOM = Limit(
    "room ahead beyond the wanted band",
    "of a person who walks or looks aside, in frame widths",
    "framing",
    "%",
    0.0,
    0.15,
    "drill",
    "judgement",
)
MOTION_BLUR = Limit(
    "motion blur during the exposure",
    "`motion_px`; where that is not known, the picture's own in a frame whose `kind` is `moved` or `both`",
    "steadiness",
    "px",
    0.0,
    2 * SHARP_MOTION_PX,
    "all",
    "judgement: motion blur looks about half as soft as a disc of its length",
)
SPEED = Limit(
    "speed of the subject, where motion blur is not known",
    "in frame widths a second; it spoils no keeper",
    "steadiness",
    "%",
    0.0,
    0.35,
    "all",
    "judgement; speed alone is no blur",
)
BRIGHTNESS = Limit(
    "mean brightness outside 25 to 65 %",
    "of the subject",
    "exposure",
    "%",
    0.0,
    0.15,
    "card",
    "the card's paper and ink at correct exposure, a stop either way",
)
WHITE = Limit(
    "share at white", "of the subject; for a person, of the face", "exposure", "%", 0.0, 0.10, "all", "judgement"
)
BLACK = Limit("share at black", "of the subject", "exposure", "%", 0.0, 0.25, "card", "judgement")
FACE_BRIGHTNESS = Limit(
    "mean brightness of a face outside 25 to 75 %",
    "",
    "exposure",
    "%",
    0.0,
    0.10,
    "people",
    "light and dark skin at correct exposure, half a stop either way",
)
NO_HIGHLIGHTS = Limit(
    "how far the brightest hundredth of the picture is below 70 % of white",
    "where no face shows the exposure",
    "exposure",
    "%",
    0.0,
    0.25,
    "people",
    "judgement: a picture whose lightest parts are two stops below white is dark",
)
PICTURE_WHITE = Limit(
    "share of the whole picture at white",
    "where no face shows the exposure; a tenth may be sky or windows",
    "exposure",
    "%",
    0.10,
    0.30,
    "people",
    "judgement",
)
JOINT_CUT = Limit(
    "how sure it is that the frame cuts a person at a joint", "", None, "%", 0.5, 0.0, "people", "likelier than not"
)
DISTANCE = Limit(
    "distance off the drill's, less its standard deviation",
    "over the distance asked for",
    None,
    "%",
    0.10,
    0.0,
    "drill",
    "judgement: a span of the hand at two metres",
)
SKEW = Limit(
    "rolling-shutter skew",
    "where the body's readout is known",
    None,
    "°",
    ROLL.free,
    0.0,
    "all",
    "as much as is free for roll",
)

LIMITS: tuple[Limit, ...] = (
    *(BLUR, PLACE, ROLL, CUT_SIDES, HEADROOM, TOO_SMALL, WALKING_OUT, SHOT, LEAD_ROOM),
    *(MOTION_BLUR, SPEED, BRIGHTNESS, WHITE, BLACK, FACE_BRIGHTNESS, NO_HIGHLIGHTS, PICTURE_WHITE),
    *(JOINT_CUT, DISTANCE, SKEW),
)

BRIGHTNESS_BAND = (0.25, 0.65)
FACE_BRIGHTNESS_BAND = (0.25, 0.75)
LEAST_HIGHLIGHT = 0.70
SMALLEST_PERSON = 0.10
"""Of the frame's height."""
LEAST_ROOM_AHEAD = 0.10
"""Of the frame's width."""
MOST_HEADROOM = 0.25
"""Above somebody of whom the frame shows but a part; a whole figure may stand anywhere."""

FEWEST_MEASURED = 1 / 3
"""Share of a clip's frames that must have been measured for an overall score; below it two frames are unknown for every
one that is known, and a mean of the few speaks for none of the rest."""

CEILING, PER_KEEPER = 50.0, 60.0
"""A clip scores at most 50, and 60 more times its share of keepers: 80 with half of them, 100 from five sixths on."""


def halving(*faults: float) -> float:
    """Return the score of faults, each given as a multiple of the fault that halves a score.

    >>> halving(0.0), halving(1.0), round(halving(0.5), 1), halving(1.0, 1.0)
    (100.0, 50.0, 84.1, 25.0)
    """
    return float(100.0 * 2.0 ** -sum(fault**2 for fault in faults))


def table() -> str:
    """Return the limits as a table in Markdown, for the documentation."""
    rows = ["| score | fault | counts for | free | half | a keeper's limit | why |", "|---|---|---|---|---|---|---|"]
    for each in LIMITS:
        fault = f"{each.name} ({each.detail})" if each.detail else each.name
        free = each.shown(each.free) if each.free else ""
        costs = (each.shown(each.half), each.shown(each.keeper)) if each.score else ("", "any")
        rows.append(f"| {' | '.join((each.score or 'none, reported', fault, each.of, free, *costs, each.why))} |")
    return "\n".join(rows)
