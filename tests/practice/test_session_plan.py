"""Sessions before they begin: order, weak spots, tests, forms, and how long they last."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from journal.made_sessions import FIRST, kept, scored, session

from rigcoach.drills.files import load_drill
from rigcoach.journal.index import read_log
from rigcoach.journal.session import Schedule
from rigcoach.journal.summary import summarise
from rigcoach.practice.run_plan import RunPlan
from rigcoach.practice.session_plan import (
    ATTENTION_S,
    NoTestError,
    blocked,
    form_stations,
    practice_plan,
    retention_plan,
    sitting_s,
    transfer_station,
    within_sitting,
)
from rigcoach.rig.profile import load_profile


def test_a_new_drill_is_blocked_and_then_shuffled_by_a_seed_that_is_kept() -> None:
    drill = load_drill("distances")
    first = practice_plan(drill, read_log())
    assert first.first_session
    assert first.schedule.order == "blocked"
    assert [s.distance_m for s in first.stations] == [1.2, 1.2, 2, 2, 3, 3, 5, 5]
    kept("distances", (50.0,) * 8)
    later = practice_plan(drill, read_log(), seed=3)
    assert (later.schedule.order, later.schedule.seed) == ("shuffled", 3)
    assert later.stations == practice_plan(drill, read_log(), seed=3).stations
    assert later.stations != practice_plan(drill, read_log(), seed=4).stations
    assert Counter(later.stations) == Counter(drill.stations)


def test_weak_spots_do_not_undo_the_shuffle() -> None:
    for day in range(2):
        kept("thirds", (75.0, 45.0) * 3, day=day)
    orders = set()
    for seed in range(20):
        plan = practice_plan(load_drill("thirds"), read_log(), seed=seed)
        assert Counter(station.side for station in plan.stations) == {"right": 4, "left": 2}
        orders.add(tuple(station.side for station in plan.stations))
    assert len(orders) > 5  # of the fifteen that there are


def test_a_drill_of_equal_takes_has_no_order() -> None:
    assert practice_plan(load_drill("hip-3m"), read_log()).schedule.order == "listed"


def test_a_test_is_due_after_a_pass_and_asks_for_a_distance_that_was_not_practised() -> None:
    drill = load_drill("hip-3m")
    with pytest.raises(NoTestError, match="not passed yet"):
        retention_plan(drill, read_log(), FIRST.date())
    kept("hip-3m", (90.0,) * 5)
    with pytest.raises(NoTestError, match="comes on 2 Mar"):
        retention_plan(drill, read_log(), FIRST.date())
    plan = retention_plan(drill, read_log(), FIRST.date() + timedelta(7), seed=1)
    assert (plan.schedule.purpose, plan.schedule.test_day, plan.schedule.feedback) == ("retention", 7, "summary")
    assert len(plan.stations) == len(drill.stations) + 1
    (new,) = (plan.stations[number - 1].distance_m for number in plan.transfer)
    assert new not in {station.distance_m for station in drill.stations}


def test_with_a_lens_that_was_not_practised_all_of_a_test_is_new_and_told_as_that() -> None:
    drill, today = load_drill("hip-3m"), FIRST.date() + timedelta(7)
    kept("hip-3m", (90.0,) * 5, lens_id="nikon-ai-s-28mm-f2.8")
    assert len(retention_plan(drill, read_log(), today, lens="nikon-ai-s-28mm-f2.8").transfer) == 1
    plan = retention_plan(drill, read_log(), today, lens="nikon-ai-s-50mm-f1.8")
    assert plan.transfer == set(range(1, len(plan.stations) + 1))
    takes = tuple(replace(take, transfer=True) for take in session("hip-3m", (60.0, 70.0)).takes)
    tested = session("hip-3m", takes=takes)
    assert summarise(tested).transfer == "With a lens that was not practised: 65."
    some = replace(tested, takes=(replace(takes[0], transfer=False), takes[1]))
    assert summarise(some).transfer == "At a distance that was not practised (3.0 m): 70, 60 in what was."


@pytest.mark.parametrize("name", ["still-2m", "hip-3m", "distances", "zone-walk-in", "pan-walker", "thirds"])
@pytest.mark.parametrize("farther", [True, False])
def test_what_was_not_practised_can_be_shot(name: str, farther: bool) -> None:
    drill = load_drill(name)
    new = transfer_station(drill, farther=farther)
    ends = {m for station in drill.stations for m in (station.distance_m, station.to_m) if m is not None}
    assert new.distance_m not in ends
    assert (new.distance_m > max(ends)) is farther
    assert new.to_m is None
    assert new.camera_height == drill.stations[0].camera_height


def test_the_combine_has_two_forms_that_take_turns() -> None:
    drill = load_drill("combine")
    first = practice_plan(drill, read_log())
    assert (first.schedule.form, first.schedule.feedback, first.stations) == ("A", "summary", drill.stations)
    kept("combine", (50.0,) * 20, schedule=first.schedule)
    second = practice_plan(drill, read_log())
    assert second.schedule.form == "B"
    assert Counter(second.stations) == Counter(drill.stations)  # as hard
    assert sum(a == b for a, b in zip(first.stations, second.stations, strict=True)) < 10
    kept("combine", (50.0,) * 20, day=1, schedule=second.schedule)
    assert practice_plan(drill, read_log()).schedule.form == "A"


def test_a_mirrored_form_swaps_the_sides() -> None:
    drill = load_drill("thirds")
    sides = Counter(station.side for station in form_stations(drill, "B"))
    assert sides == Counter(station.side for station in drill.stations)
    lopsided = replace(drill, stations=drill.stations[:1])
    assert form_stations(lopsided, "B")[0].place == pytest.approx((1 - lopsided.stations[0].place[0], 0.5))


def test_a_sitting_is_no_longer_than_attention_and_battery_last() -> None:
    drill = load_drill("endurance")
    many = replace(drill, stations=drill.stations[:1] * 60)
    plan = practice_plan(many, read_log())
    short = within_sitting(plan, many)
    assert sitting_s(many, short.stations) <= ATTENTION_S < sitting_s(many, plan.stations[: len(short.stations) + 1])
    assert "attention lasts about 20 minutes" in short.schedule.trimmed
    empty = within_sitting(plan, many, 0.05)
    assert 3 <= len(empty.stations) < len(short.stations)
    assert "battery" in empty.schedule.trimmed
    assert within_sitting(replace(plan, schedule=Schedule(purpose="fixed")), many).stations == plan.stations


def test_blocks_keep_the_order_in_which_kinds_come() -> None:
    a, b = load_drill("thirds").stations[:2]
    assert blocked((b, a, b, a)) == (b, b, a, a)


def test_one_or_two_takes_of_a_drill_that_has_more_do_not_count() -> None:
    drill = load_drill("still-2m")
    for takes, counts in ((1, False), (2, False), (3, True), (None, True)):
        plan = RunPlan(drill, practice_plan(drill, read_log(), takes=takes), load_profile("hip-video"))
        made = plan.new_session(tethered=True)
        assert made.counts is counts
        luck = replace(made, takes=tuple(replace(take, score=scored(99.0)) for take in made.takes))
        assert summarise(luck).passed is (True if counts else None)
        assert counts or summarise(luck).why == "it has fewer takes than tell anything"
    short = replace(drill, stations=drill.stations[:1])
    assert RunPlan(short, practice_plan(short, read_log()), load_profile("hip-video")).new_session(tethered=True).counts
