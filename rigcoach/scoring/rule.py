"""What a rule of coaching is; all of them are in `rigcoach.scoring.rules`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.percent import percent
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
