"""`rigcoach focus table`: what is sharp, apertures by distances, to carry in a pocket."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.distances import distance
from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.cli.sheet_file import checked_ending, note_written, write_page
from rigcoach.cli.zone_setup import chosen_circle_mm, reachable, sharpness_options

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.rig.zone_focus import ZoneFocus


@click.command("table")
@rig_options
@click.option(
    "--aperture",
    "apertures",
    multiple=True,
    type=click.FloatRange(0.7, 64),
    metavar="N",
    help="Aperture; repeatable.  [default: the lens's full stops]",
)
@click.option(
    "--at",
    "marks_m",
    multiple=True,
    type=distance,
    metavar="DISTANCE",
    help="Distance set on the focus ring, such as 2, 7ft or 2.1m; repeatable.  [default: 1, 1.5, 2, 3, 5]",
)
@sharpness_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a pocket card to print, cut out and fold to 105 × 74 mm, .pdf or .svg.",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def focus_table(
    settings: CommandOptions,
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    apertures: tuple[float, ...],
    marks_m: tuple[float, ...],
    blur_px: float | None,
    circle_mm: float | None,
    out: Path | None,
) -> None:
    """Print a depth-of-field table: apertures by distances, in metres and feet.

    Example: `rigcoach focus table --rig hip-video --out pocket.pdf`.

    The last column is the hyperfocal distance: focused there, everything from half of it to infinity is sharp.
    """
    from rigcoach.lens.documents import table_document
    from rigcoach.lens.rig_pages import usual_marks
    from rigcoach.lens.rig_text import format_marks, format_sharpness, zone_blocks
    from rigcoach.rig.zone_focus import full_stops

    if out is not None:
        checked_ending(out)
    chosen = chosen_rig(rig_profile, body, lens, adapter)
    for aperture in apertures:
        chosen_rig(rig_profile, body, lens, adapter, aperture=aperture)
    circle = chosen_circle_mm(chosen, blur_px, circle_mm)
    marks = reachable(chosen, marks_m) or usual_marks(chosen)
    setups = [chosen.zone_focus(circle, stop) for stop in sorted(apertures or full_stops(chosen.lens))]
    if out is not None:
        _write(chosen, setups, marks, out, force=settings.force)
    if settings.json:
        print_json(table_document(chosen, setups, marks, out))
    elif out is not None:
        note_written(settings, out)
    else:
        click.echo(chosen.name)
        click.echo(format_sharpness(chosen, setups[0]))
        click.echo(format_marks(chosen.calibration))
        for unit, head, rows in zone_blocks(setups, marks):
            click.echo(f"\nSharp from-to, in {unit}, with the ring set to:")
            print_table(head, rows)


def _write(chosen: "ChosenRig", setups: list["ZoneFocus"], marks: tuple[float, ...], out: Path, *, force: bool) -> None:
    from rigcoach.lens.rig_pages import pocket_page

    write_page(out, pocket_page(chosen, setups, marks), force=force)
