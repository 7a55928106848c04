"""Drills on the cable: on the emulated body through the real driver, also interrupted, killed and out of room."""

import json
import signal
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from held_up import HeldUp
from practice.drilling import Drilling

from rigcoach.cli.main import main
from rigcoach.emulated.process import EmulatedBody
from rigcoach.journal import folder
from rigcoach.journal.session import Session
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.practice.live_take import record_live_view
from rigcoach.tether.camera import Camera
from rigcoach.video.clip import read_clip, read_frames

pytestmark = pytest.mark.slow


def the_session() -> tuple[Path, Session]:
    (name,) = folder.session_ids()
    path = folder.folder_of(name)
    return path, folder.read(path)


def held_at_go(tmp_path: Path, take: int) -> HeldUp:
    """Where a take is being recorded, however short it is to be."""
    return HeldUp(tmp_path / "held", "rigcoach.live.voice:Voice.call", take, given="Go")


def wait_until_at_rest(body: EmulatedBody) -> None:
    until = time.monotonic() + 60
    while (status := body.status()).recording or status.live_view:
        assert time.monotonic() < until, status
        time.sleep(0.1)


def test_a_drill_is_recorded_fetched_scored_and_summed_up(body: EmulatedBody, short: Path, tmp_path: Path) -> None:
    before = body.status().settings
    held = held_at_go(tmp_path, 1)
    drilling = Drilling(body, short, "--json", held=held)
    drilling.wait_for("Go")  # of the check take nothing is said but where to aim
    assert body.status().recording
    assert body.status().settings["SHUTTER_SPEED"] == "1/50"
    held.let_go()
    status, told = drilling.end()
    assert status == 0, drilling.lines
    assert body.status().settings == before
    document = json.loads(told)
    assert document["state"] == "closed"
    assert {check["code"]: check["ok"] for check in document["checks"]}.items() >= {
        "profile": True,
        "screen": True,
        "light": True,
        "subject": True,
        "shutter": True,
        "card.room": True,
        "disk.room": True,
    }.items()
    path, session = the_session()
    assert [take.state for take in session.takes] == [TakeState.SCORED] * 2
    for take in session.takes:
        assert take.clip is not None
        assert (path / take.clip).stat().st_size == take.size_bytes
        scores = json.loads((path / "scores" / f"{take.stem}.json").read_text())
        assert len(scores["frames"]) == scores["frame_count"] > 0
        assert take.score is not None
        assert take.score.overall == pytest.approx(scores["score"]["overall"], abs=0.06)
    assert document["summary"]["scored"] == 2
    # The card hangs at its own distance, and what is done on the emulator counts for nothing, however well it went.
    assert (session.emulated, session.counts, session.not_counted) == (True, False, ("emulated",))
    assert document["summary"]["passed"] is None
    assert next(rule for rule in document["summary"]["rules"] if rule["name"] == "distance")["met"] is not None
    assert "Take 1 of 2. 2 m, standing, from the chest" in drilling.lines
    files = ["report.html", "scores", "session.json", "take-01.mov", "take-02.mov"]
    assert sorted(each.name for each in path.iterdir()) == files


def test_ctrl_c_while_a_take_is_recorded_leaves_the_body_in_order_and_keeps_the_takes(
    body: EmulatedBody, short: Path, tmp_path: Path
) -> None:
    before = body.status().settings
    drilling = Drilling(body, short, held=held_at_go(tmp_path, 2))
    drilling.wait_for("Go", 2)
    drilling.process.send_signal(signal.SIGINT)
    status, _told = drilling.end()
    assert status == 130
    assert drilling.lines[-1].startswith("rigcoach: stopped; the takes so far are kept")
    assert not [line for line in drilling.lines if "Traceback" in line]
    stands = body.status()
    assert (stands.recording, stands.live_view, stands.settings) == (False, False, before)
    path, session = the_session()
    assert session.state is SessionState.STOPPED
    assert session.takes[0].state in (TakeState.FETCHED, TakeState.SCORED)
    assert (path / "take-01.mov").stat().st_size == session.takes[0].size_bytes
    assert session.takes[1].state is TakeState.RECORDING


