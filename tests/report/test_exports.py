"""Exports, each read back by another program or library."""

import csv
import json
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from reviewed import FRAMES, Reviewed

from rigcoach.batch import ScoredClip
from rigcoach.errors import RigcoachError
from rigcoach.report.exports.edl import edl
from rigcoach.report.exports.frames_csv import frames_csv
from rigcoach.report.exports.otio import write_otio
from rigcoach.report.exports.segments import NothingToExportError
from rigcoach.report.exports.xmp import rating, sidecar_path, xmp

otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")

EXIFTOOL, EXIV2 = shutil.which("exiftool"), shutil.which("exiv2")


@pytest.fixture(scope="module")
def cut(reviewed: Reviewed) -> ScoredClip:
    """The scene with keepers in frames 3 to 19 and, too short to be carried on, 22 to 26; frame 10 is the best."""
    score = reviewed.scored.score
    frames = tuple(
        replace(each, keeper=3 <= i < 20 or 22 <= i < 27, framing=99.0 if i == 10 else 60.0)
        for i, each in enumerate(score.frames)
    )
    return replace(reviewed.scored, score=replace(score, frames=frames))


def test_opentimelineio_reads_the_timeline(cut, tmp_path):
    path = tmp_path / "take.otio"
    write_otio(cut, path)
    timeline = otio.adapters.read_from_file(str(path))
    (clip,) = timeline.find_clips()
    assert clip.source_range.start_time.to_frames() == 3
    assert clip.source_range.duration.to_frames() == 17
    assert clip.source_range.start_time.rate == pytest.approx(30000 / 1001)
    assert clip.available_range().duration.to_frames() == FRAMES
    (marker,) = clip.markers
    assert marker.marked_range.start_time.to_frames() == 10
    assert Path(otio.url_utils.filepath_from_url(clip.media_reference.target_url)) == cut.measures.clip.path


def test_the_cmx_3600_adapter_reads_the_list(cut, tmp_path):
    path = tmp_path / "take.edl"
    path.write_text(edl(cut), newline="")
    timeline = otio.adapters.read_from_file(str(path), adapter_name="cmx_3600", rate=30)
    (clip,) = timeline.find_clips()
    assert clip.name == Path(cut.name).name
    assert clip.source_range.start_time.to_frames() == 3
    assert clip.source_range.duration.to_frames() == 17
    (marker,) = clip.markers
    # Markers of a list stand on the record side, which begins at one hour.
    assert marker.marked_range.start_time.to_frames() - 3600 * 30 == 10 - 3


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)])
def test_other_rates_count_their_own_frames(cut, fps, tmp_path):
    measures = replace(
        cut.measures,
        clip=replace(cut.measures.clip, fps=fps),
        frames=tuple(replace(frame, t_s=float(i / fps)) for i, frame in enumerate(cut.measures.frames)),
    )
    score = replace(cut.score, frames=tuple(replace(each, keeper=True) for each in cut.score.frames))
    path = tmp_path / "take.edl"
    path.write_text(edl(replace(cut, measures=measures, score=score)), newline="")
    (clip,) = otio.adapters.read_from_file(str(path), adapter_name="cmx_3600", rate=round(fps)).find_clips()
    assert clip.source_range.duration.to_frames() == FRAMES


def test_nothing_worth_cutting_is_said(cut, tmp_path):
    none = replace(cut, score=replace(cut.score, frames=tuple(replace(e, keeper=False) for e in cut.score.frames)))
    with pytest.raises(NothingToExportError, match="no stretch of keepers"):
        edl(none)
    with pytest.raises(NothingToExportError):
        write_otio(none, tmp_path / "take.otio")
    assert not (tmp_path / "take.otio").exists()


def test_a_database_takes_the_table(cut, tmp_path):
    path = tmp_path / "take.csv"
    path.write_text(frames_csv(cut), newline="")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    database = sqlite3.connect(":memory:")
    columns = ", ".join(f"{name} REAL" for name in rows[0])
    database.execute(f"CREATE TABLE frame ({columns})")
    marks = ", ".join("?" * len(rows[0]))
    database.executemany(f"INSERT INTO frame VALUES ({marks})", [list(row.values()) for row in rows])  # noqa: S608
    keepers, roll, last_s = database.execute("SELECT sum(keeper), avg(roll_deg), max(t_s) FROM frame").fetchone()
    database.close()
    assert keepers == 17 + 5
    assert roll == pytest.approx(6.0, abs=1.0)
    assert last_s == pytest.approx((FRAMES - 1) * 1001 / 30000, abs=0.001)


@pytest.mark.skipif(EXIFTOOL is None, reason="ExifTool is not installed")
@pytest.mark.parametrize(
    ("overall", "keepers", "stars"), [(91.0, 0.5, 5), (80.0, 0.1, 4), (10.0, 0.1, 1), (70.0, 0, -1)]
)
def test_exiftool_reads_the_rating(cut, overall, keepers, stars, tmp_path):
    path = tmp_path / "take.mov.xmp"
    path.write_text(xmp(replace(cut, score=replace(cut.score, overall=overall, keeper_ratio=keepers))))
    read = json.loads(subprocess.run([EXIFTOOL, "-json", "-n", path], capture_output=True, check=True).stdout)[0]
    assert read["Rating"] == stars
    assert read.get("Label") == ("Red" if stars == -1 else None)
    assert read.get("PickLabel") == (1 if stars == -1 else None)
    assert f"{100 * keepers:.0f} % keepers" in read["Description"]


@pytest.mark.skipif(EXIV2 is None, reason="Exiv2 is not installed")
def test_exiv2_which_darktable_and_digikam_use_reads_it_too(cut, tmp_path):
    path = tmp_path / "take.mov.xmp"
    path.write_text(xmp(replace(cut, score=replace(cut.score, overall=70.0, keeper_ratio=0.0))))
    read = subprocess.run([EXIV2, "-px", path], capture_output=True, text=True, check=True).stdout
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
    with pytest.raises(RigcoachError, match="there already"):
        sidecar_path(clip)
