"""A distance scale as a strip to print and tape round a focus ring, and the strip beside it that stands still."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from rigcoach.base.errors import RigcoachError
from rigcoach.base.units import FOOT_M, distance_text
from rigcoach.rig.ring_scale import FEET, METRES, RingScale
from rigcoach.rig.zone_focus import full_stops
from rigcoach.sheets.page import Page, Shape, Stroke, Text, box, check_bar, number_width_mm
from rigcoach.target_card import Point

PAPERS = {"a4": (297.0, 210.0), "letter": (279.4, 215.9)}
"""Widths and heights of the papers, lying."""

_MARGIN_MM = 12.0
_RING_TOP_MM, _RING_HIGH_MM = 32.0, 10.0
_FIXED_TOP_MM, _FIXED_HIGH_MM = 56.0, 7.0
_BAR_TOP_MM = 78.0
_BEYOND_MM = 10.0  # of strip beside the first mark and the last, for the tape and the unit
_NUMBER_MM, _INFINITY_MM = 2.0, 2.6
_APART_MM, _TICKS_APART_MM = 0.5, 0.8
_INK_MM = 0.2
_LONG_TICK_MM, _SHORT_TICK_MM, _INDEX_MM = 1.6, 1.0, 3.6
# The apertures that zone focusing is done at come first where numbers stand too close.
_STOPS_FIRST = (8.0, 16.0, 5.6, 11.0, 22.0, 4.0)
_HOW_TO = (
    "Cut out both strips along the grey lines. Turn the ring to the engraved infinity mark.",
    "Tape the upper strip round the ring, triangle at the lens's index, figures upright as seen from behind.",
    "Tape the lower strip to the barrel behind the ring, its long line at the index.",
    "Everything between the two lines of the aperture is sharp.",
)


@dataclass(frozen=True, slots=True)
class ScaleStrip:
    """What is to be printed: a ring's scale, how thick ring and fixed barrel are, and the disc that counts as sharp."""

    scale: RingScale
    ring_mm: float
    barrel_mm: float
    circle_mm: float
    rig_name: str

    @property
    def towards_near(self) -> int:
        """1 where nearer distances stand to the right of infinity, seen from behind the camera; else -1.

        A ring that turns clockwise to infinity moves its top to the right; what stands to the right of the index is
        met turning the other way, towards near.
        """
        return 1 if self.scale.lens.infinity_turn == "clockwise" else -1

    def along_mm(self, turn_deg: float) -> float:
        """Return how far to the right of the engraved infinity mark a turn stands on the ring's strip."""
        return self.towards_near * turn_deg * math.pi * self.ring_mm / 360

    def beside_index_mm(self, turn_deg: float) -> float:
        """Return how far from the index a turn stands on the fixed strip."""
        return turn_deg * math.pi * self.barrel_mm / 360


def scale_page(strip: ScaleStrip, paper: str) -> Page:
    """Lay out a ring's strip and the fixed one.

    Raises
    ------
    RigcoachError
        Where the strip is longer than the paper.
    """
    width, height = PAPERS[paper]
    end = strip.along_mm(strip.scale.throw_deg)
    length = abs(end) + 2 * _BEYOND_MM
    if length > width - 2 * _MARGIN_MM:
        raise RigcoachError(
            f"a scale {length:.0f} mm long does not fit on {paper} paper",
            why=f"a ring {strip.ring_mm:g} mm in diameter turns {strip.scale.throw_deg:g}°",
            next_step="Check --diameter and --throw",
            code="focus.scale-too-long",
        )
    left, middle = (width - length) / 2, width / 2
    drawing = _Drawing()
    drawing.frame(left, _RING_TOP_MM, length, _RING_HIGH_MM)
    _draw_ring(drawing, strip, left + _BEYOND_MM - min(end, 0.0), left + length - 3.0)
    _draw_fixed(drawing, strip, middle)
    bar, caption = check_bar(middle, _BAR_TOP_MM)
    drawing.shapes += bar
    drawing.texts += [Text((middle, 16), strip.rig_name, 3.4), Text((middle, 21), _told(strip)), caption]
    drawing.texts += [Text((middle, _BAR_TOP_MM + 14 + 4.5 * i), line) for i, line in enumerate(_HOW_TO)]
    contents = (tuple(drawing.shapes), tuple(drawing.lines), tuple(drawing.texts))
    return Page("rigcoach focus scale", width, height, *contents)


@dataclass(slots=True)
class _Drawing:
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Stroke] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        corners = box(x, y, width, height)
        self.lines += [Stroke(corners[i], corners[(i + 1) % 4]) for i in range(4)]

    def ink(self, *points: Point) -> None:
        self.lines += [Stroke(a, b, 0.0, _INK_MM) for a, b in itertools.pairwise(points)]

    def number(self, x: float, y: float, value: float) -> None:
        if math.isinf(value):
            self.ink(*_lemniscate(x, y - 0.36 * _NUMBER_MM))
        else:
            self.texts.append(Text((x, y), f"{value:g}", _NUMBER_MM))


def _draw_ring(drawing: _Drawing, strip: ScaleStrip, infinity_x: float, unit_x: float) -> None:
    """Draw feet above metres, whose ticks stand on the edge beside the fixed strip; a triangle at infinity."""
    top, bottom = _RING_TOP_MM, _RING_TOP_MM + _RING_HIGH_MM
    drawing.shapes.append(Shape(((infinity_x - 0.9, top), (infinity_x + 0.9, top), (infinity_x, top + 1.5))))
    for unit, unit_m, distances, foot in (("m", 1.0, METRES, bottom), ("ft", FOOT_M, FEET, bottom - 4.6)):
        marks = [(m.distance, strip.along_mm(m.turn_deg)) for m in strip.scale.marks(distances, unit_m)]
        for distance, x, numbered in _thinned(marks):
            tick = _LONG_TICK_MM if numbered else _SHORT_TICK_MM
            drawing.ink((infinity_x + x, foot), (infinity_x + x, foot - tick))
            if numbered:
                drawing.number(infinity_x + x, foot - _LONG_TICK_MM - 0.5, distance)
        drawing.texts.append(Text((unit_x, foot - _LONG_TICK_MM - 0.5), unit, _NUMBER_MM))


def _draw_fixed(drawing: _Drawing, strip: ScaleStrip, index_x: float) -> None:
    """Draw the index, and the lines of the apertures on either side of it."""
    top = _FIXED_TOP_MM
    stops = sorted(
        full_stops(strip.scale.lens),
        key=lambda stop: _STOPS_FIRST.index(stop) if stop in _STOPS_FIRST else len(_STOPS_FIRST),
    )
    places = [(stop, strip.beside_index_mm(strip.scale.depth_deg(stop, strip.circle_mm))) for stop in stops]
    reach = max(place for _, place in places) + _BEYOND_MM
    drawing.frame(index_x - reach, top, 2 * reach, _FIXED_HIGH_MM)
    drawing.ink((index_x, top), (index_x, top + _INDEX_MM))
    drawing.shapes.append(Shape(box(index_x - 0.25, top, 0.5, _INDEX_MM)))
    for side in (-1, 1):
        # Nothing is numbered where it would touch the index.
        for stop, x, numbered in _thinned([(0.0, 0.0), *places]):
            if stop:
                tick = _LONG_TICK_MM if numbered else _SHORT_TICK_MM
                drawing.ink((index_x + side * x, top), (index_x + side * x, top + tick))
                if numbered:
                    drawing.number(index_x + side * x, top + _LONG_TICK_MM + 0.5 + 0.72 * _NUMBER_MM, stop)


def _thinned(places: Iterable[tuple[float, float]]) -> list[tuple[float, float, bool]]:
    """Return values, their places and whether they are numbered; what would touch what came before goes."""
    kept: list[tuple[float, float, bool]] = []
    for value, x in places:
        if any(abs(x - other) < _TICKS_APART_MM for _, other, _ in kept):
            continue
        numbered = all(
            abs(x - other) >= (_width_mm(value) + _width_mm(beside)) / 2 + _APART_MM
            for beside, other, has_number in kept
            if has_number
        )
        kept.append((value, x, numbered))
    return kept


def _width_mm(value: float) -> float:
    return _INFINITY_MM if math.isinf(value) else number_width_mm(f"{value:g}", _NUMBER_MM)


def _lemniscate(x: float, y: float) -> tuple[Point, ...]:
    """Return Bernoulli's curve about a point: the fonts that every PDF viewer has know no sign for infinity."""
    half = _INFINITY_MM / 2
    turns = [2 * math.pi * i / 40 for i in range(41)]
    return tuple(
        (x + half * math.cos(t) / (1 + math.sin(t) ** 2), y + 1.3 * half * math.sin(2 * t) / 2 / (1 + math.sin(t) ** 2))
        for t in turns
    )


def _told(strip: ScaleStrip) -> str:
    scale = strip.scale
    marks = f"corrected by {scale.register.error_mm:+.3f} mm of register" if scale.register.reads else "as engraved"
    return (
        f"ring {strip.ring_mm:g} mm in diameter, {scale.throw_deg:g}° from infinity to "
        f"{distance_text(scale.close_focus_m)}; distances {marks}; circle of confusion {strip.circle_mm:.3f} mm"
    )
