"""Practice laid out up to a trip, and whether you are ready for it, in numbers."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import write_kept
from rigcoach.base.user_data import user_folder
from rigcoach.drills.model import Drill
from rigcoach.journal.due import day_of, due, retention_tests
from rigcoach.journal.index import Log, SessionRow
from rigcoach.practice.session_plan import FULL_BATTERY_S

SCHEMA = "rigcoach.trip/1"
PRACTISED_TWICE = 2
"""Days on which a drill is practised before its test is laid down."""

_TEST_AFTER = (7, 1)
_WEEK = 7
_FARTHEST_DAYS = 731
FIXED = "combine"


class TripError(RigcoachError):
    """A trip that is not planned, or cannot be."""

    code = "trip.unusable"


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """What is to be done on a day: a drill practised ("practice"), tested ("test"), or the fixed one ("fixed")."""

    on: date
    drill: str
    kind: str

    @property
    def command(self) -> str:
        """What to run."""
        return f"rigcoach drill run {self.drill}{' --test' if self.kind == 'test' else ''}"


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey: its first day, how long it lasts, the rig's profile, hours recorded a day, and what is planned.

    `ring_mm` and `throw_deg` are the focus ring's diameter and how far it turns, once they were measured.
    """

    starts: date
    days: int
    profile: str
    hours_a_day: float
    sessions: tuple[PlannedSession, ...]
    ring_mm: float | None = None
    throw_deg: float | None = None
    schema: str = SCHEMA

    @property
    def drills(self) -> tuple[str, ...]:
        """The drills that are practised for it, in their order."""
        return tuple(dict.fromkeys(each.drill for each in self.sessions if each.kind == "practice"))


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether one drill is ready: its last test against its mark.

    `score` is that of the last test, `test_day` how many days after the pass it was; None without one.
    """

    drill: str
    ready: bool
    mark: float
    score: float | None
    test_day: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the journey takes: bytes for all its recordings, and full batteries, with what they were reckoned from."""

    bytes_needed: float | None
    batteries: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TripStatus:
    """How one stands before a journey: whether ready, drill by drill, what to do today, and the days left.

    `today` has the tests that are due, else what is planned for today, else the first session that was missed, under
    the day that it was planned for. `days_left` is negative once the journey has begun, `over` says that it has ended.
    """

    ready: bool
    drills: tuple[Readiness, ...]
    today: tuple[PlannedSession, ...]
    days_left: int
    over: bool = False


def plan_trip(
    starts: date,
    days: int,
    profile: str,
    drills: Sequence[Drill],
    today: date,
    *,
    per_week: int = 3,
    hours_a_day: float = 2.0,
) -> Trip:
    """Lay sessions on separate days up to a journey, in the order of learning, tests among them.

    Each drill is practised on two days and tested a week after the second, or the day after it where no drill has that
    long; the fixed drill is run on the last day of every second week, and on the day before the journey. Where the days
    don't suffice, the later drills stay out.

    Raises
    ------
    TripError
        Where the journey is too near for a session, or too far ahead, or the drills have no order.
    """
    ladder = [drill.name for drill in sorted(drills, key=lambda drill: drill.level) if drill.level and not drill.fixed]
    if starts <= today + timedelta(1) or not ladder:
        near = "it is today, or in the past" if starts <= today else "it is too soon"
        raise TripError(
            f"nothing can be practised before {starts.isoformat()}",
            why=near if ladder else "there are no drills in an order of learning",
            next_step="Give a later --date",
            code="trip.too-near",
        )
    if starts > today + timedelta(_FARTHEST_DAYS):
        raise TripError(
            f"nothing can be laid out up to {starts.isoformat()}",
            why="it is more than two years ahead",
            next_step="Give an earlier --date",
            code="trip.too-far",
        )
    last = starts - timedelta(1)
    step = _WEEK / per_week
    practice_days: list[date] = []
    while (on := today + timedelta(round(len(practice_days) * step))) < last:
        practice_days.append(on)
    sessions: list[PlannedSession] = []
    # Where there is no time for tests a week later they come the day after, when the first of a passed drill is due.
    for after in _TEST_AFTER:
        sessions = sessions or _whole_drills(ladder, practice_days, last, after, per_week)
    if not sessions:  # and where there is none for a test at all, the first drill is practised
        sessions = [PlannedSession(on, ladder[0], "practice") for on in practice_days]
    sessions.append(PlannedSession(last, FIXED, "fixed"))
    return Trip(starts, days, profile, hours_a_day, tuple(sorted(sessions, key=lambda each: each.on)))


