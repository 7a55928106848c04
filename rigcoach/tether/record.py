"""Record a take on the camera's card.

The way of a Canon EOS is this: live view on, ``movierecordtarget`` to the card, wait, back to ``None``, and the body
adds the clip to its card (libgphoto2's remote control page, gphoto.org/doc/remote). No preview frames are pulled
meanwhile: a 5D Mark II then does not record. For a Nikon libgphoto2 does all of it in one step, ``movie``
(``camlibs/ptp2/config.c``, _put_Nikon_Movie), which also says why a body will not.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraBusyError, CameraError, CameraLostError, CameraRefusedError, NoClipError
from rigcoach.tether.listing import BodyListing
from rigcoach.tether.live_view import as_found, in_any_case, live_view
from rigcoach.tether.reports import CardFile, EventKind, Progress

_MOVIES = (".mov", ".mp4", ".avi", ".m4v")
_MUTE = "2"  # what libgphoto2 shows of a toggle that can be set and not read
_TICK_S = 0.1
_AGREE_S = 3.0  # in which a body says that it records, or has stopped
_LOOK_EVERY_S = 1.0
_LIST_EVERY_S = 5.0  # a body that does not tell of its file is asked for its card this often
_FORGET_AFTER_S = 14.0  # then the library, which remembers what it once listed, is made to look anew
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
    way = _way(listing)
    known = {file.path for file in camera.files() if _is_movie(file.name)}
    report = progress or (lambda _done, _of: None)
    with live_view(camera, listing) if way.needs_live_view else as_found(camera, listing):
        started_at = datetime.now(UTC)
        with _recording(camera, way):
            start = time.monotonic()
            told = _wait(camera, way, seconds, report)
        recorded_s = time.monotonic() - start
        if not _comes_to(camera, way.widget, way.stop):
            raise CameraRefusedError(
                "the camera does not stop to record",
                why="it agrees to stop, and does not",
                next_step="Press its record button; the clip is then on its card",
            )
        file = told or _await_clip(camera, known, _CLIP_WAIT_S + 10 * seconds, report)
    return Take(file, started_at, recorded_s)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a body is told to record: a widget, and what it is set to."""

    widget: str
    start: str
    stop: str
    needs_live_view: bool


# An EOS; then the makers for whom libgphoto2 itself switches live view on and the card as the target.
_WAYS = (
    _Way("movierecordtarget", "Card", "None", needs_live_view=True),
    _Way("movie", "1", "0", needs_live_view=False),
)


def _way(listing: BodyListing) -> _Way:
    for way in _WAYS:
        widget = listing.widget(way.widget)
        if widget is not None and not widget.readonly and (not widget.choices or way.start in widget.choices):
            return way
    raise CameraRefusedError(
        f"{listing.model or 'this camera'} does not let rigcoach start a recording",
        why="it shows neither movierecordtarget nor movie",
        next_step="Press record on the camera and fetch the clip from its card",
    )


@contextmanager
def _recording(camera: Camera, way: _Way) -> Iterator[None]:
    """Keep the body recording to its card."""
    try:
        _start(camera, way)
        yield
    finally:
        in_any_case(camera, way.widget, way.stop)


def _start(camera: Camera, way: _Way) -> None:
    try:
        with suppress(CameraBusyError):  # some say that they are busy, and record
            camera.set(way.widget, way.start)
        if _comes_to(camera, way.widget, way.start):
            return
        why = "it does not say no, and does not record"
    except CameraLostError:
        raise
    except (CameraError, ValueError) as error:
        why = error.why if isinstance(error, CameraError) else str(error)
    raise CameraRefusedError(
        "the camera does not start to record",
        why=why,
        next_step="Put it into movie mode (5D Mark II: set LV func. to Stills+movie), look for a card with room, and "
        "try again",
    )


def _comes_to(camera: Camera, name: str, value: str) -> bool:
    """Whether the body says within a moment that it records, or that it does not; one that never says is believed."""
    until = time.monotonic() + _AGREE_S
    # Not read back with all its events: its clip may be among them.
    while (now := camera.get(name).current) not in (value, _MUTE) and time.monotonic() < until:
        time.sleep(_TICK_S)
    return now in (value, _MUTE)


def _wait(camera: Camera, way: _Way, seconds: float, report: Progress) -> CardFile | None:
    """Wait while the body records; return its clip where it stops by itself, its card full or its clip at 4 GB."""
    start = last_look = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        report(elapsed, seconds)
        file = _new_clip(camera, min(_TICK_S, seconds - elapsed))
        if file is not None:
            return file
        if time.monotonic() - last_look > _LOOK_EVERY_S:
            last_look = time.monotonic()
            if camera.get(way.widget).current == way.stop:
                return None  # it stopped by itself, and may or may not have a clip
    report(seconds, seconds)
    camera.check_alive("recording")
    return None


def _new_clip(camera: Camera, timeout_s: float) -> CardFile | None:
    """Return the clip that the body tells of, if it does."""
    event = camera.next_event(timeout_s)
    if event is None or event.kind is not EventKind.FILE_ADDED or not _is_movie(event.name):
        return None
    return camera.file(event.folder, event.name)


def _await_clip(camera: Camera, known: set[str], patience_s: float, report: Progress) -> CardFile:
    """Wait until the body has written its clip: until it says so, or its card shows it."""
    start = last_look = time.monotonic()
    forgot = False
    while (waited := time.monotonic() - start) < patience_s:
        report(waited, None)
        if (file := _new_clip(camera, _TICK_S)) is not None:
            return file
        if time.monotonic() - last_look > _LIST_EVERY_S:
            last_look = time.monotonic()
            _check_card(camera)
            if waited > _FORGET_AFTER_S and not forgot:
                camera.reopen()
                forgot = True
            new = [file for file in camera.files() if _is_movie(file.name) and file.path not in known]
            if new:
                return max(new, key=lambda file: file.name)
    raise NoClipError(
        "the camera recorded no clip",
        why=f"none appeared on its card within {patience_s:.0f} s",
        next_step="Look whether the clip is on the card, and whether the camera is in movie mode with a card in it",
    )


def _check_card(camera: Camera) -> None:
    if not camera.cards():
        raise NoClipError(
            "the camera recorded no clip",
            why="there is no card in it any more",
            next_step="Put the card in and record again",
        )


def _is_movie(name: str) -> bool:
    return name.lower().endswith(_MOVIES)
