"""Bodies, lenses and adapters: the facts that framing, focusing and settings depend on."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rigcoach.base.errors import RigcoachError

Turn = Literal["clockwise", "anticlockwise"]


class GearError(RigcoachError):
    """A piece of gear that is not known, or does not fit."""

    code = "gear.unknown"


@dataclass(frozen=True, slots=True)
class Mount:
    """A lens mount; `register_mm` is its flange focal distance, from the mount's face to the sensor.

    `source` says where that figure stands, as it does for all gear.
    """

    id: str
    name: str
    register_mm: float
    source: str = ""


ANY_MOUNT = Mount("any", "any mount", math.nan)
"""That of a lens of which only the focal length is told: it fits every body."""


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
    """A camera body.

    `movie` is None where the part of the sensor that movies use is not known; `stills_only` where it records none.
    """

    id: str
    name: str
    mount: Mount
    sensor_width_mm: float
    sensor_height_mm: float
    movie: Movie | None
    stills_only: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Lens:
    """A lens; a zoom goes from `focal_length_mm` to `longest_focal_length_mm`.

    `electronic` says that the body sets the aperture; `infinity_turn` is the way the focus ring turns towards
    infinity, seen from behind the camera. `squeeze` is how much wider an anamorphic lens sees than a plain one of its
    focal length. `narrowest_f_number`, `close_focus_m` and `infinity_turn` are None where they are not known.
    """

    id: str
    name: str
    mount: Mount
    focal_length_mm: float
    widest_f_number: float
    narrowest_f_number: float | None
    close_focus_m: float | None
    aperture_ring: bool
    electronic: bool
    autofocus: bool
    infinity_turn: Turn | None
    longest_focal_length_mm: float | None = None
    squeeze: float = 1.0
    source: str = ""

    @property
    def is_zoom(self) -> bool:
        """Whether its focal length can be set."""
        return self.longest_focal_length_mm is not None

    @property
    def focal_lengths(self) -> str:
        """Its focal length, or the range of a zoom, in words."""
        end = f"-{self.longest_focal_length_mm:g}" if self.longest_focal_length_mm is not None else ""
        return f"{self.focal_length_mm:g}{end} mm"

    def focuses_at(self, distance_m: float) -> bool:
        """Return whether the ring goes as near; where its end isn't known, as near as ten focal lengths."""
        nearest_m = 10 * self.focal_length_mm / 1000 if self.close_focus_m is None else self.close_focus_m
        return distance_m >= nearest_m


@dataclass(frozen=True, slots=True)
class Adapter:
    """What stands between a body and a lens: a ring for another mount, a focal reducer, a teleconverter, or several.

    `electronic` where it passes aperture and autofocus on. `magnification` is what it makes of focal length and
    f-number: 0.71 of a focal reducer, 1.4 of a teleconverter, 1 of a plain ring.
    """

    id: str
    name: str
    body_mount: Mount
    lens_mount: Mount
    electronic: bool
    magnification: float = 1.0
    source: str = ""

    @property
    def thickness_mm(self) -> float:
        """How thick a true plain ring is: the difference of the two registers."""
        return self.lens_mount.register_mm - self.body_mount.register_mm


def in_a_row(adapters: tuple[Adapter, ...]) -> Adapter | None:
    """Return several adapters as one, the one on the body first; None for none.

    Raises
    ------
    GearError
        Where one does not fit the next.
    """
    if not adapters:
        return None
    for nearer, farther in pairwise(adapters):
        if nearer.lens_mount != farther.body_mount:
            raise misfit(f"{nearer.name} takes {nearer.lens_mount.name}, {farther.name} has {farther.body_mount.name}")
    if len(adapters) == 1:
        return adapters[0]
    return Adapter(
        "+".join(each.id for each in adapters),
        " and ".join(each.name for each in adapters),
        adapters[0].body_mount,
        adapters[-1].lens_mount,
        all(each.electronic for each in adapters),
        math.prod(each.magnification for each in adapters),
    )


