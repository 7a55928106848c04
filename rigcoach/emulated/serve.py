"""Running an emulated body until somebody stops it."""

import contextlib
import math
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from rigcoach.emulated.bodies import EmulatedModel, EmulatorError, lens_named
from rigcoach.emulated.card import Card
from rigcoach.emulated.control import Control
from rigcoach.emulated.film.film_messages import World
from rigcoach.emulated.film.scene_film import SceneFilm
from rigcoach.emulated.ptp.faults import FaultyBody
from rigcoach.emulated.ptp.server import LOOPBACK, Server
from rigcoach.emulated.shooting import PLAIN, Options

# How long what happens by itself may go unnoticed while no computer asks.
_TICK_S = 0.25
_WARM_UP_S = 10.0


def serve(
    model: EmulatedModel,
    announce: Callable[[str], None],
    *,
    port: int = 0,
    lens: str | None = None,
    seed: int = 1,
    truth_folder: Path | None = None,
    card_folder: Path | None = None,
    options: Options = PLAIN,
    warm_up: bool = False,
    control: int | None = None,
    lives_with: Path | None = None,
    idle_s: float = math.inf,
) -> None:
    """Emulate a body on the loopback interface until SIGINT or SIGTERM. Call it from the main thread.

    Parameters
    ----------
    model
        One of `BODIES`, or what a listing shows.
    lens
        The name of one of its lenses; the one that it comes with if None.
    announce
        Told the libgphoto2 port path, such as ``ptpip:127.0.0.1:15740:15740``, once the body can be reached; after it,
        the answers to the lines of `control`.
    port
        The port, 0 for any free one.
    seed
        Which practice scene is in front of the body.
    truth_folder
        Where to write what is true of each clip; nowhere if None.
    card_folder
        Where the card's files are kept; a temporary folder if None.
    options
        How it differs from others of its kind.
    warm_up
        Render the first picture before the body is announced, not when live view comes on: not every program waits
        for it for long.
    control
        A file descriptor with the lines of `rigcoach.emulated.control`; the body ends when its other end is closed.
    lives_with
        A file: the body ends when it is gone.
    idle_s
        How long the body goes on with no computer at it.

    Raises
    ------
    EmulatorError
        If the lens is unknown or the port taken.
    FilmError
        If the process that renders the scene dies.
    """
    lens_on_it = lens_named(model, lens)
    with contextlib.ExitStack() as cleanup:
        stop = cleanup.enter_context(_stopped_by(signal.SIGINT, signal.SIGTERM))
        folder = card_folder or Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="rigcoach-card-")))
        if truth_folder is not None:
            truth_folder.mkdir(parents=True, exist_ok=True)
        film = SceneFilm(
            World(seed, lens_on_it.focal_length_mm, lens_on_it.focus_m, options.movie_px), folder, truth_folder
        )
        cleanup.callback(film.close)
        camera = model.build(lens_on_it, Card(datetime.now(), model.card, folder=folder), film, options)
        faulty = FaultyBody(camera)
        server = _listen(faulty, port)
        cleanup.callback(server.close)
        server.when_readable(stop, lambda: False)
        if control is not None:
            hands = Control(camera, faulty)

            def take_lines() -> bool:
                data = os.read(control, 1 << 16)
                answers = hands.take(data)
                # What is done is done before it is said to be.
                server.set_reachable(camera.is_on)
                for answer in answers:
                    announce(answer)
                return bool(data)

            server.when_readable(control, take_lines)
        if warm_up:
            film.warm_up(camera.settings.exposure())
            film.await_picture(_WARM_UP_S)
        announce(f"ptpip:{LOOPBACK}:{server.port}:{server.port}")
        used_at = time.monotonic()
        while server.step(_TICK_S):
            camera.pass_time()
            server.set_reachable(camera.is_on)
            if server.has_caller:
                used_at = time.monotonic()
            if time.monotonic() - used_at > idle_s or (lives_with is not None and not lives_with.exists()):
                break


def _listen(camera: FaultyBody, port: int) -> Server:
    try:
        return Server(camera, port)
    except (OSError, OverflowError) as error:
        raise EmulatorError(
            f"port {port} cannot be used",
            why=str(error),
            next_step="Take another, or 0 for any that is free",
        ) from error


@contextlib.contextmanager
def _stopped_by(*signals: signal.Signals) -> Iterator[socket.socket]:
    """Give a socket that becomes readable on one of the signals, which then do nothing else."""
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        wakeup_before = signal.set_wakeup_fd(writer.fileno())
        before = {number: signal.signal(number, lambda *_: None) for number in signals}
        try:
            yield reader
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup_before)
