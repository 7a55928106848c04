"""`rigcoach focus table`: what is sharp, apertures by distances, to carry in a pocket."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.cli.distances import distance, feet, metres, rounded
from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.rig_options import ChosenRig, chosen_rig, rig_options
from rigcoach.cli.zone_setup import (
    calibration_document,
    chosen_circle_mm,
    reachable,
    sharpness_options,
    told_marks,
    told_sharpness,
    zone_setup,
)

if TYPE_CHECKING:
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
    help="An f-number; may be repeated.  [default: the lens' full stops]",
)
@click.option(
    "--at",
    "marks_m",
    multiple=True,
    type=distance,
    metavar="DISTANCE",
    help="The ring at this distance; may be repeated. In metres, or in feet as 7ft.  [default: 1, 1.5, 2, 3, 5]",
)
@sharpness_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it as a card of 105 × 74 mm to print and cut out, a .pdf or an .svg.",
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
    """Print what is sharp, apertures by distances, in metres and in feet.

    As in `rigcoach focus table --rig hip-video --out pocket.pdf`.

    The hyperfocal distance of each aperture stands last: focused there, all from half of it to infinity is sharp.
    """
    from rigcoach.rig.zone_focus import full_stops

    if out is not None and out.suffix.lower() not in (".pdf", ".svg"):
        raise click.UsageError(f"{out.name} ends neither in .pdf nor in .svg")
    chosen = chosen_rig(rig_profile, body, lens, adapter)
    for aperture in apertures:
        chosen_rig(rig_profile, body, lens, adapter, aperture=aperture)
    circle = chosen_circle_mm(chosen, blur_px, circle_mm)
    marks = reachable(chosen, marks_m) or tuple(m for m in _DISTANCES_M if chosen.lens.focuses_at(m))
    setups = [zone_setup(chosen, circle, stop) for stop in sorted(apertures or full_stops(chosen.lens))]
    if out is not None:
        _write(chosen, setups, marks, out, force=settings.force)
    if settings.json:
        print_json(_document(chosen, setups, marks, out))
    elif out is not None:
        note(settings, f"{out}: print it at 100 %, then check that its bar measures 50 mm.")
    else:
        click.echo(chosen.name)
        click.echo(told_sharpness(chosen, setups[0]))
        click.echo(told_marks(chosen.calibration))
        for unit, head, rows in _blocks(setups, marks):
            click.echo(f"\nSharp from-to, in {unit}, with the ring at:")
            print_table(head, rows)


def _blocks(setups: list["ZoneFocus"], marks: tuple[float, ...]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return the table in metres and in feet: unit, heading and rows of cells."""
    blocks = []
    for unit, short, told in (("metres", "m", metres), ("feet", "ft", feet)):
        head = ["", *(f"{told(mark)} {short}" for mark in marks), "hyperfocal"]
        rows = []
        for setup in setups:
            zones = [setup.zone_at(mark) for mark in marks]
            cells = [f"{told(zone.near_m)}-{told(zone.far_m)}" for zone in zones]
            rows.append([f"f/{setup.f_number:g}", *cells, told(setup.hyperfocal_m)])
        blocks.append((unit, head, rows))
    return blocks


def _write(chosen: ChosenRig, setups: list["ZoneFocus"], marks: tuple[float, ...], out: Path, *, force: bool) -> None:
    from rigcoach.base.outputs import write_output
    from rigcoach.sheets.page import SHEET, pdf, svg
    from rigcoach.sheets.pocket_card import pocket_card

    told = told_sharpness(chosen, setups[0]).replace("\n", " ")
    card = pocket_card(chosen.name, [told, told_marks(chosen.calibration)], _blocks(setups, marks))
    content = svg(card).encode() if out.suffix.lower() == ".svg" else pdf(card)
    write_output(out, content, SHEET, force=force)


def _document(
    chosen: ChosenRig, setups: list["ZoneFocus"], marks: tuple[float, ...], out: Path | None
) -> dict[str, Any]:
    return {
        "schema": "rigcoach.focus-table/1",
        "rig": chosen.parts(),
        "focal_length_mm": chosen.focal_length_mm,
        "circle_of_confusion_mm": round(setups[0].circle_mm, 4),
        "blur_px": rounded(setups[0].circle_radius_px, 2),
        "calibration": calibration_document(chosen.calibration),
        "file": None if out is None else str(out),
        "apertures": [
            {
                "f_number": setup.f_number,
                "hyperfocal_m": round(setup.hyperfocal_m, 3),
                # null: infinity
                "zones": [
                    {
                        "ring_m": round(mark, 3),
                        "focus_m": rounded(zone.focus_m, 3),
                        "near_m": round(zone.near_m, 3),
                        "far_m": rounded(zone.far_m, 3),
                    }
                    for mark, zone in ((mark, setup.zone_at(mark)) for mark in marks)
                ],
            }
            for setup in setups
        ],
    }
