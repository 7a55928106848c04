"""Sequences as long as a clip has frames, of which only a part is in memory: the rest waits in a temporary file."""

import pickle
import sys
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar, overload

from rigcoach.base.unnamed_file import UnnamedFile

if sys.platform != "win32":
    from multiprocessing.reduction import DupFd

T = TypeVar("T")

MOST_IN_MEMORY = 1024
"""So many items stay in memory as they are: half a minute of frames, which most takes are."""

_BLOCK = 128
_MOST_BLOCKS = 3  # that were read stay in memory: who looks at an item looks at its neighbours next


def stored(items: Iterable[T]) -> Sequence[T]:
    """Return items as a sequence: a tuple where they are few, else one that waits in a file.

    What changes an item that was read changes nothing that is stored.

    Raises
    ------
    rigcoach.base.unnamed_file.StorageError
        Where they cannot be put aside, as on a full disk.
    """
    rest = iter(items)
    first = tuple(islice(rest, MOST_IN_MEMORY))
    following = next(rest, _END)
    if following is _END:
        return first
    return StoredSequence(_and(following, rest), first)


_END: Any = object()


def _and(first: T, rest: Iterator[T]) -> Iterator[T]:
    yield first
    yield from rest


class StoredSequence(Sequence[T], Generic[T]):
    """A sequence whose items, but for the first and last, wait in a file that has no name and goes with the process.

    More can be added at its end.

    It can be sent to another process, which reads the same file then; or pickled as any other, with all its items. On
    Windows it is always pickled.
    """

    def __init__(self, rest: Iterable[T] = (), first: tuple[T, ...] = ()) -> None:
        self._first = first
        self._last: list[T] = []
        self._places: list[tuple[int, int]] = []
        self._read: OrderedDict[int, list[T]] = OrderedDict()
        self._count = len(first)
        self._file = UnnamedFile()
        for item in rest:
            self.append(item)

    def append(self, item: T) -> None:
        """Add an item at the end.

        Raises
        ------
        rigcoach.base.unnamed_file.StorageError
            Where it cannot be put aside, as on a full disk.
        """
        self._last.append(item)
        self._count += 1
        if len(self._last) == _BLOCK:
            self._put(self._last)
            self._last = []

    def _put(self, block: list[T]) -> None:
        # Frames in a row are much alike.
        content = zlib.compress(pickle.dumps(block, pickle.HIGHEST_PROTOCOL), 1)
        self._places.append((self._file.append(content), len(content)))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        if at < len(self._first):
            return self._first[at]
        number, within = divmod(at - len(self._first), _BLOCK)
        return self._block(number)[within]

    def __iter__(self) -> Iterator[T]:
        yield from self._first
        for number in range(len(self._places)):
            yield from self._block(number)
        yield from self._last

    def _block(self, number: int) -> list[T]:
        if number == len(self._places):
            return self._last
        if number in self._read:
            self._read.move_to_end(number)
            return self._read[number]
        offset, size = self._places[number]
        block: list[T] = pickle.loads(zlib.decompress(self._file.read(size, offset)))  # noqa: S301 - our own
        self._read[number] = block
        if len(self._read) > _MOST_BLOCKS:
            self._read.popitem(last=False)
        return block

    def __reduce__(self) -> tuple[Any, ...]:
        return stored, (tuple(self),)


def _sent(sequence: StoredSequence[Any]) -> tuple[Any, ...]:
    """Tell how a sequence is made anew in another process: from the same file, where systems can share one."""
    if sys.platform == "win32":
        return sequence.__reduce__()
    descriptor = DupFd(sequence._file.descriptor)
    kept = sequence._first, sequence._last, sequence._places, sequence._count, sequence._file.size
    return _received, (descriptor, *kept)


def _received(
    descriptor: Any, first: tuple[T, ...], last: list[T], places: list[tuple[int, int]], count: int, size: int
) -> StoredSequence[T]:
    sequence: StoredSequence[T] = StoredSequence.__new__(StoredSequence)
    sequence._file = UnnamedFile(descriptor.detach(), size)
    sequence._first, sequence._last, sequence._places, sequence._read = first, last, places, OrderedDict()
    sequence._count = count
    return sequence


ForkingPickler.register(StoredSequence, _sent)
