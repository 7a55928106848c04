"""The things of paper and wood that stand in the scene, drawn flat: reflectance by place, at any resolution.

Each is drawn anew by area coverage at the resolution asked for, so that a texel is the true mean over its square.
"""

import math
import threading
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from rigcoach.measure.arrays import Plane
from rigcoach.scene import coverage
from rigcoach.target_card import Marker, TargetCard

STAND_REFLECTANCE = 0.10
STAND_WIDTH_MM = 26.0
STAND_LENGTH_MM = 1500.0

# Resolutions are a quarter of an octave apart, and no drawing is larger than this along a side: beyond it (a card
# much larger than the frame) the card is drawn softer than the pixels could show.
STEPS_PER_OCTAVE = 4
MAX_SIDE_TEXELS = 4400
# On the way to a card, one after the other is needed, and the largest has 100 MB.
KEPT_DRAWINGS = 4


class Artwork:
    """A flat thing and its drawings.

    A drawing is an array (rows, columns, 2) of float32: reflectance times coverage, and coverage.
    """

    def __init__(self, width_mm: float, height_mm: float, draw: Callable[[int, int, float], Plane]) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        self._draw = draw
        self._drawings: dict[int, Plane] = {}
        self._lock = threading.Lock()

    def drawn(self, texels_per_mm: float) -> tuple[Plane, float]:
        """Return the drawing whose resolution is nearest to the one asked for, and its texels per millimetre."""
        largest = MAX_SIDE_TEXELS / max(self.width_mm, self.height_mm)
        step = round(STEPS_PER_OCTAVE * math.log2(min(texels_per_mm, largest)))
        actual = 2.0 ** (step / STEPS_PER_OCTAVE)
        with self._lock:
            if step not in self._drawings:
                if len(self._drawings) >= KEPT_DRAWINGS:
                    del self._drawings[next(iter(self._drawings))]
                rows, columns = math.ceil(self.height_mm * actual), math.ceil(self.width_mm * actual)
                whole = coverage.rectangle(rows, columns, 0, 0, self.width_mm * actual, self.height_mm * actual)
                drawing = np.empty((rows, columns, 2), np.float32)
                np.multiply(self._draw(rows, columns, actual), whole.cover, out=drawing[..., 0])
                drawing[..., 1] = whole.cover
                self._drawings[step] = drawing
            return self._drawings[step], actual


@lru_cache(maxsize=2)
def panel(card: TargetCard) -> Artwork:
    """Return the card's flat panel: markers, squares and grey patches on paper. Scenes of one card share it."""

    def draw(rows: int, columns: int, scale: float) -> Plane:
        sheet = np.zeros((rows, columns), np.float32)
        inked = [_marker(rows, columns, scale, marker) for marker in card.markers]
        for square in card.squares:
            corners = [(x * scale, y * scale) for x, y in square.corners_mm]
            inked.append(coverage.convex_polygon(rows, columns, corners))
        for ink in inked:
            sheet[ink.place] += ink.cover
        sheet *= card.ink_reflectance - card.paper_reflectance
        sheet += card.paper_reflectance
        for patch in card.patches:
            left, top = patch.x_mm * scale, patch.y_mm * scale
            right, bottom = left + patch.width_mm * scale, top + patch.height_mm * scale
            covered = coverage.rectangle(rows, columns, left, top, right, bottom)
            sheet[covered.place] += (patch.reflectance - card.paper_reflectance) * covered.cover
        return sheet

    return Artwork(card.panel_width_mm, card.height_mm, draw)


def wedge_strip(card: TargetCard) -> Artwork:
    """Return the wedge's strip, lying flat: a bar of ink along the middle of the paper."""
    wedge = card.wedge

    def draw(rows: int, columns: int, scale: float) -> Plane:
        left, right = ((wedge.width_mm + side * wedge.bar_width_mm) / 2 * scale for side in (-1, 1))
        ink = coverage.rectangle(rows, columns, left, 0, right, wedge.length_mm * scale)
        sheet = np.full((rows, columns), card.paper_reflectance, np.float32)
        sheet[ink.place] += (card.ink_reflectance - card.paper_reflectance) * ink.cover
        return sheet

    return Artwork(wedge.width_mm, wedge.length_mm, draw)


def stand() -> Artwork:
    """Return the pole that carries the card."""

    def draw(rows: int, columns: int, scale: float) -> Plane:
        del scale
        return np.full((rows, columns), STAND_REFLECTANCE, np.float32)

    return Artwork(STAND_WIDTH_MM, STAND_LENGTH_MM, draw)


def _marker(rows: int, columns: int, scale: float, marker: Marker) -> coverage.Covered:
    """Return where the marker has ink."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    modules = dictionary.markerSize + 2
    bits = np.asarray(cv2.aruco.generateImageMarker(dictionary, marker.id, modules))
    edges = np.linspace(0, marker.side_mm, modules + 1)
    xs, ys = (marker.x_mm + edges) * scale, (marker.y_mm + edges) * scale
    return coverage.mosaic(rows, columns, xs, ys, np.where(bits == 0, 1.0, 0.0))
