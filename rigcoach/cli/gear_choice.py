"""Gear by an id or by words of its name: where several fit, a numbered choice on a terminal."""

import re
import sys
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rigcoach.rig.catalog import Gear
    from rigcoach.rig.gear import Mount

_MOST_SHOWN = 20
_MANY = {"body": "bodies", "lens": "lenses", "adapter": "adapters", "mount": "mounts"}


def chosen_id(gear: "Gear", kind: str, text: str) -> str:
    """Return the id of the gear that is meant: of an id itself, else of what has all the words in its name.

    Parameters
    ----------
    gear
        What there is.
    kind
        "body", "lens", "adapter", or "gear" for any of them.
    text
        An id, or words such as ``takumar 55``.

    Raises
    ------
    rigcoach.rig.catalog.GearError
        Nothing fits, or several do and nobody can be asked.
    """
    find = {"body": gear.body, "lens": gear.lens, "adapter": gear.adapter, "gear": gear.part}[kind]
    try:
        if kind == "adapter":
            for each in text.split("+"):
                gear.adapter(each)
        else:
            find(text)
    except RigcoachError as error:
        found = _named(gear, kind, text)
        if not found:
            raise
        return _picked(found, kind, text, error)
    return text


def chosen_mount(mounts: "Mapping[str, Mount]", text: str) -> str:
    """Return the id of the mount that is meant, by its id or words of its name; as it stands where none has them."""
    from rigcoach.rig.gear import GearError

    if text in mounts:
        return text
    words = text.lower().split()
    found = [
        (each.id, each.name) for each in mounts.values() if all(w in f"{each.id} {each.name}".lower() for w in words)
    ]
    if not found:
        return text
    return _picked(found, "mount", text, GearError(f"there is no mount `{text}`"))


def _named(gear: "Gear", kind: str, text: str) -> list[tuple[str, str]]:
    from rigcoach.rig.gear_search import search

    words = text.partition("@")[0].split()
    found = [part for part in search(gear, words) if kind in ("gear", type(part).__name__.lower())]
    # Mark II is no Mark III: whole words come before parts of some.
    whole = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE) for word in words]
    exact = [part for part in found if all(word.search(f"{part.id} {part.name}") for word in whole)]
    # A name as it stands is itself, though others begin with it: EOS 5D, EOS 5D Mark II.
    lower = [word.lower() for word in words]
    itself = [part for part in exact if lower in (part.name.lower().split(), part.id.split("-"), [part.id])]
    return [(part.id, part.name) for part in itself or exact or found]


def _picked(found: list[tuple[str, str]], kind: str, text: str, error: RigcoachError) -> str:
    at = "".join(text.partition("@")[1:])
    if len(found) == 1:
        click.echo(f"Using {found[0][1]} ({found[0][0]}).", err=True)
        return found[0][0] + at
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or len(found) > _MOST_SHOWN:
        shown = ", ".join(part_id for part_id, _ in found[:4])
        raise type(error)(
            f"`{text}` fits {len(found)} {'pieces of gear' if kind == 'gear' else _MANY[kind]}",
            why=shown + (" and others" if len(found) > 4 else ""),
            next_step=f"Choose one, or see `rigcoach gear {'list mounts' if kind == 'mount' else f'search {text}'}`",
        )
    for number, (part_id, name) in enumerate(found, 1):
        click.echo(f"{number:>3}  {name}  ({part_id})", err=True)
    number = click.prompt("Which one?", type=click.IntRange(1, len(found)), err=True)
    return found[number - 1][0] + at
