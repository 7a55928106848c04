"""The camera's pitch, yaw and distance to the card, on cards drawn through a pinhole camera built from angles."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from measure.drawn_card import Shot, draw
from numpy.typing import NDArray

from rigcoach.measure.card.card_pose import CardPose, card_pose
from rigcoach.measure.card.target import find_target
from rigcoach.target_card import A4, TargetCard

FOCAL_LENGTH_MM = 28.0
PITCH_MM = 36 / 1920


@dataclass(frozen=True)
class Camera:
    """A camera that looks past a card: its axis `pitch_deg` above and `yaw_deg` to the right of the card's normal."""

    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    distance_m: float = 1.3
    beside: tuple[float, float] = (0.0, 0.0)  # the card's centre off the axis, over its distance
    focus_m: float | None = None  # on the card
    frame: tuple[int, int] = (480, 480)

    def homography(self, card: TargetCard = A4) -> NDArray[np.float64]:
        """Sheet mm to pixels, the axis through the frame's middle."""
        pitch, yaw, roll = (math.radians(angle) for angle in (self.pitch_deg, self.yaw_deg, self.roll_deg))
        ahead = np.array((math.cos(pitch) * math.sin(yaw), -math.sin(pitch), math.cos(pitch) * math.cos(yaw)))
        right = np.cross((0.0, 1.0, 0.0), ahead)
        right /= np.linalg.norm(right)
        turn = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
        rotation = turn @ np.stack((right, np.cross(ahead, right), ahead))
        u_mm = 1000 * self.distance_m
        focus_mm = 1000 * (self.focus_m or self.distance_m)
        image_px = FOCAL_LENGTH_MM * focus_mm / (focus_mm - FOCAL_LENGTH_MM) / PITCH_MM
        width, height = self.frame
        lens = np.array([[image_px, 0, (width - 1) / 2], [0, image_px, (height - 1) / 2], [0, 0, 1]])
        place = u_mm * np.array((*self.beside, 1.0))
        to_centre = np.array([[1, 0, -card.width_mm / 2], [0, 1, -card.height_mm / 2], [0, 0, 1]])
        return lens @ np.column_stack((rotation[:, 0], rotation[:, 1], place)) @ to_centre


def pose_of(camera: Camera, shot: Shot, *, focus_m: float | None = None) -> CardPose:
    find = find_target(draw(camera, shot), A4)
    assert find is not None
    pose = card_pose(find, A4, FOCAL_LENGTH_MM, PITCH_MM, camera.frame, focus_distance_m=focus_m)
    assert pose is not None
    return pose


@pytest.mark.parametrize(
    "camera",
    [
        Camera(pitch_deg=12.0),
        pytest.param(Camera(pitch_deg=-20.0, yaw_deg=5.0), marks=pytest.mark.slow),
        Camera(yaw_deg=25.0, roll_deg=8.0),
        pytest.param(Camera(yaw_deg=-9.0, beside=(0.03, -0.02)), marks=pytest.mark.slow),
    ],
)
def test_pitch_yaw_and_distance_are_those_of_the_camera(camera: Camera) -> None:
    pose = pose_of(camera, Shot(blur_px=1.0, iso=800))
    assert pose.pitch_deg == pytest.approx(camera.pitch_deg, abs=0.25)
    assert pose.yaw_deg == pytest.approx(camera.yaw_deg, abs=0.25)
    assert pose.distance_m == pytest.approx(camera.distance_m, rel=1e-3)


def test_a_lens_focused_elsewhere_stays_within_the_distances_deviation() -> None:
    camera = Camera(distance_m=1.3, focus_m=3.0)
    assumed = pose_of(camera, Shot(iso=400))
    assert abs(assumed.distance_m - 1.3) < 1.5 * assumed.distance_sd_m
    told = pose_of(camera, Shot(iso=400), focus_m=3.0)
    assert told.distance_m == pytest.approx(1.3, rel=1e-3)
    assert told.distance_sd_m < assumed.distance_sd_m / 5


def test_no_fit_of_the_edges_gives_no_pose() -> None:
    find = find_target(draw(Camera(), Shot()), A4)
    assert find is not None
    assert card_pose(replace(find, information=None), A4, FOCAL_LENGTH_MM, PITCH_MM, (480, 480)) is None


def test_a_small_card_is_less_sure_and_says_so() -> None:
    near = pose_of(Camera(pitch_deg=10.0), Shot(blur_px=1.0, iso=1600))
    far = pose_of(Camera(pitch_deg=10.0, distance_m=4.0, frame=(200, 200)), Shot(blur_px=1.0, iso=1600))
    assert far.pitch_sd_deg > 4 * near.pitch_sd_deg


@pytest.mark.slow
def test_deviations_hold_the_truth_near_and_far() -> None:
    random = np.random.default_rng(11)
    off = []
    for seed in range(48):
        distance_m = random.uniform(1.3, 4.0)
        side = 2 * round(310 / distance_m)
        camera = Camera(
            random.uniform(-20, 20), random.uniform(-20, 20), random.uniform(-8, 8), distance_m, frame=(side, side)
        )
        shot = Shot(random.uniform(0, 1.5), random.uniform(0, 2), random.uniform(0, 180), 1600, seed=seed)
        pose = pose_of(camera, shot)
        off.append((pose.pitch_deg - camera.pitch_deg) / pose.pitch_sd_deg)
        off.append((pose.yaw_deg - camera.yaw_deg) / pose.yaw_sd_deg)
        off.append((pose.distance_m - camera.distance_m) / pose.distance_sd_m)
    sizes = np.abs(off)
    assert np.mean(sizes < 2) >= 0.95
    assert sizes.max() < 5
    # Angles' deviations are no excuse either.
    angles = np.delete(np.array(off), np.s_[2::3])
    assert np.std(angles) > 0.4
