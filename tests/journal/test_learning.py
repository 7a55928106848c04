"""Gains with their intervals, tests that fall due, skills: against SciPy's own test and worked examples."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from journal.made_sessions import FIRST, kept, scored, session

from rigcoach.journal import folder
from rigcoach.journal.due import TestState, retention_tests
from rigcoach.journal.index import read_log
from rigcoach.journal.learning import Gain, StillNeeded, gain, gain_text, level
from rigcoach.journal.session import Schedule
from rigcoach.journal.skills import skill_standings


@pytest.mark.slow
def test_the_interval_is_students() -> None:
    values = [48.0, 52.0, 50.0, 49.0, 55.0, 60.0, 63.0, 65.0, 64.0, 62.0]
    found = gain(values)
    assert isinstance(found, Gain)
    from scipy import stats  # takes a second to import

    interval = stats.ttest_ind(values[-4:], values[:4]).confidence_interval(0.95)
    assert found.better_by - found.half_width == pytest.approx(interval.low)
    assert found.better_by + found.half_width == pytest.approx(interval.high)


def test_what_is_within_chance_is_said_so_and_what_is_too_little_is_asked_for() -> None:
    assert gain_text(gain([50, 70, 40, 60, 55, 65, 52, 61])).startswith("within what chance does")
    assert gain_text(gain([50, 51, 50, 60, 61, 60])).endswith("likely real")
    assert gain([50, 60]) == StillNeeded(4)
    assert gain([]) == StillNeeded(6)


def test_for_a_smaller_measure_less_is_better_and_below_the_least_change_nothing_is_said() -> None:
    values = [4.0, 4.1, 4.0, 3.0, 3.1, 3.0]
    found = gain(values, lower_is_better=True)
    assert isinstance(found, Gain)
    assert (round(found.better_by, 2), found.improved) == (1.0, True)
    unsure = gain(values, lower_is_better=True, least_change=1.5)
    assert isinstance(unsure, Gain)
    assert not unsure.likely_real


def test_a_level_is_of_the_last_sessions_and_has_no_interval_of_one() -> None:
    one = level([50.0])
    assert one is not None
    assert one.half_width is None
    assert level([]) is None
    last = level([0.0, 0.0, 50.0, 52.0, 48.0, 50.0])
    assert last is not None
    assert last.mean == 50.0


def states(today: date) -> list[tuple[int, str]]:
    return [(test.test_day, test.state.value) for test in retention_tests(read_log().sessions, today)]


def test_tests_fall_due_one_seven_and_fourteen_days_after_a_pass() -> None:
    assert states(FIRST.date()) == []
    kept("hip-3m", (30.0, 30.0))
    assert states(FIRST.date()) == []
    kept("hip-3m", (90.0, 90.0), day=2)
    passed = FIRST.date() + timedelta(2)
    assert states(passed) == [(1, "coming"), (7, "coming"), (14, "coming")]
    assert states(passed + timedelta(1)) == [(1, "due"), (7, "coming"), (14, "coming")]
    assert states(passed + timedelta(7)) == [(1, "missed"), (7, "due"), (14, "coming")]
    kept("hip-3m", (80.0, 80.0), day=9, schedule=Schedule(purpose="retention", test_day=7))
    assert states(passed + timedelta(8)) == [(1, "missed"), (7, "done"), (14, "coming")]
    assert states(passed + timedelta(30)) == [(1, "missed"), (7, "done"), (14, "missed")]


def test_where_nothing_came_of_the_first_tests_a_later_pass_has_its_own() -> None:
    for day in (0, 5, 40):
        kept("hip-3m", (90.0, 90.0), day=day)
    tests = retention_tests(read_log().sessions, FIRST.date() + timedelta(41))
    assert (tests[0].state, tests[0].on) == (TestState.DUE, FIRST.date() + timedelta(41))


def shot(day: float, offset: tuple[float, float], **changes: object) -> None:
    made = session("hip-3m", (80.0, 80.0), day=day, **changes)
    takes = tuple(
        replace(take, score=replace(scored(80.0), offset=offset, roll_deg=-3.0, distance_m=3.6, distance_sd_m=0.01))
        for take in made.takes
    )
    folder.create(replace(made, takes=takes))


def test_skills_have_their_level_their_change_and_their_last_test() -> None:
    for day in range(6):
        shot(day, (0.2, 0.0) if day < 3 else (0.03, 0.04))
    shot(7, (0.06, 0.08), schedule=Schedule(purpose="retention", test_day=1))
    of = {standing.skill.name: standing for standing in skill_standings(read_log())}
    place = of["place"]
    assert place.drill == "hip-3m"
    assert isinstance(place.change, Gain)
    assert place.change.improved
    assert place.last_test is not None
    assert place.last_test[0] == pytest.approx(10.0)  # 6 and 8 %
    assert of["roll"].now is not None
    assert of["roll"].now.mean == pytest.approx(3.0)
    assert of["distance"].now is not None
    assert of["distance"].now.mean == pytest.approx(20.0)
    assert of["self-judgement"].now is None


def test_two_takes_make_no_trend() -> None:
    shot(0, (0.1, 0.0))
    place = skill_standings(read_log())[0]
    assert place.change == StillNeeded(5)
