"""A drill off the cable: the profile applied and seen to outlive the unplugging, then takes timed by voice alone."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from rigcoach.journal import folder
from rigcoach.journal.session import Check, NotCounted
from rigcoach.listing.model import BodyListing
from rigcoach.practice import preflight
from rigcoach.practice.emulated_body import is_emulated
from rigcoach.practice.open_session import OpenSession, Prompter, begun, nothing_meanwhile
from rigcoach.practice.run_plan import RunPlan
from rigcoach.practice.slate import MOST, slate_page
from rigcoach.practice.tethered import COUNT_FROM, clips_on_card
from rigcoach.rig.settings import setting_name
from rigcoach.tether.camera import Camera
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import Applied, apply
from rigcoach.tether.settings.left_as import keep_as_left
from rigcoach.tether.settings.resolution import Status

SLATES = "slates.html"
"""In the session's folder: a slate for each take."""

TO_CIRCLE = "left  right  |  high  low  |  near  far  |  blurred"
"""Under each take of a sheet: how it went, before it is told."""

_NOBODY_THERE_S = 10.0  # without an answer, after which nobody is at the keys or the phone

_CLOCKS = ("datetimeutc", "datetime")


def run_untethered(
    open_camera: Callable[[], AbstractContextManager[Camera]] | None,
    wanted: RunPlan,
    prompter: Prompter,
    ready: Callable[[], None],
    *,
    by_sheet: bool = False,
) -> OpenSession:
    """Set the rig, let go of it, and time the takes; the clips come in later, with `rigcoach ingest`.

    Parameters
    ----------
    open_camera
        Opens the camera that is to be set; None where it was set by hand.
    wanted
        What is to be rehearsed.
    prompter
        What the photographer hears.
    ready
        Returns once the photographer is.
    by_sheet
        Whether the takes are shot from a printed running order, at any time, instead of being timed.

    Raises
    ------
    PreflightError
        Where takes could not be measured: no card in the body, its battery empty.
    CameraError
        Where the camera is lost or refuses.
    JournalError
        Where the session cannot be written.
    """
    wanted = wanted.within(None)
    if wanted.session.schedule.trimmed:
        prompter.line(wanted.session.schedule.trimmed)
    session = wanted.new_session(tethered=False)
    # Where the camera cannot be had no session is begun.
    with ExitStack() as tether:
        camera = None if open_camera is None else tether.enter_context(open_camera())
        with begun(session, prompter) as open_session:
            numbers = range(1, min(len(wanted.stations), MOST) + 1)
            folder.write_whole(open_session.folder / SLATES, slate_page(numbers, wanted.drill.name).encode())
            prompter.line(
                f"Slates to hold up at the start of a take, printed or on a phone: {open_session.folder / SLATES}"
            )
            if camera is not None:
                _prepare(camera, wanted, prompter, open_session)
                tether.close()
            if not by_sheet:
                ready()
                _time_takes(wanted, prompter, open_session)
            open_session.waiting()
    return open_session


def running_order(open_session: OpenSession) -> list[str]:
    """Return the session's takes as a list to print."""
    drill = open_session.session.drill
    lines = [f"{drill.name} ({open_session.session.id})", drill.description, ""]
    for take in open_session.session.takes:
        lines.append(f"[ ] {take.number:>2}  {take.station.announcement}, {take.station.seconds:g} s")
        lines.append(f"        {TO_CIRCLE}")
    return [
        *lines,
        "",
        "Record one clip per take, in this order, or hold up the take's slate at the start.",
        "After each, circle how it went; nothing for as wanted. Then: rigcoach ingest",
    ]


def clock_ahead_s(listing: BodyListing, now_s: float) -> float | None:
    """Return how far a body's clock is ahead of the computer's; None where it does not tell the time.

    Parameters
    ----------
    listing
        What the body reports, read just now.
    now_s
        The computer's time, in seconds since 1970.
    """
    for name in _CLOCKS:
        told = listing.current(name) or ""
        # A clock that is not known reads 0.
        if told.isdigit() and int(told):
            return float(int(told) - now_s)
    return None


def outlives(applied: Applied, after: BodyListing) -> tuple[Check, ...]:
    """Return which settings a body still has after it was let go of, and which it has not."""
    stays, goes = [], []
    for setting in applied.settings:
        if setting.status not in (Status.EXACT, Status.NEAREST) or setting.widget is None:
            continue
        name, now = setting_name(setting.setting), after.current(setting.widget)
        if now == setting.read_back:
            stays.append(name)
        else:
            goes.append(f"{name} is {now or 'not reported'} again")
    checks = []
    if stays:
        checks.append(Check("unplugged.stays", True, f"kept after unplugging: {', '.join(stays)}"))
    if goes:
        text = f"lost after unplugging: {', '.join(goes)}"
        checks.append(Check("unplugged.goes", None, text, "Set it on the body by hand"))
    return tuple(checks)


def _prepare(camera: Camera, wanted: RunPlan, prompter: Prompter, open_session: OpenSession) -> None:
    with prompter.step(f"Applying {wanted.profile.name}") as advance:
        applied = apply(camera, wanted.profile, advance, keep=snapshot.keep)
    if applied.lost is not None:
        raise applied.lost
    # What a body keeps when it is let go of is seen by letting go of it.
    with prompter.step("Disconnecting and reading the settings again") as advance:
        advance(0, None)
        camera.reopen()
        listing = camera.listing()
        offset_s = clock_ahead_s(listing, time.time())
    keep_as_left(listing, wanted.profile.name)
    checks = (
        *preflight.body_checks(applied.before.listing),
        preflight.profile_check(applied),
        *outlives(applied, listing),
        *preflight.camera_checks(camera.port, listing, camera.cards()),
    )
    ahead_s = None if offset_s is None else round(offset_s, 1)
    why: tuple[NotCounted, ...] = ("emulated",) if is_emulated(camera.port, listing) else ()
    open_session.prepared(listing.model or listing.body, checks, ahead_s, clips_on_card(camera), *why)
    for setting in applied.by_hand:
        prompter.line(f"By hand: {setting_name(setting.setting)}: {setting.reason}")
    for check in checks:
        prompter.line(f"{check.text}. {check.next_step}" if check.next_step else check.text)
    error = preflight.failed(checks)
    if error is not None:
        open_session.does_not_count("checks")
        if not wanted.anyway:
            raise error


def _time_takes(wanted: RunPlan, prompter: Prompter, open_session: OpenSession) -> None:
    guesser = wanted.guesser
    for number, station in enumerate(wanted.stations, 1):
        prompter.say(f"Take {number} of {len(wanted.stations)}. {station.announcement}. Press record on Go")
        time.sleep(wanted.drill.pause_s)
        prompter.await_ready(nothing_meanwhile)  # no camera is to be kept awake, and no take is scored yet
        for count in range(COUNT_FROM, 0, -1):
            prompter.call(str(count))
            time.sleep(1.0)
        prompter.call("Go")
        open_session.begin_take(number)
        time.sleep(station.seconds)
        prompter.call("Stop")
        # A camera takes a moment to close its file.
        time.sleep(1.0)
        if guesser is not None:
            asked_s = time.monotonic()
            guess = guesser.ask(number, prompter)
            if guess is not None:
                open_session.guessed(number, guess)
            elif time.monotonic() - asked_s > _NOBODY_THERE_S:
                guesser = None  # who is out with the camera is asked when the clips come in
    prompter.say("That was the last take. Plug the camera in again, then: rigcoach ingest")
