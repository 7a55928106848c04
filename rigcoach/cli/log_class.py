"""`rigcoach log class`: a class on one page."""

from pathlib import Path

import click

from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import print_json, print_path


@click.command("class")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("class.html"),
    show_default=True,
    metavar="FILE",
    help="Output file.",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def show_class(settings: CommandOptions, folder: Path, out: Path) -> None:
    """Write a page on a class: who needs which drill next.

    FOLDER holds a file for each pupil, exported with `rigcoach log export json --out PSEUDONYM.json`. No accounts, and
    nothing is sent. A file that cannot be read is named and left out; the others are shown all the same.
    """
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.folder import JournalError
    from rigcoach.report.class_page import class_page
    from rigcoach.report.documents import log_report_document
    from rigcoach.report.page import write

    page = class_page(folder, readable_drills())
    write(out, page.html, inputs=folder.glob("*.json"), force=settings.force)
    if settings.json:
        print_json(log_report_document(out))
    else:
        print_path(out)
    for error in page.left_out:
        click.echo(f"rigcoach: {error.line()}", err=True)
    if page.left_out:
        count = len(page.left_out)
        raise JournalError(
            f"{count} file{'' if count == 1 else 's'} of {folder} {'is' if count == 1 else 'are'} not on the page",
            next_step="The others are",
            code="class.left-out",
        )
