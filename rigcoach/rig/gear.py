"""Bodies, lenses and adapters: the facts that framing, focusing and settings depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from rigcoach.errors import RigcoachError
from rigcoach.rig import toml_file
from rigcoach.rig.shipped import shipped_folder, user_folder

Turn = Literal["clockwise", "anticlockwise"]


class GearError(RigcoachError):
    """A piece of gear that is not known, or does not fit."""

    code = "gear.unknown"


@dataclass(frozen=True, slots=True)
class Mount:
    """A lens mount; `register_mm` is its flange focal distance, from the mount's face to the sensor."""

    id: str
    name: str
    register_mm: float


@dataclass(frozen=True, slots=True)
class Movie:
    """What a body records: frame size, and the width of the sensor that the frame is read from."""

    width_px: int
    height_px: int
    sensor_width_mm: float

    @property
    def pixel_pitch_mm(self) -> float:
        """Distance on the sensor between two pixels of the recorded frame."""
        return self.sensor_width_mm / self.width_px


@dataclass(frozen=True, slots=True)
class Body:
    """A camera body. `movie` is None where it records none, or where the part of the sensor it uses is not known."""

    id: str
    name: str
    mount: Mount
    sensor_width_mm: float
    sensor_height_mm: float
    movie: Movie | None


@dataclass(frozen=True, slots=True)
class Lens:
    """A prime lens.

    `electronic` says that the body sets the aperture; `infinity_turn` is the way the focus ring turns towards
    infinity, seen from behind the camera.
    """

    id: str
    name: str
    mount: Mount
    focal_length_mm: float
    widest_f_number: float
    narrowest_f_number: float
    close_focus_m: float
    aperture_ring: bool
    electronic: bool
    autofocus: bool
    infinity_turn: Turn


@dataclass(frozen=True, slots=True)
class Adapter:
    """A ring between a body and a lens of another mount; `electronic` where it passes aperture and autofocus on."""

    id: str
    name: str
    body_mount: Mount
    lens_mount: Mount
    electronic: bool

    @property
    def thickness_mm(self) -> float:
        """How thick a true adapter is: the difference of the two registers."""
        return self.lens_mount.register_mm - self.body_mount.register_mm


@dataclass(frozen=True, slots=True)
class Rig:
    """A body with a lens on it, through an adapter or not; any part may be left open."""

    body: Body | None
    lens: Lens | None
    adapter: Adapter | None

    @property
    def aperture_by_hand(self) -> str:
        """Where the photographer sets the aperture: ``"the lens ring"`` and such; empty where the body can."""
        plain_adapter = self.adapter is not None and not self.adapter.electronic
        if self.lens is None:
            return "the lens ring" if plain_adapter else ""
        if self.lens.electronic and not plain_adapter:
            return ""
        return "the lens ring" if self.lens.aperture_ring else "the adapter's aperture lever"

    @property
    def focus_by_hand(self) -> bool:
        """Whether nothing but the focus ring focuses this rig."""
        plain_adapter = self.adapter is not None and not self.adapter.electronic
        return plain_adapter or (self.lens is not None and not self.lens.autofocus)

    @property
    def lost_through_adapter(self) -> tuple[str, ...]:
        """What the adapter takes away, in the photographer's words."""
        if self.adapter is None or self.adapter.electronic:
            return ()
        lost = ["autofocus"] if self.lens is None or self.lens.autofocus else []
        lost += ["aperture from the body", "metering wide open", "lens data in the file"]
        if self.lens is not None and not self.lens.aperture_ring:
            lost.append("exact f-numbers (the lens has no aperture ring)")
        return tuple(lost)


@dataclass(frozen=True, slots=True)
class Gear:
    """All known gear, by id."""

    mounts: dict[str, Mount]
    bodies: dict[str, Body]
    lenses: dict[str, Lens]
    adapters: dict[str, Adapter]

    def rig(self, body: str | None, lens: str | None, adapter: str | None) -> Rig:
        """Return the rig of these ids.

        Raises
        ------
        GearError
            Where an id is not known, or the parts do not fit one another.
        """
        rig = Rig(
            None if body is None else find(self.bodies, "body", body),
            None if lens is None else find(self.lenses, "lens", lens),
            None if adapter is None else find(self.adapters, "adapter", adapter),
        )
        _check_fit(rig)
        return rig

    def adapters_between(self, body: Body, lens: Lens) -> tuple[Adapter, ...]:
        """Return the adapters that put `lens` on `body`."""
        return tuple(a for a in self.adapters.values() if (a.body_mount, a.lens_mount) == (body.mount, lens.mount))


Part = TypeVar("Part", Mount, Body, Lens, Adapter)


def find(parts: Mapping[str, Part], kind: str, part_id: str) -> Part:
    """Return the part of that id, or say which ids are close."""
    if part_id in parts:
        return parts[part_id]
    raise GearError(
        f"there is no {kind} `{part_id}`{toml_file.suggestion(part_id, list(parts))}",
        next_step="See `rigcoach gear list`",
    )


def _check_fit(rig: Rig) -> None:
    body, lens, adapter = rig.body, rig.lens, rig.adapter
    if adapter is not None:
        if body is not None and body.mount != adapter.body_mount:
            raise _misfit(f"{adapter.name} fits {adapter.body_mount.name} bodies, {body.name} has {body.mount.name}")
        if lens is not None and lens.mount != adapter.lens_mount:
            raise _misfit(f"{adapter.name} takes {adapter.lens_mount.name} lenses, {lens.name} has {lens.mount.name}")
    elif body is not None and lens is not None and body.mount != lens.mount:
        raise _misfit(
            f"{lens.name} ({lens.mount.name}) does not fit {body.name} ({body.mount.name}) without an adapter"
        )


def _misfit(what: str) -> GearError:
    return GearError(what, next_step="See what fits with `rigcoach gear show`", code="gear.misfit")


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
