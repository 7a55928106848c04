"""The clean aperture of a QuickTime or MP4 track: which part of the stored picture is meant to be shown.

FFmpeg reads it, but PyAV does not hand it on, so the box is read here: ``clap`` in the track's sample description
(ISO/IEC 14496-12, 12.1.4.2), found by way of moov, trak, mdia, minf, stbl and stsd.
"""

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.video.geometry import Crop
from rigcoach.video.mp4_boxes import boxes, inside, movie_box

if TYPE_CHECKING:
    from av.video.stream import VideoStream

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
    moov = movie_box(path)
    if moov is None:
        return None
    try:
        return _crop(moov, stream.id, width, height)
    except (struct.error, ZeroDivisionError):
        return None  # a description that cannot be read asks for nothing


def _crop(moov: bytes, track_id: int, width: int, height: int) -> Crop | None:
    for kind, trak in boxes(moov):
        if kind != b"trak" or _track_id(inside(trak, b"tkhd")) != track_id:
            continue
        table = trak
        for step in _PATH:
            table = inside(table, step)
        entries = inside(table, b"stsd")[8:]
        entry = next((content for _, content in boxes(entries)), b"")
        clap = inside(entry[_ENTRY_BYTES:], b"clap")
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
