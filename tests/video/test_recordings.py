"""Recordings in several files, told by names or clocks; footage in folders and on cards; frames across a split."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from commands import run
from video.movies import Layout, add_track, fill_track, frames_size, scene, write_movie

from rigcoach.video.clip import read_clip, read_frames, read_pictures
from rigcoach.video.container import ClipError
from rigcoach.video.footage import find_footage
from rigcoach.video.recordings import recording_from, recordings

FRAMES = [scene(i, step_px=4) for i in range(20)]
BEGUN = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


def movie(path: Path, frames=FRAMES[:5], begun: datetime | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format={".360": "mp4", ".insv": "mp4"}.get(path.suffix)) as output:
        if begun is not None:
            output.metadata["creation_time"] = begun.isoformat()
        stream = add_track(output, frames_size(frames), Layout())
        fill_track(output, stream, frames, Layout())
    return path


def named(found) -> list[list[str]]:
    return [[path.name for path in each.files] for each in found]


@pytest.mark.parametrize(
    "names",
    [
        [["GX010042.MP4", "GX020042.MP4", "GX030042.MP4"], ["GX010043.MP4"]],
        [["GH010001.MP4", "GH020001.MP4"]],
        [["GS010001.360", "GS020001.360"]],
        [["GOPR0042.MP4", "GP010042.MP4", "GP020042.MP4"], ["GOPR0043.MP4"]],
        [["DJI_0042_001.MP4", "DJI_0042_002.MP4"], ["DJI_0043_001.MP4"]],
        [["VID_20240517_093000_00_001.insv", "VID_20240517_093000_00_002.insv"], ["VID_20240517_094500_00_003.insv"]],
        [["100GOPRO-GX010042.MP4", "100GOPRO-GX020042.MP4"]],
        # Nothing but a chapter's name says that these are chapters.
        [["MVI_0001.MP4"], ["MVI_0002.MP4"], ["clip.MP4"], ["GX020050.MP4"], ["GX040050.MP4"]],
    ],
)
def test_chapters_are_told_by_their_names(tmp_path, names):
    paths = [tmp_path / name for group in names for name in group]
    assert sorted(named(recordings(reversed(paths)))) == sorted(names)


def test_chapters_in_two_folders_are_two_recordings(tmp_path):
    paths = [tmp_path / "100GOPRO" / "GX010042.MP4", tmp_path / "101GOPRO" / "GX020042.MP4"]
    assert len(recordings(paths)) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("C0001.MP4", "C0002.MP4"),
        ("MVI_0007.MOV", "MVI_0008.MOV"),
        pytest.param("DJI_0009.MP4", "DJI_0010.MP4", marks=pytest.mark.slow),
        pytest.param("DJI_20240517093000_0001_D.MP4", "DJI_20240517093120_0002_D.MP4", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(("gap_s", "together"), [(0.0, True), (-0.4, True), (5.0, False), (-3.0, False), (3600, False)])
def test_files_that_count_on_are_one_recording_where_their_clocks_run_on(tmp_path, first, second, gap_s, together):
    long = [FRAMES[0]] * 100
    movie(tmp_path / first, long, BEGUN)
    movie(tmp_path / second, long, BEGUN + timedelta(seconds=4 + gap_s))
    found = named(recordings([tmp_path / first, tmp_path / second]))
    assert found == ([[first, second]] if together else [[first], [second]])


def test_files_that_do_not_count_on_are_not_looked_into(tmp_path):
    movie(tmp_path / "C0001.MP4", FRAMES, BEGUN)
    movie(tmp_path / "C0003.MP4", FRAMES, BEGUN + timedelta(seconds=0.8))
    assert len(recordings(tmp_path.iterdir())) == 2


def test_files_of_another_kind_of_picture_are_another_recording(tmp_path):
    movie(tmp_path / "C0001.MP4", FRAMES, BEGUN)
    movie(tmp_path / "C0002.MP4", [frame[:90] for frame in FRAMES], BEGUN + timedelta(seconds=0.8))
    assert len(recordings(tmp_path.iterdir())) == 2


def split_stream(folder: Path, overlap: int = 0) -> list[Path]:
    """Split a transport stream as AVCHD cameras do: time codes run on, and frames may stand in both files."""
    paths = [folder / "00001.MTS", folder / "00002.MTS"]
    for path, first, last in zip(paths, (0, 10 - overlap), (10, 20), strict=True):
        times = [2 + i / 25 for i in range(first, last)]
        write_movie(path, FRAMES[first:last], Layout(container="mpegts"), times_s=times)
    return paths


@pytest.mark.parametrize("overlap", [0, 1])
def test_a_split_transport_stream_is_one_recording_without_a_frame_lost_or_twice(tmp_path, overlap):
    first, second = split_stream(tmp_path, overlap)
    assert named(recordings([first, second])) == [["00001.MTS", "00002.MTS"]]
    clip = read_clip(first, [second])
    frames = list(read_frames(clip))
    assert [frame.t_s for frame in frames] == pytest.approx([i / 25 for i in range(20)], abs=2e-3)
    for frame, picture in zip(frames, FRAMES, strict=True):
        assert np.abs(frame.luma - picture.astype(float)).mean() < 1


def test_two_clips_of_a_camcorder_are_two_recordings(tmp_path):
    for name in ("00001.MTS", "00002.MTS"):
        write_movie(tmp_path / name, FRAMES, Layout(container="mpegts"))
    assert len(recordings(tmp_path.iterdir())) == 2


def test_frames_and_pictures_go_on_across_a_split(tmp_path):
    paths = [movie(tmp_path / f"GX0{i}0042.MP4", FRAMES[5 * i - 5 : 5 * i]) for i in (1, 2, 3)]
    clip = read_clip(paths[0], paths[1:])
    assert clip.duration_s == pytest.approx(0.6)
    assert clip.files == tuple(paths)
    assert clip.notes[0] == ("GX010042.MP4 continues in GX020042.MP4 and GX030042.MP4: scored as one recording")
    frames = list(read_frames(clip))
    assert [frame.t_s for frame in frames] == pytest.approx([i / 25 for i in range(15)])
    for frame, picture in zip(frames, FRAMES[:15], strict=True):
        assert np.abs(frame.luma - picture.astype(float)).mean() < 1
    (eighth,) = read_pictures(clip, {7})
    assert eighth.t_s == pytest.approx(7 / 25)
    assert np.abs(eighth.rgb[..., 1] - FRAMES[7].astype(float)).mean() < 2


def test_what_is_not_of_one_recording_is_refused_in_words(tmp_path):
    first = movie(tmp_path / "GX010042.MP4")
    other = movie(tmp_path / "GX020042.MP4", [frame[:90] for frame in FRAMES])
    with pytest.raises(ClipError, match="one is 320 x 180 at 25 frames a second, the other 320 x 90"):
        read_clip(first, [other])
    shutil.copy(first, tmp_path / "GX030042.MP4")
    assert named([recording_from(other)]) == [["GX020042.MP4", "GX030042.MP4"]]


CARD = {
    "DCIM/100GOPRO/GX010042.MP4": "clip",
    "DCIM/100GOPRO/GX020042.MP4": "clip",
    "DCIM/100GOPRO/GX010042.THM": "thumbnail",
    "DCIM/100GOPRO/GX020042.THM": "thumbnail",
    "DCIM/100GOPRO/GL010042.LRV": "proxy",
    "DCIM/100GOPRO/._GX010042.MP4": "hidden",
    "MISC/get_started.url": "other",
    "PRIVATE/AVCHD/BDMV/STREAM/00000.MTS": "clip",
    "PRIVATE/AVCHD/BDMV/CLIPINF/00000.CPI": "other",
    "PRIVATE/AVCHD/AVCHDTN/THUMB.TDT": "thumbnail",
    "PRIVATE/M4ROOT/CLIP/C0001.MP4": "clip",
    "PRIVATE/M4ROOT/CLIP/C0001M01.XML": "other",
    "PRIVATE/M4ROOT/SUB/C0001S03.MP4": "proxy",
    "PRIVATE/M4ROOT/THMBNL/C0001T01.JPG": "thumbnail",
    "XDROOT/Clip/0001.MXF": "clip",
    "CONTENTS/VIDEO/0001AB.MXF": "clip",
    "CONTENTS/AUDIO/0001AB00.MXF": "other",
    "$RECYCLE.BIN/S-1-5-21/$R1.MP4": "hidden",
    "System Volume Information/IndexerVolumeGuid.MP4": "hidden",
    "FOUND.000/FILE0000.MP4": "hidden",
}


@pytest.fixture
def card(tmp_path):
    for name in CARD:
        path = tmp_path / "card" / name
        if CARD[name] in ("clip", "proxy"):
            movie(path.with_suffix(".mp4"))
            path.with_suffix(".mp4").rename(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    return tmp_path / "card"


@pytest.mark.parametrize("below", [False, True])
def test_a_cards_trees_are_gone_through_and_what_is_passed_over_is_counted(card, below):
    found = find_footage(card, below=below)
    assert named(found.recordings) == [
        ["0001AB.MXF"],
        ["GX010042.MP4", "GX020042.MP4"],
        ["00000.MTS"],
        ["C0001.MP4"],
        ["0001.MXF"],
    ]
    assert (found.proxies, found.thumbnails, found.others, found.below) == (2, 4, 4, 0)
    assert found.passed_over() == ("Skipped: 2 proxies, 4 thumbnails and 4 other files")


@pytest.mark.parametrize("start", ["PRIVATE", "PRIVATE/AVCHD", "PRIVATE/AVCHD/BDMV", "PRIVATE/AVCHD/BDMV/STREAM"])
def test_a_folder_on_the_way_down_a_card_will_do(card, start):
    assert "00000.MTS" in [path.name for each in find_footage(card / start).recordings for path in each.files]


def test_a_folder_that_is_no_card_is_gone_through_only_where_asked(tmp_path):
    movie(tmp_path / "one.mov")
    movie(tmp_path / "older" / "two.mov")
    movie(tmp_path / "older" / "sub" / "three.mov")
    found = find_footage(tmp_path)
    assert (named(found.recordings), found.below) == ([["one.mov"]], 2)
    assert found.passed_over() == "Skipped: 2 clips in subfolders (include them with -r)"
    assert len(find_footage(tmp_path, below=True).recordings) == 3


def test_whoever_names_a_folder_of_small_copies_means_them(tmp_path):
    movie(tmp_path / "proxy" / "A001.mov")
    assert len(find_footage(tmp_path / "proxy").recordings) == 1
    assert find_footage(tmp_path, below=True).proxies == 1


@pytest.mark.slow
def test_score_takes_a_folders_chapters_as_one_recording_and_named_files_as_they_are(tmp_path):
    for i in (1, 2):
        movie(tmp_path / f"GX0{i}0042.MP4", FRAMES[5 * i - 5 : 5 * i])
    (tmp_path / "GL010042.LRV").write_bytes(b"small")
    result = run("score", "--json", "--subject", "box:40,40,120,100", tmp_path)
    assert result.exit_code == 0, result.stderr
    (document,) = json.loads(result.stdout)
    assert document["frame_count"] == 10
    assert document["duration_s"] == pytest.approx(0.4)
    assert document["clip"].endswith("GX010042.MP4")
    assert [Path(name).name for name in document["chapters"]] == ["GX020042.MP4"]
    assert "Skipped: 1 proxy" in result.stderr
    assert "continues in GX020042.MP4" in result.stderr
    each = run("score", "--json", "--subject", "box:40,40,120,100", *sorted(tmp_path.glob("*.MP4")))
    assert [document["frame_count"] for document in json.loads(each.stdout)] == [5, 5]


def test_review_takes_a_clip_with_its_chapters_and_exports_by_file(tmp_path):
    for i in (1, 2):
        movie(tmp_path / f"GX0{i}0042.MP4", FRAMES[5 * i - 5 : 5 * i])
    box = ("--subject", "box:40,40,120,100", "--fixed")
    result = run("review", tmp_path, *box, "--export", "csv", "--video", tmp_path / "film.mp4")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "GX010042.review.html").is_file()
    rows = (tmp_path / "GX010042.csv").read_text().splitlines()[1:]
    assert [float(row.split(",")[0]) for row in rows] == pytest.approx([i / 25 for i in range(10)])
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 10
    # The film is rigcoach's own, and passed over where the folder is scored.
    assert find_footage(tmp_path).ours == 1


@pytest.mark.slow
def test_a_folder_of_several_clips_is_reviewed_clip_by_clip(tmp_path):
    movie(tmp_path / "one.mov")
    movie(tmp_path / "two.mov")
    box = ("--subject", "box:40,40,120,100", "--fixed")
    result = run("review", tmp_path, *box, "--export", "csv")
    assert result.exit_code == 0, result.stderr
    table = tmp_path / f"{tmp_path.name}.csv"
    pages = [tmp_path / name for name in ("overview.html", "one.review.html", "two.review.html")]
    assert result.stdout.split() == [*map(str, pages), str(table)]
    rows = [line.split(",") for line in table.read_text().splitlines()]
    assert rows[0][:2] == ["clip", "t_s"]
    assert {row[0] for row in rows[1:]} == {"one.mov", "two.mov"}
