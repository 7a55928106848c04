"""A single clip at which the work gets stuck costs no more than its patience, and leaves no process behind."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from clips import write_video

from rigcoach.base.progress import Advance, no_progress
from rigcoach.measure.compiled_folder import mark_compiling
from rigcoach.scoring.watched import left_behind, watched
from rigcoach.scoring.workers import Died

# A decoder that never comes back, on a thread for which an interpreter that ends as usual waits.
STUCK = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from rigcoach.cli.main import main
from rigcoach.scoring import batch
batch.PATIENCE_S = 1.0
def stuck(*_, **__):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(threading.Event().wait).result()
batch.analyse_clip = stuck
main(["score", sys.argv[1], "--json"])
"""


def test_the_work_is_done_and_its_progress_told() -> None:
    told: list[float] = []

    def count(advance: Advance) -> str:
        for done in range(8):
            advance(done, 8)
            time.sleep(0.1)
        return "done"

    assert watched(count, lambda done, _of: told.append(done), 60.0) == "done"
    assert told
    assert told == sorted(told)


def test_what_the_work_raises_is_raised() -> None:
    def fail(_advance: Advance) -> None:
        raise ValueError("spoilt")

    with pytest.raises(ValueError, match="spoilt"):
        watched(fail, no_progress, 60.0)


def test_work_that_says_nothing_is_given_up_and_told_to_stop() -> None:
    stopped = threading.Event()

    def silent(advance: Advance) -> None:
        while not left_behind():
            time.sleep(0.01)
        try:
            advance(1.0, 2.0)
        except BaseException:
            stopped.set()
            raise

    assert watched(silent, no_progress, 0.3) == Died("nothing came of it for 0 s")
    assert stopped.wait(60.0)


def test_work_that_waits_for_functions_to_be_compiled_is_not_given_up() -> None:
    def compiling(advance: Advance) -> str:
        mark_compiling(begun=True)
        try:
            time.sleep(1.5)
        finally:
            mark_compiling(begun=False)
        advance(1.0, 1.0)
        return "measured"

    assert watched(compiling, no_progress, 0.5) == "measured"


def test_a_stuck_clip_is_told_as_any_that_fails_and_the_command_ends(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "walk.mp4", [np.full((96, 128), 90, np.uint8)] * 5)
    ended = subprocess.run([sys.executable, "-c", STUCK, str(clip)], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    (document,) = json.loads(ended.stdout)
    assert document["error"]["code"] == "clip.killed"
    assert "nothing came of it for 1 s" in ended.stderr
