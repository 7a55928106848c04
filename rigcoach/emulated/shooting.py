"""Live view, movies and stills of an emulated body, whoever made it.

A movie is taken with the settings that the body has when it starts. It ends when somebody says so, when live view ends,
or when the file is as long as the card or the file system can hold. Clips and stills come onto the card when the film
is developed, a while after they were taken.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from rigcoach.emulated.card import Card, CardObject
from rigcoach.emulated.film import clip_length
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.ptp.operations import ObjectFormat, OperationRefusedError, ResponseCode

# From the mirror's way up to the first frame.
_MIRROR_UP_S = 0.3
_LIVE_VIEW_PERIOD_S = 1 / 30

# The longest exposure of a still that is rendered.
LONGEST_STILL_S = 1.0

_FORMATS = {".MOV": ObjectFormat.MOV, ".JPG": ObjectFormat.JPEG}


class Quirk(StrEnum):
    """What some bodies do and others don't."""

    PREVIEW_RESETS_MOVIE = "preview-resets-movie"
    """A live view frame that the computer pulls sets the menu from "Stills+movie" back to stills (an EOS 5D Mark II,
    github.com/gphoto/libgphoto2/issues/11); nothing is recorded before the menu is set again."""

    BUSY_BUT_RECORDS = "busy-but-records"
    """Starting a movie is answered with DeviceBusy, and the movie starts all the same (same issue)."""

    LIVE_VIEW_RESETS_SETTINGS = "live-view-resets-settings"
    """When live view starts, shutter speed and ISO fall back to what they were when the body was switched on."""

    SLEEPS = "sleeps"
    """The body powers itself off when nothing is asked of it for as long as its setting says."""


@dataclass(frozen=True, slots=True)
class Options:
    """How one body differs from another of its kind.

    `longest_clip_bytes` is where a movie ends by itself.
    """

    quirks: frozenset[Quirk] = frozenset()
    longest_clip_bytes: int = clip_length.LARGEST_FILE_BYTES


PLAIN = Options()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks that a body goes by: one that only runs forward, and the photographer's."""

    seconds: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = datetime.now


REAL_CLOCKS = Clocks()


class Film(Protocol):
    """What the body records on. Nothing here may wait: the driver hangs up after 2.5 s without an answer."""

    def look(self, settings: ExposureSettings) -> bytes | None:
        """Return the scene as a JPEG of 1024 x 680, or None while there is none."""

    def roll(self, name: str, settings: ExposureSettings, longest_frames: int) -> None:
        """Start a clip of that file name, which ends after so many frames at the latest."""

    def cut(self, frame_count: int) -> None:
        """End the clip after so many frames."""

    def snap(self, name: str, settings: ExposureSettings, size_px: tuple[int, int]) -> None:
        """Take a still of that file name, so many pixels wide and high."""

    def developed(self) -> list[Path]:
        """Return the clips and stills that were finished since the last call."""


class EventSink(Protocol):
    """Whoever tells the computer of what happens."""

    def emit_live_view(self, *, on: bool) -> None:
        """Tell that live view began or ended."""

    def emit_recording(self, *, on: bool) -> None:
        """Tell that a movie began or ended."""

    def emit_recorded(self, seconds: int) -> None:
        """Tell for how long a movie has been running."""

    def emit_file(self, new: CardObject) -> None:
        """Tell of a new file on the card."""

    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell of a still in the body's memory that the computer is to fetch."""

    def emit_taking_still(self, *, on: bool) -> None:
        """Tell that a still is being taken, or was."""


