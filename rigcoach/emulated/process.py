"""An emulated body in a process of its own, for as long as somebody needs it.

It must be a process, not a thread: python-gphoto2 keeps the interpreter's lock in calls such as ``get_summary``, and a
body in the same process could not answer.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from rigcoach.emulated.bodies import DEFAULT_BODY, EmulatorError, lens_named
from rigcoach.emulated.control import BodyStatus
from rigcoach.emulated.ptp.faults import InjectedFault
from rigcoach.emulated.replay import model_for
from rigcoach.emulated.shooting import PLAIN, Options

_START_S = 30.0
_STOP_S = 10.0
_ACKNOWLEDGE_S = 10.0


class EmulatedBody:
    """A context manager that starts an emulated body and ends it.

    Parameters
    ----------
    body
        A name from `rigcoach.emulated.bodies.BODIES`, or the path of a listing (`rigcoach.emulated.replay`).
    lens
        The name of one of its lenses; the one that it comes with if None.
    seed
        Practice scene in front of the camera.
    truth_folder
        Folder for the true values of each clip and still; not written if None.
    options
        Its quirks, and how large a movie and its pictures are at most.
    warm_up
        Render the first picture before the body is reachable, not when live view comes on: for programs that wait less
        for it than rigcoach does.

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
    ListingError
        If a listing cannot be replayed.
    """

    def __init__(
        self,
        body: str | Path = DEFAULT_BODY,
        lens: str | None = None,
        seed: int = 1,
        truth_folder: Path | None = None,
        options: Options = PLAIN,
        *,
        warm_up: bool = False,
    ) -> None:
        model = model_for(body)
        self.model = model.model
        self.port_path = ""
        self._command = [
            sys.executable,
            "-m",
            "rigcoach.emulated",
            str(body.absolute() if isinstance(body, Path) else body),
            "--lens",
            lens_named(model, lens).id,
            "--scene-seed",
            str(seed),
        ]
        self._command += ["--largest-movie", str(options.longest_clip_bytes)]
        self._command += ["--movie-px", *map(str, options.movie_px)]
        self._command += [word for quirk in sorted(options.quirks) for word in ("--quirk", quirk)]
        if warm_up:
            self._command.append("--warm-up")
        if truth_folder is not None:
            self._command += ["--truth", str(truth_folder)]
        self._process: subprocess.Popen[bytes] | None = None
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        check_system()
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
                bufsize=0,
                start_new_session=True,
            )
            stack.callback(_end, process)
            self.port_path = first_line(process, _START_S)
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
        self._process = None
        self._cleanup.close()

    def inject(self, fault: InjectedFault) -> BodyStatus:
        """Inject a fault; this and all methods below return the body's state afterwards."""
        return self._do("inject", fault=fault.to_json())

    def clear_faults(self) -> BodyStatus:
        """Remove all faults."""
        return self._do("clear-faults")

    def turn_dial(self, mode: str) -> BodyStatus:
        """Turn the mode dial, such as to ``"Av"``."""
        return self._do("turn-dial", mode=mode)

    def press(self, button: str) -> BodyStatus:
        """Press one of `rigcoach.emulated.body.Button`; any wakes a body that is asleep."""
        return self._do("press", button=button)

    def turn_ring(self, focus_m: float) -> BodyStatus:
        """Turn the lens's focus ring to a distance."""
        return self._do("turn-ring", focus_m=focus_m)

    def set_battery(self, percent: int) -> BodyStatus:
        """Put in a battery with this charge; with an empty one (0) the body answers, but doesn't shoot."""
        return self._do("set-battery", percent=percent)

    def switch_off(self) -> BodyStatus:
        """Switch the body off: it hangs up, and cannot be reached until it is switched on."""
        return self._do("switch-off")

    def switch_on(self) -> BodyStatus:
        """Switch the body on."""
        return self._do("switch-on")

    def fall_asleep(self) -> BodyStatus:
        """Have the body power itself off as it does when nothing is asked of it; `press` wakes it."""
        return self._do("fall-asleep")

    def insert_card(self, free_bytes: int | None = None) -> BodyStatus:
        """Put the card in with this much free space; 0 for a full card, None for all of it."""
        return self._do("insert-card", free_bytes=free_bytes)

    def remove_card(self) -> BodyStatus:
        """Take the card out; a movie that is running is lost."""
        return self._do("remove-card")

    def status(self) -> BodyStatus:
        """Return the body's true state, whatever it reports to the computer."""
        return self._do("status")

    def _do(self, what: str, **how: Any) -> BodyStatus:
        """Have something done to the body, and wait until it is.

        Raises
        ------
        EmulatorError
            If it cannot be done, or the body is gone.
        """
        process = self._process
        if process is None or process.stdin is None:
            raise EmulatorError("the emulated body is not running")
        try:
            process.stdin.write(json.dumps({"do": what, **how}).encode() + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise EmulatorError("the emulated body is gone", why=str(error)) from error
        line = first_line(process, _ACKNOWLEDGE_S)
        if not line:
            raise EmulatorError("the emulated body is gone", why=f"it didn't answer to {what}")
        answer = json.loads(line)
        if not answer["ok"]:
            raise EmulatorError(f"the emulated body didn't {what}", why=answer["error"])
        return BodyStatus(**answer["status"])

    def kill(self) -> None:
        """Take the body away at once, as a pulled cable or an empty battery would."""
        if self._process is not None:
            _kill(self._process)


def check_system() -> None:
    """Raise `EmulatorError` on a system where nothing could talk to an emulated body."""
    if sys.platform == "win32":
        raise EmulatorError(
            "no emulated body runs on Windows",
            why="libgphoto2, which talks to it, cannot be had there",
            next_step="Scores and reviews need none: rigcoach score CLIP",
        )


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


def first_line(process: subprocess.Popen[bytes], within_s: float) -> str:
    """Return the body's next line, or nothing if it ends or stays silent."""
    if process.stdout is None or not select.select([process.stdout], [], [], within_s)[0]:
        return ""
    return process.stdout.readline().decode().strip()


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
