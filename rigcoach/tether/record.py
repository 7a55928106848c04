"""Record a take on the camera's card.

The way of a Canon EOS: live view on, ``movierecordtarget`` to the card, wait, back to ``None``, and the body adds the
clip to its card (libgphoto2's remote control page, gphoto.org/doc/remote). No preview frames are pulled meanwhile: a 5D
Mark II then does not record.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from rigcoach.tether.camera import Camera, CardFile, EventKind, Progress
from rigcoach.tether.errors import CameraError, CameraLostError, CameraRefusedError, NoClipError

_MOVIES = (".mov", ".mp4", ".avi", ".m4v")
_SETTLE_S = 1.0  # what bodies need after live view comes on before they take a recording
_TICK_S = 0.1
_LIST_EVERY_S = 5.0  # a body that does not tell of its file is asked for its card this often
_CLIP_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Take:
    """A clip that was recorded in one go and lies on the camera's card.

    `recorded_s` is measured between the body's own answers to start and stop; the clip itself ends on whole groups of
    pictures.
    """

    file: CardFile
    started_at: datetime
    recorded_s: float


def record(camera: Camera, seconds: float, progress: Progress | None = None) -> Take:
    """Record for so many seconds and return the take.

    `progress` hears the seconds recorded and of how many, then those waited for the clip.

    Whatever happens, Ctrl-C too, recording is stopped and live view is put back as it was; a clip that had begun stays
    on the card.

    Raises
    ------
    CameraRefusedError
        Where this camera cannot be told to record.
    NoClipError
        Where no clip appeared on the card.
    CameraLostError
        Where the camera is lost.
    """
    listing = camera.listing()
    if listing.widget("movierecordtarget") is None or listing.widget("viewfinder") is None:
        raise CameraRefusedError(
            f"{listing.model or 'this camera'} does not let rigcoach start a recording",
            why="only Canon EOS bodies that show movierecordtarget can be started over the cable",
            next_step="Press record on the camera and fetch the clip from its card",
        )
    known = {file.path for file in camera.files() if _is_movie(file.name)}
    report = progress or (lambda _done, _of: None)
    with _live_view(camera):
        started_at = datetime.now(UTC)
        with _recording(camera):
            start = time.monotonic()
            told = _wait(camera, seconds, report)
        recorded_s = time.monotonic() - start
        file = told or _await_clip(camera, known, _CLIP_WAIT_S + 10 * seconds, report)
    return Take(file, started_at, recorded_s)


@contextmanager
def _live_view(camera: Camera) -> Iterator[None]:
    """Keep live view on; off again afterwards, unless it was on before."""
    was_on = camera.get("viewfinder").current == "1"
    try:
        camera.set("viewfinder", "1")
        until = time.monotonic() + _SETTLE_S
        while time.monotonic() < until:
            camera.next_event(_TICK_S)
        yield
    finally:
        if not was_on:
            _in_any_case(camera, "viewfinder", "0")


@contextmanager
def _recording(camera: Camera) -> Iterator[None]:
    """Keep the body recording to its card."""
    try:
        try:
            camera.set("movierecordtarget", "Card")
        except CameraLostError:
            raise
        except (CameraError, ValueError) as error:
            why = error.why if isinstance(error, CameraError) else str(error)
            raise CameraRefusedError(
                "the camera does not start to record",
                why=why,
                next_step="Put it into movie mode (5D Mark II: set LV func. to Stills+movie), look for a card with "
                "room, and try again",
            ) from error
        yield
    finally:
        _in_any_case(camera, "movierecordtarget", "None")


def _in_any_case(camera: Camera, name: str, value: str) -> None:
    """Put the body in order while something else may be going wrong already: that is what the user must hear of."""
    with suppress(CameraLostError):
        camera.set(name, value)


def _wait(camera: Camera, seconds: float, report: Progress) -> CardFile | None:
    """Wait while the body records; return its clip where it stops by itself, its card full or its clip at 4 GB."""
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        report(elapsed, seconds)
        event = camera.next_event(min(_TICK_S, seconds - elapsed))
        if event is not None and event.kind is EventKind.FILE_ADDED and _is_movie(event.name):
            return camera.file(event.folder, event.name)
    report(seconds, seconds)
    camera.check_alive("recording")
    return None


def _await_clip(camera: Camera, known: set[str], patience_s: float, report: Progress) -> CardFile:
    """Wait until the body has written its clip: until it says so, or its card shows it."""
    start = last_look = time.monotonic()
    while (waited := time.monotonic() - start) < patience_s:
        report(waited, None)
        event = camera.next_event(_TICK_S)
        if event is not None and event.kind is EventKind.FILE_ADDED and _is_movie(event.name):
            return camera.file(event.folder, event.name)
        if time.monotonic() - last_look > _LIST_EVERY_S:
            last_look = time.monotonic()
            new = [file for file in camera.files() if _is_movie(file.name) and file.path not in known]
            if new:
                return max(new, key=lambda file: file.name)
    raise NoClipError(
        "the camera recorded no clip",
        why=f"none appeared on its card within {patience_s:.0f} s",
        next_step="Look whether the clip is on the card, and whether the camera is in movie mode with a card in it",
    )


def _is_movie(name: str) -> bool:
    return name.lower().endswith(_MOVIES)
