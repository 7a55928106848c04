"""A page to print at its true size, as PDF and SVG; lengths in millimetres, origin at its top left, y down."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rigcoach.target_card import Point

if TYPE_CHECKING:
    from fpdf import FPDF

_CUT_GREY = 0.75
_HAIRLINE_MM = 0.15
_TEXT_MM = 2.6
CHECK_BAR_MM = 50.0
"""What is measured on paper to see whether it was printed at 100 %."""
# A no-break space stands for infinity among the letters of Latin-1; its place in the Symbol font.
_FOR_INFINITY, _SYMBOL_INFINITY = "\u00a0", "\u00a5"
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
# Helvetica's widths in parts of its size (Adobe font metrics): digits, and the point.
_DIGIT, _POINT = 0.556, 0.278
_LETTER, _CAPITAL, _INFINITY = 0.53, 0.7, 0.713
_WIDTHS = {".": _POINT, ",": _POINT, "/": _POINT, " ": _POINT, "-": 0.333, "∞": _INFINITY}


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon; `grey` from 0, ink, to 1, paper."""

    points_mm: tuple[Point, ...]
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line; a grey hairline, to cut along, unless told otherwise."""

    start_mm: Point
    end_mm: Point
    grey: float = _CUT_GREY
    width_mm: float = _HAIRLINE_MM


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words on a baseline, of which a point is given: its "start", "middle" or "end"."""

    place_mm: Point
    words: str
    size_mm: float = _TEXT_MM
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Page:
    """All that is printed on a page."""

    title: str
    width_mm: float
    height_mm: float
    shapes: tuple[Shape, ...]
    lines: tuple[Stroke, ...]
    texts: tuple[Text, ...]


def box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """Return the corners of an upright rectangle, clockwise from its top left."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def check_bar(x: float, y: float) -> tuple[tuple[Shape, ...], Text]:
    """Return a bar of 50 mm, its middle at `x`, and what stands below it."""
    shapes = (
        Shape(box(x - CHECK_BAR_MM / 2, y, CHECK_BAR_MM, 0.4)),
        Shape(box(x - CHECK_BAR_MM / 2, y - 1, 0.2, 2.4)),
        Shape(box(x + CHECK_BAR_MM / 2 - 0.2, y - 1, 0.2, 2.4)),
    )
    return shapes, Text((x, y + 5), "This bar measures 50 mm when printed at 100 %")


def width_mm(words: str, size_mm: float) -> float:
    """Return how wide words are printed, about: letters by the mean of Helvetica's, capitals and signs by their own.

    >>> round(width_mm("2.1-∞", 1.0), 2)
    2.44
    """
    return size_mm * sum(
        _DIGIT if each.isdigit() else _WIDTHS.get(each, _CAPITAL if each.isupper() else _LETTER) for each in words
    )


def number_width_mm(number: str, size_mm: float) -> float:
    """Return how wide digits and points are printed.

    >>> round(number_width_mm("1.5", 2.0), 2)
    2.78
    """
    return size_mm * sum(_POINT if character == "." else _DIGIT for character in number)


def svg(page: Page) -> str:
    """Return a page as an SVG document, its user unit one millimetre."""
    width, height = page.width_mm, page.height_mm
    body = [f"<title>{escape(page.title)}</title>", f'<rect width="{width:g}" height="{height:g}" fill="white"/>']
    for shape in page.shapes:
        points = " ".join(f"{x:.4f},{y:.4f}" for x, y in shape.points_mm)
        body.append(f'<polygon points="{points}" fill="{_hex(shape.grey)}"/>')
    for line in page.lines:
        (x1, y1), (x2, y2) = line.start_mm, line.end_mm
        body.append(
            f'<line x1="{x1:.4f}" y1="{y1:.4f}" x2="{x2:.4f}" y2="{y2:.4f}" '
            f'stroke="{_hex(line.grey)}" stroke-width="{line.width_mm:g}"/>'
        )
    for text in page.texts:
        x, y = text.place_mm
        body.append(
            f'<text x="{x:.3f}" y="{y:.3f}" font-family="Helvetica, Arial, sans-serif" font-size="{text.size_mm:g}" '
            f'text-anchor="{text.anchor}">{escape(text.words)}</text>'
        )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
            f'viewBox="0 0 {width:g} {height:g}">',
            *body,
            "</svg>",
            "",
        ]
    )


def pdf(page: Page) -> bytes:
    """Return a page as a PDF document, which asks viewers not to scale it."""
    return pdf_of((page,))


def pdf_of(pages: Sequence[Page]) -> bytes:
    """Return pages as one PDF document, each with its own size and named after the first."""
    from fpdf import FPDF, ViewerPreferences

    first = pages[0]
    sheet = FPDF(unit="mm", format=(first.width_mm, first.height_mm))
    sheet.set_auto_page_break(False)
    sheet.set_title(first.title)
    sheet.set_creator("rigcoach")
    sheet.viewer_preferences = ViewerPreferences(print_scaling="None")
    for page in pages:
        sheet.add_page(format=(page.width_mm, page.height_mm))
        _draw(sheet, page)
    return bytes(sheet.output())


def _draw(sheet: "FPDF", page: Page) -> None:
    for shape in page.shapes:
        sheet.set_fill_color(round(255 * shape.grey))
        sheet.polygon(list(shape.points_mm), style="F")
    for line in page.lines:
        sheet.set_draw_color(round(255 * line.grey))
        sheet.set_line_width(line.width_mm)
        sheet.line(*line.start_mm, *line.end_mm)
    for text in page.texts:
        x, y = text.place_mm
        # Font sizes are points, 1/72 inch. The fonts that every viewer has know Latin-1 only.
        sheet.set_font("Helvetica", size=text.size_mm / 25.4 * 72)
        words = text.words.replace("–", "-").replace("∞", _FOR_INFINITY).encode("latin-1", "replace").decode("latin-1")
        x -= _ANCHORS[text.anchor] * sheet.get_string_width(words)
        for number, part in enumerate(words.split(_FOR_INFINITY)):
            if number:
                # Infinity is in the Symbol font, which every viewer has as well.
                sheet.set_font("Symbol", size=text.size_mm / 25.4 * 72)
                sheet.text(x, y, _SYMBOL_INFINITY)
                x += _INFINITY * text.size_mm
                sheet.set_font("Helvetica", size=text.size_mm / 25.4 * 72)
            sheet.text(x, y, part)
            x += sheet.get_string_width(part)


def _hex(grey: float) -> str:
    return f"#{round(255 * grey):02x}" + 2 * f"{round(255 * grey):02x}"
