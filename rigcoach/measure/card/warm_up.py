"""Have what measures a card loaded, and compiled where it never was on this computer, before the first card comes.

python -m rigcoach.measure.card.warm_up
"""

from functools import cache

import cv2
import numpy as np

from rigcoach.measure.arrays import Luma
from rigcoach.measure.card.edge_spread import measure_edges
from rigcoach.measure.card.target import find_target
from rigcoach.target_card import A4

_PX_PER_MM = 2.0
_MARGIN_PX = 60
_PAPER, _INK = 190, 40


@cache
def warm_up() -> None:
    """Find and measure a card drawn for it, once: that takes a moment, the first time after installing a minute."""
    drawn = _drawn()
    find = find_target(drawn, A4)
    if find is not None:
        find_target(drawn, A4, near=find)
        measure_edges(drawn, find, A4)


def _drawn() -> Luma:
    """Return a card's markers and squares, seen straight on."""

    def px(mm: float) -> int:
        return round(mm * _PX_PER_MM) + _MARGIN_PX

    picture = np.full((px(A4.height_mm) + _MARGIN_PX, px(A4.width_mm) + _MARGIN_PX), _PAPER, np.uint8)
    for square in A4.squares:
        corners = np.array([(px(x), px(y)) for x, y in square.corners_mm])
        cv2.fillPoly(picture, [corners], _INK, cv2.LINE_AA)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for marker in A4.markers:
        x, y, side = px(marker.x_mm), px(marker.y_mm), round(marker.side_mm * _PX_PER_MM)
        drawn = cv2.aruco.generateImageMarker(dictionary, marker.id, side)
        picture[y : y + side, x : x + side] = np.where(drawn > 0, _PAPER, _INK)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.7), dtype=np.uint8)


if __name__ == "__main__":
    warm_up()
