"""`rigcoach focus table`: what is sharp, apertures by distances, to carry in a pocket."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.distances import distance, feet, metres
from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import chosen_rig, rig_options
from rigcoach.cli.sheet_file import checked_ending, note_written, write_page
from rigcoach.cli.zone_setup import (
    chosen_circle_mm,
    format_marks,
    format_sharpness,
    reachable,
    sharpness_options,
)

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig
    from rigcoach.rig.zone_focus import ZoneFocus

_DISTANCES_M = (1.0, 1.5, 2.0, 3.0, 5.0)


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

    As in `rigcoach focus table --rig hip-video --out pocket.pdf`.

    The last column is the hyperfocal distance: focused there, everything from half of it to infinity is sharp.
    """
    from rigcoach.lens.documents import table_document
    from rigcoach.rig.zone_focus import full_stops

    if out is not None:
        checked_ending(out)
    chosen = chosen_rig(rig_profile, body, lens, adapter)
    for aperture in apertures:
        chosen_rig(rig_profile, body, lens, adapter, aperture=aperture)
    circle = chosen_circle_mm(chosen, blur_px, circle_mm)
    marks = reachable(chosen, marks_m) or tuple(m for m in _DISTANCES_M if chosen.lens.focuses_at(m))
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
        for unit, head, rows in _blocks(setups, marks):
            click.echo(f"\nSharp from-to, in {unit}, with the ring set to:")
            print_table(head, rows)


def _blocks(setups: list["ZoneFocus"], marks: tuple[float, ...]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return the table in metres and in feet, or in the one that is configured: unit, heading and rows of cells."""
    from rigcoach.base.preferences import preferences

    blocks = []
    units = preferences().units
    for unit, short, told in (("metres", "m", metres), ("feet", "ft", feet)):
        if units not in ("both", unit):
            continue
        head = ["", *(f"{told(mark)} {short}" for mark in marks), "hyperfocal"]
        rows = []
        for setup in setups:
            zones = [setup.zone_at(mark) for mark in marks]
            cells = [f"{told(zone.near_m)}-{told(zone.far_m)}" for zone in zones]
            rows.append([f"f/{setup.f_number:g}", *cells, told(setup.hyperfocal_m)])
        blocks.append((unit, head, rows))
    return blocks


def _write(chosen: "ChosenRig", setups: list["ZoneFocus"], marks: tuple[float, ...], out: Path, *, force: bool) -> None:
    from rigcoach.sheets.pocket_card import pocket_card

    told = format_sharpness(chosen, setups[0]).replace("\n", " ")
    card = pocket_card(chosen.name, [told, format_marks(chosen.calibration)], _blocks(setups, marks))
    write_page(out, card, force=force)
