"""One emulated body that lives on between commands: it keeps settings and clips until it is stopped, or idle.

Where it is stands in ``emulated/body.json`` among the user's data. It ends when that file goes, or when nobody used it
for a while.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rigcoach.base import disk, file_lock
from rigcoach.base.atomic_file import write_whole
from rigcoach.base.user_data import user_folder
from rigcoach.emulated.bodies import DEFAULT_BODY, EmulatorError
from rigcoach.emulated.process import check_system, first_line
from rigcoach.emulated.replay import model_for
from rigcoach.emulated.shooting import PLAIN, Options

IDLE_S = 1800.0
"""How long it lives on unused; the variable RIGCOACH_EMULATED_S says otherwise, 0 ends it with the command."""

_START_S, _STOP_S, _ASK_S = 30.0, 10.0, 2.0


@dataclass(frozen=True, slots=True)
class LivingBody:
    """A body that lives: its process, where libgphoto2 reaches it, and the name that libgphoto2 knows it by."""

    pid: int
    port_path: str
    model: str


def idle_s() -> float:
    """Return how long a body lives on unused."""
    told = os.environ.get("RIGCOACH_EMULATED_S", "")
    try:
        return float(told) if told else IDLE_S
    except ValueError as error:
        raise EmulatorError(
            f"RIGCOACH_EMULATED_S is {told}",
            why="it is to be a number of seconds",
            next_step="Set it to one, or unset it",
        ) from error


def told_options() -> Options:
    """Return the options of bodies that commands start: movies as large as RIGCOACH_EMULATED_PX says, WIDTHxHEIGHT.

    Small ones are rendered and scored sooner.
    """
    told = os.environ.get("RIGCOACH_EMULATED_PX", "")
    try:
        width, height = map(int, told.split("x")) if told else PLAIN.movie_px
    except ValueError as error:
        raise EmulatorError(
            f"RIGCOACH_EMULATED_PX is {told}",
            why="it is to be a movie's width and height in pixels",
            next_step="Set it to such as 1280x720, or unset it",
        ) from error
    return Options(movie_px=(width, height))


def living() -> LivingBody | None:
    """Return the body that lives; None where none does."""
    try:
        body = LivingBody(**json.loads(_state().read_text()))
        os.kill(body.pid, 0)
        address = body.port_path.split(":")
        socket.create_connection((address[1], int(address[2])), _ASK_S).close()
    except (OSError, ValueError, TypeError, IndexError):
        return None
    return body


def living_or_started() -> LivingBody:
    """Return the body that lives, after starting one where none does.

    Raises
    ------
    EmulatorError
        Where it does not start.
    """
    check_system()
    disk.make_folder(_state().parent)
    with _alone():
        return living() or _started()


def stop() -> bool:
    """End the body that lives; return whether there was one."""
    with contextlib.suppress(FileNotFoundError), _alone():
        body = living()
        if body is not None:
            # Before its file goes: on the way out because of that, it would be ended by the signal.
            with contextlib.suppress(ProcessLookupError):
                os.kill(body.pid, signal.SIGTERM)
        disk.remove(_state(), missing_ok=True)
        if body is None:
            return False
        until = time.monotonic() + _STOP_S
        while _answers(body) and time.monotonic() < until:
            time.sleep(0.05)
        return True
    return False


def _answers(body: LivingBody) -> bool:
    address = body.port_path.split(":")
    try:
        socket.create_connection((address[1], int(address[2])), _ASK_S).close()
    except OSError:
        return False
    return True


def _started() -> LivingBody:
    # It lives as long as the file does, so that has to be there first.
    write_whole(_state(), b"{}")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-m", "rigcoach.emulated", DEFAULT_BODY),
                *("--lives-with", str(_state()), "--idle-s", str(idle_s())),
                *("--movie-px", *map(str, told_options().movie_px)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            bufsize=0,
            start_new_session=True,
        )
        port_path = first_line(process, _START_S)
        if not port_path:
            disk.remove(_state(), missing_ok=True)
            process.kill()
            process.wait()
            said.seek(0)
            why = said.read().decode(errors="replace") or f"it said nothing within {_START_S:.0f} s"
            raise EmulatorError("the emulated body did not start", why=why)
    if process.stdout is not None:
        process.stdout.close()
    process.returncode = 0  # it is not waited for: it outlives this command
    body = LivingBody(process.pid, port_path, model_for(DEFAULT_BODY).model)
    write_whole(_state(), json.dumps(asdict(body)).encode())
    return body


def _state() -> Path:
    return user_folder("emulated") / "body.json"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep other commands from starting or stopping the body at the same time."""
    descriptor = os.open(_state().with_name("lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        file_lock.lock(descriptor)
        yield
    finally:
        os.close(descriptor)
