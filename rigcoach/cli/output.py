"""Where words go: results to standard output, progress and notes to standard error."""

import json
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from rigcoach.base.progress import Advance, unheeded
from rigcoach.base.shown_text import printable, printable_json, printable_name
from rigcoach.cli.interrupts import unbroken
from rigcoach.cli.options import CommandOptions


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    click.echo(_json(document))


def _json(document: Any) -> str:
    # A file's name may hold bytes that are no UTF-8, which JSON has to be, and control characters that `json` leaves.
    return printable_json(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def print_path(path: Path) -> None:
    """Print where something was written: letter for letter for a program, fit to be shown on a terminal."""
    click.echo(printable_name(str(path)) if sys.stdout.isatty() else os.fsencode(path))


class JsonArray:
    """A JSON array on standard output whose elements are printed as they come; a context manager.

    It is printed as `print_json` would print all of it, and is whole whatever ends it.
    """

    def __init__(self) -> None:
        self._begun = False

    def __enter__(self) -> Self:
        click.echo("[", nl=False)
        return self

    def add(self, document: Any) -> None:
        """Print an element."""
        text = _json(document)
        with unbroken():
            click.echo((",\n" if self._begun else "\n") + textwrap.indent(text, "  "), nl=False)
            self._begun = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, BrokenPipeError):
            click.echo("\n]" if self._begun else "]")


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
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    # Results that go elsewhere must not be drawn above the bar with the rest.
    to_terminal = sys.stdout.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=to_terminal) as bar:
        task = bar.add_task(escape(printable(doing)), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
