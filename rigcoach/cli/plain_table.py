"""Small tables on standard output, for commands that are to answer at once: to import rich takes longer than they."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

import click

_GAP = "  "
_NARROWEST = 8  # of a column that is wrapped


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]], colours: Sequence[str | None] = ()) -> None:
    """Print rows in columns, wrapped to the terminal; into a pipe or a file each row is one line.

    Parameters
    ----------
    header, rows
        The cells; every row has as many as the header.
    colours
        A colour for the last cell of each row, as `click.style` takes it; for a terminal only, and not with NO_COLOR.
    """
    table = [list(row) for row in rows]
    widths = _widths([list(header), *table])
    bright = _shows_colours()
    _print_row(list(header), widths, bold=bright)
    for at, row in enumerate(table):
        colour = colours[at] if bright and at < len(colours) else None
        _print_row(row, widths, colour=colour)


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


def _print_row(row: list[str], widths: list[int], *, bold: bool = False, colour: str | None = None) -> None:
    cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
    for line in range(max(map(len, cells))):
        lines = (cell[line] if line < len(cell) else "" for cell in cells)
        parts = [text.ljust(width) for text, width in zip(lines, widths, strict=True)]
        if bold:
            parts = [click.style(part, bold=True) for part in parts]
        if colour:
            parts[-1] = click.style(parts[-1], fg=colour)
        click.echo(_GAP.join(parts).rstrip())
