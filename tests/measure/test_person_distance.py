"""Distances of people by their size, against geometry and people whose size is known."""

import math

import cv2
import numpy as np
import pytest
from photographs import read_grey

from rigcoach.measure.people.eyes import EyeDetector, Eyes
from rigcoach.measure.people.face import YunetFaces
from rigcoach.measure.people.person_distance import distance_of_body, distance_of_eyes

FOCAL_MM, PITCH_MM = 28.0, 36 / 1920


def seen_px(size_m: float, distance_m: float) -> float:
    """How large something is seen by a lens focused on it: Newton's form of the thin lens."""
    beyond_mm = 1000 * distance_m - FOCAL_MM
    return FOCAL_MM / beyond_mm * 1000 * size_m / PITCH_MM


def eyes(apart_px: float, turn: float = 0.0) -> Eyes:
    return Eyes((500.0, 400.0), (500.0 + apart_px, 400.0), turn)


@pytest.mark.parametrize("distance_m", [1.0, 2.0, 5.0])
@pytest.mark.parametrize(("apart_m", "deviations"), [(0.0640, 1), (0.0617, 1), (0.052, 3), (0.074, 3)])
def test_eyes_of_men_and_women_are_within_the_deviation_that_is_told(distance_m, apart_m, deviations) -> None:
    # Means of the survey's men and women, and near its extremes.
    told = distance_of_eyes(eyes(seen_px(apart_m, distance_m)), FOCAL_MM, PITCH_MM)
    assert told is not None
    assert told.by == "eyes"
    assert abs(told.distance_m - distance_m) < deviations * told.sd_m


@pytest.mark.parametrize("height_m", [1.756, 1.629])
def test_bodies_of_men_and_women_are_within_the_deviation_that_is_told(height_m) -> None:
    told = distance_of_body(1.055 * seen_px(height_m, 4.0), FOCAL_MM, PITCH_MM)
    assert abs(told.distance_m - 4.0) < told.sd_m
    assert not told.known


def test_a_height_that_is_known_makes_the_distance_exacter() -> None:
    box_px = 1.055 * seen_px(1.90, 4.0)
    told, guessed = distance_of_body(box_px, FOCAL_MM, PITCH_MM, 1.90), distance_of_body(box_px, FOCAL_MM, PITCH_MM)
    assert told.distance_m == pytest.approx(4.0, rel=0.01)
    assert told.known
    assert told.sd_m / told.distance_m < guessed.sd_m / guessed.distance_m


def test_a_face_that_is_turned_tells_no_distance() -> None:
    assert distance_of_eyes(eyes(30.0, 0.3), FOCAL_MM, PITCH_MM) is None


@pytest.mark.parametrize("scale", [0.2, 0.3, 0.5, 0.8])
def test_a_face_half_as_large_is_twice_as_far(shared, scale) -> None:
    weights = shared / "models/yunet_n_640_640.onnx"
    photograph = read_grey(shared / "clips/faces/astronaut.png")
    found = []
    for factor in (1.0, scale):
        luma = np.asarray(cv2.resize(photograph, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        told = EyeDetector(weights).find(luma, YunetFaces(weights).find(luma)[0].box)
        assert told is not None
        found.append(told)
    assert found[1].apart_px == pytest.approx(scale * found[0].apart_px, rel=0.06)
    # The pupils as read by eye in the photograph twelve times enlarged.
    assert math.dist(found[0].left_px, (203.5, 101.2)) < 4
    assert math.dist(found[0].right_px, (246.7, 103.3)) < 4
    assert found[0].apart_px == pytest.approx(43.2, rel=0.05)


def test_no_eyes_where_there_is_no_face(shared) -> None:
    flat = np.full((400, 400), 128, np.uint8)
    assert EyeDetector(shared / "models/yunet_n_640_640.onnx").find(flat, (100, 100, 120, 150)) is None
