"""Gear by words of its name."""

import re
from collections.abc import Callable, Iterable

from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import Adapter, Body, Lens
from rigcoach.rig.lensfun_gear import lensfun_bodies, lensfun_lenses

_ROMAN = {"2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi"}


def search(gear: Gear, words: Iterable[str]) -> tuple[Body | Lens | Adapter, ...]:
    """Return what has all the words in its id or name, gear of the files before lensfun's.

    A word matches where it stands, whatever the case: ``24-70`` in "EF 24-70mm f/2.8L". Where nothing matches so, names
    are compared as people say them: 5D2 or 5d mk ii, A7III, XT4, 28 f/2.8.
    """
    wanted = " ".join(words).lower().split()
    known: dict[str, Body | Lens | Adapter] = {**gear.bodies, **gear.lenses, **gear.adapters}
    own_names = {part.name.lower() for part in known.values()}
    more: dict[str, Body | Lens] = {**lensfun_bodies(gear.mounts), **lensfun_lenses(gear.mounts)}
    beneath = {key: part for key, part in more.items() if key not in known and part.name.lower() not in own_names}
    parts = (*known.values(), *beneath.values())
    found = [part for part in parts if all(word in f"{part.id} {part.name}".lower() for word in wanted)]
    if found or any(word.count("-") > 1 for word in wanted):  # a misspelt id is told, not guessed
        return tuple(found)
    names = [(part, _as_said(part.name)) for part in parts]
    phrase = _as_said(" ".join(wanted))
    # Mark II is no Mark III: names that end as was said come before those that go on.
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name.endswith(phrase),
        lambda name: phrase in name,
        lambda name: all(_as_said(word) in name for word in re.split(r"[ /]", " ".join(wanted))),
    )
    for fits in ways:
        if phrase and (found := [part for part, name in names if fits(name)]):
            return tuple(found)
    return ()


def _as_said(text: str) -> str:
    """Return a name or a word of one as it sounds in any spelling: ``EOS 5D Mark II``, ``5d mk 2`` end in ``5dii``."""
    joined = re.sub(r"[^a-z0-9]", "", re.sub(r"\b(mark|mk)\b", "", text.lower()))
    return re.sub(r"(?<=[0-9]d)([2-6])$", lambda number: _ROMAN[number[1]], joined)