# On these a lever in the lens moves the aperture, which an adapter can push too; on others a motor does.
_LEVER_MOUNTS = ("nikon-f", "pentax-k", "sony-a")


@dataclass(frozen=True, slots=True)
class Rig:
    """A body with a lens on it, through an adapter or not; any part may be left open.

    `zoom_mm` is where a zoom stands.
    """

    body: Body | None
    lens: Lens | None
    adapter: Adapter | None
    zoom_mm: float | None = None

    @property
    def ids(self) -> dict[str, str]:
        """The ids of its parts as a profile names them: a zoom with where it stands, ``any-24-70mm@35mm``."""
        parts = {"body": self.body, "lens": self.lens, "adapter": self.adapter}
        ids = {kind: part.id for kind, part in parts.items() if part is not None}
        if self.zoom_mm is not None:
            ids["lens"] += f"@{self.zoom_mm:g}mm"
        return ids

    @property
    def lens_focal_length_mm(self) -> float | None:
        """The focal length that the lens is used at; None without a lens, or for a zoom that may stand anywhere."""
        if self.lens is None or (self.lens.is_zoom and self.zoom_mm is None):
            return None
        return self.lens.focal_length_mm if self.zoom_mm is None else self.zoom_mm

    @property
    def focal_length_mm(self) -> float | None:
        """The focal length that the sensor sees: the lens's, through a focal reducer or teleconverter where one is."""
        own = self.lens_focal_length_mm
        return None if own is None else own * self.magnification

    @property
    def magnification(self) -> float:
        """What the adapter makes of focal length and f-number."""
        return 1.0 if self.adapter is None else self.adapter.magnification

    def f_number_at_sensor(self, engraved: float | None) -> float | None:
        """Return the f-number that the sensor sees of one that is set on the lens."""
        return None if engraved is None else engraved * self.magnification

    @property
    def squeeze(self) -> float:
        """How much wider the lens sees than a plain one."""
        return 1.0 if self.lens is None else self.lens.squeeze

    @property
    def aperture_by_hand(self) -> str:
        """Where the photographer sets the aperture: ``"the lens ring"`` and such; empty where the body can."""
        plain_adapter = self._without_contacts
        if self.lens is None:
            return "the lens ring" if plain_adapter else ""
        if self.lens.electronic and not plain_adapter:
            return ""
        if self.lens.aperture_ring:
            return "the lens ring"
        if self.lens.mount.id in _LEVER_MOUNTS:
            return "the adapter's aperture lever"
        return "a body of its own mount, stopped down while it is taken off"

    @property
    def focus_by_hand(self) -> bool:
        """Whether nothing but the focus ring focuses this rig."""
        return self._without_contacts or (self.lens is not None and not self.lens.autofocus)

    @property
    def _without_contacts(self) -> bool:
        return self.adapter is not None and not self.adapter.electronic

    @property
    def lost_through_adapter(self) -> tuple[str, ...]:
        """What the adapter takes away, in the photographer's words."""
        if self.adapter is None or self.adapter.electronic:
            return ()
        lost = ["autofocus"] if self.lens is None or self.lens.autofocus else []
        lost += ["aperture from the body", "metering wide open", "lens data in the file"]
        if self.lens is not None and not self.lens.aperture_ring:
            lost.append(
                "exact f-numbers (the lens has no aperture ring)"
                if self.lens.mount.id in _LEVER_MOUNTS
                else "any aperture but the widest, unless it is stopped down on a body of its own first"
            )
        return tuple(lost)


NO_RIG = Rig(None, None, None)
"""A rig of which nothing is known."""


def misfit(what: str) -> GearError:
    """Return the error of parts that do not fit one another."""
    return GearError(what, next_step="See what fits with `rigcoach gear show`", code="gear.misfit")
