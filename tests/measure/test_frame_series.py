"""A series of frames against a plain dictionary that is told the same."""

import numpy as np
import pytest

from rigcoach.measure.people.frame_series import FrameSeries, box_series
from rigcoach.measure.people.track import points_of, shares_within, within
from rigcoach.measure.picture.box import Box


def drawn(seed: int, frames: int) -> dict[int, Box]:
    rng = np.random.default_rng(seed)
    at = np.unique(rng.integers(0, 400, frames)).tolist()
    return {i: (i + 0.5, *rng.uniform(0, 90, 3).tolist()) for i in at}


@pytest.mark.parametrize("frames", [0, 1, 90, 700])
def test_tables_hold_what_a_dictionary_does(frames: int) -> None:
    first, second = drawn(1, frames), drawn(2, 60)
    series, other = box_series(first.items()), box_series(second.items())
    at, boxes = series.table()
    assert dict(zip(at.tolist(), map(tuple, boxes.tolist()), strict=True)) == first
    wanted = np.array([*range(390, 410), *range(60, 70)])
    for i, box in zip(wanted.tolist(), series.at(wanted), strict=True):
        assert tuple(box.tolist()) == first[i] if i in first else np.isnan(box).all()
    common, own, theirs = series.both(other)
    assert common.tolist() == sorted(first.keys() & second.keys())
    assert own.tolist() == [list(first[i]) for i in common.tolist()]
    assert theirs.tolist() == [list(second[i]) for i in common.tolist()]


def test_a_series_of_a_table_goes_on_like_any_other() -> None:
    boxes = drawn(3, 120)
    numbers = np.column_stack((np.array([*boxes.values()]), np.full(len(boxes), 0.9), np.arange(len(boxes)) % 2))
    series = points_of(np.array([*boxes]), numbers)
    assert isinstance(series, FrameSeries)
    assert {i: point.box for i, point in series.items()} == boxes
    assert [point.found for point in series.values()] == [bool(i % 2) for i in range(len(boxes))]
    assert (len(series), series.first, series.last) == (len(boxes), min(boxes), max(boxes))
    del series[series.first]
    assert len(series) == len(boxes) - 1
    assert min(boxes) not in series


def test_many_boxes_are_compared_as_two_are() -> None:
    rng = np.random.default_rng(4)
    one, other = (rng.uniform(0, 60, (200, 4)) for _ in range(2))
    other[:10, 2] = 0.0  # nothing of it is left in the frame
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    assert shares_within(one, other) == pytest.approx([within((*a,), (*b,)) for a, b in pairs])
