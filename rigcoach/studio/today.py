"""What is due today: the drill to go on with, the camera as the doctor finds it, the profile as it was applied."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rigcoach.base.percent import percent
from rigcoach.base.preferences import preferences
from rigcoach.drills.files import load_drill, readable_drills
from rigcoach.drills.model import Drill
from rigcoach.journal.counted import counted
from rigcoach.journal.due import RetentionTest, retention_tests
from rigcoach.journal.due import due as due_tests
from rigcoach.journal.folder import now
from rigcoach.journal.index import Log, read_log
from rigcoach.journal.progress import next_drill, weaknesses
from rigcoach.practice.trip import PlannedSession, TripError, load_trip, trip_status
from rigcoach.report.page import PageFrame
from rigcoach.report.story_card import Story, story
from rigcoach.report.trend_charts import when
from rigcoach.report.trend_page import trend_page
from rigcoach.rig.profile import load_profile
from rigcoach.studio.drill_room import BusyError, DrillRoom
from rigcoach.tether.diagnosis import diagnose, is_ready
from rigcoach.tether.documents import apply_document, doctor_document
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import apply

_LAST = 8


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session in the list: its name, its drill, its day, what came of it in words, and whether on the emulator."""

    id: str
    drill: str
    day: str
    told: str
    emulated: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What is due, and what there is to choose from.

    `tests` are due, `planned` is what a trip's plan has for today, `days_left` until that trip; `notes` are what could
    not be read.
    """

    due: str
    why: str
    weak: tuple[str, ...]
    drills: tuple[Drill, ...]
    sessions: tuple[PastSession, ...]
    tests: tuple[RetentionTest, ...]
    planned: tuple[PlannedSession, ...]
    days_left: int | None
    notes: tuple[str, ...]


def today(*, emulated: bool = False) -> Today:
    """Return what is due, of practice with a camera or of that on the emulated one.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        The journal cannot be read.
    """
    notes: list[str] = []
    drills = readable_drills(lambda error: notes.append(error.line()))
    log = read_log()
    practised = counted(log, emulated=emulated)
    following = next_drill(practised.sessions, drills)
    first = min((each for each in drills if each.level), key=lambda each: (each.level, each.name), default=None)
    due, why = ("", "") if first is None else (first.name, first.description)
    if following is not None:
        due, why = following.drill, following.why
    planned, days_left = _of_trip(practised, drills, notes)
    if planned:
        due, why = planned[0].drill, ""
    past = tuple(
        PastSession(
            row.id,
            row.drill,
            when(row).date().isoformat(),
            "–" if row.overall is None else f"{row.overall:.0f}, {percent(row.keeper_ratio or 0)}",
            row.emulated,
        )
        for row in reversed(log.sessions[-_LAST:])
    )
    weak = tuple(each.sentence for each in weaknesses(practised.takes))
    tests = due_tests(retention_tests(practised.sessions, now().date()))
    ordered = sorted(drills, key=lambda each: (each.level or 99, each.name))
    return Today(due, why, weak, tuple(ordered), past, tests, planned, days_left, tuple(notes))


def _of_trip(log: Log, drills: Sequence[Drill], notes: list[str]) -> tuple[tuple[PlannedSession, ...], int | None]:
    """Return what the plan of a trip has for today, and the days left; nothing without one."""
    try:
        trip = load_trip()
    except TripError as error:
        if error.code != "trip.none":
            notes.append(error.line())
        return (), None
    status = trip_status(trip, log, drills, now().date())
    return tuple(each for each in status.today if each.kind != "test"), status.days_left


def usual_profile(names: Sequence[str]) -> str:
    """Return which of some profiles is meant where none is named: the configured one, else the first drill's."""
    drills = sorted((each for each in readable_drills() if each.level), key=lambda each: (each.level, each.name))
    wanted = (preferences().rig, preferences().profile, *(each.profile for each in drills), *names)
    return next((name for name in wanted if name in names), "")


def progress_page(*, emulated: bool, frame: PageFrame) -> str:
    """Return the page of practice over time; raises as `rigcoach.report.trend_page.trend_page`."""
    practised = counted(read_log(), emulated=emulated)
    following, weak = next_drill(practised.sessions, readable_drills()), weaknesses(practised.takes)
    return trend_page(practised, following=following, weak=weak, emulated=emulated, frame=frame)


def week_story(*, emulated: bool) -> Story:
    """Return the week's card; raises as `rigcoach.report.story_card.story`."""
    return story(counted(read_log(), emulated=emulated), emulated=emulated)


def camera_document(room: DrillRoom) -> dict[str, Any]:
    """Return the camera's state as ``camera doctor --json`` prints it.

    Raises
    ------
    BusyError
        The camera is in use.
    """
    with camera_of(room):
        facts = room.commands.examine()
    findings = diagnose(facts)
    model = facts.listing.model if facts.listing is not None else None
    return doctor_document(model, findings, ready=is_ready(findings))


def applied_document(room: DrillRoom, drill: str) -> dict[str, Any]:
    """Apply a drill's profile, read it back, and return what ``profile apply --json`` prints.

    Raises
    ------
    BusyError
        The camera is in use.
    rigcoach.base.errors.RigcoachError
        There is no such drill or profile, or the camera refuses.
    """
    profile = load_profile(load_drill(drill).profile)
    with camera_of(room), room.commands.opened_camera() as camera:
        applied = apply(camera, profile, keep=snapshot.keep)
    if applied.lost is not None:
        raise applied.lost
    return apply_document(applied)


@contextmanager
def camera_of(room: DrillRoom) -> Iterator[None]:
    """Hold the camera, where nobody else does.

    Raises
    ------
    BusyError
        Somebody does.
    """
    if not room.camera.acquire(timeout=1.0):
        raise BusyError("the camera is in use", next_step="Wait until the drill is over, or stop it")
    try:
        yield
    finally:
        room.camera.release()
