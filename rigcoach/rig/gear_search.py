"""Gear by words of its name."""

from collections.abc import Iterable

from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import Adapter, Body, Lens
from rigcoach.rig.lensfun_gear import lensfun_bodies, lensfun_lenses


def search(gear: Gear, words: Iterable[str]) -> tuple[Body | Lens | Adapter, ...]:
    """Return what has all the words in its id or name, gear of the files before lensfun's.

    A word matches where it stands, whatever the case: ``24-70`` in "EF 24-70mm f/2.8L".
    """
    wanted = [word.lower() for word in words]
    known: dict[str, Body | Lens | Adapter] = {**gear.bodies, **gear.lenses, **gear.adapters}
    own_names = {part.name.lower() for part in known.values()}
    more: dict[str, Body | Lens] = {**lensfun_bodies(gear.mounts), **lensfun_lenses(gear.mounts)}
    beneath = {key: part for key, part in more.items() if key not in known and part.name.lower() not in own_names}
    return tuple(
        part
        for parts in (known, beneath)
        for part in parts.values()
        if all(word in f"{part.id} {part.name}".lower() for word in wanted)
    )
