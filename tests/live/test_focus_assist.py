"""The focus ring set by magnified live view: an emulated body whose ring is turned by hand, and whose blur is known."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from known import known

from rigcoach.cli.focus_assist import where_it_stands
from rigcoach.emulated.film import live_truth
from rigcoach.emulated.process import EmulatedBody
from rigcoach.live.focus_assist import CLIP_WIDTH_PX, FocusAssist, FocusReading, FocusWord, focus_readings
from rigcoach.tether.camera import Camera

# Frames of live view are 1024 wide.
CLIP_PX = CLIP_WIDTH_PX / (1024 * 5)
# Frames read while the ring stands still.
_EACH = 15


def words(*blurs_px: float) -> list[FocusWord]:
    """Return what is told of blurs, each seen for a third of a second."""
    assist, told, t_s = FocusAssist(5), [], 0.0
    for blur_px in blurs_px:
        for _ in range(10):
            told.append(assist.add(t_s, blur_px))
            t_s += 1 / 30
    return told


def test_getting_sharper_is_told_and_so_is_having_gone_past_the_sharpest() -> None:
    told = words(9, 7, 5, 3, 2, 3, 5, 7)
    assert FocusWord.SHARPER in told[10:50]
    assert FocusWord.BACK not in told[:50]
    assert told[-1] is FocusWord.BACK


def test_a_ring_that_was_never_turned_is_not_said_to_be_off() -> None:
    assist = FocusAssist()
    words = [assist.add(i / 10, 1.2) for i in range(20)]
    assert words[-1] is FocusWord.HOLD
    assert "turn the ring through" in where_it_stands(words[-1])
    assert where_it_stands(FocusWord.BACK) == "the ring is not at the sharpest point"


def test_it_is_there_back_at_the_sharpest_or_where_no_blur_is_seen() -> None:
    assert words(9, 6, 3, 2, 4, 6, 3, 2)[-1] is FocusWord.THERE
    assert words(9, 5, 2, 0.4)[-1] is FocusWord.THERE
    # Softer on neither side of it: it may get sharper still.
    assert FocusWord.THERE not in words(9, 6, 3, 2)


@pytest.fixture
def body(tmp_path: Path) -> EmulatedBody:
    return EmulatedBody(truth_folder=tmp_path / "truth")


@pytest.mark.slow
def test_the_blur_that_is_read_is_that_of_the_ring(body: EmulatedBody, tmp_path: Path) -> None:
    at_m = (1.3, 1.6, 2.3, 2.3, 8.0)
    read: list[tuple[FocusReading, float]] = []
    with body, Camera(body.port_path, model=body.model) as camera:
        body.turn_ring(at_m[0])
        with closing(focus_readings(camera, camera.listing(), 5, None, 600)) as readings:
            for number, (frame, reading) in enumerate(readings):
                truth = live_truth.read(tmp_path / "truth" / live_truth.NAME)[live_truth.name_of(frame)]
                read.append((reading, truth.blur_px * CLIP_PX))
                if number == _EACH * len(at_m) - 1:
                    break
                if number % _EACH == _EACH - 1:
                    body.turn_ring(at_m[(number + 1) // _EACH])
        assert not body.status().live_view
    assert all(reading.blur_px is not None for reading, _ in read)
    # Nine of ten intervals hold the truth; here they are a card's edges, not a photograph's.
    held = [
        low - 0.02 <= truth <= high + 0.02 for (reading, truth) in read for low, high in [known(reading.interval_px)]
    ]
    assert sum(held) > 0.9 * len(held)
    sharpest = min(read, key=lambda pair: known(pair[0].blur_px))
    assert sharpest[1] < min(truth for _, truth in read) + 0.1


@pytest.mark.slow
def test_the_command_says_where_the_ring_is(body: EmulatedBody) -> None:
    with body:
        body.turn_ring(2.4)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "rigcoach",
                "focus",
                "assist",
                "--camera",
                body.port_path,
                "--seconds",
                "2",
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        # How many frames come in so short a time, and what is said of the last, is the machine's affair.
        assert (told["schema"], told["zoom"]) == ("rigcoach.focus-assist/1", 5)
        assert told["there"] == (told["readings"][-1]["word"] == "there")
        assert told["sharpest_px"] < 0.3
        assert "sharpest" in done.stderr
        live = subprocess.run(
            [sys.executable, "-m", "rigcoach", "camera", "live", "--camera", body.port_path, "--zoom", "5",
             "--zoom-at", "2200,1500", "--seconds", "1", "--json"],
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert live.returncode == 0, live.stderr
        assert json.loads(live.stdout)["zoom"] == 5
        assert not body.status().live_view


@pytest.mark.slow
def test_a_camera_that_does_not_magnify_is_read_whole() -> None:
    with EmulatedBody("nikon-d750") as body:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "rigcoach",
                "focus",
                "assist",
                "--camera",
                body.port_path,
                "--seconds",
                "1",
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["zoom"] == 1
    assert "cannot magnify" in done.stderr
