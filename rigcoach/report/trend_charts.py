"""A journal's sessions over time as charts: a line for each drill."""

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean

from rigcoach.journal.index import SessionRow
from rigcoach.journal.trend import SERIES
from rigcoach.report.charts import DASHES, Chart, Line, Row, Values

COLOURS = 8
"""Of the page's palette."""

# More lines than these can't be told apart.
MOST_DRILLS = 10
# A table has a row for each session, or, of more than these, for each month.
_MOST_ROWS = 40


def trend_charts(sessions: Sequence[SessionRow]) -> tuple[Chart, ...]:
    """Return a chart for each score and the keepers, with a line for each of the drills practised most.

    Parameters
    ----------
    sessions
        The oldest first; of fewer than two there is nothing to draw.
    """
    if len(sessions) < 2:
        return ()
    drills = drawn_drills(sessions)
    charts = (_chart(sessions, drills, *of) for of in SERIES)
    return tuple(chart for chart in charts if any(v is not None for line in chart.lines for v in line.values))


def drawn_drills(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    """Return the drills practised most, by name."""
    practised = [row.drill for row in sessions]
    return tuple(sorted(sorted(set(practised), key=lambda name: (-practised.count(name), name))[:MOST_DRILLS]))


def when(row: SessionRow) -> datetime:
    """Return when a session began, in the computer's time zone."""
    return datetime.fromisoformat(row.started_at).astimezone()


def day(time: datetime) -> str:
    """Return a day as it is told.

    >>> day(datetime(2026, 3, 1))
    '1 Mar 2026'
    """
    return f"{time.day} {time:%b %Y}"


def _chart(sessions: Sequence[SessionRow], drills: tuple[str, ...], name: str, column: str, to_percent: float) -> Chart:
    lines = tuple(
        Line(
            drill,
            _values(sessions, drill, column, to_percent),
            colour=i % COLOURS,
            dash=DASHES[i % len(DASHES)],
            digits=0,
        )
        for i, drill in enumerate(drills)
    )
    unit = "%" if name == "keepers" else ""
    what = "The share of keepers" if unit else f"The mean {name} score"
    says = f"{what} of each session, from 0 to 100; {_told(lines)}."
    at = tuple(round(when(row).timestamp(), 3) for row in sessions)
    return Chart(
        name, name.capitalize(), unit, says, at, lines, _rows(sessions, lines), low=0.0, high=100.0, axis="date"
    )


def _values(sessions: Sequence[SessionRow], drill: str, column: str, to_percent: float) -> Values:
    values = (getattr(row, column) if row.drill == drill else None for row in sessions)
    return tuple(None if value is None else round(to_percent * value, 2) for value in values)


def _told(lines: tuple[Line, ...]) -> str:
    """Return from where to where each line goes, for those who don't see it."""
    told = []
    for line in lines:
        known = [value for value in line.values if value is not None]
        if len(known) > 1:
            told.append(f"{line.label} from {known[0]:.0f} to {known[-1]:.0f}")
        elif known:
            told.append(f"{line.label} {known[0]:.0f}")
    return ", ".join(told) or "none is known"


def _rows(sessions: Sequence[SessionRow], lines: tuple[Line, ...]) -> tuple[Row, ...]:
    by_month = len(sessions) > _MOST_ROWS
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(sessions):
        label = f"{when(row):%b %Y}" if by_month else f"{day(when(row))}, {when(row):%H:%M}"
        groups.setdefault(label, []).append(i)
    rows = []
    for label, members in groups.items():
        known = [[v for i in members if (v := line.values[i]) is not None] for line in lines]
        rows.append(Row(label, tuple(f"{fmean(values):.0f}" if values else "–" for values in known)))
    return tuple(rows)
