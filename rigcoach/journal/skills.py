"""What is learnt: place, roll, distance, focus, steadiness, exposure and one's own judgement, over the sessions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rigcoach.journal.index import Log, SessionRow, TakeRow
from rigcoach.journal.known_mean import known_mean
from rigcoach.journal.learning import Gain, Level, StillNeeded, gain, level
from rigcoach.journal.reliability import LEAST_CHANGE


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its name, what is measured of it in a take, in which unit, and whether less of that is better."""

    name: str
    measure: str
    unit: str
    lower_is_better: bool
    of_take: Callable[[TakeRow], float | None]


@dataclass(frozen=True, slots=True)
class SkillStanding:
    """How a skill stands.

    Attributes
    ----------
    skill
        Which one.
    now
        The level of its last sessions; None where it was never measured.
    drill
        The drill whose sessions the change is over: drills differ, so they are never mixed.
    change
        By how much it got better, or how many sessions are needed to tell; None where it was never measured.
    last_test
        Its value in the last test without feedback, and the session; None where there was none.
    """

    skill: Skill
    now: Level | None
    drill: str
    change: Gain | StillNeeded | None
    last_test: tuple[float, SessionRow] | None


def _place(take: TakeRow) -> float | None:
    if take.offset_x is None or take.offset_y is None:
        return None
    return float(100 * (take.offset_x**2 + take.offset_y**2) ** 0.5)


def _size(value: float | None, factor: float = 1.0) -> float | None:
    return None if value is None else factor * abs(value)


SKILLS = (
    Skill("place", "from the target position", " %", True, _place),
    Skill("roll", "off level", "°", True, lambda take: _size(take.roll_deg)),
    Skill("distance", "off the distance asked for", " %", True, lambda take: _size(take.distance_off, 100.0)),
    Skill("focus", "blur radius", " px", True, lambda take: take.blur_px),
    Skill("steadiness", "score", "", False, lambda take: take.steadiness),
    Skill("exposure", "score", "", False, lambda take: take.exposure),
    Skill("self-judgement", "of what was guessed is right", " %", False, lambda take: _size(take.judged_right, 100.0)),
)
"""All that is kept of a take and can be learnt."""


def session_values(log: Log, skill: Skill, drill: str) -> tuple[tuple[SessionRow, float], ...]:
    """Return the mean of a skill in each session of a drill, the oldest first; transfer takes are left out."""
    by_session = _takes_by_session(log.takes)
    found = []
    for row in log.sessions:
        if row.drill == drill:
            value = known_mean(skill.of_take(take) for take in by_session[row.id] if not take.transfer)
            if value is not None:
                found.append((row, value))
    return tuple(found)


def skill_standings(log: Log, drill: str | None = None) -> tuple[SkillStanding, ...]:
    """Return how every skill stands, of one drill or of the one with the most sessions in which it was measured.

    Parameters
    ----------
    log
        With only what counts in it: `rigcoach.journal.counted`.
    drill
        Of this drill only.
    """
    drills = sorted({row.drill for row in log.sessions if drill in (None, row.drill)})
    return tuple(_standing(log, skill, drills) for skill in SKILLS)


def _standing(log: Log, skill: Skill, drills: Sequence[str]) -> SkillStanding:
    of_drills = {name: session_values(log, skill, name) for name in drills}
    most = max(of_drills, key=lambda name: len(of_drills[name]), default="")
    values = of_drills.get(most, ())
    if not values:
        return SkillStanding(skill, None, "", None, None)
    numbers = [value for _, value in values]
    tests = [
        (value, row) for each in of_drills.values() for row, value in each if row.purpose in ("retention", "fixed")
    ]
    return SkillStanding(
        skill,
        level(numbers),
        most,
        gain(numbers, lower_is_better=skill.lower_is_better, least_change=LEAST_CHANGE.get(skill.name, 0.0)),
        max(tests, key=lambda test: test[1].started_at, default=None),
    )


def _takes_by_session(takes: Iterable[TakeRow]) -> dict[str, list[TakeRow]]:
    found: dict[str, list[TakeRow]] = defaultdict(list)
    for take in takes:
        found[take.session_id].append(take)
    return found
