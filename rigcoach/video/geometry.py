"""A frame as it is meant to be seen: cropped, with square pixels, upright, not mirrored.

Files say how their pictures are to be turned by a display matrix (ISO/IEC 14496-12, 8.3.2; FFmpeg's
libavutil/display.h), how wide a pixel is by the sample aspect ratio, and what is shown by a clean aperture
(`rigcoach.video.clean_aperture`).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Crop = tuple[int, int, int, int]
"""The part of a stored picture that is shown: left, top, width, height, in stored pixels."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a decoded plane becomes upright: first rows and columns change places, then each may be reversed."""

    transposed: bool = False
    rows_reversed: bool = False
    columns_reversed: bool = False

    def upright(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a plane, HxW or HxWx3, the right way round; a view."""
        if self.transposed:
            plane = plane.swapaxes(0, 1)
        return plane[:: -1 if self.rows_reversed else 1, :: -1 if self.columns_reversed else 1]


# By quarter turns anticlockwise.
_TURNS = (Orientation(), Orientation(True, True, False), Orientation(False, True, True), Orientation(True, False, True))


@dataclass(frozen=True, slots=True)
class Geometry:
    """What is done to a decoded plane: cropped, stretched to `square_width_px`, then turned.

    Rows stay as they are: width alone makes pixels square, as players do.
    """

    crop: Crop
    square_width_px: int
    orientation: Orientation = Orientation()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        width, height = self.square_width_px, self.crop[3]
        return (height, width) if self.orientation.transposed else (width, height)

    def upright(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a decoded plane, HxW or HxWx3, as it is meant to be seen; a view where nothing is stretched."""
        left, top, width, height = self.crop
        plane = plane[top : top + height, left : left + width]
        if width != self.square_width_px:
            # Cubic interpolation keeps edges where pixels are made; where they are joined, areas are averaged.
            way = cv2.INTER_CUBIC if self.square_width_px > width else cv2.INTER_AREA
            plane = cv2.resize(np.ascontiguousarray(plane), (self.square_width_px, height), interpolation=way)
        return self.orientation.upright(plane)


def geometry_of(frame: "VideoFrame", aspect: Fraction, clean: Crop | None = None) -> Geometry:
    """Return what makes a clip's frames upright and square.

    Parameters
    ----------
    frame
        One of them, cropped by its decoder as the codec asks (of 1088 coded lines 1080 are left).
    aspect
        How many times as wide as high a stored pixel is.
    clean
        The part that the file asks to be shown; all of it by default.
    """
    crop = clean or (0, 0, frame.width, frame.height)
    return Geometry(crop, max(1, round(crop[2] * aspect)), orientation(frame))


def orientation(frame: "VideoFrame") -> Orientation:
    """Return how a frame is to be shown, by its display matrix, to the next quarter turn."""
    side_data: Any = frame.side_data
    try:
        matrix = side_data["DISPLAYMATRIX"]
    except KeyError:
        return Orientation()
    except ValueError:
        # PyAV cannot list side data of a kind that is newer than itself, but reads how much the matrix turns.
        return _TURNS[round(frame.rotation / 90) % 4]
    # x' = a x + c y, y' = b x + d y for the matrix (a b u, c d v, x y w).
    a, b, _, c, d, *_ = (int(number) for number in np.frombuffer(bytes(matrix), dtype=np.int32, count=9))
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transposed=True, rows_reversed=b < 0, columns_reversed=c < 0)
    return Orientation(rows_reversed=d < 0, columns_reversed=a < 0)
