"""The boxes of QuickTime and MP4 files (ISO/IEC 14496-12, 4.2), for what PyAV does not give."""

from collections.abc import Iterator
from pathlib import Path

_MOST_MOOV_BYTES = 64_000_000


def movie_box(path: Path) -> bytes | None:
    """Return what is in a file's first box ``moov``; `None` where it has none."""
    with path.open("rb") as file:
        size_of_file = path.stat().st_size
        at = 0
        while at + 8 <= size_of_file:
            file.seek(at)
            head = file.read(16)
            size, kind, start = _head(head, 0, size_of_file - at)
            if kind == b"moov":
                file.seek(at + start)
                return file.read(min(size - start, _MOST_MOOV_BYTES))
            at += size
    return None


def _head(data: bytes, at: int, left: int) -> tuple[int, bytes, int]:
    """Return a box's size, its kind, and where its contents begin in it."""
    size, kind, start = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
    if size == 1:
        size, start = int.from_bytes(data[at + 8 : at + 16]), 16
    # 0 means: up to the end. What is smaller than its own head is damaged, and ends there too.
    return (size if start <= size <= left else left), kind, start


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the boxes of one level: kind and contents."""
    at = 0
    while at + 8 <= len(data):
        size, kind, start = _head(data, at, len(data) - at)
        yield kind, data[at + start : at + size]
        at += size


def inside(data: bytes, kind: bytes) -> bytes:
    """Return what is in the first box of a kind; nothing where there is none."""
    return next((content for found, content in boxes(data) if found == kind), b"")
