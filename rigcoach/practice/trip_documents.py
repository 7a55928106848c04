"""The JSON documents on trips."""

from dataclasses import asdict
from pathlib import Path

from rigcoach.base.documents import Document
from rigcoach.practice.packing import Sections
from rigcoach.practice.trip import PlannedSession, Trip, TripStatus


def trip_document(trip: Trip, path: Path) -> Document:
    """Return what ``trip plan --json`` prints: the plan, and where it lies."""
    return {
        "schema": trip.schema,
        "starts": trip.starts.isoformat(),
        "days": trip.days,
        "profile": trip.profile,
        "hours_a_day": trip.hours_a_day,
        "sessions": [_session(each) for each in trip.sessions],
        "path": str(path),
    }


def status_document(trip: Trip, status: TripStatus, packing: Sections) -> Document:
    """Return what ``trip status --json`` prints: ready or not, drill by drill, what to do today, what to pack."""
    return {
        "schema": "rigcoach.trip-status/1",
        "starts": trip.starts.isoformat(),
        "days_left": status.days_left,
        "ready": status.ready,
        "drills": [asdict(each) for each in status.drills],
        "today": [_session(each) for each in status.today],
        "packing": {heading: list(items) for heading, items in packing},
    }


def _session(each: PlannedSession) -> Document:
    return {"on": each.on.isoformat(), "drill": each.drill, "kind": each.kind, "command": each.command}
