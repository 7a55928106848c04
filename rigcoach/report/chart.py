"""A chart as data: lines over an axis with their bands, and the same numbers as a table.

Pages draw charts with their script, `rigcoach.report.chart_svg` draws one as an image.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

Values = tuple[float | None, ...]

PALETTE = ("#0072b2", "#c65102", "#00805c", "#a8507f", "#5b6470", "#7d6200", "#6a4fb3", "#8c2d19")
"""The colours of lines on white; ``assets/report.css`` has those of a dark page, too."""

DASHES: tuple[tuple[int, ...], ...] = ((), (10, 4), (3, 3), (12, 3, 2, 3), (6, 6))
"""Dashes that can be told apart, as lengths drawn and left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart. `colour` is its place in the page's palette; `dash` tells it apart without colour."""

    label: str
    values: Values
    colour: int
    dash: tuple[int, ...] = ()
    digits: int = 1
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two values: a keeper's limits, or, between two lines, a zone that moves with time."""

    label: str
    low: float | None = None
    high: float | None = None
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a chart's table."""

    at: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a shared axis, usually seconds.

    Attributes
    ----------
    id, title, unit
        Name in the page, heading, unit of the values.
    alt_text
        What the chart shows, in a sentence: for those who don't see it.
    at
        Where on the axis the values lie.
    axis
        What the axis counts: "s" for seconds, "date" for seconds since 1970, else what it is called.
    marks
        Stretches of the axis to mark along the bottom, such as keepers, with `marks_label`.
    """

    id: str
    title: str
    unit: str
    alt_text: str
    at: tuple[float, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    bands: tuple[Band, ...] = ()
    low: float | None = None
    high: float | None = None
    axis: str = "s"
    marks: tuple[tuple[float, float], ...] = ()
    marks_label: str = ""


def styled_lines(columns: Mapping[str, Values], colours: Sequence[int] | None = None) -> tuple[Line, ...]:
    """Return a line for each column of whole numbers by its label, each with a colour and a dash of its own.

    `colours` are their places in the palette, in the order of the columns; that order itself where None.
    """
    return tuple(
        Line(label, values, i % len(PALETTE) if colours is None else colours[i], DASHES[i % len(DASHES)], digits=0)
        for i, (label, values) in enumerate(columns.items())
    )


def mean_rows(groups: Mapping[str, Sequence[int]], lines: Sequence[Line]) -> tuple[Row, ...]:
    """Return a row for each group of points, by its label, with the mean of each line over them.

    >>> mean_rows({"0-1": [0, 1], "1-2": [2]}, [Line("blur", (1.0, 2.0, None), 0)])
    (Row(at='0-1', cells=('1.5',)), Row(at='1-2', cells=('–',)))
    """
    rows = []
    for label, members in groups.items():
        cells = []
        for line in lines:
            known = [value for i in members if (value := line.values[i]) is not None]
            cells.append(f"{fmean(known):.{line.digits}f}" if known else "–")
        rows.append(Row(label, tuple(cells)))
    return tuple(rows)
