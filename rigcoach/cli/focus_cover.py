"""Where `rigcoach focus zone --from --to` puts the ring, and at which aperture."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.base.units import metres_and_feet
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import print_json
from rigcoach.cli.zone_setup import reachable

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.rig.zone_focus import Cover, ZoneFocus


_VERY_FAR_M = 1e6


class NotCoveredError(RigcoachError):
    """A zone that a rig can't keep sharp."""

    code = "focus.not-covered"


def print_cover(settings: CommandOptions, chosen: "ChosenRig", circle_mm: float, near_m: float, far_m: float) -> None:
    """Print where to put the ring, and the aperture, for a zone.

    Raises
    ------
    NotCoveredError
        Where no aperture of the lens covers it, or no mark of the ring focuses there; what is known is printed first.
    """
    from rigcoach.lens.documents import cover_document
    from rigcoach.lens.rig_text import format_marks, format_sharpness
    from rigcoach.rig.zone_focus import cover, full_stops

    told = cover(chosen.rig, circle_mm, near_m, far_m)
    reachable(chosen, (told.focus_m,))
    setup = chosen.zone_focus(circle_mm, told.f_number or full_stops(chosen.lens)[-1])
    ring_m = setup.mark_m(told.focus_m)
    zone = f"{metres_and_feet(near_m)} to {metres_and_feet(far_m)}"
    if settings.json:
        print_json(cover_document(chosen, setup, told, (near_m, far_m), ring_m))
    else:
        click.echo(f"{chosen.name}\n{format_sharpness(chosen, setup)}\n{format_marks(chosen.calibration)}\n")
        if ring_m is not None and told.f_number is not None:
            just = f"f/{told.needed_f_number:.1f} is just enough"
            click.echo(f"Sharp from {zone}:\nring at {metres_and_feet(ring_m)}, f/{told.f_number:g} ({just}).")
            _print_own_aperture(chosen, setup, told, ring_m, (near_m, far_m))
        elif ring_m is not None:
            reach = setup.zone_at(ring_m)
            ends = f"{metres_and_feet(reach.near_m)} to {metres_and_feet(reach.far_m)}"
            click.echo(f"f/{setup.f_number:g}, ring at {metres_and_feet(ring_m)}: {ends}.")
    if ring_m is None:
        raise NotCoveredError(
            f"the ring has no mark for {zone}",
            why=f"it would have to focus at {metres_and_feet(told.focus_m)}, beyond its infinity mark",
            next_step="Start the zone closer",
        )
    if told.f_number is None:
        raise NotCoveredError(
            f"no aperture of {chosen.lens.name} keeps {zone} sharp",
            why=f"it would take f/{told.needed_f_number:.0f}",
            next_step="Use a smaller zone or a shorter lens, or allow more blur with --blur-px",
        )


def _print_own_aperture(
    chosen: "ChosenRig", setup: "ZoneFocus", told: "Cover", ring_m: float, ends_m: tuple[float, float]
) -> None:
    """Print how blurred a zone's ends are at the aperture that the rig is used at, where that is another."""
    if chosen.f_number is None or chosen.f_number == told.f_number or setup.pixel_pitch_mm is None:
        return
    own = chosen.zone_focus(setup.circle_mm)
    blur_px = max(own.blur_px(ring_m, end) or 0.0 for end in (ends_m[0], min(ends_m[1], _VERY_FAR_M)))
    click.echo(f"At f/{chosen.f_number:g} and the same ring its ends are blurred by {blur_px:.1f} px.")