def _whole_drills(
    ladder: Sequence[str], practice_days: Sequence[date], last: date, after: int, per_week: int
) -> list[PlannedSession]:
    """Return sessions of the drills that can be practised twice and tested so many days later, and the fixed one."""
    sessions: list[PlannedSession] = []
    pending: list[tuple[date, str]] = []
    names = iter([name for name in ladder for _ in range(PRACTISED_TWICE)])
    done: dict[str, int] = {}
    for number, on in enumerate(practice_days, 1):
        waiting = next((test for test in pending if test[0] <= on), None)
        if waiting is not None:
            pending.remove(waiting)
            sessions.append(PlannedSession(on, waiting[1], "test"))
        elif number % (2 * per_week) == 0 and on + timedelta(_WEEK) <= last:  # it is run on the last day, too
            sessions.append(PlannedSession(on, FIXED, "fixed"))
        elif on + timedelta(after) < last and (name := next(names, None)) is not None:
            sessions.append(PlannedSession(on, name, "practice"))
            done[name] = done.get(name, 0) + 1
            if done[name] == PRACTISED_TWICE:
                pending.append((on + timedelta(after), name))
    taken = {each.on for each in sessions}
    for on, name in pending:  # on a day of its own, before the last
        while on in taken:
            on += timedelta(1)
        if on < last:
            sessions.append(PlannedSession(on, name, "test"))
            taken.add(on)
    whole = {each.drill for each in sessions if each.kind == "test"}
    return [each for each in sessions if each.drill in whole or each.kind == "fixed"] if whole else []


def trip_status(trip: Trip, log: Log, drills: Sequence[Drill], today: date) -> TripStatus:
    """Return how one stands: ready where the last test of every drill that is practised for the journey met its rules.

    Parameters
    ----------
    trip
        As planned.
    log
        With only what counts in it: `rigcoach.journal.counted`.
    drills
        All drills.
    today
        By the photographer's calendar.
    """
    by_name = {drill.name: drill for drill in drills}
    wanted = [by_name[name] for name in trip.drills if name in by_name]
    found = tuple(_readiness(drill, log.sessions) for drill in wanted)
    done_today = {(row.drill, row.purpose) for row in log.sessions if day_of(row) == today}
    tests = tuple(
        PlannedSession(today, test.drill, "test")
        for test in due(retention_tests(log.sessions, today))
        if (test.drill, "retention") not in done_today
    )
    planned = tuple(
        each
        for each in trip.sessions
        if each.on == today and each.kind != "test" and (each.drill, each.kind) not in done_today
    )
    ready = bool(found) and all(each.ready for each in found)
    left = (trip.starts - today).days
    missed = () if left <= 0 or done_today else _missed(trip, log.sessions, today)[:1]
    return TripStatus(ready, found, tests or planned or missed, left, over=left <= -trip.days)


def _missed(trip: Trip, sessions: Sequence[SessionRow], today: date) -> tuple[PlannedSession, ...]:
    """Return the practice that was planned for days before today and not made up for since the plan began."""
    began = trip.sessions[0].on
    days = {(row.drill, row.purpose, day_of(row)) for row in sessions if began <= day_of(row) <= today}
    done = Counter((drill, purpose) for drill, purpose, _ in days)
    missed = []
    for each in trip.sessions:
        if each.on >= today or each.kind == "test":
            continue
        done[each.drill, each.kind] -= 1
        if done[each.drill, each.kind] < 0:
            missed.append(each)
    return tuple(missed)


def _readiness(drill: Drill, sessions: Sequence[SessionRow]) -> Readiness:
    tests = [row for row in sessions if row.drill == drill.name and row.purpose == "retention" and row.scored]
    if not tests:
        passed = any(row.drill == drill.name and row.passed for row in sessions)
        why = "passed, and not tested yet" if passed else "not passed yet"
        return Readiness(drill.name, False, drill.pass_mark, None, None, why)
    last = tests[-1]
    score = "no score" if last.overall is None else f"{last.overall:.0f}"
    why = f"{score} in the test of day {last.test_day}; {drill.pass_mark:g} is its mark"
    if last.passed is not True and (last.overall or 0.0) >= drill.pass_mark:
        why += ", and another rule was missed"
    return Readiness(drill.name, last.passed is True, drill.pass_mark, last.overall, last.test_day, why)


