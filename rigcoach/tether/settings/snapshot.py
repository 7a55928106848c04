"""Snapshots: a body as it stood before a profile was applied, kept on disk so that it can be put back tomorrow too."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import remove_kept, write_kept
from rigcoach.base.user_data import user_folder
from rigcoach.listing.files import listing_from_json, to_json
from rigcoach.listing.model import BodyListing

SCHEMA = "rigcoach.snapshot/1"
_KEPT = 50  # for each body; older ones go
_MOST_BYTES = 8_000_000  # a listing with every raw property of a Nikon has 100 kB
_ANOTHER = "Choose another: `rigcoach profile restore --list`"


class SnapshotError(RigcoachError):
    """A snapshot that is not there, or cannot be used."""

    code = "snapshot.unusable"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A body at one moment.

    Attributes
    ----------
    taken_at
        When, with a time zone.
    profile
        The profile that was applied afterwards.
    touched
        The paths of the widgets that it was going to set.
    listing
        All that the body reported.
    path
        Where it lies on disk; None for one that was not kept.
    """

    taken_at: datetime
    profile: str
    touched: tuple[str, ...]
    listing: BodyListing
    path: Path | None = None


def serial_of(listing: BodyListing) -> str:
    """Return a body's serial number; empty where it reports none, or zeros."""
    for name in ("eosserialnumber", "serialnumber"):
        serial = (listing.current(name) or "").strip()
        if serial.strip("0"):
            return serial
    return ""


def keep(snapshot: Snapshot, folder: Path | None = None) -> Path:
    """Write a snapshot to disk, whole or not at all, and return where it lies.

    Parameters
    ----------
    snapshot
        What to keep.
    folder
        Where; by default the folder ``snapshots`` of the photographer's data.
    """
    folder = folder or user_folder("snapshots")
    document = {
        "schema": SCHEMA,
        "taken_at": snapshot.taken_at.isoformat(),
        "profile": snapshot.profile,
        "touched": list(snapshot.touched),
        "listing": to_json(snapshot.listing),
    }
    path = folder / f"{_slug(snapshot.listing)}.{snapshot.taken_at:%Y%m%dT%H%M%S%f}.json"
    # A listing names the body's owner.
    write_kept(path, json.dumps(document, ensure_ascii=False).encode(), mode=0o600)
    for old in sorted(folder.glob(f"{_slug(snapshot.listing)}.*.json"))[:-_KEPT]:
        remove_kept(old)
    return path


def latest(listing: BodyListing, folder: Path | None = None) -> Snapshot:
    """Return the last snapshot of a body: of the same model, and of the same serial number where both tell one.

    Raises
    ------
    SnapshotError
        Where there is none.
    """
    found = newest(listing, folder)
    if found is not None:
        return found
    raise SnapshotError(
        f"there is no snapshot of this {listing.model}",
        why="none was taken: `rigcoach profile apply` takes one each time before it sets anything",
        next_step="Set the body by hand, or apply another profile",
        code="snapshot.none",
    )


def newest(listing: BodyListing, folder: Path | None = None) -> Snapshot | None:
    """Return the last snapshot of a body as `latest` finds it; None where there is none."""
    for path in reversed(kept(folder)):
        snapshot = read(path)
        if snapshot.listing.model == listing.model and _same_body(snapshot.listing, listing):
            return snapshot
    return None


def kept(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files of all snapshots, the oldest first."""
    folder = folder or user_folder("snapshots")
    return tuple(sorted(folder.glob("*.json"), key=lambda path: path.name.rsplit(".", 2)[-2:]))


def read(path: Path) -> Snapshot:
    """Read a snapshot.

    Raises
    ------
    SnapshotError
        Where it is none.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        document = json.loads(path.read_text(encoding="utf-8"))
        return _snapshot(document, path)
    except RecursionError as error:
        raise SnapshotError(f"{path} is no snapshot", why="it is nested too deep", next_step=_ANOTHER) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise SnapshotError(f"{path} cannot be read", why=why, next_step=_ANOTHER) from error
    except ValueError as error:
        raise SnapshotError(f"{path} is no snapshot", why=str(error), next_step=_ANOTHER) from error


def _snapshot(document: Any, path: Path) -> Snapshot:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"its schema is not {SCHEMA}")
    touched, profile = document.get("touched"), document.get("profile")
    if not isinstance(touched, list) or not all(isinstance(widget, str) for widget in touched):
        raise ValueError('"touched" is to be a list of texts')
    taken_at = datetime.fromisoformat(str(document.get("taken_at")))
    return Snapshot(taken_at, str(profile), tuple(touched), listing_from_json(document.get("listing")), path)


def _same_body(one: BodyListing, other: BodyListing) -> bool:
    first, second = serial_of(one), serial_of(other)
    return not first or not second or first == second


def _slug(listing: BodyListing) -> str:
    text = f"{listing.body or listing.model} {serial_of(listing)[-6:]}"
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())) or "body"
