"""`rigcoach camera`, at emulated bodies; what is interrupted runs in a process of its own, as users run it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from commands import run
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody

COMMAND = (sys.executable, "-m", "rigcoach")


pytestmark = pytest.mark.usefixtures("wide_terminal")


@pytest.fixture
def body() -> Iterator[EmulatedBody]:
    with EmulatedBody(options=SMALL) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "clips"
    made.mkdir()
    return made


def current(body: EmulatedBody, *names: str) -> list[str]:
    shown = run("camera", "show", *names, "--camera", body.port_path, "--json")
    assert shown.exit_code == 0, shown.stderr
    return [widget["current"] for widget in json.loads(shown.stdout)["widgets"]]


@pytest.mark.slow
def test_show_prints_a_listing_that_profile_check_reads(body: EmulatedBody, folder: Path) -> None:
    shown = run("camera", "show", "--camera", body.port_path, "--json")
    assert (shown.exit_code, shown.stderr) == (0, "")
    listing: Any = json.loads(shown.stdout)
    assert listing["body"] == "canon-eos-5d-mark-ii"
    (folder / "mine.json").write_text(shown.stdout)
    checked = run("profile", "check", "hip-video", "--against", folder / "mine.json", "--json")
    assert checked.exit_code == 0, checked.stderr
    assert json.loads(checked.stdout)["body"] == "canon-eos-5d-mark-ii"


@pytest.mark.slow
def test_show_prints_settings_and_choices_and_tells_of_unknown_ones() -> None:
    shown = run("--camera", "emulated", "camera", "show", "iso")
    assert shown.exit_code == 0
    assert "imgsettings/iso" in shown.stdout
    assert "6400" in shown.stdout
    unknown = run("--camera", "emulated", "--quiet", "camera", "show", "izo")
    assert unknown.exit_code == 1
    assert unknown.stderr == (
        "rigcoach: Canon EOS 5D Mark II has no setting izo. List them with `rigcoach camera show --all`\n"
    )


@pytest.mark.slow
def test_show_speaks_a_photographers_words_and_says_what_is_left_for_the_hand() -> None:
    shown = run("--camera", "emulated", "--quiet", "camera", "show")
    assert (shown.exit_code, shown.stderr) == (0, "")
    lines = [line.split(maxsplit=1) for line in shown.stdout.splitlines()]
    assert ["shutter", "1/125"] in [[word.strip() for word in line] for line in lines]
    assert "GB free" in shown.stdout
    assert shown.stdout.rstrip().endswith("• aperture: the lens ring")


@pytest.mark.slow
def test_live_keeps_a_frame_and_replaces_none(folder: Path) -> None:
    done = run("camera", "live", "--out", folder / "frame.jpg", "--camera", "emulated", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["frames"] == 1
    with av.open(str(folder / "frame.jpg")) as picture:
        assert picture.streams.video[0].width == 1024
    again = run("camera", "live", "--out", folder / "frame.jpg", "--camera", "emulated")
    assert again.exit_code == 1
    assert "already exists" in again.stderr


@pytest.mark.parametrize(
    ("name", "status", "why"),
    [
        ("frame.png", 2, "frames of live view are JPEG"),
        ("frame.mp4", 2, "frames of live view are JPEG"),
        ("frames", 1, ""),
        ("mine", 1, "mine is not a folder"),
    ],
)
def test_live_makes_nothing_where_there_is_no_frame(folder: Path, name: str, status: int, why: str) -> None:
    (folder / "mine").write_text("a photographer's own work")
    done = run("camera", "live", "--out", folder / name, "--camera", "ptpip:127.0.0.1:9:9")
    assert done.exit_code == status
    assert why in done.stderr
    assert [path.name for path in folder.iterdir()] == ["mine"]


@pytest.mark.slow
def test_live_tells_its_rate_on_standard_error(body: EmulatedBody, folder: Path) -> None:
    done = run("camera", "live", "--out", folder / "live", "--seconds", "1", "--camera", body.port_path)
    assert done.exit_code == 0, done.stderr
    count = len(list((folder / "live").glob("frame-*.jpg")))
    assert count > 1
    assert done.stderr.startswith(f"{count} frames, ")
    assert current(body, "output") == ["Off"]


@pytest.mark.slow
def test_a_take_is_recorded_and_what_is_new_fetched_once(body: EmulatedBody, folder: Path) -> None:
    port = ("--camera", body.port_path)
    recorded = run("camera", "record", "--seconds", "1", "--out", folder / "a.mov", *port, "--json")
    assert recorded.exit_code == 0, recorded.stderr
    told = json.loads(recorded.stdout)
    assert told["size_bytes"] == (folder / "a.mov").stat().st_size
    assert told["card_path"].endswith("MVI_0001.MOV")
    with av.open(str(folder / "a.mov")) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 15
    assert [path.name for path in folder.iterdir()] == ["a.mov"]
    out = folder / "card"
    for status in ("fetched", "there"):
        done = run("camera", "fetch", "--new", "--out", out, *port, "--json")
        assert done.exit_code == 0, done.stderr
        (told,) = json.loads(done.stdout)["files"]
        assert told["status"] == status
    assert (out / "MVI_0001.MOV").read_bytes() == (folder / "a.mov").read_bytes()
    (out / "MVI_0001.MOV").write_bytes(b"mine")
    done = run("camera", "fetch", "MVI_0001.MOV", "--out", out, *port)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 2
    assert "1 of 1 files were not fetched" in done.stderr
    assert (out / "MVI_0001.MOV").read_bytes() == b"mine"
    assert run("camera", "fetch", "--out", out, *port).exit_code == 2


@pytest.mark.slow
def test_doctor_ends_well_where_the_camera_is_ready_and_says_what_to_do_where_not(body: EmulatedBody) -> None:
    well = run("camera", "doctor", "--camera", body.port_path, "--json")
    assert (well.exit_code, well.stderr) == (0, "")
    document = json.loads(well.stdout)
    assert (document["ready"], document["model"]) == (True, body.model)
    body.remove_card()
    ill = run("camera", "doctor", "--camera", body.port_path)
    assert ill.exit_code == 1
    assert ill.stdout.startswith("problem: there is no card in the camera\n    Put one in\n")
    body.switch_off()
    off = run("camera", "doctor", "--camera", body.port_path, "--json")
    assert off.exit_code == 1
    assert [finding["code"] for finding in json.loads(off.stdout)["findings"]] == ["camera.not-found"]


def test_without_a_camera_the_list_is_empty_and_the_rest_says_what_to_do() -> None:
    listed = run("camera", "list", "--json")
    if json.loads(listed.stdout)["cameras"]:
        pytest.skip("a camera is plugged in")
    assert listed.exit_code == 0
    shown = run("camera", "show")
    assert shown.exit_code == 1
    assert shown.stderr.startswith("rigcoach: no camera found: ")
    assert "--camera emulated" in shown.stderr


@pytest.mark.slow
def test_emulate_says_its_port_first_serves_and_ends_on_interrupt() -> None:
    command = [*COMMAND, "camera", "emulate", "canon-eos-5d-mark-ii", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as emulating:
        assert emulating.stdout is not None
        port = emulating.stdout.readline().strip()
        assert port.startswith("ptpip:127.0.0.1:")
        shown = run("camera", "show", "cameramodel", "--camera", port, "--json")
        assert json.loads(shown.stdout)["widgets"][0]["current"] == "Canon EOS 5D Mark II"
        emulating.send_signal(signal.SIGINT)
        _, said = emulating.communicate(timeout=120)
    assert (emulating.returncode, said) == (0, "")


def test_a_clip_that_is_there_is_not_recorded_over(folder: Path) -> None:
    (folder / "a.mov").write_text("mine")
    done = run("camera", "record", "--seconds", "1", "--out", folder / "a.mov", "--camera", "emulated")
    assert done.exit_code == 1
    assert "already exists" in done.stderr
    assert (folder / "a.mov").read_text() == "mine"


def start_recording(body: EmulatedBody, out: Path) -> subprocess.Popen[str]:
    """Start to record for long, and wait until the body records."""
    command = [*COMMAND, "camera", "record", "--seconds", "60", "--out", str(out), "--camera", body.port_path]
    recording = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not body.status().recording:
        assert recording.poll() is None
        time.sleep(0.1)
    return recording


@pytest.mark.slow
def test_interrupting_a_recording_leaves_camera_and_folder_in_order(body: EmulatedBody, folder: Path) -> None:
    with start_recording(body, folder / "a.mov") as recording:
        recording.send_signal(signal.SIGINT)
        out, said = recording.communicate(timeout=120)
    assert recording.returncode == 130
    assert out == ""
    assert "Traceback" not in said
    assert current(body, "movierecordtarget", "output") == ["None", "Off"]
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_a_camera_killed_while_recording_is_told_in_one_line(body: EmulatedBody, folder: Path) -> None:
    with start_recording(body, folder / "a.mov") as recording:
        body.kill()
        out, said = recording.communicate(timeout=120)
    assert recording.returncode == 1
    assert out == ""
    assert said.startswith("rigcoach: the camera was lost while ")
    assert said.count(os.linesep) == 1
    assert list(folder.iterdir()) == []
