"""A study that anyone can run: schedules of feedback compared over a few people, by starts that are drawn by lot.

The design is a multiple baseline across people: everybody begins without feedback, and at a session that is drawn by
lot the feedback of an arm begins. The analysis is a randomisation test on those starts (Bouwmeester and Jongerling,
"Power of a randomization test in a single case multiple baseline AB design", PLOS ONE 15(2), 2020, e0228355): had
feedback no effect, the scores would be what they are wherever it began. It is fixed before the first session, and
stands in every session's file.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from statistics import fmean

from rigcoach.base.errors import RigcoachError
from rigcoach.drills.files import checked_name
from rigcoach.drills.model import FEEDBACKS, Drill
from rigcoach.journal.learning import difference_of_means
from rigcoach.journal.session import Schedule, StudyPlace
from rigcoach.practice.session_plan import SessionPlan, shuffle

SCHEMA = "rigcoach.study/1"
FEWEST_BEFORE, FEWEST_AFTER = 3, 3
FEWEST_IN_AN_ARM = 2
"""People: with one, an arm has no spread, and its difference from another no interval."""

BASELINE = "none"
"""The feedback before a person's start."""

DRAWS = 2000
LEVEL = 0.05
ANALYSIS = (
    "Outcome: the mean overall score of each session, a person's sessions in order. Effect: over the people, the mean "
    "difference between the sessions from the start on and those before it. Test: the start of every person drawn anew "
    f"by the same lot {DRAWS} times; p is the share of draws with an effect as large. An effect is claimed where p is "
    f"below {LEVEL:g}. Arms are compared by the difference of their effects and its interval, never by p alone. A "
    "session of which fewer than half of the takes could be measured is run again."
)
"""Fixed before the first session."""


class StudyError(RigcoachError):
    """A study that is not there, or cannot be."""

    code = "study.unusable"


@dataclass(frozen=True, slots=True)
class Participant:
    """A person: the arm, and the session, from 1, from which on its feedback is given. Neither is shown to them."""

    arm: str
    start: int


@dataclass(frozen=True, slots=True)
class Study:
    """A study as it was drawn.

    Attributes
    ----------
    name, drill
        What it is called, and what everybody rehearses.
    arms
        The schedules of feedback that are compared.
    sessions
        How many sessions each person has.
    seed
        What arms and starts were drawn with.
    drawn_at
        When.
    people
        By their numbers, from 1.
    analysis
        What will be done with the results.
    """

    name: str
    drill: str
    arms: tuple[str, ...]
    sessions: int
    seed: int
    drawn_at: datetime
    people: tuple[Participant, ...]
    analysis: str = ANALYSIS
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class ArmDifference:
    """By how many points an arm's mean effect is larger than another's, and half the width of its 95 % interval."""

    arm: str
    than: str
    points: float
    half_width: float

    @property
    def sentence(self) -> str:
        """It in words.

        >>> ArmDifference("every", "bandwidth", -3.2, 11.6).sentence
        'every less bandwidth: -3 ± 12 points'
        """
        return f"{self.arm} less {self.than}: {self.points:+.0f} ± {self.half_width:.0f} points"


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study showed.

    Attributes
    ----------
    people
        How many have sessions on both sides of their start.
    effect
        The mean difference from the start on, in points; None with nobody.
    p
        Of the randomisation test.
    by_arm
        The mean effect of each arm.
    between
        How the effects of arms differ; without those of which too few people are there for an interval.
    """

    people: int
    effect: float | None
    p: float | None
    by_arm: dict[str, float]
    between: tuple["ArmDifference", ...] = ()

    @property
    def claimed(self) -> bool:
        """Whether an effect may be claimed."""
        return self.p is not None and self.p < LEVEL and (self.effect or 0.0) > 0

    @property
    def sentence(self) -> str:
        """It in words.

        >>> StudyResult(6, 9.6, 0.02, {}).sentence
        'better by 10 points from the start on, over 6 people; p = 0.020: an effect'
        """
        if self.effect is None or self.p is None:
            return "nobody has sessions on both sides of their start yet"
        way = "better" if self.effect >= 0 else "worse"
        verdict = "an effect" if self.claimed else "within what chance does"
        return (
            f"{way} by {abs(self.effect):.0f} points from the start on, over {self.people} people; "
            f"p = {self.p:.3f}: {verdict}"
        )


def draw_study(
    name: str, drill: str, arms: Sequence[str], people: int, sessions: int, seed: int, now: datetime
) -> Study:
    """Draw arms and starts. Arms are as even as the number of people lets them be.

    Raises
    ------
    StudyError
        Where it could not be analysed: an arm that is no feedback, too few people or sessions.
    """
    wrong = [arm for arm in arms if arm not in FEEDBACKS or arm == BASELINE]
    if wrong or not arms or len(set(arms)) != len(arms):
        raise StudyError(
            f"the arms of {name} cannot be {', '.join(arms) or 'none'}",
            why=f"an arm is one of {', '.join(each for each in FEEDBACKS if each != BASELINE)}, each once",
            code="study.arms",
        )
    fewest = FEWEST_BEFORE + FEWEST_AFTER + 2
    if people < len(arms) or sessions < fewest:
        raise StudyError(
            f"{name} is too small",
            why=f"it needs a person for each arm and {fewest} sessions for each person",
            code="study.too-small",
        )
    draws = _possible_draws(people, sessions)
    if draws * LEVEL <= 1:
        raise StudyError(
            f"{name} is too small to show anything",
            why=f"there are {draws} ways to draw its starts, so that p is never below 1 in {draws}",
            next_step="Take more people, or more --sessions",
            code="study.too-small",
        )
    lot = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    by_arm = [arms[number % len(arms)] for number in range(people)]
    lot.shuffle(by_arm)
    starts = _draw_starts(people, sessions, lot)
    drawn = tuple(Participant(arm, start) for arm, start in zip(by_arm, starts, strict=True))
    return Study(checked_name(name, "study"), drill, tuple(arms), sessions, seed, now, drawn)


def feedback_of(study: Study, person: int, number: int) -> str:
    """Return the feedback of a person's session, by its number from 1."""
    chosen = study.people[person - 1]
    return chosen.arm if number >= chosen.start else BASELINE


