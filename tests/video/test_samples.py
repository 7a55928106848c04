"""Readings that wait on the disk are those that were put in."""

import errno
import os

import numpy as np
import pytest

from rigcoach.base.unnamed_file import StorageError
from rigcoach.measure.arrays import Floats
from rigcoach.video.sensors.samples import Part, Samples

COUNT = 30_000


@pytest.fixture
def arrays() -> Part:
    random = np.random.default_rng(1)
    return np.cumsum(random.uniform(0.001, 0.02, COUNT)), random.normal(size=(COUNT, 3))


def test_they_are_those_that_were_put_in(arrays: Part) -> None:
    times_s, values = arrays
    for samples in (Samples(times_s, values), Samples.of(3, ((times_s[i : i + 700], values[i : i + 700])
                                                            for i in range(0, COUNT, 700)))):  # fmt: skip
        assert len(samples) == COUNT
        assert (samples.first_s, samples.last_s) == (times_s[0], times_s[-1])
        np.testing.assert_array_equal(samples.times_s, times_s)
        np.testing.assert_array_equal(samples.values, values)
        np.testing.assert_array_equal(samples.changed(2, lambda _, rows: rows[:, :2] * 3).values, values[:, :2] * 3)


@pytest.mark.parametrize("span", [(-5.0, -1.0), (0.0, 0.001), (50.0, 50.0), (80.0, 170.0), (-1.0, 1e6), (1e5, 1e6)])
def test_a_part_of_them_has_one_more_on_either_side(arrays: Part, span: tuple[float, float]) -> None:
    times_s, values = arrays
    found_s, found = Samples(times_s, values).between(*span)
    first = max(int(np.searchsorted(times_s, span[0], "right")) - 1, 0)
    end = min(int(np.searchsorted(times_s, span[1], "left")) + 1, COUNT)
    np.testing.assert_array_equal(found_s, times_s[min(first, COUNT - 1) : max(end, 1)])
    np.testing.assert_array_equal(found, values[min(first, COUNT - 1) : max(end, 1)])


def test_between_two_of_them_they_are_along_a_line(arrays: Part) -> None:
    times_s, values = arrays
    at = np.sort(np.random.default_rng(2).uniform(-3.0, times_s[-1] + 3.0, 5000))
    samples = Samples(times_s, values)
    expected = np.stack([np.interp(at, times_s, column) for column in values.T], axis=1)
    np.testing.assert_array_equal(samples.interpolated(at), expected)
    within = (at > times_s[0]) & (at < times_s[-1])
    np.testing.assert_array_equal(samples.at(at.tolist())[within], expected[within])
    assert np.isnan(samples.at([-1.0, float(times_s[-1]) + 1.0])).all()


@pytest.mark.parametrize("late", [20, COUNT // 2])
def test_what_comes_late_is_put_in_its_place(arrays: Part, late: int) -> None:
    times_s, values = arrays
    numbers = np.arange(COUNT)
    numbers[100 : 100 + late] = numbers[100 : 100 + late][::-1]
    rows: Floats = values[numbers]
    samples = Samples.of(3, ((times_s[numbers[i : i + 500]], rows[i : i + 500]) for i in range(0, COUNT, 500)))
    np.testing.assert_array_equal(samples.times_s, times_s)
    np.testing.assert_array_equal(samples.values, values)


def test_a_full_disk_is_told(arrays: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rigcoach.base.unnamed_file.os.pwrite", full)
    with pytest.raises(StorageError, match="No space left"):
        Samples(*arrays)
