"""What a worker of the cluster does: fetch a clip if need be, score it, and return its row."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from rigcoach.analysis.measurement_store import measured_with
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.cluster.clip_addresses import ClipAddress, fetched
from rigcoach.cluster.clip_row import ClipRow, clip_row
from rigcoach.cluster.manifest import HowScored
from rigcoach.scoring.batch import PATIENCE_S, FailedClip, score_file

_MOMENT_S = 2.0


class OtherWorkerError(RigcoachError):
    """A worker that would give other numbers than the command that asks it."""

    code = "cluster.other-version"


def score_address(clip: ClipAddress, how: HowScored) -> ClipRow:
    """Score a clip where it lies; why it cannot be is in its row.

    A clip of which nothing comes for `rigcoach.scoring.batch.PATIENCE_S` ends the process.

    Raises
    ------
    OtherWorkerError
        Other code or detectors are installed here.
    OSError
        The place where the clip lies does not answer: it may next time.
    """
    if measured_with(how.choice) != how.measured_with:
        raise OtherWorkerError(
            "a worker of the cluster measures otherwise than this computer",
            why="its rigcoach, OpenCV, NumPy, PyAV or detectors are of other versions",
            next_step="Install the same on both; rigcoach models list shows the detectors",
        )
    _prepare()
    try:
        with fetched(clip) as (path, chapters), ended_when_stuck(PATIENCE_S) as advance:
            result = score_file(str(path), how.choice, how.rig, advance, wanted=how.wanted, chapters=chapters)
    except RigcoachError as error:
        result = FailedClip(clip.address, error)
    return clip_row(result, clip.address, clip.chapters)


@cache
def _prepare() -> None:
    """Have OpenCV keep to the one core that a worker's thread has."""
    import cv2

    cv2.setNumThreads(1)


@contextmanager
def ended_when_stuck(patience_s: float) -> Iterator[Advance]:
    """Yield what is told of progress; this process is ended where it is not told anything for too long.

    The cluster starts another one, and gives the clip up after the third.
    """
    heard, over = threading.Event(), threading.Event()

    def watch() -> None:
        # Once more for a moment: where all of this process was stopped meanwhile, the work had no time to say anything.
        while heard.wait(patience_s) or heard.wait(_MOMENT_S):
            heard.clear()
            if over.is_set():
                return
        os.kill(os.getpid(), signal.SIGKILL)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda _done, _of: heard.set()
    finally:
        over.set()
        heard.set()
        watcher.join()
