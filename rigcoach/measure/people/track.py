"""Where somebody is from frame to frame, and boxes compared and put between one another."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.people.frame_series import FrameSeries
from rigcoach.measure.picture.box import Box, overlap


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A track in one frame: its box in full-resolution pixels; `found` by the detector or followed."""

    box: Box
    confidence: float
    found: bool


@dataclass(frozen=True, slots=True)
class Track:
    """One face or person through part of a clip: sightings by the number of the frame."""

    sightings: FrameSeries[TrackPoint]

    @property
    def first(self) -> int:
        """The first frame it is in."""
        return self.sightings.first

    @property
    def last(self) -> int:
        """The last frame it is in."""
        return self.sightings.last


def point_series(*items: Iterable[tuple[int, TrackPoint]]) -> FrameSeries[TrackPoint]:
    """Return sightings by frames; of a frame's the last counts."""
    return FrameSeries(6, _numbers_of, _point_of, chain(*items))


def points_of(frames: npt.NDArray[np.int64], numbers: Floats) -> FrameSeries[TrackPoint]:
    """Return sightings by a table: the frames (n,), in order, and boxes, confidence and whether found, (n, 6)."""
    return FrameSeries.of_table(frames, numbers, _numbers_of, _point_of)


def _numbers_of(point: TrackPoint) -> tuple[float, ...]:
    return (*point.box, point.confidence, point.found)


def _point_of(x: float, y: float, width: float, height: float, confidence: float, found: float) -> TrackPoint:
    return TrackPoint((x, y, width, height), confidence, bool(found))


def within(a: Box, b: Box) -> float:
    """Return the share of the smaller of two boxes that lies inside the other.

    >>> within((0, 0, 10, 10), (5, 0, 4, 4))
    1.0
    """
    smaller = min(a[2] * a[3], b[2] * b[3])
    shared = overlap(a, b) * (a[2] * a[3] + b[2] * b[3])
    return shared / (1 + overlap(a, b)) / smaller if smaller > 0 else 0.0


def shares_within(a: Floats, b: Floats) -> Floats:
    """Return what `within` does, of each of n boxes with its counterpart, of shape (n,).

    Both are given as arrays whose rows begin with a box.

    >>> shares_within(np.array([[0.0, 0, 10, 10]]), np.array([[5.0, 0, 10, 4]])).tolist()
    [0.5]
    """
    width = np.minimum(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    smaller = np.minimum(a[:, 2] * a[:, 3], b[:, 2] * b[:, 3])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    return np.asarray(np.where(smaller > 0, shared / np.where(smaller > 0, smaller, 1.0), 0.0), dtype=np.float64)


def gaps(frames: npt.NDArray[np.int64], longest: int) -> list[tuple[int, int]]:
    """Return the frames before and after each gap between frames, in order, that is no longer."""
    steps = np.diff(frames)
    at = np.flatnonzero((steps > 1) & (steps <= longest))
    return list(zip(frames[at].tolist(), frames[at + 1].tolist(), strict=True))


def mixed(first: Box | Floats, second: Box | Floats, t: Floats) -> Floats:
    """Return the boxes (n, 4) at shares `t` (n,) of the way from one to another."""
    return np.asarray((1 - t)[:, None] * np.asarray(first) + t[:, None] * np.asarray(second), dtype=np.float64)