def test_a_process_killed_in_the_middle_of_a_take_loses_no_session(
    body: EmulatedBody, short: Path, tmp_path: Path
) -> None:
    drilling = Drilling(body, short, held=held_at_go(tmp_path, 1))
    drilling.wait_for("Go")
    free_bytes = body.status().card_free_bytes
    drilling.process.kill()
    drilling.end()
    _, session = the_session()
    assert session.state is SessionState.OPEN
    assert session.takes[0].state is TakeState.RECORDING
    assert "interrupted" in CliRunner().invoke(main, ["log"]).stdout
    wait_until_at_rest(body)  # the driver's process lets go of the body by itself
    back = CliRunner().invoke(main, ["profile", "restore", "--camera", body.port_path])
    assert back.exit_code == 0, back.output
    # What it had recorded is on the card as soon as the body has written it, and comes in.
    until = time.monotonic() + 60
    while body.status().card_free_bytes == free_bytes:
        assert time.monotonic() < until
        time.sleep(0.2)
    ingested = CliRunner().invoke(main, ["ingest", "--camera", body.port_path])
    assert ingested.exit_code == 0, ingested.output
    _, session = the_session()
    assert [take.state for take in session.takes] == [TakeState.SCORED, TakeState.PLANNED]


def test_a_disk_without_room_for_a_clip_stops_the_drill_in_one_line(body: EmulatedBody, short: Path) -> None:
    before = body.status().settings
    drilling = Drilling(body, short, file_limit=2048)  # of 512 bytes: no file over a megabyte
    status, _told = drilling.end()
    assert status == 1
    assert "cannot be written: File too large" in drilling.lines[-1]
    assert body.status().settings == before
    assert the_session()[1].state is SessionState.STOPPED


def test_a_body_without_a_card_is_told_before_anything_is_recorded(body: EmulatedBody, short: Path) -> None:
    body.remove_card()
    before = body.status().settings
    drilling = Drilling(body, short)
    status, _told = drilling.end()
    assert status == 1
    assert drilling.lines[-1].startswith("rigcoach: these takes could not be measured: there is no card in the camera")
    assert "Go" not in drilling.lines
    assert body.status().settings == before
    _, session = the_session()
    assert not session.counts


def test_a_body_whose_movies_cannot_be_started_is_recorded_from_its_live_view(
    shared: Path,
    home: Path,  # noqa: ARG001 - moves user data
    short: Path,
) -> None:
    with EmulatedBody(shared / "cameras" / "canon-eos7d.json") as body:
        drilling = Drilling(body, short, "--takes", "1")
        status, _told = drilling.end()
        assert status == 0, drilling.lines
        assert not body.status().live_view
    assert any("are recorded from live view" in line and "smaller than a movie's" in line for line in drilling.lines)
    path, session = the_session()
    assert session.source == "live-view"
    assert session.takes[0].state is TakeState.SCORED
    clip = read_clip(path / "take-01.mov")
    assert (clip.width, clip.height) == (1024, 680)


def test_a_take_from_the_live_view_plays_with_the_times_of_its_frames(body: EmulatedBody, tmp_path: Path) -> None:
    clip = tmp_path / "live.mov"
    with Camera(body.port_path, model=body.model) as camera:
        came: list[float] = []
        record_live_view(camera, camera.listing(), 1.5, clip, see=lambda _jpeg: came.append(time.monotonic()))
        came.append(time.monotonic())
    assert not body.status().live_view
    read = read_clip(clip)
    assert (read.width, read.height, read.full_range) == (1024, 680, True)
    times = [frame.t_s for frame in read_frames(read)]
    assert times == sorted(set(times))
    # Each is written after it came and before the next one did; of times in a file a thousandth is left.
    assert len(times) == len(came) - 1
    for n, t_s in enumerate(times):
        assert came[n] - came[1] - 0.001 <= t_s - times[0] <= came[n + 1] - came[0] + 0.001
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["live.mov"]


def test_a_fixed_drill_is_not_run_in_part() -> None:
    result = CliRunner().invoke(main, ["drill", "run", "combine", "--takes", "2"])
    assert result.exit_code == 2
    assert "could not be compared" in result.stderr
