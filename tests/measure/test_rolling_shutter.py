"""The lean of uprights in pictures read row by row from a scene that moves."""

import math

import cv2
import numpy as np
import pytest

from rigcoach.measure.motion.rolling_shutter import skew

SIZE = (640, 360)
FPS = 25.0


def read_by_rows(speed_px_s: tuple[float, float], readout_s: float) -> np.ndarray:
    """A white disc, and an upright bar through it, on black; each row is seen when it is read."""
    width, height = SIZE
    fine = 4
    y, x = (grid / fine for grid in np.ogrid[: height * fine, : width * fine])
    after_s = readout_s * y / height
    u, v = x - speed_px_s[0] * after_s - 300, y - speed_px_s[1] * after_s - 180
    seen = (u**2 + v**2 < 80**2) | (np.abs(u) < 10)
    return cv2.resize(seen.astype(np.float32), SIZE, interpolation=cv2.INTER_AREA)


def lean_deg(picture: np.ndarray) -> float:
    """How far the bar leans, by the middle of each row that only it crosses."""
    rows = np.concatenate((np.arange(10, 80), np.arange(285, 350)))
    middles = (picture[rows] * np.arange(SIZE[0])).sum(1) / picture[rows].sum(1)
    return math.degrees(math.atan(np.polyfit(rows, middles, 1)[0]))


@pytest.mark.parametrize("speed_px_s", [800.0, -400.0, 60.0])
@pytest.mark.parametrize("readout_s", [0.0259, 0.008])
def test_a_pan_leans_uprights_as_told(speed_px_s: float, readout_s: float) -> None:
    told = skew((speed_px_s / FPS, 0.0), FPS, readout_s, SIZE[1])
    assert told.skew_deg == pytest.approx(lean_deg(read_by_rows((speed_px_s, 0.0), readout_s)), abs=0.03)
    assert told.stretch == 0


@pytest.mark.parametrize("speed_px_s", [300.0, -300.0])
def test_a_tilt_stretches_or_squeezes_as_told(speed_px_s: float) -> None:
    told = skew((0.0, speed_px_s / FPS), FPS, 0.0259, SIZE[1])
    rows = np.flatnonzero(read_by_rows((0.0, speed_px_s), 0.0259)[:, 360] > 0.5)
    still = np.flatnonzero(read_by_rows((0.0, 0.0), 0.0259)[:, 360] > 0.5)
    assert (np.sign(told.stretch)) == np.sign(speed_px_s)
    assert told.stretch == pytest.approx((rows[-1] - rows[0] + 1) / (still[-1] - still[0] + 1) - 1, abs=0.012)
