"""Gear from lensfun's database, beneath rigcoach's own files: mount, crop, focal lengths and widest aperture.

What lensfun doesn't hold is left open: it has no closest focus, no sense of the focus ring, and not which part of the
sensor movies are read from. Its data are CC BY-SA 3.0 (https://lensfun.github.io), read where the `lensfunpy` package
keeps them.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rigcoach.rig.gear import Body, Lens, Mount

SOURCE = "lensfun's database"

_MOUNTS = {
    "Canon EF": "canon-ef",
    "Canon EF-S": "canon-ef",
    "Canon EF-M": "canon-ef-m",
    "Canon FD": "canon-fd",
    "Canon FL": "canon-fd",
    "Canon RF": "canon-rf",
    "Contax/Yashica": "contax-yashica",
    "Fujifilm X": "fujifilm-x",
    "Leica L": "l-mount",
    "Leica M": "leica-m",
    "Leica R": "leica-r",
    "M42": "m42",
    "Micro 4/3 System": "micro-four-thirds",
    "4/3 System": "four-thirds",
    "Minolta AF": "sony-a",
    "Minolta MC": "minolta-sr",
    "Minolta MD": "minolta-sr",
    "Nikon F": "nikon-f",
    "Nikon F AF": "nikon-f",
    "Nikon F AI": "nikon-f",
    "Nikon F AI-S": "nikon-f",
    "Nikon Z": "nikon-z",
    "Olympus OM": "olympus-om",
    "Pentax K": "pentax-k",
    "Pentax KA": "pentax-k",
    "Pentax KAF": "pentax-k",
    "Pentax KAF2": "pentax-k",
    "Pentax KAF3": "pentax-k",
    "Pentax KAF4": "pentax-k",
    "Sony Alpha": "sony-a",
    "Sony E": "sony-e",
}
# Mounts whose lenses have no contacts, and an aperture ring; on the others the body sets the aperture.
_WITHOUT_CONTACTS = {
    *("Canon FD", "Canon FL", "Contax/Yashica", "Leica M", "Leica R", "M42", "Minolta MC", "Minolta MD"),
    *("Nikon F", "Nikon F AI", "Nikon F AI-S", "Olympus OM", "Pentax K"),
}
_DIAGONAL_35_MM = 43.2666
# Width and height over the diagonal: 3:2, and 4:3 of the Four Thirds systems.
_SIDES, _SIDES_FOUR_THIRDS = (0.83205, 0.5547), (0.8, 0.6)


def lensfun_bodies(mounts: Mapping[str, Mount]) -> dict[str, Body]:
    """Return lensfun's bodies with a known mount, by id; none where lensfunpy isn't installed."""
    found: dict[str, Body] = {}
    for camera in getattr(_database(), "cameras", ()):
        mount = mounts.get(_MOUNTS.get(camera.mount, ""))
        if mount is None or not camera.crop_factor:
            continue
        wide, high = _SIDES_FOUR_THIRDS if "four-thirds" in mount.id else _SIDES
        diagonal_mm = _DIAGONAL_35_MM / camera.crop_factor
        name = _name(camera.maker, camera.model)
        sides = round(wide * diagonal_mm, 1), round(high * diagonal_mm, 1)
        found.setdefault(_id(name), Body(_id(name), name, mount, *sides, movie=None, source=SOURCE))
    return found


def lensfun_lenses(mounts: Mapping[str, Mount]) -> dict[str, Lens]:
    """Return lensfun's lenses with a known mount, by id; none where lensfunpy isn't installed.

    A lens that is listed with several mounts has the first of them that is known.
    """
    found: dict[str, Lens] = {}
    for lens in getattr(_database(), "lenses", ()):
        name, known = _name(lens.maker, lens.model), [each for each in lens.mounts if _MOUNTS.get(each) in mounts]
        widest = lens.min_aperture or _widest_in(lens.model)
        if not known or not lens.min_focal or not widest:
            continue
        plain, zooms = known[0] in _WITHOUT_CONTACTS, bool(lens.max_focal and lens.max_focal > lens.min_focal)
        found.setdefault(
            _id(name),
            Lens(
                id=_id(name),
                name=name,
                mount=mounts[_MOUNTS[known[0]]],
                focal_length_mm=round(float(lens.min_focal), 1),
                widest_f_number=round(float(widest), 2),
                narrowest_f_number=round(float(lens.max_aperture), 1) if lens.max_aperture else None,
                close_focus_m=None,
                aperture_ring=plain,
                electronic=not plain,
                autofocus=not plain,
                infinity_turn=None,
                longest_focal_length_mm=round(float(lens.max_focal), 1) if zooms else None,
                source=SOURCE,
            ),
        )
    return found


@cache
def _database() -> Any:
    try:
        import lensfunpy
    except ImportError:
        return None
    return lensfunpy.Database()


def _name(maker: str, model: str) -> str:
    """Return maker and model as one name, the maker once.

    >>> _name("Nikon Corporation", "Nikon Z 6"), _name("Fujifilm", "X-T3")
    ('Nikon Z 6', 'Fujifilm X-T3')
    """
    brand = maker.split()[0] if maker else ""
    return model if model.lower().startswith(brand.lower()) else f"{brand} {model}"


def _id(name: str) -> str:
    """Return a name as an id.

    >>> _id("Canon EF 24-70mm f/2.8L II USM")
    'canon-ef-24-70mm-f2.8l-ii-usm'
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower().replace("f/", "f").replace("1:", "f")).strip("-.")


def _widest_in(model: str) -> float | None:
    """Return the widest aperture that a lens's name tells.

    >>> _widest_in("Carl Zeiss Planar T* 1,4/50"), _widest_in("50mm f/1.8D")
    (1.4, 1.8)
    """
    told = re.search(r"[fF]/?(\d+(?:\.\d+)?)|1:(\d+(?:\.\d+)?)|(\d[.,]\d)/\d", model)
    return None if told is None else float(next(each for each in told.groups() if each).replace(",", "."))
