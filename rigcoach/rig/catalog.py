"""All gear that is known, by id, and what goes with what.

An id is looked for among what ships and the photographer's own, then as one that describes its gear by itself
(`rigcoach.rig.described_gear`: any lens of a focal length, a plain ring between two mounts), then in lensfun's data.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rigcoach.base.suggest import did_you_mean
from rigcoach.rig.described_gear import described_adapter, described_lens
from rigcoach.rig.gear import ANY_MOUNT, Adapter, Body, GearError, Lens, Mount, Rig, in_a_row, misfit


@dataclass(frozen=True, slots=True)
class Fit:
    """Something that goes with a piece of gear, through which adapter if any, and what is lost through it."""

    other: Body | Lens
    adapter: Adapter | None
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gear:
    """All gear that files hold, by id; more is found by the methods."""

    mounts: dict[str, Mount]
    bodies: dict[str, Body]
    lenses: dict[str, Lens]
    adapters: dict[str, Adapter]

    def rig(self, body: str | None, lens: str | None, adapter: str | None) -> Rig:
        """Return the rig of these ids.

        Parameters
        ----------
        body
            Its id; None where it is left open.
        lens
            Its id; a zoom's with where it stands, as ``any-24-70mm@35mm``.
        adapter
            Its id; several are joined by ``+``, the one on the body first.

        Raises
        ------
        GearError
            Where an id is not known, or the parts do not fit one another.
        """
        rig = Rig(
            None if body is None else self.body(body),
            None if lens is None else self.lens(lens),
            None if adapter is None else in_a_row(tuple(self.adapter(each) for each in adapter.split("+"))),
            None if lens is None else _zoom_mm(lens),
        )
        _check_fit(rig)
        return rig

    def body(self, part_id: str) -> Body:
        """Return the body of that id.

        Raises
        ------
        GearError
            Where none is known.
        """
        if part_id in self.bodies:
            return self.bodies[part_id]
        from rigcoach.rig.lensfun_gear import lensfun_bodies

        return find(lensfun_bodies(self.mounts), "body", part_id, self.bodies)

    def lens(self, part_id: str) -> Lens:
        """Return the lens of that id, whatever it says of where a zoom stands.

        Raises
        ------
        GearError
            Where none is known.
        """
        part_id = part_id.partition("@")[0]
        known = self.lenses.get(part_id) or described_lens(part_id)
        if known is not None:
            return known
        from rigcoach.rig.lensfun_gear import lensfun_lenses

        return find(lensfun_lenses(self.mounts), "lens", part_id, self.lenses)

    def adapter(self, part_id: str) -> Adapter:
        """Return the adapter of that id.

        Raises
        ------
        GearError
            Where none is known, or a plain ring of that id can't be.
        """
        known = self.adapters.get(part_id) or described_adapter(part_id, self.mounts)
        return find({} if known is None else {part_id: known}, "adapter", part_id, self.adapters)

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
        described = described_lens(part_id) or described_adapter(part_id, self.mounts)
        if described is not None:
            return described
        from rigcoach.rig.lensfun_gear import lensfun_bodies, lensfun_lenses

        more: dict[str, Body | Lens] = {**lensfun_bodies(self.mounts), **lensfun_lenses(self.mounts)}
        if part_id in more:
            return more[part_id]
        raise _unknown("gear", part_id, [*self.bodies, *self.lenses, *self.adapters])

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
        return (None,) if _same_mount(body, lens) else self.adapters_between(body, lens)

    def adapters_between(self, body: Body, lens: Lens) -> tuple[Adapter, ...]:
        """Return the adapters that put `lens` on `body`: those of the files, else a plain ring where there is room."""
        ends = (body.mount, lens.mount)
        kept = tuple(each for each in self.adapters.values() if (each.body_mount, each.lens_mount) == ends)
        if kept or not lens.mount.register_mm > body.mount.register_mm:
            return kept
        ring = described_adapter(f"{lens.mount.id}-to-{body.mount.id}", self.mounts)
        return () if ring is None else (ring,)


Part = TypeVar("Part", Mount, Body, Lens, Adapter)


def find(parts: Mapping[str, Part], kind: str, part_id: str, also: Mapping[str, Part] | None = None) -> Part:
    """Return the part of that id, or say which ids, of these or of others `also` known, are close.

    Raises
    ------
    GearError
        Where there is none.
    """
    if part_id in parts:
        return parts[part_id]
    raise _unknown(kind, part_id, list(also or {}), list(parts))


def _unknown(kind: str, part_id: str, known: list[str], beneath: Sequence[str] = ()) -> GearError:
    # What is known best comes first: of two that are as close, the other would be a false friend.
    hint = (did_you_mean(part_id, known) or did_you_mean(part_id, beneath)).capitalize()
    return GearError(f"there is no {kind} `{part_id}`", next_step=f"{hint} See `rigcoach gear search`".strip())


def _zoom_mm(lens_id: str) -> float | None:
    """Return where a lens's id says that its zoom stands; None where it says nothing of it."""
    at = lens_id.partition("@")[2]
    if not at:
        return None
    told = re.fullmatch(r"(\d{1,4}(?:\.\d+)?)(?:mm)?", at)
    if told is None:
        raise misfit(f"`{lens_id}` is a zoom: give its focal length as {lens_id.partition('@')[0]}@35mm")
    return float(told[1])


def _same_mount(body: Body, lens: Lens) -> bool:
    return lens.mount in (body.mount, ANY_MOUNT)


def _check_fit(rig: Rig) -> None:
    body, lens, adapter = rig.body, rig.lens, rig.adapter
    if rig.zoom_mm is not None:
        _check_zoom(lens, rig.zoom_mm)
    if adapter is not None:
        if body is not None and body.mount != adapter.body_mount:
            raise misfit(f"{adapter.name} fits {adapter.body_mount.name} bodies, {body.name} has {body.mount.name}")
        if lens is not None and lens.mount not in (adapter.lens_mount, ANY_MOUNT):
            raise misfit(f"{adapter.name} takes {adapter.lens_mount.name} lenses, {lens.name} has {lens.mount.name}")
    elif body is not None and lens is not None and not _same_mount(body, lens):
        raise misfit(f"{lens.name} ({lens.mount.name}) does not fit {body.name} ({body.mount.name}) without an adapter")


def _check_zoom(lens: Lens | None, zoom_mm: float) -> None:
    if lens is None:
        raise misfit(f"a focal length of {zoom_mm:g} mm needs a lens that has it")
    longest = lens.focal_length_mm if lens.longest_focal_length_mm is None else lens.longest_focal_length_mm
    if not lens.focal_length_mm <= zoom_mm <= longest:
        raise misfit(f"{lens.name} has no {zoom_mm:g} mm: it is {lens.focal_lengths}")
