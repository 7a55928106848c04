"""Which way somebody heads, out of paths that are known."""

import numpy as np
import pytest

from rigcoach.measure.picture.heading import walks

FPS = 25.0
HEIGHT_PX = 500.0


def path(speed_px_s: float, frames: int = 50) -> np.ndarray:
    return 300 + speed_px_s / FPS * np.arange(frames)


def still(frames: int = 50) -> np.ndarray:
    return np.concatenate(([np.nan], np.zeros(frames - 1)))


@pytest.mark.parametrize(("speed", "way"), [(400.0, "right"), (-400.0, "left"), (0.0, None), (60.0, None)])
def test_a_walk_past_a_camera_on_a_tripod(speed: float, way: str | None) -> None:
    assert set(walks(path(speed), still(), np.full(50, HEIGHT_PX), FPS)) == {way}


@pytest.mark.parametrize(("speed", "way"), [(400.0, "right"), (-400.0, "left")])
def test_somebody_who_is_kept_in_the_middle_by_turning_walks_all_the_same(speed: float, way: str) -> None:
    background = np.concatenate(([np.nan], np.full(49, -speed / FPS)))
    assert set(walks(np.full(50, 640.0), background, np.full(50, HEIGHT_PX), FPS)) == {way}


def test_turning_past_somebody_who_stands_is_no_walk() -> None:
    background = np.concatenate(([np.nan], np.full(49, 16.0)))
    assert set(walks(path(400.0), background, np.full(50, HEIGHT_PX), FPS)) == {None}


def test_nothing_is_told_where_the_background_was_not_followed() -> None:
    assert set(walks(path(400.0), np.full(50, np.nan), np.full(50, HEIGHT_PX), FPS)) == {None}


def test_a_cut_in_the_background_parts_what_is_before_from_what_is_after() -> None:
    steps = still(100)
    steps[50] = np.nan
    ways = walks(np.concatenate((path(400.0), path(-400.0))), steps, np.full(100, HEIGHT_PX), FPS)
    assert set(ways[:45]) == {"right"}
    assert set(ways[55:]) == {"left"}


def test_near_and_far_walkers_are_told_by_their_own_height() -> None:
    assert set(walks(path(40.0), still(), np.full(50, 100.0), FPS)) == {"right"}
    assert set(walks(path(40.0), still(), np.full(50, 400.0), FPS)) == {None}
    # A face's box is a tenth of the body.
    assert set(walks(path(40.0), still(), np.full(50, 10.0), FPS, heights_per_body=10.0)) == {"right"}
