"""Faces in pictures that are to be shared."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from photographs import read_bgr

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import FrameMeasurement, Subject
from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, TrackRules
from rigcoach.measure.people.face import YunetFaces
from rigcoach.measure.people.learned_person import DeimPeople
from rigcoach.measure.picture.box import Box, overlap
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.report.faces import FaceHider
from rigcoach.video.clip import Picture, read_clip, read_pictures

EMPTY = FrameMeasurement(0.0, None, Focus(), None, None, Exposure(0.5, 0, 0), None)


# Where her face is, from brow to chin and ear to ear.
FACE = (180.0, 70.0, 90.0, 95.0)
AROUND = np.s_[:260, 90:360]


def seen(rgb: np.ndarray) -> bool:
    """Whether a cascade that is none of the hider's own finds the face."""
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt.xml"))
    around = np.ascontiguousarray(rgb[AROUND])
    found = cascade.detectMultiScale(cv2.cvtColor(around, cv2.COLOR_RGB2GRAY), 1.05, 3)
    return any(overlap((float(x + 90), float(y), float(w), float(h)), FACE) > 0.1 for x, y, w, h in found)


@pytest.mark.slow
def test_a_face_is_gone_and_the_rest_is_not(shared):
    bgr = read_bgr(shared / "clips" / "faces" / "astronaut.png")
    rgb = np.ascontiguousarray(bgr[:, :, ::-1])
    assert seen(rgb)
    hidden = FaceHider()(rgb, None)
    assert not seen(hidden)
    assert (hidden != rgb).any(axis=2).mean() < 0.4


@pytest.mark.slow
def test_of_groups_hidden_by_cascades_alone_hardly_a_face_is_left_to_yunet(shared):
    yunet = YunetFaces(shared / "models/yunet_n_640_640.onnx", width_px=1280)
    hider = FaceHider()
    faces = left = 0
    for path in sorted((shared / "clips/faces/dlib").glob("*.jpg")):
        bgr = read_bgr(path)
        rgb = np.ascontiguousarray(bgr[:, :, ::-1])
        for picture in (rgb, hider(rgb, None)):
            found = yunet.find(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8))
            count = sum(find.confidence > 0.7 for find in found)
            faces, left = (faces + count, left) if picture is rgb else (faces, left + count)
    assert faces > 15
    assert left <= 0.1 * faces


def test_the_clips_own_subject_is_hidden_where_no_detector_finds_it():
    rgb = np.random.default_rng(3).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    face = Subject("face", (100.0, 50.0, 40.0, 50.0), 0.2)
    hidden = FaceHider()(rgb, face)
    before, after = rgb[55:95, 105:135].astype(float), hidden[55:95, 105:135].astype(float)
    assert after.std() < before.std() / 4
    assert (hidden[150:, :80] == rgb[150:, :80]).all()


def test_of_somebody_cut_at_the_neck_no_tile_lies_on_the_torso():
    rgb = np.random.default_rng(3).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    torso = Subject("person", (60.0, 0.0, 180.0, 190.0), 0.9)
    assert (FaceHider()(rgb, torso, found=()) == rgb).all()


class Told:
    """A detector of people that finds one, wherever it looks."""

    description = "people"
    rules = TrackRules(min_confidence=0.5)

    def __init__(self, box: Box) -> None:
        self._find = Detection(box, 0.9)

    def find(self, luma: Luma) -> tuple[Detection, ...]:  # noqa: ARG002 - a detector's signature
        return (self._find,)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - the same
        return self.find(luma)


@pytest.mark.slow
def test_the_head_of_somebody_seen_from_behind_is_hidden_and_the_legs_are_not():
    rgb = np.random.default_rng(3).integers(0, 256, (400, 300, 3), dtype=np.uint8)
    hidden = FaceHider(people=Told((100.0, 60.0, 90.0, 300.0)))(rgb, None)
    head = (slice(70, 120), slice(115, 175))
    assert hidden[head].astype(float).std() < rgb[head].astype(float).std() / 4
    assert (hidden[230:360, 100:190] == rgb[230:360, 100:190]).all()


@pytest.mark.slow
def test_of_walkers_found_as_people_alone_the_faces_are_hidden(shared):
    hider = FaceHider(people=DeimPeople(shared / "models/deimv2_femto.onnx"))
    yunet = YunetFaces(shared / "models/yunet_n_640_640.onnx", width_px=1280)
    covered = []
    for picture in read_pictures(read_clip(shared / "clips/walk/walk1.mp4"), range(5, 170, 30)):
        found = hider.find(picture.rgb, tilted=False)  # as in a clip
        changed = np.any(hider(picture.rgb, None, found) != picture.rgb, axis=2)
        for find in yunet.find(np.asarray(cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY), np.uint8)):
            x, y, w, h = (round(side) for side in find.box)
            covered.append(float(changed[y : y + h, x : x + w].mean()))
    assert len(covered) >= 10
    assert np.quantile(covered, 0.1) > 0.9


@pytest.mark.slow
def test_a_face_that_comes_between_two_searches_is_hidden_from_its_first_frame(shared):
    bgr = read_bgr(shared / "clips" / "faces" / "astronaut.png")
    face = np.ascontiguousarray(bgr[:, :, ::-1])
    empty = np.full_like(face, 90)
    pictures = [Picture(i, i / 30, face if i in (4, 5, 6, 7) else empty) for i in range(9)]
    shown = list(FaceHider().clip(pictures, [EMPTY] * 9))
    assert [picture.index for picture in shown] == list(range(9))
    assert not any(seen(picture.rgb) for picture in shown)
