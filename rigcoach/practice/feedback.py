"""When something is said of a take that was scored, and what: feedback is part of a drill.

What is known of it stands in ``docs/drills.md``. Whatever the schedule, a session's last takes are silent: they show
what is left without it.
"""

import math
from dataclasses import dataclass

from rigcoach.drills.model import FEEDBACKS, Drill
from rigcoach.journal.pass_rules import pass_rules
from rigcoach.journal.session import Take
from rigcoach.practice.open_session import format_result
from rigcoach.practice.take_score import TakeResult

FADED_SHARE = 0.6
"""Of the takes of a session with faded feedback, once the drill is known."""

SILENT_SHARE = 0.2
"""Of a session's takes, at its end, of which nothing is said; one take at least, where there are three or more."""

_FADING = 1.6  # told takes lie so much the farther apart, the later; 1 would space them evenly


@dataclass(frozen=True, slots=True)
class FeedbackPolicy:
    """When something is said in a session.

    Attributes
    ----------
    schedule
        One of `FEEDBACKS`: "every" take; "bandwidth", only outside the drill's limits; "faded", of all takes in a
        drill's first session and then of about 60 %, ever fewer; "summary", at the end; "none", not even then.
    takes
        How many takes the session has.
    first_session
        Whether the drill is new to the photographer.
    """

    schedule: str
    takes: int
    first_session: bool = False

    def __post_init__(self) -> None:
        if self.schedule not in FEEDBACKS:
            raise ValueError(f"{self.schedule!r} is none of {', '.join(FEEDBACKS)}")

    @property
    def silent_from(self) -> int:
        """The number of the first take of the silent close.

        >>> FeedbackPolicy("every", 10).silent_from, FeedbackPolicy("every", 2).silent_from
        (9, 3)
        """
        silent = max(1, round(SILENT_SHARE * self.takes)) if self.takes >= 3 else 0
        return self.takes - silent + 1

    def tells(self, number: int, *, inside: bool) -> bool:
        """Return whether something is said of a take, by its number and whether it is inside the drill's limits.

        >>> policy = FeedbackPolicy("faded", 10)
        >>> [number for number in range(1, 11) if policy.tells(number, inside=False)]
        [1, 2, 3, 4, 6, 8]
        """
        if number >= self.silent_from or self.schedule in ("summary", "none"):
            return False
        if self.schedule == "bandwidth":
            return not inside
        if self.schedule == "faded" and not self.first_session:
            return number in self._faded
        return True

    @property
    def _faded(self) -> frozenset[int]:
        """The takes that are told of: 60 % as far as the silent close lets them be, ever farther apart."""
        told = self.silent_from - 1
        count = min(told, math.ceil(FADED_SHARE * self.takes))
        if count < 2:
            return frozenset(range(1, count + 1))
        places = [1 + (told - 1) * (i / (count - 1)) ** _FADING for i in range(count)]
        numbers: list[int] = []
        for i, place in enumerate(places):
            # One after the other, and room for those that are to come.
            after = numbers[-1] + 1 if numbers else 1
            numbers.append(min(max(after, round(place)), told - (count - 1 - i)))
        return frozenset(numbers)


def inside_limits(drill: Drill, take: Take) -> bool:
    """Return whether a take misses none of what its drill asks for: of such a one bandwidth feedback says nothing."""
    return all(rule.met is not False for rule in pass_rules(drill, (take,)))


def feedback_text(drill: Drill, take: Take, outcome: TakeResult, schedule: str) -> str:
    """Return what is said of a take: with bandwidth feedback the one cause, else the result.

    A take that has no score is told of as that, whatever the schedule.
    """
    score = outcome.score
    if schedule != "bandwidth" or score is None or score.overall is None:
        return format_result(outcome)
    cause = next((fault.short for fault in score.faults if fault.short), "")
    missed = next((rule for rule in pass_rules(drill, (take,)) if rule.met is False), None)
    if not cause and missed is not None:
        cause = missed.measured
    return f"Take {outcome.take}: {cause}" if cause else format_result(outcome)
