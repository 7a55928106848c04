"""Tables under headings, as a page to print."""

from collections.abc import Sequence
from dataclasses import dataclass

from rigcoach.sheets.page import Page, Stroke, Text, width_mm

_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_LEFT_MM, _TOP_MM, _ROW_MM, _GAP_MM = 20.0, 24.0, 7.0, 4.0
_WIDEST_GAP_MM = 16.0
_TITLE_MM, _HEADING_MM, _CELL_MM = 6.0, 4.2, 3.3


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what stands over the columns, and rows of cells."""

    heading: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def table_sheet(title: str, told: Sequence[str], sections: Sequence[Section]) -> Page:
    """Lay out tables on A4, one below the other; what is too wide for the page is printed smaller."""
    within = _WIDTH_MM - 2 * _LEFT_MM
    title_mm = min(_TITLE_MM, within / max(width_mm(title, 1.0), 1.0))
    texts = [Text((_LEFT_MM, _TOP_MM), title, title_mm, "start")]
    lines: list[Stroke] = []
    y = _TOP_MM + 9
    for line in told:
        size_mm = min(_CELL_MM, within / max(width_mm(line, 1.0), 1.0))
        texts.append(Text((_LEFT_MM, y), line, size_mm, "start"))
        y += 5.5
    for section in sections:
        y += 7
        texts.append(Text((_LEFT_MM, y), section.heading, _HEADING_MM, "start"))
        y += _ROW_MM
        table = [section.head, *section.rows]
        widths = [max(width_mm(row[column], 1.0) for row in table) for column in range(len(section.head))]
        cell_mm = min(_CELL_MM, (within - _GAP_MM * (len(widths) - 1)) / sum(widths))
        gap_mm = min(max(_GAP_MM, (within - cell_mm * sum(widths)) / max(len(widths) - 1, 1)), _WIDEST_GAP_MM)
        for number, row in enumerate(table):
            x = _LEFT_MM
            for cell, width in zip(row, widths, strict=True):
                texts.append(Text((x, y), cell, cell_mm, "start"))
                x += cell_mm * width + gap_mm
            if number == 0:
                lines.append(Stroke((_LEFT_MM, y + 1.6), (_LEFT_MM + within, y + 1.6), 0.0))
                y += 0.8
            y += _ROW_MM
    return Page(title, _WIDTH_MM, _HEIGHT_MM, (), tuple(lines), tuple(texts))
