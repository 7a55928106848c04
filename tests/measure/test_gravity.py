"""Gravity by accelerometer and gyro: a camera that is carried and swayed as is said, its gyro off by a known drift."""

import tracemalloc
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.gravity import felt_gravity, roll_pitch_deg
from rigcoach.video.sensors.samples import Samples

HZ, G_M_S2 = 200, 9.80665
DOWN = np.array([0.0, 1.0, 0.0])


def carried(
    seconds: float, drift_deg_s: tuple[float, float, float], *, walking: bool, seed: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return times, what was felt, what the gyro tells and where gravity points, of a camera that sways and turns."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * HZ)) / HZ
    roll, pitch, yaw = (
        np.radians(size * np.sin(2 * np.pi * t / period + random.uniform(0, 6.28)))
        for size, period in ((3.0, 9.0), (4.0, 13.0), (15.0, 17.0))
    )
    about = np.eye(3)
    stands = np.array(
        [
            cv2.Rodrigues(y * about[1])[0] @ cv2.Rodrigues(p * about[0])[0] @ cv2.Rodrigues(r * about[2])[0]
            for r, p, y in zip(roll, pitch, yaw, strict=True)
        ]
    )
    turned = [cv2.Rodrigues(one.T @ other)[0][:, 0] * HZ for one, other in pairwise(stands)]
    speeds = random.normal(0, 0.3, (len(t), 3))
    if walking:
        step = 2 * np.pi * 1.9 * t
        speeds += np.stack((1.0 * np.sin(step / 2), 2.5 * np.sin(step), 1.2 * np.cos(step)), axis=1)
    felt = np.einsum("nji,nj->ni", stands, speeds - G_M_S2 * DOWN)
    gyro = np.array([*turned, turned[-1]]) + np.radians(drift_deg_s) + random.normal(0, np.radians(0.05), (len(t), 3))
    return t, felt, gyro, np.einsum("nji,j->ni", stands, DOWN)


def gravity(times_s: Floats, felt: Floats, gyro: Floats, **to_picture: Any) -> tuple[Floats, Floats] | None:
    """Return times and where gravity points, all at once."""
    found = felt_gravity(Samples(times_s, felt), Samples(times_s, gyro), **to_picture)
    if found is None:
        return None
    at, down = zip(*found, strict=True)
    return np.concatenate(at), np.concatenate(down)


def off_deg(seconds: float, drift_deg_s: tuple[float, float, float], *, walking: bool, seed: int) -> Floats:
    """Return how far roll and pitch are off, root mean square."""
    t, felt, gyro, truth = carried(seconds, drift_deg_s, walking=walking, seed=seed)
    found = gravity(t, felt, gyro)
    assert found is not None
    told, true = np.array(roll_pitch_deg(found[1])), np.array(roll_pitch_deg(truth))
    at_those = np.array([np.interp(found[0], t, each) for each in true])
    return np.asarray(np.sqrt(((told - at_those) ** 2).mean(axis=1)))


@pytest.mark.parametrize("seed", range(3))
def test_a_drift_that_the_picture_did_not_tell_is_found_by_what_was_felt(seed):
    # A gyro that is off by half a degree a second turns gravity by 15 degrees over the clip.
    assert off_deg(30.0, (0.5, 0.0, -0.5), walking=False, seed=seed) == pytest.approx(0.0, abs=0.25)
    assert off_deg(30.0, (0.4, 0.0, -0.4), walking=True, seed=seed) == pytest.approx(0.0, abs=0.5)


def test_without_a_drift_none_is_invented():
    assert off_deg(10.0, (0.0, 0.0, 0.0), walking=True, seed=3) == pytest.approx(0.0, abs=0.25)
    # Too short a clip to tell: what the picture says stays.
    assert off_deg(2.0, (0.0, 0.0, 0.0), walking=False, seed=4) == pytest.approx(0.0, abs=0.25)


def test_a_second_in_which_the_carrier_swerves_counts_for_little():
    t, felt, gyro, truth = carried(12.0, (0.0, 0.0, 0.0), walking=False, seed=5)
    felt[-HZ:, 0] += 4.0
    found = gravity(t, felt, gyro)
    assert found is not None
    roll, true = roll_pitch_deg(found[1])[0], roll_pitch_deg(truth)[0]
    # By a plain mean over half of the clip it would be some 3 degrees off.
    assert roll[-100:] == pytest.approx(np.interp(found[0][-100:], t, true), abs=1.5)


def test_what_falls_feels_no_gravity():
    t = np.arange(200) / HZ
    assert gravity(t, np.full((200, 3), 0.05), np.zeros((200, 3))) is None


def test_axes_drift_and_clock_may_be_told_apart():
    t, felt, gyro, _ = carried(20.0, (0.3, 0.0, -0.2), walking=True, seed=4)
    axes, drift = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), np.radians([0.1, -0.2, 0.3])
    apart = gravity(t, felt, gyro, axes=axes, drift_rad_s=drift, offset_s=0.25)
    at_once = gravity(t - 0.25, felt @ axes.T, gyro @ axes.T - drift)
    assert apart is not None
    assert at_once is not None
    assert apart[0] == pytest.approx(at_once[0])
    assert apart[1] == pytest.approx(at_once[1], abs=1e-9)


@pytest.mark.slow
def test_twice_the_time_takes_hardly_more_memory() -> None:
    peaks = []
    # The first loads what is loaded once.
    for seconds in (5, 60, 120):
        t = np.arange(seconds * HZ) / HZ
        felt, still = (Samples(t, np.broadcast_to(each, (len(t), 3))) for each in (-G_M_S2 * DOWN, np.zeros(3)))
        tracemalloc.start()
        try:
            found = felt_gravity(felt, still)
            assert found is not None
            for _, down in found:
                assert np.abs(down - DOWN).max() < 1e-6
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # The readings of the time between alone would be ten times as much.
    assert peaks[2] - peaks[1] < 0.1 * 2 * 60 * HZ * 4 * 8
