"""Faces and people in real footage, with what OpenCV brings along and with the installable detectors."""

import csv
from pathlib import Path

import numpy as np
import pytest
from framing import by_frame

from rigcoach.analysis.detector_weights import install
from rigcoach.measure.people.person import HogPeople
from rigcoach.measure.picture.box import overlap


def frames_led(clip: Path, kind: str, first: int | None = None) -> dict[int, tuple[float, float, float, float]]:
    return {i: sighting.box for i, sighting in by_frame(clip, kind, first).items()}


@pytest.mark.slow
def test_people_from_behind_are_found_whole_and_nobody_in_the_empty_stretches(shared: Path) -> None:
    # Counted by eye; bench/framing.py goes through the rest of the clip.
    led = frames_led(shared / "clips/walkers-one-by-one.mp4", "person", 300)
    empty = [*range(60), *range(199, 227)]
    whole = [*range(76, 190), *range(242, 300)]
    assert sum(i in led for i in empty) <= 0.01 * len(empty)
    assert sum(i in led for i in whole) >= 0.97 * len(whole)


@pytest.mark.slow
def test_a_walkers_box_is_the_one_drawn_by_hand(shared: Path) -> None:
    with (shared / "clips/walk/walk3.boxes.csv").open() as file:
        rows = [[float(row[side]) for side in ("xmin", "ymin", "xmax", "ymax")] for row in csv.DictReader(file)]
    led = frames_led(shared / "clips/walk/walk3.mp4", "person")
    hits = [i in led and overlap(led[i], (x, y, u - x, v - y)) >= 0.4 for i, (x, y, u, v) in enumerate(rows)]
    assert sum(hits) >= 0.85 * len(rows)


@pytest.mark.slow
@pytest.mark.parametrize("installed", [False, True])
def test_the_lead_face_stays_the_signers_and_never_the_bystanders(shared: Path, installed: bool) -> None:
    if installed:
        install("yunet", shared / "models/yunet_n_640_640.onnx")
    led = frames_led(shared / "clips/sign-bird.mkv", "face")
    assert len(led) >= 0.97 * 63
    # The bystander's face stands at the frame's right edge, beyond 560 of 640 px.
    assert all(x + w < 400 for x, _, w, _ in led.values())


@pytest.mark.slow
@pytest.mark.parametrize("installed", [False, True])
def test_hands_and_toys_are_no_faces(shared: Path, installed: bool) -> None:
    if installed:
        install("yunet", shared / "models/yunet_n_640_640.onnx")
    for name in ("03_blocks.mp4", "04_coffee.mp4"):
        assert frames_led(shared / "clips/other" / name, "face", 120) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["03_blocks.mp4", "04_coffee.mp4"])
def test_hands_at_work_are_no_person(shared: Path, name: str) -> None:
    assert frames_led(shared / "clips/other" / name, "person") == {}


@pytest.mark.parametrize("size", [(72, 128), (40, 200), (200, 40), (8, 8)])
def test_a_frame_too_small_to_show_a_person_has_nobody_in_it(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(0, 256, size, dtype=np.uint8)
    assert HogPeople().find(noise) == ()
