"""Trends: a drill's or rig's scores over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rigcoach.journal.index import SessionRow
from rigcoach.journal.learning import Gain, StillNeeded, gain
from rigcoach.journal.reliability import LEAST_POINTS

SERIES = (
    ("keepers", "keeper_ratio", 100.0),
    ("overall", "overall", 1.0),
    ("focus", "focus", 1.0),
    ("framing", "framing", 1.0),
    ("steadiness", "steadiness", 1.0),
    ("exposure", "exposure", 1.0),
)
"""What is drawn: its name, its column in the index, and what brings it to 0 to 100."""

_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over time; `points` are the session's number among those drawn, from 0, and the value, 0 to 100."""

    name: str
    points: tuple[tuple[int, float], ...]

    @property
    def gain(self) -> Gain | StillNeeded:
        """By how much the last sessions are better than the first, with its interval, or what is needed to tell."""
        return gain([value for _, value in self.points], least_change=LEAST_POINTS)

    @property
    def change(self) -> float | None:
        """The difference between the last sessions and the first; None with too few to tell."""
        found = self.gain
        return found.better_by if isinstance(found, Gain) else None


@dataclass(frozen=True, slots=True)
class Trend:
    """Sessions in the order of time, and each measure over them."""

    sessions: tuple[SessionRow, ...]
    series: tuple[Series, ...]

    @property
    def by_drill(self) -> "dict[str, Trend]":
        """The trend of each drill by itself: drills differ, so a change is told of one alone."""
        return {name: trend(self.sessions, drill=name) for name in sorted({row.drill for row in self.sessions})}


def trend(sessions: Iterable[SessionRow], *, drill: str | None = None, rig: str | None = None) -> Trend:
    """Return the trend of the sessions that count.

    Parameters
    ----------
    sessions
        All sessions, the oldest first.
    drill
        Of this drill only.
    rig
        Only with this body, lens, adapter or profile, by its id, or camera, by libgphoto2's name for it.
    """
    chosen = tuple(
        row
        for row in sessions
        if row.counts
        and row.scored
        and not row.transfer
        and drill in (None, row.drill)
        and (rig is None or rig in (row.body_id, row.lens_id, row.adapter_id, row.profile, row.body))
    )
    series = []
    for name, column, to_percent in SERIES:
        values = ((number, getattr(row, column)) for number, row in enumerate(chosen))
        series.append(Series(name, tuple((number, to_percent * v) for number, v in values if v is not None)))
    return Trend(chosen, tuple(series))


def sparkline(points: Sequence[tuple[int, float]], count: int, width: int) -> str:
    """Return values of 0 to 100 as a line of blocks, a blank where there is none; the last `width` of them.

    >>> sparkline([(0, 0), (1, 50), (3, 100)], 4, 10)
    '▁▅ █'
    """
    drawn = [" "] * count
    for number, value in points:
        drawn[number] = _BLOCKS[min(len(_BLOCKS) - 1, max(0, round(value / 100 * (len(_BLOCKS) - 1) + 1e-9)))]
    return "".join(drawn[-width:])
