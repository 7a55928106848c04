"""Slates: drawn as they are shown, filmed askew and blurred, and read."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_video
from numpy.typing import NDArray

from rigcoach.practice.slate import read_slate, slate_page, slates_in
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec

Grey = NDArray[np.uint8]


def shown(number: int, side_px: int = 900) -> Grey:
    """Return a slate as a browser shows it, drawn from the page's own squares."""
    section = slate_page(range(1, 21), "drill").split("<section>")[number]
    size = int(re.search(r'viewBox="0 0 (\d+)', section)[1])  # type: ignore[index]
    picture = np.full((size, size), 255, np.uint8)
    for x, y in re.findall(r'<rect x="(\d+)" y="(\d+)"', section):
        picture[int(y), int(x)] = 0
    return np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_NEAREST), np.uint8)


def filmed(number: int, *, side_px: float = 300, blur_px: float = 2.0, noise: float = 4.0, turn: float = 0.0) -> Grey:
    """Return a frame of 1280x720 with the slate held a little askew in front of a wall."""
    slate = shown(number)
    height = slate.shape[0]
    corners = np.array([[-1, -1], [1, -0.95], [0.93, 1], [-1, 0.9]]) * side_px / 2
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    placed = corners @ np.array([[cos, sin], [-sin, cos]]) + (700, 380)
    ends = np.array([[0, 0], [height, 0], [height, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(ends, placed.astype(np.float32))
    chance = np.random.default_rng(number)
    wall = cv2.GaussianBlur(chance.normal(120, 20, (720, 1280)).astype(np.float32), (0, 0), 6)
    held = cv2.warpPerspective(slate, warp, (1280, 720), flags=cv2.INTER_AREA).astype(np.float32)
    mask = cv2.warpPerspective(np.full_like(slate, 255), warp, (1280, 720)).astype(np.float32) / 255
    sharp = wall * (1 - mask) + held * 0.8 * mask
    frame = cv2.GaussianBlur(sharp, (0, 0), blur_px) if blur_px else sharp
    return np.clip(frame + chance.normal(0, noise, frame.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("turn", [0.0, 180.0, *(pytest.param(each, marks=pytest.mark.slow) for each in (25.0, -40.0))])
@pytest.mark.parametrize("blur_px", [0.0, 3.0])
def test_every_slate_is_read_as_its_own_number(turn: float, blur_px: float) -> None:
    for number in (1, 2, 7, 13, 20):
        assert slates_in(filmed(number, turn=turn, blur_px=blur_px)) == {number}


@pytest.mark.slow
def test_the_target_card_is_no_slate() -> None:
    card = np.asarray(Renderer(SceneSpec(card_distance_m=1.2, focus_distance_m=1.2)).frame(0).luma)
    assert slates_in(card) == set()


@pytest.mark.slow
def test_nothing_is_read_into_noise_and_a_tiny_marker_does_not_count() -> None:
    chance = np.random.default_rng(1)
    for _ in range(10):
        assert slates_in(chance.integers(0, 256, (720, 1280), dtype=np.uint8)) == set()
    assert slates_in(filmed(5, side_px=24, blur_px=0.0)) == set()


@pytest.mark.slow
def test_a_slate_at_the_start_of_a_clip_names_its_take(tmp_path: Path) -> None:
    wall = filmed(3, side_px=2)
    with_slate = write_video(tmp_path / "a.mp4", [filmed(4)] * 25 + [wall] * 5)
    assert read_slate(with_slate) == 4
    assert read_slate(write_video(tmp_path / "b.mp4", [wall] * 10)) is None
    assert read_slate(write_video(tmp_path / "c.mp4", [filmed(4)] * 20 + [filmed(5)] * 20)) is None
    broken = tmp_path / "d.mp4"
    broken.write_bytes(with_slate.read_bytes()[:-500])
    assert read_slate(broken) in (None, 4)
    broken.write_bytes(b"nothing")
    assert read_slate(broken) is None


def test_a_drills_name_cannot_break_its_page() -> None:
    assert "<script>" not in slate_page(range(1, 2), "<script>alert(1)</script>")
