"""Where words go: results to standard output, progress and notes to standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from rigcoach.base.progress import Advance, unheeded
from rigcoach.base.shown_text import printable
from rigcoach.cli.options import CommandOptions


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    # A file's name may hold bytes that are no UTF-8, which JSON has to be; `json` escapes control characters itself.
    click.echo(printable(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)))


def note(settings: CommandOptions, text: str) -> None:
    """Say something in passing, on standard error; above a progress bar where there is one."""
    if not settings.quiet:
        warn(text)


def warn(text: str) -> None:
    """Say on standard error what those hear too who want quiet; above a progress bar where there is one.

    `click.echo` would write past rich, which looks after what is written to `sys.stderr` while it draws.
    """
    sys.stderr.write(f"{printable(text)}\n")
    sys.stderr.flush()


@contextmanager
def progress(settings: CommandOptions, doing: str) -> Iterator[Advance]:
    """Show a progress bar on standard error; nothing where that is no terminal or the user wants quiet.

    Parameters
    ----------
    settings
        What the shared options ask for.
    doing
        What is going on, as a short phrase.

    Yields
    ------
    Advance
        To be called as the work goes on.
    """
    if settings.quiet or not sys.stderr.isatty():
        yield unheeded
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
