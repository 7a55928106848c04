"""`rigcoach focus zone`: what is sharp with the ring at a distance, and where to put the ring for a zone."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.units import distance_text, distance_unit, metres_and_feet
from rigcoach.cli.distances import distance, far_distance
from rigcoach.cli.focus_cover import print_cover
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.cli.zone_setup import aperture_option, chosen_circle_mm, reachable, sharpness_options

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.rig.zone_focus import ZoneFocus

_DENOMINATORS = (60, 125, 250, 500, 1000, 2000, 4000)


@click.command("zone")
@rig_options
@aperture_option
@click.option(
    "--at",
    "marks_m",
    multiple=True,
    type=distance,
    metavar="DISTANCE",
    help="Distance set on the focus ring, such as 2, 7ft or 2.1m; repeatable.  [default: 1.2, 2, 3, 5]",
)
@click.option(
    "--subject",
    "subjects_m",
    multiple=True,
    type=distance,
    metavar="DISTANCE",
    help="Distance of a subject; repeatable.  [default: as --at]",
)
@click.option(
    "--from", "near_m", type=distance, metavar="DISTANCE", help="Find the ring setting for a zone that begins here ..."
)
@click.option("--to", "far_m", type=far_distance, metavar="DISTANCE", help="... and ends here (inf for infinity).")
@sharpness_options
@json_option
@talk_options
@click.pass_obj
def focus_zone(
    settings: CommandOptions,
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    aperture: float | None,
    marks_m: tuple[float, ...],
    subjects_m: tuple[float, ...],
    near_m: float | None,
    far_m: float | None,
    blur_px: float | None,
    circle_mm: float | None,
) -> None:
    """Show what is sharp at a ring setting, or the ring setting for a zone.

    Example: `rigcoach focus zone --rig hip-video --at 2 --at 10ft`; for a zone,
    `rigcoach focus zone --rig hip-video --from 1.5 --to 4`.

    It also gives the blur of a subject outside the zone, and the motion blur of a person walking across during the
    exposure: at f/8 that is nearly always larger.
    """
    from rigcoach.lens.documents import zone_document
    from rigcoach.rig.profile_optics import STATIONS_M

    if (near_m is None) != (far_m is None):
        raise click.UsageError("A zone has two ends: give both --from and --to.")
    if near_m is not None and far_m is not None and near_m >= far_m:
        raise click.UsageError("The zone must end farther away than it begins: --to greater than --from.")
    chosen = chosen_rig(rig_profile, body, lens, adapter, aperture=aperture)
    circle = chosen_circle_mm(chosen, blur_px, circle_mm)
    if near_m is not None and far_m is not None:
        print_cover(settings, chosen, circle, near_m, far_m)
        return
    setup = chosen.zone_focus(circle)
    marks = reachable(chosen, marks_m) or tuple(m for m in STATIONS_M if chosen.lens.focuses_at(m))
    subjects = _in_front(chosen, subjects_m) or marks
    if settings.json:
        print_json(zone_document(chosen, setup, marks, subjects))
        return
    _print_head(chosen, setup)
    _print_zones(setup, marks)
    if setup.pixel_pitch_mm is not None:
        _print_blur(setup, marks, subjects, chosen.shutter_s)


def _in_front(chosen: "ChosenRig", subjects: tuple[float, ...]) -> tuple[float, ...]:
    """Return subjects of which a lens makes an image, or refuse what is nearer."""
    from rigcoach.lens.chosen_rig import IncompleteRigError

    for subject in subjects:
        if subject * 1000 <= chosen.focal_length_mm * 1.01:
            raise IncompleteRigError(
                f"a subject at {metres_and_feet(subject)} makes no image",
                why=f"it is nearer than the focal length of {chosen.lens.name}",
                next_step="Give a distance beyond it: --subject",
            )
    return subjects


def _print_head(chosen: "ChosenRig", setup: "ZoneFocus") -> None:
    from rigcoach.lens.rig_text import format_marks, format_sharpness

    click.echo(f"{chosen.name}, f/{setup.f_number:g}")
    click.echo(format_sharpness(chosen, setup))
    click.echo(format_marks(chosen.calibration))
    hyperfocal_m = setup.hyperfocal_m
    mark = setup.mark_m(hyperfocal_m)
    ring = (
        ""
        if chosen.calibration is None
        else ", which this ring cannot"
        if mark is None
        else f", ring at {metres_and_feet(mark)}"
    )
    click.echo(f"Hyperfocal: focused at {metres_and_feet(hyperfocal_m)}{ring},")
    click.echo(f"sharp from {metres_and_feet(hyperfocal_m / 2)} to infinity.\n")


def _print_zones(setup: "ZoneFocus", marks: tuple[float, ...]) -> None:
    from rigcoach.optics.register_error import TRUE_SCALE

    zones = [(mark, setup.zone_at(mark)) for mark in marks]
    if setup.register is TRUE_SCALE:
        rows = [(metres_and_feet(mark), metres_and_feet(z.near_m), metres_and_feet(z.far_m)) for mark, z in zones]
        print_table(("Ring at", "Sharp from", "to"), rows)
    else:
        told = [
            (metres_and_feet(mark), metres_and_feet(z.focus_m), metres_and_feet(z.near_m), metres_and_feet(z.far_m))
            for mark, z in zones
        ]
        print_table(("Ring at", "Focuses at", "Sharp from", "to"), told)


def _print_blur(
    setup: "ZoneFocus", marks: tuple[float, ...], subjects: tuple[float, ...], shutter_s: float | None
) -> None:
    from rigcoach.rig.zone_focus import WALKING_M_S

    click.echo("\nBlur of a subject, its radius in px, with the ring at:")
    rows = []
    for subject in subjects:
        blurs = [f"{setup.blur_px(mark, subject):.1f}" for mark in marks]
        smear = [] if shutter_s is None else [f"{setup.walker_motion_blur_px(subject, shutter_s):.0f} px"]
        rows.append([metres_and_feet(subject), *blurs, *smear])
    walker = [] if shutter_s is None else ["Motion blur, walking across"]
    print_table(["Subject at", *(distance_text(float(f"{mark:.3g}")) for mark in marks), *walker], rows)
    if shutter_s is None:
        return
    unit = distance_unit()
    click.echo(
        f"\nWalking: {WALKING_M_S / unit.metres:.2g} {unit.sign}/s, across the frame, "
        f"while a shutter of {_shutter(shutter_s)} is open."
    )
    _print_what_blurs(setup, marks, subjects, shutter_s)


def _print_what_blurs(
    setup: "ZoneFocus", marks: tuple[float, ...], subjects: tuple[float, ...], shutter_s: float
) -> None:
    """Say so where movement blurs more than focus: a smear is told by its length, so it is held against the disc's."""
    from rigcoach.optics.permissible_blur import SHARP_MOTION_PX

    smears = {s: setup.walker_motion_blur_px(s, shutter_s) or 0.0 for s in subjects}
    pairs = [(smears[s], 2 * (setup.blur_px(mark, s) or 0.0)) for s in subjects for mark in marks]
    worse = sum(smear > disc for smear, disc in pairs)
    if worse * 2 <= len(pairs):
        return
    where = "everywhere" if worse == len(pairs) else f"in {worse} of {len(pairs)} cases"
    middle = sorted(subjects)[len(subjects) // 2]
    enough = [d for d in _DENOMINATORS if smears[middle] / shutter_s / d <= SHARP_MOTION_PX]
    cure = f"1/{enough[0]} s keeps a walker at {metres_and_feet(middle)} sharp." if enough else ""
    click.echo(f"Motion blurs a walker more than defocus does {where} above.")
    if cure:
        click.echo(cure)


def _shutter(shutter_s: float) -> str:
    return f"1/{1 / shutter_s:.0f} s" if shutter_s < 0.5 else f"{shutter_s:g} s"
