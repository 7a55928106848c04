"""Takes scored in the background, by a process of its own, while the next take is set up."""

import os
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rigcoach.base.progress import Advance
from rigcoach.practice.take_score import ScoringJob, TakeResult, score_take
from rigcoach.scoring.batch import PATIENCE_S
from rigcoach.scoring.workers import Died, Workers

_THREADS = 2


class Scorer:
    """A context manager with a process that scores one take after the other.

    The process is started by `warm_up`, or when the first take comes. On leaving it is ended, whatever it is at: what
    was not scored can be scored later.
    """

    def __init__(self) -> None:
        self._workers = Workers(_score, prepare=_prepare, patience_s=PATIENCE_S)
        self._takes: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)

    @property
    def waiting(self) -> int:
        """How many takes are not scored yet."""
        return self._workers.waiting

    @property
    def pids(self) -> tuple[int, ...]:
        """The number of the process that scores, where it runs."""
        return self._workers.pids

    def warm_up(self) -> None:
        """Start the process now: a take is soon to come."""
        self._workers.warm_up()

    def submit(self, job: ScoringJob) -> None:
        """Have a take scored."""
        self._takes[self._workers.submit(job)] = job.take

    def collect(self, timeout_s: float = 0.0) -> list[TakeResult]:
        """Return the takes that were scored since the last call; wait so long for the first one.

        A take at which the process died comes back with that as its error.
        """
        return [self._result(number, result) for number, result in self._workers.collect(timeout_s)]

    def _result(self, number: int, result: TakeResult | Died) -> TakeResult:
        take = self._takes.pop(number)
        if isinstance(result, Died):
            return TakeResult(
                take, None, f"it was not scored: {result.why}; score it with `rigcoach ingest`", may_succeed=True
            )
        return result

    def one(self, job: ScoringJob, tick: Callable[[], None]) -> TakeResult:
        """Have one take scored and wait for it, with `tick` called meanwhile."""
        self.submit(job)
        while True:
            tick()
            for outcome in self.collect(0.1):
                if outcome.take == job.take:
                    return outcome


def _prepare() -> None:
    os.nice(5)  # the camera comes first
    import cv2

    cv2.setNumThreads(_THREADS)


def _score(job: ScoringJob, advance: Advance) -> TakeResult:
    try:
        return score_take(job, advance)
    except Exception as error:  # noqa: BLE001 - goes to whoever asked, as what it is: a fault of ours
        why = f"something went wrong inside rigcoach ({type(error).__name__}: {error})"
        return TakeResult(job.take, None, why)
