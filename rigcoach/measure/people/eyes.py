"""Where the eyes of a face are, and which way it is turned; never whose they are.

Beside a face's box YuNet (see `rigcoach.measure.people.face`) tells five points: the eyes, the tip of the nose and the
corners of the mouth. They are read once more from the face alone, at one size, which is steadier than from the frame.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.box import Box, centre, inside

# The face's box takes half of the picture that is read.
_SIDE_PX = 192
_AROUND = 2.0
_SURE = 0.6
_OVERLAP = 0.3
_MOST = 10


@dataclass(frozen=True, slots=True)
class Eyes:
    """The eyes of a face, in pixels of the frame, the one further left in the picture first.

    `turn` is how far the tip of the nose lies right of the middle between them, along the line through both, over their
    distance: 0 for a face turned to the camera, negative for one that looks to the picture's left.
    """

    left_px: tuple[float, float]
    right_px: tuple[float, float]
    turn: float

    @property
    def apart_px(self) -> float:
        """Distance between the eyes."""
        return math.dist(self.left_px, self.right_px)


class EyeDetector:
    """Finds the eyes of a face with YuNet, whose weights are its ONNX file."""

    def __init__(self, weights: Path) -> None:
        self._network = cv2.FaceDetectorYN.create(str(weights), "", (_SIDE_PX, _SIDE_PX), _SURE, _OVERLAP, _MOST)

    def find(self, luma: Luma, face: Box) -> Eyes | None:
        """Return the eyes of the face in a box of an upright HxW plane; `None` where they can't be told."""
        side = round(_AROUND * max(face[2:]))
        (x, y), half = centre(face), side / 2
        around = inside((x - half, y - half, side, side), luma.shape)
        if around is None:
            return None
        left, top, right, bottom = around
        scale = _SIDE_PX / max(right - left, bottom - top)
        size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.resize(luma[top:bottom, left:right], size, interpolation=way)
        self._network.setInputSize(size)
        # The stub doesn't know that there may be none.
        rows = cast(npt.NDArray[np.float32] | None, self._network.detect(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR))[1])
        if rows is None:
            return None
        x, y = (x - left) * scale, (y - top) * scale
        row = min(rows, key=lambda row: math.dist(centre((row[0], row[1], row[2], row[3])), (x, y)))
        if not (row[0] < x < row[0] + row[2] and row[1] < y < row[1] + row[3]):
            return None
        points = np.asarray(row[4:10], dtype=np.float64).reshape(3, 2) / scale + (left, top)
        one, other = sorted(points[:2], key=lambda point: float(point[0]))
        return _eyes(one, other, points[2])


def _eyes(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64], nose: npt.NDArray[np.float64]) -> Eyes | None:
    along = right - left
    apart = float(np.hypot(*along))
    if apart == 0:
        return None
    turn = float((nose - (left + right) / 2) @ along) / apart**2
    return Eyes((float(left[0]), float(left[1])), (float(right[0]), float(right[1])), turn)
