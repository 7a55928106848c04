"""Judging distances without a camera."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from journal.made_sessions import FIRST
from known import known

from rigcoach.cli.main import main
from rigcoach.journal.learning import Gain
from rigcoach.practice.distance_trainer import (
    DistanceError,
    JudgedDistance,
    bias_by_distance,
    distances_path,
    gain_over_days,
    keep_judged,
    read_judged,
)


def test_the_bias_is_told_by_distance_with_students_interval() -> None:
    near = [JudgedDistance(FIRST, guessed, 1.0) for guessed in (1.1, 1.2, 1.3, 1.2)]
    far = [JudgedDistance(FIRST, 4.0, 5.0)]
    first, last = bias_by_distance([*near, *far])
    from scipy import stats  # takes a second to import

    interval = stats.t.interval(0.95, 3, loc=0.2, scale=stats.sem([0.1, 0.2, 0.3, 0.2]))
    half_width = known(first.half_width)
    assert (first.bias - half_width, first.bias + half_width) == pytest.approx(interval)
    assert "too far on average, likely real" in first.sentence
    assert last.half_width is None
    assert "2 more to tell a bias" in last.sentence


def test_an_error_that_shrinks_over_the_days_is_a_gain() -> None:
    errors = (0.4, 0.38, 0.42, 0.2, 0.19, 0.21)
    judged = [JudgedDistance(FIRST + timedelta(day), 1 + off, 1.0) for day, off in enumerate(errors)]
    found = gain_over_days(judged)
    assert isinstance(found, Gain)
    assert found.improved
    assert found.better_by == pytest.approx(20.0)


def test_guesses_are_kept_and_what_is_no_distance_is_refused() -> None:
    assert read_judged() == ()
    keep_judged(3.0, 2.6, FIRST)
    assert keep_judged(2.0, 2.2, FIRST) == read_judged()
    with pytest.raises(DistanceError, match=r"from 0\.3 to 100 m"):
        keep_judged(0.0, 2.0, FIRST)
    distances_path().write_text("[{}]")
    result = CliRunner().invoke(main, ["drill", "distance"])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr
