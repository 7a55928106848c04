"""The target card: the one definition that the scene, the scorer and the printed sheet read.

Coordinates are millimetres on the A4 sheet, origin at its top left, x to the right, y down. A larger or smaller
print is `TargetCard.printed`. The wedge is a strip of the same sheet: cut off and stood beside the panel where it was,
tilted about the horizontal line through its middle, so that its zero lies in the panel's plane, its top behind it
and its bottom in front.
"""

import math
from dataclasses import dataclass, replace

Point = tuple[float, float]
"""x to the right and y down: millimetres on a page, pixels in a frame."""


@dataclass(frozen=True, slots=True)
class Marker:
    """An ArUco marker of the dictionary DICT_4X4_50; `x_mm`, `y_mm` is its top left corner, border included."""

    id: int
    x_mm: float
    y_mm: float
    side_mm: float

    @property
    def corners_mm(self) -> tuple[Point, Point, Point, Point]:
        """Corners clockwise from the top left, the order in which OpenCV reports them."""
        x, y, s = self.x_mm, self.y_mm, self.side_mm
        return ((x, y), (x + s, y), (x + s, y + s), (x, y + s))


@dataclass(frozen=True, slots=True)
class Square:
    """A square of ink, turned clockwise by `turn_deg`, for slanted edges."""

    centre_mm: Point
    side_mm: float
    turn_deg: float

    @property
    def corners_mm(self) -> tuple[Point, Point, Point, Point]:
        """Corners clockwise, starting with the one that is top left before the turn."""
        (cx, cy), h, turn = self.centre_mm, self.side_mm / 2, math.radians(self.turn_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        offsets = ((-h, -h), (h, -h), (h, h), (-h, h))
        first, second, third, fourth = ((cx + x * cos - y * sin, cy + x * sin + y * cos) for x, y in offsets)
        return (first, second, third, fourth)


@dataclass(frozen=True, slots=True)
class Patch:
    """An upright rectangle of even grey."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    reflectance: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight ink edge on the panel. Going from `start_mm` to `end_mm` the ink lies on the right-hand side.

    `reach_mm` is the clear distance on either side, along the normal, before anything else is printed.
    """

    start_mm: Point
    end_mm: Point
    reach_mm: float


@dataclass(frozen=True, slots=True)
class Wedge:
    """The tilted strip: a bar of ink along the middle of a paper strip, read for focus in front and behind.

    The strip is `width_mm` wide and `length_mm` long, its top left corner at `x_mm`, `y_mm` while it is part of the
    sheet. Stood up, it is turned by `tilt_deg` about the horizontal line through its middle, top away from the camera.
    """

    x_mm: float
    y_mm: float
    width_mm: float
    length_mm: float
    bar_width_mm: float
    tilt_deg: float

    def place_mm(self, along_mm: float) -> tuple[float, float]:
        """Return sheet height y and depth behind the panel, in mm, of a point `along_mm` down the strip from its top.

        >>> y, depth = Wedge(178, 20, 29, 257, 12, 45).place_mm(0)
        >>> round(depth, 2), round(y, 2)
        (90.86, 57.64)
        """
        from_middle = along_mm - self.length_mm / 2
        tilt = math.radians(self.tilt_deg)
        y_mm = self.y_mm + self.length_mm / 2 + from_middle * math.cos(tilt)
        return y_mm, -from_middle * math.sin(tilt)


@dataclass(frozen=True, slots=True)
class TargetCard:
    """A target card of a true size; lengths in millimetres."""

    width_mm: float
    height_mm: float
    panel_width_mm: float
    paper_reflectance: float
    ink_reflectance: float
    markers: tuple[Marker, ...]
    squares: tuple[Square, ...]
    patches: tuple[Patch, ...]
    wedge: Wedge

    @property
    def outline_mm(self) -> tuple[Point, Point, Point, Point]:
        """The sheet's corners, clockwise from the top left."""
        w, h = self.width_mm, self.height_mm
        return ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Straight edges for measuring blur: the squares' sides and the largest marker's border.

        Clockwise round ink, the ink lies on the right of each side.
        """
        largest = max(self.markers, key=lambda marker: marker.side_mm)
        # A 4x4 marker is six modules wide; its border, one module, is the ink that a border edge can count on.
        shapes = [(square.corners_mm, square.side_mm * 0.27) for square in self.squares]
        shapes.append((largest.corners_mm, largest.side_mm / 6 * 0.9))
        return tuple(Edge(corners[i], corners[(i + 1) % 4], reach_mm) for corners, reach_mm in shapes for i in range(4))

    def printed(self, factor: float, *, first_marker_id: int) -> "TargetCard":
        """Return the card printed `factor` times as large, with marker ids of its own.

        Every size has its own ids, so that a picture of a card tells the card's true size.
        """

        def point(p: Point) -> Point:
            return (p[0] * factor, p[1] * factor)

        return replace(
            self,
            width_mm=self.width_mm * factor,
            height_mm=self.height_mm * factor,
            panel_width_mm=self.panel_width_mm * factor,
            markers=tuple(
                Marker(first_marker_id + i, *point((m.x_mm, m.y_mm)), m.side_mm * factor)
                for i, m in enumerate(self.markers)
            ),
            squares=tuple(Square(point(s.centre_mm), s.side_mm * factor, s.turn_deg) for s in self.squares),
            patches=tuple(
                Patch(p.x_mm * factor, p.y_mm * factor, p.width_mm * factor, p.height_mm * factor, p.reflectance)
                for p in self.patches
            ),
            wedge=Wedge(
                self.wedge.x_mm * factor,
                self.wedge.y_mm * factor,
                self.wedge.width_mm * factor,
                self.wedge.length_mm * factor,
                self.wedge.bar_width_mm * factor,
                self.wedge.tilt_deg,
            ),
        )


A4 = TargetCard(
    width_mm=210.0,
    height_mm=297.0,
    panel_width_mm=175.0,
    paper_reflectance=0.80,
    ink_reflectance=0.05,
    # One large marker for blur and distance, four small ones so that a card cut by the frame is still found.
    markers=(
        Marker(0, 39.5, 100.5, 96.0),
        Marker(1, 8.0, 8.0, 42.0),
        Marker(2, 125.0, 8.0, 42.0),
        Marker(3, 8.0, 247.0, 42.0),
        Marker(4, 125.0, 247.0, 42.0),
    ),
    # 5 degrees off the pixel grid, as ISO 12233 asks, and once more diagonally: a smear in any direction
    # leaves some edges sharp.
    squares=(Square((87.5, 45.0), 44.0, 5.0), Square((87.5, 246.0), 40.0, 41.0)),
    patches=(Patch(8.0, 60.0, 28.0, 34.0, 0.18), Patch(139.0, 60.0, 28.0, 34.0, 0.45)),
    wedge=Wedge(x_mm=178.0, y_mm=20.0, width_mm=29.0, length_mm=257.0, bar_width_mm=11.0, tilt_deg=45.0),
)

A3 = A4.printed(math.sqrt(2), first_marker_id=5)

# As much of the layout as fits on 8.5 x 11 inches.
LETTER = A4.printed(0.94, first_marker_id=10)

CARDS = (A4, A3, LETTER)