def next_place(study: Study, person: int, done: int) -> StudyPlace:
    """Return where a person's next session stands in the study.

    Raises
    ------
    StudyError
        Where there is no such person, or all their sessions are done.
    """
    if not 1 <= person <= len(study.people):
        raise StudyError(
            f"{study.name} has no person {person}", why=f"it has {len(study.people)}", code="study.no-person"
        )
    if done >= study.sessions:
        raise StudyError(
            f"person {person} has done all {study.sessions} sessions",
            next_step=f"See what came of it: rigcoach study export {study.name}",
            code="study.over",
        )
    return StudyPlace(study.name, person, done + 1, study.analysis)


def study_plan(study: Study, place: StudyPlace, drill: Drill) -> SessionPlan:
    """Return a person's session: takes shuffled alike for everybody, with the feedback whose turn it is."""
    feedback = feedback_of(study, place.person, place.number)
    seed = study.seed + place.number
    schedule = Schedule(feedback=feedback, order="shuffled", seed=seed)
    return SessionPlan(shuffle(drill.stations, seed), "", schedule)


def analyse_study(study: Study, outcomes: Mapping[int, Sequence[float]], *, seed: int = 0) -> StudyResult:
    """Return what a study showed, as it was fixed beforehand.

    Parameters
    ----------
    study
        As it was drawn.
    outcomes
        The mean scores of each person's sessions in order, by the person's number.
    seed
        Of the draws.
    """
    series = {
        person: values
        for person, values in outcomes.items()
        if values and study.people[person - 1].start <= len(values)
    }
    if not series:
        return StudyResult(0, None, None, {})
    effects = {person: _effect(values, study.people[person - 1].start) for person, values in series.items()}
    effect = fmean(effects.values())
    lot = random.Random(seed)  # noqa: S311 - draws that can be repeated
    as_large = 0
    for _ in range(DRAWS):
        starts = _draw_starts(len(study.people), study.sessions, lot)
        drawn = [_effect(values, min(starts[person - 1], len(values))) for person, values in series.items()]
        as_large += fmean(drawn) >= effect - 1e-9
    arms = {
        arm: of_arm
        for arm in study.arms
        if (of_arm := [value for person, value in effects.items() if study.people[person - 1].arm == arm])
    }
    by_arm = {arm: fmean(of_arm) for arm, of_arm in arms.items()}
    return StudyResult(len(series), effect, (as_large + 1) / (DRAWS + 1), by_arm, tuple(_between(arms)))


def _between(arms: Mapping[str, Sequence[float]]) -> Iterator[ArmDifference]:
    for than, arm in combinations(arms, 2):
        if min(len(arms[than]), len(arms[arm])) >= FEWEST_IN_AN_ARM:
            yield ArmDifference(arm, than, *difference_of_means(arms[than], arms[arm]))


def _effect(values: Sequence[float], start: int) -> float:
    return fmean(values[start - 1 :]) - fmean(values[: start - 1])


def _possible_draws(people: int, sessions: int) -> int:
    """Return how many ways there are to draw everybody's start."""
    starts = sessions - FEWEST_BEFORE - FEWEST_AFTER + 1
    rounds, left = divmod(people, starts)
    return int(math.factorial(starts) ** rounds) * math.perm(starts, left)


def _draw_starts(people: int, sessions: int, lot: random.Random) -> list[int]:
    """Draw everybody's start: as far apart from one another as the sessions let them be, then at random."""
    possible = list(range(FEWEST_BEFORE + 1, sessions - FEWEST_AFTER + 2))
    starts: list[int] = []
    while len(starts) < people:
        round_of = possible[:]
        lot.shuffle(round_of)
        starts += round_of
    return starts[:people]
