"""Record a take on the camera's card.

The way of a Canon EOS is this: live view on, ``movierecordtarget`` to the card, wait, back to ``None``, and the body
adds the clip to its card (libgphoto2's remote control page, gphoto.org/doc/remote). No preview frames are pulled
meanwhile: a 5D Mark II then does not record. For a Nikon libgphoto2 does all of it in one step, ``movie``
(``camlibs/ptp2/config.c``, _put_Nikon_Movie), which also says why a body will not.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rigcoach.base.clip_names import is_clip
from rigcoach.base.progress import Advance, no_progress
from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraBusyError, CameraError, CameraLostError, CameraRefusedError, NoClipError
from rigcoach.tether.events import CardFile, Event, EventKind
from rigcoach.tether.explain import explained
from rigcoach.tether.live_view import as_found, in_any_case, live_view

_RECORDING_TIME = "RecordingTime"  # an EOS tells every second for how long it has been recording
_TICK_S = 0.1
_AGREE_S = 3.0  # in which a body says that it records
_LOOK_EVERY_S = 1.0
_LIST_EVERY_S = 4.0  # a body that does not tell of its file is asked for its card this often
_FORGET_AFTER_S = 14.0  # then the library, which remembers what it once listed, is made to look anew
_CLIP_WAIT_S = 120.0
_DOUBTFUL_WAIT_S = 10.0  # where the body never said that it records
_STOPPING_S = 3.0


@dataclass(frozen=True, slots=True)
class RecordedTake:
    """A clip that was recorded in one go and lies on the camera's card.

    `recorded_s` is measured between the body's own answers to start and stop; the clip itself ends on whole groups of
    pictures.
    """

    file: CardFile
    started_at: datetime
    recorded_s: float


def record(camera: Camera, seconds: float, advance: Advance = no_progress) -> RecordedTake:
    """Record for so many seconds and return the take.

    `advance` hears the seconds recorded and of how many, then those waited for the clip.

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
    known = {file.path for file in camera.files() if is_clip(file.name)}
    had_card = bool(camera.cards())
    with live_view(camera, listing) if way.needs_live_view else as_found(camera, listing):
        started_at = datetime.now(UTC)
        with _recording(camera, way):
            start = time.monotonic()
            said_so = _says_that_it_records(camera, way)
            told = _wait(camera, way, start, seconds, advance)
        recorded_s = time.monotonic() - start
        # The emulated body, which renders its clips, may take ten times as long over one on a slow computer.
        patience_s = _CLIP_WAIT_S + 10 * seconds if said_so else _DOUBTFUL_WAIT_S
        file = told or _await_clip(camera, known, patience_s, advance, had_card=had_card)
    return RecordedTake(file, started_at, recorded_s)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a body is made to record: a widget, and what it is set to; `is_told` where the body tells of it by events."""

    widget: str
    start: str
    stop: str
    needs_live_view: bool
    is_told: bool


# An EOS; then the makers for whom libgphoto2 itself switches live view on and the card as the target.
_WAYS = (
    _Way("movierecordtarget", "Card", "None", needs_live_view=True, is_told=True),
    _Way("movie", "1", "0", needs_live_view=False, is_told=False),
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
    with in_any_case(lambda: camera.set(way.widget, way.stop)):
        _start(camera, way)
        yield


def _start(camera: Camera, way: _Way) -> None:
    try:
        try:
            camera.set(way.widget, way.start)
        except CameraBusyError:
            # Some say that they are busy, and record.
            if not _comes_to_record(camera, way):
                raise
    except CameraLostError:
        raise
    except (CameraError, ValueError) as error:
        refusal = CameraRefusedError(
            "the camera does not start to record",
            why=error.why if isinstance(error, CameraError) else str(error),
            next_step="Put it into movie mode (5D Mark II: set LV func. to Stills+movie), look for a card with room, "
            "and try again",
        )
        raise explained(camera, refusal) from error


def _comes_to_record(camera: Camera, way: _Way) -> bool:
    """Whether a body that took nothing says within a moment that it records all the same."""
    until = time.monotonic() + _AGREE_S
    # Not read back with all its events: its clip may be among them.
    while (now := camera.get(way.widget).current) != way.start and time.monotonic() < until:
        time.sleep(_TICK_S)
    return now == way.start


def _says_that_it_records(camera: Camera, way: _Way) -> bool:
    """Whether the body itself tells within a moment that it records.

    For an EOS libgphoto2 notes what it sent as if the body had it (``camlibs/ptp2/ptp.c``,
    ptp_canon_eos_setdevicepropvalue), so that only what the body tells of itself counts. Others are
    asked by libgphoto2 itself.
    """
    if not way.is_told:
        return True
    until = time.monotonic() + _AGREE_S
    while time.monotonic() < until:
        event = camera.next_event(_TICK_S)
        if event is not None and _tells_of_recording(event):
            return True
    return False


def _tells_of_recording(event: Event) -> bool:
    return _RECORDING_TIME in event.text or '"movierecordtarget" to "Card"' in event.text


def _wait(camera: Camera, way: _Way, start: float, seconds: float, advance: Advance) -> CardFile | None:
    """Wait while the body records; return its clip where it stops by itself, its card full or its clip at 4 GB."""
    last_look = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        advance(elapsed, seconds)
        event = camera.next_event(min(_TICK_S, seconds - elapsed))
        if event is not None and _is_new_clip(event):
            return camera.file(event.folder, event.name)
        if time.monotonic() - last_look > _LOOK_EVERY_S:
            last_look = time.monotonic()
            if camera.get(way.widget).current == way.stop:
                return None  # it stopped by itself, and may or may not have a clip
    advance(seconds, seconds)
    camera.check_alive("recording")
    return None


def _await_clip(camera: Camera, known: set[str], patience_s: float, advance: Advance, *, had_card: bool) -> CardFile:
    """Wait until the body has written its clip: until it says so, or its card shows it."""
    start = last_look = time.monotonic()
    forget_after_s = min(_FORGET_AFTER_S, patience_s / 2)
    while (waited := time.monotonic() - start) < patience_s:
        advance(waited, None)
        event = camera.next_event(_TICK_S)
        if event is not None and _is_new_clip(event):
            return camera.file(event.folder, event.name)
        if event is not None and _RECORDING_TIME in event.text and waited > _STOPPING_S:
            raise CameraRefusedError(
                "the camera does not stop recording",
                why="it agreed to stop, and does not",
                next_step="Press its record button; the clip is then on its card",
            )
        if time.monotonic() - last_look > _LIST_EVERY_S:
            last_look = time.monotonic()
            if had_card:
                _check_card(camera)
            if waited > forget_after_s:
                camera.reopen()
                forget_after_s = patience_s
            new = [file for file in camera.files() if is_clip(file.name) and file.path not in known]
            if new:
                return max(new, key=lambda file: file.name)
    raise NoClipError(
        "the camera recorded no clip",
        why=f"none appeared on its card within {patience_s:.0f} s"
        + (", and it never said that it records" if patience_s == _DOUBTFUL_WAIT_S else ""),
        next_step="Check whether the clip is on the card, and whether the camera is in movie mode with a card in it",
    )


def _check_card(camera: Camera) -> None:
    if not camera.cards():
        raise NoClipError(
            "the camera recorded no clip",
            why="there is no card in it any more",
            next_step="Put the card in and record again",
        )


def _is_new_clip(event: Event) -> bool:
    return event.kind is EventKind.FILE_ADDED and is_clip(event.name)
