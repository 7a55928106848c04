"""Timelines and lists of a recording that its camera split, read back by OpenTimelineIO."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clips import write_video

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.report.exports.edl import edl
from rigcoach.report.exports.footage import read_recording
from rigcoach.report.exports.otio import otio_json
from rigcoach.scoring.batch import ScoredClip, score_file

otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")

FRAMES, FPS = 30, 25


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    """A recording in three files of 30 frames, with keepers from the first's frame 12 to the third's frame 20."""
    folder = tmp_path_factory.mktemp("split")
    wall = np.kron(np.random.default_rng(1).integers(30, 220, (12, 16)), np.ones((16, 16))).astype(np.uint8)
    files = [write_video(folder / f"GX0{number}0042.MP4", [wall] * FRAMES, fps=FPS) for number in (1, 2, 3)]
    choice = SubjectChoice("box", (32.0, 32.0, 160.0, 96.0), fixed=True)
    scored = score_file(str(files[0]), choice, RigOptics(), chapters=files[1:])
    assert isinstance(scored, ScoredClip)
    assert len(scored.score.frames) == 3 * FRAMES
    frames = tuple(
        replace(each, keeper=12 <= i < 81, focus=90.0, framing=99.0 if i == 45 else 60.0, steadiness=90.0)
        for i, each in enumerate(scored.score.frames)
    )
    return files, replace(scored, score=replace(scored.score, frames=frames))


EXPECTED = [(12, 18), (0, 30), (0, 21)]


def test_opentimelineio_reads_a_stretch_over_two_splits_as_three_clips_of_three_files(split, tmp_path):
    files, scored = split
    path = tmp_path / "recording.otio"
    path.write_text(otio_json(read_recording(scored), "recording", path))
    clips = list(otio.adapters.read_from_file(str(path)).find_clips())
    assert [Path(otio.url_utils.filepath_from_url(each.media_reference.target_url)) for each in clips] == files
    ranges = [(each.source_range.start_time.to_frames(), each.source_range.duration.to_frames()) for each in clips]
    assert ranges == EXPECTED
    assert [each.available_range().duration.to_frames() for each in clips] == [FRAMES] * 3
    # The best frame is the second file's 16th.
    (best,) = clips[1].markers
    assert best.marked_range.start_time.to_frames() == 15


def test_each_files_own_frames_are_what_the_timeline_names(split):
    files, _ = split
    for path in files:
        with av.open(str(path)) as container:
            assert sum(1 for _ in container.decode(video=0)) == FRAMES


def test_the_cmx_3600_adapter_reads_them_as_three_events_on_end(split, tmp_path):
    _, scored = split
    path = tmp_path / "recording.edl"
    path.write_text(edl(read_recording(scored), "recording"), newline="")
    timeline = otio.adapters.read_from_file(str(path), adapter_name="cmx_3600", rate=float(Fraction(FPS)))
    clips = list(timeline.tracks[0].find_clips())
    assert [each.name for each in clips] == ["GX010042.MP4", "GX020042.MP4", "GX030042.MP4"]
    ranges = [(each.source_range.start_time.to_frames(), each.source_range.duration.to_frames()) for each in clips]
    assert ranges == EXPECTED
    # On the record side one follows on the other without a gap.
    starts = [each.range_in_parent().start_time.to_frames() for each in clips]
    assert starts == [0, 18, 48]
