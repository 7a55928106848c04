"""Clips whose frames don't come evenly: the same movement measures the same as in an even clip."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from clips import write_video

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip

# A camera that pans steadily, a frame each 1/50 s; of them an even clip keeps every second one.
SPEC = SceneSpec(
    width=640,
    height=360,
    card_distance_m=1.7,
    focus_distance_m=1.7,
    sway_deg=0.0,
    roll_wobble_deg=0.0,
    iso=100,
    fps=Fraction(50),
    shutter_s=1 / 100,
    aim=(-0.2, 0.0),
    pan_px_s=(150.0, 0.0),
)
EVEN = range(0, 60, 2)
# Dropped frames, frames in a burst: on the mean still 25 a second.
UNEVEN = (0, 1, 2, 8, 10, 12, 13, 19, 20, 22, 23, 24, 30, 32, 34, 36, 37, 43, 44, 46, 47, 48, 54, 55, 56, 58)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("uneven")
    renderer = Renderer(replace(SPEC))
    pictures = {i: np.asarray(renderer.frame(i).luma) for i in sorted({*EVEN, *UNEVEN})}

    def clip(name: str, frames):
        path: Path = write_video(folder / name, [pictures[i] for i in frames], times_s=[i / 50 for i in frames])
        box = SubjectChoice("box", (90.0, 60.0, 200.0, 240.0))
        return analyse_clip(read_clip(path), box, RigOptics(shutter_s=1 / 100))

    return clip("even.mp4", EVEN), clip("uneven.mp4", UNEVEN)


@pytest.mark.slow
def test_motion_blur_is_that_of_the_even_clip(measured):
    for clip in measured:
        lengths = [frame.focus.motion_blur_px for frame in clip.frames if frame.focus.motion_blur_px is not None]
        assert len(lengths) > 15
        # 150 pixels a second for a hundredth of one.
        assert median(lengths) == pytest.approx(1.5, abs=0.2)
        assert np.percentile(lengths, 90) < 2.0


@pytest.mark.slow
def test_a_dropped_frame_is_no_jerk(measured):
    even, uneven = (score_clip(clip).steadiness for clip in measured)
    assert uneven == pytest.approx(even, abs=5)
    shifts = [
        frame.shift_px * float(measured[1].clip.fps) for frame in measured[1].frames if frame.shift_px is not None
    ]
    assert median(shifts) == pytest.approx(150, abs=10)
    assert np.percentile(shifts, 90) < 200
