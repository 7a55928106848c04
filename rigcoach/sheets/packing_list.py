"""What to pack and to check before a trip, as pages with boxes to tick."""

import textwrap
from collections.abc import Sequence

from rigcoach.sheets.page import Page, Stroke, Text, box

_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_LEFT_MM, _TOP_MM, _LINE_MM, _BOX_MM = 20.0, 24.0, 7.0, 3.6
_LOWEST_MM = _HEIGHT_MM - _TOP_MM
_LETTERS = 92


def packing_list(title: str, sections: Sequence[tuple[str, Sequence[str]]]) -> tuple[Page, ...]:
    """Lay out sections of lines to tick on A4; lines that are too long go on below, and what is too much overleaf."""
    pages: list[Page] = []
    texts: list[Text] = []
    lines: list[Stroke] = []
    y = 0.0

    def turn() -> None:
        nonlocal y
        if texts:
            pages.append(Page(title, _WIDTH_MM, _HEIGHT_MM, (), tuple(lines), tuple(texts)))
            texts.clear()
            lines.clear()
        texts.append(Text((_LEFT_MM, _TOP_MM), title, 6.0, "start"))
        y = _TOP_MM + 12

    turn()
    for heading, items in sections:
        if y + 2 * _LINE_MM > _LOWEST_MM:
            turn()
        texts.append(Text((_LEFT_MM, y), heading, 4.4, "start"))
        y += _LINE_MM
        for item in items:
            parts = textwrap.wrap(item, _LETTERS) or [""]
            if y + len(parts) * _LINE_MM > _LOWEST_MM:
                turn()
            corners = box(_LEFT_MM, y - _BOX_MM, _BOX_MM, _BOX_MM)
            lines += [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]
            for part in parts:
                texts.append(Text((_LEFT_MM + 7, y), part, 3.4, "start"))
                y += _LINE_MM - 1.5
            y += 1.5
        y += 4
    pages.append(Page(title, _WIDTH_MM, _HEIGHT_MM, (), tuple(lines), tuple(texts)))
    return tuple(pages)
