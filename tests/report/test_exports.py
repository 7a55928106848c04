"""Exports, each read back by another program or library."""

import csv
import json
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known import known
from report.reviewed import FRAMES, Reviewed

from rigcoach.base.errors import RigcoachError
from rigcoach.report.exports.edl import edl, of_one_rate
from rigcoach.report.exports.files import write_export
from rigcoach.report.exports.footage import Footage, read_footage
from rigcoach.report.exports.frames_csv import frames_csv
from rigcoach.report.exports.otio import otio_json
from rigcoach.report.exports.timecode import Start, start_of, timecode
from rigcoach.report.exports.xmp import rating, sidecar_path, xmp
from rigcoach.scoring.batch import ScoredClip

otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")

EXIFTOOL, EXIV2, FFPROBE = shutil.which("exiftool"), shutil.which("exiv2"), shutil.which("ffprobe")
NTSC = Fraction(30000, 1001)


@pytest.fixture(scope="module")
def cut(reviewed: Reviewed) -> ScoredClip:
    """The scene with keepers in frames 3 to 19 and, too short to be carried on, 22 to 26; frame 10 is the best."""
    score = reviewed.scored.score
    frames = tuple(
        replace(each, keeper=3 <= i < 20 or 22 <= i < 27, framing=99.0 if i == 10 else 60.0)
        for i, each in enumerate(score.frames)
    )
    return replace(reviewed.scored, score=replace(score, frames=frames))


@pytest.mark.slow
def test_opentimelineio_reads_the_timeline(cut, tmp_path):
    path = tmp_path / "take.otio"
    path.write_text(otio_json([Footage(cut)], "take", path))
    timeline = otio.adapters.read_from_file(str(path))
    (clip,) = timeline.find_clips()
    assert clip.source_range.start_time.to_frames() == 3
    assert clip.source_range.duration.to_frames() == 17
    assert clip.source_range.start_time.rate == pytest.approx(30000 / 1001)
    assert clip.available_range().duration.to_frames() == FRAMES
    (marker,) = clip.markers
    assert marker.marked_range.start_time.to_frames() == 10
    assert Path(otio.url_utils.filepath_from_url(clip.media_reference.target_url)) == cut.measures.clip.path


@pytest.mark.slow
@pytest.mark.parametrize("private", [True, False])
def test_a_name_that_is_no_utf_8_is_in_the_timeline(cut, tmp_path, private):
    name = "z\udcfcrich.mov"  # as Python has a byte of Latin-1
    clip = replace(cut.measures.clip, path=tmp_path / name)
    named = replace(cut, name=name, measures=replace(cut.measures, clip=clip))
    text = otio_json([Footage(named)], Path(name).stem, tmp_path / "take.otio", private=private)
    (part,) = otio.adapters.read_from_string(text, "otio_json").find_clips()
    assert part.name == r"z\xfcrich.mov"
    assert part.media_reference.target_url == "z%FCrich.mov"


def listed(path: Path, footage: list[Footage], fps: Fraction) -> Any:
    """Write a list, and return the timeline that the adapter reads from it."""
    path.write_text(edl(footage, "take"), newline="")
    return otio.adapters.read_from_file(str(path), adapter_name="cmx_3600", rate=float(fps))


def at_rate(scored: ScoredClip, fps: Fraction) -> ScoredClip:
    """Return a clip at another rate, all keepers."""
    measures = replace(
        scored.measures,
        clip=replace(scored.measures.clip, fps=fps),
        frames=tuple(replace(frame, t_s=float(i / fps)) for i, frame in enumerate(scored.measures.frames)),
    )
    frames = tuple(replace(each, keeper=True) for each in scored.score.frames)
    return replace(scored, measures=measures, score=replace(scored.score, frames=frames))


def test_the_cmx_3600_adapter_reads_the_list(cut, tmp_path):
    path = tmp_path / "take.edl"
    (clip,) = listed(path, [Footage(cut)], NTSC).find_clips()
    assert clip.name == Path(cut.name).name
    assert clip.source_range.start_time.to_frames() == 3
    assert clip.source_range.duration.to_frames() == 17
    assert "FCM: DROP FRAME" in path.read_text().splitlines()
    assert "* LOC: 01:00:00;07 GREEN   BEST " in path.read_text()


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(25), Fraction(30), Fraction(60000, 1001)])
def test_other_rates_count_their_own_frames(cut, fps, tmp_path):
    path = tmp_path / "take.edl"
    (clip,) = listed(path, [Footage(at_rate(cut, fps))], fps).find_clips()
    assert clip.source_range.duration.to_frames() == FRAMES
    drops = fps == Fraction(60000, 1001)
    assert ("FCM: DROP FRAME" in path.read_text()) == drops
    # Markers of a list stand on the record side, which begins at one hour; the adapter takes none that drops frames.
    marked = [marker.marked_range.start_time.to_frames() - 3600 * round(fps) for marker in clip.markers]
    assert marked == ([] if drops else [10])


