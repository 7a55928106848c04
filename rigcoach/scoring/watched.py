"""A task in this process, given up if it reports nothing for too long.

A process of its own would have to load everything anew before the first frame. Work that is stuck inside a decoder can
only be left behind, on its thread: whoever ends the process then asks `left_behind` and does not wait for it.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from rigcoach.base.progress import Advance
from rigcoach.scoring.workers import NOT_LISTENING_S, Died, unless_compiling

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
    thread = _Thread(work)
    thread.start()
    listened_at = time.monotonic()
    try:
        while not thread.ended.wait(_TICK_S):
            now = time.monotonic()
            if now - listened_at > NOT_LISTENING_S:  # this process was stopped meanwhile, and the work with it
                thread.heard_at = now
            listened_at = now
            thread.heard_at = unless_compiling(thread.heard_at, patience_s)
            if now - thread.heard_at > patience_s:
                return Died(f"nothing came of it for {patience_s:.0f} s")
            if thread.come is not None:
                advance(*thread.come)
    finally:
        thread.stop()
    return thread.result()


class _Stopped(BaseException):
    """Ends work of which nobody waits for what comes."""


class _Thread(threading.Thread, Generic[Result]):
    def __init__(self, work: Callable[[Advance], Result]) -> None:
        super().__init__(name="watched", daemon=True)
        self._work, self._stopped = work, False
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self.ended = threading.Event()
        self.heard_at = time.monotonic()
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
        self.come, self.heard_at = (done, of), time.monotonic()

    def stop(self) -> None:
        """Have the work end at its next word, and note it where it does not."""
        self._stopped = True
        _left.add(self)
        self.ended.wait(_ENDING_S)

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._results[0]
