"""One clip at which the decoder crashes or memory runs out: its error is told as in a batch."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from clips import long_clip, write_video
from held_up import HeldUp

BOX = ("--subject", "box:10,10,60,60", "--fixed")
PATIENCE_S = 120.0
NOTHING = ("", "[]\n")  # before the first clip was begun, and after

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="one clip is scored in a process of its own on Linux"),
]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_clip(tmp_path_factory.mktemp("clips") / "long.mp4")


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldUp:
    """A place in the middle of a clip."""
    return HeldUp(tmp_path_factory.mktemp("held") / "up", "rigcoach.video.clip:read_frames", 3)


@contextmanager
def at_work(held: HeldUp, command: str, clip: Path, *options: object) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """Start a command at a clip; yield it, and the process below it once that is in the middle of the clip."""
    given = held.command(command, clip, *BOX, *options)
    with subprocess.Popen(
        given, env=os.environ | held.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            child = held.wait(lambda: process.poll() is None)
            assert child != process.pid
            yield process, child
        finally:
            process.kill()


def assert_gone(pid: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("number", "why", "form"),
    [
        (signal.SIGSEGV, "(SIGSEGV)", "--json"),
        (signal.SIGKILL, "(SIGKILL), as it does where memory runs out", "--jsonl"),
        (signal.SIGABRT, "(SIGABRT)", "--csv"),
    ],
)
def test_a_clip_at_which_the_system_ends_the_process_is_told_as_any_that_fails(
    number: signal.Signals, why: str, form: str, held: HeldUp, long: Path
) -> None:
    with at_work(held, "score", long, form) as (process, child):
        os.kill(child, number)
        told, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    (line,) = said.splitlines()
    assert line.startswith("rigcoach: long.mp4 cannot be measured: the system ended the process")
    assert why in line
    if form == "--csv":
        names, row = told.splitlines()
        assert names.startswith("clip,")
        assert row.startswith(str(long))
        return
    documents = json.loads(told) if form == "--json" else [json.loads(told)]
    assert [(each["clip"], each["error"]["code"]) for each in documents] == [(str(long), "clip.killed")]


def test_a_file_that_was_begun_is_written_whole_and_nothing_is_left_beside_it(
    held: HeldUp, long: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.json"
    with at_work(held, "score", long, "--output", out) as (process, child):
        os.kill(child, signal.SIGSEGV)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert json.loads(out.read_text())[0]["error"]["code"] == "clip.killed"
    assert list(tmp_path.iterdir()) == [out]


def test_a_review_says_what_became_of_its_clip(held: HeldUp, long: Path, tmp_path: Path) -> None:
    with at_work(held, "review", long, "--out", tmp_path / "report.html", "--json") as (process, child):
        os.kill(child, signal.SIGSEGV)
        told, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert said.startswith("rigcoach: long.mp4 cannot be measured: the system ended the process")
    assert json.loads(told)["files"] == []
    assert list(tmp_path.iterdir()) == []


def test_stopping_it_stops_both(held: HeldUp, long: Path) -> None:
    with at_work(held, "score", long, "--json") as (process, child):
        process.send_signal(signal.SIGTERM)
        told, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert told in NOTHING
    assert said.startswith("rigcoach: stopped")
    assert_gone(child)


def test_ctrl_c_of_a_terminal_which_reaches_both_is_heard_once(held: HeldUp, long: Path) -> None:
    with at_work(held, "score", long, "--json") as (process, child):
        os.kill(child, signal.SIGINT)
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert told in NOTHING
    assert said.count("stopped") == 1
    assert_gone(child)


def test_whoever_kills_the_command_leaves_no_process(held: HeldUp, long: Path) -> None:
    with at_work(held, "score", long, "--json") as (process, child):
        process.kill()
        assert_gone(child)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_a_command_without_standard_streams_scores_all_the_same(closed: str, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "short.mp4", [np.full((64, 64), 90, np.uint8)] * 2)
    command = [sys.executable, "-m", "rigcoach", "score", str(clip), *BOX, "--output", str(tmp_path / "scores.json")]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads((tmp_path / "scores.json").read_text())) == 1
