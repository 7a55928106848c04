"""Readings of a sensor over time. There are millions in an hour: all but the last wait on the disk."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from rigcoach.base.unnamed_file import UnnamedFile
from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.readings import moments

# So many are in memory, and are read at a time: half a minute of a fast gyro's.
_ROWS = 1 << 13

Part = tuple[Floats, Floats]
"""Readings in a row: times, (n,), and values, (n, k)."""


class Samples:
    """Readings of one sensor: times in seconds from the clip's first frame, rising, and `columns` values each.

    Raises
    ------
    rigcoach.base.unnamed_file.StorageError
        Where they cannot be put aside, as on a full disk.
    """

    def __init__(self, times_s: Floats, values: Floats) -> None:
        self.columns = int(values.shape[1])
        self._waiting: UnnamedFile | None = None
        self._waiting_count = 0
        self._last = np.empty((0, 1 + self.columns))
        self._begins_s: list[float] = []  # of each `_ROWS` that wait
        for start in range(0, len(times_s), _ROWS):
            self.add(times_s[start : start + _ROWS], values[start : start + _ROWS])

    @classmethod
    def of(cls, columns: int, parts: Iterable[Part]) -> "Samples":
        """Return readings that come in parts, in the order of their times."""
        samples = cls(np.empty(0), np.empty((0, columns)))
        for times_s, values in _in_order(columns, parts):
            samples.add(times_s, values)
        if samples._is_rising():
            return samples
        times_s, values = samples.times_s, samples.values
        order = np.argsort(times_s, kind="stable")
        return cls(times_s[order], values[order])

    def add(self, times_s: Floats, values: Floats) -> None:
        """Add readings that are later than all before."""
        self._last = np.concatenate((self._last, np.column_stack((times_s, values))))
        while len(self._last) >= _ROWS:
            if self._waiting is None:
                self._waiting = UnnamedFile()
            self._begins_s.append(float(self._last[0, 0]))
            self._waiting.append(self._last[:_ROWS].tobytes())
            self._waiting_count += _ROWS
            self._last = self._last[_ROWS:].copy()

    def _is_rising(self) -> bool:
        before = -np.inf
        for times_s, _ in self.parts():
            if times_s[0] < before or (np.diff(times_s) < 0).any():
                return False
            before = times_s[-1]
        return True

    def __len__(self) -> int:
        """How many there are."""
        return self._waiting_count + len(self._last)

    def _rows(self, start: int, end: int) -> Floats:
        """Return readings from one to before another, (n, 1 + k), with their times."""
        waiting = min(end, self._waiting_count) - start
        found = self._last[max(start - self._waiting_count, 0) : max(end - self._waiting_count, 0)]
        if self._waiting is None or waiting <= 0:
            return found
        size = 8 * (1 + self.columns)
        read = np.frombuffer(self._waiting.read(size * waiting, size * start)).reshape(waiting, -1)
        return np.concatenate((read, found)) if len(found) else read

    def parts(self) -> Iterator[Part]:
        """Yield all, some at a time."""
        for start in range(0, len(self), _ROWS):
            rows = self._rows(start, min(start + _ROWS, len(self)))
            yield rows[:, 0], rows[:, 1:]

    @property
    def times_s(self) -> Floats:
        """Their times, (n,), all at once."""
        return np.concatenate([np.empty(0), *(times_s.copy() for times_s, _ in self.parts())])

    @property
    def values(self) -> Floats:
        """Their values, (n, k), all at once."""
        return np.concatenate([np.empty((0, self.columns)), *(values.copy() for _, values in self.parts())])

    @property
    def first_s(self) -> float:
        """When the first was taken."""
        return float(self._rows(0, 1)[0, 0])

    @property
    def last_s(self) -> float:
        """When the last was taken."""
        return float(self._rows(len(self) - 1, len(self))[0, 0])

    def between(self, starts_s: float, ends_s: float) -> Part:
        """Return those between two times, and one more on either side where there is one; never none."""
        first = max(self._count_until(starts_s) - 1, 0)
        end = min(max(self._count_before(ends_s), first) + 1, len(self))
        rows = self._rows(first, end)
        return rows[:, 0], rows[:, 1:]

    def _count_until(self, t_s: float) -> int:
        """Return how many are no later than a time."""
        start, times_s = self._block(bisect_right(self._all_begin_s(), t_s) - 1)
        return start + int(np.searchsorted(times_s, t_s, "right"))

    def _count_before(self, t_s: float) -> int:
        """Return how many are before a time."""
        start, times_s = self._block(bisect_left(self._all_begin_s(), t_s) - 1)
        return start + int(np.searchsorted(times_s, t_s, "left"))

    def _all_begin_s(self) -> list[float]:
        return [*self._begins_s, *self._last[:1, 0].tolist()]

    def _block(self, number: int) -> tuple[int, Floats]:
        """Return where a block begins, and its times; of the first where there is none before it."""
        start = max(number, 0) * _ROWS
        return start, self._rows(start, min(start + _ROWS, len(self)))[:, 0]

    def changed(self, columns: int, change: Callable[[Floats, Floats], Floats]) -> "Samples":
        """Return readings of the same times, with values as `change` has them by times and values."""
        return Samples.of(columns, ((times_s, change(times_s, values)) for times_s, values in self.parts()))

    def later(self, by_s: float) -> Iterator[Part]:
        """Yield them so much later, some at a time."""
        return ((times_s + by_s, values) for times_s, values in self.parts())

    def interpolated(self, times_s: Sequence[float] | Floats) -> Floats:
        """Return the readings at times, (m, k), between two of them along a line; the first and last stand beyond."""
        wanted = np.asarray(times_s, dtype=np.float64)
        found = np.empty((len(wanted), self.columns))
        for start, end in moments(wanted):
            at = wanted[start:end]
            known_s, known = self.between(float(at.min()), float(at.max()))
            for k in range(self.columns):
                found[start:end, k] = np.interp(at, known_s, known[:, k])
        return found

    def at(self, times_s: Sequence[float]) -> Floats:
        """Return the readings at times, (m, k), between two of them along a line; NaN beyond the first and last."""
        wanted = np.asarray(times_s, dtype=np.float64)
        first = self._rows(0, min(_ROWS, len(self)))[:, 0]
        step_s = float(np.median(np.diff(first))) if len(first) > 1 else 0.0
        found = self.interpolated(wanted)
        found[(wanted < self.first_s - 1.5 * step_s) | (wanted > self.last_s + 1.5 * step_s)] = np.nan
        return found


def _in_order(columns: int, parts: Iterable[Part]) -> Iterator[Part]:
    """Yield readings with those in order that come a little late, as one file's last do after the next one's first."""
    held_s, held = np.empty(0), np.empty((0, columns))
    for times_s, values in parts:
        held_s, held = np.concatenate((held_s, times_s)), np.concatenate((held, values))
        if (np.diff(held_s) < 0).any():
            order = np.argsort(held_s, kind="stable")
            held_s, held = held_s[order], held[order]
        ready = max(len(held_s) - _ROWS, 0)
        if ready:
            yield held_s[:ready], held[:ready]
            held_s, held = held_s[ready:].copy(), held[ready:].copy()
    yield held_s, held
