"""Gear as files: the shipped register of mounts, bodies, lenses and adapters, and the photographer's own."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rigcoach.rig import toml_file
from rigcoach.rig.gear import Adapter, Body, Gear, Lens, Mount, Movie, Turn, find
from rigcoach.rig.shipped import shipped_folder, user_folder


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=False)]


class _MountRow(_Row):
    id: str
    name: str
    register_mm: PositiveFloat


class _MovieRow(_Row):
    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    sensor_width_mm: PositiveFloat


class _BodyRow(_Row):
    id: str
    name: str
    mount: str
    sensor_width_mm: PositiveFloat
    sensor_height_mm: PositiveFloat
    movie: _MovieRow | None = None


class _LensRow(_Row):
    id: str
    name: str
    mount: str
    focal_length_mm: PositiveFloat
    widest_f_number: PositiveFloat
    narrowest_f_number: PositiveFloat
    close_focus_m: PositiveFloat
    aperture_ring: bool
    electronic: bool
    autofocus: bool
    infinity_turn: Turn


class _AdapterRow(_Row):
    id: str
    name: str
    body_mount: str
    lens_mount: str
    electronic: bool


class _GearFile(_Row):
    mount: list[_MountRow] = []
    body: list[_BodyRow] = []
    lens: list[_LensRow] = []
    adapter: list[_AdapterRow] = []


def load_gear(own: Path | None = None) -> Gear:
    """Return all known gear: what ships with rigcoach, and the photographer's own.

    Own gear is read from every ``*.toml`` in `own` (by default the folder ``hardware`` of the user's data), in the
    shape of the shipped files; an id that ships too is replaced.

    Raises
    ------
    rigcoach.rig.toml_file.FileError
        Where a file cannot be used.
    """
    return _load(own if own is not None else user_folder("hardware"))


@cache
def _load(own: Path) -> Gear:
    gear = Gear({}, {}, {}, {})
    rows = _GearFile()
    for path in (*sorted(shipped_folder("hardware").glob("*.toml")), *sorted(own.glob("*.toml"))):
        read = toml_file.load(path, _GearFile)
        rows.mount += read.mount
        rows.body += read.body
        rows.lens += read.lens
        rows.adapter += read.adapter
    mounts = gear.mounts
    mounts.update((row.id, Mount(row.id, row.name, row.register_mm)) for row in rows.mount)
    for row in rows.body:
        movie = Movie(**row.movie.model_dump()) if row.movie else None
        gear.bodies[row.id] = Body(
            row.id, row.name, find(mounts, "mount", row.mount), row.sensor_width_mm, row.sensor_height_mm, movie
        )
    for lens in rows.lens:
        gear.lenses[lens.id] = Lens(**{**lens.model_dump(), "mount": find(mounts, "mount", lens.mount)})
    for adapter in rows.adapter:
        ends = find(mounts, "mount", adapter.body_mount), find(mounts, "mount", adapter.lens_mount)
        gear.adapters[adapter.id] = Adapter(adapter.id, adapter.name, *ends, adapter.electronic)
    return gear
