"""Roll through a clip by looks at a drawn street, whose camera turns as is known."""

import math

import numpy as np
import pytest
from measure.test_roll import street, turned

from rigcoach.analysis.clip_roll import CameraPath, camera_path, rolls_by_lines
from rigcoach.measure.arrays import Floats
from rigcoach.measure.picture.line_segments import LineSegments, line_segments
from rigcoach.measure.picture.roll import Roll

FPS = 10
LOOKS = range(0, 30, 5)


def rolls_deg() -> Floats:
    return 3.0 + 2.5 * np.sin(np.arange(30) / FPS * 2)


def looks(rolls: Floats, *, seen: range = LOOKS) -> list[LineSegments | None]:
    return [line_segments(turned(street(), float(roll))) if i in seen else None for i, roll in enumerate(rolls)]


def steps(rolls: Floats) -> list[tuple[float, float, float] | None]:
    return [None, *((0.0, 0.0, float(turn)) for turn in np.diff(rolls))]


def told_by(each: list[LineSegments | None], path: CameraPath) -> list[Roll | None]:
    return list(rolls_by_lines([i / FPS for i in range(30)], each, path))


def test_every_frame_has_the_roll_of_its_moment_with_an_interval_that_holds_it() -> None:
    rolls = rolls_deg()
    told = told_by(looks(rolls), camera_path(steps(rolls), 720))
    for each, roll in zip(told, rolls, strict=True):
        assert each is not None
        assert each.roll_deg == pytest.approx(roll, abs=0.5)
        assert each.interval_deg[0] < roll < each.interval_deg[1]


def test_between_looks_the_roll_goes_as_the_camera_turned() -> None:
    rolls = rolls_deg()
    only = looks(rolls, seen=range(10, 11))
    told = told_by(only, camera_path(steps(rolls), 720))
    assert told[10] is not None
    assert told[20] is not None
    assert told[20].roll_deg - told[10].roll_deg == pytest.approx(rolls[20] - rolls[10], abs=1e-6)
    # No farther than a roll holds.
    assert told[25] is None


def test_what_lies_beyond_a_cut_is_another_scene() -> None:
    rolls = np.where(np.arange(30) < 15, 5.0, -5.0)
    moved = steps(rolls)
    moved[15] = None
    told = told_by(looks(rolls), camera_path(moved, 720))
    assert [each.roll_deg for each in told if each is not None] == pytest.approx(rolls, abs=0.5)


def test_a_path_adds_turns_and_shifts_in_their_order() -> None:
    path = camera_path([None, (72.0, 0.0, 90.0), (0.0, 72.0, 0.0), None], 720)
    turn, shift = path.between(0, 2) or (0j, 0j)
    # Turned a quarter clockwise about the frame's middle, then moved right and down by a tenth of its height.
    assert turn * 0.3 + shift == pytest.approx(0.1 + 0.4j)
    assert math.degrees(np.angle(turn)) == pytest.approx(90)
    assert path.between(2, 3) is None
