"""Folders of stills as clips: what is read of each, in which order, and what is refused."""

import io
import json
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from known import known
from PIL import Image
from PIL.ExifTags import Base
from stills import SIZE, write_stills

from rigcoach.cli.main import main
from rigcoach.video.clip import ClipError, read_frames, read_pictures, read_sequence
from rigcoach.video.stills import describe_stills, find_stills, read_colour, read_luma


def test_stills_are_in_the_order_of_their_numbers(tmp_path):
    for name in ("IMG_10.jpg", "IMG_9.jpg", "IMG_9.CR2", "IMG_11.NEF", "notes.txt", ".IMG_1.jpg"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in find_stills(tmp_path)] == ["IMG_9.jpg", "IMG_10.jpg", "IMG_11.NEF"]


def test_exif_tells_when_and_how_each_was_taken(tmp_path):
    stills = describe_stills(find_stills(write_stills(tmp_path, 3, iso=[100, 200, 400], interval_s=2.5)))
    assert [known(still.taken_s) - known(stills[0].taken_s) for still in stills] == pytest.approx([0, 2.5, 5.0])
    # 1/50 s at f/8 and ISO 100; a stop more for each doubling.
    assert stills[0].asked_ev == pytest.approx(np.log2(0.02 / 64))
    assert [known(still.asked_ev) - known(stills[0].asked_ev) for still in stills] == pytest.approx([0, 1, 2])


@pytest.mark.parametrize("ending", [".JPG", ".tif"])
def test_frames_are_the_stills_shown_at_the_rate_asked_for(tmp_path, ending):
    clip = read_sequence(write_stills(tmp_path, 4, ending=ending), fps=Fraction(10))
    frames = list(read_frames(clip))
    assert [frame.t_s for frame in frames] == pytest.approx([i / 10 for i in range(4)])
    assert [frame.luma.shape for frame in frames] == [SIZE[::-1]] * 4
    assert [picture.index for picture in read_pictures(clip, {1, 3})] == [1, 3]
    assert clip.duration_s == pytest.approx(0.4)


def test_a_tiff_of_16_bits_gives_the_luma_of_one_of_8(tmp_path):
    grey = np.tile(np.arange(0, 256, dtype=np.uint8), (64, 1))
    Image.fromarray(grey).save(tmp_path / "8.tif")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "16.tif")
    eight, sixteen = (read_luma(tmp_path / name).astype(int) for name in ("8.tif", "16.tif"))
    assert np.abs(eight - sixteen).max() <= 1


def test_a_still_is_turned_upright_by_its_exif(tmp_path):
    exif = Image.Exif()
    exif[Base.Orientation] = 6  # to be turned clockwise
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, :10] = 255
    Image.fromarray(picture).save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = read_colour(tmp_path / "a.jpg")
    assert upright.shape == (60, 40, 3)
    assert upright[:8].min() > 200
    assert upright[20:].max() < 50


def test_of_a_raw_the_largest_picture_in_it_is_read(tmp_path):
    def jpeg(size, shade):
        data = io.BytesIO()
        Image.new("RGB", size, (shade,) * 3).save(data, "JPEG")
        return data.getvalue()

    # As a raw holds them: a thumbnail, a preview, and its own lossless data, which begin as a JPEG does.
    own = b"\xff\xd8\xff\xc4" + bytes(500)
    (tmp_path / "a.CR2").write_bytes(b"II*\0" + bytes(60) + jpeg((160, 120), 10) + jpeg((720, 480), 180) + own)
    assert read_colour(tmp_path / "a.CR2").shape == (480, 720, 3)
    assert read_colour(tmp_path / "a.CR2").mean() == pytest.approx(180, abs=3)


@pytest.mark.parametrize(
    ("name", "code"),
    [("empty", "sequence.no-stills"), ("damaged", "sequence.unreadable"), ("mixed", "sequence.mixed"),
     ("file", "sequence.no-folder")],
)  # fmt: skip
def test_what_is_no_sequence_is_refused_in_words(tmp_path, name, code):
    folder = tmp_path / "stills"
    write_stills(folder, 3)
    if name == "empty":
        for path in folder.iterdir():
            path.unlink()
    elif name == "damaged":
        (folder / "IMG_0002.JPG").write_bytes(b"not a picture")
    elif name == "mixed":
        Image.new("RGB", (64, 64)).save(folder / "IMG_0004.JPG")
    else:
        folder = folder / "IMG_0001.JPG"
    with pytest.raises(ClipError) as refused:
        list(read_frames(read_sequence(folder)))
    assert refused.value.code == code


@pytest.mark.slow
def test_the_command_scores_a_folder_of_stills(tmp_path):
    folder = write_stills(tmp_path, 12, missing=(5,))
    done = CliRunner().invoke(main, ["score", str(folder), "--sequence", "--fps", "12", "--json"])
    assert done.exit_code == 0, done.output
    (document,) = json.loads(done.stdout)
    assert document["frame_count"] == document["sequence"]["pictures"] == 11
    assert document["fps"] == 12
    assert document["sequence"]["missed"] == [{"after": "IMG_0005.JPG", "pictures": 1}]
    assert document["advice"][0]["code"] == "sequence.missed-intervals"


def test_fps_without_sequence_is_wrong_usage(tmp_path):
    assert CliRunner().invoke(main, ["score", str(tmp_path), "--fps", "12"]).exit_code == 2


@pytest.mark.slow
def test_a_sequence_has_a_report_beside_its_folder(tmp_path):
    folder = write_stills(tmp_path / "dawn", 12, missing=(5,))
    done = CliRunner().invoke(main, ["review", str(folder), "--sequence"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "dawn.review.html").read_text()
    assert "Pictures missing: 1 (gaps: 1)" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dawn", "dawn.review.html"]
