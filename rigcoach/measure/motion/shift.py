"""How far a picture, or a region of it, moved from one frame to the next.

Corners [Shi1994]_ are followed with pyramidal Lucas-Kanade [Bouguet2001]_ and vote for one similarity transform with
RANSAC. Where no vote follows, only those count that return to where they started when followed back [Kalal2010]_.

References
----------
.. [Shi1994] J. Shi, C. Tomasi, "Good features to track", CVPR 1994.
.. [Bouguet2001] J.-Y. Bouguet, "Pyramidal implementation of the affine Lucas Kanade feature tracker", Intel 2001.
.. [Kalal2010] Z. Kalal, K. Mikolajczyk, J. Matas, "Forward-backward error: automatic detection of tracking failures",
   ICPR 2010.
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.box import Box, inside
from rigcoach.measure.picture.pyramid import Pyramid, level_of

Points = npt.NDArray[np.float32]

# So many pixels hold corners enough; a frame is reduced four times at the most.
_ENOUGH_PX = 30_000
_COARSEST_LEVEL = 2
_SMALLEST_SIDE_PX = 64
_CORNERS = 120
_APART_PX = 7.0
_ENOUGH_SHARE = 0.4
_LK_WINDOW_PX = 11
_REACH_PX = 64
_RETURN_ERROR_PX = 0.5
_RANSAC_ERROR_PX = 0.75
# Where so many corners agree as must, a hundred draws of two miss them all once in 40 million times.
_RANSAC_DRAWS = 100
_FEWEST_AGREEING = 10
_SMALLEST_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Shift:
    """Movement of what is in a region between two frames, in pixels of the full-resolution frame.

    `dx_px`, `dy_px` is the movement of what was at the region's centre; `roll_deg` the turn, clockwise positive;
    `scale` the growth. `confidence` is the share of the region's corners that moved together, 0.4 to 1.
    """

    dx_px: float
    dy_px: float
    roll_deg: float
    scale: float
    confidence: float

    @property
    def length_px(self) -> float:
        """Distance moved at the region's centre."""
        return math.hypot(self.dx_px, self.dy_px)


def translation(prev: Pyramid, cur: Pyramid, box: Box | None = None) -> Shift | None:
    """Return how the content of `prev`, or of a box in it, moved until `cur`; `None` where that can't be told.

    Both are pictures of one size. It can't be told on flat regions, across a cut, and where no similarity transform
    holds for at least 40 % of the corners, such as for a person who turns round.

    Raises
    ------
    ValueError
        The planes differ in size.
    """
    if prev.shape != cur.shape:
        raise ValueError(f"pictures of different sizes: {prev.shape} and {cur.shape}")
    region = inside(box, prev.shape)
    if region is None:
        return None
    short_side = min(region[2] - region[0], region[3] - region[1])
    level = following_level(region[2] - region[0], region[3] - region[1])
    shift = _translation(prev, cur, region, level)
    # What moves far or smears differently from frame to frame is followed in a smaller picture, if less exactly.
    if shift is None and short_side // 2 ** (level + 1) >= _SMALLEST_SIDE_PX:
        shift = _translation(prev, cur, region, level + 1)
    return shift


