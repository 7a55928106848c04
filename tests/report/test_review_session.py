"""`rigcoach review` of a whole session, from clips that lie in its folder."""

import base64
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from clips import write_video
from held_up import HeldUp
from journal.made_sessions import kept, scored, session
from known import known
from photographs import read_grey
from report.test_clip_page import Page
from report.test_share import seen

from rigcoach.analysis.results import RigOptics
from rigcoach.cli.main import main
from rigcoach.journal import folder as journal
from rigcoach.journal.session import Moment
from rigcoach.journal.states import TakeState
from rigcoach.practice.open_session import OpenSession
from rigcoach.practice.take_score import score_take
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip

FRAMES = 18


@pytest.fixture(scope="module")
def left_third(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sharp and level card in the left third."""
    path = tmp_path_factory.mktemp("thirds") / "left.mov"
    spec = SceneSpec(
        width=640,
        height=360,
        card_distance_m=1.2,
        focus_distance_m=1.2,
        f_number=8.0,
        aim=(-1 / 6, 0.0),
        sway_deg=0.0,
        roll_wobble_deg=0.0,
        shutter_s=1 / 500,
    )
    write_clip(spec, FRAMES, path)
    return path


@pytest.fixture
def thirds(left_third: Path) -> Path:
    """A session of takes that want left, right and left thirds: all show the left; the third's clip is gone."""
    path = kept("thirds", (80.0, 40.0, 80.0))
    for number in (1, 2):
        shutil.copyfile(left_third, path / f"take-0{number}.mov")
    return path


def review(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["review", *(str(argument) for argument in arguments)])


@pytest.mark.slow
def test_each_take_is_scored_against_its_own_place_and_carried_on_under_its_number(thirds, tmp_path):
    otio = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")
    before = (thirds / "session.json").read_bytes()
    film = tmp_path / "all.mp4"
    kinds = [part for kind in ("otio", "edl", "csv", "xmp") for part in ("--export", kind)]
    result = review("last", "--video", film, *kinds, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.strip() == "Take 3 is left out: take-03.mov is not there"
    files = [Path(name) for name in json.loads(result.stdout)["files"]]
    cut, edl, table = (thirds / f"{thirds.name}.{kind}" for kind in ("otio", "edl", "csv"))
    sidecars = [thirds / f"take-0{n}.mov.xmp" for n in (1, 2)]
    assert files == [thirds / "report.html", film, cut, edl, table, *sidecars]
    # Only the first take wants the subject where it is.
    for timeline in (
        otio.adapters.read_from_file(str(cut)),
        otio.adapters.read_from_file(str(edl), adapter_name="cmx_3600", rate=30000 / 1001),
    ):
        assert {clip.name for clip in timeline.find_clips()} == {"take-01.mov"}
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["take"] for row in rows] == ["1"] * FRAMES + ["2"] * FRAMES
    off = [np.mean([float(row["offset_x"]) for row in rows if row["take"] == take]) for take in "12"]
    assert off == pytest.approx([0.0, -1 / 3], abs=0.01)
    with av.open(str(film)) as made:
        assert sum(1 for _ in made.decode(video=0)) == 2 * FRAMES
    assert [("Red" in path.read_text()) for path in sidecars] == [False, True]
    assert (thirds / "session.json").read_bytes() == before


@pytest.mark.slow
def test_a_file_in_the_way_is_told_before_anything_is_done(thirds):
    sidecar = thirds / "take-01.mov.xmp"
    sidecar.write_text("<edits of another program/>")
    result = review(thirds, "--export", "xmp", "--export", "csv")
    assert result.exit_code == 1
    assert "take-01.mov.xmp already exists" in result.stderr.splitlines()[-1]
    assert result.stdout == ""
    assert not (thirds / "report.html").exists()
    assert sidecar.read_text() == "<edits of another program/>"


def test_a_session_without_clips_still_gets_its_page():
    path = kept(scores=(50.0,))
    result = review("last", "--export", "csv")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"rigcoach: no take of {path.name} can be scored")
    assert result.stdout.strip() == str(path / "report.html")
    assert "Takes side by side" in (path / "report.html").read_text()


@pytest.mark.parametrize("option", [("--rig", "hip-video"), ("--drill", "thirds"), ("--subject", "face"), ("--fixed",)])
def test_what_a_session_knows_itself_is_refused(option):
    kept(scores=(50.0,))
    result = review("last", *option)
    assert result.exit_code == 2
    assert "a session knows its own" in result.stderr


