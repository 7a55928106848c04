"""`rigcoach target`: the card to print."""

from pathlib import Path

import click

from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.sheet_file import checked_ending, note_written, write_page


@click.command()
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter", "a3"]),
    help="Paper size. A3 is for longer distances; the card encodes its size.  [default: a4, or as configured]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Output file, .pdf or .svg.  [default: target-PAPER.pdf]",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def target(settings: CommandOptions, paper: str | None, out: Path | None) -> None:
    """Write the target card for printing.

    Print it at 100 % ("actual size") on matt paper, check that the bar measures 50 mm, and mount the panel on stiff
    board. The strip on the right shows front from back focus: cut it off and stand it in the same place, its middle
    in the plane of the panel and its top tilted back by 45°.
    """
    from rigcoach.base.preferences import preferences
    from rigcoach.sheets.documents import target_document
    from rigcoach.sheets.target import PAPERS, sheet

    paper = paper or preferences().paper
    path = checked_ending(Path(f"target-{paper}.pdf") if out is None else out)
    chosen = next(known for known in PAPERS if known.name == paper)
    write_page(path, sheet(chosen), force=settings.force)
    if settings.json:
        print_json(target_document(chosen, path))
    else:
        note_written(settings, path)
