"""Where a ring was focused, from looks made of the thin lens' own formula, and register errors from marks."""

import math

import numpy as np
import pytest

from rigcoach.optics.focus_pass import BlurSamples, FocusPass, NoPass, focus_of
from rigcoach.optics.register_error import Disagreement, MarkRead, RegisterError, register_error

PITCH_MM = 36 / 1920


def looks(
    focus_m: float,
    subjects_m: np.ndarray,
    *,
    focal_mm: float = 28.0,
    f_number: float = 2.8,
    softness_px: float = 0.0,
    noise_px: float = 0.05,
) -> BlurSamples:
    """A card at these distances: similar triangles behind a thin lens, and noise."""
    sensor_mm = 1 / (1 / focal_mm - 1 / (1000 * focus_m))
    image_mm = 1 / (1 / focal_mm - 1 / (1000 * subjects_m))
    radius_px = focal_mm / f_number * np.abs(sensor_mm - image_mm) / image_mm / 2 / PITCH_MM
    noise = np.random.default_rng(7).normal(0, noise_px, len(subjects_m))
    return BlurSamples(sensor_mm / (1000 * subjects_m), np.abs(np.hypot(radius_px, softness_px) + noise))


@pytest.mark.parametrize("focus_m", [1.3, 2.0, 3.4])
@pytest.mark.parametrize("softness_px", [0.0, 0.8])
def test_the_foot_of_the_v_is_the_focus(focus_m: float, softness_px: float) -> None:
    told = focus_of(looks(focus_m, np.linspace(1.7, 0.6, 80) * focus_m, softness_px=softness_px), 28.0)
    assert isinstance(told, FocusPass)
    assert 1 / told.focus_m == pytest.approx(1 / focus_m, abs=0.006)
    assert told.sd_per_m < 0.01
    assert told.softest_px == pytest.approx(softness_px, abs=0.2)


def test_looks_that_are_wrong_now_and_then_do_not_move_it() -> None:
    seen = looks(2.0, np.linspace(3.4, 1.2, 80))
    seen.blur_px[::9] += 3.0
    told = focus_of(seen, 28.0)
    assert isinstance(told, FocusPass)
    assert 1 / told.focus_m == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("subjects_m", "f_number", "reason"),
    [
        (np.linspace(3.4, 2.02, 60), 2.8, "near"),
        (np.linspace(1.98, 1.1, 60), 2.8, "far"),
        (np.linspace(2.2, 1.85, 60), 8.0, "flat"),
        (np.linspace(3.4, 1.2, 8), 2.8, "few"),
    ],
)
def test_looks_that_do_not_pass_through_focus_say_which_part_is_missing(
    subjects_m: np.ndarray, f_number: float, reason: str
) -> None:
    told = focus_of(looks(2.0, subjects_m, f_number=f_number), 28.0)
    assert isinstance(told, NoPass)
    assert told.reason == reason


def test_a_ring_that_was_turned_meanwhile_is_told() -> None:
    first, second = (looks(w, np.linspace(3.4, 1.2, 40), f_number=2.0) for w in (1.4, 2.8))
    told = focus_of(
        BlurSamples(
            np.concatenate((first.magnification, second.magnification)), np.append(first.blur_px, second.blur_px)
        ),
        28.0,
    )
    assert isinstance(told, NoPass)
    assert told.reason == "apart"


def read(mark_m: float, error_mm: float, focal_mm: float = 28.0) -> MarkRead:
    """A mark engraved from the sensor whose lens stands `error_mm` too far off it."""
    whole = 1000 * mark_m
    v_mm = (whole - math.sqrt(whole**2 - 4 * whole * focal_mm)) / 2 + error_mm
    return MarkRead(mark_m, 1 / (1 / focal_mm - 1 / v_mm) / 1000, 0.002)


def test_marks_tell_the_register_error_whatever_their_distance() -> None:
    told = register_error([read(mark_m, 0.05) for mark_m in (1.0, 2.0, 5.0)], 28.0)
    assert isinstance(told, RegisterError)
    assert told.error_mm == pytest.approx(0.05, abs=1e-4)
    assert 0.005 < told.sd_mm < 0.02


def test_one_mark_set_wrong_among_three_does_little_harm_and_scatter_widens_the_deviation() -> None:
    told = register_error([read(1.5, 0.05), read(2.5, 0.06), read(4.0, 0.25)], 28.0)
    assert isinstance(told, RegisterError)
    assert told.error_mm == pytest.approx(0.055, abs=0.015)
    even = register_error([read(1.5, 0.05), read(2.5, 0.06), read(4.0, 0.05)], 28.0)
    assert isinstance(even, RegisterError)
    assert told.sd_mm > even.sd_mm


def test_two_marks_that_contradict_each_other_are_refused() -> None:
    told = register_error([read(2.0, 0.0), read(3.0, 0.2)], 28.0)
    assert isinstance(told, Disagreement)


def test_feet_taken_for_metres_are_refused() -> None:
    # The ring stood at 3 m and at 7 ft, which was given as 7 m.
    seven_feet = read(7 * 0.3048, 0.0)
    told = register_error([read(3.0, 0.0), MarkRead(7.0, seven_feet.focus_m, 0.002)], 28.0)
    assert isinstance(told, Disagreement)
