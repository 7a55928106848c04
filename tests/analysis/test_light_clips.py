"""The same moving picture in every range, depth and curve is measured the same."""

from pathlib import Path

import numpy as np
import pytest
from accuracy_natural import EXPOSURES, plain_recording, tied_rank_correlation
from degrade import developed, linear_srgb
from photographs import read_bgr
from video.converted import LAYOUTS, clips_in, write_converted

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur
from rigcoach.video.clip import read_clip, read_frames

BOX = (60.0, 40.0, 200.0, 160.0)


def measured(path: Path) -> ClipMeasurements:
    return analyse_clip(read_clip(path), SubjectChoice("box", BOX, fixed=True), RigOptics(shutter_s=1 / 50))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> ClipMeasurements:
    return measured(clips_in("8 bits, full", tmp_path_factory)[1])


@pytest.mark.slow
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "8 bits, full"])
def test_blur_smear_and_exposure_are_the_same_in_every_layout(
    plain: ClipMeasurements, tmp_path_factory: pytest.TempPathFactory, layout: str
) -> None:
    _, path = clips_in(layout, tmp_path_factory)
    other = measured(path)
    assert np.median([frame.focus.blur_px for frame in plain.frames]) == pytest.approx(1.5, abs=0.7)
    for one, another in zip(plain.frames, other.frames, strict=True):
        assert another.exposure.mean == pytest.approx(one.exposure.mean, abs=0.02)
        assert another.exposure.clipped_high == pytest.approx(one.exposure.clipped_high, abs=0.02)
        assert another.exposure.clipped_low == pytest.approx(one.exposure.clipped_low, abs=0.02)
        assert another.focus.motion_blur_px == pytest.approx(one.focus.motion_blur_px, abs=0.3)
        assert another.focus.blur_px == pytest.approx(one.focus.blur_px, abs=0.2)
    middles = [np.median([frame.focus.blur_px for frame in each.frames]) for each in (plain, other)]
    assert middles[0] == pytest.approx(middles[1], abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("sweep", ["chart", "tools"])
def test_a_lens_racked_out_of_focus_is_ranked_through_h264_at_limited_range(
    shared: Path, tmp_path: Path, sweep: str
) -> None:
    steps, radii = [], []
    for step, path in enumerate(sorted((shared / "clips/defocus" / sweep).glob("*.png"))):
        picture = read_bgr(path)
        light = linear_srgb(picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2])
        # Every exposure is gone through where there is no codec; here bright, dark and noisy ones will do.
        for i, (exposure_ev, iso) in enumerate(EXPOSURES[::2]):
            luma = developed(light, plain_recording(exposure_ev, iso), np.random.default_rng([step, i]))
            clip = read_clip(write_converted(tmp_path / "step.mp4", [luma] * 2, "8 bits, limited", quality="20"))
            assert not clip.full_range
            blur = natural_blur(next(iter(read_frames(clip))).luma, None, KnownMotionBlur(0.0, None))
            if blur.blur_px is not None:
                steps.append(step)
                radii.append(blur.blur_px)
    assert len(steps) > 15
    assert tied_rank_correlation(np.array(radii), np.array(steps)) >= 0.975