@dataclass(frozen=True, slots=True)
class BatteryUse:
    """How much of a battery went over some time of practice: a share, which may be more than one, and hours."""

    share: float
    hours: float

    @property
    def full_s(self) -> float:
        """How long a full battery lasts so."""
        return self.hours / self.share * 3600


def supplies(trip: Trip, bytes_per_s: Sequence[float], used: BatteryUse | None = None) -> Supplies:
    """Return what cards and batteries a journey takes.

    Parameters
    ----------
    trip
        As planned.
    bytes_per_s
        Of recordings with the rig, as measured; none where there are none yet.
    used
        Of batteries, as bodies told it; None where that is not known yet.
    """
    seconds = trip.days * trip.hours_a_day * 3600
    day_s = trip.hours_a_day * 3600
    lasts_s = FULL_BATTERY_S if used is None else used.full_s
    batteries = max(1, math.ceil(day_s / lasts_s))
    by = (
        "an assumption: its drain was not measured yet"
        if used is None
        else f"as measured: {100 * used.share:.0f} % went in {used.hours:.1f} h of practice"
    )
    hours = f"{trip.hours_a_day:g} h a day on {trip.days} day{'' if trip.days == 1 else 's'}"
    told = [f"batteries: {batteries} a day, charged each night, at {lasts_s / 60:.0f} minutes each ({by})"]
    needed = None
    if bytes_per_s:
        rate = fmean(bytes_per_s)
        needed = rate * seconds
        told.insert(
            0,
            f"cards: {needed / 1e9:.0f} GB for {hours}, at {8 * rate / 1e6:.0f} Mbit/s as measured in "
            f"{len(bytes_per_s)} takes",
        )
    else:
        told.insert(0, f"cards: for {hours}; no take with this rig shows its bit rate yet")
    return Supplies(needed, batteries, tuple(told))


def trip_calendar(trip: Trip) -> bytes:
    """Return a trip's sessions as an iCalendar file (RFC 5545), each on its whole day."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//rigcoach//")
    calendar.add("version", "2.0")
    stamp = datetime.fromisoformat(f"{trip.sessions[0].on.isoformat()}T00:00:00+00:00")
    for number, each in enumerate(trip.sessions, 1):
        event = Event()
        event.add("uid", f"{trip.starts.isoformat()}-{number}@rigcoach")
        event.add("dtstamp", stamp)
        event.add("dtstart", each.on)
        event.add("dtend", each.on + timedelta(1))
        event.add("summary", f"rigcoach: {each.drill}{', test' if each.kind == 'test' else ''}")
        event.add("description", each.command)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def trip_path() -> Path:
    """Return where the trip lies; it need not exist."""
    return user_folder("journal") / "trip.json"


def keep_trip(trip: Trip) -> Path:
    """Write a trip among the user's data, in place of the last one, and return where it lies.

    What was measured of the rig's focus ring for the last one is not to be measured again.
    """
    try:
        last = load_trip()
    except TripError:
        last = trip  # there is none that could tell
    if last.profile == trip.profile:
        trip = replace(trip, ring_mm=trip.ring_mm or last.ring_mm, throw_deg=trip.throw_deg or last.throw_deg)
    document = json.loads(json.dumps(asdict(trip), default=str))
    write_kept(trip_path(), json.dumps(document, indent=1).encode() + b"\n")
    return trip_path()


def keep_ring(trip: Trip, ring_mm: float | None, throw_deg: float | None) -> Trip:
    """Note what was measured of the focus ring with the trip, and return it; what is None stays as it was known."""
    if ring_mm is None and throw_deg is None:
        return trip
    noted = replace(trip, ring_mm=ring_mm or trip.ring_mm, throw_deg=throw_deg or trip.throw_deg)
    keep_trip(noted)
    return noted


def load_trip() -> Trip:
    """Read the trip that was planned last.

    Raises
    ------
    TripError
        Where there is none, or it cannot be read.
    """
    from pydantic import TypeAdapter, ValidationError

    path = trip_path()
    try:
        trip: Trip = TypeAdapter(Trip).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise TripError(
            "no trip is planned",
            next_step="Plan one: rigcoach trip plan --date 2027-03-01 --rig hip-video --days 4",
            code="trip.none",
        ) from error
    except (OSError, ValidationError) as error:
        raise TripError(f"{path} cannot be read", why=str(error).splitlines()[0], next_step="Plan it again") from error
    if trip.schema != SCHEMA or not trip.sessions:
        raise TripError(f"{path} is not a trip", next_step="Plan it again: rigcoach trip plan")
    return trip
