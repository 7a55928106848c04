"""The target card as a sheet to print at its true size: PDF and SVG of what `rigcoach.target_card` defines."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2

from rigcoach.target_card import A3, A4, LETTER, Marker, Point, TargetCard

_CUT_GREY = 0.75
_HAIRLINE_MM = 0.15
_BAR_MM = 50.0
# The bar stands between the lower markers, where no edge counts on clear paper; millimetres on A4.
_BAR_PLACE_MM = (87.5, 283.0)
_TEXT_MM = 2.6


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper and the card that goes on it; millimetres."""

    name: str
    width_mm: float
    height_mm: float
    card: TargetCard

    @property
    def origin_mm(self) -> Point:
        """Where the card's top left lies on the paper: the card stands in the middle."""
        return ((self.width_mm - self.card.width_mm) / 2, (self.height_mm - self.card.height_mm) / 2)


PAPERS = (
    Paper("a4", 210.0, 297.0, A4),
    Paper("letter", 215.9, 279.4, LETTER),
    Paper("a3", 297.0, 420.0, A3),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled polygon in millimetres on the paper; `grey` from 0, ink, to 1, paper."""

    points_mm: tuple[Point, ...]
    grey: float


@dataclass(frozen=True, slots=True)
class Line:
    """A hairline to cut along."""

    start_mm: Point
    end_mm: Point


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words, centred on a point of its baseline."""

    place_mm: Point
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is printed on a paper."""

    paper: Paper
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    texts: tuple[Text, ...]


def sheet(paper: Paper) -> Sheet:
    """Lay out the card on its paper, with a bar of 50 mm to check the print by."""
    card, (left, top) = paper.card, paper.origin_mm
    factor = card.height_mm / A4.height_mm

    def on_paper(points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((left + x, top + y) for x, y in points)

    shapes = [
        Shape(on_paper(_box(p.x_mm, p.y_mm, p.width_mm, p.height_mm)), _grey(p.reflectance, card)) for p in card.patches
    ]
    shapes += [Shape(on_paper(square.corners_mm), 0.0) for square in card.squares]
    for marker in card.markers:
        shapes += [Shape(on_paper(shape.points_mm), shape.grey) for shape in _marker(marker)]
    wedge = card.wedge
    bar_left = wedge.x_mm + (wedge.width_mm - wedge.bar_width_mm) / 2
    shapes.append(Shape(on_paper(_box(bar_left, wedge.y_mm, wedge.bar_width_mm, wedge.length_mm)), 0.0))
    x, y = (left + _BAR_PLACE_MM[0] * factor, top + _BAR_PLACE_MM[1] * factor)
    shapes += [
        Shape(_box(x - _BAR_MM / 2, y, _BAR_MM, 0.4), 0.0),
        Shape(_box(x - _BAR_MM / 2, y - 1, 0.2, 2.4), 0.0),
        Shape(_box(x + _BAR_MM / 2 - 0.2, y - 1, 0.2, 2.4), 0.0),
    ]
    corners = on_paper(_box(wedge.x_mm, wedge.y_mm, wedge.width_mm, wedge.length_mm))
    lines = [Line(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    edge = left + card.panel_width_mm
    lines.append(Line((edge, top), (edge, top + card.height_mm)))
    if paper.width_mm - card.width_mm > 1:
        lines += [Line((x, top), (x, top + card.height_mm)) for x in (left, left + card.width_mm)]
    texts = (
        Text((x, y + 5), "This bar measures 50 mm when printed at 100 %"),
        Text((x, y + 9), f"rigcoach target, {paper.name.upper() if paper.name != 'letter' else 'Letter'}"),
    )
    return Sheet(paper, tuple(shapes), tuple(lines), texts)


def svg(printed: Sheet) -> str:
    """Return a sheet as an SVG document, its user unit one millimetre."""
    width, height = printed.paper.width_mm, printed.paper.height_mm
    body = [f'<rect width="{width:g}" height="{height:g}" fill="white"/>']
    for shape in printed.shapes:
        points = " ".join(f"{x:.4f},{y:.4f}" for x, y in shape.points_mm)
        body.append(f'<polygon points="{points}" fill="{_hex(shape.grey)}"/>')
    for line in printed.lines:
        (x1, y1), (x2, y2) = line.start_mm, line.end_mm
        body.append(
            f'<line x1="{x1:.4f}" y1="{y1:.4f}" x2="{x2:.4f}" y2="{y2:.4f}" '
            f'stroke="{_hex(_CUT_GREY)}" stroke-width="{_HAIRLINE_MM}"/>'
        )
    for text in printed.texts:
        x, y = text.place_mm
        body.append(
            f'<text x="{x:.3f}" y="{y:.3f}" font-family="Helvetica, Arial, sans-serif" font-size="{_TEXT_MM}" '
            f'text-anchor="middle">{text.words}</text>'
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


def pdf(printed: Sheet) -> bytes:
    """Return a sheet as a PDF document of one page, which asks viewers not to scale it."""
    from fpdf import FPDF, ViewerPreferences

    width, height = printed.paper.width_mm, printed.paper.height_mm
    page = FPDF(unit="mm", format=(width, height))
    page.set_auto_page_break(False)
    page.set_title("rigcoach target card")
    page.viewer_preferences = ViewerPreferences(print_scaling="None")
    page.add_page()
    for shape in printed.shapes:
        page.set_fill_color(round(255 * shape.grey))
        page.polygon(list(shape.points_mm), style="F")
    page.set_draw_color(round(255 * _CUT_GREY))
    page.set_line_width(_HAIRLINE_MM)
    for line in printed.lines:
        page.line(*line.start_mm, *line.end_mm)
    # Font sizes are points, 1/72 inch.
    page.set_font("Helvetica", size=_TEXT_MM / 25.4 * 72)
    for text in printed.texts:
        x, y = text.place_mm
        page.text(x - page.get_string_width(text.words) / 2, y, text.words)
    return bytes(page.output())


def _marker(marker: Marker) -> Iterator[Shape]:
    """Yield a marker as its square of ink and the white modules in it.

    Runs of modules are drawn along rows and along columns, so that no seam shows between neighbours.
    """
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    modules = cv2.aruco.generateImageMarker(dictionary, marker.id, 6) > 0
    side = marker.side_mm / 6
    yield Shape(marker.corners_mm, 0.0)
    for along_rows in (True, False):
        for i, row in enumerate(modules if along_rows else modules.T):
            for start, length in _runs([bool(white) for white in row]):
                x, y, w, h = (start, i, length, 1) if along_rows else (i, start, 1, length)
                yield Shape(_box(marker.x_mm + x * side, marker.y_mm + y * side, w * side, h * side), 1.0)


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield start and length of each run of True.

    >>> list(_runs([False, True, True, False, True]))
    [(1, 2), (4, 1)]
    """
    start = None
    for i, white in enumerate([*row, False]):
        if white and start is None:
            start = i
        elif not white and start is not None:
            yield start, i - start
            start = None


def _box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def _grey(reflectance: float, card: TargetCard) -> float:
    """Return the sRGB value (IEC 61966-2-1) of a reflectance relative to the paper's."""
    light = reflectance / card.paper_reflectance
    return 12.92 * light if light <= 0.0031308 else 1.055 * math.pow(light, 1 / 2.4) - 0.055


def _hex(grey: float) -> str:
    return f"#{round(255 * grey):02x}" + 2 * f"{round(255 * grey):02x}"
