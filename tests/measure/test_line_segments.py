"""Lines of several looks brought together, against pictures that were turned and shifted by known amounts."""

import cmath
import math

import cv2
import numpy as np
import pytest

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.line_segments import LineSegments, line_segments, pooled

HEIGHT, WIDTH = 480, 640
BARS = ((90, 60, 8.0), (200, 150, -4.0), (330, 90, 0.0), (450, 120, 15.0), (560, 80, -11.0))


def bars(turned_deg: float = 0.0, shift_px: tuple[float, float] = (0.0, 0.0), sleeve: bool = False) -> Luma:
    """Draw bars that lean by known degrees, then turn the picture clockwise about its middle and shift it."""
    luma = np.full((HEIGHT, WIDTH), 200, np.uint8)
    for x, y, lean_deg in BARS:
        along = np.array([math.sin(math.radians(lean_deg)), -math.cos(math.radians(lean_deg))])
        across = np.array([-along[1], along[0]])
        middle = np.array([x, y + 130.0])
        corners = [middle + s * 100 * along + t * 12 * across for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
        cv2.fillPoly(luma, [np.round(np.array(corners) * 16).astype(np.int32)], 60, cv2.LINE_AA, 4)
    if sleeve:
        cv2.line(luma, (260, 440), (300, 320), 90, 9, cv2.LINE_AA)
    move = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), -turned_deg, 1.0)
    move[:, 2] += np.array(shift_px)
    moved = cv2.warpAffine(luma, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderValue=200)
    return np.asarray(moved, dtype=np.uint8)


def back(turned_deg: float, shift_px: tuple[float, float]) -> tuple[complex, complex]:
    turn = cmath.exp(-1j * math.radians(turned_deg))
    return turn, -turn * complex(*shift_px) / HEIGHT


def longest(lines: LineSegments) -> Floats:
    return np.sort(lines.leans_deg[lines.lengths > 0.3])


def test_lines_lean_as_they_were_drawn() -> None:
    leans = longest(line_segments(bars()))
    assert leans == pytest.approx(np.sort(np.repeat([lean for *_, lean in BARS], 2)), abs=0.3)


def test_looks_of_a_camera_that_turned_and_shifted_are_one_set_of_lines() -> None:
    own = line_segments(bars())
    others = [((t, s), line_segments(bars(t, s))) for t, s in ((4.0, (12.0, -5.0)), (-6.0, (-9.0, 7.0)))]
    joint = pooled(own, [(lines, *back(*move)) for move, lines in others])
    assert longest(joint) == pytest.approx(longest(own), abs=0.3)
    assert joint.weights[joint.lengths > 0.3].min() > 1.0


def test_what_comes_and_goes_counts_little() -> None:
    own = line_segments(bars(sleeve=True))
    joint = pooled(own, [(line_segments(bars()), 1 + 0j, 0j), (line_segments(bars(2.0)), *back(2.0, (0.0, 0.0)))])
    # The sleeve leans 18 degrees to the right; no bar does.
    sleeve = np.abs(joint.leans_deg - 18.4) < 1.5
    assert sleeve.any()
    assert joint.weights[sleeve].max() < 0.5


def test_without_the_movement_the_lines_are_not_taken_for_the_same() -> None:
    own, moved = line_segments(bars()), line_segments(bars(6.0, (20.0, 0.0)))
    joint = pooled(own, [(moved, 1 + 0j, 0j)])
    assert np.count_nonzero(joint.lengths > 0.3) > np.count_nonzero(own.lengths > 0.3) + 5
