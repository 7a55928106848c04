"""`rigcoach camera fetch`: files from the camera's card."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress, warn

if TYPE_CHECKING:
    from rigcoach.tether.camera import Camera
    from rigcoach.tether.card_selection import CardFetch, FetchOutcome


class FetchShortError(RigcoachError):
    """Not all that was asked for was fetched."""

    code = "camera.fetch-short"


@click.command("fetch")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--new", is_flag=True, help="Everything that is not in the folder yet.")
@click.option("--all", "everything", is_flag=True, help="Everything on the card; existing files are not replaced.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Destination folder; the current one by default.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def fetch_files(settings: CommandOptions, names: tuple[str, ...], new: bool, everything: bool, out: Path) -> None:
    """Fetch files from the camera's card, each whole or not at all. Nothing on the card is changed or deleted.

    NAME is a file's name, such as MVI_0001.MOV, or its whole path on the card. If the cable comes loose, fetching
    resumes when it is back. The exit status is 1 where anything is missing at the end.
    """
    from rigcoach.base import disk
    from rigcoach.tether.card_selection import choose, in_folder
    from rigcoach.tether.documents import fetch_document

    if [bool(names), new, everything].count(True) != 1:
        raise click.UsageError("Name files, or give one of --new and --all.")
    with opened_camera(settings) as camera:
        on_card = camera.files()
        for told in camera.left_out:
            warn(f"{told}.")
        wanted = in_folder(choose(on_card, names), out)
        disk.make_folder(out)
        outcomes = [_fetch_one(settings, camera, each) for each in wanted]
    if settings.json:
        print_json(fetch_document(outcomes))
    else:
        _print(settings, outcomes)
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if failed:
        raise FetchShortError(
            f"{len(failed)} of {len(outcomes)} files were not fetched",
            why=failed[0].error or "",
            next_step="They are still on the card",
        )


def _fetch_one(settings: CommandOptions, camera: "Camera", wanted: "CardFetch") -> "FetchOutcome":
    from rigcoach.tether.card_selection import FetchOutcome
    from rigcoach.tether.fetch import fetch, is_fetched

    file, to = wanted.file, wanted.to
    known = (file.path, str(to), file.size_bytes)
    try:
        if wanted.is_there and is_fetched(camera, file, to):
            return FetchOutcome(*known, "there")
        with progress(settings, f"Fetching {file.name}") as advance:
            fetch(camera, file, to, advance)
    except RigcoachError as error:
        return FetchOutcome(*known, "failed", error.line())
    return FetchOutcome(*known, "fetched")


def _print(settings: CommandOptions, outcomes: "list[FetchOutcome]") -> None:
    for outcome in outcomes:
        if outcome.status == "fetched":
            click.echo(f"{outcome.file}  {outcome.size_bytes / 1e6:.1f} MB")
        elif outcome.error is not None:
            click.echo(f"{outcome.card_path}: {outcome.error}", err=True)
    there = sum(outcome.status == "there" for outcome in outcomes)
    if there:
        note(settings, f"{there} of them already existed.")
    if not outcomes:
        note(settings, "The card is empty.")
