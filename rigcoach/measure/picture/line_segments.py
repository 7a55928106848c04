"""Straight line segments in a picture, and those of several pictures of one scene brought together.

Found by the detector of Grompone von Gioi et al. ("LSD: a fast line segment detector with a false detection control",
PAMI 32, 2010).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.noise import noise_level, smoothing_for
from rigcoach.measure.picture.reduced import reduced_to

_WIDTH_PX = 960
_SHORTEST = 0.035  # of the frame's diagonal
_MOST = 120
# Noise breaks lines to pieces: from this deviation on, in levels, it is smoothed, by less than would move them.
_NOISY = 8.0
_SMOOTHING, _MOST_SMOOTHING_PX = 0.7, 1.5
# Segments are one line where they lean alike, lie on one another and overlap: degrees, and of the frame's height.
_SAME_DEG = 0.7
_SAME_PLACE = 0.008
_ENDS = 0.006
# What is seen in every picture counts a little more than what one picture alone would show, what comes and goes much
# less: the scene stands still, sleeves and arms don't.
_SEEN_ONCE, _SEEN_ALWAYS, _SHOWN_ONCE = 0.3, 1.1, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class LineSegments:
    """Straight segments of one frame.

    Attributes
    ----------
    places
        (n,) complex: their middles from the frame's middle, in frame heights; right is real, down imaginary.
    leans_deg
        (n,): from the vertical, clockwise positive, -90 to 90.
    lengths
        (n,): in frame heights.
    weights
        (n,): how much each counts; 1 where nothing is known but the one picture.
    aspect
        The frame's width over its height.
    """

    places: npt.NDArray[np.complex128]
    leans_deg: Floats
    lengths: Floats
    weights: Floats
    aspect: float

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.lengths)

    def moved(self, turn: complex, shift: complex) -> "LineSegments":
        """Return them in another frame, in which a place z is found at turn z + shift; |turn| is 1."""
        leans = wrapped_deg(self.leans_deg + math.degrees(math.atan2(turn.imag, turn.real)))
        return replace(self, places=turn * self.places + shift, leans_deg=leans)


def line_segments(luma: Luma) -> LineSegments:
    """Return the longest straight segments of an upright HxW plane."""
    small, _ = reduced_to(luma, _WIDTH_PX)
    noise = noise_level(small.astype(np.float32))
    if noise > _NOISY:
        smoothing_px = min(_SMOOTHING * smoothing_for(noise), _MOST_SMOOTHING_PX)
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), smoothing_px), dtype=np.uint8)
    # A detector for each look: one that two threads share breaks.
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = cast(npt.NDArray[np.float32] | None, detector.detect(small)[0])
    rows = np.zeros((0, 4)) if found is None else np.asarray(found, dtype=np.float64).reshape(-1, 4)
    height, width = small.shape
    run = (rows[:, 2] - rows[:, 0]) + 1j * (rows[:, 3] - rows[:, 1])
    long = np.flatnonzero(np.abs(run) > _SHORTEST * math.hypot(width, height))
    longest = long[np.argsort(-np.abs(run[long]), kind="stable")[:_MOST]]
    rows, run = rows[longest], run[longest]
    middles = (rows[:, 0] + rows[:, 2] + 1j * (rows[:, 1] + rows[:, 3])) / 2
    return LineSegments(
        places=(middles - (width + 1j * height) / 2) / height,
        leans_deg=wrapped_deg(np.degrees(np.angle(run)) - 90.0),
        lengths=np.abs(run) / height,
        weights=np.ones(len(rows)),
        aspect=width / height,
    )


def pooled(own: LineSegments, others: Sequence[tuple[LineSegments, complex, complex]]) -> LineSegments:
    """Return the segments of several looks at one scene, each line once, weighted by how often it was seen.

    Parameters
    ----------
    own
        The segments of the frame in whose place all are wanted.
    others
        Those of other frames, each with the turn and the shift that move it into that frame (`LineSegments.moved`).
    """
    if not others:
        return own
    lines, seen, shown = own, np.ones(len(own)), np.ones(len(own))
    # Long segments lie best: they count by the squares of their lengths.
    counts = own.lengths**2
    sums = np.stack((own.places * counts, own.leans_deg * counts), 1)
    frames = [(1 + 0j, 0j)]
    for segments, turn, shift in others:
        look = segments.moved(turn, shift)
        shown = shown + _inside((lines.places - shift) / turn, own.aspect)
        same = _matches(lines, look)
        hit, new = np.flatnonzero(same >= 0), np.flatnonzero(same < 0)
        squares = look.lengths**2
        off_deg = wrapped_deg(look.leans_deg[hit] - lines.leans_deg[same[hit]])
        leans = lines.leans_deg[same[hit]] + off_deg
        np.add.at(counts, same[hit], squares[hit])
        np.add.at(sums, same[hit], np.stack((look.places[hit], leans), 1) * squares[hit, None])
        seen[np.unique(same[hit])] += 1
        counts = np.append(counts, squares[new])
        sums = np.vstack((sums, np.stack((look.places[new], look.leans_deg[new]), 1) * squares[new, None]))
        seen = np.append(seen, np.ones(len(new)))
        earlier = sum(_inside((look.places[new] - moved) / turned, own.aspect) for turned, moved in frames)
        shown = np.append(shown, earlier + 1.0)
        frames.append((turn, shift))
        lines = LineSegments(
            np.append(lines.places, look.places[new]),
            np.append(lines.leans_deg, look.leans_deg[new]),
            np.append(lines.lengths, look.lengths[new]),
            seen,
            own.aspect,
        )
    means = sums / counts[:, None]
    often = _SEEN_ONCE + (_SEEN_ALWAYS - _SEEN_ONCE) * np.clip((seen - 1) / np.maximum(shown - 1, 1), 0.0, 1.0)
    return replace(
        lines,
        places=np.asarray(means[:, 0], dtype=np.complex128),
        leans_deg=wrapped_deg(means[:, 1].real),
        weights=np.where(shown < 2, _SHOWN_ONCE, often),
    )


def wrapped_deg(degrees: Floats) -> Floats:
    """Return angles of lines, which point either way, from -90 up to 90 degrees."""
    return np.asarray((degrees + 90.0) % 180.0 - 90.0, dtype=np.float64)


def _inside(places: npt.NDArray[np.complex128], aspect: float) -> Floats:
    return ((np.abs(places.real) < aspect / 2) & (np.abs(places.imag) < 0.5)).astype(np.float64)


def _matches(lines: LineSegments, look: LineSegments) -> npt.NDArray[np.intp]:
    """Return which of the lines each of the look's segments is part of, the one that leans most alike; -1 for none."""
    if not len(lines) or not len(look):
        return np.full(len(look), -1)
    apart = look.places[:, None] - lines.places[None, :]
    along = apart * np.exp(-1j * np.radians(lines.leans_deg - 90.0))[None, :]
    off_deg = np.abs(wrapped_deg(look.leans_deg[:, None] - lines.leans_deg[None, :]))
    # The ends of a short segment lie by so much, which turns it by more.
    shorter = np.minimum(look.lengths[:, None], lines.lengths[None, :])
    alike_deg = _SAME_DEG + np.degrees(np.arctan(_ENDS / shorter))
    reach = (look.lengths[:, None] + lines.lengths[None, :]) / 2
    same = (off_deg < alike_deg) & (np.abs(along.imag) < _SAME_PLACE) & (np.abs(along.real) < reach)
    best = np.argmin(np.where(same, off_deg, np.inf), axis=1)
    return np.where(same.any(1), best, -1)
