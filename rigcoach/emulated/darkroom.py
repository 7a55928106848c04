"""The worker process that renders what an emulated body sees and records.

It hears from the body over a pipe, in the messages below, and ends when the pipe does, so that it never outlives the
body. Between messages it does one frame of work at a time: live view first, since somebody looks at it.
"""

import signal
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path

from rigcoach.emulated.exposure import Exposure


@dataclass(frozen=True, slots=True)
class World:
    """What is in front of the emulated body and through which lens it looks."""

    seed: int
    focal_length_mm: float
    focus_m: float


@dataclass(frozen=True, slots=True)
class Look:
    """To the worker: render so many frames of the live view's loop."""

    settings: Exposure
    frame_count: int


@dataclass(frozen=True, slots=True)
class Roll:
    """To the worker: start a clip, the `take`-th one, and write what is true of it to `truth_path`."""

    take: int
    settings: Exposure
    path: Path
    truth_path: Path | None


@dataclass(frozen=True, slots=True)
class Advance:
    """To the worker: the latest clip has at least so many frames; with `final`, exactly so many."""

    frame_count: int
    final: bool


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """From the worker: a frame of the live view's loop."""

    settings: Exposure
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Developed:
    """From the worker: a clip is complete."""

    path: Path


ToWorker = Look | Roll | Advance
FromWorker = LiveFrame | Developed


def work(pipe: Connection, world: World) -> None:
    """Render what is asked for until the pipe ends."""
    # Ctrl-C reaches the whole process group, but only the pipe's end is the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _Darkroom(pipe, world).work()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


class _Darkroom:
    """The jobs in hand."""

    def __init__(self, pipe: Connection, world: World) -> None:
        self._pipe = pipe
        self._world = world
        self._live_view: Iterator[None] = iter(())
        self._clips: deque[_Clip] = deque()
        self._busy = False

    def work(self) -> None:
        """Take messages while there are any, else render one frame, else wait."""
        while True:
            while self._pipe.poll(0 if self._busy else None):
                self._take(self._pipe.recv())
                self._busy = True
            self._busy = self._render_one_frame()

    def _take(self, message: ToWorker) -> None:
        pass

    def _render_one_frame(self) -> bool:
        return False
