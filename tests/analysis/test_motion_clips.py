"""What made a rendered clip's picture move, through the whole of reading and assessing."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from known import known

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.scoring.advice import advise
from rigcoach.scoring.batch import ScoredClip
from rigcoach.scoring.documents import clip_document
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip

FPS = Fraction(24)
BOUNCE_HZ = 1.8
BOUNCE = 0.02  # of the frame's height, amplitude


def swung(frequency_hz: float, seconds: float) -> tuple[tuple[float, float, float, float], ...]:
    """Turning points half a period apart: eased from one to the next as half a cosine, they make a whole one."""
    count = math.ceil(2 * frequency_hz * seconds) + 2
    return tuple((i / (2 * frequency_hz), 0.0, BOUNCE * (-1) ** i, 0.0) for i in range(count))


class Motion(TypedDict, total=False):
    """What moves the scene's camera."""

    aim_track: tuple[tuple[float, float, float, float], ...]
    pan_px_s: tuple[float, float]


def measured(folder: Path, choice: SubjectChoice, seconds: float = 2.5, **motion: Unpack[Motion]) -> ClipMeasurements:
    spec = SceneSpec(seed=41, width=640, height=360, fps=FPS, sway_deg=0.0, roll_wobble_deg=0.0, **motion)
    path = folder / "swung.mov"
    write_clip(spec, round(seconds * FPS), path)
    return analyse_clip(read_clip(path), choice, RigOptics(28.0, 36.0))


@pytest.mark.slow
@pytest.mark.parametrize("choice", [SubjectChoice("target"), SubjectChoice("box", (30, 60, 120, 160), fixed=True)])
def test_a_bounce_like_walking_is_told_in_pixels_of_1080_lines(tmp_path: Path, choice: SubjectChoice) -> None:
    measures = measured(tmp_path, choice, aim_track=swung(BOUNCE_HZ, 2.5))
    told = measures.motion
    assert told.dominating == "bounce"
    assert told.bounce_px == pytest.approx(BOUNCE * 1080 / math.sqrt(2), rel=0.12)
    assert known(told.vertical_share) > 0.95
    assert known(told.turn_px) < 0.25 * known(told.bounce_px)
    assert known(told.shake_px) < 0.3


@pytest.mark.slow
def test_a_pan_is_a_turn_and_the_document_says_so(tmp_path: Path) -> None:
    measures = measured(tmp_path, SubjectChoice("target"), pan_px_s=(40.0, 0.0))
    assert measures.motion.turn_px_s == pytest.approx(120.0, rel=0.03)
    score = score_clip(measures)
    document = clip_document(ScoredClip("swung.mov", measures, score, advise(measures)), per_frame=True)
    assert json.loads(json.dumps(document))["motion"]["dominating"] == "turn"
    # The scene's camera looks squarely at its card.
    for frame in document["frames"]:
        assert abs(frame["pose"]["pitch_deg"]) < max(3 * frame["pose"]["pitch_sd_deg"], 0.2)
        assert abs(frame["pose"]["yaw_deg"]) < max(3 * frame["pose"]["yaw_sd_deg"], 0.2)
        assert frame["distance_m"] == pytest.approx(2.0, abs=3 * frame["distance_sd_m"])


@pytest.mark.slow
def test_a_pans_smear_is_known_two_ways_and_its_lean_by_the_readout(tmp_path: Path) -> None:
    spec = SceneSpec(
        seed=43, width=640, height=360, fps=FPS, sway_deg=0.0, roll_wobble_deg=0.0, pan_px_s=(200.0, 0.0), aim=(-0.1, 0)
    )
    path = tmp_path / "pan.mov"
    truth = write_clip(spec, 16, path)
    rig = RigOptics(28.0, 36.0, spec.shutter_s, readout_s=0.0259)
    measures = analyse_clip(read_clip(path), SubjectChoice("target"), rig)
    document = clip_document(ScoredClip("pan.mov", measures, score_clip(measures), advise(measures)), per_frame=True)
    frames = document["frames"][2:-2]
    for frame, true in zip(frames, truth.frames[2:-2], strict=True):
        assert frame["focus"]["motion_moved_px"] == pytest.approx(true.motion_px, abs=0.2)
        assert frame["focus"]["motion_pictured_px"] == pytest.approx(true.motion_px, abs=1.0)
        assert frame["focus"]["motion_px"] == frame["focus"]["motion_pictured_px"]
        # 200 px/s for 25.9 ms, over 360 rows.
        assert frame["rolling_shutter"]["skew_px"] == pytest.approx(5.18, abs=0.15)
        assert frame["rolling_shutter"]["skew_deg"] == pytest.approx(math.degrees(5.18 / 360), abs=0.03)
        assert abs(frame["rolling_shutter"]["stretch"]) < 0.001
    unknown = analyse_clip(read_clip(path), SubjectChoice("target"), RigOptics(28.0, 36.0))
    assert all(frame.skew is None and frame.focus.motion_moved_px is None for frame in unknown.frames)


@pytest.mark.slow
def test_a_short_clip_has_a_reason(tmp_path: Path) -> None:
    measures = measured(tmp_path, SubjectChoice("target"), seconds=0.5, pan_px_s=(40.0, 0.0))
    assert measures.motion.turn_px is None
    assert "2 s" in known(measures.motion.reason)
