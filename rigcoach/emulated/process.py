"""An emulated body in a process of its own, for as long as somebody needs it.

It must be a process, not a thread: python-gphoto2 keeps the interpreter's lock in calls such as ``get_summary``, and a
body in the same process could not answer.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rigcoach.emulated.bodies import DEFAULT_BODY, DEFAULT_LENS, EmulatorError, lens_named, model_named

_START_S = 30.0
_STOP_S = 10.0


class EmulatedBody:
    """A context manager that starts an emulated body and ends it.

    Parameters
    ----------
    body, lens
        Names from `rigcoach.emulated.bodies.BODIES`.
    seed
        Which practice scene is in front of it.
    truth_folder
        Where to write what is true of each clip; nowhere if None.

    Attributes
    ----------
    model
        The name that libgphoto2 knows the body by.
    port_path
        Where libgphoto2 reaches it, such as ``ptpip:127.0.0.1:15740:15740``; empty before it is started.

    Raises
    ------
    EmulatorError
        If there is no such body or lens, or, on entering, if it doesn't start.
    """

    def __init__(
        self,
        body: str = DEFAULT_BODY,
        lens: str = DEFAULT_LENS,
        seed: int = 1,
        truth_folder: Path | None = None,
    ) -> None:
        model = model_named(body)
        self.model = model.model
        self.port_path = ""
        self._command = [
            sys.executable,
            "-m",
            "rigcoach.emulated",
            body,
            "--lens",
            lens_named(model, lens).id,
            "--scene-seed",
            str(seed),
        ]
        if truth_folder is not None:
            self._command += ["--truth", str(truth_folder)]
        self._process: subprocess.Popen[bytes] | None = None
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            # The card is this process's, so that it goes even when the body's process was killed.
            card = stack.enter_context(tempfile.TemporaryDirectory(prefix="rigcoach-card-"))
            said = stack.enter_context(tempfile.TemporaryFile())
            # In a session of its own, Ctrl-C doesn't reach it: whoever uses the body puts it in order first.
            process = subprocess.Popen(  # noqa: S603
                [*self._command, "--card", card, "--until-stdin-closes"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,
            )
            stack.callback(_end, process)
            self.port_path = _first_line(process)
            if not self.port_path:
                _kill(process)
                why = _text_of(said) or f"it said nothing within {_START_S:.0f} s"
                raise EmulatorError("the emulated body did not start", why=why)
            stack.callback(lambda: sys.stderr.write(_text_of(said)))
            self._process, self._cleanup = process, stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def kill(self) -> None:
        """Take the body away at once, as a pulled cable or an empty battery would."""
        if self._process is not None:
            _kill(self._process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the body by closing its standard input, and make sure of it."""
    with process:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the body and, in its process group, its worker."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first_line(process: subprocess.Popen[bytes]) -> str:
    """Return what the body says first, or nothing if it ends or stays silent."""
    if process.stdout is None or not select.select([process.stdout], [], [], _START_S)[0]:
        return ""
    return process.stdout.readline().decode().strip()


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
