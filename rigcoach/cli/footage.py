"""The clips in a folder, and a note on what is skipped."""

from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note, progress

if TYPE_CHECKING:
    from rigcoach.video.footage import Footage


def footage_of(settings: CommandOptions, folder: Path, *, below: bool) -> "Footage":
    """Return the recordings in a folder; what is skipped is told."""
    from rigcoach.video.footage import find_footage

    with progress(settings, "Looking for clips") as advance:
        found = find_footage(folder, below=below, advance=advance)
    if told := found.passed_over():
        where = "this folder" if folder == Path() else folder
        note(settings, f"{told}, in {where}.")
    return found
