"""What to pack and to check before a journey, as a page with boxes to tick."""

from collections.abc import Sequence

from rigcoach.sheets.page import Page, Stroke, Text, box

_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_LEFT_MM, _TOP_MM, _LINE_MM, _BOX_MM = 20.0, 24.0, 7.0, 3.6
_LETTERS = 92


def packing_list(title: str, sections: Sequence[tuple[str, Sequence[str]]]) -> Page:
    """Lay out sections of lines to tick on A4; lines that are too long go on below."""
    texts = [Text((_LEFT_MM, _TOP_MM), title, 6.0, "start")]
    lines: list[Stroke] = []
    y = _TOP_MM + 12
    for heading, items in sections:
        texts.append(Text((_LEFT_MM, y), heading, 4.4, "start"))
        y += _LINE_MM
        for item in items:
            corners = box(_LEFT_MM, y - _BOX_MM, _BOX_MM, _BOX_MM)
            lines += [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]
            for part in _wrapped(item):
                texts.append(Text((_LEFT_MM + 7, y), part, 3.4, "start"))
                y += _LINE_MM - 1.5
            y += 1.5
        y += 4
    return Page("rigcoach packing list", _WIDTH_MM, _HEIGHT_MM, (), tuple(lines), tuple(texts))


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, _LETTERS) or [""]
