"""Real clips go through the whole of scoring: people, hands, empty places."""

from pathlib import Path

import pytest
from clips import first_frames

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scoring.batch import ScoredClip, score_file

SIGNERS = "sign-[bw]*.mkv"
OTHERS = ("other/05_default_juggle.mp4",)


def scored(path: Path) -> ScoredClip:
    result = score_file(str(path), SubjectChoice(), RigOptics())
    assert isinstance(result, ScoredClip), result
    return result


@pytest.mark.slow
def test_the_signer_has_a_face_in_nearly_every_frame(shared, tmp_path):
    for path in sorted((shared / "clips").glob(SIGNERS)):
        result = scored(first_frames(path, 45, tmp_path / f"{path.stem}.mp4"))
        assert result.measures.subject_kind == "face", path.name
        assert result.measures.found_ratio >= 0.9, path.name
        assert result.score.framing is not None


@pytest.mark.slow
def test_every_clip_is_scored_or_says_what_is_missing(shared, tmp_path):
    for name in OTHERS:
        result = scored(first_frames(shared / "clips" / name, 60, tmp_path / "first.mp4"))
        for frame in result.measures.frames:
            assert (frame.framing is None) == (frame.subject is None)
            assert 0 <= frame.exposure.clipped_high <= 1
        if result.measures.subject_kind is None:
            assert result.score.framing is None
            assert "no subject" in result.score.reasons["framing"]
