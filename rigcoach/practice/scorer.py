"""Takes scored in the background, by a process of its own, while the next take is set up."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from rigcoach.practice.take_score import Job, TakeResult

_THREADS = 2


class Scorer:
    """A context manager with a process that scores one take after the other.

    The process is started when the first take comes. On leaving it is ended, whatever it is at: what was not scored
    can be scored later.
    """

    def __init__(self) -> None:
        self._pipe: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._waiting: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def waiting(self) -> int:
        """How many takes are not scored yet."""
        return len(self._waiting)

    def submit(self, job: Job) -> None:
        """Have a take scored."""
        pipe = self._pipe or self._start()
        self._waiting.append(job.take)
        try:
            pipe.send(job)
        except OSError:
            return  # it died: `collect` tells of it

    def collect(self, timeout_s: float = 0.0) -> list[TakeResult]:
        """Return the takes that were scored since the last call; wait so long for the first one.

        Where the process died, the takes that it had come back with that as their error.
        """
        outcomes: list[TakeResult] = []
        while self._pipe is not None and self._waiting:
            try:
                if not self._pipe.poll(0.0 if outcomes else timeout_s):
                    break
                outcome: TakeResult = self._pipe.recv()
            except (EOFError, OSError):
                lost = "it was not scored: the process that scores has died; score it with `rigcoach ingest`"
                outcomes += [TakeResult(take, None, lost) for take in self._waiting]
                self._waiting.clear()
                self._end()
                break
            self._waiting.remove(outcome.take)
            outcomes.append(outcome)
        return outcomes

    def one(self, job: Job, tick: Callable[[], None]) -> TakeResult:
        """Have one take scored and wait for it, with `tick` called meanwhile."""
        self.submit(job)
        while True:
            tick()
            for outcome in self.collect(0.1):
                if outcome.take == job.take:
                    return outcome

    def _start(self) -> Connection:
        # Spawned, not forked: a fork after FFmpeg or OpenCV has started threads can hang.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=True)
        # Ctrl-C reaches the whole process group; whoever asked ends this process.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._pipe, self._process = ours, process
        return ours

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._pipe = self._process = None


def _work(pipe: Connection) -> None:
    os.nice(5)  # the camera comes first
    import cv2

    from rigcoach.practice.take_score import score_take

    cv2.setNumThreads(_THREADS)
    try:
        while True:
            job: Job = pipe.recv()
            try:
                outcome = score_take(job)
            except Exception as error:  # noqa: BLE001 - goes to whoever asked, as what it is: a fault of ours
                outcome = TakeResult(
                    job.take, None, f"something went wrong inside rigcoach ({type(error).__name__}: {error})"
                )
            pipe.send(outcome)
    except (EOFError, OSError):
        return
