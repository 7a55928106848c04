"""Tables of depth of field as a card to print, cut out and fold: 105 × 74 mm, A7, a unit on each side."""

import textwrap
from collections.abc import Sequence

from rigcoach.sheets.page import Page, Stroke, Text, box, check_bar, width_mm

CARD_MM = (105.0, 74.0)
POINT_MM = 25.4 / 72
CELL_MM = 9 * POINT_MM
"""What is read in the field is printed in 9 points, at arm's length and without glasses."""
_PAPER_MM = (210.0, 297.0)
_TOP_MM, _EDGE_MM = 24.0, 3.0
_TITLE_MM, _SMALL_MM, _SMALL_CHARACTERS = 9 * POINT_MM, 7 * POINT_MM, 84
_ROW_MM, _SMALL_ROW_MM, _TIGHTEST_ROW_MM, _GAP_MM = 4.4, 3.0, 3.4, 1.5

Block = tuple[str, list[str], list[list[str]]]
"""Unit, heading, and rows of cells."""


def pocket_card(title: str, told: Sequence[str], blocks: Sequence[Block]) -> Page:
    """Lay out a card with a table for each unit, each on a side of its own: folded along the line between them."""
    width, height = CARD_MM
    left = (_PAPER_MM[0] - width) / 2
    lines: list[Stroke] = []
    texts: list[Text] = []
    small = [part for line in told for part in textwrap.wrap(line, _SMALL_CHARACTERS)]
    for number, block in enumerate(blocks):
        top = _TOP_MM + number * height
        corners = box(left, top, width, height)
        lines += [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]
        words = [title, *small] if number == 0 else [title]
        side_texts, side_lines = _side(left + _EDGE_MM, top + _EDGE_MM, words, block)
        texts += side_texts
        lines += side_lines
    below = _TOP_MM + len(blocks) * height
    texts.append(Text((_PAPER_MM[0] / 2, below + 6), "Cut out along the outer line and fold along the line between."))
    bar, caption = check_bar(_PAPER_MM[0] / 2, below + 14)
    return Page("rigcoach focus table", *_PAPER_MM, bar, tuple(lines), (*texts, caption))


def _side(x: float, y: float, words: Sequence[str], block: Block) -> tuple[list[Text], list[Stroke]]:
    """Lay out a side: what it is of, and its table. The place is the top left within its margins."""
    width, height = CARD_MM[0] - 2 * _EDGE_MM, CARD_MM[1] - 2 * _EDGE_MM
    unit, head, body = block
    title, *small = words
    at = y + _TITLE_MM
    texts = [Text((x, at), title, _TITLE_MM, "start")]
    for line in small:
        at += _SMALL_ROW_MM
        texts.append(Text((x, at), line, _SMALL_MM, "start"))
    at += _ROW_MM
    texts.append(Text((x, at), f"Sharp from-to in {unit}, with the ring set to:", _SMALL_MM, "start"))
    at += _ROW_MM
    table = [head, *body]
    row_mm = max(min(_ROW_MM, (y + height - at) / (len(table) - 1)), _TIGHTEST_ROW_MM)
    widths = [max(width_mm(row[column], 1.0) for row in table) for column in range(len(head))]
    # More distances than have room at this size are printed smaller.
    cell_mm = min(CELL_MM, (width - _GAP_MM * (len(head) - 1)) / sum(widths))
    gap_mm = (width - cell_mm * sum(widths)) / max(len(head) - 1, 1)
    places = [x]
    for each in widths[:-1]:
        places.append(places[-1] + cell_mm * each + gap_mm)
    rule = Stroke((x, at + 0.9), (x + width, at + 0.9), 0.0)
    for row in table:
        texts += [Text((place, at), cell, cell_mm, "start") for place, cell in zip(places, row, strict=True)]
        at += row_mm
    return texts, [rule]
