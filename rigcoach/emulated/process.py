"""An emulated body in a process of its own, for as long as somebody needs it.

It must be a process, not a thread: python-gphoto2 keeps the interpreter's lock in calls such as ``get_summary``, and a
body in the same process could not answer.
"""

import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rigcoach.emulated.bodies import BODIES, DEFAULT_BODY, DEFAULT_LENS
from rigcoach.emulated.serve import EmulatorError

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
        On entering, if the body doesn't start.
    """

    def __init__(
        self,
        body: str = DEFAULT_BODY,
        lens: str = DEFAULT_LENS,
        seed: int = 1,
        truth_folder: Path | None = None,
    ) -> None:
        self.model = BODIES[body].model
        self.port_path = ""
        self._command = [sys.executable, "-m", "rigcoach.emulated", body, "--lens", lens, "--scene-seed", str(seed)]
        if truth_folder is not None:
            self._command += ["--truth", str(truth_folder)]
        self._card: tempfile.TemporaryDirectory[str] | None = None
        self._said: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # The card is this process's, so that it goes even when the body's process was killed.
        self._card = tempfile.TemporaryDirectory(prefix="rigcoach-card-")
        self._said = tempfile.TemporaryFile()
        # In a session of its own, Ctrl-C doesn't reach it: whoever uses the body puts it in order first.
        self._process = subprocess.Popen(  # noqa: S603
            [*self._command, "--card", self._card.name, "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,
        )
        self.port_path = self._first_line()
        if not self.port_path:
            self.kill()
            self._said.seek(0)
            why = self._said.read().decode(errors="replace").strip()
            self.close()
            raise EmulatorError(
                "the emulated body did not start", why=why or f"it said nothing within {_START_S:.0f} s"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def kill(self) -> None:
        """Take the body away at once, as a pulled cable or an empty battery would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """End the body and remove its card."""
        process, card, said = self._process, self._card, self._said
        self._process = self._card = self._said = None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if said is not None:
            said.close()
        if card is not None:
            card.cleanup()

    def _first_line(self) -> str:
        """Return what the body says first, or nothing if it ends or stays silent."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(_START_S):
                return ""
        return process.stdout.readline().decode().strip()
