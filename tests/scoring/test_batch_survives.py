"""Batches in which something goes wrong: one clip fails, never the others; what is done is kept."""

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
from click.testing import CliRunner, Result
from clips import long_clip, write_video
from held_up import HeldUp
from known import known
from ordinary import ordinary_python

from rigcoach.base.progress import Advance
from rigcoach.cli.main import main
from rigcoach.scoring.workers import Died, Workers

BOX = ("--subject", "box:10,10,60,60", "--fixed")
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, 255, (120, 160), dtype=np.uint8) for _ in range(3)]
    return write_video(tmp_path_factory.mktemp("clips") / "good.mp4", frames)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_clip(tmp_path_factory.mktemp("clips") / "long.mp4")


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldUp:
    """A place in the middle of the long clip; the good one is shorter."""
    return HeldUp(tmp_path_factory.mktemp("held") / "up", "rigcoach.video.clip:read_frames", 5)


@pytest.fixture
def unseen(good: Path, tmp_path: Path) -> Path:
    """A clip whose pictures are coded in a way that nobody knows."""
    path = tmp_path / "unseen.mp4"
    path.write_bytes(good.read_bytes().replace(b"avc1", b"zzq9"))
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_video(tmp_path / "tiny.mp4", [np.full((2, 2), 90, np.uint8)] * 3)


@pytest.fixture
def other_letters(good: Path, tmp_path: Path) -> Path:
    """A clip whose encoder wrote its name in letters that are no UTF-8."""
    path = tmp_path / "letters.mp4"
    content = good.read_bytes()
    assert b"Lavf" in content
    path.write_bytes(content.replace(b"Lavf", b"L\xe4vf"))
    return path


def score(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["score", *map(str, arguments), "--json"])


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_bad_files_cost_no_other(jobs: int, good: Path, unseen: Path, tiny: Path, tmp_path: Path) -> None:
    report = tmp_path / "good.review.html"
    report.write_text('<!doctype html><meta name="generator" content="rigcoach 1.0">')
    result = score(good, unseen, good, tiny, report, good, *BOX, "--jobs", jobs)
    documents = json.loads(result.stdout)
    assert [(Path(document["clip"]).name, document.get("error", {}).get("code")) for document in documents] == [
        ("good.mp4", None),
        ("unseen.mp4", "clip.no-decoder"),
        ("good.mp4", None),
        ("tiny.mp4", "clip.size"),
        ("good.review.html", "clip.is-report"),
        ("good.mp4", None),
    ]
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_letters_that_are_no_utf8_cost_nothing(other_letters: Path) -> None:
    assert score(other_letters, *BOX).exit_code == 0


@pytest.mark.slow
def test_a_clip_that_may_not_be_read_costs_no_other(good: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(good.read_bytes())
    secret.chmod(0)
    command = [*ordinary_python(), "-m", "rigcoach", "score", str(secret), str(good), *BOX, "--jobs", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    first, second = json.loads(done.stdout)
    assert "Permission denied" in first["error"]["text"]
    assert "score" in second


@pytest.mark.slow
@pytest.mark.parametrize(("number", "jobs"), [(signal.SIGINT, 1), (signal.SIGTERM, 2)])
def test_results_are_printed_as_they_come_and_ctrl_c_keeps_them(
    number: signal.Signals, jobs: int, held: HeldUp, good: Path, long: Path
) -> None:
    with scoring(held, good, long, "--json", "--jobs", jobs) as process:
        told = read_until_scored(process)
        held.wait(lambda: process.poll() is None)
        children = children_of(process.pid)
        assert children
        process.send_signal(number)
        told += known(process.stdout).read()
        assert process.wait(PATIENCE_S) == 130
    (document,) = json.loads(told)
    assert document["clip"] == str(good)
    assert_gone(children)


@pytest.mark.slow
def test_a_clip_whose_process_the_system_ends_costs_no_other(held: HeldUp, good: Path, long: Path) -> None:
    with scoring(held, good, long, good, "--jobs", 1, "--json") as process:
        told = read_until_scored(process)
        child = held.wait(lambda: process.poll() is None)
        assert children_of(process.pid) == {child}
        os.kill(child, signal.SIGKILL)
        told += known(process.stdout).read()
        assert process.wait(PATIENCE_S) == 1
    first, killed, last = json.loads(told)
    assert killed["error"]["code"] == "clip.killed"
    assert "where memory runs out" in killed["error"]["text"]
    assert "score" in first
    assert "score" in last


@pytest.mark.slow
def test_a_killed_command_leaves_no_process_behind(held: HeldUp, good: Path, long: Path) -> None:
    with scoring(held, long, good, long, "--jobs", 2, "--json") as process:
        until = time.monotonic() + PATIENCE_S
        while len(children := children_of(process.pid)) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.kill()
    assert_gone(children)


@pytest.mark.slow
def test_a_closed_pipe_is_quiet(good: Path) -> None:
    command = f'"$0" -m rigcoach score "$@" {" ".join(BOX)} --jobs 1 | head -c 3'
    for form in ((), ("--json",)):
        given = ["bash", "-c", command, sys.executable, str(good), str(good), str(good), *form]
        done = subprocess.run(given, capture_output=True, text=True, check=False)
        assert len(done.stdout) == 3
        assert done.stderr == ""


@contextmanager
def scoring(held: HeldUp, *arguments: object) -> "Iterator[subprocess.Popen[bytes]]":
    command = held.command("score", *arguments, *BOX)
    environment = os.environ | held.environment
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until_scored(process: "subprocess.Popen[bytes]") -> bytes:
    """Return what a command says up to its first score."""
    told = b""
    while b'"keeper_ratio"' not in told:
        more = os.read(known(process.stdout).fileno(), 65536)
        assert more, told
        told += more
    return told


def children_of(pid: int) -> set[int]:
    """The numbers of the processes that measure, below a process."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
            spawned = b"spawn_main" in (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if spawned and int(rest.split()[1]) == pid:
            found.add(int(name.split()[0]))
    return found


def assert_gone(pids: set[int]) -> None:
    until = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{pid}/stat").exists() and " Z " not in stat(pid) for pid in pids):
        assert time.monotonic() < until, f"still there: {pids}"
        time.sleep(0.05)


def stat(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return " Z "


def at_work(job: str, advance: Advance) -> str:
    match job:
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hangs":
            time.sleep(1000)
        case "long":
            for _ in range(15):
                time.sleep(0.2)
                advance(1, 2)
    return job.upper()


@pytest.fixture
def two() -> Iterator["Workers[str, str]"]:
    with Workers(at_work, 2, patience_s=25.0) as workers:
        yield workers


@pytest.mark.slow
def test_a_process_that_dies_or_hangs_loses_its_own_job_alone(two: "Workers[str, str]") -> None:
    jobs = ["a", "dies", "b", "hangs", "long", "c"]
    numbers = [two.submit(job) for job in jobs]
    done: dict[int, str | Died] = {}
    heard = set()
    while two.waiting:
        done |= dict(two.collect(1.0, lambda number, _done, _of: heard.add(number)))
    assert [done[number] for number in numbers if number not in (1, 3)] == ["A", "B", "LONG", "C"]
    assert done[1] == Died("the system ended the process that did it (SIGKILL), as it does where memory runs out")
    assert done[3] == Died("nothing came of it for 25 s")
    assert heard == {4}
