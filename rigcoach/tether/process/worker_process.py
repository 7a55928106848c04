"""The worker process as its owner sees it: started, asked within a time limit, ended."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import IO, Any

from rigcoach.base.outputs import write_kept
from rigcoach.base.user_data import user_folder
from rigcoach.tether import errors
from rigcoach.tether.errors import CameraError
from rigcoach.tether.process.messages import Answer, Request

LIMIT_S = 10.0
"""How long an answer may take. A driver's own patience with a silent body is 2.5 s a call on a network."""

_SELF_END_AFTER_S = 3.0  # the worker ends itself so long after the owner would have ended it
_GOODBYE_S = 4.0
_DYING_S = 1.0  # between the end of a connection and that of its process

# Our own: with "sdram" (its default) the driver points an EOS at the computer and waits for ever while the card is
# full; and a Nikon's properties, once read, would be answered from memory for two seconds.
_LIBRARY_SETTINGS = b"ptp2=capturetarget=card\nptp2=cachetime=0\n"
_WRITING = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Running:
    """A worker that was started; `said` holds what it and the library print."""

    process: subprocess.Popen[bytes]
    connection: Connection
    said: IO[bytes]

    def last_words(self) -> str:
        self.said.seek(0)
        return self.said.read().decode(errors="replace").strip().rpartition("\n")[2]

    def kill(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()
        self.said.close()


class WorkerProcess:
    """The process that runs libgphoto2; it is started when it is first asked, and again after it died."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._serial = 0

    @property
    def pid(self) -> int | None:
        """The process's number; None while there is none."""
        return None if self._running is None else self._running.process.pid

    def ask(self, doing: str, method: str, *arguments: Any, limit_s: float = LIMIT_S) -> Any:
        """Have the worker do something and return what came of it.

        Parameters
        ----------
        doing
            What is going on, for the message of an error.
        method, arguments
            One of `Driver`'s methods and what it takes.
        limit_s
            How long it may take.

        Raises
        ------
        CameraLostError
            Where the worker crashed or took too long; it is gone then, and the camera with it, until it is opened
            anew.
        RigcoachError, ValueError
            As the method raises them.
        """
        running = self._running = self._running or _start()
        self._serial += 1
        request = Request(self._serial, method, arguments, limit_s + _SELF_END_AFTER_S)
        try:
            answer = self._exchange(running.connection, request, limit_s)
        except (EOFError, OSError) as error:
            raise self._died(running, doing) from error
        if answer is None:
            self.kill()
            raise errors.no_answer(doing, limit_s)
        if answer.error is not None:
            raise answer.error
        return answer.result

    def _exchange(self, connection: Connection, request: Request, limit_s: float) -> Answer | None:
        """Send a request and return its answer; None where none comes in time."""
        until = time.monotonic() + limit_s
        self._whole(connection.send, request)
        while connection.poll(max(0.0, until - time.monotonic())):
            answer: Answer = self._whole(connection.recv)
            # What was asked before Ctrl-C is answered late.
            if answer.serial == request.serial:
                return answer
        return None

    def _whole(self, move: Callable[..., Any], *message: Request) -> Any:
        """Send or receive one message; half of one, because of Ctrl-C, would spoil all that follow."""
        try:
            return move(*message)
        except (EOFError, OSError):
            raise
        except BaseException:
            self.kill()
            raise

    def _died(self, running: _Running, doing: str) -> CameraError:
        """Return the error for a worker that is gone, and tidy up after it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(_DYING_S)
        status, last_words = running.process.poll() or 0, running.last_words()
        self.kill()
        if status < 0:
            return errors.crashed(doing, signal.Signals(-status).name)
        return errors.no_worker(last_words or f"it ended with status {status}")

    def end(self) -> None:
        """Have the worker let go of the camera and end."""
        if self._running is None:
            return
        try:
            # A body that is gone cannot be told good-bye, and then the worker is gone too.
            with contextlib.suppress(CameraError):
                self.ask("letting go of the camera", "close", limit_s=_GOODBYE_S)
        finally:
            self.kill()

    def kill(self) -> None:
        """End the worker at once, whatever it is at."""
        running, self._running = self._running, None
        if running is not None:
            running.kill()


def _start() -> _Running:
    environment = _environment()
    command = [sys.executable, "-m", "rigcoach.tether.process.worker"]
    with contextlib.ExitStack() as unless_it_runs:
        ours, theirs = map(unless_it_runs.enter_context, Pipe())
        said = unless_it_runs.enter_context(tempfile.TemporaryFile())
        try:
            process = subprocess.Popen(  # noqa: S603
                [*command, str(theirs.fileno()), str(os.getpid()), str(user_folder("locks"))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=environment,
                pass_fds=(theirs.fileno(),),
                # In a session of its own, Ctrl-C doesn't reach it.
                start_new_session=True,
            )
        except OSError as error:
            raise errors.no_worker(str(error)) from error
        theirs.close()
        unless_it_runs.pop_all()
    return _Running(process, ours, said)


def _environment() -> dict[str, str]:
    """Return the environment of a worker.

    libgphoto2 reads and writes its settings among rigcoach's user data, not in ``~/.config/gphoto``, and speaks
    English: a translated driver would name and print values otherwise, down to the decimal comma.
    """
    folder = user_folder("gphoto")
    file = folder / "settings"
    # Several cameras may be opened at once, each by a thread.
    with _WRITING:
        if not file.exists():
            write_kept(file, _LIBRARY_SETTINGS)
    english = {name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "LANG")}
    return english | {"LC_ALL": "C", "PYTHONUTF8": "1", "XDG_CONFIG_HOME": str(folder.parent.absolute())}
