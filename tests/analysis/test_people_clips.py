"""People in clips, through the whole of reading and assessing: who leads, how far away, which way they go."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_video
from known import known
from photographs import read_grey

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.scoring.batch import ScoredClip
from rigcoach.scoring.documents import clip_document
from rigcoach.scoring.score import score_clip
from rigcoach.video.clip import read_clip

RIG = RigOptics(focal_length_mm=28.0, sensor_width_mm=36.0)
EYES_APART_PX = 43.2  # between the pupils, as read by eye in the photograph twelve times enlarged


@pytest.fixture
def yunet(shared: Path, home: Path) -> None:
    (home / "models").mkdir(parents=True)
    shutil.copy(shared / "models/yunet_s_640_640.onnx", home / "models/yunet.onnx")


def clip_with(shared: Path, path: Path, places: dict[tuple[int, int], float]) -> Path:
    """Sixteen frames of a face on grey, at places in a frame of 1280 by 720, enlarged so many times."""
    photograph = read_grey(shared / "clips/faces/astronaut.png")
    canvas = np.full((720, 1280), 110, np.uint8)
    for (x, y), times in places.items():
        face = cv2.resize(photograph[0:230, 120:340], None, fx=times, fy=times, interpolation=cv2.INTER_AREA)
        canvas[y : y + face.shape[0], x : x + face.shape[1]] = face
    return write_video(path, [canvas] * 16)


@pytest.mark.slow
@pytest.mark.usefixtures("yunet")
@pytest.mark.parametrize(("place", "side"), [((0.25, 0.5), 0), ((0.75, 0.5), 1)])
def test_of_two_alike_the_one_at_the_wanted_place_leads(shared, tmp_path, place, side):
    path = clip_with(shared, tmp_path / "two.mp4", {(200, 200): 1.0, (860, 200): 1.0})
    measures = analyse_clip(read_clip(path), SubjectChoice("face"), RIG, place=place)
    middles = [frame.subject.box[0] + frame.subject.box[2] / 2 for frame in measures.frames if frame.subject]
    assert len(middles) >= 15
    assert {middle > 640 for middle in middles} == {bool(side)}
    assert {frame.subject.others for frame in measures.frames[5:] if frame.subject} == {1}


@pytest.mark.usefixtures("yunet")
@pytest.mark.parametrize(("noise", "told"), [pytest.param(0.0, False, marks=pytest.mark.slow), (30.0, True)])
def test_a_face_is_found_under_noise_and_how_is_told(shared, tmp_path, noise, told):
    face = read_grey(shared / "clips/faces/astronaut.png")[0:360, 0:480].astype(np.float64)
    chance = np.random.default_rng(11)
    frames = [np.clip(face + noise * chance.standard_normal(face.shape), 0, 255).astype(np.uint8) for _ in range(15)]
    measures = analyse_clip(read_clip(write_video(tmp_path / "face.mp4", frames)), SubjectChoice("face"), RIG)
    assert sum(frame.subject is not None for frame in measures.frames) >= 14
    document = clip_document(ScoredClip("face.mp4", measures, score_clip(measures), ()), per_frame=False)
    assert any("noise" in note and "faces" in note for note in document["notes"]) is told


@pytest.mark.usefixtures("yunet")
@pytest.mark.parametrize("times", [1.0, pytest.param(2.0, marks=pytest.mark.slow)])
def test_a_face_says_how_far_away_it_is_as_geometry_has_it(shared, tmp_path, times):
    path = clip_with(shared, tmp_path / "face.mp4", {(500, 250): times})
    measures = analyse_clip(read_clip(path), SubjectChoice("face"), RIG)
    document = clip_document(ScoredClip("face.mp4", measures, score_clip(measures), ()), per_frame=True)
    told = [frame["distance_estimate"] for frame in document["frames"] if frame["distance_estimate"]]
    assert len(told) >= 14
    # Similar triangles: 62.9 mm are seen so large by 28 mm of focal length on pixels of 36 mm / 1280.
    geometry_m = 0.0629 * 28.0 / (36.0 / 1280 * EYES_APART_PX * times)
    for each in told:
        assert each["by"] == "eyes"
        assert each["distance_m"] == pytest.approx(geometry_m, rel=0.08)
        assert each["sd_m"] == pytest.approx(0.074 * each["distance_m"], rel=0.05)
    assert all(frame["distance_m"] is None for frame in document["frames"])


@pytest.mark.slow
@pytest.mark.usefixtures("yunet")
def test_without_a_rig_there_is_no_distance(shared, tmp_path):
    measures = analyse_clip(
        read_clip(clip_with(shared, tmp_path / "face.mp4", {(500, 250): 1.0})), SubjectChoice("face"), RigOptics()
    )
    assert all(frame.person is None for frame in measures.frames)


@pytest.fixture
def learned(shared: Path, home: Path) -> None:
    (home / "models").mkdir(parents=True)
    shutil.copy(shared / "models/yunet_n_640_640.onnx", home / "models/yunet.onnx")
    shutil.copy(shared / "models/deimv2_femto.onnx", home / "models/deimv2-femto.onnx")


def pan(path: Path, picture: np.ndarray) -> Path:
    """Twenty frames of Full HD that go over a photograph and back."""
    size = (2000, round(picture.shape[0] * 2000 / picture.shape[1]))
    wide = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return write_video(path, [wide[y : y + 1080, :1920] for y in [*range(0, 80, 8), *range(80, 0, -8)]])


@pytest.mark.slow
@pytest.mark.usefixtures("learned")
def test_windows_that_look_like_a_face_are_nobody(shared, tmp_path):
    houses = pan(tmp_path / "houses.mp4", read_grey(shared / "clips/kodak/kodim08.png"))
    # The face detector alone takes one of the windows for a face.
    assert any(frame.subject for frame in analyse_clip(read_clip(houses), SubjectChoice("face"), RIG).frames)
    assert not any(frame.subject for frame in analyse_clip(read_clip(houses), SubjectChoice(), RIG).frames)


@pytest.mark.slow
@pytest.mark.usefixtures("learned")
def test_a_face_that_a_person_bears_out_still_leads(shared, tmp_path):
    portrait = pan(tmp_path / "portrait.mp4", read_grey(shared / "clips/kodak/kodim04.png")[200:])
    measures = analyse_clip(read_clip(portrait), SubjectChoice(), RIG)
    assert measures.subject_kind == "face"
    assert sum(frame.subject is not None for frame in measures.frames) >= 19


@pytest.mark.slow
def test_a_walker_heads_where_the_boxes_drawn_by_hand_go(shared, tmp_path, monkeypatch):
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    measures = analyse_clip(read_clip(shared / "clips/walk/walk3.mp4"), SubjectChoice("person", height_m=1.75), RIG)
    # In the boxes drawn by hand the walker goes from the right edge to the left one.
    ways = [frame.framing.heading for frame in measures.frames if frame.framing]
    assert ways.count("left") >= 0.9 * len(ways)
    assert "right" not in ways
    for frame in measures.frames:
        if frame.framing is not None and frame.framing.heading == "left":
            assert frame.framing.lead_room == pytest.approx(known(frame.subject).box[0] / 960, abs=1e-6)
        if frame.person is not None:
            assert frame.distance_m == frame.person.distance_m
            assert frame.person.by == "body height"
