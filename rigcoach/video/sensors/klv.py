"""GoPro's metadata format, GPMF: keys, lengths and values, nested ([GPMF]_, "Length" and "GPMF Nesting").

Reading stops at damage: what came before it stands.

References
----------
.. [GPMF] GoPro, "GPMF Introduction", https://gopro.github.io/gpmf-parser.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats

# Type characters to NumPy's types; all are big-endian. Q numbers are fixed-point ones.
_NUMBERS = {
    "b": "i1", "B": "u1", "s": ">i2", "S": ">u2", "l": ">i4", "L": ">u4", "j": ">i8", "J": ">u8", "f": ">f4",
    "d": ">f8", "q": ">i4", "Q": ">i8",
}  # fmt: skip
_FIXED_POINT = {"q": 2.0**16, "Q": 2.0**32}
_NESTED = "\0"
_HEAD_BYTES = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One key with what it holds: `kind` is the type's character, `size` the bytes of one of `repeat` samples."""

    key: str
    kind: str
    size: int
    repeat: int
    data: bytes

    @property
    def items(self) -> "tuple[Item, ...]":
        """What is nested in it; nothing where it holds values."""
        return tuple(items(self.data)) if self.kind == _NESTED else ()

    @property
    def text(self) -> str:
        """Its value as text."""
        return self.data.decode("latin-1").strip("\0 ")

    @property
    def numbers(self) -> Floats:
        """Its values, one sample a row; none where they are no numbers, or of a structure of their own."""
        if self.kind not in _NUMBERS:
            return np.empty((0, 0))
        kind = np.dtype(_NUMBERS[self.kind])
        columns = self.size // kind.itemsize
        if columns == 0 or self.size % kind.itemsize:
            return np.empty((0, 0))
        values = np.frombuffer(self.data, kind, self.repeat * columns).astype(np.float64)
        return np.asarray(values.reshape(self.repeat, columns) / _FIXED_POINT.get(self.kind, 1.0), dtype=np.float64)


def items(data: bytes) -> Iterator[Item]:
    """Yield the items of one level, in order.

    >>> item, = items(b"DVID" + b"L" + bytes((4, 0, 1)) + bytes((0, 0, 16, 1)))
    >>> item.key, item.numbers.tolist()
    ('DVID', [[4097.0]])
    """
    at = 0
    while at + _HEAD_BYTES <= len(data):
        key, kind, size, repeat = struct.unpack_from(">4scBH", data, at)
        length = size * repeat
        begins = at + _HEAD_BYTES
        if begins + length > len(data) or key == b"\0\0\0\0":
            return
        yield Item(key.decode("latin-1"), kind.decode("latin-1"), size, repeat, data[begins : begins + length])
        # Values are padded to four bytes.
        at = begins + (length + 3) // 4 * 4
