"""`rigcoach target`: the card to print."""

from pathlib import Path

import click

from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json


@click.command()
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter", "a3"]),
    default="a4",
    show_default=True,
    help="The paper. A3 is seen from farther away; every size tells the scorer its true size.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it, a .pdf or an .svg.  [default: target-PAPER.pdf]",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def target(settings: CommandOptions, paper: str, out: Path | None) -> None:
    """Write the target card as a page to print.

    Print it at 100 % ("actual size") on matt paper, check that its bar measures 50 mm, and stick the panel on something
    flat and stiff. The strip on the right tells in front from behind: cut it off and stand it where it was, its middle
    in the panel's plane and its top leaning back by 45°.
    """
    from rigcoach.base.outputs import write_output
    from rigcoach.sheets.page import SHEET, pdf, svg
    from rigcoach.sheets.target import PAPERS, sheet

    path = Path(f"target-{paper}.pdf") if out is None else out
    if path.suffix.lower() not in (".pdf", ".svg"):
        raise click.UsageError(f"{path.name} ends neither in .pdf nor in .svg")
    chosen = next(known for known in PAPERS if known.name == paper)
    printed = sheet(chosen)
    content = svg(printed).encode() if path.suffix.lower() == ".svg" else pdf(printed)
    write_output(path, content, SHEET, force=settings.force)
    if settings.json:
        size = [round(chosen.width_mm, 2), round(chosen.height_mm, 2)]
        ids = [marker.id for marker in chosen.card.markers]
        print_json(
            {
                "schema": "rigcoach.target/1",
                "file": str(path),
                "paper": paper,
                "paper_mm": size,
                "card_mm": [round(chosen.card.width_mm, 2), round(chosen.card.height_mm, 2)],
                "markers": ids,
                "check_bar_mm": 50.0,
            }
        )
    else:
        note(settings, f"{path}: print it at 100 %, then check that its bar measures 50 mm.")
