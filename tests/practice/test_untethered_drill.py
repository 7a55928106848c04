"""Drills off the cable, and bringing their clips in."""

import hashlib
import json
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from clips import write_video
from commands import run
from practice.drilling import Drilling

from rigcoach.cli.drill_run import prompter_of
from rigcoach.cli.options import CommandOptions
from rigcoach.emulated.process import EmulatedBody
from rigcoach.journal import folder
from rigcoach.journal.judgement import guess_of
from rigcoach.journal.session import Guess, Session
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.listing.model import BodyListing, Widget, WidgetType, listing_of
from rigcoach.practice.ingest import ingest
from rigcoach.practice.open_session import Prompter, resumed
from rigcoach.practice.untethered import clock_ahead_s
from rigcoach.practice.verified_copy import IngestError, copy_verified

pytestmark = pytest.mark.usefixtures("scored_here")


def the_session() -> tuple[Path, Session]:
    (name,) = folder.session_ids()
    return folder.folder_of(name), folder.read(folder.folder_of(name))


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A folder as a card reader shows a card."""
    made = tmp_path / "card" / "DCIM" / "100EOS5D"
    made.mkdir(parents=True)
    return made


def shoot(card: Path, name: str, ended_at: float, seconds: float = 0.6) -> Path:
    """Put a small clip on a card, written when a camera would have: at its end. Nobody is in it."""
    shade = 40 + len(list(card.iterdir()))  # no two clips are alike
    frames = [np.full((240, 320), shade, np.uint8)] * round(25 * seconds)
    path = write_video(card / name, frames)
    os.utime(path, (ended_at, ended_at))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def timed(home: Path, short: Path) -> tuple[Path, list[float]]:  # noqa: ARG001 - moves user data
    """The folder of a session whose two takes were timed a minute apart, and when they began."""
    assert run("drill", "run", short, "--sheet", "--no-camera", "--json").exit_code == 0
    path, session = the_session()
    begun = [session.started_at + timedelta(seconds=seconds) for seconds in (5, 65)]
    takes = tuple(
        replace(take, state=TakeState.RECORDING, started_at=at) for take, at in zip(session.takes, begun, strict=True)
    )
    folder.write(path, replace(session, takes=takes))
    return path, [at.timestamp() for at in begun]


def test_without_a_camera_no_session_is_begun_and_the_way_by_hand_is_told(home: Path, short: Path) -> None:  # noqa: ARG001 - moves user data
    done = run("--camera", "usb:255,255", "drill", "run", short, "--sheet", "--silent")
    assert done.exit_code == 1
    assert "or set it by hand and give --no-camera" in done.stderr
    assert not folder.session_ids()


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_takes_are_timed_by_prompts(short: Path) -> None:
    began = time.monotonic()
    done = run("drill", "run", short, "--untethered", "--no-camera", "--silent", "--json")
    lasted_s = time.monotonic() - began
    assert done.exit_code == 0, done.output
    assert [line for line in done.stderr.splitlines() if line in ("3", "Go", "Stop")] == ["3", "Go", "Stop"] * 2
    path, session = the_session()
    assert session.state is SessionState.WAITING
    first, second = (take.started_at for take in session.takes)
    assert first is not None
    assert second is not None
    assert 0.5 + 3 <= (second - first).total_seconds() <= lasted_s - 3  # take and count; the first one's count
    assert (path / "slates.html").read_text().count("<svg") == 2


@pytest.mark.slow
def test_clips_are_found_by_the_clocks_copied_and_left_where_they_are(
    timed: tuple[Path, list[float]], card: Path
) -> None:
    path, begun = timed
    first = shoot(card, "MVI_0007.MOV", begun[0] + 0.8)
    shoot(card, "MVI_0002.MOV", begun[0] - 86_400)  # of yesterday
    second = shoot(card, "MVI_0008.MOV", begun[1] + 0.7)
    before = {each.name: (digest(each), each.stat().st_mtime_ns) for each in card.iterdir()}
    ingested = run("ingest", card.parents[1], "--json")
    assert ingested.exit_code == 0, ingested.output
    session = folder.read(path)
    assert session.state is SessionState.CLOSED
    assert [(take.state, take.matched_by) for take in session.takes] == [(TakeState.SCORED, "time")] * 2
    assert [take.sha256 for take in session.takes] == [digest(first), digest(second)]
    assert digest(path / "take-02.mov") == digest(second)
    assert session.leftovers == ()
    assert {each.name: (digest(each), each.stat().st_mtime_ns) for each in card.iterdir()} == before
    told = json.loads(ingested.stdout)
    assert told["summary"]["passed"] is None  # nobody is in the pictures, so there is nothing to pass by
    again = run("ingest", card.parents[1])
    assert again.exit_code == 1
    assert "no session is waiting for clips" in again.stderr


@pytest.mark.slow
def test_how_takes_went_is_said_before_their_results_and_not_after(timed: tuple[Path, list[float]], card: Path) -> None:
    path, begun = timed
    for number, at in enumerate(begun):
        shoot(card, f"MVI_000{number}.MOV", at + 0.7)
    assert run("ingest", card, "--guess", "1=q").exit_code == 2
    assert run("ingest", card, "--guess", "7=l").exit_code == 2
    ingested = run("ingest", card, "--guess", "1=ln", "--guess", "2=b")
    assert ingested.exit_code == 0, ingested.output
    first, second = (take.guess for take in folder.read(path).takes)
    assert first == Guess(sideways=-1, updown=0, distance=-1, sharp=True)
    assert second == Guess(sideways=0, updown=0, distance=0, sharp=False)
    after = run("ingest", card, "--session", path.name, "--guess", "1=l")
    assert after.exit_code == 2
    assert "has its result already" in after.stderr


@pytest.mark.slow
def test_whoever_asks_is_answered_for_takes_off_the_cable_alone(timed: tuple[Path, list[float]], card: Path) -> None:
    path, begun = timed
    for number, at in enumerate(begun):
        shoot(card, f"MVI_000{number}.MOV", at + 0.7)
    asked: list[int] = []

    class Asker:
        def ask(self, number: int, prompter: Prompter) -> Guess | None:  # noqa: ARG002
            states = [take.state for take in folder.read(path).takes]
            assert TakeState.SCORED not in states  # before any result
            asked.append(number)
            return guess_of("right")

    with resumed(path) as open_session, prompter_of(CommandOptions(quiet=True), silent=True) as prompter:
        ingest(open_session, card, prompter, guesser=Asker())
    assert asked == [1, 2]
    assert [take.guess == guess_of("right") for take in folder.read(path).takes] == [True, True]


@pytest.mark.slow
def test_takes_missing_and_clips_left_over_are_named_and_can_be_put_right(
    timed: tuple[Path, list[float]], card: Path
) -> None:
    path, begun = timed
    shoot(card, "MVI_0001.MOV", begun[0] + 0.7)
    shoot(card, "MVI_0002.MOV", begun[1] + 200)
    (card / "MVI_0003.MOV").write_bytes(b"broken")
    ingested = run("ingest", card)
    assert ingested.exit_code == 1
    assert "1 of 2 takes have no clip: take 2" in ingested.stderr
    assert "MVI_0002.MOV was not matched to a take" in ingested.stderr
    assert "MVI_0003.MOV is not a video" in ingested.stderr
    session = folder.read(path)
    assert [take.state for take in session.takes] == [TakeState.SCORED, TakeState.MISSING]
    later = run("ingest", card.parents[1])
    assert later.exit_code == 1
    assert f"{path.name} was closed without a clip for take 2" in later.stderr
    assert f"--session {path.name}" in later.stderr
    assert [Path(name).name for name in session.leftovers] == ["MVI_0002.MOV"]

    assert run("ingest", card, "--session", path.name, "--take", "2=MVI_0009.MOV").exit_code == 1
    right = run("ingest", card, "--session", path.name, "--take", "2=MVI_0002.MOV")
    assert right.exit_code == 0, right.output
    session = folder.read(path)
    assert session.takes[1].matched_by == "named"
    assert session.leftovers == ()


@pytest.mark.slow
def test_clips_whose_names_are_no_text_are_brought_in(timed: tuple[Path, list[float]], card: Path) -> None:
    path, begun = timed
    for number, name in enumerate((b"caf\xe9.MP4", b"red\x1b[31m.MP4")):
        shoot(card, "plain.MP4", 0).rename(card / os.fsdecode(name))
        os.utime(card / os.fsdecode(name), (begun[number] + 0.7,) * 2)
    ingested = run("ingest", card)
    assert ingested.exit_code == 0, ingested.output
    assert [take.clip for take in folder.read(path).takes] == ["take-01.mp4", "take-02.mp4"]
    assert run("log", "show", path.name).exit_code == 0


@pytest.mark.slow
def test_a_take_that_the_camera_split_is_brought_in_whole(timed: tuple[Path, list[float]], card: Path) -> None:
    path, begun = timed
    parts = [shoot(card, f"GX0{i}0042.MP4", begun[0] + 0.3 * i, seconds=0.32) for i in (1, 2)]
    shoot(card, "GX010043.MP4", begun[1] + 0.7)
    ingested = run("ingest", card.parents[1])
    assert ingested.exit_code == 0, ingested.output
    assert "GX010042.MP4 continues in GX020042.MP4" in ingested.output
    session = folder.read(path)
    assert [take.files for take in session.takes] == [
        ("take-01.mp4", "take-01.chapter-2.mp4"),
        ("take-02.mp4",),
    ]
    for part, name in zip(parts, session.takes[0].files, strict=True):
        assert digest(path / name) == digest(part)
    scores = json.loads((path / "scores" / "take-01.json").read_text())
    assert len(scores["frames"]) == 16
    assert scores["duration_s"] == pytest.approx(0.64)
    assert run("ingest", card, "--session", path.name).exit_code == 0
    assert folder.read(path).leftovers == ()
    assert run("review", path).exit_code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_clips_lie_deep_in_a_cards_tree_and_what_is_passed_over_is_counted(short: Path, tmp_path: Path) -> None:
    assert run("drill", "run", short, "--sheet", "--no-camera").exit_code == 0
    stream = tmp_path / "card" / "PRIVATE" / "AVCHD" / "BDMV" / "STREAM"
    stream.mkdir(parents=True)
    later = time.time() + 900
    shoot(stream, "00001.MTS", later)
    shoot(stream, "00002.MTS", later + 20)
    (stream.parent / "INDEX.BDM").write_bytes(b"index")
    (stream / "00001.LRV").write_bytes(b"proxy")
    ingested = run("ingest", tmp_path / "card")
    assert ingested.exit_code == 0, ingested.output
    assert "Skipped: 1 proxy and 1 other file." in ingested.output
    _, session = the_session()
    assert [take.clip for take in session.takes] == ["take-01.mts", "take-02.mts"]


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_takes_from_a_printed_order_are_matched_by_their_order(short: Path, card: Path) -> None:
    sheet = run("drill", "run", short, "--sheet", "--no-camera")
    assert sheet.exit_code == 0, sheet.output
    assert "[ ]  1  2 m, standing, from the chest, 0.5 s" in sheet.stdout
    later = time.time() + 900
    shoot(card, "MVI_9999.MOV", later)
    shoot(card, "MVI_0001.MOV", later + 20)  # bodies count on from 0001
    ingested = run("ingest", card)
    assert ingested.exit_code == 0, ingested.output
    _, session = the_session()
    assert [Path(take.card_path or "").name for take in session.takes] == ["MVI_9999.MOV", "MVI_0001.MOV"]
    assert [take.matched_by for take in session.takes] == ["order"] * 2


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_takes_that_were_fetched_and_not_scored_are_scored_later(short: Path, card: Path) -> None:
    run("drill", "run", short, "--sheet", "--no-camera")
    path, session = the_session()
    clip = shoot(card, "MVI_0001.MOV", time.time())
    copy_verified(clip, path / "take-01.mov")
    takes = (replace(session.takes[0], state=TakeState.FETCHED, clip="take-01.mov"), session.takes[1])
    folder.write(path, replace(session, takes=takes, state=SessionState.STOPPED))
    assert run("ingest", "--score-only").exit_code == 0
    assert folder.read(path).takes[0].state is TakeState.SCORED


def test_a_copy_is_whole_or_not_there(tmp_path: Path) -> None:
    source, to = tmp_path / "a.mov", tmp_path / "b.mov"
    with pytest.raises(IngestError, match="No such file"):
        copy_verified(source, to)
    source.write_bytes(os.urandom(3_000_000))
    copy_verified(source, to)
    assert digest(to) == digest(source)
    with pytest.raises(IngestError, match="cannot be copied"):
        copy_verified(source, tmp_path / "none" / "b.mov")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.mov", "b.mov"]


def test_a_bodys_clock_is_read_where_it_tells_one() -> None:
    def body(**clocks: str) -> BodyListing:
        return listing_of("x", [Widget(f"/main/settings/{n}", n, WidgetType.DATE, v) for n, v in clocks.items()])

    assert clock_ahead_s(body(datetimeutc="1090", datetime="4690"), 1000.0) == 90.0
    assert clock_ahead_s(body(datetimeutc="0", datetime="940"), 1000.0) == -60.0
    assert clock_ahead_s(body(datetime="0"), 1000.0) is None
    assert clock_ahead_s(body(), 1000.0) is None


@pytest.mark.slow
def test_a_drill_off_the_cable_from_setting_the_body_to_the_scores(body: EmulatedBody, short: Path) -> None:
    """The photographer's hands are on the body; the clips come off its card by order."""
    drilling = Drilling(body, short, "--untethered", "--silent")
    for take in (1, 2):
        drilling.wait_for("Go", take)
        body.press("live-view")
        body.press("record")
        began = time.monotonic()
        assert body.status().settings["SHUTTER_SPEED"] == "1/50"
        drilling.wait_for("Stop", take)
        time.sleep(max(0.0, began + 0.6 - time.monotonic()))  # "Go" may have been seen late
        body.press("record")
        body.press("live-view")
    status, _told = drilling.end()
    assert status == 0, drilling.lines
    assert any(line.startswith("kept after unplugging: ") and "shutter" in line for line in drilling.lines)
    path, session = the_session()
    assert session.clock_offset_s == pytest.approx(0.0, abs=60.0)  # the emulated body keeps the computer's time
    assert session.body == "Canon EOS 5D Mark II"

    until = time.monotonic() + 60
    while run("camera", "fetch", "--new", "--out", path.parent / "look", "--camera", body.port_path).exit_code == 0:
        if len(list((path.parent / "look").glob("*.MOV"))) == 2:
            break
        assert time.monotonic() < until
        time.sleep(0.5)
    ingested = run("ingest", "--camera", body.port_path)
    assert ingested.exit_code == 0, ingested.output
    session = folder.read(path)
    assert [(take.state, take.matched_by) for take in session.takes] == [(TakeState.SCORED, "order")] * 2
    assert all(take.score is not None and take.score.subject_kind == "target" for take in session.takes)
    assert (path / "take-01.mov").stat().st_size == (path.parent / "look" / "MVI_0001.MOV").stat().st_size
    assert not (path / "incoming").exists()
