"""Compact per-frame data about a person: a clip may last an hour."""

import math
from collections.abc import Callable, ItemsView, Iterable, Iterator, MutableMapping, ValuesView
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.picture.box import Box

T = TypeVar("T")

_FRAMES = 64


class FrameSeries(MutableMapping[int, T], Generic[T]):
    """Values by the numbers of frames, each kept as a few numbers; gone through from the first frame to the last.

    Parameters
    ----------
    width
        How many numbers a value is.
    pack, unpack
        Make a value into numbers, the first of which is never NaN, and numbers into a value.
    items
        What it holds at first.
    """

    def __init__(
        self,
        width: int,
        pack: Callable[[T], tuple[float, ...]],
        unpack: Callable[..., T],
        items: Iterable[tuple[int, T]] = (),
    ) -> None:
        self._width, self._pack, self._unpack = width, pack, unpack
        self._stretches: dict[int, Floats] = {}
        self._count = 0
        for frame, value in items:
            self[frame] = value

    @classmethod
    def of_table(
        cls,
        frames: npt.NDArray[np.int64],
        numbers: Floats,
        pack: Callable[[T], tuple[float, ...]],
        unpack: Callable[..., T],
    ) -> "FrameSeries[T]":
        """Return a series by a table: the numbers of frames (n,), in order, and what each of these holds (n, width)."""
        series = cls(numbers.shape[1], pack, unpack)
        for number, within, mine in _by_stretch(frames):
            rows = series._stretches[number] = np.full((_FRAMES, numbers.shape[1]), np.nan)
            rows[within] = numbers[mine]
        series._count = len(frames)
        return series

    def __getitem__(self, frame: int) -> T:
        stretch = self._stretches.get(frame // _FRAMES)
        if stretch is None:
            raise KeyError(frame)
        numbers = stretch[frame % _FRAMES].tolist()
        if math.isnan(numbers[0]):
            raise KeyError(frame)
        return self._unpack(*numbers)

    def __setitem__(self, frame: int, value: T) -> None:
        number, within = divmod(frame, _FRAMES)
        if number not in self._stretches:
            self._stretches[number] = np.full((_FRAMES, self._width), np.nan)
        self._count += math.isnan(self._stretches[number][within, 0])
        self._stretches[number][within] = self._pack(value)

    def __delitem__(self, frame: int) -> None:
        if frame not in self:
            raise KeyError(frame)
        self._stretches[frame // _FRAMES][frame % _FRAMES] = np.nan
        self._count -= 1

    def __contains__(self, frame: object) -> bool:
        if not isinstance(frame, int):
            return False
        stretch = self._stretches.get(frame // _FRAMES)
        return stretch is not None and not math.isnan(stretch[frame % _FRAMES, 0])

    def __iter__(self) -> Iterator[int]:
        for number in sorted(self._stretches):
            yield from (number * _FRAMES + self._known(number)).tolist()

    def __len__(self) -> int:
        return self._count

    @property
    def first(self) -> int:
        """The first frame; `ValueError` where there is none."""
        return self._end(0)

    @property
    def last(self) -> int:
        """The last frame; `ValueError` where there is none."""
        return self._end(-1)

    def _end(self, at: int) -> int:
        for number in sorted(self._stretches, reverse=at < 0):
            known = self._known(number)
            if len(known):
                return int(number * _FRAMES + known[at])
        raise ValueError("nothing is known of any frame")

    def frames(self) -> npt.NDArray[np.int64]:
        """Return the numbers of the frames, from the first to the last."""
        known = [number * _FRAMES + self._known(number) for number in sorted(self._stretches)]
        return np.concatenate(known) if known else np.empty(0, np.int64)

    def table(self) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the numbers of the frames, from the first to the last, and what each holds, of shape (n, width)."""
        frames = self.frames()
        return frames, self.at(frames)

    def at(self, frames: npt.NDArray[np.int64]) -> Floats:
        """Return what frames hold, of shape (n, width): not numbers where nothing is known."""
        held = np.full((len(frames), self._width), np.nan)
        for number, within, mine in _by_stretch(frames):
            if number in self._stretches:
                held[mine] = self._stretches[number][within]
        return held

    def both(self, other: "FrameSeries[Any]") -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """Return the frames of which both know something, and what each of the two holds of them."""
        frames, own, theirs = [], [], []
        for number in sorted(self._stretches.keys() & other._stretches.keys()):
            mine, others = self._stretches[number], other._stretches[number]
            known = np.flatnonzero(~(np.isnan(mine[:, 0]) | np.isnan(others[:, 0])))
            frames.append(number * _FRAMES + known)
            own.append(mine[known])
            theirs.append(others[known])
        if not frames:
            return np.empty(0, np.int64), np.empty((0, self._width)), np.empty((0, other._width))
        return np.concatenate(frames), np.concatenate(own), np.concatenate(theirs)

    def between(self, first: float, last: float) -> "FrameSeries[T]":
        """Return what is known from a frame to another, both included."""
        part = FrameSeries(self._width, self._pack, self._unpack)
        for number, stretch in self._stretches.items():
            low, high = max(first - number * _FRAMES, 0), min(last + 1 - number * _FRAMES, _FRAMES)
            if low < high:
                part._stretches[number] = np.full_like(stretch, np.nan)
                part._stretches[number][int(low) : int(high)] = stretch[int(low) : int(high)]
                part._count += len(part._known(number))
        return part

    def fill_in(self, other: "FrameSeries[T]") -> None:
        """Take from another series what is known of the frames of which nothing is known here."""
        for number, theirs in other._stretches.items():
            own = self._stretches.get(number)
            before = 0 if own is None else len(self._known(number))
            if own is None:
                self._stretches[number] = theirs.copy()
            else:
                np.copyto(own, theirs, where=np.isnan(own[:, :1]))
            self._count += len(self._known(number)) - before

    def _known(self, number: int) -> npt.NDArray[np.int64]:
        return np.flatnonzero(~np.isnan(self._stretches[number][:, 0]))

    def items(self) -> ItemsView[int, T]:
        """Return frames and values; going through them is much quicker than asking for each."""
        return _Items(self)

    def values(self) -> ValuesView[T]:
        """Return values."""
        return _Values(self)

    def _pairs(self) -> Iterator[tuple[int, T]]:
        for number in sorted(self._stretches):
            known = self._known(number)
            for within, numbers in zip(known.tolist(), self._stretches[number][known].tolist(), strict=True):
                yield number * _FRAMES + within, self._unpack(*numbers)


def _by_stretch(frames: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64], slice]]:
    """Yield the stretches that frames lie in, each as its number, where in it they lie, and which of them do."""
    stretches, within = np.divmod(frames, _FRAMES)
    begin = 0
    for end in (np.flatnonzero(np.diff(stretches, append=-1)) + 1).tolist():
        yield int(stretches[begin]), within[begin:end], slice(begin, end)
        begin = end


class _Items(ItemsView[int, T]):
    def __init__(self, series: FrameSeries[T]) -> None:
        super().__init__(series)
        self._series = series

    def __iter__(self) -> Iterator[tuple[int, T]]:
        return self._series._pairs()


class _Values(ValuesView[T]):
    def __init__(self, series: FrameSeries[T]) -> None:
        super().__init__(series)
        self._series = series

    def __iter__(self) -> Iterator[T]:
        return (value for _, value in self._series._pairs())


def _as_it_is(box: Box) -> Box:
    return box


def _box(*numbers: float) -> Box:
    x, y, width, height = numbers
    return (x, y, width, height)


def box_series(*items: Iterable[tuple[int, Box]]) -> FrameSeries[Box]:
    """Return boxes by frames; of a frame's the last counts.

    >>> boxes = box_series([(300, (1.0, 2.0, 3.0, 4.0)), (2, (5.0, 6.0, 7.0, 8.0))])
    >>> list(boxes), boxes[300], 3 in boxes
    ([2, 300], (1.0, 2.0, 3.0, 4.0), False)
    """
    return FrameSeries(4, _as_it_is, _box, chain(*items))


def number_series() -> FrameSeries[float]:
    """Return numbers by frames."""
    return FrameSeries(1, _alone, float)


def counts_of(frames: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> FrameSeries[int]:
    """Return counts (n,) of frames (n,), which are in order."""
    return FrameSeries.of_table(frames, counts[:, None].astype(np.float64), _alone, int)


def _alone(number: float) -> tuple[float]:
    return (number,)
