"""Whether a session that was read is plausible: JSON of the right shape may still hold impossible values."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rigcoach.drills.model import CAMERA_HEIGHTS, Station
from rigcoach.journal.session import Session

_LARGEST = 1e9
_LARGEST_WHOLE = 1 << 53
_LONGEST_NAME_BYTES = 255  # that any file system takes
YEARS = range(1970, 2201)
"""That a take can be of: cameras count from 1970 on; at either end of time zones are out of range."""


def what_cannot_be(session: Session) -> str:
    """Return what in a session cannot be, with where it stands; empty where nothing."""
    return next(_wrong(session), "")


def _wrong(session: Session) -> Iterator[str]:
    yield from _wrong_values(session, "")
    for number, take in enumerate(session.takes, 1):
        where = f"takes.{number - 1}"
        if take.number != number:
            yield f"{where}.number: {take.number}, where {number} stands"
        for key, name in (("clip", take.clip), *(("chapters", name) for name in take.chapters)):
            if name is not None and not _is_name(name):
                yield f"{where}.{key}: {name!r} is no file in its folder"
        if take.size_bytes is not None and take.size_bytes < 0:
            yield f"{where}.size_bytes: {take.size_bytes}"
        yield from _wrong_station(take.station, f"{where}.station")
    for number, station in enumerate(session.drill.stations):
        yield from _wrong_station(station, f"drill.stations.{number}")


def _wrong_values(value: Any, where: str) -> Iterator[str]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _wrong_values(getattr(value, field.name), f"{where}.{field.name}".lstrip("."))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _wrong_values(each, f"{where}.{key}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _wrong_values(each, f"{where}.{number}")
    elif isinstance(value, datetime):
        if value.tzinfo is None or value.year not in YEARS:
            yield f"{where}: {value.isoformat()} is no time with a time zone between {YEARS[0]} and {YEARS[-1]}"
    elif isinstance(value, float):
        if not math.isfinite(value) or abs(value) > _LARGEST:
            yield f"{where}: {value:g} is out of range"
    elif isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        yield f"{where}: a number of {value.bit_length()} bits is out of range"


def _wrong_station(station: Station, where: str) -> Iterator[str]:
    if not (station.distance_m > 0 and (station.to_m is None or station.to_m > 0)):
        yield f"{where}: a distance is above zero"
    if station.camera_height not in CAMERA_HEIGHTS:
        yield f"{where}.camera_height: {station.camera_height!r} is none of {', '.join(CAMERA_HEIGHTS)}"


def _is_name(name: str) -> bool:
    short = len(name.encode(errors="surrogatepass")) <= _LONGEST_NAME_BYTES
    return bool(name) and short and name not in (".", "..") and "\0" not in name and Path(name).name == name
