"""Work that is done a little ahead, on other threads: in order, with its errors, and over when nobody wants it."""

import threading
from collections.abc import Iterator

import pytest

from rigcoach.analysis.read_ahead import map_ahead, read_ahead


class Counted:
    """Numbers from 0 on, and how many were taken; `closed` once the iterator was."""

    def __init__(self, count: int, fail_at: int | None = None) -> None:
        self.taken, self.closed = 0, threading.Event()
        self._count, self._fail_at = count, fail_at

    def numbers(self) -> Iterator[int]:
        try:
            for number in range(self._count):
                if number == self._fail_at:
                    raise OSError("the cable")
                self.taken += 1
                yield number
        finally:
            self.closed.set()


def test_everything_comes_in_order():
    assert list(read_ahead(Counted(200).numbers(), 3)) == list(range(200))
    # The first of each pair takes longest: what is done sooner waits its turn.
    waits = [threading.Event() for _ in range(100)]

    def late(number: int) -> int:
        if number % 2:
            waits[number - 1].set()
        elif number + 1 < len(waits):
            waits[number].wait(60)
        return number

    assert list(map_ahead(late, iter(range(100)), 2)) == list(range(100))


def test_an_error_comes_after_what_came_before_it():
    for ahead in (
        read_ahead(Counted(50, fail_at=20).numbers(), 3),
        map_ahead(abs, Counted(50, fail_at=20).numbers(), 2),
    ):
        assert [next(ahead) for _ in range(20)] == list(range(20))
        with pytest.raises(OSError, match="the cable"):
            next(ahead)


def test_an_error_of_the_function_is_raised_at_its_place():
    def halved(number: int) -> float:
        return 1 / (number - 7)

    ahead = map_ahead(halved, iter(range(50)), 2)
    assert len([next(ahead) for _ in range(7)]) == 7
    with pytest.raises(ZeroDivisionError):
        next(ahead)


def test_no_more_is_taken_than_is_wanted_and_closing_ends_it():
    counted = Counted(10_000)
    ahead = read_ahead(counted.numbers(), 3)
    assert next(ahead) == 0
    ahead.close()
    assert counted.closed.wait(60)
    assert counted.taken <= 6
    counted = Counted(10_000)
    mapped = map_ahead(abs, counted.numbers(), 2)
    assert next(mapped) == 0
    mapped.close()
    assert counted.taken <= 6
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("read ahead", "map ahead"))]
