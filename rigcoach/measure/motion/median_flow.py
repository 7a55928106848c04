"""Tracking a box from frame to frame by the corners inside it, after the median flow tracker of [Kalal2010]_.

It knows nothing of what it follows: what moves with most of the box is the subject.

References
----------
.. [Kalal2010] Z. Kalal, K. Mikolajczyk, J. Matas, "Forward-backward error: automatic detection of tracking failures",
   ICPR 2010.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.motion.shift import Points, corners_by_half, follow_points
from rigcoach.measure.picture.box import Box, centre, inside
from rigcoach.measure.picture.pyramid import Pyramid, level_of

# The short side of the box, reduced, is between this and twice as much: enough for corners 7 px apart.
_SMALLEST_SIDE_PX = 64
_CORNERS = 100
# Corners are taken from the box's core, for a box's rim shows background, and from a belt around it.
_REACH_PX = 64
_CORE = 0.8
_SURROUNDINGS = 0.5
# A corner that moves with the surroundings to within so many reduced pixels belongs to them ...
_BACKGROUND_PX = 1.0
# ... unless that leaves less than this share of the corners: then the box and its surroundings move as one.
_OWN_SHARE = 0.15
_FEWEST_AGREEING = 6
_SMALLEST_SHARE = 0.25
# A corner agrees when it moved like the median, to within this share of the box's short side.
_AGREEMENT = 0.05
_LARGEST_STEP_GROWTH = 1.2
_SMALLEST_VISIBLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed box in full-resolution pixels; it may reach beyond the frame.

    `confidence` is the share of the box's corners that moved like its median, 0.25 to 1.
    """

    box: Box
    confidence: float


class MedianFlowTracker:
    """Follows one box through consecutive frames; holds the frame last seen, reduced, and the box in it.

    Once lost it stays lost: `step` returns `None` from then on, and a new follower is needed.

    Parameters
    ----------
    picture
        The frame that `box` lies in.
    box
        What to follow.

    Raises
    ------
    ValueError
        The box covers no pixel of the frame.
    """

    def __init__(self, picture: Pyramid, box: Box) -> None:
        region = inside(box, picture.shape)
        if region is None:
            raise ValueError(f"the box {box} lies outside a frame of {picture.shape[1]}x{picture.shape[0]}")
        left, top, right, bottom = region
        self._level = level_of(min(right - left, bottom - top) / _SMALLEST_SIDE_PX)
        self._prev = _planes(picture, self._level)
        self._box: Box | None = box

    def step(self, picture: Pyramid) -> Followed | None:
        """Follow the box into the next frame; `None` when it is lost or more than half of it left the frame."""
        if self._box is None:
            return None
        cur = _planes(picture, self._level)
        followed = _moved(*self._prev, cur[0], self._box, 2**self._level)
        self._prev = cur
        shown = 0.0 if followed is None else _visible_share(followed.box, picture.shape)
        self._box = followed.box if followed and shown >= _SMALLEST_VISIBLE_SHARE else None
        return followed if self._box else None


def _planes(picture: Pyramid, level: int) -> tuple[Luma, Luma]:
    """Return the copy that a box is followed in, and the one of half its size."""
    return picture.level(level), picture.level(level + 1)


def _moved(prev: Luma, half: Luma, cur: Luma, box: Box, factor: int) -> Followed | None:
    """Return where the corners of `box` (full-resolution pixels) went between two planes reduced by `factor`.

    `half` is the first of them at half its size.
    """
    x, y, w, h = (side / factor for side in box)
    around = (x - w * _SURROUNDINGS, y - h * _SURROUNDINGS, w * (1 + 2 * _SURROUNDINGS), h * (1 + 2 * _SURROUNDINGS))
    region = inside(around, prev.shape)
    if region is None:
        return None
    # Only the belt around the box, as far as corners may move, is worth a pyramid.
    left, top = max(region[0] - _REACH_PX, 0), max(region[1] - _REACH_PX, 0)
    near = np.s_[top : region[3] + _REACH_PX, left : region[2] + _REACH_PX]
    corner = np.array((left, top), np.float32)
    start, end = follow_points(prev[near], cur[near], corners_by_half(prev, half, region, _CORNERS) - corner)
    start, end = start + corner, end + corner
    middle = np.array(centre((x, y, w, h)))
    within = np.all(np.abs(start - middle) <= np.array([w * _CORE, h * _CORE]) / 2, axis=1)
    without = np.any(np.abs(start - middle) > np.array([w, h]) / 2, axis=1)
    own = _not_background(start[within], end[within], start[without], end[without])
    start, end = start[within][own], end[within][own]
    if len(start) < _FEWEST_AGREEING:
        return None
    growth = _growth(start, end)
    # What the growth moves a corner by is taken off before the corners are compared.
    moves = end - start - (growth - 1) * (start - middle)
    step = np.median(moves, axis=0)
    agreeing = np.linalg.norm(moves - step, axis=1) <= max(_AGREEMENT * min(w, h), 1.0)
    confidence = float(np.mean(agreeing))
    if np.count_nonzero(agreeing) < _FEWEST_AGREEING or confidence < _SMALLEST_SHARE:
        return None
    cx, cy = middle + step
    w, h = w * growth, h * growth
    left, top = (cx - w / 2) * factor, (cy - h / 2) * factor
    return Followed((float(left), float(top), float(w * factor), float(h * factor)), confidence)


def _not_background(start: Points, end: Points, start_around: Points, end_around: Points) -> npt.NDArray[np.bool_]:
    """Return which corners of a box do not move as its surroundings do; all of them where too few would be left."""
    everything = np.ones(len(start), np.bool_)
    if len(start_around) < _FEWEST_AGREEING:
        return everything
    background = np.median(end_around - start_around, axis=0)
    own = np.linalg.norm(end - start - background, axis=1) > _BACKGROUND_PX
    return own if np.count_nonzero(own) >= max(_FEWEST_AGREEING, _OWN_SHARE * len(own)) else everything


def _growth(start: npt.NDArray[np.float32], end: npt.NDArray[np.float32]) -> float:
    """Return the median ratio of the distances between pairs of points, after and before."""
    first, second = np.triu_indices(len(start), 1)
    before = np.linalg.norm(start[first] - start[second], axis=1)
    after = np.linalg.norm(end[first] - end[second], axis=1)
    growth = float(np.median(after / np.maximum(before, 1e-6)))
    return min(max(growth, 1 / _LARGEST_STEP_GROWTH), _LARGEST_STEP_GROWTH)


def _visible_share(box: Box, shape: tuple[int, ...]) -> float:
    region = inside(box, shape)
    if region is None:
        return 0.0
    left, top, right, bottom = region
    return (right - left) * (bottom - top) / (box[2] * box[3])
