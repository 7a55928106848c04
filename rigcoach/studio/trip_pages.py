"""A trip: practice laid out up to it, ready or not, what to pack, and all of it to print."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rigcoach.base.errors import RigcoachError
from rigcoach.drills.files import readable_drills
from rigcoach.journal.counted import counted
from rigcoach.journal.folder import now
from rigcoach.journal.index import read_log
from rigcoach.practice.packing import Sections, packing, packing_pdf
from rigcoach.practice.trip import (
    Trip,
    TripError,
    TripStatus,
    keep_ring,
    keep_trip,
    load_trip,
    plan_trip,
    trip_calendar,
    trip_status,
)
from rigcoach.rig.profile import load_profile, profile_paths
from rigcoach.studio.answers import text_in, told
from rigcoach.studio.pages import shown, words_of
from rigcoach.studio.room import Room, room_of
from rigcoach.studio.today import camera_of, usual_profile

_PRINT = "packing.pdf"
_RING_MM, _THROW_DEG = (15.0, 200.0), (10.0, 350.0)


@dataclass(frozen=True, slots=True)
class ShownTrip:
    """A planned trip, how one stands, and what to pack."""

    trip: Trip
    status: TripStatus
    packing: Sections


def shown_trip(*, emulated: bool) -> ShownTrip | None:
    """Return the trip that was planned last, as it stands; None without one.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        It, its rig or the journal cannot be read.
    """
    try:
        trip = load_trip()
    except TripError as error:
        if error.code == "trip.none":
            return None
        raise
    status = trip_status(trip, counted(read_log(), emulated=emulated), readable_drills(), now().date())
    return ShownTrip(trip, status, packing(trip, load_profile(trip.profile)))


async def page(request: Request) -> Response:
    """Show the trip and what is to be planned."""
    emulated = room_of(request).drill.commands.emulated
    problem, found = "", None
    try:
        found = await run_in_threadpool(lambda: shown_trip(emulated=emulated))
    except RigcoachError as error:
        problem = words_of(request).error(error)
    rigs = [path.stem for path in profile_paths()]
    today = now().date().isoformat()
    rig = await run_in_threadpool(usual_profile, rigs) if found is None else found.trip.profile
    return shown(request, "trip.html.j2", found=found, rigs=rigs, rig=rig, problem=problem, today=today)


async def plan(request: Request) -> Response:
    """Plan a trip, in place of the last one."""
    said = await told(request)
    try:
        starts = date.fromisoformat(text_in(said, "starts", 20))
    except ValueError as error:
        raise TripError(words_of(request)("trip-no-day")) from error
    days, per_week = _number(said, "days", 1, 365), _number(said, "per_week", 1, 7)
    hours, rig = _number(said, "hours", 0.1, 24), text_in(said, "rig")

    def lay_out() -> None:
        chosen = load_profile(rig)
        keep_trip(
            plan_trip(
                starts,
                int(days),
                chosen.name,
                readable_drills(),
                now().date(),
                per_week=int(per_week),
                hours_a_day=hours,
            )
        )

    await run_in_threadpool(lay_out)
    return JSONResponse({"done": True})


async def to_print(request: Request) -> Response:
    """Make the trip's print, to be fetched from where the answer says; the body's serial number only where asked."""
    said = await told(request)
    ring_mm, throw_deg = (
        None if said.get(name) is None else _number(said, name, *ends)
        for name, ends in (("ring_mm", _RING_MM), ("throw_deg", _THROW_DEG))
    )
    room = room_of(request)
    serial = said.get("serials") is True
    room.made[_PRINT] = await run_in_threadpool(lambda: _print(room, ring_mm, throw_deg, serial=serial))
    return JSONResponse({"at": f"/trip/{_PRINT}"})


def _print(room: Room, ring_mm: float | None, throw_deg: float | None, *, serial: bool) -> bytes:
    trip = keep_ring(load_trip(), ring_mm, throw_deg)
    number = ""
    if serial:
        with camera_of(room.drill), room.drill.commands.opened_camera() as camera:
            number = camera.listing().current("serialnumber") or ""
    return packing_pdf(f"Trip on {trip.starts:%d %B %Y}", trip, load_profile(trip.profile), number)


async def made(request: Request) -> Response:
    """Send the print that was made last in this run."""
    content = room_of(request).made.get(_PRINT)
    if content is None:
        raise HTTPException(404)
    return _file(content, _PRINT, "application/pdf")


async def calendar(_: Request) -> Response:
    """Send the trip's sessions as a calendar."""
    content = await run_in_threadpool(lambda: trip_calendar(load_trip()))
    return _file(content, "trip.ics", "text/calendar")


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _number(said: dict[str, Any], name: str, least: float, most: float) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise TripError(f"{name.replace('_', ' ')} must be from {least:g} to {most:g}")
    return float(value)


ROUTES = (
    Route("/trip", page),
    Route("/trip/packing.pdf", made),
    Route("/trip/trip.ics", calendar),
    Route("/api/trip", plan, methods=["POST"]),
    Route("/api/trip-print", to_print, methods=["POST"]),
)
