"""Turn, bounce and shake out of paths that are sums of known sines, and out of a rendered clip's known path."""

import math

import numpy as np
import pytest
from known import known
from numpy.typing import NDArray

from rigcoach.measure.motion.motion_bands import MotionBands, motion_bands

FPS = 30000 / 1001


def moved(path_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the steps of a path, the first unknown as in a clip."""
    return np.vstack((np.full(2, np.nan), np.diff(path_px, axis=0)))


def path(seconds: float, *, turn=(0.0, 0.0), bounce=0.0, shake=0.0, bounce_hz=1.8, shake_hz=7.0) -> NDArray[np.float64]:
    """A steady turn in px/s, a vertical bounce and a level shake, amplitudes in px."""
    t = np.arange(round(seconds * FPS)) / FPS
    x = turn[0] * t + shake * np.sin(2 * math.pi * shake_hz * t + 0.4)
    y = turn[1] * t + bounce * np.sin(2 * math.pi * bounce_hz * t + 1.1)
    return np.stack((x, y), axis=1)


def bands(path_px: NDArray[np.float64], height: int = 1080) -> MotionBands:
    return motion_bands(moved(path_px), FPS, height)


@pytest.mark.parametrize("seconds", [2.1, 3.7, 10.0])
def test_each_band_holds_the_sine_that_was_put_into_it(seconds: float) -> None:
    told = bands(path(seconds, turn=(60.0, 20.0), bounce=12.0, shake=3.0))
    assert told.reason is None
    assert told.bounce_px == pytest.approx(12 / math.sqrt(2), rel=0.12)
    assert told.shake_px == pytest.approx(3 / math.sqrt(2), rel=0.08)
    assert told.turn_px_s == pytest.approx(math.hypot(60, 20), rel=0.05)
    assert told.turn_px == pytest.approx(math.hypot(60, 20) * seconds / math.sqrt(12), rel=0.05)
    assert told.bounce_px_s == pytest.approx(12 * 2 * math.pi * 1.8 / math.sqrt(2), rel=0.12)
    assert told.shake_px_s == pytest.approx(3 * 2 * math.pi * 7 / math.sqrt(2), rel=0.08)
    assert known(told.vertical_share) > 0.95


def test_the_one_that_smears_most_dominates() -> None:
    assert bands(path(4, turn=(300.0, 0.0), bounce=3.0, shake=1.0)).dominating == "turn"
    assert bands(path(4, turn=(10.0, 0.0), bounce=12.0, shake=1.0)).dominating == "bounce"
    assert bands(path(4, turn=(10.0, 0.0), bounce=3.0, shake=5.0)).dominating == "shake"
    assert bands(path(4, turn=(70.0, 0.0), bounce=9.0, shake=2.2)).dominating is None


def test_a_slow_swing_back_and_forth_is_a_drift() -> None:
    t = np.arange(round(6 * FPS)) / FPS
    told = bands(np.stack((80 * np.sin(2 * math.pi * 0.4 * t), np.zeros_like(t)), axis=1))
    assert told.dominating == "drift"
    assert told.turn_px == pytest.approx(80 / math.sqrt(2), rel=0.1)
    assert known(told.bounce_px) < 1.5


def test_a_level_sway_at_the_pace_of_steps_is_no_bounce() -> None:
    level = path(4, bounce=12.0)[:, ::-1]
    told = bands(level)
    assert known(told.vertical_share) < 0.05
    assert told.dominating is None


def test_a_still_picture_is_dominated_by_nothing() -> None:
    jitter = np.random.default_rng(3).normal(0, 0.03, (120, 2))
    told = bands(jitter)
    assert told.dominating is None
    assert max(known(told.turn_px), known(told.bounce_px), known(told.shake_px)) < 0.1


def test_a_turn_that_speeds_up_and_stops_leaves_little_in_the_other_bands() -> None:
    t = np.arange(round(5 * FPS)) / FPS
    eased = 400 * (1 - np.cos(np.pi * np.clip((t - 1) / 3, 0, 1))) / 2
    told = bands(np.stack((eased, np.zeros_like(t)), axis=1))
    assert told.dominating == "turn"
    assert known(told.bounce_px) < 2
    assert known(told.shake_px) < 0.5


def test_pixels_are_those_of_1080_lines() -> None:
    whole = path(3, bounce=12.0, shake=3.0)
    assert bands(whole / 2, 540).bounce_px == pytest.approx(bands(whole).bounce_px)


def test_short_gaps_are_bridged_and_long_ones_part_the_clip() -> None:
    steps = moved(path(6, bounce=12.0))
    gaps = steps.copy()
    gaps[[40, 41, 90]] = np.nan
    whole, bridged = motion_bands(steps, FPS, 1080), motion_bands(gaps, FPS, 1080)
    assert bridged.bounce_px == pytest.approx(whole.bounce_px, rel=0.05)
    gaps[50:125] = np.nan
    parted = motion_bands(gaps, FPS, 1080)
    assert parted.bounce_px is None
    assert "2 s on end" in known(parted.reason)


def test_what_is_too_short_or_too_slow_has_a_reason_and_no_figures() -> None:
    short = bands(path(1.9, bounce=12.0))
    assert (short.turn_px, short.bounce_px, short.shake_px, short.dominating) == (None, None, None, None)
    assert "2 s" in known(short.reason)
    assert "too few" in known(motion_bands(moved(path(6)), 8.0, 1080).reason)
    assert motion_bands(np.full((100, 2), np.nan), FPS, 1080).reason is not None


def test_of_a_long_clip_each_stretch_is_told_as_it_is_alone() -> None:
    short, long = path(60, turn=(30.0, 0.0), bounce=12.0), path(1200, turn=(30.0, 0.0), bounce=12.0)
    alone, whole = bands(short), bands(long)
    assert whole.bounce_px == pytest.approx(alone.bounce_px, rel=0.02)
    assert whole.turn_px_s == pytest.approx(alone.turn_px_s, rel=0.02)
    assert whole.shake_px == pytest.approx(0, abs=0.2)
    assert whole.dominating == alone.dominating


def test_a_turn_there_and_back_over_many_minutes_is_a_drift() -> None:
    there = path(600, turn=(30.0, 0.0))
    assert bands(there).dominating == "turn"
    assert bands(np.concatenate((there, there[::-1]))).dominating == "drift"
