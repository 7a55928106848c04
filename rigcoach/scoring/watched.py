"""A task in this process, given up if it reports nothing for too long.

A process of its own would have to load everything anew before the first frame. Work that is stuck inside a decoder can
only be left behind, on its thread: whoever ends the process then asks `left_behind` and does not wait for it.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from rigcoach.base.progress import Advance
from rigcoach.scoring.patience import Patience
from rigcoach.scoring.workers import Died

Result = TypeVar("Result")

_TICK_S = 0.1
_ENDING_S = 5.0  # that work which is told to stop has for it: a frame, and what it has open

_left: set[threading.Thread] = set()


def left_behind() -> bool:
    """Whether work was given up in this process that is stuck still: leaving it as usual would wait for it."""
    return any(thread.is_alive() for thread in _left)


def watched(work: Callable[[Advance], Result], advance: Advance, patience_s: float) -> Result | Died:
    """Return what comes of work on a thread of its own, or why it was given up.

    Parameters
    ----------
    work
        Is told how to say how far it has come.
    advance
        Told of that, on the thread that calls.
    patience_s
        For how long the work may say nothing.

    Raises
    ------
    BaseException
        What the work raises; and what comes meanwhile, such as Ctrl-C, upon which the work is told to stop.
    """
    patience = Patience(patience_s)
    thread = _Thread(work, patience)
    thread.start()
    try:
        while not thread.ended.wait(_TICK_S):
            if patience.is_over(_TICK_S):
                return Died(f"nothing came of it for {patience_s:.0f} s")
            if thread.come is not None:
                advance(*thread.come)
    finally:
        thread.stop()
    return thread.result()


class _Stopped(BaseException):
    """Ends work of which nobody waits for what comes."""


class _Thread(threading.Thread, Generic[Result]):
    def __init__(self, work: Callable[[Advance], Result], patience: Patience) -> None:
        super().__init__(name="watched", daemon=True)
        self._work, self._patience, self._stopped = work, patience, False
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self.ended = threading.Event()
        self.come: tuple[float, float | None] | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work(self._told))
        except BaseException as error:  # noqa: BLE001 - it is raised by who waits for the result
            self._error = error
        finally:
            self.ended.set()

    def _told(self, done: float, of: float | None) -> None:
        if self._stopped:
            raise _Stopped
        self.come = (done, of)
        self._patience.hear()

    def stop(self) -> None:
        """Have the work end at its next word, and note it where it does not."""
        self._stopped = True
        _left.add(self)
        self.ended.wait(_ENDING_S)

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._results[0]
