"""Tables, headings and points on standard output. Without rich: to import it takes longer than most commands do."""

import os
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence

import click

from rigcoach.base.shown_text import printable, printable_name

_GAP = "  "
_NARROWEST = 8  # of a column that is wrapped


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    colours: Sequence[str | None] = (),
    *,
    right: Collection[int] = (),
) -> None:
    """Print rows in columns, wrapped to the terminal; into a pipe or a file each row is one line.

    Parameters
    ----------
    header, rows
        The cells; every row has as many as the header. A table without a header has an empty one.
    colours
        A colour for the last cell of each row, as `click.style` takes it; for a terminal only, and not with NO_COLOR.
    right
        The columns that stand to the right, as numbers do.
    """
    table = [[printable(cell) for cell in row] for row in rows]
    whole = [list(header), *table] if header else table
    if not whole:
        return
    widths = _widths(whole)
    bright = _shows_colours()
    if header:
        _print_row(list(header), widths, right, bold=bright)
    for at, row in enumerate(table):
        colour = colours[at] if bright and at < len(colours) else None
        _print_row(row, widths, right, colour=colour)


class RunningTable:
    """A table whose rows are printed as they come; the header before the first.

    Parameters
    ----------
    header
        The columns' names.
    widest
        For each column the widest cell that may come; wider ones are wrapped.
    right
        The columns that stand to the right, as numbers do.
    """

    def __init__(self, header: Sequence[str], widest: Sequence[str], *, right: Collection[int] = ()) -> None:
        self._header, self._right = list(header), right
        self._widths = _widths([self._header, list(widest)])
        self._begun = False

    def add(self, row: Sequence[str]) -> None:
        """Print a row."""
        if not self._begun:
            _print_row(self._header, self._widths, self._right, bold=_shows_colours())
            self._begun = True
        _print_row([printable(cell) for cell in row], self._widths, self._right)


def print_heading(text: str) -> None:
    """Print what a table or a list is about; bold where there are colours."""
    text = printable_name(text)
    click.echo(click.style(text, bold=True) if _shows_colours() else text)


def print_points(points: Iterable[str]) -> None:
    """Print points one below the other, wrapped to the terminal; into a pipe or a file each is one line."""
    for point in map(printable, points):
        room = _room()
        lines = [point] if room is None else textwrap.wrap(point, max(room - 2, _NARROWEST)) or [""]
        click.echo("\n  ".join([f"• {lines[0]}", *lines[1:]]))


def print_line(text: str, indent: int = 0) -> None:
    """Print a line, wrapped to the terminal, what is wrapped indented; into a pipe or a file it is one line."""
    text, room = printable(text), _room()
    ahead = len(text) - len(text.lstrip())
    lines = [text]
    if room is not None and len(text) > room:
        lines = textwrap.wrap(
            text.strip(),
            max(room, indent + _NARROWEST),
            initial_indent=" " * ahead,
            subsequent_indent=" " * (ahead + indent),
            break_long_words=False,
            break_on_hyphens=False,
        )
    click.echo("\n".join(lines))


def print_facts(facts: Iterable[tuple[str, str]], width: int = 22) -> None:
    """Print names and what is said of each, in two columns, wrapped to the terminal."""
    for name, text in facts:
        print_line(f"  {name:<{width}}{text}", indent=width)


def line_width() -> int:
    """Return how many characters a line can have, for what fills one."""
    return _room() or 80


def _widths(table: list[list[str]]) -> list[int]:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    room = _room()
    while room is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _room() -> int | None:
    """Return how wide a line may be; None for any width."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return None


def _shows_colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print_row(
    row: list[str], widths: list[int], right: Collection[int], *, bold: bool = False, colour: str | None = None
) -> None:
    if any(len(word) > widths[0] for word in row[0].split()):
        # A name or an id is never cut: it stands on a line of its own, above what is said of it.
        click.echo(click.style(row[0], bold=True) if bold else row[0])
        row = ["", *row[1:]]
    cells = [
        textwrap.wrap(cell, width, break_on_hyphens=at > 0) or [""]
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    for line in range(max(map(len, cells))):
        lines = (cell[line] if line < len(cell) else "" for cell in cells)
        parts = [
            text.rjust(width) if at in right else text.ljust(width)
            for at, (text, width) in enumerate(zip(lines, widths, strict=True))
        ]
        if bold:
            parts = [click.style(part, bold=True) for part in parts]
        if colour:
            parts[-1] = click.style(parts[-1], fg=colour)
        click.echo(_GAP.join(parts).rstrip())
