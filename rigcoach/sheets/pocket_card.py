"""A table of zones as a card to print, cut out and carry: 105 × 74 mm, A7."""

from collections.abc import Sequence

from rigcoach.sheets.page import Page, Stroke, Text, box, check_bar

CARD_MM = (105.0, 74.0)
_PAPER_MM = (210.0, 297.0)
_TOP_MM, _EDGE_MM, _TITLE_MM, _SMALL_MM, _CELL_MM = 30.0, 3.0, 2.8, 1.7, 2.1
_MOST_ROW_MM = 3.2

Block = tuple[str, list[str], list[list[str]]]
"""Unit, heading, and rows of cells."""


def pocket_card(title: str, told: Sequence[str], blocks: Sequence[Block]) -> Page:
    """Lay out a card with a table for each unit."""
    width, height = CARD_MM
    left = (_PAPER_MM[0] - width) / 2
    corners = box(left, _TOP_MM, width, height)
    lines = [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    x, y = left + _EDGE_MM, _TOP_MM + _EDGE_MM + 2
    texts = [Text((x, y), title, _TITLE_MM, "start")]
    texts += [Text((x, y + 3 + 2.3 * i), line, _SMALL_MM, "start") for i, line in enumerate(told)]
    y += 3 + 2.3 * len(told) + 1.5
    rows = sum(len(block[2]) + 1 for block in blocks)
    row_mm = min(_MOST_ROW_MM, (_TOP_MM + height - _EDGE_MM - y - len(blocks)) / rows)
    cell_mm = min(_CELL_MM, row_mm * 0.8)
    for _unit, head, body in blocks:
        column_mm = (width - 2 * _EDGE_MM - 8) / (len(head) - 1)
        for number, row in enumerate([head, *body]):
            places = [x, *(x + 8 + column_mm * i for i in range(len(row) - 1))]
            texts += [Text((at, y), _plain(cell), cell_mm, "start") for at, cell in zip(places, row, strict=True)]
            if not number:
                lines.append(Stroke((x, y + 0.7), (left + width - _EDGE_MM, y + 0.7), 0.0))
            y += row_mm
        y += 1
    bar, caption = check_bar(_PAPER_MM[0] / 2, _TOP_MM + height + 12)
    return Page("rigcoach focus table", *_PAPER_MM, bar, tuple(lines), (*texts, caption))


def _plain(cell: str) -> str:
    """Return a cell in letters that every PDF viewer has: no sign for infinity among them."""
    return cell.replace("∞", "inf")
