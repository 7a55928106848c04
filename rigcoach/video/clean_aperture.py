"""The clean aperture of a QuickTime or MP4 track: which part of the stored picture is meant to be shown.

FFmpeg reads it, but PyAV does not hand it on, so the box is read here: ``clap`` in the track's sample description
(ISO/IEC 14496-12, 12.1.4.2), found by way of moov, trak, mdia, minf, stbl and stsd.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.video.geometry import Crop

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_MOST_MOOV_BYTES = 64_000_000
# Of a visual sample entry, before the boxes in it (ISO/IEC 14496-12, 12.1.3).
_ENTRY_BYTES = 78
_PATH = (b"mdia", b"minf", b"stbl")


def clean_aperture(path: Path, stream: "VideoStream", width: int, height: int) -> Crop | None:
    """Return the part of a track's pictures that is to be shown; `None` where that is all of them, or nothing is said.

    Parameters
    ----------
    path, stream
        The file and its track.
    width, height
        Size of a decoded picture, in stored pixels.
    """
    if "mov" not in stream.container.format.name:
        return None
    moov = _moov(path)
    if moov is None:
        return None
    try:
        return _crop(moov, stream.id, width, height)
    except (struct.error, ZeroDivisionError):
        return None  # a description that cannot be read asks for nothing


def _moov(path: Path) -> bytes | None:
    """Return what is in the file's first box ``moov``."""
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


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind, start = _head(data, at, len(data) - at)
        yield kind, data[at + start : at + size]
        at += size


def _inside(data: bytes, kind: bytes) -> bytes:
    return next((content for found, content in _boxes(data) if found == kind), b"")


def _crop(moov: bytes, track_id: int, width: int, height: int) -> Crop | None:
    for kind, trak in _boxes(moov):
        if kind != b"trak" or _track_id(_inside(trak, b"tkhd")) != track_id:
            continue
        table = trak
        for step in _PATH:
            table = _inside(table, step)
        entries = _inside(table, b"stsd")[8:]
        entry = next((content for _, content in _boxes(entries)), b"")
        clap = _inside(entry[_ENTRY_BYTES:], b"clap")
        return _placed(clap, width, height) if clap else None
    return None


def _track_id(tkhd: bytes) -> int:
    # Version 1 writes its times, which come first, in 64 bits.
    return int(struct.unpack_from(">I", tkhd, 20 if tkhd[:1] == b"\x01" else 12)[0])


def _placed(clap: bytes, width: int, height: int) -> Crop | None:
    numbers = struct.unpack_from(">IIIIiIiI", clap)
    wide, high, right, down = (numbers[i] / numbers[i + 1] for i in (0, 2, 4, 6))
    left, top = round((width - wide) / 2 + right), round((height - high) / 2 + down)
    crop = (left, top, round(wide), round(high))
    inside = left >= 0 and top >= 0 and crop[2] >= 1 and crop[3] >= 1
    if not inside or left + crop[2] > width or top + crop[3] > height or crop == (0, 0, width, height):
        return None
    return crop