@pytest.mark.parametrize(("channels", "tracks"), [(0, ["V"]), (1, ["V", "A1"]), (2, ["V", "A1", "A2"])])
def test_the_list_carries_the_sound_that_the_clip_has(cut, channels, tracks, tmp_path):
    timeline = listed(tmp_path / "take.edl", [Footage(cut, channels=channels)], NTSC)
    assert [track.name for track in timeline.tracks] == tracks
    assert [str(track.kind) for track in timeline.tracks[1:]] == ["Audio"] * channels
    assert {clip.source_range.start_time.to_frames() for clip in timeline.find_clips()} == {3}


@pytest.mark.parametrize(("rate", "code"), [(30, "09:59:59;28"), (30, "09:59:59:28"), (25, "01:02:03:04")])
def test_a_clips_own_time_code_and_sound_are_what_ffprobe_and_opentimelineio_say(reviewed, cut, rate, code, tmp_path):
    fps = NTSC if rate == 30 else Fraction(rate)
    path = tagged(reviewed.path, tmp_path / "take-01.mov", code, fps)
    if FFPROBE is not None:
        told = subprocess.run(
            [
                FFPROBE,
                "-v",
                "error",
                "-show_entries",
                "stream_tags=timecode",
                "-select_streams",
                "v",
                "-of",
                "json",
                path,
            ],
            capture_output=True,
            check=True,
        ).stdout
        assert json.loads(told)["streams"][0]["tags"]["timecode"] == code
    whole = at_rate(replace(cut, name=path.name), fps)
    clip = replace(whole.measures.clip, path=path)
    footage = read_footage(replace(whole, measures=replace(whole.measures, clip=clip)))
    begins = otio.opentime.from_timecode(code, float(fps)).to_frames()
    assert footage.channels == 1
    assert footage.first_frame == begins
    made = tmp_path / "take.edl"
    clips = list(listed(made, [footage], fps).find_clips())
    assert [each.source_range.start_time.to_frames() for each in clips] == [begins] * 2
    assert {each.source_range.duration.to_frames() for each in clips} == {FRAMES}
    assert ("FCM: DROP FRAME" in made.read_text()) == (";" in code)
    timeline = otio.adapters.read_from_string(otio_json([footage], "take", made), "otio_json")
    (part,) = timeline.find_clips()
    assert part.source_range.start_time.to_frames() == begins
    assert part.available_range().start_time.to_frames() == begins
    assert Path(part.media_reference.target_url) == Path("take-01.mov")


def tagged(source: Path, path: Path, code: str, fps: Fraction) -> Path:
    """Copy a clip's pictures at a rate, with a mono track of silence, and a time code as a MOV carries it."""
    with av.open(str(source)) as given, av.open(str(path), "w") as made:
        made.metadata["timecode"] = code
        pictures = given.streams.video[0]
        video = made.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 96, 54, "yuv420p"
        audio = made.add_stream("pcm_s16le", rate=8000, layout="mono")
        for i, frame in enumerate(given.decode(pictures)):
            small = frame.reformat(96, 54, "yuv420p")
            small.pts, small.time_base = i, 1 / fps
            made.mux(video.encode(small))
        made.mux(video.encode(None))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = 8000, 0, Fraction(1, 8000)
        made.mux(audio.encode(sound))
        made.mux(audio.encode(None))
    return path


@given(frame=st.integers(0, 24 * 107_892 - 1), rate=st.sampled_from([NTSC, 2 * NTSC]), drop=st.booleans())
def test_time_codes_are_those_of_opentimelineio(frame, rate, drop):
    code = timecode(frame, rate, drop=drop)
    said = otio.opentime.RationalTime(frame, float(rate))
    assert code == otio.opentime.to_timecode(said, float(rate), drop)
    assert start_of(code, rate) == Start(frame, drop)


@pytest.mark.parametrize("text", ["", "noon", "00:00:00;00", "00:00:00:25", "24:00:00:00", "00:61:00:00"])
def test_what_is_no_time_code_of_the_rate_is_none(text):
    assert start_of(text, Fraction(25)) is None


def test_several_takes_make_one_cut_in_their_order(cut, tmp_path):
    takes = [Footage(replace(cut, name=f"take-{n:02}.mov"), channels=n % 2, take=n) for n in (1, 2, 3)]
    path = tmp_path / "all.edl"
    timeline = listed(path, takes, NTSC)
    video, audio = timeline.tracks
    assert [clip.name for clip in video.find_clips()] == ["take-01.mov", "take-02.mov", "take-03.mov"]
    assert [clip.name for clip in audio.find_clips()] == ["take-01.mov", "take-03.mov"]
    last = list(audio.find_clips())[-1]
    assert audio.range_of_child(last).start_time.to_frames() == 2 * 17
    timeline = otio.adapters.read_from_string(otio_json(takes, "all", path), "otio_json")
    assert [clip.metadata["rigcoach"]["take"] for clip in timeline.find_clips()] == [1, 2, 3]
    assert timeline.duration().to_frames() == 3 * 17


