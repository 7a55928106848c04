"""Crops in Matroska's track entry, and edit lists: what a file says of which pixels and frames are shown."""

import struct

import numpy as np
import pytest
from video.movies import Layout, write_movie

from rigcoach.video.clip import read_clip, read_frames

SIZE = (320, 240)


def numbered(count):
    """Return frames each of which is brighter than the one before, with a bright edge at the left and the top."""
    frames = []
    for i in range(count):
        frame = np.full(SIZE[::-1], 20 + 8 * i, np.uint8)
        frame[:16] = frame[:, :16] = 250
        frames.append(frame)
    return frames


def with_crop(path, *crops):
    """Put two crops, each its id and pixels, into a track's entry, in place of what FFmpeg leaves room for there."""
    data = path.read_bytes()
    size = b"\xb0\x82" + struct.pack(">H", SIZE[0]) + b"\xba\x81" + struct.pack(">B", SIZE[1])
    room = b"\xe0\x8b" + size + b"\x54\xb2\x81\x04" + b"\x55\xee\x81\x00" + b"\xec\x01" + bytes(6) + b"\x02" + bytes(2)
    assert data.count(room) == 1
    video = b"".join(kind + b"\x81" + struct.pack(">B", pixels) for kind, pixels in crops)
    entry = b"\xe0" + struct.pack(">B", 0x80 | len(size + video)) + size + video
    rest = len(room) - len(entry) - 2
    path.write_bytes(data.replace(room, entry + b"\xec" + struct.pack(">B", 0x80 | rest) + bytes(rest)))


def test_crops_of_a_matroska_track_are_honoured(tmp_path):
    path = write_movie(tmp_path / "crop.mkv", numbered(4))
    with_crop(path, (b"\x54\xcc", 16), (b"\x54\xbb", 16))  # left and top
    clip = read_clip(path)
    assert (clip.width, clip.height) == (304, 224)
    frame = next(read_frames(clip)).luma
    assert frame.shape == (224, 304)
    assert frame.max() < 60


def test_a_matroska_file_without_crops_is_shown_whole(tmp_path):
    clip = read_clip(write_movie(tmp_path / "whole.mkv", numbered(4)))
    assert (clip.width, clip.height) == SIZE


def with_edit_list(path, first, count, fps):
    """Show `count` frames from `first` on, by the edit list that FFmpeg wrote for all of them."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst")
    assert data[at + 4] == 0
    entries = struct.unpack_from(">I", data, at + 8)[0]
    mdhd, mvhd = data.index(b"mdhd"), data.index(b"mvhd")
    media_scale, movie_scale = (struct.unpack_from(">I", data, box + 16)[0] for box in (mdhd, mvhd))
    assert entries == 1
    begins = struct.unpack_from(">i", data, at + 16)[0]
    struct.pack_into(">Ii", data, at + 12, round(count * movie_scale / fps), begins + round(first * media_scale / fps))
    path.write_bytes(data)


@pytest.mark.parametrize(("first", "count"), [(5, 10), (0, 8), (6, 14)])
def test_the_frames_that_an_edit_list_shows_are_measured_from_0_s_on(tmp_path, first, count):
    path = write_movie(
        tmp_path / "edited.mov", numbered(20), Layout(options={"crf": "4", "preset": "ultrafast", "g": "1"})
    )
    with_edit_list(path, first, count, 25)
    clip = read_clip(path)
    frames = [(frame.t_s, float(frame.luma[100:, 100:].mean())) for frame in read_frames(clip)]
    assert [round(level) for _, level in frames] == pytest.approx([20 + 8 * (first + i) for i in range(count)], abs=2)
    assert [t_s for t_s, _ in frames] == pytest.approx([i / 25 for i in range(count)], abs=1e-3)
    assert clip.duration_s == pytest.approx(count / 25, abs=0.02)