def test_a_film_of_another_kind_is_refused_before_anything_is_scored(tmp_path):
    path = kept(scores=(50.0,))
    assert review("last", "--video", tmp_path / "all.avi").exit_code == 1
    assert not (path / "report.html").exists()


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_half_written(thirds, tmp_path):
    film = tmp_path / "all.mp4"
    held = HeldUp(tmp_path / "held", "rigcoach.report.annotated:annotate")  # a picture of it is drawn
    command = held.command("review", "last", "--video", film, "--export", "csv")
    environment = os.environ | held.environment
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        held.wait(lambda: process.poll() is None)
        assert list(tmp_path.glob("all.mp4.*.part"))
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said[1]
    assert list(tmp_path.glob("all.mp4*")) == []
    assert {path.name for path in thirds.iterdir()} == {"session.json", "report.html", "take-01.mov", "take-02.mov"}


@pytest.fixture(scope="module")
def face_take(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a take that shows a face, and its scores as a drill writes them."""
    path = tmp_path_factory.mktemp("face")
    grey = read_grey(shared / "clips" / "faces" / "astronaut.png")
    write_video(path / "take-01.mov", [grey] * 3, fps=3)
    outcome = score_take(OpenSession(path, session(scores=(None,))).job(1, RigOptics()))
    assert outcome.score is not None
    assert outcome.score.subject_kind == "face"
    return path


@pytest.fixture
def portrait(face_take: Path) -> Path:
    """A session of that take and of one that failed."""
    made = session("still-2m", (50.0, None))
    first, second = made.takes
    score = replace(scored(50.0), subject_kind="face", best=Moment(1, 0.2, 0.6, 60.0), worst=None)
    failed = replace(second, state=TakeState.FAILED, score=None, error="/home/somebody/DCIM is full")
    path = journal.create(replace(made, takes=(replace(first, score=score), failed)))
    return shutil.copytree(face_take, path, dirs_exist_ok=True)


def shown(page: Path) -> list[np.ndarray]:
    """Return the pictures in a page."""
    found = []
    for tag, attributes in Page(page.read_text()).tags:
        if tag == "img":
            data = base64.b64decode((attributes["src"] or "").partition(",")[2])
            picture = known(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
            found.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    return found


@pytest.mark.slow
def test_a_page_to_be_shared_shows_no_face_no_path_and_no_time_of_day(portrait):
    page = portrait / "report.html"
    assert review(portrait).exit_code == 0
    (open_,) = shown(page)
    assert seen(open_)
    assert "/home/somebody" in page.read_text()
    assert ":00</p>" in page.read_text()
    assert review(portrait, "--share").exit_code == 0
    (hidden,) = shown(page)
    assert not seen(hidden)
    text = page.read_text()
    assert "Faces were blurred" in text
    assert "Take 2: failed" in text
    for private in ("/home/somebody", ":00</p>", str(portrait), portrait.name):
        assert private not in text


@pytest.mark.slow
@pytest.mark.parametrize("scores", [None, "{}", '{"frames": [{"subject": {"kind": "face", "box": [NaN, 1, 2, 3]}}]}'])
def test_a_face_that_the_scores_do_not_place_is_not_shared(portrait, scores):
    path = portrait / "scores" / "take-01.json"
    if scores is None:
        path.unlink()
    else:
        frame = json.loads(scores).get("frames")
        path.write_text(scores if frame is None else json.dumps({"frames": frame * 3}))
    assert review(portrait, "--share").exit_code == 0
    assert shown(portrait / "report.html") == []
    assert review(portrait).exit_code == 0
    assert len(shown(portrait / "report.html")) == 1


def browser(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def run(home: Path, *arguments: str, browser: Path) -> subprocess.CompletedProcess[str]:
    """Run the command where the only browser is the one that BROWSER names."""
    environment = {"BROWSER": str(browser), "PATH": "/usr/nothing", "RIGCOACH_HOME": os.environ["RIGCOACH_HOME"]}
    command = [sys.executable, "-m", "rigcoach", *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_browser_is_started_with_the_page(tmp_path):
    kept(scores=(50.0,))
    out = tmp_path / "täglich #1 &c.html"
    named = tmp_path / "url"
    starter = browser(tmp_path / "browser", f'echo "Opening in existing browser session."; echo "$1" > "{named}"')
    result = run(tmp_path, "review", "last", "--out", out.name, "--open", "--json", browser=starter)
    assert result.returncode == 0, result.stderr
    assert named.read_text().strip() == out.as_uri()
    assert json.loads(result.stdout)["files"] == [out.name]
    assert "existing browser session" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("there", [True, False])
def test_without_a_browser_it_says_what_to_open(tmp_path, there):
    path = kept(scores=(50.0,))
    broken = browser(tmp_path / "browser", "exit 3") if there else tmp_path / "no-such-browser"
    result = run(tmp_path, "review", "last", "--open", browser=broken)
    assert result.returncode == 1
    assert result.stderr.startswith("rigcoach: no browser could be started")
    assert f"Open {path / 'report.html'} yourself" in result.stderr
    assert result.stdout.strip() == str(path / "report.html")