def _translation(prev: Pyramid, cur: Pyramid, region: tuple[int, int, int, int], level: int) -> Shift | None:
    left, top, right, bottom = region
    small_prev, small_cur, factor = prev.level(level), cur.level(level), 2**level
    area = (left // factor, top // factor, math.ceil(right / factor), math.ceil(bottom / factor))
    corners = corners_by_half(small_prev, prev.level(level + 1), area, _CORNERS)
    if len(corners) < _FEWEST_AGREEING:
        return None
    # Only what is near the region, as far as corners may move, is worth a pyramid.
    x0, y0 = max(area[0] - _REACH_PX, 0), max(area[1] - _REACH_PX, 0)
    near = np.s_[y0 : area[3] + _REACH_PX, x0 : area[2] + _REACH_PX]
    corner = np.array((x0, y0), np.float32)
    start, end = follow_points(small_prev[near], small_cur[near], corners - corner, and_back=False)
    if len(start) < _FEWEST_AGREEING:
        return None
    start, end = start + corner, end + corner
    fitted, agreeing = cv2.estimateAffinePartial2D(
        start, end, ransacReprojThreshold=_RANSAC_ERROR_PX, maxIters=_RANSAC_DRAWS
    )
    # The stub doesn't know that there may be no fit.
    matrix = cast(npt.NDArray[np.float64] | None, fitted)
    if matrix is None:
        return None
    agreed = int(np.count_nonzero(agreeing))
    confidence = agreed / len(corners)
    if agreed < _FEWEST_AGREEING or confidence < _SMALLEST_SHARE:
        return None
    # Pixel centres: u in the reduced plane is x = factor u + (factor - 1) / 2 in the full one.
    middle = (np.array([left + right - 1, top + bottom - 1]) / 2 - (factor - 1) / 2) / factor
    moved = factor * (matrix @ np.append(middle, 1.0) - middle)
    return Shift(
        dx_px=float(moved[0]),
        dy_px=float(moved[1]),
        roll_deg=math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])),
        scale=math.hypot(matrix[0, 0], matrix[1, 0]),
        confidence=confidence,
    )


def following_level(width_px: int, height_px: int) -> int:
    """Return the level of the pyramid at which a region is followed: it keeps pixels enough for corners.

    >>> [following_level(*size) for size in ((100, 200), (220, 600), (1280, 720), (3840, 2160))]
    [0, 1, 2, 2]
    """
    return min(level_of(math.sqrt(width_px * height_px / _ENOUGH_PX)), _COARSEST_LEVEL)


def corners_by_half(luma: Luma, half: Luma, area: tuple[int, int, int, int], most: int) -> Points:
    """Return up to `most` corners as `corners_in` does, found in a copy of half the size where that shows enough.

    They are followed to a fraction of a pixel wherever they were taken from, and so they take a quarter of the time.
    """
    left, top, right, bottom = area
    # Pixel centres: u in the half is 2 u + 1/2 in the whole.
    halved = (left // 2, top // 2, math.ceil(right / 2), math.ceil(bottom / 2))
    corners = 2 * corners_in(half, halved, most, _APART_PX / 2) + np.float32(0.5)
    return corners if len(corners) >= _ENOUGH_SHARE * most else corners_in(luma, area, most)


def corners_in(luma: Luma, area: tuple[int, int, int, int], most: int, apart_px: float = _APART_PX) -> Points:
    """Return up to `most` corners, Nx1x2, so far apart, in the area `(left, top, right, bottom)` of a plane."""
    left, top, right, bottom = area
    corner_area = luma[top:bottom, left:right]
    found = cast(Points | None, cv2.goodFeaturesToTrack(corner_area, most, 0.01, minDistance=apart_px, blockSize=5))
    if found is None:
        return np.empty((0, 1, 2), np.float32)
    return np.asarray(found + np.array([left, top], np.float32), dtype=np.float32)


def follow_points(prev: Luma, cur: Luma, points: Points, *, and_back: bool = True) -> tuple[Points, Points]:
    """Return where points (Nx1x2) were and where they went, Mx2 each: all, or those that come back when followed back.

    Following them back takes as long again; where outliers are voted out it changes nothing.
    """
    if not len(points):
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    there, kept = _followed(prev, cur, points)
    if and_back:
        back, kept_back = _followed(cur, prev, there)
        kept &= kept_back & (np.linalg.norm(back - points, axis=2).ravel() < _RETURN_ERROR_PX)
    return points[kept, 0], there[kept, 0]


def _followed(prev: Luma, cur: Luma, points: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
    # OpenCV's signature asks for the points it is to write to; its stub doesn't know that none may be given.
    unset = cast(Points, None)
    window = (_LK_WINDOW_PX, _LK_WINDOW_PX)
    there, status, _ = cv2.calcOpticalFlowPyrLK(prev, cur, points, unset, winSize=window, maxLevel=3)
    return np.asarray(there, dtype=np.float32), status.ravel() == 1