class Shooting:
    """What a body shoots, and what becomes of it.

    Parameters
    ----------
    card, memory
        Where files go: the card, and the body's own memory for stills that the computer fetches.
    film
        What is seen.
    options
        The body's quirks.
    sink
        Told of what happens.
    movie_name, still_name
        Names of files, with a place for the number.
    clocks
        What it goes by.
    """

    def __init__(
        self,
        card: Card,
        memory: Card,
        film: Film,
        options: Options,
        sink: EventSink,
        *,
        movie_name: str,
        still_name: str,
        clocks: Clocks,
    ) -> None:
        self._card = card
        self._memory = memory
        self._film = film
        self._options = options
        self._sink = sink
        self._movie_name = movie_name
        self._still_name = still_name
        self._clocks = clocks
        self._live_view_since: float | None = None
        self._next_frame_due = 0.0
        self._recording_since: float | None = None
        self._recorded_s_told = 0
        self._longest_s = 0.0
        self._movies_enabled = True
        self._still: str | None = None
        self._still_for_computer = False

    @property
    def live_view(self) -> bool:
        """Whether live view is on."""
        return self._live_view_since is not None

    @property
    def recording(self) -> bool:
        """Whether a movie is running."""
        return self._recording_since is not None

    def enable_movies(self) -> None:
        """Set the menu to "Stills+movie"."""
        self._movies_enabled = True

    def pass_time(self) -> None:
        """Let happen what happens by itself."""
        if self._recording_since is not None:
            recorded_s = self._clocks.seconds() - self._recording_since
            if int(recorded_s) > self._recorded_s_told:
                self._recorded_s_told = int(recorded_s)
                self._sink.emit_recorded(self._recorded_s_told)
            if recorded_s >= self._longest_s:
                self.stop_recording()
        for path in self._film.developed():
            self._store(path)

    def start_live_view(self) -> None:
        """Put the mirror up."""
        if self._live_view_since is None:
            self._live_view_since = self._clocks.seconds()
            self._sink.emit_live_view(on=True)

    def end_live_view(self) -> None:
        """Put the mirror down; the end of a movie, too."""
        self.stop_recording()
        if self._live_view_since is not None:
            self._live_view_since = None
            self._sink.emit_live_view(on=False)

    @property
    def taking_still(self) -> bool:
        """Whether a still was taken and isn't stored yet."""
        return self._still is not None

    def live_view_ready(self, settings: ExposureSettings) -> bool:
        """Return whether the mirror is up and there is a picture."""
        if self._live_view_since is None or self._clocks.seconds() < self._live_view_since + _MIRROR_UP_S:
            return False
        return self._film.look(settings) is not None

    def live_view_frame(self, settings: ExposureSettings) -> bytes | None:
        """Return the frame that is due for the computer, None while there is none."""
        now = self._clocks.seconds()
        if self._live_view_since is None or now < max(self._live_view_since + _MIRROR_UP_S, self._next_frame_due):
            return None
        jpeg = self._film.look(settings)
        if jpeg is None:
            return None
        # Slightly late is made up for, so that the rate holds; long waited is not.
        late_s = now - self._next_frame_due
        self._next_frame_due = now + _LIVE_VIEW_PERIOD_S - (late_s if late_s < _LIVE_VIEW_PERIOD_S else 0)
        if Quirk.PREVIEW_RESETS_MOVIE in self._options.quirks:
            self._movies_enabled = False
        return jpeg

    def start_recording(self, settings: ExposureSettings) -> None:
        """Start a movie on the card; refused without live view, room or movies in the menu."""
        if self.recording:
            return
        if self._live_view_since is None or not self._movies_enabled:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        self._require_room()
        self._longest_s = clip_length.seconds_in(min(self._options.longest_clip_bytes, self._card.free_bytes))
        name = self._card.next_name(self._movie_name)
        self._film.roll(name, settings, clip_length.frames_recorded(self._longest_s))
        self._recording_since = self._clocks.seconds()
        self._recorded_s_told = 0
        self._sink.emit_recording(on=True)
        if Quirk.BUSY_BUT_RECORDS in self._options.quirks:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)

    def stop_recording(self) -> None:
        """End the movie, if one is running."""
        if self._recording_since is None:
            return
        recorded_s = min(self._clocks.seconds() - self._recording_since, self._longest_s)
        self._film.cut(clip_length.frames_recorded(recorded_s))
        self._recording_since = None
        self._sink.emit_recording(on=False)

    def take_still(self, settings: ExposureSettings, size_px: tuple[int, int], *, for_computer: bool) -> None:
        """Take a still onto the card, or into the body's memory for the computer to fetch."""
        if self.recording or self._still is not None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if settings.shutter_s > LONGEST_STILL_S:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        if not for_computer:
            self._require_room()
        self._still, self._still_for_computer = self._card.next_name(self._still_name), for_computer
        self._film.snap(self._still, settings, size_px)
        self._sink.emit_taking_still(on=True)

    def _require_room(self) -> None:
        if not self._card.is_in:
            raise OperationRefusedError(ResponseCode.STORE_NOT_AVAILABLE)
        if self._card.free_bytes == 0:
            raise OperationRefusedError(ResponseCode.STORE_FULL)

    def _store(self, path: Path) -> None:
        is_still = path.name == self._still
        format_code = _FORMATS[path.suffix]
        if is_still and self._still_for_computer:
            self._sink.emit_still_for_computer(self._memory.add(path, format_code, self._clocks.wall()))
        elif self._card.is_in:
            self._sink.emit_file(self._card.add(path, format_code, self._clocks.wall()))
        else:
            # Taken out before the file was whole.
            path.unlink()
        if is_still:
            self._still = None
            self._sink.emit_taking_still(on=False)
