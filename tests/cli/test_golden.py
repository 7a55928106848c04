"""What every command prints, at 80 columns and into a pipe, held to files in `golden/`.

Renew them, and look at what changed: python -m pytest tests/cli/test_golden.py --renew-golden --slow
"""

import os
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from clips import write_video
from golden import hold_to_golden, told
from journal.made_sessions import kept

from rigcoach.cli.main import main
from rigcoach.cli.man import commands
from rigcoach.emulated import living_body

MODES = ("80-columns", "piped")
CAMERA = "--camera emulated"

SESSIONS = {
    "rigcoach": ["--help", "scor", "--version"],
    "gear": [
        "gear list mounts",
        "gear search takumar 55",
        "gear show nikon-ai-s-28mm-f2.8",
        "gear show takumar 55",
        "gear check 5d-mark-ii nikon-ai-s-28mm-f2.8",
        "gear check canon-eos-5d-mark-ii canon-fd-50mm",
        "gear add lens --name 'Helios 44-2' --set mount=m42 --set focal_length_mm=58 --set widest_f_number=2 "
        "--set longest_focal_length_mm= --set narrowest_f_number=16 --set close_focus_m=0.5 --set aperture_ring=yes "
        "--set electronic=no --set autofocus=no --set infinity_turn=clockwise --set squeeze=1",
    ],
    "profile": [
        "profile list",
        "profile show hip-video",
        "profile show",
        "profile check hip-video --against LISTING",
        "profile new mine --from hip-video --shutter 1/51",
        "profile new mine --from hip-vdeo",
        "profile diff hip-video mine",
        "profile restore --list",
        "profile edit hip-video",
    ],
    "target": ["target --out card.svg", "target --out card.txt"],
    "studio": ["studio devices", "studio devices --revoke mine"],
    "trip": [
        "trip status",
        "trip export",
        "trip plan --date 2020-03-01 --rig hip-video --days 3",
        "trip plan --date 2099-03-01 --rig hip-vdeo --days 3",
    ],
    "watch": ["watch empty --once", "watch nowhere --once", "watch empty --pick clip.mov"],
    "focus": [
        "focus zone --rig hip-video",
        "focus zone --rig hip-video --from 1.5 --to 4",
        "focus zone --rig hip-video --at 7ft --at 5ft9",
        "focus table --rig hip-video",
        "focus table --rig hip-video --out pocket.pdf",
        "focus scale --rig hip-video --diameter 60 --throw 170 --out scale.pdf",
        "focus calibrate --rig hip-video",
        "focus check clip.mov",
        "focus zone",
    ],
    "aim": [
        "aim --rig hip-video --height 1.7 --camera hip --at 2",
        "aim --drill hip-3m --height 5ft9 --shot full",
        "aim --rig hip-video --height tall",
    ],
    "drill": [
        "drill list",
        "drill show hip-3m",
        "drill show hip-3",
        "drill new mine --from hip-3m --distance 7ft",
        "drill run still-2m --takes 2 --sheet --no-camera",
        "drill distance",
        "drill distance 3 2.6",
        "drill distance 2m",
    ],
    "ingest": [
        "ingest",
        "drill run still-2m --takes 2 --sheet --no-camera -q",
        "ingest empty",
        "ingest --give-up empty",
    ],
    "score": [
        "score clip.mov --subject box:40,40,120,100 --fixed",
        "score clip.mov missing.mov --subject box:40,40,120,100 --fixed --csv",
        "score clip.mov --subject box:40,40,120,100 --fixed --output scores.jsonl",
        "score empty",
        "score clip.mov --subject cat",
    ],
    "review": ["review clip.mov --subject box:40,40,120,100 --fixed --export edl", "review last", "review nothing"],
    "log": [
        "log",
        "log show",
        "log show 2026",
        "log trend --svg trend.svg",
        "log report --out practice.html",
        "log card",
        "log export csv --out takes.csv",
        "log rebuild",
        "log class empty",
    ],
    "config": [
        "config",
        "config set units feet",
        "config set unit feet",
        "focus zone --rig hip-video --at 7",
        "config unset units",
        "config path",
    ],
    "cache": ["cache"],
    "study": [
        "study new mine --arms bandwidth,every --people 6 --seed 1",
        "study new mine --arms none --people 6",
        "study export mine",
        "study run mine --person 9",
    ],
    "models": ["models list", "models install yunet --from missing.onnx", "models install yunett"],
    "man": ["man --out pages", "man"],
    "completion": ["completion tcsh"],
    "camera-udev": ["camera udev --quiet"],
}
WITH_CAMERA = {
    "camera": [
        f"{CAMERA} camera list",
        f"{CAMERA} camera show",
        f"{CAMERA} camera show iso",
        f"{CAMERA} camera doctor",
        f"{CAMERA} camera record --seconds 1 --out take.mov",
        f"{CAMERA} camera fetch --all --out card",
        f"{CAMERA} camera live --out frame.jpg",
        "camera emulate --stop",
        "camera emulate --stop",
    ],
    "profile-camera": [
        f"{CAMERA} profile apply hip-video --dry-run",
        f"{CAMERA} profile apply hip-video",
        f"{CAMERA} profile diff hip-video camera",
        f"{CAMERA} profile restore",
        f"{CAMERA} profile capture mine",
    ],
}
FOR_PROGRAMS = ("--csv", "camera udev", "profile new", "profile capture", "drill new")
"""Prints that are never wrapped."""
TAKE_LONG = ("score", "review", "focus")
"""What is also run at 80 columns with the slow tests alone."""
# An editor is opened, the ring is turned, or it takes long (tests/packaging/test_wheel.py): other tests do it.
ELSEWHERE = {"config edit", "focus assist", "demo"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a clip, a listing and some sessions, as a photographer may have it; times are UTC's."""
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RIGCOACH_EMULATED_S", "300")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    folder = tmp_path / "work"
    (folder / "empty").mkdir(parents=True)
    picture = np.random.default_rng(3).integers(0, 256, (240, 320), dtype=np.uint8)
    write_video(folder / "clip.mov", [picture] * 6)
    monkeypatch.chdir(folder)
    yield tmp_path
    living_body.stop()
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        pytest.param(name, mode, marks=pytest.mark.slow) if mode != "piped" and name in TAKE_LONG else (name, mode)
        for name in SESSIONS
        for mode in MODES
    ],
)
def test_commands_print_what_they_printed(name: str, mode: str, place: Path, held: Callable[..., None]) -> None:
    if name in ("log", "review"):
        for day, drill in enumerate(("still-2m", "still-2m", "hip-3m")):
            kept(drill, (50.0 + 10 * day, 62.0, 71.0), day=float(day))
    held(name, SESSIONS[name], mode, place)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", WITH_CAMERA)
