"""Where words go: results to standard output, progress and notes to standard error."""

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.shown_text import printable, printable_json, printable_name
from rigcoach.cli.interrupts import unbroken
from rigcoach.cli.options import CommandOptions

if TYPE_CHECKING:
    from rigcoach.base.outputs import Kind

_COMPILING = "Compiling the card's fits, once"


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    click.echo(_json(document))


def _json(document: Any) -> str:
    # A file's name may hold bytes that are no UTF-8, which JSON has to be, and control characters that `json` leaves.
    return printable_json(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def print_path(path: Path) -> None:
    """Print where something was written: letter for letter for a program, fit to be shown on a terminal."""
    click.echo(printable_name(str(path)) if sys.stdout.isatty() else os.fsencode(path))


def write_stdout(text: str) -> None:
    """Write text to standard output as it stands."""
    click.echo(text, nl=False)


class JsonArray:
    """A JSON array on standard output whose elements are printed as they come; a context manager.

    It is printed as `print_json` would print all of it, and is whole whatever ends it; nothing is before its first.
    """

    def __init__(self, write: Callable[[str], None] = write_stdout) -> None:
        self._write, self._begun = write, False

    def __enter__(self) -> Self:
        return self

    def add(self, document: dict[str, Any], last: str | None = None, items: Iterable[Any] = ()) -> None:
        """Print an element; where it has a `last` list, its items are printed one after the other."""
        text = textwrap.indent(_json(document), "  ")
        with unbroken():
            self._write(",\n" if self._begun else "[\n")
            self._begun = True
            if last is None:
                self._write(text)
                return
            self._write(text.removesuffix("\n  }") + f',\n    "{last}": [')
            separator = ""
            for item in items:
                self._write(f"{separator}\n" + textwrap.indent(_json(item), " " * 6))
                separator = ","
            self._write(("\n    ]" if separator else "]") + "\n  }")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, BrokenPipeError):
            self._write("\n]\n" if self._begun else "[]\n")


@contextmanager
def to_file_or_stdout(
    path: Path | None, kind: "Kind", *, inputs: Iterable[Path] = (), force: bool = False
) -> Iterator[Callable[[str], None]]:
    """Yield what writes text to standard output, or to a file of a kind.

    The file appears when all is written, and with what is there by then where the command is stopped.

    Raises
    ------
    rigcoach.base.outputs.OutputError
        Where the file may not be written, or cannot.
    """
    if path is None:
        yield write_stdout
        return
    from rigcoach.base import disk
    from rigcoach.base.outputs import output_file

    stopped: KeyboardInterrupt | None = None
    with output_file(path, kind, inputs=inputs, force=force) as part, part.open("wb") as file:
        try:
            yield lambda text: disk.write(file, text.encode())
        except KeyboardInterrupt as interrupt:
            stopped = interrupt
    if stopped is not None:
        raise stopped


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
def kept_when_stopped(describe: Callable[[], str]) -> Iterator[None]:
    """Have what a command that is stopped leaves behind said when it ends.

    Parameters
    ----------
    describe
        Asked only where it is stopped; returns what is kept, as a clause.
    """
    try:
        yield
    except KeyboardInterrupt as stopped:
        # What was said nearest to the work knows best.
        if not stopped.args:
            raise KeyboardInterrupt(describe()) from stopped
        raise


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
        yield no_progress
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TimeRemainingColumn
    from rich.text import Text

    from rigcoach.measure.compiled_folder import is_compiling

    class Doing(ProgressColumn):
        """What is going on; after installing, the first card waits for its fits to be compiled."""

        def render(self, task: Task) -> Text:
            return Text.from_markup(_COMPILING if is_compiling() else task.description)

    # Results that go elsewhere must not be drawn above the bar with the rest.
    to_terminal = sys.stdout.isatty()
    columns = (Doing(), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=to_terminal) as bar:
        task = bar.add_task(escape(printable(doing)), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
