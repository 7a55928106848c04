"""Practice up to a journey: sessions on days of their own, ready or not by numbers, what to pack, a calendar."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from icalendar import Calendar
from journal.made_sessions import FIRST, kept
from pypdfium2 import PdfDocument

from rigcoach.cli.main import main
from rigcoach.drills.files import readable_drills
from rigcoach.journal.index import read_log
from rigcoach.journal.session import Schedule
from rigcoach.practice.packing import measured_use
from rigcoach.practice.trip import (
    TripError,
    keep_ring,
    keep_trip,
    load_trip,
    plan_trip,
    supplies,
    trip_calendar,
    trip_path,
    trip_status,
)

TODAY = FIRST.date()


def a_trip(days_ahead: int = 90):
    return plan_trip(TODAY + timedelta(days_ahead), 4, "hip-video", readable_drills(), TODAY)


def test_sessions_lie_on_days_of_their_own_with_tests_a_week_after() -> None:
    trip = a_trip()
    days = [each.on for each in trip.sessions]
    assert days == sorted(set(days))
    assert all(TODAY <= on < trip.starts for on in days)
    assert trip.drills[:2] == ("still-2m", "hip-3m")  # in the order of learning
    for drill in trip.drills:
        practised = [each.on for each in trip.sessions if each.drill == drill and each.kind == "practice"]
        tested = [each.on for each in trip.sessions if each.drill == drill and each.kind == "test"]
        if len(practised) == 2 and tested:
            assert 7 <= (tested[0] - practised[1]).days <= 11
    assert trip.sessions[-1].drill == "combine"
    assert trip.sessions[-1].on == trip.starts - timedelta(1)


def test_what_there_is_no_time_for_stays_out() -> None:
    assert len(a_trip(20).drills) < len(a_trip(120).drills)
    with pytest.raises(TripError, match="too soon"):
        plan_trip(TODAY + timedelta(1), 4, "hip-video", readable_drills(), TODAY)
    for starts, why in ((TODAY, "today, or in the past"), (date.min, "in the past"), (date.max, "two years ahead")):
        with pytest.raises(TripError, match=why):
            plan_trip(starts, 365, "hip-video", readable_drills(), TODAY)


def test_one_is_ready_when_the_last_test_of_every_drill_met_its_rules() -> None:
    trip = a_trip(20)
    for number, drill in enumerate(trip.drills):
        kept(drill, (90.0, 90.0), day=number)
    status = trip_status(trip, read_log(), readable_drills(), TODAY + timedelta(8))
    assert not status.ready
    assert {each.why for each in status.drills} == {"passed, and not tested yet"}
    assert {session.kind for session in status.today} == {"test"}
    for number, drill in enumerate(trip.drills):
        score = 30.0 if number == 0 else 80.0
        kept(drill, (score, score), day=number + 8, schedule=Schedule(purpose="retention", test_day=7))
    status = trip_status(trip, read_log(), readable_drills(), TODAY + timedelta(30))
    assert [each.ready for each in status.drills] == [False] + [True] * (len(trip.drills) - 1)
    assert status.drills[0].why == "30 in the test of day 7; 60 is its mark"
    kept(trip.drills[0], (80.0, 80.0), day=40, schedule=Schedule(purpose="retention", test_day=14))
    assert trip_status(trip, read_log(), readable_drills(), TODAY + timedelta(41)).ready


def test_cards_are_reckoned_from_measured_bit_rates() -> None:
    needs = supplies(a_trip(), [5e6, 7e6])
    assert needs.bytes_needed == pytest.approx(6e6 * 4 * 2 * 3600)
    assert needs.batteries == 2  # two hours at 90 minutes each
    assert "no take with this rig" in supplies(a_trip(), []).told[0]


def test_batteries_are_reckoned_from_what_bodies_told() -> None:
    hours = timedelta(hours=0.5)
    for day, (before, after) in enumerate(((0.9, 0.6), (0.6, 0.3), (0.2, 1.0), (None, 0.4))):
        at = FIRST + timedelta(days=day)
        kept("still-2m", day=day, battery_before=before, battery_after=after, ended_at=at + hours)
    rates, used = measured_use("hip-video")
    assert rates == ()
    assert used is not None
    assert used.hours == pytest.approx(1.0)  # a battery that was changed tells nothing
    assert used.share == pytest.approx(0.6)
    needs = supplies(a_trip(), rates, used)
    assert needs.batteries == 2  # two hours, at a hundred minutes each
    assert "100 minutes each (as measured: 60 % went in 1.0 h" in needs.told[-1]
    assert measured_use("another")[1] is None


def test_a_trip_is_read_back_and_goes_into_a_calendar() -> None:
    with pytest.raises(TripError, match="no trip is planned"):
        load_trip()
    trip = a_trip()
    keep_trip(trip)
    assert load_trip() == trip
    events = Calendar.from_ical(trip_calendar(trip)).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [each.on for each in trip.sessions]
    assert str(events[0]["summary"]) == "rigcoach: still-2m"


def test_a_ring_that_was_measured_is_known_of_the_next_trip_with_the_rig() -> None:
    keep_trip(a_trip())
    keep_ring(load_trip(), 60.0, 170.0)
    keep_trip(a_trip(30))
    assert (load_trip().ring_mm, load_trip().throw_deg) == (60.0, 170.0)
    keep_trip(plan_trip(TODAY + timedelta(30), 4, "d750-video", readable_drills(), TODAY))
    assert load_trip().ring_mm is None  # another rig's
    trip_path().write_text("{")
    keep_trip(a_trip())  # in place of one that can't be read
    assert load_trip() == a_trip()


def test_the_commands_plan_tell_print_and_export(tmp_path: Path) -> None:
    def run(*arguments: object):
        return CliRunner().invoke(main, ["trip", *(str(argument) for argument in arguments)])

    far = (date.today() + timedelta(60)).isoformat()
    planned = run("plan", "--date", far, "--rig", "hip-video", "--days", 4, "--json")
    assert planned.exit_code == 0, planned.stderr
    assert json.loads(planned.stdout)["sessions"][0]["command"] == "rigcoach drill run still-2m"
    pages = tmp_path / "packing.pdf"
    assert run("status", "--print", tmp_path / "pages.svg").exit_code == 2
    told = run("status", "--print", pages)
    assert told.exit_code == 0, told.stderr
    assert "Not ready yet" in told.stdout
    assert "rigcoach drill run still-2m" in told.stdout
    assert "aperture ring at f/" in told.stdout
    document = PdfDocument(pages)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    for number, words in enumerate(("Set by hand", "Serial number", "rigcoach target", "Sharp from-to", "Held at hip")):
        assert words in texts[number]
    assert "--diameter MM" in texts[0]
    told = run("status", "--print", pages, "--diameter", 60, "--throw", 170)
    assert told.exit_code == 0, told.stderr
    assert "serial" not in told.stdout.lower()  # only for who asks
    document = PdfDocument(pages)
    assert "ring 60 mm in diameter" in document[4].get_textpage().get_text_range()
    document.close()
    assert (load_trip().ring_mm, load_trip().throw_deg) == (60.0, 170.0)  # measured once
    assert json.loads(run("status", "--json").stdout)["ready"] is False
    assert run("export", "--out", tmp_path / "trip.ics").exit_code == 0
    assert run("plan", "--date", "1 March", "--rig", "hip-video", "--days", 4).exit_code == 2


def test_a_drill_is_laid_out_whole_or_stays_out() -> None:
    for days_ahead in range(2, 70):
        for per_week in (1, 3, 7):
            starts = TODAY + timedelta(days_ahead)
            trip = plan_trip(starts, 4, "hip-video", readable_drills(), TODAY, per_week=per_week)
            days = [each.on for each in trip.sessions]
            assert days == sorted(set(days))
            assert days[-1] == starts - timedelta(1)
            assert trip.drills, "practice is more than the fixed drill"
            tested = [each.drill for each in trip.sessions if each.kind == "test"]
            assert len(tested) == len(set(tested))
            for drill in tested:
                *practised, test = [each.on for each in trip.sessions if each.drill == drill]
                assert len(practised) == 2
                assert test > practised[1]
            # Where any drill is tested, all are; else there was no time for it, and one is practised.
            assert set(trip.drills) == set(tested) or (not tested and trip.drills == ("still-2m",))


def test_what_was_missed_is_to_be_done_first_and_a_day_has_one_session() -> None:
    trip = a_trip(30)
    (first, second), planned_later = trip.sessions[:2], trip.sessions[2]
    assert (first.on, second.on) == (TODAY, TODAY + timedelta(2))

    def todo(day: int):
        return trip_status(trip, read_log(), readable_drills(), TODAY + timedelta(day)).today

    assert todo(1) == (first,)  # under its own day
    kept("still-2m", (10.0, 10.0), day=1)
    assert todo(1) == ()  # one a day
    assert todo(2) == (second,)
    assert todo(3) == (second,)
    kept("still-2m", (10.0, 10.0), day=3)
    assert todo(4) == ()
    assert todo((planned_later.on - TODAY).days) == (planned_later,)


def test_a_journey_that_has_begun_or_is_over_is_told_as_that() -> None:
    trip = a_trip(30)
    stands = [trip_status(trip, read_log(), readable_drills(), trip.starts + timedelta(day)) for day in (-1, 0, 3, 4)]
    assert [(each.days_left, each.over) for each in stands] == [(1, False), (0, False), (-3, False), (-4, True)]
    assert [each.today for each in stands[1:]] == [(), (), ()]  # what was missed is no longer to be done


def test_a_calendar_keeps_to_the_rules_of_calendars_over_the_new_year() -> None:
    starts = date(2027, 4, 10)  # winter time ends on 28 March in Europe
    trip = plan_trip(starts, 4, "hip-video", readable_drills(), date(2026, 12, 20), per_week=7)
    content = trip_calendar(trip)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events)
    for event, each in zip(events, trip.sessions, strict=True):
        # Whole days have no time of day, so no clock that is put forward moves them.
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (each.on, each.on + timedelta(1))
        assert event.decoded("dtstamp").utcoffset() == timedelta(0)
