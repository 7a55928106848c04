"""Bodies, lenses and adapters: the facts that framing, focusing and settings depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from rigcoach.base.errors import RigcoachError
from rigcoach.base.suggest import did_you_mean

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
    """What a body records: frame size, the width of the sensor that the frame is read from, and how long that takes.

    `readout_ms` is from the first row to the last; None where it is not known.
    """

    width_px: int
    height_px: int
    sensor_width_mm: float
    readout_ms: float | None = None

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


NO_RIG = Rig(None, None, None)
"""A rig of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Something that goes with a piece of gear, through which adapter if any, and what is lost through it."""

    other: Body | Lens
    adapter: Adapter | None
    lost: tuple[str, ...]


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

    def part(self, part_id: str) -> Body | Lens | Adapter:
        """Return the body, lens or adapter of that id.

        Raises
        ------
        GearError
            Where there is none.
        """
        for parts in (self.bodies, self.lenses, self.adapters):
            if part_id in parts:
                return parts[part_id]
        every_id = [*self.bodies, *self.lenses, *self.adapters]
        raise _unknown("gear", part_id, every_id)

    def fits(self, part: Body | Lens | Adapter) -> tuple[Fit, ...]:
        """Return what goes with a piece of gear: lenses for a body, bodies for a lens, both for an adapter."""
        if isinstance(part, Adapter):
            on_it = [lens for lens in self.lenses.values() if lens.mount == part.lens_mount]
            under_it = [body for body in self.bodies.values() if body.mount == part.body_mount]
            fits = [Fit(lens, part, Rig(None, lens, part).lost_through_adapter) for lens in on_it]
            return (*fits, *(Fit(body, part, ()) for body in under_it))
        bodies = [part] if isinstance(part, Body) else list(self.bodies.values())
        lenses = [part] if isinstance(part, Lens) else list(self.lenses.values())
        return tuple(
            Fit(lens if isinstance(part, Body) else body, adapter, Rig(body, lens, adapter).lost_through_adapter)
            for body in bodies
            for lens in lenses
            for adapter in self._between(body, lens)
        )

    def _between(self, body: Body, lens: Lens) -> tuple[Adapter | None, ...]:
        return (None,) if body.mount == lens.mount else self.adapters_between(body, lens)

    def adapters_between(self, body: Body, lens: Lens) -> tuple[Adapter, ...]:
        """Return the adapters that put `lens` on `body`."""
        return tuple(a for a in self.adapters.values() if (a.body_mount, a.lens_mount) == (body.mount, lens.mount))


Part = TypeVar("Part", Mount, Body, Lens, Adapter)


def find(parts: Mapping[str, Part], kind: str, part_id: str) -> Part:
    """Return the part of that id, or say which ids are close."""
    if part_id in parts:
        return parts[part_id]
    raise _unknown(kind, part_id, list(parts))


def _unknown(kind: str, part_id: str, known: list[str]) -> GearError:
    hint = did_you_mean(part_id, known).capitalize()
    return GearError(f"there is no {kind} `{part_id}`", next_step=f"{hint} See `rigcoach gear list`".strip())


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
