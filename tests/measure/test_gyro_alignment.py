"""A gyro and a picture that turn as is said, on clocks, axes and with a focal length that have to be found."""

import tracemalloc

import numpy as np
import pytest

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.camera_rotation import Turn
from rigcoach.measure.motion.clock_search import rotations
from rigcoach.measure.motion.gyro_alignment import GyroAlignment, align_gyro
from rigcoach.video.sensors.samples import Samples

GYRO_HZ, FPS, WIDTH = 50.0, 10.0, 1000
FOCAL_PX = 800.0
DRIFT = np.radians([0.4, -0.3, 0.2])


def angles(t_s: Floats) -> Floats:
    """Return how far a camera has turned about its axes, in radians: never twice in the same way."""
    faster_s = t_s + t_s**2 / 10_000
    of_axes = ((0.31, 0.0), (0.23, 1.0), (0.37, 2.0))
    waves = np.stack([np.sin(2 * np.pi * faster_s * hz + phase) / hz for hz, phase in of_axes], axis=1)
    swell = 1 + 0.5 * np.sin(2 * np.pi * t_s / 211.0)[:, None]
    return np.asarray(np.radians(3.0) * waves * swell, dtype=np.float64)


def speeds(t_s: Floats) -> Floats:
    return np.asarray((angles(t_s + 1e-4) - angles(t_s - 1e-4)) / 2e-4, dtype=np.float64)


def pictured(turned: Floats) -> Turn:
    """Return a turn as a picture of `FOCAL_PX` tells it."""
    none = np.zeros((3, 3))
    return Turn(np.eye(3), none, none, turned * (FOCAL_PX, FOCAL_PX, 1.0), np.zeros(3), 1.0)


def film(seconds: float, unknown: slice = slice(0, 0)) -> tuple[list[Turn | None], Floats]:
    """Return the turns of a film's frames, of which some are unknown, and their times."""
    times_s = np.arange(round(seconds * FPS)) / FPS
    turns: list[Turn | None] = [None, *(pictured(each) for each in np.diff(angles(times_s), axis=0))]
    turns[unknown] = [None] * len(turns[unknown])
    return turns, times_s


def recorded(starts_s: float, ends_s: float, *, ahead_s: float, axes: Floats | None = None) -> Samples:
    """Return what a gyro tells whose clock is so much ahead, and whose axes lie so to the picture's."""
    t_s = np.arange(starts_s, ends_s, 1 / GYRO_HZ)
    return Samples(t_s + ahead_s, (speeds(t_s) + DRIFT) @ (np.eye(3) if axes is None else axes))


def found(aligned: GyroAlignment | None) -> GyroAlignment:
    assert aligned is not None
    return aligned


@pytest.mark.slow
def test_clock_focal_length_and_drift_of_a_long_clip_are_found() -> None:
    turns, times_s = film(400.0, slice(900, 1300))
    # It runs until half a minute before the clip ends.
    aligned = found(align_gyro(turns, times_s.tolist(), recorded(-1.0, 370.0, ahead_s=0.048), WIDTH))
    assert aligned.offset_s == pytest.approx(0.048, abs=0.0021)
    assert aligned.focal_px == pytest.approx(FOCAL_PX, rel=0.005)
    assert aligned.drift_rad_s == pytest.approx(DRIFT, abs=np.radians(0.01))
    assert aligned.agreement > 0.999
    assert aligned.turns_deg_s.shape == aligned.pictured_deg_s.shape == (4000, 3)
    truth = np.degrees(np.diff(angles(times_s), axis=0)) * FPS
    assert aligned.turns_deg_s[1:3690] == pytest.approx(truth[:3689], abs=0.15)
    assert np.isnan(aligned.turns_deg_s[3710:]).all()
    assert np.isnan(aligned.pictured_deg_s[900:1300]).all()
    assert aligned.pictured_deg_s[1300:] == pytest.approx(truth[1299:], abs=0.15)
    told = truth[[*range(899), *range(1299, 3699)]]
    assert aligned.picture_deg_s == pytest.approx(np.sqrt(((told - told.mean(0)) ** 2).sum(1).mean()), rel=0.01)
    assert aligned.rms_error_deg_s < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("began_s", [-500.0, 200.0])
def test_a_log_is_found_whenever_it_began_and_however_it_lay(began_s: float) -> None:
    turns, times_s = film(600.0)
    axes = rotations()[7]
    # A clip that begins before its log does, and one that lies somewhere in it.
    gyro = recorded(began_s, began_s + 1400.0, ahead_s=-began_s + 3.0, axes=axes)
    aligned = found(align_gyro(turns, times_s.tolist(), gyro, WIDTH, same_clock=False))
    assert aligned.offset_s == pytest.approx(-began_s + 3.0, abs=0.0021)
    assert aligned.axes == pytest.approx(axes)
    assert aligned.focal_px == pytest.approx(FOCAL_PX, rel=0.005)
    assert aligned.agreement > 0.999


def test_a_log_that_says_it_went_on_for_years_is_none_of_the_clips() -> None:
    turns, times_s = film(20.0)
    gyro = Samples(np.array([*np.arange(0, 20, 0.02), 1e15]), np.zeros((1001, 3)))
    assert align_gyro(turns, times_s.tolist(), gyro, WIDTH, same_clock=False) is None


@pytest.mark.slow
def test_twice_the_time_takes_hardly_more_memory() -> None:
    peaks = []
    for seconds in (150.0, 300.0):
        turns, times_s = film(seconds)
        t_s = np.arange(-1.0, seconds, 1 / 400)
        gyro = Samples(t_s, speeds(t_s))
        tracemalloc.start()
        try:
            assert found(align_gyro(turns, times_s.tolist(), gyro, WIDTH)).agreement > 0.999
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # A fifth of what the readings of the time between are, without their sums.
    assert peaks[1] - peaks[0] < 150 * 400 * 4 * 8 / 5
