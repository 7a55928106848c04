"""Where practice leads: the next drill, and takes weighted towards what is weakest."""

from collections import Counter

from journal.made_sessions import kept

from rigcoach.drills.files import drill_paths, load_drill, read_drill
from rigcoach.journal.index import Log, read_log
from rigcoach.journal.progress import next_drill, passes_in_a_row, weaknesses, weighted_stations


def log_of(*drills_and_scores: tuple[str, tuple[float | None, ...]]) -> Log:
    for day, (drill, scores) in enumerate(drills_and_scores):
        kept(drill, scores, day=day)
    return read_log()


GOOD, BAD, UNKNOWN = (80.0, 80.0), (30.0, 30.0), (None, None)


def test_after_three_passes_in_a_row_the_next_drill_is_suggested() -> None:
    drills = [read_drill(path) for path in drill_paths()]
    log = log_of(("still-2m", GOOD), ("still-2m", BAD), ("still-2m", GOOD), ("still-2m", GOOD))
    assert passes_in_a_row(log.sessions, "still-2m") == 2
    following = next_drill(log.sessions, drills)
    assert following is not None
    assert (following.drill, following.why) == ("still-2m", "passed 2 of 3 times in a row; 1 more")
    after_bad = next_drill(log.sessions[:2], drills)
    assert after_bad is not None
    assert after_bad.why == "not passed last time; 3 passes in a row lead to the next drill"
    kept("still-2m", GOOD, day=9)
    following = next_drill(read_log().sessions, drills)
    assert following is not None
    assert following.drill == "hip-3m"
    assert "still-2m was passed 3 times in a row" in following.why


def test_a_session_that_could_not_be_measured_does_not_interrupt() -> None:
    log = log_of(("hip-3m", GOOD), ("hip-3m", GOOD), ("hip-3m", UNKNOWN), ("hip-3m", GOOD))
    assert passes_in_a_row(log.sessions, "hip-3m") == 3


def test_nothing_is_suggested_before_there_is_a_session() -> None:
    assert next_drill((), [load_drill("still-2m")]) is None


def test_the_weakest_distance_height_and_side_are_found_with_their_numbers() -> None:
    # The takes of `distances` are at 1.2, 2, 3 and 5 m.
    log = log_of(*(("distances", (70.0, 72.0, 68.0, 40.0)),) * 3)
    (found,) = weaknesses(log.takes)
    assert (found.kind, found.value, found.mean, found.takes, found.elsewhere) == ("distance", "5 m", 40.0, 3, 70.0)


def test_a_drill_that_is_harder_than_another_is_no_weakness() -> None:
    # From the chest at two metres, and from the hip at three: which of it makes the score is not told by that.
    assert weaknesses(log_of(*(("still-2m", (80.0,) * 5), ("hip-3m", (50.0,) * 5)) * 2).takes) == ()


def test_a_difference_that_may_be_chance_is_none() -> None:
    assert weaknesses(log_of(*(("distances", (70.0, 71.0, 69.0, 67.0)),) * 3).takes) == ()


def test_one_bad_take_is_no_weakness() -> None:
    assert weaknesses(log_of(("distances", (70.0, 71.0, 69.0, 10.0))).takes) == ()


def test_the_next_set_leans_to_the_weakest_and_keeps_one_of_each() -> None:
    log = log_of(*(("thirds", (75.0, 45.0) * 3),) * 2)
    drill = load_drill("thirds")
    stations, why = weighted_stations(drill, log.takes)
    assert Counter(station.side for station in stations) == {"right": 4, "left": 2}
    assert "your weakest side is right: 45 on average over 6 takes, 75 elsewhere" in why


def test_a_fixed_drill_never_leans() -> None:
    log = log_of(*(("distances", (70.0, 72.0, 68.0, 40.0)),) * 3)
    combine = load_drill("combine")
    assert weighted_stations(combine, log.takes) == (combine.stations, "")


def test_a_drill_whose_takes_are_all_alike_stays_as_it_is() -> None:
    log = log_of(*(("distances", (70.0, 72.0, 68.0, 40.0)),) * 3)
    assert weighted_stations(load_drill("hip-3m"), log.takes)[1] == ""
