"""Which part of a Matroska track's pictures is meant to be shown: `PixelCropTop` and the like, not given by PyAV.

They stand in the track's entry in the file's head (RFC 9559, 5.1.4.1.28.12 to 15), which is written in EBML (RFC 8794).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rigcoach.video.geometry import Crop

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_SEGMENT, _TRACKS, _CLUSTER = 0x18538067, 0x1654AE6B, 0x1F43B675
_ENTRY, _VIDEO = 0xAE, 0xE0
_WIDTH, _HEIGHT, _BOTTOM, _TOP, _LEFT, _RIGHT = 0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD
_MOST_HEAD_BYTES = 16_000_000


def pixel_crop(path: Path, stream: "VideoStream", width: int, height: int) -> Crop | None:
    """Return the part of a track's pictures that is to be shown; `None` where that is all of them, or nothing is said.

    Parameters
    ----------
    path, stream
        The file and its track.
    width, height
        Size of a decoded picture, in stored pixels.
    """
    if "matroska" not in stream.container.format.name:
        return None
    entries = [content for kind, content in _elements(_tracks(path)) if kind == _ENTRY]
    if stream.index >= len(entries):
        return None
    video = next((content for kind, content in _elements(entries[stream.index]) if kind == _VIDEO), b"")
    told = {kind: int.from_bytes(content) for kind, content in _elements(video)}
    left, top = told.get(_LEFT, 0), told.get(_TOP, 0)
    wide, high = width - left - told.get(_RIGHT, 0), height - top - told.get(_BOTTOM, 0)
    cropped = (wide, high) != (width, height) and wide >= 1 and high >= 1
    # What a decoder has cropped already has another size than the track's.
    return (left, top, wide, high) if cropped and (told.get(_WIDTH), told.get(_HEIGHT)) == (width, height) else None


def _tracks(path: Path) -> bytes:
    """Return what is in the file's element of tracks; nothing where it comes after the pictures."""
    with path.open("rb") as file:
        head = file.read(_MOST_HEAD_BYTES)
    for kind, content in _elements(head):
        if kind == _SEGMENT:
            for inner, tracks in _elements(content):
                if inner == _TRACKS:
                    return tracks
                if inner == _CLUSTER:
                    return b""
    return b""


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of one level: id and contents, cut off where the data end."""
    at = 0
    while at < len(data):
        kind, after_id = _number(data, at, keep_marker=True)
        size, begins = _number(data, after_id, keep_marker=False)
        if kind is None or size is None:
            return
        # A size of all ones is one that was not known yet: up to the end.
        unknown = size == (1 << 7 * (begins - after_id)) - 1
        ends = len(data) if unknown else begins + size
        yield kind, data[begins:ends]
        at = ends


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """Return a number of one to eight bytes, whose first says by its leading zeros how many, and where it ends."""
    if at >= len(data) or data[at] == 0:
        return None, at
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        return None, at
    value = int.from_bytes(data[at : at + length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), at + length
