"""Tests that fall due: some days after a drill was passed it is tried again, without any feedback."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from rigcoach.journal.index import SessionRow

TEST_DAYS = (1, 7, 14)
"""After the day on which a drill was passed."""

_LAPSES_DAYS = 7
# A test that was not taken by the time the next one is due is missed; the last one, so many days later.


class TestState(StrEnum):
    """How a test stands."""

    __test__ = False  # it is none of pytest's

    COMING = "coming"
    DUE = "due"
    DONE = "done"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class RetentionTest:
    """A test of a drill.

    Attributes
    ----------
    drill
        Which drill is tried again.
    test_day
        How many days after it was passed.
    on
        From when it is due.
    state
        How it stands.
    session
        The session in which it was taken; None where it was not.
    """

    drill: str
    test_day: int
    on: date
    state: TestState
    session: SessionRow | None = None

    @property
    def sentence(self) -> str:
        """It in a line.

        >>> RetentionTest("hip-3m", 7, date(2026, 3, 8), TestState.DUE).sentence
        'hip-3m: the test of day 7 has been due since 8 Mar'
        """
        day_text = f"{self.on.day} {self.on:%b}"
        how = {
            TestState.COMING: f"comes on {day_text}",
            TestState.DUE: f"has been due since {day_text}",
            TestState.DONE: "is done",
            TestState.MISSED: "was missed",
        }[self.state]
        return f"{self.drill}: the test of day {self.test_day} {how}"


def retention_tests(sessions: Sequence[SessionRow], today: date) -> tuple[RetentionTest, ...]:
    """Return the tests of all drills that were passed, the earliest first.

    Parameters
    ----------
    sessions
        Those that count, the oldest first.
    today
        By the photographer's calendar.
    """
    found: list[RetentionTest] = []
    for drill in sorted({row.drill for row in sessions if row.purpose == "practice"}):
        found += _of_drill(drill, [row for row in sessions if row.drill == drill], today)
    return tuple(sorted(found, key=lambda test: (test.on, test.drill)))


def due(tests: Iterable[RetentionTest]) -> tuple[RetentionTest, ...]:
    """Return the tests to take now."""
    return tuple(test for test in tests if test.state is TestState.DUE)


def day_of(row: SessionRow) -> date:
    """Return the day of a session, by the computer's calendar."""
    return datetime.fromisoformat(row.started_at).astimezone().date()


def _of_drill(drill: str, rows: Sequence[SessionRow], today: date) -> list[RetentionTest]:
    passes = [day_of(row) for row in rows if row.purpose == "practice" and row.passed]
    taken = [row for row in rows if row.purpose == "retention" and row.scored]
    if not passes:
        return []
    passed_on = passes[0]
    for later in passes[1:]:
        # Where nothing came of the first one's tests, those of a later pass take their place.
        over = passed_on + timedelta(TEST_DAYS[-1] + _LAPSES_DAYS)
        if over < later and not any(passed_on < day_of(row) <= over for row in taken):
            passed_on = later
    found = []
    for at, after in enumerate(TEST_DAYS):
        on = passed_on + timedelta(after)
        until = (
            passed_on + timedelta(TEST_DAYS[at + 1]) if at + 1 < len(TEST_DAYS) else on + timedelta(_LAPSES_DAYS + 1)
        )
        done = next((row for row in taken if row.test_day == after and day_of(row) > passed_on), None)
        state = (
            TestState.DONE
            if done is not None
            else TestState.COMING
            if today < on
            else TestState.DUE
            if today < until
            else TestState.MISSED
        )
        found.append(RetentionTest(drill, after, on, state, done))
    return found
