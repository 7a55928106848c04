"""Memory does not grow with a clip's length. ``bench/long_clip.py`` scores an hour of it."""

import json
from pathlib import Path

import long_clip
import numpy as np
import pytest
from clips import write_video

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base import stored_sequence
from rigcoach.scoring.batch import ScoredClip, score_file
from rigcoach.scoring.documents import clip_document, clip_text


@pytest.fixture(scope="module")
def wavering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A textured picture that sways, some frames dark."""
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 255, (96, 200), dtype=np.uint8)
    frames = [wide[:, 20 + round(15 * np.sin(i / 4)) :][:, :128].copy() for i in range(40)]
    frames[20:24] = [np.zeros((96, 128), np.uint8)] * 4
    return write_video(tmp_path_factory.mktemp("clips") / "wavering.mp4", frames)


@pytest.mark.parametrize(
    "choice",
    [
        SubjectChoice("box", (30.0, 20.0, 60.0, 60.0)),
        pytest.param(SubjectChoice("target"), marks=pytest.mark.slow),
    ],
)
def test_what_waits_on_the_disk_comes_to_the_same(
    choice: SubjectChoice, wavering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rigcoach.scoring.batch.kept_or", lambda measure, *_: measure())
    optics = RigOptics(28.0, 36.0, shutter_s=1 / 50, f_number=8.0, readout_s=0.02)
    told = []
    for most in (10**6, 3):
        monkeypatch.setattr(stored_sequence, "MOST_IN_MEMORY", most)
        monkeypatch.setattr(stored_sequence, "_BLOCK", 4)
        scored = score_file(str(wavering), choice, optics)
        assert isinstance(scored, ScoredClip)
        assert isinstance(scored.measures.frames, tuple) == (most == 10**6)
        told.append("".join(clip_text(scored)))
    assert told[0] == told[1]
    assert json.loads(told[0]) == json.loads(json.dumps(clip_document(scored, per_frame=True)))


def test_what_was_kept_of_it_is_read_again(wavering: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_sequence, "MOST_IN_MEMORY", 3)
    first, again = (score_file(str(wavering), SubjectChoice("target"), RigOptics()) for _ in range(2))
    assert "".join(clip_text(first)) == "".join(clip_text(again))


@pytest.mark.slow
def test_a_longer_clip_takes_no_more_memory(tmp_path: Path) -> None:
    clip = long_clip.textured_clip(tmp_path / "made.mov")
    lengths = [long_clip.measured(clip, minutes, "target") for minutes in (0.8, 2.6)]
    assert lengths[1].scores_mb > 3 * lengths[0].scores_mb
    # What a frame leaves in memory would be 500 MB an hour without.
    left_kb = 1024 * (lengths[1].peak_mb - lengths[0].peak_mb) / (lengths[1].frames - lengths[0].frames)
    assert left_kb < 2.0
