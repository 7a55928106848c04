"""Workers of a cluster killed at work: the rows are those of one process, and one clip costs no other."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive_clips import archive_clips
from clips import long_clip
from held_up import HeldUp
from worker_processes import workers_of

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.cluster.clip_row import ClipRow, clip_row
from rigcoach.cluster.parquet_rows import parquet_bytes
from rigcoach.measure.picture.framing import ANYWHERE
from rigcoach.scoring.batch import score_file

BOX = ("--subject", "box:100,60,120,120", "--fixed")
PATIENCE_S = 300.0
CLIPS = 8

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def make_clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], list[Path]]:
    """What makes so many small clips."""
    return partial(archive_clips, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that is longer than the others: read slowly to its end it takes half a minute, else not much longer."""
    return long_clip(tmp_path_factory.mktemp("long") / "long.mp4", 120)


@pytest.fixture
def held(tmp_path: Path) -> HeldUp:
    """A place in the middle of the long clip, where a worker is until somebody lets it go or ends it."""
    return HeldUp(tmp_path / "held", "rigcoach.video.clip:read_frames", 20)


def scoring(*arguments: object) -> list[str]:
    return ["score", *map(str, arguments), *BOX, "--quiet"]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "rigcoach", *scoring(*arguments)]


@contextmanager
def on_cluster(held: HeldUp, *arguments: object, home: Path) -> "Iterator[subprocess.Popen[str]]":
    given = held.command(*scoring(*arguments))
    environment = os.environ | held.environment | {"RIGCOACH_HOME": str(home)}
    with subprocess.Popen(given, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def rows_of(folder: Path) -> pa.Table:
    tables = [pq.read_table(path, use_threads=False) for path in sorted(folder.glob("clips-*.parquet"))]
    return pa.concat_tables(tables).sort_by("clip")


def in_one_process(paths: list[Path]) -> list[ClipRow]:
    return [row_of(path) for path in sorted(paths)]


@cache
def row_of(path: Path) -> ClipRow:
    choice = SubjectChoice("box", box=(100.0, 60.0, 120.0, 120.0), fixed=True)
    return clip_row(score_file(str(path), choice, RigOptics(), wanted=ANYWHERE), str(path))


def test_half_the_workers_killed_leave_the_rows_of_one_process(held, make_clips, long, tmp_path):
    paths = [*make_clips(CLIPS), long]
    out, home = tmp_path / "out", tmp_path / "home"
    listed = tmp_path / "clips.txt"
    listed.write_text("".join(f"{path}\n" for path in paths))
    with on_cluster(held, listed, "--cluster", "local", "--jobs", 2, "--output", out, home=home) as process:
        at_work = held.wait(lambda: process.poll() is None)
        until = time.monotonic() + PATIENCE_S
        while len(workers := workers_of(process.pid)) != 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert at_work in workers
        os.kill(at_work, signal.SIGKILL)
        held.let_go()
        told, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, "")
    assert f"{len(paths)} of {len(paths)} clips are scored" in told
    (file,) = out.glob("clips-*.parquet")
    expected = parquet_bytes(in_one_process(paths))
    assert parquet_bytes_of(rows_of(out)) == parquet_bytes_of(pq.read_table(pa.BufferReader(expected)))
    assert file.read_bytes() == expected


def parquet_bytes_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def test_a_clip_that_ends_its_worker_three_times_is_an_error_and_the_rest_goes_on(held, make_clips, long, tmp_path):
    paths, killer = make_clips(6), long
    out = tmp_path / "out"
    given = (killer, *paths, "--cluster", "local", "--jobs", 2, "--output", out)
    with on_cluster(held, *given, home=tmp_path / "home") as process:
        killed: set[int] = set()
        until = time.monotonic() + PATIENCE_S
        while process.poll() is None:
            assert time.monotonic() < until
            for pid in held.there:
                if pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            time.sleep(0.01)
        _, said = process.communicate()
    assert process.returncode == 1
    assert len(killed) == 3
    rows = rows_of(out)
    errors = [row for row in rows.to_pylist() if row["error"] is not None]
    assert [(row["clip"], row["error_code"]) for row in errors] == [(str(killer), "clip.killed")]
    assert said == f"rigcoach: {errors[0]['error']}\n"
    others = rows.filter(pa.array([clip != str(killer) for clip in rows["clip"].to_pylist()]))
    assert others.equals(pq.read_table(pa.BufferReader(parquet_bytes(in_one_process(paths)))))


def test_ctrl_c_keeps_the_manifest_leaves_no_process_and_the_same_command_goes_on(held, make_clips, long, tmp_path):
    paths = [*make_clips(CLIPS), long]
    out, home = tmp_path / "out", tmp_path / "home"
    given = (*paths, "--cluster", "local", "--jobs", 2, "--output", out)
    with on_cluster(held, *given, home=home) as process:
        held.wait(lambda: process.poll() is None)
        children = workers_of(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "the same command goes on from there" in said
    assert children
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    environment = os.environ | {"RIGCOACH_HOME": str(home)}
    done = subprocess.run(command(*given), env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows_of(out).num_rows == len(paths)


def test_workers_elsewhere_score_what_lies_elsewhere(make_clips, tmp_path):
    paths = make_clips(4)
    packed, file = tmp_path / "tape.zip", tmp_path / "scheduler.json"
    with zipfile.ZipFile(packed, "w") as tape:
        for path in paths:
            tape.write(path, path.name)
    dask = [sys.executable, "-m", "dask"]
    options = ["--no-dashboard", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
    with subprocess.Popen([*dask, "scheduler", *options], stderr=subprocess.DEVNULL) as scheduler:
        worker = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        with subprocess.Popen(worker, stderr=subprocess.DEVNULL) as there:
            try:
                until = time.monotonic() + PATIENCE_S
                while not file.exists():
                    assert time.monotonic() < until
                    time.sleep(0.05)
                given = command(f"zip://::{packed}", "--cluster", file, "--output", tmp_path / "out")
                done = subprocess.run(given, capture_output=True, text=True, check=False)
                assert (done.returncode, done.stderr) == (0, "")
            finally:
                there.kill()
                scheduler.kill()
    rows = rows_of(tmp_path / "out")
    assert rows["clip"].to_pylist() == [f"zip://{path.name}::{packed}" for path in paths]
    expected = pq.read_table(pa.BufferReader(parquet_bytes(in_one_process(paths))))
    assert rows.drop(["clip"]).equals(expected.drop(["clip"]))


def test_a_clip_of_which_nothing_comes_ends_its_worker():
    stuck = "import time; from rigcoach.cluster.clip_task import ended_when_stuck\n"
    stuck += "with ended_when_stuck(10.0) as advance:\n"
    # Both at once; the slow one takes longer than one that is stuck may, however often it is held up for a while.
    slow = "    for i in range(110): time.sleep(0.1); advance(i, 110)\n"
    started = [subprocess.Popen([sys.executable, "-c", stuck + work]) for work in (slow, "    time.sleep(300)\n")]
    assert [process.wait(PATIENCE_S) for process in started] == [0, -signal.SIGKILL]
