"""The target card as a page to print at its true size: what `rigcoach.target_card` defines, laid out on paper."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2

from rigcoach.sheets.page import Page, Shape, Stroke, Text, box, check_bar
from rigcoach.target_card import A3, A4, LETTER, Marker, Point, TargetCard

# The bar stands between the lower markers, where no edge counts on clear paper; millimetres on A4.
_BAR_PLACE_MM = (87.5, 283.0)
_INSTRUCTION_MM, _INSTRUCTION_LINE_MM = 2.3, 2.9
_BEFORE_CUTTING = (
    "Print at 100 % on matt paper.",
    "Mount the panel on board.",
    "Cut out this strip along",
    "the grey lines.",
)
_AFTER_CUTTING = (
    "Stand the strip where it was:",
    "its middle in the plane of",
    "the panel, its top tilted",
    "back by 45 degrees.",
)


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


def sheet(paper: Paper) -> Page:
    """Lay out the card on its paper, with a bar of 50 mm to check the print by."""
    card, (left, top) = paper.card, paper.origin_mm
    factor = card.height_mm / A4.height_mm

    def on_paper(points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((left + x, top + y) for x, y in points)

    shapes = [
        Shape(on_paper(box(p.x_mm, p.y_mm, p.width_mm, p.height_mm)), _grey(p.reflectance, card)) for p in card.patches
    ]
    shapes += [Shape(on_paper(square.corners_mm), 0.0) for square in card.squares]
    for marker in card.markers:
        shapes += [Shape(on_paper(shape.points_mm), shape.grey) for shape in _marker(marker)]
    wedge = card.wedge
    bar_left = wedge.x_mm + (wedge.width_mm - wedge.bar_width_mm) / 2
    shapes.append(Shape(on_paper(box(bar_left, wedge.y_mm, wedge.bar_width_mm, wedge.length_mm)), 0.0))
    x, y = (left + _BAR_PLACE_MM[0] * factor, top + _BAR_PLACE_MM[1] * factor)
    bar, caption = check_bar(x, y)
    shapes += bar
    corners = on_paper(box(wedge.x_mm, wedge.y_mm, wedge.width_mm, wedge.length_mm))
    lines = [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    edge = left + card.panel_width_mm
    lines.append(Stroke((edge, top), (edge, top + card.height_mm)))
    if paper.width_mm - card.width_mm > 1:
        lines += [Stroke((x, top), (x, top + card.height_mm)) for x in (left, left + card.width_mm)]
    texts: tuple[Text, ...] = (
        caption,
        Text((x, y + 9), f"rigcoach target, {paper.name.upper() if paper.name != 'letter' else 'Letter'}"),
    )
    texts += _instructions(left + wedge.x_mm, top + wedge.y_mm, wedge.length_mm, factor)
    return Page("rigcoach target card", paper.width_mm, paper.height_mm, tuple(shapes), tuple(lines), texts)


def _instructions(x: float, y: float, length_mm: float, factor: float) -> tuple[Text, ...]:
    """Return what to do with the strip, on the paper above and below it that is cut away."""
    size, line = _INSTRUCTION_MM * factor, _INSTRUCTION_LINE_MM * factor
    above = [(x, y - line * (len(_BEFORE_CUTTING) - i) + line / 2) for i in range(len(_BEFORE_CUTTING))]
    below = [(x, y + length_mm + line * (i + 1.2)) for i in range(len(_AFTER_CUTTING))]
    words = zip((*above, *below), (*_BEFORE_CUTTING, *_AFTER_CUTTING), strict=True)
    return tuple(Text(place, text, size, "start") for place, text in words)


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
                yield Shape(box(marker.x_mm + x * side, marker.y_mm + y * side, w * side, h * side), 1.0)


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


def _grey(reflectance: float, card: TargetCard) -> float:
    """Return the sRGB value (IEC 61966-2-1) of a reflectance relative to the paper's."""
    light = reflectance / card.paper_reflectance
    return 12.92 * light if light <= 0.0031308 else 1.055 * math.pow(light, 1 / 2.4) - 0.055
