"""The card from frame to frame: found no less often than where every frame is searched afresh, and as truly."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from measure.drawn_card import Pose, Shot, draw

from rigcoach.measure.card.target import CardDetection, find_target
from rigcoach.target_card import A3, A4, CARDS

FRAME = (420, 320)
FRAMES = 12
Drawn = Iterator[tuple[np.ndarray, Pose]]


def outline(pose: Pose) -> np.ndarray:
    corners = np.array([(*corner, 1.0) for corner in A4.outline_mm]) @ pose.homography().T
    return corners[:, :2] / corners[:, 2:]


def drawn(kind: str) -> Drawn:
    """Draw a card that sways, under one hardship; where it goes is made up, and known."""
    random = np.random.default_rng(3)
    for i in range(FRAMES):
        pose = Pose(
            (210 + 12 * math.sin(i / 2), 160 + 5 * math.cos(i)), 0.85, 3 * math.sin(i / 3), (2e-4, -1e-4), FRAME
        )
        shot = Shot(blur_px=0.8, iso=800, exposure_ev=-0.3, seed=i)
        match kind:
            case "small":
                pose = replace(pose, scale=0.32)
            case "oblique":
                pose = replace(pose, tilt=(2.5e-3 * math.cos(i / 6), 1.2e-3))
            case "blurred":
                shot = replace(shot, blur_px=1.0 + 0.75 * i)
            case "smeared":
                shot = replace(shot, motion_blur_px=1.4 * i, direction_deg=37.0 * i)
            case "dark":
                shot = replace(shot, exposure_ev=-3.0, iso=6400)
            case "turning":
                pose = replace(pose, roll_deg=9.0 * i)
            case "nearing":
                pose = replace(pose, scale=0.4 + 0.05 * i)
            case "away and back":
                pose = replace(pose, centre_px=(210 + 45 * min(i, FRAMES - 1 - i), 160.0))
            case "thrown":
                pose = replace(pose, centre_px=(120.0 if i // 3 % 2 else 300.0, 160.0), scale=0.6)
        luma = draw(pose, shot)
        if kind == "covered":
            left = int(pose.centre_px[0] - 80 + 10 * i)
            luma[:, left : left + 60] = random.integers(60, 140)
        yield luma, pose


@pytest.mark.parametrize(
    "kind",
    [
        "oblique",
        *(pytest.param(each, marks=pytest.mark.slow) for each in
          ("blurred", "away and back", "small", "smeared", "dark", "turning", "nearing", "thrown", "covered")),
    ],
)  # fmt: skip
def test_the_card_is_found_as_often_as_by_searching_every_frame_and_lies_as_truly(kind: str) -> None:
    last: CardDetection | None = None
    afresh, found = [], []
    for luma, pose in drawn(kind):
        true = outline(pose)
        alone, last = find_target(luma, A4), find_target(luma, A4, near=last)
        if alone is not None:
            afresh.append(np.abs(alone.outline_px - true).max())
            assert last is not None
        if last is not None:
            found.append(np.abs(last.outline_px - true).max())
    assert len(found) >= len(afresh) > FRAMES / 3
    assert np.median(found) < np.median(afresh) + 0.1
    assert max(found) < max(afresh) + 0.5


@pytest.mark.parametrize("blur_px", [0.0, 4.0])
def test_it_lies_where_it_went_whatever_it_was_told_before(blur_px: float) -> None:
    shot = Shot(blur_px=blur_px, iso=800)
    before = find_target(draw(Pose(frame=(440, 460)), shot), A4)
    assert before is not None
    pose = Pose((228.3, 241.6), 415 / 297, 2.5, (-3e-4, 2e-4), (440, 460))
    find = find_target(draw(pose, shot), A4, near=before)
    assert find is not None
    assert np.abs(find.outline_px - outline(pose)).max() < 0.5
    assert find.roll_deg == pytest.approx(2.5, abs=0.1)
    assert find.confidence == 1.0


def test_a_card_that_is_gone_or_another_is_not_taken_for_it() -> None:
    pose = Pose()
    before = find_target(draw(pose, Shot(iso=100)), A4)
    assert before is not None
    noise = np.random.default_rng(1).integers(0, 256, (460, 400), dtype=np.uint8)
    # The same layout with other markers, exactly where the card was.
    other = draw(Pose(scale=400 / A3.height_mm), Shot(iso=100), A3)
    for luma in (np.full((460, 400), 120, np.uint8), noise, other):
        assert find_target(luma, A4, near=before) is None
    assert find_target(other, CARDS[1], near=before) is not None
