"""The camera's roll by cards drawn through a pinhole camera that looks past them, and how sure it is."""

import numpy as np
import pytest
from measure.bent_card import Bend, draw_bent
from measure.drawn_card import Shot, draw
from measure.test_card_pose import FOCAL_LENGTH_MM, PITCH_MM, Camera

from rigcoach.measure.card.card_pose import card_pose
from rigcoach.measure.card.card_roll import card_roll
from rigcoach.measure.card.target import CardDetection, find_target
from rigcoach.measure.picture.roll import Roll
from rigcoach.target_card import A4


def found(camera: Camera, shot: Shot) -> tuple[CardDetection, Roll]:
    find = find_target(draw(camera, shot), A4)
    assert find is not None
    roll = card_roll(find, A4, camera.frame)
    assert roll is not None
    return find, roll


@pytest.mark.parametrize(
    ("camera", "apart_deg"),
    [
        (Camera(roll_deg=6.0), 0.0),
        pytest.param(Camera(pitch_deg=15.0, roll_deg=-4.0), 0.0, marks=pytest.mark.slow),
        # From the side and from above its edges lean, at the frame's middle and aside of it.
        (Camera(pitch_deg=20.0, yaw_deg=20.0, roll_deg=6.0), 2.0),
        pytest.param(
            Camera(pitch_deg=-18.0, yaw_deg=15.0, roll_deg=-7.0, beside=(0.04, -0.03)), 1.5, marks=pytest.mark.slow
        ),
    ],
)
def test_the_cameras_roll_is_told_of_a_card_that_is_seen_askew(camera: Camera, apart_deg: float) -> None:
    find, roll = found(camera, Shot(blur_px=1.0, iso=800))
    assert roll.roll_deg == pytest.approx(camera.roll_deg, abs=0.25)
    # What the card itself looks turned by is something else.
    assert abs(find.roll_deg - camera.roll_deg) >= apart_deg


@pytest.mark.slow
def test_intervals_hold_the_roll_near_and_far() -> None:
    random = np.random.default_rng(8)
    held, halves = [], []
    for seed in range(24):
        distance_m = random.uniform(1.3, 4.0)
        side = 2 * round(310 / distance_m)
        camera = Camera(
            random.uniform(-15, 15), random.uniform(-15, 15), random.uniform(-8, 8), distance_m, frame=(side, side)
        )
        _, roll = found(camera, Shot(random.uniform(0, 1.5), random.uniform(0, 2), 40.0, 1600, seed=seed))
        low, high = roll.interval_deg
        held.append(low <= camera.roll_deg <= high)
        halves.append((high - low) / 2)
    assert np.mean(held) >= 0.9
    assert np.median(halves) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flat", "curled", "a corner off", "panned", "raised", "cut"])
def test_deviations_hold_where_the_card_is_bent_cut_or_read_row_by_row(kind: str) -> None:
    random = np.random.default_rng(3)
    off, held = [], []
    for seed in range(6):
        distance_m = random.uniform(1.0, 2.2)
        size = random.uniform(-1, 1)
        bend = {
            "curled": Bend(curl_mm=8 * size),
            "a corner off": Bend(lifted_mm=6 + 4 * size),
            "panned": Bend(pan_px=8 * size),
            "raised": Bend(rise_px=8 * size),
        }.get(kind, Bend())
        side = 2 * round(330 / distance_m)
        aside, width = (0.08, round(0.7 * side)) if kind == "cut" else (0.0, side)
        angles = random.uniform(-15, 15), random.uniform(-15, 15), random.uniform(-5, 5)
        camera = Camera(*angles, distance_m, beside=(aside, 0.0), frame=(width, side))
        find = find_target(draw_bent(camera, bend, seed=seed), A4)
        assert find is not None
        pose = card_pose(find, A4, FOCAL_LENGTH_MM, PITCH_MM, camera.frame)
        roll = card_roll(find, A4, camera.frame, pose)
        assert pose is not None
        assert roll is not None
        off += [(pose.pitch_deg - camera.pitch_deg) / pose.pitch_sd_deg]
        off += [(pose.yaw_deg - camera.yaw_deg) / pose.yaw_sd_deg]
        slack_deg = 0.1 if kind in {"panned", "raised"} else 0.0
        held.append(roll.interval_deg[0] - slack_deg <= camera.roll_deg <= roll.interval_deg[1] + slack_deg)
    # A picture that is only stretched downwards looks all but like one of a card that is tilted.
    assert np.mean(np.abs(off) < 2) >= {"raised": 0.65, "panned": 0.8}.get(kind, 0.9)
    assert np.mean(held) >= 0.8
    # A flat card's deviations stay as they were.
    assert kind != "flat" or np.abs(off).max() < 2


@pytest.mark.slow
@pytest.mark.parametrize("lifted_mm", [7.0, 10.0])
def test_a_corner_that_stands_off_is_told_by_the_markers_that_contradict_it(lifted_mm: float) -> None:
    camera = Camera(-10.0, 10.0, 2.0, 1.2, frame=(550, 550))
    find = find_target(draw_bent(camera, Bend(lifted_mm=lifted_mm)), A4)
    assert find is not None
    pose = card_pose(find, A4, FOCAL_LENGTH_MM, PITCH_MM, camera.frame)
    roll = card_roll(find, A4, camera.frame, pose)
    assert pose is not None
    assert roll is not None
    assert abs(pose.pitch_deg - camera.pitch_deg) < 2 * pose.pitch_sd_deg
    assert abs(pose.yaw_deg - camera.yaw_deg) < 2 * pose.yaw_sd_deg
    assert roll.interval_deg[0] <= camera.roll_deg <= roll.interval_deg[1]


@pytest.mark.slow
@pytest.mark.parametrize("pan_px", [8.0, -8.0])
def test_without_a_rig_the_interval_holds_what_a_pan_does_to_uprights(pan_px: float) -> None:
    camera = Camera(roll_deg=2.0, distance_m=1.6, frame=(412, 412))
    find = find_target(draw_bent(camera, Bend(pan_px=pan_px)), A4)
    assert find is not None
    still, panned = card_roll(find, A4, camera.frame), card_roll(find, A4, camera.frame, moved_px=abs(pan_px))
    assert still is not None
    assert panned is not None
    assert not still.interval_deg[0] <= camera.roll_deg <= still.interval_deg[1]
    assert panned.interval_deg[0] <= camera.roll_deg <= panned.interval_deg[1]
    assert panned.roll_deg == still.roll_deg
