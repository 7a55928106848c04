"""Sequences of which only a part is in memory: they hold what a tuple holds."""

import copy
import errno
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from rigcoach.base.stored_sequence import StoredSequence, stored
from rigcoach.base.unnamed_file import StorageError

COUNT = 1024 + 5 * 128 + 7


@pytest.fixture
def many() -> StoredSequence[tuple[int, str]]:
    sequence = stored((i, f"frame {i}") for i in range(COUNT))
    assert isinstance(sequence, StoredSequence)
    return sequence


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def expected() -> list[tuple[int, str]]:
    return [(i, f"frame {i}") for i in range(COUNT)]


@pytest.mark.parametrize("count", [0, 1, 1023, 1024])
def test_a_few_are_a_tuple(count: int) -> None:
    assert stored(iter(range(count))) == tuple(range(count))


def test_one_more_is_no_tuple() -> None:
    assert list(stored(range(1025))) == list(range(1025))


def test_it_holds_what_was_put_in(many: StoredSequence[tuple[int, str]]) -> None:
    assert len(many) == COUNT
    assert list(many) == expected()
    assert [many[i] for i in (0, 1023, 1024, 1151, 1152, COUNT - 1, -1)] == [
        expected()[i] for i in (0, 1023, 1024, 1151, 1152, COUNT - 1, -1)
    ]
    for part in (slice(1020, 1300), slice(None, None, 7), slice(-3, None), slice(5, 2), slice(None, None, -100)):
        assert list(many[part]) == expected()[part]
    for beyond in (COUNT, -COUNT - 1):
        with pytest.raises(IndexError):
            many[beyond]


def test_two_go_through_it_at_once(many: StoredSequence[tuple[int, str]]) -> None:
    assert list(zip(many, many, strict=True)) == list(zip(expected(), expected(), strict=True))


def test_only_a_part_is_in_memory(many: StoredSequence[tuple[int, str]]) -> None:
    list(many)
    assert sum(len(block) for block in many._read.values()) <= 3 * 128


def test_its_file_goes_with_it() -> None:
    before = open_files()
    sequence = stored(range(COUNT))
    assert open_files() == before + 1
    del sequence
    assert open_files() == before


def test_an_error_on_the_way_leaves_no_file_open() -> None:
    def failing() -> Iterator[int]:
        yield from range(COUNT)
        raise ValueError("no more")

    before = open_files()
    with pytest.raises(ValueError, match="no more"):
        stored(failing())
    assert open_files() == before


def test_a_copy_holds_the_same(many: StoredSequence[tuple[int, str]]) -> None:
    assert list(copy.deepcopy(many)) == expected()


def send(pipe: Connection) -> None:
    pipe.send(stored((i, f"frame {i}") for i in range(COUNT)))
    pipe.recv()


def test_another_process_reads_the_same_file() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=send, args=(theirs,))
    process.start()
    received = ours.recv()
    ours.send("read")
    process.join()
    assert list(received) == expected()


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rigcoach.base.unnamed_file.os.pwrite", full)
    with pytest.raises(StorageError, match="No space left"):
        stored(range(COUNT))


def test_what_is_added_one_by_one_is_there_at_once_and_later() -> None:
    sequence: StoredSequence[tuple[int, str]] = StoredSequence()
    for number, item in enumerate(expected()):
        sequence.append(item)
        assert sequence[number] == sequence[-1] == item
    assert len(sequence) == COUNT
    assert list(sequence) == expected()
    assert sequence[100] == expected()[100]
