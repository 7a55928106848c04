"""Photographs made into clips that stand, pan and go out of focus: what is told of each frame, and what is advised."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_video
from degrade import bt709, disc, linear_srgb, with_noise
from known import known
from photographs import read_bgr

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.scoring.advice import advise
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip

FRAMES, MOMENTS = 14, 16
BOX = (200.0, 100.0, 240.0, 240.0)


@pytest.fixture(scope="module")
def light(shared: Path) -> np.ndarray:
    picture = read_bgr(shared / "clips/kodak/kodim14.png")
    return cv2.cvtColor(linear_srgb(picture), cv2.COLOR_BGR2GRAY)


def measured(
    light: np.ndarray, folder: Path, radius_px: float, smear_px: float, shutter_s: float | None = 1 / 50
) -> ClipMeasurements:
    """A clip at 25 fps, each frame open for half its time, so that a pan moves twice its smear from frame to frame."""
    rng = np.random.default_rng(1)
    soft = cv2.filter2D(light, -1, disc(radius_px), borderType=cv2.BORDER_REFLECT_101)
    frames = []
    for i in range(FRAMES):
        exposed = np.zeros((480, 640), np.float32)
        for moment in (np.arange(MOMENTS) + 0.5) / MOMENTS - 0.5:
            shift = np.array([[1, 0, 2 * smear_px * i + smear_px * moment - 60], [0, 1, -20]], np.float32)
            exposed += cv2.warpAffine(soft, shift, (640, 480), borderMode=cv2.BORDER_WRAP) / MOMENTS
        signal = bt709(np.clip(with_noise(exposed, 800, rng), 0, 1))
        frames.append(np.rint(signal * 255).astype(np.uint8))
    path = write_video(folder / "clip.mp4", frames)
    return analyse_clip(read_clip(path), SubjectChoice("box", BOX, fixed=True), RigOptics(shutter_s=shutter_s))


def kinds(measures: ClipMeasurements) -> list[str]:
    return [known(frame.focus.kind) for frame in measures.frames]


@pytest.mark.slow
def test_a_still_clip_in_focus_is_sharp(light: np.ndarray, tmp_path: Path) -> None:
    measures = measured(light, tmp_path, 0.0, 0.0)
    assert set(kinds(measures)) == {"sharp"}
    assert known(score_clip(measures).focus) > 84


@pytest.mark.slow
@pytest.mark.parametrize("shutter_s", [1 / 50, None])
def test_a_still_clip_out_of_focus_is_defocused_whatever_is_known(
    light: np.ndarray, tmp_path: Path, shutter_s: float | None
) -> None:
    measures = measured(light, tmp_path, 4.0, 0.0, shutter_s)
    assert set(kinds(measures)) == {"defocused"}
    for frame in measures.frames:
        low, high = known(frame.focus.blur_px_interval)
        assert low < 4.0 < high


@pytest.mark.slow
def test_a_hand_held_clip_at_a_fiftieth_is_not_told_that_its_focus_was_off(light: np.ndarray, tmp_path: Path) -> None:
    measures = measured(light, tmp_path, 0.3, 21.0)
    assert set(kinds(measures)) <= {"moved", "unclear"}
    assert kinds(measures).count("moved") > FRAMES / 2
    assert [frame.focus.motion_blur_px for frame in measures.frames] == pytest.approx([21.0] * FRAMES, abs=0.3)
    assert {advice.code for advice in advise(measures)} == {"steadiness.smear"}


@pytest.mark.slow
def test_what_is_soft_and_smeared_is_told_both(light: np.ndarray, tmp_path: Path) -> None:
    measures = measured(light, tmp_path, 5.0, 12.0)
    assert kinds(measures).count("both") > FRAMES / 2
    assert "focus.soft" in {advice.code for advice in advise(measures)}
