"""Clips with known truth, through the whole of reading and assessing."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_video
from known import known as there
from rendered_accuracy import FIRST_SEED, FRAMES, known, pairs, random_spec

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.detector_weights import ModelError, model
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip
from rigcoach.scoring.batch import ScoredClip
from rigcoach.scoring.documents import clip_document
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip

CLIPS, FEWER = 5, 8
# The middle of a frame of 1080p alone, on pixels of the same size: the card is in it.
MIDDLE = SceneSpec(width=960, height=540, sensor_width_mm=18.0)
MIDDLE_RIG = RigOptics(28.0, 18.0)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    specs = [random_spec(FIRST_SEED + i) for i in range(CLIPS)]
    # A third of the frames over the same pull of the focus, from the first to the last.
    fewer = [replace(spec, fps=spec.fps * Fraction(FEWER - 1, FRAMES - 1)) for spec in specs]
    return [pair for spec in fewer for pair in pairs(spec, folder, FEWER)]


@pytest.mark.slow
def test_blur_is_true_to_0_6_px_from_0_to_8_px(found):
    errors = known(pair.blur_error_px for pair in found)
    radii = [pair.truth.blur_px for pair in found if pair.measured.focus.blur_px is not None]
    assert min(radii) < 0.5
    assert max(radii) > 7.5
    assert len(errors) > 0.9 * len(found)
    assert np.abs(errors).mean() <= 0.6


@pytest.mark.slow
def test_roll_is_true_to_half_a_degree_and_place_to_half_a_percent(found):
    rolls, offsets = known(pair.roll_error_deg for pair in found), known(pair.offset_error for pair in found)
    assert len(rolls) > 0.9 * len(found)
    assert np.abs(rolls).max() <= 0.5
    assert offsets.max() <= 0.005


def assessed(spec: SceneSpec, folder: Path, choice: SubjectChoice, frame_count: int = 8, rig: RigOptics | None = None):
    path = folder / f"scene-{spec.seed}.mov"
    truth = write_clip(spec, frame_count, path)
    return truth.frames, analyse_clip(read_clip(path), choice, rig or RigOptics())


def test_detectors_of_people_are_loaded_only_where_the_card_is_not_there_throughout(tmp_path):
    damaged = model("deimv2-femto").path
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(b"no weights")
    spec = SceneSpec(width=640, height=360, card_distance_m=1.6, focus_distance_m=1.6, iso=100)
    _, measures = assessed(spec, tmp_path, SubjectChoice("auto"), 4)
    assert measures.subject_kind == "target"
    grey = write_video(tmp_path / "grey.mp4", [np.full((360, 640), 90, np.uint8)] * 4)
    with pytest.raises(ModelError, match="damaged"):
        analyse_clip(read_clip(grey), SubjectChoice("auto"), RigOptics())


def test_a_card_is_found_then_followed_for_a_moment_then_lost(tmp_path):
    still = SceneSpec(width=960, height=540, card_distance_m=1.6, focus_distance_m=1.6, sway_deg=0.0, iso=100)
    clear = np.asarray(Renderer(still).frame(0).luma)
    # Scribbled over, no marker can be read, but it still shows where the card is.
    scribbled = clear.copy()
    pen = np.random.default_rng(5)
    for _ in range(160):
        start, end = (tuple(int(v) for v in pen.uniform((410, 170), (550, 370))) for _ in range(2))
        cv2.line(scribbled, start, end, int(pen.integers(0, 255)), 1)
    frames = [clear] * 8 + [scribbled] * 20
    measures = analyse_clip(read_clip(write_video(tmp_path / "lost.mp4", frames)), SubjectChoice("target"), RigOptics())
    document = clip_document(ScoredClip("lost.mp4", measures, score_clip(measures), ()), per_frame=True)
    states = [frame["state"] for frame in document["frames"]]
    assert states[:8] == ["found"] * 8
    followed = states.count("followed")
    # 0.4 s of 25 frames a second.
    assert states[8:] == ["followed"] * followed + ["lost"] * (20 - followed)
    assert 5 <= followed <= 10
    boxes = [frame["subject"]["box"] for frame in document["frames"] if frame["subject"]]
    assert np.ptp(boxes, axis=0).max() <= 8
    assert [frame["focus"]["blur_px"] for frame in document["frames"][8:]] == [None] * 20


@pytest.mark.slow
def test_the_distance_is_true_where_the_rig_is_known(tmp_path):
    spec = replace(MIDDLE, seed=731_001, card_distance_m=2.7, focus_distance_m=2.5, walk_in_m_s=1.0)
    truth, measures = assessed(spec, tmp_path, SubjectChoice(), rig=MIDDLE_RIG)
    measured = [frame.distance_m for frame in measures.frames]
    assert measured == pytest.approx([frame.distance_m for frame in truth], rel=0.02)


@pytest.mark.slow
def test_a_box_given_by_hand_follows_the_card_it_was_put_on(tmp_path):
    spec = replace(MIDDLE, seed=731_002, pan_px_s=(150.0, 40.0), sway_deg=0.1)
    truth, measures = assessed(spec, tmp_path, SubjectChoice("target"), 16)
    clip, start = measures.clip, measures.frames[0].subject.box
    followed = analyse_clip(clip, SubjectChoice("box", start), RigOptics())
    for true, frame in zip(truth, followed.frames, strict=True):
        assert there(frame.framing).offset == pytest.approx(true.offset, abs=0.01)
    fixed = analyse_clip(clip, SubjectChoice("box", start, fixed=True), RigOptics())
    assert {there(frame.subject).box for frame in fixed.frames} == {start}


@pytest.mark.slow
def test_a_scene_without_its_card_has_no_subject(tmp_path):
    # Aimed so far off that the card lies outside the frame.
    spec = replace(MIDDLE, seed=731_003, aim=(0.9, 0.0))
    _, measures = assessed(spec, tmp_path, SubjectChoice())
    assert measures.subject_kind is None
    assert all(frame.framing is None and frame.focus.blur_px is None for frame in measures.frames)


@pytest.mark.slow
def test_the_card_tells_its_own_size(tmp_path):
    from rigcoach.target_card import A4

    spec = replace(MIDDLE, seed=731_004, card=A4, card_distance_m=1.2, focus_distance_m=1.2)
    truth, measures = assessed(spec, tmp_path, SubjectChoice(), rig=MIDDLE_RIG)
    assert measures.frames[0].distance_m == pytest.approx(truth[0].distance_m, rel=0.02)


@pytest.mark.slow
def test_a_longer_exposure_shows_in_motion_and_not_in_blur(tmp_path):
    still = replace(MIDDLE, seed=731_005, sway_deg=0.0, roll_wobble_deg=0.0, f_number=8.0)
    smeared = replace(still, pan_px_s=(400.0, 0.0), shutter_s=1 / 50)
    _, sharp = assessed(still, tmp_path, SubjectChoice())
    _, moved = assessed(smeared, tmp_path, SubjectChoice())
    for before, after in zip(sharp.frames, moved.frames, strict=True):
        assert after.focus.motion_blur_px == pytest.approx(8.0, abs=0.5)
        assert after.focus.direction_deg % 180 == pytest.approx(0, abs=3) or after.focus.direction_deg > 177
        assert after.focus.blur_px == pytest.approx(before.focus.blur_px, abs=0.4)