def test_a_list_holds_one_rate(cut):
    two, one = Footage(at_rate(cut, Fraction(25)), take=1), Footage(cut, take=2)
    assert of_one_rate([one, two, replace(two, take=3)]) == ((two, replace(two, take=3)), (one,))


def test_what_is_to_be_shared_names_no_folder(cut, tmp_path):
    shown = otio_json([Footage(cut)], "take", tmp_path / "take.otio")
    private = otio_json([Footage(cut)], "take", tmp_path / "take.otio", private=True)
    folder = cut.measures.clip.path.parent.name
    assert folder in shown
    assert folder not in private


@pytest.mark.parametrize("kind", ["edl", "otio"])
def test_clips_without_keepers_make_an_empty_list_and_that_is_said(cut, tmp_path, kind):
    none = replace(cut, score=replace(cut.score, frames=tuple(replace(e, keeper=False) for e in cut.score.frames)))
    told: list[str] = []
    to = write_export(kind, [Footage(none)], "take", tmp_path / f"take.{kind}", private=False, tell=told.append)
    assert len(told) == 1
    assert "no stretch of keepers lasts 0.5 s" in told[0]
    adapter = "cmx_3600" if kind == "edl" else "otio_json"
    timeline = otio.adapters.read_from_string(to.read_text(), adapter)
    assert list(timeline.find_clips()) == []


def test_a_database_takes_the_table(cut, tmp_path):
    path = tmp_path / "take.csv"
    path.write_text(frames_csv([Footage(cut)]), newline="")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    database = sqlite3.connect(":memory:")
    columns = ", ".join(f"{name} REAL" for name in rows[0])
    database.execute(f"CREATE TABLE frame ({columns})")
    marks = ", ".join("?" * len(rows[0]))
    database.executemany(f"INSERT INTO frame VALUES ({marks})", [list(row.values()) for row in rows])  # noqa: S608
    keepers, roll, last_s = database.execute("SELECT sum(keeper), avg(roll_deg), max(t_s) FROM frame").fetchone()
    database.close()
    assert "take" not in rows[0]
    assert keepers == 17 + 5
    assert roll == pytest.approx(6.0, abs=1.0)
    assert last_s == pytest.approx((FRAMES - 1) * 1001 / 30000, abs=0.001)


def test_takes_are_told_apart_in_the_table(cut):
    text = frames_csv([Footage(cut, take=2), Footage(cut, take=5)])
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["take"] for row in rows] == ["2"] * FRAMES + ["5"] * FRAMES


@pytest.mark.skipif(EXIFTOOL is None, reason="ExifTool is not installed")
@pytest.mark.parametrize(
    ("overall", "keepers", "stars"), [(91.0, 0.5, 5), (80.0, 0.1, 4), (10.0, 0.1, 1), (70.0, 0, -1)]
)
def test_exiftool_reads_the_rating(cut, overall, keepers, stars, tmp_path):
    path = tmp_path / "take.mov.xmp"
    path.write_text(xmp(replace(cut, score=replace(cut.score, overall=overall, keeper_ratio=keepers))))
    read = json.loads(subprocess.run([known(EXIFTOOL), "-json", "-n", path], capture_output=True, check=True).stdout)[0]
    assert read["Rating"] == stars
    assert read.get("Label") == ("Red" if stars == -1 else None)
    assert read.get("PickLabel") == (1 if stars == -1 else None)
    assert f"{100 * keepers:.0f} % keepers" in read["Description"]


@pytest.mark.skipif(EXIV2 is None, reason="Exiv2 is not installed")
def test_exiv2_which_darktable_and_digikam_use_reads_it_too(cut, tmp_path):
    path = tmp_path / "take.mov.xmp"
    path.write_text(xmp(replace(cut, score=replace(cut.score, overall=70.0, keeper_ratio=0.0))))
    read = subprocess.run([known(EXIV2), "-px", path], capture_output=True, text=True, check=True).stdout
    found = {line.split()[0]: line.split()[-1] for line in read.splitlines()}
    assert found["Xmp.xmp.Rating"] == "-1"
    assert found["Xmp.xmp.Label"] == "Red"
    assert found["Xmp.digiKam.PickLabel"] == "1"


def test_a_clip_that_could_not_be_scored_gets_no_stars(cut):
    unknown = replace(cut, score=replace(cut.score, overall=None))
    assert rating(unknown) is None
    assert "xmp:Rating" not in xmp(unknown)


def test_another_programs_sidecar_is_left_alone(cut, tmp_path):
    clip = tmp_path / "take.mov"
    mine = sidecar_path(clip)
    mine.write_text(xmp(cut))
    assert sidecar_path(clip) == mine
    mine.write_text('<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2"/>')
    with pytest.raises(RigcoachError, match="already exists"):
        sidecar_path(clip)
