import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from measure.drawn_card import Pose, Shot, draw
from photographs import read_grey

from rigcoach.measure.card.target import CardDetection, distance_m, find_target
from rigcoach.target_card import A3, A4, CARDS, TargetCard

SHARP = Shot()


def found(pose: Pose, shot: Shot = SHARP, card: TargetCard = A4) -> CardDetection:
    find = find_target(draw(pose, shot, card), card)
    assert find is not None
    return find


def true_outline(pose: Pose, card: TargetCard = A4) -> np.ndarray:
    corners = np.array([(*corner, 1.0) for corner in card.outline_mm]) @ pose.homography(card).T
    return corners[:, :2] / corners[:, 2:]


@pytest.mark.parametrize(
    "roll_deg", [-15.0, 90.0, *(pytest.param(each, marks=pytest.mark.slow) for each in (-4.0, 11.0, 178.0))]
)
def test_place_size_and_roll_are_those_drawn(roll_deg: float) -> None:
    pose = Pose(centre_px=(200.7, 198.2), scale=320 / 297, roll_deg=roll_deg, frame=(400, 400))
    find = found(pose, Shot(iso=800))
    assert find.centre_px == pytest.approx(pose.centre_px, abs=0.1)
    assert find.roll_deg == pytest.approx(roll_deg, abs=0.05)
    assert find.height_px == pytest.approx(320, abs=0.5)
    assert np.abs(find.outline_px - true_outline(pose)).max() < 0.5
    assert find.confidence == 1.0
    assert find.cut_off == ()
    assert find.marker_ids == (0, 1, 2, 3, 4)


def test_clockwise_roll_is_positive() -> None:
    # Turned clockwise, the sheet's top leans to the right: its top right corner lies lower than its top left.
    find = found(Pose(roll_deg=10.0))
    assert find.outline_px[1, 1] > find.outline_px[0, 1]
    assert find.roll_deg > 0


@pytest.mark.parametrize(
    "shot",
    [
        Shot(blur_px=4.0, iso=6400),
        Shot(blur_px=8.0, iso=1600),
        Shot(motion_blur_px=10.0, direction_deg=35.0, iso=800),
        Shot(blur_px=3.0, motion_blur_px=16.0, direction_deg=110.0, iso=1600),
    ],
)
def test_blur_and_smear_do_not_move_the_card(shot: Shot) -> None:
    pose = Pose(centre_px=(196.4, 231.3), roll_deg=5.0, tilt=(-2e-4, 3e-4))
    find = found(pose, shot)
    assert math.dist(find.centre_px, pose.centre_px) < 0.6
    assert find.roll_deg == pytest.approx(5.0, abs=0.15)


def test_the_outline_is_followed_through_perspective() -> None:
    pose = Pose(roll_deg=-6.0, tilt=(8e-4, -5e-4))
    assert np.abs(found(pose, Shot(blur_px=1.0, iso=400)).outline_px - true_outline(pose)).max() < 0.5


def test_a_card_cut_by_the_frame_is_found_where_it_is() -> None:
    pose = Pose(centre_px=(180.0, 300.0), roll_deg=4.0, frame=(400, 380))
    find = found(pose, Shot(blur_px=2.0, iso=400))
    assert find.centre_px == pytest.approx(pose.centre_px, abs=0.3)
    assert find.cut_off == ("bottom",)
    x, y, width, height = find.box
    assert y + height == 380
    assert 0 < x < x + width < 400
    assert np.abs(find.outline_px - true_outline(pose)).max() < 2


def test_the_last_find_narrows_the_search_and_changes_nothing() -> None:
    pose = Pose(roll_deg=3.0)
    first = found(pose, Shot(iso=400))
    moved = draw(Pose(centre_px=(212.0, 222.0), roll_deg=3.0), Shot(iso=400, seed=1))
    near, afresh = find_target(moved, A4, near=first), find_target(moved, A4)
    assert near is not None
    assert afresh is not None
    assert near.centre_px == pytest.approx(afresh.centre_px, abs=0.05)


@pytest.mark.slow
def test_a_card_that_jumped_out_of_the_last_place_is_still_found() -> None:
    big = Pose(centre_px=(140.0, 140.0), scale=0.6, frame=(900, 500))
    find = found(big)
    jumped = draw(Pose(centre_px=(740.0, 300.0), scale=0.6, frame=(900, 500)), Shot())
    again = find_target(jumped, A4, near=find)
    assert again is not None
    assert again.centre_px == pytest.approx((740.0, 300.0), abs=0.2)


