"""Gear as files: the shipped register of mounts, bodies, lenses and adapters, and the photographer's own."""

from functools import cache
from pathlib import Path
from typing import Any

from rigcoach.base import toml_file
from rigcoach.base.user_data import shipped_folder, user_folder
from rigcoach.rig.catalog import Gear, find
from rigcoach.rig.gear import Adapter, Body, Lens, Mount, Movie

Rows = list[dict[str, Any]]
_KINDS = ("mount", "body", "lens", "adapter")


def load_gear(own: Path | None = None) -> Gear:
    """Return all known gear: what ships with rigcoach, and the photographer's own.

    Own gear is read from every ``*.toml`` in `own` (by default the folder ``hardware`` of the user's data), in the
    shape of the shipped files; an id that ships too is replaced.

    Raises
    ------
    rigcoach.base.toml_file.FileError
        Where a file cannot be used.
    """
    return _load(own if own is not None else user_folder("hardware"))


def reload_gear() -> Gear:
    """Return all known gear, read anew: for who has just written some."""
    _load.cache_clear()
    return load_gear()


@cache
def _load(own: Path) -> Gear:
    rows: dict[str, Rows] = {kind: [] for kind in _KINDS}
    # What ships was checked against the schema before; reading it must not take long.
    shipped = [toml_file.parse(toml_file.read_text(p), p) for p in sorted(shipped_folder("hardware").glob("*.toml"))]
    for file in (*shipped, *map(_checked, sorted(own.glob("*.toml")))):
        for kind in _KINDS:
            rows[kind] += file.get(kind, [])
    return _gear(rows)


def _checked(path: Path) -> dict[str, Rows]:
    """Return the rows of a file that the photographer wrote, or say by line what is wrong with them."""
    from rigcoach.rig.gear_schema import GearFile

    return toml_file.load(path, GearFile).model_dump(exclude_none=True)


def _gear(rows: dict[str, Rows]) -> Gear:
    gear = Gear({}, {}, {}, {})
    mounts = gear.mounts
    mounts.update((row["id"], Mount(**row)) for row in rows["mount"])
    for row in rows["body"]:
        movie = Movie(**row["movie"]) if "movie" in row else None
        gear.bodies[row["id"]] = Body(**{**row, "mount": find(mounts, "mount", row["mount"]), "movie": movie})
    for row in rows["lens"]:
        open_parts = dict.fromkeys(("narrowest_f_number", "close_focus_m", "infinity_turn"))
        gear.lenses[row["id"]] = Lens(**{**open_parts, **row, "mount": find(mounts, "mount", row["mount"])})
    for row in rows["adapter"]:
        ends = {end: find(mounts, "mount", row[end]) for end in ("body_mount", "lens_mount")}
        gear.adapters[row["id"]] = Adapter(**{**row, **ends})
    return gear