def test_commands_at_a_camera_print_what_they_printed(
    name: str, mode: str, place: Path, held: Callable[..., None]
) -> None:
    held(name, WITH_CAMERA[name], mode, place)


def test_every_command_is_among_them() -> None:
    run = " ; ".join(command for session in (*SESSIONS.values(), *WITH_CAMERA.values()) for command in session)
    missing = {
        name
        for words, command in commands(main, ("rigcoach",))
        if (name := " ".join(words[1:])) and not hasattr(command, "commands") and name not in run
    }
    assert missing == ELSEWHERE, "give each a line in SESSIONS, then --renew-golden"


@pytest.fixture
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run a session and hold it to its file, or renew that."""

    def hold(name: str, session: list[str], mode: str, place: Path) -> None:
        if mode == "piped":
            monkeypatch.delenv("COLUMNS", raising=False)
        else:
            monkeypatch.setenv("COLUMNS", "80")
        bodies = Path()
        if any("LISTING" in command for command in session):
            bodies = request.getfixturevalue("shared")
        listing = bodies / "cameras" / "nikon-d7200.json"
        printed = "\n".join(_run(command.replace("LISTING", str(listing)), place, bodies, mode) for command in session)
        hold_to_golden(request, f"{name}.{mode}.txt", printed)

    return hold


def _run(command: str, place: Path, bodies: Path, mode: str) -> str:
    done = CliRunner().invoke(main, shlex.split(command), prog_name="rigcoach")
    places = {"HOME": place / "home", "HERE": place / "work", "SHARED": bodies, "~": Path.home()}
    text = told(command, done.stdout, done.stderr, done.exit_code, places)
    if mode != "piped" and not any(word in command for word in FOR_PROGRAMS):
        # What cannot be broken, such as a path, may stand out.
        wide = [line for line in done.stdout.splitlines() if len(line) > 80 and os.sep not in line]
        assert wide == [], command
    return text
