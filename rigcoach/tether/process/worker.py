"""``python -m rigcoach.tether.process.worker``: the one process that holds a camera and runs libgphoto2.

It answers requests that come over an inherited connection, one at a time, and ends when the connection does. It is a
process of its own so that a crash inside the library, or a call that never returns, costs a reconnection and nothing
else, and so that Ctrl-C in a terminal reaches only the process that knows how to put the camera in order.
"""

import contextlib
import os
import resource
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from rigcoach.base.errors import RigcoachError
from rigcoach.tether.process.driver import Driver
from rigcoach.tether.process.messages import Answer, Request

_LOOK_AFTER_OWNER_S = 2.0
_GOODBYE_S = 15.0
_MOST_MEMORY = 2 << 30


def main(descriptor: int, owner_pid: int, locks: Path) -> None:
    """Serve the owner until he says good-bye or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    driver = Driver(locks, owner_pid)
    with Connection(descriptor) as connection:
        while (request := _next(connection, owner_pid)) is not None:
            with _EndsItself(request.limit_s):
                answer = _answer(driver, request)
            try:
                connection.send(answer)
            except OSError:
                break  # nobody hears it
    with _EndsItself(_GOODBYE_S):
        driver.abandon()


def _limit_memory() -> None:
    """Let no answer of a body's, whatever counts it holds, take the computer's memory: the library believes them."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    with contextlib.suppress(ValueError, OSError):  # not every system knows such a limit
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _next(connection: Connection, owner_pid: int) -> Request | None:
    """Return the next request; None once nobody can ask any more."""
    try:
        while not connection.poll(_LOOK_AFTER_OWNER_S):
            # A process that the owner started may hold his end open after he is gone.
            if os.getppid() != owner_pid:
                return None
        request: Request = connection.recv()
    except (EOFError, OSError):
        return None
    return request


def _answer(driver: Driver, request: Request) -> Answer:
    try:
        return Answer(request.serial, getattr(driver, request.method)(*request.arguments))
    except (RigcoachError, ValueError) as error:
        return Answer(request.serial, error=error)
    except Exception as error:  # noqa: BLE001 - goes to whoever asked, as what it is: a fault of ours
        return Answer(request.serial, error=RuntimeError(f"{type(error).__name__}: {error}"))


class _EndsItself:
    """Let the system end this process after so many seconds, whatever the library is stuck in.

    An alarm that nothing handles needs no help from the interpreter, which a stuck call may hold.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s

    def __enter__(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, self._limit_s)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
