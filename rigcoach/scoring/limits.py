"""What a frame may have of each fault: one table, which scores, rules, charts and documentation read.

Every score has the same shape. A fault of size x scores ``100 * 2 ** -(x / half) ** 2``, x being how far the measure is
beyond what is free: no fault is 100, a fault of `half` is 50, and a keeper has no fault of more than half of `half`
(there it scores 84).
"""

import math
from dataclasses import dataclass
from typing import Literal

KEEPER_SHARE = 0.5
"""Of what halves a score: a keeper's limit."""

_FULL_HD_DIAGONAL_PX = math.hypot(1920, 1080)


@dataclass(frozen=True, slots=True)
class Limit:
    """One measure's limits.

    Attributes
    ----------
    score
        The score that it counts for.
    measure
        What is measured, as the documentation says it.
    unit
        "px", "°", "%" of 1, or "" for a count.
    free
        What costs nothing: the measure up to here.
    half
        So much beyond it halves the score.
    of
        Whose it is: "all", "card" (and whatever else has its place wanted), "people", or "drill" where only a drill or
        an option wants it.
    why
        Where the numbers come from; "judgement" where they are ours.
    """

    score: Literal["focus", "framing", "steadiness", "exposure"]
    measure: str
    unit: Literal["px", "°", "%", ""]
    free: float
    half: float
    of: Literal["all", "card", "people", "drill"]
    why: str

    @property
    def keeper(self) -> float:
        """How much a keeper may have of the measure."""
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


BLUR = Limit(
    "focus",
    "`blur_px`, the radius of the circle of confusion on the subject",
    "px",
    0.0,
    3.2,
    "all",
    "0.030 mm on full frame is 0.8 px of 1080p; moving pictures forgive twice that (judgement)",
)
PLACE = Limit(
    "framing",
    "distance of the subject's centre from the wanted place, in frame widths and heights",
    "%",
    0.0,
    0.15,
    "card",
    "judgement: half a third of the frame is a place missed",
)
ROLL = Limit("framing", "roll", "°", 2.0, 6.0, "all", "judgement: 2° is not seen, 5° is")
CUT_SIDES = Limit(
    "framing",
    "sides of the frame that cut the subject; of a person not the lower one",
    "",
    0.0,
    1.0,
    "all",
    "a cut is a cut; people are framed to the waist",
)
HEADROOM = Limit(
    "framing", "room above a person beyond the band, in frame heights", "%", 0.0, 0.10, "people", "judgement"
)
TOO_SMALL = Limit(
    "framing",
    "a person smaller than a tenth of the frame's height, in such tenths",
    "",
    0.0,
    0.5,
    "people",
    "judgement: of 108 lines of 1080 nobody is recognised as the subject",
)
LEAD_ROOM = Limit(
    "framing",
    "room ahead of a person who walks or looks aside, beyond the band, in frame widths",
    "%",
    0.0,
    0.15,
    "drill",
    "judgement",
)
WALKING_OUT = Limit(
    "framing",
    "a person who walks out of the frame: how far the room ahead is below a tenth of the width",
    "%",
    0.0,
    0.10,
    "people",
    "judgement",
)
SHOT = Limit("framing", "shot scales away from the wanted one (below)", "", 0.0, 2.0, "drill", "judgement")
MOTION_BLUR = Limit(
    "steadiness",
    "`motion_px`, the smear during one exposure, where it is known",
    "px",
    0.0,
    6.0,
    "all",
    "judgement: a smear looks about half as soft as a disc of its length",
)
SPEED = Limit(
    "steadiness",
    "else the speed of the picture from frame to frame, which spoils no keeper",
    "%",
    0.0,
    0.35,
    "all",
    "judgement; speed alone is no blur",
)
BRIGHTNESS = Limit(
    "exposure",
    "mean brightness of the subject outside 25 to 65 %",
    "%",
    0.0,
    0.15,
    "card",
    "the card's paper and ink at a right exposure, a stop either way",
)
FACE_BRIGHTNESS = Limit(
    "exposure",
    "mean brightness of a face outside 25 to 75 %",
    "%",
    0.0,
    0.10,
    "people",
    "light and dark skin at a right exposure, half a stop either way",
)
NO_HIGHLIGHTS = Limit(
    "exposure",
    "where no face tells it: how far the brightest hundredth of the picture stays below 70 % of white",
    "%",
    0.0,
    0.25,
    "people",
    "judgement: a picture whose lightest parts lie two stops below white is dark",
)
WHITE = Limit("exposure", "share of the subject at white; of a person, of the face", "%", 0.0, 0.10, "all", "judgement")
PICTURE_WHITE = Limit(
    "exposure",
    "where no face tells it: share of the whole picture at white, beyond a tenth (sky, windows)",
    "%",
    0.10,
    0.30,
    "people",
    "judgement",
)
BLACK = Limit("exposure", "share of the subject at black", "%", 0.0, 0.25, "card", "judgement")

LIMITS: tuple[Limit, ...] = (
    *(BLUR, PLACE, ROLL, CUT_SIDES, HEADROOM, TOO_SMALL, WALKING_OUT, SHOT, LEAD_ROOM),
    *(MOTION_BLUR, SPEED, BRIGHTNESS, WHITE, BLACK, FACE_BRIGHTNESS, NO_HIGHLIGHTS, PICTURE_WHITE),
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


def px_scale(width_px: int, height_px: int) -> float:
    """Return by what a limit in pixels grows in a frame of a size.

    By its diagonal above 1080p, so that a portrait frame is judged as a landscape one; in smaller frames not at all: a
    blur that a recording of so few pixels cannot show is none.

    >>> px_scale(1920, 1080), px_scale(1080, 1920), px_scale(640, 480), px_scale(3840, 2160)
    (1.0, 1.0, 1.0, 2.0)
    """
    return max(1.0, math.hypot(width_px, height_px) / _FULL_HD_DIAGONAL_PX)


def halving(*faults: float) -> float:
    """Return the score of faults, each given as a multiple of the fault that halves a score.

    >>> halving(0.0), halving(1.0), round(halving(0.5), 1), halving(1.0, 1.0)
    (100.0, 50.0, 84.1, 25.0)
    """
    return float(100.0 * 2.0 ** -sum(fault**2 for fault in faults))


def table() -> str:
    """Return the limits as a table in Markdown, for the documentation."""
    rows = ["| score | fault | of | free | half | a keeper has at most | why |", "|---|---|---|---|---|---|---|"]
    for each in LIMITS:
        free = each.shown(each.free) if each.free else ""
        cells = (each.score, each.measure, each.of, free, each.shown(each.half), each.shown(each.keeper), each.why)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
