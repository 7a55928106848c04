"""When something is said of a take, what, and how well one judged it before."""

import itertools
from dataclasses import replace

import pytest
from journal.made_sessions import scored, session

from rigcoach.journal.judgement import guess_of, judged_right, judgements
from rigcoach.journal.session import Fault, Guess, Schedule, Take
from rigcoach.practice.feedback import FeedbackPolicy, feedback_text, inside_limits
from rigcoach.practice.take_score import TakeResult


def told(schedule: str, takes: int = 10, *, inside: bool = False, first: bool = False) -> list[int]:
    policy = FeedbackPolicy(schedule, takes, first)
    return [number for number in range(1, takes + 1) if policy.tells(number, inside=inside)]


def test_a_sessions_last_takes_are_silent_whatever_the_schedule() -> None:
    assert told("every") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert told("bandwidth") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert told("every", 3) == [1, 2]
    assert told("every", 2) == [1, 2]  # there is no close without an opening


def test_bandwidth_says_nothing_inside_the_drills_limits() -> None:
    assert told("bandwidth", inside=True) == []
    assert told("every", inside=True) == told("every")


@pytest.mark.parametrize("takes", [5, 8, 10, 20])
def test_faded_tells_all_in_the_first_session_and_then_ever_fewer_of_six_in_ten(takes: int) -> None:
    assert told("faded", takes, first=True) == told("every", takes)
    numbers = told("faded", takes)
    assert len(numbers) == pytest.approx(0.6 * takes, abs=0.5)
    gaps = [b - a for a, b in itertools.pairwise(numbers)]
    half = len(gaps) // 2
    assert sum(gaps[:half]) <= sum(gaps[-half:]) if half else True
    assert numbers[0] == 1


def test_summary_and_none_say_nothing_between_takes() -> None:
    assert told("summary") == told("none") == []
    assert Schedule(feedback="summary").sums_up
    assert not Schedule(feedback="none").sums_up


def a_take(**changes: object) -> tuple[Take, TakeResult]:
    score = replace(scored(90.0), **changes)  # type: ignore[arg-type]
    return Take(number=2, station=session("hip-3m", (1.0,)).takes[0].station, score=score), TakeResult(2, score)


def test_inside_the_limits_is_by_the_drills_own_rules() -> None:
    drill = session("hip-3m", (1.0,)).drill
    assert inside_limits(drill, a_take()[0])
    assert not inside_limits(drill, a_take(blur_px=1.7)[0])  # 1.6 is in focus
    assert not inside_limits(drill, a_take(keeper_ratio=0.4)[0])
    assert not inside_limits(drill, a_take(distance_m=1.94, distance_sd_m=0.01)[0])


def test_bandwidth_says_the_one_cause() -> None:
    drill = session("hip-3m", (1.0,)).drill
    faults = (Fault("a", "The subject sits low", 2.0, "low"), Fault("b", "The picture leans", 1.0, "leaning"))
    take, outcome = a_take(faults=faults)
    assert feedback_text(drill, take, outcome, "bandwidth") == "Take 2: low"
    assert feedback_text(drill, take, outcome, "every").startswith("Take 2: 90, ")
    take, outcome = a_take(faults=(), distance_m=1.94, distance_sd_m=0.01)
    assert feedback_text(drill, take, outcome, "bandwidth") == "Take 2: 35 % too near"


def test_a_guess_is_typed_in_letters_or_words_in_any_order() -> None:
    assert guess_of("dlb\n") == Guess(sideways=-1, updown=1, distance=0, sharp=False)
    assert guess_of("Far, high") == Guess(sideways=0, updown=-1, distance=1, sharp=True)
    for wrong in ("lr", "sharp soft", "x"):
        with pytest.raises(ValueError, match=r"\w"):
            guess_of(wrong)


def test_a_guess_is_right_where_it_is_what_was_measured() -> None:
    drill = session("hip-3m", (1.0,)).drill
    take, _ = a_take(offset=(-0.2, 0.02), distance_m=2.0, distance_sd_m=0.01, blur_px=2.0)
    said = replace(take, guess=guess_of("left near"))  # and sharp, which it was not
    assert [(each.name, each.said, each.was) for each in judgements(drill, said)] == [
        ("sideways", "left", "left"),
        ("updown", "there", "there"),
        ("distance", "near", "near"),
        ("focus", "sharp", "soft"),
    ]
    assert judged_right(drill, said) == 0.75
    assert judged_right(drill, take) is None  # nothing was said
    unknown, _ = a_take(offset=None, blur_px=None)
    assert judged_right(drill, replace(unknown, guess=guess_of("l"))) is None  # nothing was measured
