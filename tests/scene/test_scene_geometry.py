"""Where the card stands in the frame, found by eyes that know nothing of the renderer."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.target_card import A3, A4

STILL = SceneSpec(sway_deg=0.0, roll_wobble_deg=0.0)
NEAR = replace(STILL, card_distance_m=1.2, focus_distance_m=1.2, iso=100)


def to_px(card, truth):
    """The sheet's homography, from the truth's outline alone."""
    return cv2.getPerspectiveTransform(
        np.array(card.outline_mm, np.float32), np.array(truth.outline_px, np.float32)
    ).astype(float)


def project(homography, point_mm):
    x, y, w = homography @ (*point_mm, 1)
    return x / w, y / w


@pytest.mark.slow
@pytest.mark.parametrize(("roll_deg", "aim"), [(0.0, (0.0, 0.0)), (11.0, (0.14, -0.07)), (-7.5, (-0.2, 0.11))])
def test_aruco_finds_the_card_where_the_truth_says(roll_deg, aim):
    frame = Renderer(replace(NEAR, roll_deg=roll_deg, aim=aim)).frame(0)
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)
    corners, ids, _ = detector.detectMarkers(frame.luma)
    found = {int(i): c[0] for i, c in zip(ids.ravel(), corners, strict=True)}
    assert set(found) == {marker.id for marker in A3.markers}

    printed = np.array([corner for marker in A3.markers for corner in marker.corners_mm])
    seen = np.array([corner for marker in A3.markers for corner in found[marker.id]])
    # OpenCV now and then puts one corner of the twenty ten pixels off.
    homography, _ = cv2.findHomography(printed, seen, cv2.RANSAC, 3)
    centre = project(homography, (A3.width_mm / 2, A3.height_mm / 2))
    assert centre == pytest.approx(frame.truth.centre_px, abs=0.1)
    (x0, y0), (x1, y1) = (
        project(homography, (0, A3.height_mm / 2)),
        project(homography, (A3.width_mm, A3.height_mm / 2)),
    )
    assert math.degrees(math.atan2(y1 - y0, x1 - x0)) == pytest.approx(roll_deg, abs=0.05)
    assert frame.truth.roll_deg == pytest.approx(roll_deg, abs=1e-9)
    assert frame.truth.offset == pytest.approx(aim, abs=1e-9)


@pytest.mark.parametrize("blur_from_m", [1.2, 1.35, 1.6])
@pytest.mark.parametrize("card", [A3, pytest.param(A4, marks=pytest.mark.slow)])
def test_ink_has_the_size_and_place_of_the_truth_at_any_blur(card, blur_from_m):
    # The middle of a frame alone, on pixels of the same size: the whole card is in it.
    middle = replace(STILL, width=640, height=640, sensor_width_mm=36 * 640 / 1920)
    spec = replace(middle, card=card, card_distance_m=1.2, focus_distance_m=blur_from_m, roll_deg=3, aim=(0.03, 0.02))
    light, truth = Renderer(spec).light(0)
    homography = to_px(card, truth)
    for square in card.squares:
        # All ink that blur may have spread, and no other print.
        reach = square.side_mm * (0.5 * math.sqrt(2) if square.turn_deg > 20 else 0.54)
        cx, cy = square.centre_mm
        left, top = project(homography, (cx - reach, cy - reach))
        right, bottom = project(homography, (cx + reach, cy + reach))
        margin = truth.blur_px + 2
        rows = slice(round(min(top, bottom) - margin - 2), round(max(top, bottom) + margin + 3))
        columns = slice(round(min(left, right) - margin - 3), round(max(left, right) + margin + 4))
        ink = (card.paper_reflectance - light[rows, columns]) / (card.paper_reflectance - card.ink_reflectance)
        area_px = ink.sum()
        scale = math.dist(truth.outline_px[0], truth.outline_px[1]) / card.width_mm
        assert area_px == pytest.approx((square.side_mm * scale) ** 2, rel=2e-3)
        y, x = np.mgrid[rows, columns]
        place = ((ink * x).sum() / area_px, (ink * y).sum() / area_px)
        assert place == pytest.approx(project(homography, square.centre_mm), abs=0.02)


@pytest.mark.slow
def test_size_follows_from_focal_length_and_distance():
    # 50 mm focused at 2 m stands 51.282 mm from the sensor: a 420 mm sheet at 2 m is 10.769 mm high there,
    # of 20.25 mm that the frame has.
    truth = Renderer(replace(STILL, focal_length_mm=50)).light(0)[1]
    assert truth.size == pytest.approx(10.770 / 20.25, rel=1e-3)


def test_a_smaller_recording_shows_the_same_scene():
    large = Renderer(SceneSpec(seed=4)).frame(7)
    small = Renderer(SceneSpec(seed=4, width=480, height=270)).frame(7)
    assert small.truth.offset == pytest.approx(large.truth.offset, abs=1e-6)
    assert small.truth.size == pytest.approx(large.truth.size)
    assert small.truth.blur_px == pytest.approx(large.truth.blur_px / 4)
    assert small.luma.shape == (270, 480)
    assert small.cb.shape == (135, 240)


def test_walking_in_makes_the_card_grow():
    renderer = Renderer(replace(STILL, walk_in_m_s=0.5, width=480, height=270))
    first, later = renderer.light(0)[1], renderer.light(30)[1]
    assert later.distance_m == pytest.approx(2.0 - 0.5 * 1.001)
    assert later.size / first.size == pytest.approx(first.distance_m / later.distance_m, rel=1e-5)


def test_walking_into_the_card_is_refused():
    renderer = Renderer(SceneSpec(walk_in_m_s=1.0, width=480, height=270))
    with pytest.raises(ValueError, match="walked into the card"):
        renderer.frame(60)


@pytest.mark.slow
def test_the_wedge_is_seen_in_perspective():
    spec = replace(STILL, card_distance_m=1.0, focus_distance_m=1.0, f_number=16)
    light, _ = Renderer(spec).light(0)
    wedge = A3.wedge
    image_mm = 1 / (1 / 28 - 1 / 1000)
    for along_mm in (0.1 * wedge.length_mm, 0.5 * wedge.length_mm, 0.9 * wedge.length_mm):
        y_mm, depth_mm = wedge.place_mm(along_mm)
        px_per_mm = image_mm / (1000 + depth_mm) / (36 / 1920)
        x = 959.5 + px_per_mm * (wedge.x_mm + wedge.width_mm / 2 - A3.width_mm / 2)
        y = 539.5 + px_per_mm * (y_mm - A3.height_mm / 2)
        half = wedge.width_mm * 0.4 * px_per_mm
        row = light[round(y), round(x - half) : round(x + half) + 1]
        ink = A3.paper_reflectance - row
        columns = np.arange(round(x - half), round(x + half) + 1)
        assert (ink * columns).sum() / ink.sum() == pytest.approx(x, abs=0.25)
        width_px = ink.sum() / (A3.paper_reflectance - A3.ink_reflectance)
        assert width_px == pytest.approx(wedge.bar_width_mm * px_per_mm, abs=0.1)


def test_the_wedge_is_sharpest_where_the_lens_is_focused():
    # 60 mm in front of the panel, at f/1.4.
    spec = replace(
        STILL, card_distance_m=1.0, focus_distance_m=0.94, focal_length_mm=35, f_number=1.4, height=1600, iso=100
    )
    light, _ = Renderer(spec).light(0)
    wedge = A3.wedge
    image_mm = 1 / (1 / 35 - 1 / 940)
    steepest, depths = [], []
    for along_mm in np.linspace(0.05, 0.95, 60) * wedge.length_mm:
        y_mm, depth_mm = wedge.place_mm(along_mm)
        px_per_mm = image_mm / (1000 + depth_mm) / (36 / 1920)
        x = 959.5 + px_per_mm * (wedge.x_mm + wedge.width_mm / 2 - A3.width_mm / 2)
        y = round(799.5 + px_per_mm * (y_mm - A3.height_mm / 2))
        row = light[y - 1 : y + 2, round(x - 12 * px_per_mm) : round(x + 12 * px_per_mm)].mean(axis=0)
        steepest.append(np.abs(np.diff(row)).max())
        depths.append(depth_mm)
    sharp = np.array(steepest) > 0.8 * max(steepest)
    assert np.mean(np.array(depths)[sharp]) == pytest.approx(-60, abs=6)
