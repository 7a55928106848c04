"""Pictures upright and square: turned and mirrored ones, narrow pixels, crops."""

import struct
from fractions import Fraction

import cv2
import numpy as np
import pytest
from video.movies import Layout, scene, write_movie

from rigcoach.video.clip import read_clip, read_frames, read_pictures

STORED = scene(0)


def whole(grey):
    return grey.astype(float)


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_display_matrix_is_followed_whole(tmp_path, turn, mirrored, upside_down):
    layout = Layout(rotate_deg=turn, mirrored=mirrored, upside_down=upside_down)
    path = write_movie(tmp_path / "turned.mov", [STORED] * 2, layout)
    # libavutil/display.h: the turn first, anticlockwise; then av_display_matrix_flip.
    shown = np.rot90(STORED, turn // 90)
    shown = shown[:, ::-1] if mirrored else shown
    shown = shown[::-1] if upside_down else shown
    clip = read_clip(path)
    luma = next(iter(read_frames(clip))).luma
    assert luma.shape == shown.shape == (clip.height, clip.width)
    assert np.abs(luma - whole(shown)).mean() < 1
    rgb = next(iter(read_pictures(clip))).rgb
    assert np.abs(rgb[..., 1].astype(float) - shown).mean() < 2


@pytest.mark.parametrize(
    ("stored", "aspect"), [((240, 180), Fraction(4, 3)), ((360, 180), Fraction(8, 9)), ((160, 180), Fraction(2))]
)
def test_pixels_that_are_not_square_are_made_so(tmp_path, stored, aspect):
    square = scene(0, (320, 180))
    squeezed = np.asarray(cv2.resize(square, stored, interpolation=cv2.INTER_AREA), np.uint8)
    clip = read_clip(write_movie(tmp_path / "narrow.mp4", [squeezed] * 2, Layout(aspect=aspect)))
    assert (clip.width, clip.height) == (320, 180)
    luma = next(iter(read_frames(clip))).luma
    assert np.abs(luma - whole(square)).mean() < 1.2
    assert next(iter(read_pictures(clip))).rgb.shape == (180, 320, 3)


def test_narrow_pixels_of_a_turned_file_are_made_square_before_it_is_turned(tmp_path):
    squeezed = np.asarray(cv2.resize(STORED, (240, 180), interpolation=cv2.INTER_AREA), np.uint8)
    layout = Layout(aspect=Fraction(4, 3), rotate_deg=90)
    clip = read_clip(write_movie(tmp_path / "both.mp4", [squeezed] * 2, layout))
    assert (clip.width, clip.height) == (180, 320)
    assert np.abs(next(iter(read_frames(clip))).luma - whole(np.rot90(STORED))).mean() < 1.2


def test_of_1088_coded_lines_1080_are_shown(tmp_path):
    # H.264 codes whole blocks of 16 lines; what is beyond the picture is cropped by its sequence header.
    picture = scene(0, (320, 1080))
    clip = read_clip(write_movie(tmp_path / "avchd.mts", [picture] * 2, Layout(container="mpegts")))
    assert (clip.width, clip.height) == (320, 1080)
    assert next(iter(read_frames(clip))).luma.shape == (1080, 320)


def with_clean_aperture(path, wide, high, right=0, down=0):
    """Put a clap box (ISO/IEC 14496-12, 12.1.4) into the sample description of a MOV whose index is last."""
    data = bytearray(path.read_bytes())
    clap = struct.pack(">I4sIIIIiIiI", 40, b"clap", wide, 1, high, 1, right, 1, down, 1)
    entry = data.index(b"avc1", data.index(b"stsd")) - 4
    end = entry + struct.unpack_from(">I", data, entry)[0]
    data[end:end] = clap
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        at = data.index(kind, data.index(b"moov")) - 4
        struct.pack_into(">I", data, at, struct.unpack_from(">I", data, at)[0] + 40)
    struct.pack_into(">I", data, entry, struct.unpack_from(">I", data, entry)[0] + 40)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("right", "down"), [(0, 0), (-12, 5)])
def test_a_clean_aperture_is_what_is_shown(tmp_path, right, down):
    path = with_clean_aperture(write_movie(tmp_path / "clap.mov", [STORED] * 2), 280, 160, right, down)
    clip = read_clip(path)
    assert (clip.width, clip.height) == (280, 160)
    left, top = 20 + right, 10 + down
    luma = next(iter(read_frames(clip))).luma
    assert np.abs(luma - whole(STORED[top : top + 160, left : left + 280])).mean() < 1
    assert next(iter(read_pictures(clip))).rgb.shape == (160, 280, 3)


def test_a_clean_aperture_larger_than_the_picture_is_passed_over(tmp_path):
    clip = read_clip(with_clean_aperture(write_movie(tmp_path / "clap.mov", [STORED] * 2), 400, 160))
    assert (clip.width, clip.height) == (320, 180)
