"""Worker processes for one item after the other; each may die without taking the others with it.

A pool of the standard library's is broken as a whole when the system ends one of its processes, as it does where memory
runs out; and it leaves them running where its own process is ended.
"""

import multiprocessing
import os
import select
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from rigcoach.base.child_process import start_without_ctrl_c
from rigcoach.base.progress import Advance
from rigcoach.scoring.patience import Patience

Job = TypeVar("Job")
Result = TypeVar("Result")

_DYING_S = 2.0  # between the end of a connection and that of its process
_TELL_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Died:
    """What came of a job at which the process that did it ended: why, as far as that can be told."""

    why: str


@dataclass(frozen=True, slots=True)
class _Told:
    """How far a job has come."""

    done: float
    of: float | None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    patience: Patience
    number: int | None = None


class Workers(Generic[Job, Result]):
    """A context manager with processes that are started when there is work; on leaving they are ended at once.

    Parameters
    ----------
    work
        What is done to each job; told how to say how far it has come. A function at the top of a module.
    count
        How many processes at most.
    prepare
        What each process does first.
    patience_s
        For how long a process may say nothing of how far it has come; it is ended then.
    """

    def __init__(
        self,
        work: Callable[[Job, Advance], Result],
        count: int = 1,
        *,
        prepare: Callable[[], None] | None = None,
        patience_s: float | None = None,
    ) -> None:
        self._work, self._count = work, count
        self._prepare, self._patience_s = prepare, patience_s
        self._workers: list[_Worker] = []
        self._queue: deque[tuple[int, Job]] = deque()
        self._numbers = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            _end(worker)
        self._workers.clear()
        self._queue.clear()

    @property
    def waiting(self) -> int:
        """How many jobs are not done yet."""
        return len(self._queue) + sum(worker.number is not None for worker in self._workers)

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes that run."""
        return tuple(worker.process.pid for worker in self._workers if worker.process.pid is not None)

    def warm_up(self) -> None:
        """Start a process before there is work for it: what it imports takes longer than many a job."""
        if not self._workers:
            self._start()

    def submit(self, job: Job) -> int:
        """Have a job done; return its number, from 0."""
        number = self._numbers
        self._numbers += 1
        self._queue.append((number, job))
        self._feed()
        return number

    def collect(
        self, timeout_s: float = 0.0, told: Callable[[int, float, float | None], None] | None = None
    ) -> list[tuple[int, Result | Died]]:
        """Return what was done since the last call, with the jobs' numbers; wait so long for the first word.

        `told` hears how far jobs have come: number, what is done, and of how much.
        """
        busy = {worker.pipe: (worker, number) for worker in self._workers if (number := worker.number) is not None}
        done: list[tuple[int, Result | Died]] = []
        heard = wait(list(busy), timeout_s)
        for pipe, (worker, number) in busy.items():
            if pipe in heard:
                done += self._hear(worker, number, told)
        done += self._stuck(timeout_s)
        self._feed()
        return done

    def _hear(
        self, worker: _Worker, number: int, told: Callable[[int, float, float | None], None] | None
    ) -> list[tuple[int, Result | Died]]:
        try:
            while worker.pipe.poll():
                word: Any = worker.pipe.recv()
                worker.patience.hear()
                if not isinstance(word, _Told):
                    worker.number = None
                    return [(number, word)]
                if told is not None:
                    told(number, word.done, word.of)
        except (EOFError, OSError):
            return [(number, Died(self._lost(worker)))]
        return []

    def _lost(self, worker: _Worker) -> str:
        """Let go of a process that is gone; return why it is, as far as that can be told."""
        worker.process.join(_DYING_S)
        code = worker.process.exitcode
        self._workers.remove(worker)
        _end(worker)
        if code is None or code >= 0:
            return f"the process that did it ended with status {code}"
        return ended_by(-code)

    def _stuck(self, waited_s: float) -> list[tuple[int, Result | Died]]:
        """End the processes that have said nothing for too long."""
        done: list[tuple[int, Result | Died]] = []
        for worker in list(self._workers):
            if worker.number is not None and worker.patience.is_over(waited_s):
                done.append((worker.number, Died(f"nothing came of it for {self._patience_s:.0f} s")))
                self._workers.remove(worker)
                _end(worker)
        return done

    def _feed(self) -> None:
        """Give idle processes work, and start as many as there is work for."""
        while self._queue:
            worker = next((worker for worker in self._workers if worker.number is None), None)
            if worker is None:
                if len(self._workers) >= self._count:
                    return
                worker = self._start()
            number, job = self._queue.popleft()
            worker.number = number
            worker.patience.begin()
            try:
                worker.pipe.send(job)
            except OSError:
                return  # it died: `collect` tells of it

    def _start(self) -> _Worker:
        # Spawned, not forked: a fork after FFmpeg or OpenCV has started threads can hang.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._work, self._prepare), daemon=True)
        # Whoever asked ends this process.
        start_without_ctrl_c(process)
        theirs.close()
        worker = _Worker(process, ours, Patience(self._patience_s))
        self._workers.append(worker)
        return worker


def ended_by(number: int) -> str:
    """Return why a process ended that a signal ended, as far as that can be told."""
    name = signal.Signals(number).name
    memory = ", as it does where memory runs out" if name == "SIGKILL" else ""
    return f"the system ended the process that did it ({name}){memory}"


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()


def _serve(pipe: Connection, work: Callable[[Any, Advance], Any], prepare: Callable[[], None] | None) -> None:
    threading.Thread(target=_end_with_owner, daemon=True).start()
    if prepare is not None:
        prepare()
    said_at = 0.0

    def advance(done: float, of: float | None) -> None:
        nonlocal said_at
        if (now := time.monotonic()) - said_at > _TELL_EVERY_S:
            said_at = now
            # Nobody waits for an owner who doesn't listen, but on Windows, which cannot tell.
            if sys.platform == "win32" or select.select([], [pipe], [], 0)[1]:
                pipe.send(_Told(done, of))

    try:
        while True:
            pipe.send(work(pipe.recv(), advance))
    except (EOFError, OSError):
        return


def _end_with_owner() -> None:
    """End this process when the one that started it is gone, whatever it is at: nobody would hear what comes of it."""
    owner = multiprocessing.parent_process()
    if owner is not None:
        owner.join()
        os._exit(1)