@pytest.mark.slow
def test_a_marker_of_the_same_name_elsewhere_does_not_carry_the_card_away() -> None:
    pose = Pose(centre_px=(200.0, 230.0), frame=(600, 460))
    luma = draw(pose, Shot(iso=100))
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    # The card's own marker 3 is covered, and a stranger with its name lies beside the card.
    corner = np.array([(8, 247, 1.0), (50, 289, 1.0)]) @ pose.homography().T
    (x0, y0), (x1, y1) = corner[:, :2].astype(int)
    luma[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3] = 200
    luma[80:220, 430:570] = 230
    luma[90:210, 440:560] = cv2.aruco.generateImageMarker(dictionary, 3, 120)
    find = find_target(luma, A4)
    assert find is not None
    assert find.centre_px == pytest.approx(pose.centre_px, abs=0.2)
    assert 3 not in find.marker_ids


def test_a_lone_marker_without_its_card_is_not_a_card() -> None:
    luma = np.full((400, 500), 210, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    luma[150:250, 200:300] = cv2.aruco.generateImageMarker(dictionary, 0, 100)
    assert find_target(luma, A4) is None


def test_each_size_of_card_is_told_by_its_markers() -> None:
    pose = Pose(scale=400 / A3.height_mm)
    luma = draw(pose, Shot(), A3)
    assert [find_target(luma, card) is not None for card in CARDS] == [card is A3 for card in CARDS]


def test_a_mirrored_card_is_not_found() -> None:
    assert find_target(np.ascontiguousarray(draw(Pose(), Shot())[:, ::-1]), A4) is None


def test_nothing_is_found_in_flat_or_noisy_pictures() -> None:
    assert find_target(np.full((480, 640), 120, np.uint8), A4) is None
    noise = np.random.default_rng(5).integers(0, 256, (480, 640), dtype=np.uint8)
    assert find_target(noise, A4) is None


def test_no_card_is_found_in_photographs_without_one(shared: Path) -> None:
    photographs = sorted((shared / "clips/kodak").glob("*.png")) + sorted((shared / "clips/target").glob("*.jpg"))
    assert len(photographs) > 8
    for photograph in photographs:
        luma = read_grey(photograph)
        assert [find_target(luma, card) for card in CARDS] == [None] * len(CARDS)


@pytest.mark.slow
@pytest.mark.parametrize("distance", [1.0, 2.5])
def test_distance_follows_from_the_thin_lens(distance: float) -> None:
    # 28 mm focused on the card: the image lies f u/(u - f) behind the lens; pixels of 18.75 um.
    image_mm = 28 * distance * 1000 / (distance * 1000 - 28)
    scale = image_mm / (distance * 1000) / 0.01875
    height = int(scale * 297 * 1.2)
    find = found(Pose(centre_px=(height / 2, height / 2), scale=scale, frame=(height, height), roll_deg=2.0))
    assert distance_m(find, A4, 28.0, 0.01875) == pytest.approx(distance, rel=2e-3)
    assert distance_m(find, A4, 28.0, 0.01875, focus_distance_m=distance) == pytest.approx(distance, rel=2e-3)


@pytest.mark.slow
def test_errors_of_place_and_roll_stay_within_what_is_promised() -> None:
    random = np.random.default_rng(2)
    centre, roll = [], []
    for seed in range(36):
        pose = Pose(
            centre_px=(200 + random.uniform(-5, 5), 230 + random.uniform(-5, 5)),
            scale=random.uniform(0.9, 1.35),
            roll_deg=random.uniform(-15, 15),
            tilt=(random.uniform(-4e-4, 4e-4), random.uniform(-4e-4, 4e-4)),
        )
        shot = Shot(random.uniform(0, 6), random.uniform(0, 12), random.uniform(0, 180), 3200, seed=seed)
        find = found(pose, shot)
        centre.append(math.dist(find.centre_px, pose.centre_px))
        roll.append(abs(find.roll_deg - pose.roll_deg))
    assert np.median(centre) < 0.1
    assert max(centre) < 0.6
    assert np.median(roll) < 0.05
    assert max(roll) < 0.2
