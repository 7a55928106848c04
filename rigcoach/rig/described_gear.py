"""Gear that its id describes: any lens of a focal length, a plain ring between two mounts, a focal reducer.

``any-28mm`` is some manual lens of 28 mm, whatever its mount; ``any-24-70mm`` a zoom, ``any-50mm-f1.8`` one that opens
to f/1.8, ``any-50mm-x2`` an anamorphic one that sees twice as wide. ``m42-to-sony-e`` is a plain ring,
``nikon-f-to-micro-four-thirds-x0.71`` a focal reducer, ``canon-ef-teleconverter-x1.4`` a teleconverter.
"""

import re
from collections.abc import Mapping

from rigcoach.rig.gear import ANY_MOUNT, Adapter, Lens, Mount, misfit

_LENS = re.compile(
    r"any-(?P<focal>\d+(?:\.\d+)?)(?:-(?P<longest>\d+(?:\.\d+)?))?mm(?:-f(?P<widest>\d+(?:\.\d+)?))?(?:-x(?P<squeeze>[12](?:\.\d+)?))?"
)
_ADAPTER = re.compile(r"(?P<lens>[a-z0-9-]+?)-to-(?P<body>[a-z0-9-]+?)(?:-x(?P<magnification>[012](?:\.\d+)?))?")
_TELECONVERTER = re.compile(r"(?P<mount>[a-z0-9-]+?)-teleconverter-x(?P<magnification>[123](?:\.\d+)?)")
_SHORTEST_MM, _LONGEST_MM = 3.0, 2000.0
_WIDEST_F_NUMBER = 0.7


def described_lens(part_id: str) -> Lens | None:
    """Return the lens that an id describes; None where it describes none.

    >>> lens = described_lens("any-24-70mm")
    >>> lens.name, lens.focal_lengths
    ('any 24-70 mm lens', '24-70 mm')
    >>> described_lens("any-50mm-x2").squeeze
    2.0
    """
    match = _LENS.fullmatch(part_id)
    if match is None:
        return None
    focal_mm, longest = float(match["focal"]), match["longest"]
    longest_mm = None if longest is None else float(longest)
    if not _SHORTEST_MM <= focal_mm <= _LONGEST_MM or (longest_mm is not None and not focal_mm < longest_mm <= 2000):
        return None
    lengths = f"{focal_mm:g}" if longest_mm is None else f"{focal_mm:g}-{longest_mm:g}"
    squeeze = float(match["squeeze"] or 1)
    kind = f"{squeeze:g}x anamorphic lens" if squeeze != 1 else "lens"
    speed = f" f/{float(match['widest']):g}" if match["widest"] else ""
    return Lens(
        id=part_id,
        name=f"any {lengths} mm{speed} {kind}",
        mount=ANY_MOUNT,
        focal_length_mm=focal_mm,
        widest_f_number=float(match["widest"] or _WIDEST_F_NUMBER),
        narrowest_f_number=None,
        close_focus_m=None,
        aperture_ring=True,
        electronic=False,
        autofocus=False,
        infinity_turn=None,
        longest_focal_length_mm=longest_mm,
        squeeze=squeeze,
    )


def described_adapter(part_id: str, mounts: Mapping[str, Mount]) -> Adapter | None:
    """Return the adapter that an id describes between known mounts; None where it describes none.

    Raises
    ------
    rigcoach.rig.gear.GearError
        Where it would be a ring that is less than nothing thick.
    """
    converter = _TELECONVERTER.fullmatch(part_id)
    if converter is not None and converter["mount"] in mounts:
        mount, by = mounts[converter["mount"]], float(converter["magnification"])
        return Adapter(part_id, f"{by:g}x teleconverter for {mount.name}", mount, mount, True, by)
    match = _ADAPTER.fullmatch(part_id)
    if match is None or match["lens"] not in mounts or match["body"] not in mounts:
        return None
    lens, body = mounts[match["lens"]], mounts[match["body"]]
    room_mm = lens.register_mm - body.register_mm
    if room_mm <= 0:
        raise misfit(
            f"no plain ring puts {lens.name} lenses on {body.name} bodies: the lens would have to sit "
            f"{-room_mm:.2f} mm inside the body to reach infinity"
        )
    by = float(match["magnification"] or 1)
    what = "plain ring" if by == 1 else f"focal reducer x{by:g}" if by < 1 else f"teleconverter x{by:g}"
    return Adapter(part_id, f"{lens.name} to {body.name}, {what}", body, lens, electronic=False, magnification=by)
