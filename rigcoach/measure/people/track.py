"""Where somebody is from frame to frame, and boxes compared and put between one another."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

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


def gaps(series: FrameSeries[Any], longest: int) -> list[tuple[int, int]]:
    """Return the frames before and after each gap that is no longer."""
    known = series.frames()
    steps = np.diff(known)
    at = np.flatnonzero((steps > 1) & (steps <= longest))
    return list(zip(known[at].tolist(), known[at + 1].tolist(), strict=True))


def mix(a: Box, b: Box, t: float) -> Box:
    """Return the box a share `t` of the way from one to another."""
    x, y, w, h = ((1 - t) * p + t * q for p, q in zip(a, b, strict=True))
    return (x, y, w, h)
