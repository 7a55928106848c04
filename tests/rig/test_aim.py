"""Framing a person from a height, against figures worked out by hand and against points carried through a camera."""

import math

import numpy as np
import pytest

from rigcoach.optics.aim import Person, aim_at, shot_distances_m
from rigcoach.optics.shots import shot_scale
from rigcoach.optics.view import Viewpoint

HALF_HEIGHT_MM = 20.25 / 2


def camera(focal_mm: float, height_m: float) -> Viewpoint:
    return Viewpoint(math.degrees(2 * math.atan(HALF_HEIGHT_MM / focal_mm)), height_m)


def seen(focal_mm: float, height_m: float, pitch_deg: float, distance_m: float, point_m: float) -> float:
    """Where a pinhole camera draws a point: 0 at the frame's top, 1 at its bottom; the camera turned as a matrix."""
    turn = math.radians(pitch_deg)
    axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    ahead, up = axes @ np.array([distance_m, point_m - height_m])
    return 0.5 - focal_mm * up / ahead / (2 * HALF_HEIGHT_MM)


@pytest.mark.parametrize(
    ("focal_mm", "height_m", "distance_m", "pitch_deg", "lowest_m"),
    [
        (28, 0.95, 1.2, 15.1, 0.85),
        (28, 0.95, 2.0, 3.7, 0.37),
        (28, 0.95, 3.0, -2.9, None),
        (28, 0.95, 5.0, -8.4, None),
        (35, 0.95, 2.0, 6.9, 0.62),
        (35, 0.95, 3.0, 0.4, 0.10),
        (35, 0.95, 5.0, -5.1, None),
        (28, 1.25, 2.0, -4.2, 0.36),
        (35, 1.25, 3.0, -5.1, 0.083),
    ],
)
def test_a_person_of_1_70_m_with_8_percent_headroom(
    focal_mm: float, height_m: float, distance_m: float, pitch_deg: float, lowest_m: float | None
) -> None:
    told = aim_at(camera(focal_mm, height_m), Person(1.70), distance_m)
    assert told.pitch_deg == pytest.approx(pitch_deg, abs=0.06)
    assert told.tipped.feet_in == (lowest_m is None)
    if lowest_m is not None:
        assert told.tipped.bottom_m == pytest.approx(lowest_m, abs=0.006)
    assert seen(focal_mm, height_m, told.pitch_deg, distance_m, 1.70) == pytest.approx(0.08)
    assert seen(focal_mm, height_m, told.pitch_deg, distance_m, told.tipped.bottom_m) == pytest.approx(1.0)
    ends = [seen(focal_mm, height_m, pitch, distance_m, 1.70) for pitch in told.pitch_band_deg]
    assert ends == pytest.approx([0.04, 0.15])


def test_level_from_the_hip_at_2_m_the_head_is_cut() -> None:
    told = aim_at(camera(28, 0.95), Person(1.70), 2.0)
    assert (told.level.bottom_m, told.level.top_m) == pytest.approx((0.23, 1.67), abs=0.005)
    assert told.level_headroom == pytest.approx(seen(28, 0.95, 0.0, 2.0, 1.70))
    assert told.level_headroom < 0
    assert (told.cut, told.clean_cut) == ("knees", False)


def test_where_to_stand_or_hang_the_camera_level_leaves_the_headroom() -> None:
    told = aim_at(camera(28, 0.95), Person(1.70), 2.0)
    assert told.level_distance_m is not None
    assert told.level_height_m is not None
    assert seen(28, 0.95, 0.0, told.level_distance_m, 1.70) == pytest.approx(0.08)
    assert seen(28, told.level_height_m, 0.0, 2.0, 1.70) == pytest.approx(0.08)
    assert aim_at(camera(28, 2.2), Person(1.70), 2.0).level_distance_m is None


@pytest.mark.parametrize("height_m", [0.5, 0.95, 1.6, 2.2])
def test_where_to_step_back_to_has_the_feet_just_in(height_m: float) -> None:
    told = aim_at(camera(28, height_m), Person(1.70), 1.2)
    at = aim_at(camera(28, height_m), Person(1.70), told.feet_from_m)
    assert seen(28, height_m, at.pitch_deg, told.feet_from_m, 0.0) == pytest.approx(1.0, abs=1e-3)
    assert aim_at(camera(28, height_m), Person(1.70), told.feet_from_m + 0.05).tipped.feet_in
    assert not aim_at(camera(28, height_m), Person(1.70), told.feet_from_m - 0.05).tipped.feet_in


def test_a_camera_held_higher_has_the_feet_in_where_it_says() -> None:
    told = aim_at(camera(28, 0.95), Person(1.70), 2.0)
    assert told.feet_height_m is not None
    raised = aim_at(camera(28, told.feet_height_m), Person(1.70), 2.0)
    assert raised.tipped.feet_in
    assert not aim_at(camera(28, told.feet_height_m - 0.03), Person(1.70), 2.0).tipped.feet_in
    assert aim_at(camera(50, 0.95), Person(1.90), 1.2).feet_height_m is None


@pytest.mark.parametrize("shot", ["long shot", "medium long shot", "medium shot", "close-up"])
def test_a_shot_between_its_distances_has_its_scale(shot: str) -> None:
    near_m, far_m = shot_distances_m(camera(35, 1.5), Person(1.75), shot)
    middle_m = math.sqrt(near_m * far_m)
    head_share = 1.75 / 7.5 * 35 / (1000 * middle_m) / (2 * HALF_HEIGHT_MM) * 1000
    assert shot_scale(head_share) == shot


def test_a_full_shot_shows_the_feet() -> None:
    near_m, far_m = shot_distances_m(camera(28, 0.95), Person(1.70), "full shot")
    assert aim_at(camera(28, 0.95), Person(1.70), near_m + 1e-6).tipped.feet_in
    assert aim_at(camera(28, 0.95), Person(1.70), (near_m + far_m) / 2).shot == "full shot"


def test_a_drills_own_band_is_aimed_at() -> None:
    assert Person(1.7, (0.04, 0.30)).aimed_at == 0.08
    assert Person(1.7, (0.10, 0.20)).aimed_at == pytest.approx(0.15)
