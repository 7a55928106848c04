"""TIFF directories, of which EXIF and raw files are made (TIFF 6.0; EXIF 2.3, JEITA CP-3451C): little-endian."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_HEADER = struct.pack("<2sHI", b"II", 42, 8)
_MOST_DENOMINATOR = 1_000_000


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that lie somewhere in the file, to which a directory points: a thumbnail, a strip of pixels."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Rational:
    """A fraction as the file has it; denominators that cameras write are kept."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, value: float) -> "Rational":
        """Return the nearest fraction with a moderate denominator.

        >>> Rational.of(0.02), Rational.of(0)
        (Rational(numerator=1, denominator=50), Rational(numerator=0, denominator=1))
        """
        near = Fraction(value).limit_denominator(_MOST_DENOMINATOR)
        return cls(near.numerator, near.denominator)


class Directory:
    """One image file directory: tags with their values, and what they point to."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[int, int, bytes] | Blob | list[Directory]] = {}

    def text(self, tag: int, value: str) -> None:
        """Add ASCII text."""
        data = value.encode("ascii", errors="replace") + b"\0"
        self._entries[tag] = (2, len(data), data)

    def raw(self, tag: int, data: bytes, *, undefined: bool = False) -> None:
        """Add bytes, as such or as what only the tag itself explains."""
        self._entries[tag] = (7 if undefined else 1, len(data), data)

    def shorts(self, tag: int, *values: int) -> None:
        """Add u16."""
        self._entries[tag] = (3, len(values), struct.pack(f"<{len(values)}H", *values))

    def longs(self, tag: int, *values: int) -> None:
        """Add u32."""
        self._entries[tag] = (4, len(values), struct.pack(f"<{len(values)}I", *values))

    def rationals(self, tag: int, *values: Rational, signed: bool = False) -> None:
        """Add fractions."""
        numbers = [number for value in values for number in (value.numerator, value.denominator)]
        data = struct.pack(f"<{len(numbers)}{'i' if signed else 'I'}", *numbers)
        self._entries[tag] = (10 if signed else 5, len(values), data)

    def points_to(self, tag: int, blob: Blob) -> None:
        """Add the place of some bytes."""
        self._entries[tag] = blob

    def directories(self, tag: int, *below: "Directory") -> None:
        """Add the places of other directories."""
        self._entries[tag] = list(below)

    def pack(self, at: int, following: "Directory | None" = None) -> bytes:
        """Return the directory as it lies at a place in the file, with all that it points to and the next one."""
        table_bytes = 2 + 12 * len(self._entries) + 4
        behind = bytearray()

        def place(data: bytes) -> int:
            # Values begin at even places.
            if len(behind) % 2:
                behind.append(0)
            behind.extend(data)
            return at + table_bytes + len(behind) - len(data)

        rows = []
        for tag, entry in sorted(self._entries.items()):
            match entry:
                case Blob(data):
                    rows.append(struct.pack("<HHII", tag, 4, 1, place(data)))
                case list():
                    places = []
                    for below in entry:
                        start = at + table_bytes + len(behind) + len(behind) % 2
                        places.append(place(below.pack(start)))
                    value = places[0] if len(places) == 1 else place(struct.pack(f"<{len(places)}I", *places))
                    rows.append(struct.pack("<HHII", tag, 4, len(places), value))
                case (kind, count, data):
                    inline = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", place(data))
                    rows.append(struct.pack("<HHI", tag, kind, count) + inline)
        next_at = 0
        tail = b""
        if following is not None:
            next_at = at + table_bytes + len(behind) + len(behind) % 2
            behind.extend(b"\0" * (len(behind) % 2))
            tail = following.pack(next_at)
        return struct.pack("<H", len(rows)) + b"".join(rows) + struct.pack("<I", next_at) + bytes(behind) + tail


def tiff(directories: Sequence[Directory]) -> bytes:
    """Return a whole file of one or two directories, one behind the other."""
    first, *more = directories
    return _HEADER + first.pack(len(_HEADER), more[0] if more else None)
