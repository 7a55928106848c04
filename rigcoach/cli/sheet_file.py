"""Pages to print, as files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note

if TYPE_CHECKING:
    from rigcoach.sheets.page import Page


def checked_ending(path: Path) -> Path:
    """Return a path that ends as a page to print does, or refuse it as wrong usage."""
    if path.suffix.lower() not in (".pdf", ".svg"):
        raise click.UsageError(f"{path.name} must end in .pdf or .svg")
    return path


def write_page(path: Path, page: "Page", *, force: bool) -> None:
    """Write a page as its ending says; onto what is no page of rigcoach's only where `force` is set."""
    from rigcoach.base.outputs import SHEET, write_output
    from rigcoach.sheets.page import pdf, svg

    write_output(path, svg(page).encode() if path.suffix.lower() == ".svg" else pdf(page), SHEET, force=force)


def note_written(settings: CommandOptions, path: Path) -> None:
    """Say where a page is, and how to print it true to size."""
    from rigcoach.sheets.page import CHECK_BAR_MM

    note(settings, f"{path}: print at 100 %, then check that the bar measures {CHECK_BAR_MM:g} mm.")
