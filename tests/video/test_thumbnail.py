"""The thumbnail beside a movie, written here byte by byte after the Exif standard."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_video

from rigcoach.video.clip import read_clip

# Tags and types of Exif 2.32: the pointer to the Exif directory, and ExposureTime, a RATIONAL.
EXIF_DIRECTORY, EXPOSURE_TIME, LONG, RATIONAL = 0x8769, 0x829A, 4, 5


def thumbnail(numerator: int, denominator: int) -> bytes:
    """A JPEG whose Exif data hold an exposure time."""
    head = struct.pack("<2sHI", b"II", 42, 8)
    first = struct.pack("<HHHIII", 1, EXIF_DIRECTORY, LONG, 1, 26, 0)
    exif = struct.pack("<HHHIII", 1, EXPOSURE_TIME, RATIONAL, 1, 44, 0)
    tiff = b"Exif\0\0" + head + first + exif + struct.pack("<II", numerator, denominator)
    picture = cv2.imencode(".jpg", np.full((12, 16), 90, np.uint8))[1].tobytes()
    return picture[:2] + struct.pack(">2sH", b"\xff\xe1", len(tiff) + 2) + tiff + picture[2:]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "MVI_0001.MOV", [np.full((48, 64), 90, np.uint8)] * 3)


@pytest.mark.parametrize("suffix", [".THM", ".thm"])
def test_the_shutter_speed_comes_from_the_thumbnail(clip: Path, suffix: str) -> None:
    clip.with_suffix(suffix).write_bytes(thumbnail(1, 50))
    assert read_clip(clip).shutter_s == pytest.approx(1 / 50)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", thumbnail(1, 50)[:30], thumbnail(1, 0), thumbnail(0, 1), thumbnail(30, 1)]
)
def test_a_thumbnail_that_tells_nothing_harms_nothing(clip: Path, content: bytes) -> None:
    assert read_clip(clip).shutter_s is None
    clip.with_suffix(".THM").write_bytes(content)
    assert read_clip(clip).shutter_s is None
