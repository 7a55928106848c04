"""The table of skills: where each stands, how it changed, its last test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rigcoach.journal.index import Log, SessionRow
from rigcoach.journal.learning import Gain, gain_text, measure_text
from rigcoach.journal.skills import SkillStanding, skill_standings
from rigcoach.report.trend_charts import day, when


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill in the table, all as text; `better` where a change is likely real: whether for the better."""

    name: str
    measure: str
    now: str
    change: str
    better: bool | None
    drill: str
    last_test: str


def skill_lines(log: Log, sessions: Sequence[SessionRow]) -> tuple[SkillLine, ...]:
    """Return a line for each skill, over these sessions of a journal."""
    ids = {row.id for row in sessions}
    takes = tuple(take for take in log.takes if take.session_id in ids)
    return tuple(map(_line, skill_standings(replace(log, sessions=tuple(sessions), takes=takes))))


def _line(of: SkillStanding) -> SkillLine:
    skill = of.skill
    if of.now is None or of.change is None:
        return SkillLine(skill.name, skill.measure, "not measured yet", "", None, "", "–")
    error = "" if of.now.half_width is None else f" ± {measure_text(of.now.half_width, skill.unit)}"
    tested = "–"
    if of.last_test is not None:
        value, row = of.last_test
        which = f"day {row.test_day}" if row.test_day is not None else row.drill
        tested = f"{measure_text(value, skill.unit)}, {which}, {day(when(row))}"
    better = of.change.better_by > 0 if isinstance(of.change, Gain) and of.change.likely_real else None
    change = gain_text(of.change, skill.unit)
    return SkillLine(
        skill.name, skill.measure, f"{measure_text(of.now.mean, skill.unit)}{error}", change, better, of.drill, tested
    )
