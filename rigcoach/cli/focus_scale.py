"""`rigcoach focus scale`: a distance scale to print and tape round the focus ring."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.cli.sheet_file import checked_ending, note_written, write_page
from rigcoach.cli.zone_setup import chosen_circle_mm, sharpness_options

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.sheets.ring_scale import ScaleStrip


@click.command("scale")
@rig_options
@click.option(
    "--diameter",
    "ring_mm",
    required=True,
    type=click.FloatRange(15, 200),
    metavar="MM",
    help="Focus ring diameter.",
)
@click.option(
    "--throw",
    "throw_deg",
    required=True,
    type=click.FloatRange(10, 350),
    metavar="DEG",
    help="Focus throw: rotation from the infinity mark to the closest distance.",
)
@click.option(
    "--barrel",
    "barrel_mm",
    type=click.FloatRange(15, 200),
    metavar="MM",
    help="Diameter of the fixed barrel behind the ring.  [default: that of the ring]",
)
@sharpness_options
@click.option("--paper", type=click.Choice(["a4", "letter"]), help="Paper size.  [default: a4, or as configured]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Output file, .pdf or .svg.  [default: scale-LENS.pdf]",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def focus_scale(
    settings: CommandOptions,
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    ring_mm: float,
    throw_deg: float,
    barrel_mm: float | None,
    blur_px: float | None,
    circle_mm: float | None,
    paper: str | None,
    out: Path | None,
) -> None:
    """Write a distance scale to tape round the focus ring, with depth-of-field marks to tape beside it.

    Example: `rigcoach focus scale --rig hip-video --diameter 60 --throw 170`.

    To measure the throw, lay a strip of paper round the ring, mark where infinity and the closest distance stand, and
    count 360° for the whole way round. The scale is valid for lenses that focus by moving as a whole; floating elements
    distort it at close range.
    """
    from rigcoach.base.preferences import preferences
    from rigcoach.lens.documents import scale_document
    from rigcoach.lens.rig_pages import scale_strip
    from rigcoach.sheets.ring_scale import scale_page

    chosen = chosen_rig(rig_profile, body, lens, adapter)
    path = checked_ending(Path(f"scale-{chosen.lens.id}.pdf") if out is None else out)
    circle = chosen_circle_mm(chosen, blur_px, circle_mm)
    strip = scale_strip(chosen, ring_mm, barrel_mm or ring_mm, throw_deg, circle)
    paper = paper or ("letter" if preferences().paper == "letter" else "a4")
    write_page(path, scale_page(strip, paper), force=settings.force)
    if settings.json:
        print_json(scale_document(chosen, strip, path, paper))
        return
    _print(chosen, strip)
    note_written(settings, path)


def _print(chosen: "ChosenRig", strip: "ScaleStrip") -> None:
    from rigcoach.base.units import FOOT_M
    from rigcoach.lens.rig_text import format_marks
    from rigcoach.rig.ring_scale import FEET, METRES

    click.echo(f"{chosen.name}\n{format_marks(chosen.calibration)}")
    click.echo(f"The ring turns {chosen.lens.infinity_turn} to infinity, seen from behind the camera.\n")
    rows = []
    for unit, unit_m, distances in (("m", 1.0, METRES[:8]), ("ft", FOOT_M, FEET[:8])):
        for mark in strip.scale.marks(distances, unit_m):
            rows.append((mark.turn_deg, f"{mark.distance:g} {unit}".replace("inf m", "∞").replace("inf ft", "∞")))
    told = sorted(set(rows))
    print_table(
        ("Distance", "Rotation from engraved ∞", "on the strip"),
        [(name, f"{turn:.1f}°", f"{abs(strip.along_mm(turn)):.1f} mm") for turn, name in told],
    )
    if strip.scale.turn_deg(float("inf")) < -0.5:
        click.echo("\nInfinity lies beyond the ring's stop on this rig.")
