"""A journal's sessions over time as charts: a line for each drill."""

from collections.abc import Sequence
from datetime import datetime

from rigcoach.journal.index import SessionRow
from rigcoach.journal.trend import SERIES, Trend
from rigcoach.report.chart import Chart, Line, Row, Values, mean_rows, styled_lines

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


def measures_chart(drawn: Trend, title: str) -> Chart:
    """Return one chart with all that is measured of some sessions."""
    sessions = drawn.sessions
    columns = {name: _values(sessions, None, column, to_percent) for name, column, to_percent in SERIES}
    lines = styled_lines({"keepers %" if name == "keepers" else name: values for name, values in columns.items()})
    alt_text = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}; {_first_to_last(lines)}."
    return Chart(
        "trend", title, "", alt_text, _times(sessions), lines, _rows(sessions, lines), low=0.0, high=100.0, axis="date"
    )


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
    lines = styled_lines({drill: _values(sessions, drill, column, to_percent) for drill in drills})
    unit = "%" if name == "keepers" else ""
    what = "The share of keepers" if unit else f"The mean {name} score"
    alt_text = f"{what} of each session, from 0 to 100; {_first_to_last(lines)}."
    rows = _rows(sessions, lines)
    return Chart(
        name, name.capitalize(), unit, alt_text, _times(sessions), lines, rows, low=0.0, high=100.0, axis="date"
    )


def _times(sessions: Sequence[SessionRow]) -> tuple[float, ...]:
    return tuple(round(when(row).timestamp(), 3) for row in sessions)


def _values(sessions: Sequence[SessionRow], drill: str | None, column: str, to_percent: float) -> Values:
    """Return a column as percent, of one drill's sessions or, where None, of all."""
    values = (getattr(row, column) if drill in (None, row.drill) else None for row in sessions)
    return tuple(None if value is None else round(to_percent * value, 2) for value in values)


def _first_to_last(lines: tuple[Line, ...]) -> str:
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
    return mean_rows(groups, lines)
