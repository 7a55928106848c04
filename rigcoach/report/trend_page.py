"""The report of all sessions: how practice went over time, drill by drill, and what is best so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from rigcoach.base.percent import percent
from rigcoach.journal.due import RetentionTest, TestState, retention_tests
from rigcoach.journal.folder import JournalError, now
from rigcoach.journal.index import Log, SessionRow
from rigcoach.journal.learning import Gain, gain_text
from rigcoach.journal.progress import NextDrill, Weakness, passes_in_a_row
from rigcoach.journal.trend import Series, Trend, trend
from rigcoach.report.page import ALONE, PageFrame, render
from rigcoach.report.session_page import cause, latest_takes
from rigcoach.report.skill_lines import skill_lines
from rigcoach.report.trend_charts import MOST_DRILLS, day, trend_charts, when
from rigcoach.report.wheel import wheel

# Rows of the table of changes: so many of a drill, so many in all.
_OF_A_DRILL, _MOST_CHANGES = 2, 6
_LAST_SESSIONS = 15


@dataclass(frozen=True, slots=True)
class Change:
    """A measure of a drill that changed, likely for real: its means before and now, from 0 to 100, and in words."""

    drill: str
    measure: str
    before: float
    now: float
    told: str

    @property
    def by(self) -> float:
        """By how many points it went up."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Best:
    """A best value as text, when it was, and whether it is of the drill's last session."""

    value: str
    day: str
    new: bool


@dataclass(frozen=True, slots=True)
class DrillLine:
    """A drill in the table of bests: how many sessions count, its bests, and how often it was passed in a row."""

    drill: str
    sessions: int
    bests: tuple[Best, ...]
    best_take: str
    passes: int


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in the table of the last ones."""

    day: str
    drill: str
    takes: str
    overall: str
    keepers: str
    verdict: str


def trend_page(
    log: Log,
    *,
    drill: str | None = None,
    rig: str | None = None,
    following: NextDrill | None,
    weak: Sequence[Weakness],
    emulated: bool = False,
    frame: PageFrame = ALONE,
) -> str:
    """Return the page of a journal.

    Parameters
    ----------
    log
        All sessions and takes.
    drill, rig
        Of this drill, or with this rig, only, as in `trend`.
    following, weak
        What to rehearse next, and where takes are weakest.
    emulated
        Whether the journal is the emulator's; the page says so.
    frame
        Its language, and where it leads back to.

    Raises
    ------
    JournalError
        No session of that kind counts and was scored.
    """
    drawn = trend(log.sessions, drill=drill, rig=rig)
    if not drawn.sessions:
        raise JournalError(
            "there is nothing to report yet",
            why="no session of that kind counts and was scored" if drill or rig else "no session was scored",
            next_step="See `rigcoach log`, or rehearse: `rigcoach drill list`",
            code="journal.nothing-to-report",
        )
    trends = drawn.by_drill
    drills = tuple(trends)
    found = changes(trends)
    ids = tuple(row.id for row in drawn.sessions)
    return render(
        "trend.html.j2",
        trend_charts(drawn.sessions),
        frame=frame,
        of=", ".join(part for part in (drill, rig) if part),
        headline=_headline(found),
        scope=_scope(drawn, len(drills)),
        changes=_shown_changes(found),
        following=following,
        emulated=emulated,
        skills=skill_lines(log, drawn.sessions),
        tests=_waiting_tests(drawn.sessions),
        weak=[weakness.sentence for weakness in weak],
        measures=[series.name for series in drawn.series],
        lines=tuple(_drill_line(log, drawn, trends[name]) for name in drills),
        sessions=tuple(_session_line(row) for row in reversed(drawn.sessions[-_LAST_SESSIONS:])),
        left_out=max(0, len(drills) - MOST_DRILLS),
        wheel=wheel(cause(score) for score in latest_takes(ids)),
    )


def changes(trends: dict[str, Trend]) -> tuple[Change, ...]:
    """Return the measures of drills that changed, likely for real, those that changed most first."""
    found = [
        Change(drill, series.name, gain.before, gain.after, gain_text(gain))
        for drill, of in trends.items()
        for series in of.series
        if isinstance(gain := series.gain, Gain) and gain.likely_real
    ]
    return tuple(sorted(found, key=lambda change: -abs(change.by)))


def _waiting_tests(sessions: Sequence[SessionRow]) -> tuple[RetentionTest, ...]:
    """Return the tests that are due, and those to come."""
    tests = retention_tests(sessions, now().date())
    return tuple(test for test in tests if test.state in (TestState.DUE, TestState.COMING))


def _shown_changes(found: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes for the table; one drill alone does not fill it."""
    told: list[Change] = []
    for change in found:
        if len(told) < _MOST_CHANGES and sum(each.drill == change.drill for each in told) < _OF_A_DRILL:
            told.append(change)
    return tuple(told)


def _headline(found: tuple[Change, ...]) -> str:
    if not found:
        return "Practice over time"
    most = found[0]
    return f"Changed most: {most.measure} in {most.drill}, {'up' if most.by > 0 else 'down'} by {abs(most.by):.0f}"


def _scope(drawn: Trend, drills: int) -> str:
    count, takes = len(drawn.sessions), sum(row.scored for row in drawn.sessions)
    first, last = (day(when(drawn.sessions[at])) for at in (0, -1))
    parts = ((count, "session"), (takes, "take"), (drills, "drill"))
    told = (f"{number} {name}{'' if number == 1 else 's'}" for number, name in parts)
    days = first if first == last else f"{first} to {last}"
    return f"{' · '.join(told)} · {days}"


def _drill_line(log: Log, drawn: Trend, of: Trend) -> DrillLine:
    name = of.sessions[0].drill
    ids = {row.id for row in of.sessions}
    takes = [take.overall for take in log.takes if take.session_id in ids and take.overall is not None]
    return DrillLine(
        name,
        len(of.sessions),
        tuple(_best(series, of.sessions) for series in of.series),
        f"{max(takes):.0f}" if takes else "–",
        passes_in_a_row(drawn.sessions, name),
    )


def _best(series: Series, sessions: Sequence[SessionRow]) -> Best:
    if not series.points:
        return Best("–", "", new=False)
    number, value = max(series.points, key=lambda point: point[1])
    # The only session's best is no record.
    new = number == len(sessions) - 1 and len(series.points) > 1
    unit = " %" if series.name == "keepers" else ""
    return Best(f"{value:.0f}{unit}", day(when(sessions[number])), new)


def _session_line(row: SessionRow) -> SessionLine:
    spread = "" if row.spread is None else f" ± {row.spread:.0f}"
    return SessionLine(
        day(when(row)),
        row.drill,
        f"{row.scored} of {row.planned}",
        "–" if row.overall is None else f"{row.overall:.0f}{spread}",
        "–" if row.keeper_ratio is None else percent(row.keeper_ratio),
        {True: "passed", False: "not passed", None: "–"}[row.passed],
    )
