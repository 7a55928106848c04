from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from photographs import read_grey

from rigcoach.measure.picture.roll import roll_from_lines


def turned(luma: np.ndarray, clockwise_deg: float) -> np.ndarray:
    """Turn a picture about its middle and keep the largest upright part that has no corner of it missing."""
    height, width = luma.shape
    middle = ((width - 1) / 2, (height - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, -clockwise_deg, 1.0)
    whole = cv2.warpAffine(luma, turn, (width, height), flags=cv2.INTER_CUBIC)
    angle = np.radians(abs(clockwise_deg))
    share = 1 / (np.cos(angle) + max(width / height, height / width) * np.sin(angle))
    across, down = int(width * share) - 4, int(height * share) - 4
    left, top = (width - across) // 2, (height - down) // 2
    return np.ascontiguousarray(whole[top : top + down, left : left + across])


def street(*, converging: float = 0.0, seed: int = 1) -> np.ndarray:
    """Draw house fronts: windows and doors with upright sides, which lean apart by `converging` towards the edges."""
    random = np.random.default_rng(seed)
    luma = np.full((720, 1280), 150, np.uint8)
    for _ in range(40):
        x, y = random.uniform(40, 1180), random.uniform(40, 560)
        w, h = random.uniform(30, 90), random.uniform(60, 160)
        lean = np.tan(np.radians(converging)) * np.array([(x - 640) / 640, (x + w - 640) / 640]) * h
        corners = [(x, y), (x + w, y), (x + w - lean[1], y + h), (x - lean[0], y + h)]
        points = np.round(np.array(corners) * 16).astype(np.int32)
        cv2.fillPoly(luma, [points], int(random.integers(40, 240)), cv2.LINE_AA, 4)
    noisy = luma + random.normal(0, 3, luma.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("roll_deg", [-12.0, -3.3, 0.0, 5.0, 9.6])
@pytest.mark.parametrize("converging", [0.0, 6.0])
def test_upright_lines_tell_the_roll_also_where_they_converge(roll_deg: float, converging: float) -> None:
    roll = roll_from_lines(turned(street(converging=converging), roll_deg))
    assert roll is not None
    assert roll.roll_deg == pytest.approx(roll_deg, abs=0.4)
    assert roll.interval_deg[0] < roll_deg < roll.interval_deg[1]
    assert 0.5 <= roll.confidence <= 1.0


@pytest.mark.slow
def test_frames_may_be_looked_at_by_several_threads_at_once() -> None:
    pictures = [turned(street(seed=seed), 2.0 * seed) for seed in range(4)]
    alone = [roll_from_lines(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(roll_from_lines, pictures * 6)) == alone * 6


def room(*, converging_deg: float) -> np.ndarray:
    """Draw a plain wall with a door and a board, seen from below: six long edges that meet far above, and a person."""
    luma = np.full((720, 1280), 190, np.uint8)
    for left, right, shade in ((130, 330, 60), (900, 1130, 110)):
        leans = [np.tan(np.radians(converging_deg * (x - 640) / 1280)) for x in (left, right)]
        top, bottom = 60, 660
        corners = [
            (left - leans[0] * (top - 360), top),
            (right - leans[1] * (top - 360), top),
            (right - leans[1] * (bottom - 360), bottom),
            (left - leans[0] * (bottom - 360), bottom),
        ]
        cv2.fillPoly(luma, [np.round(np.array(corners) * 16).astype(np.int32)], shade, cv2.LINE_AA, 4)
    cv2.ellipse(luma, (620, 620), (120, 300), 0, 0, 360, 80, -1, cv2.LINE_AA)
    cv2.circle(luma, (620, 260), 70, 150, -1, cv2.LINE_AA)
    noisy = luma + np.random.default_rng(4).normal(0, 3, luma.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("roll_deg", [-7.0, 0.0, 4.0])
@pytest.mark.parametrize("converging_deg", [0.0, -16.0])
def test_a_door_and_a_board_tell_the_roll_where_there_is_nothing_else(roll_deg: float, converging_deg: float) -> None:
    roll = roll_from_lines(turned(room(converging_deg=converging_deg), roll_deg))
    assert roll is not None
    assert roll.roll_deg == pytest.approx(roll_deg, abs=0.5)


def test_clockwise_is_positive() -> None:
    # Turned clockwise, the top of an upright line leans to the right.
    luma = turned(street(), 8.0)
    roll = roll_from_lines(luma)
    assert roll is not None
    assert roll.roll_deg > 7


@pytest.mark.parametrize("seed", range(8))
def test_lines_in_all_directions_tell_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    luma = np.full((540, 960), 90, np.uint8)
    for _ in range(random.integers(100, 900)):
        start, angle = random.uniform((0, 0), (960, 540)), random.uniform(0, np.pi)
        end = start + random.uniform(10, 90) * np.array((np.cos(angle), np.sin(angle)))
        first, last = (tuple(int(v) for v in point) for point in (start, end))
        cv2.line(luma, first, last, int(random.integers(20, 230)), int(random.integers(1, 5)), cv2.LINE_AA)
    assert roll_from_lines(luma) is None


def test_flat_and_noisy_pictures_tell_nothing() -> None:
    assert roll_from_lines(np.full((480, 640), 120, np.uint8)) is None
    assert roll_from_lines(np.random.default_rng(3).integers(0, 256, (480, 640), dtype=np.uint8)) is None


def photograph(shared: Path, name: str, mirrored: bool = False) -> np.ndarray:
    # The scans have a dark rim.
    luma = read_grey(shared / f"clips/kodak/{name}.png")[8:-8, 8:-8]
    return np.ascontiguousarray(luma[:, ::-1]) if mirrored else luma


@pytest.mark.slow
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_photograph_of_houses_tells_by_how_much_it_was_turned(shared: Path, mirrored: bool) -> None:
    houses = photograph(shared, "kodim08", mirrored)
    level = roll_from_lines(houses)
    assert level is not None
    for angle in np.arange(-12.0, 12.1, 2.0):
        roll = roll_from_lines(turned(houses, angle))
        assert roll is not None
        assert roll.roll_deg - level.roll_deg == pytest.approx(angle, abs=0.4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kodim03", "kodim04", "kodim05", "kodim07", "kodim10", "kodim12", "kodim14"])
def test_photographs_of_water_faces_spokes_and_flowers_tell_nothing(shared: Path, name: str) -> None:
    for mirrored in (False, True):
        for angle in np.arange(-12.0, 12.1, 3.0):
            assert roll_from_lines(turned(photograph(shared, name, mirrored), angle)) is None


@pytest.mark.parametrize("seed", range(6))
def test_stems_that_lean_much_alike_tell_nothing(seed: int) -> None:
    # Grass in wind: one direction, scattered by some degrees.
    random = np.random.default_rng(seed)
    luma = np.full((540, 960), 90, np.uint8)
    for _ in range(250):
        start, angle = random.uniform((0, 0), (960, 540)), np.radians(random.normal(97, 5))
        end = start + random.uniform(40, 140) * np.array((np.cos(angle), np.sin(angle)))
        first, last = (tuple(int(v) for v in point) for point in (start, end))
        cv2.line(luma, first, last, int(random.integers(20, 230)), 3, cv2.LINE_AA)
    assert roll_from_lines(luma) is None


def test_noise_hides_no_lines_and_makes_none(shared: Path) -> None:
    chance = np.random.default_rng(2)
    for name in ("kodim08", "kodim14"):
        for angle in (-7.0, 4.0):
            clean = turned(photograph(shared, name), angle)
            grainy = np.clip(clean + chance.normal(0, 40, clean.shape), 0, 255).astype(np.uint8)
            roll, of_clean = roll_from_lines(grainy), roll_from_lines(clean)
            assert (roll is None) == (of_clean is None) == (name == "kodim14")
            if roll is not None and of_clean is not None:
                assert roll.interval_deg[0] <= of_clean.roll_deg <= roll.interval_deg[1]
