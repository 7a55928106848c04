"""Whether a rig fits together, what it makes of the lens, and what is lost."""

from dataclasses import dataclass

from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import ANY_MOUNT, Body, Lens, Rig


@dataclass(frozen=True, slots=True)
class RigCheck:
    """What comes of a body, a lens and adapters put together.

    Attributes
    ----------
    rig
        The rig, with an adapter found for it where none was named.
    room_mm
        By how much the lens's register is longer than the body's: what an adapter may be thick; None where the lens
        has no register of its own.
    focal_length_mm
        What the sensor sees of the lens's focal length; None for a zoom that may stand anywhere.
    equivalent_mm
        The focal length that sees as wide on a full-frame still, across; None without one.
    notes
        What else is to be known, a sentence each.
    """

    rig: Rig
    room_mm: float | None
    focal_length_mm: float | None
    equivalent_mm: float | None
    notes: tuple[str, ...]


_FULL_FRAME_WIDTH_MM = 36.0


def check_rig(gear: Gear, body_id: str, lens_id: str, adapter_id: str | None) -> RigCheck:
    """Put a rig together, with a plain ring or an adapter of the files where none is named and one is needed.

    Raises
    ------
    rigcoach.rig.gear.GearError
        Where a part is not known, or it cannot fit: with a plain ring the lens would not reach infinity.
    """
    body, lens = gear.body(body_id), gear.lens(lens_id)
    if adapter_id is None and lens.mount not in (body.mount, ANY_MOUNT):
        between = gear.adapters_between(body, lens)
        # Where there is no room for a ring, asking for one says by how much.
        adapter_id = between[0].id if between else gear.adapter(f"{lens.mount.id}-to-{body.mount.id}").id
    rig = gear.rig(body_id, lens_id, adapter_id)
    focal_mm = rig.focal_length_mm
    across_mm = body.sensor_width_mm * rig.squeeze
    return RigCheck(
        rig,
        None if lens.mount == ANY_MOUNT else lens.mount.register_mm - body.mount.register_mm,
        focal_mm,
        None if focal_mm is None else focal_mm * _FULL_FRAME_WIDTH_MM / across_mm,
        tuple(_notes(rig, body, lens)),
    )


def _notes(rig: Rig, body: Body, lens: Lens) -> list[str]:
    notes = []
    if body.stills_only:
        notes.append(f"The {body.name} does not record video.")
    elif body.movie is None:
        notes.append(f"The part of the sensor that the {body.name} uses for video is unknown: no video field of view.")
    if rig.magnification != 1 and rig.lens_focal_length_mm is not None:
        kind = "wider and brighter" if rig.magnification < 1 else "longer and darker"
        notes.append(
            f"The adapter makes the lens {kind}: {rig.lens_focal_length_mm:g} mm becomes "
            f"{rig.lens_focal_length_mm * rig.magnification:.3g} mm, f/{lens.widest_f_number:g} becomes "
            f"f/{lens.widest_f_number * rig.magnification:.2g}."
        )
    if lens.squeeze != 1:
        notes.append(f"Anamorphic: stretch the picture {lens.squeeze:g}x in width before viewing.")
    if rig.lens_focal_length_mm is None:
        notes.append(f"A zoom: give its focal length, as in {lens.id}@{lens.focal_length_mm:g}mm.")
    if rig.aperture_by_hand:
        notes.append(f"The aperture is set on {rig.aperture_by_hand}.")
    if rig.focus_by_hand:
        notes.append("Manual focus only.")
    if rig.lost_through_adapter:
        notes.append(f"Lost through the adapter: {', '.join(rig.lost_through_adapter)}.")
    return notes
