"""Which clip belongs to which take."""

from datetime import UTC, datetime, timedelta

import pytest

from rigcoach.practice.match import ClipInfo, Expected, Matching, match

NINE = datetime(2026, 5, 2, 9, 0, tzinfo=UTC)


def takes(count: int = 4, every_s: float = 20.0, *, timed: bool = True) -> list[Expected]:
    return [Expected(n + 1, NINE + timedelta(seconds=n * every_s) if timed else None, 8.0) for n in range(count)]


def clip(at_s: float | None, seconds: float = 9.0, name: str = "", slate: int | None = None) -> ClipInfo:
    recorded_at = None if at_s is None else NINE + timedelta(seconds=at_s)
    return ClipInfo(name or f"MVI_{at_s}", recorded_at, seconds, slate)


def pairs(matching: Matching) -> dict[int, int]:
    return {each.number: each.clip for each in matching.matches}


def test_clips_are_matched_by_the_known_difference_of_the_clocks() -> None:
    ahead_s = 73.4
    clips = [clip(n * 20 + ahead_s + late) for n, late in enumerate((0.4, 2.0, -1.0, 1.5))]
    matching = match(takes(), clips, offset_s=ahead_s)
    assert pairs(matching) == {1: 0, 2: 1, 3: 2, 4: 3}
    assert {each.how for each in matching.matches} == {"time"}
    assert (matching.leftovers, matching.missing) == ((), ())
    assert matching.offset_s == pytest.approx(ahead_s)


def test_a_take_that_was_not_recorded_is_missing_and_the_others_stay_right() -> None:
    """By order alone every clip after the gap would be one take too early."""
    matching = match(takes(), [clip(0.5), clip(40.8), clip(61.0)], offset_s=0.0)
    assert pairs(matching) == {1: 0, 3: 1, 4: 2}
    assert matching.missing == (2,)


def test_a_clip_between_two_takes_is_left_over() -> None:
    matching = match(takes(), [clip(0.5), clip(10.0, 3.0), clip(20.4), clip(41.0), clip(60.2)], offset_s=0.0)
    assert pairs(matching) == {1: 0, 2: 2, 3: 3, 4: 4}
    assert matching.leftovers == (1,)


@pytest.mark.parametrize("zone_h", [-9.5, -1.0, 2.0, 5.75, 12.0])
def test_a_clock_that_keeps_another_time_zone_does_not_matter(zone_h: float) -> None:
    clips = [clip(n * 20 + 3600 * zone_h + 4.0) for n in range(4)]
    assert pairs(match(takes(), clips, offset_s=4.0)) == {1: 0, 2: 1, 3: 2, 4: 3}


def test_without_a_known_difference_the_rhythm_of_the_takes_tells() -> None:
    """Takes at uneven times; a clock that is 11 days behind; one take not recorded, one clip too many."""
    uneven = [Expected(n, NINE + timedelta(seconds=s), 8.0) for n, s in ((1, 0), (2, 17), (3, 51), (4, 90), (5, 113))]
    behind_s = -11 * 86400.0
    clips = [clip(behind_s + s) for s in (0.6, 17.2, 30.0, 90.9, 113.1)]
    matching = match(uneven, clips)
    assert pairs(matching) == {1: 0, 2: 1, 4: 3, 5: 4}
    assert (matching.missing, matching.leftovers) == ((3,), (2,))


def test_one_take_and_two_clips_at_unknown_times_is_not_guessed() -> None:
    matching = match(takes(1), [clip(500.0), clip(900.0)])
    assert pairs(matching) == {}
    assert (matching.missing, matching.leftovers) == ((1,), (0, 1))


def test_one_clip_that_fits_to_the_seconds_is_believed_even_if_nobody_compared_the_clocks() -> None:
    matching = match(takes(2), [clip(20.8), clip(500.0)])
    assert pairs(matching) == {2: 0}
    assert (matching.missing, matching.leftovers) == ((1,), (1,))


def test_a_slate_decides_against_the_order() -> None:
    clips = [clip(None, slate=2), clip(None, slate=1), clip(None, slate=3), clip(None, slate=4)]
    matching = match(takes(timed=False), clips)
    assert pairs(matching) == {1: 1, 2: 0, 3: 2, 4: 3}
    assert {each.how for each in matching.matches} == {"slate"}


def test_a_slate_seen_in_two_clips_decides_nothing() -> None:
    clips = [clip(None, slate=1), clip(None, slate=1)]
    matching = match(takes(2, timed=False), clips)
    assert {each.how for each in matching.matches} == {"order"}


def test_what_has_no_time_is_matched_by_order_if_it_comes_out_even() -> None:
    assert pairs(match(takes(3), [clip(None)] * 3)) == {1: 0, 2: 1, 3: 2}
    uneven = match(takes(3), [clip(None)] * 2)
    assert pairs(uneven) == {}
    assert (uneven.missing, uneven.leftovers) == ((1, 2, 3), (0, 1))


def test_last_weeks_clips_do_not_stand_in_for_a_take() -> None:
    week_s = 7 * 86400.0
    matching = match(takes(2), [clip(-week_s), clip(-week_s + 20)], offset_s=0.0)
    assert pairs(matching) == {}
    assert matching.missing == (1, 2)


def test_a_clip_that_was_stopped_at_once_is_no_take() -> None:
    matching = match(takes(1), [clip(0.0, 1.0), clip(2.0, 8.5)], offset_s=0.0)
    assert pairs(matching) == {1: 1}
