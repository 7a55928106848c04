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
from typing import Protocol

from rigcoach.emulated.card import Card, CardObject
from rigcoach.emulated.film import clip_length
from rigcoach.emulated.film.film_messages import FULL_HD_PX, WHOLE, FileReady, LiveCrop
from rigcoach.emulated.film.metering import ExposureSettings
from rigcoach.emulated.film.picture_info import PictureInfo, StillFile, StillRequest
from rigcoach.emulated.ptp.operations import ObjectFormat, OperationRefusedError, ResponseCode

# From the mirror's way up to the first frame, where there is a mirror.
MIRROR_UP_S = 0.3
_LIVE_VIEW_PERIOD_S = 1 / 30

_JPEG_SUFFIX = ".JPG"

# The shutter of a bulb exposure isn't open for less.
_SHORTEST_BULB_S = 1 / 60

USUAL_STILL_PX = (6000, 4000)
"""Width and height of a still, where a body does not tell them: as most bodies have them."""

_FORMATS = {
    ".MOV": ObjectFormat.MOV,
    ".JPG": ObjectFormat.JPEG,
    ".CR2": ObjectFormat.CR2,
    ".MP4": ObjectFormat.MP4,
    **dict.fromkeys((".NEF", ".ARW", ".RAF", ".ORF", ".RW2"), ObjectFormat.UNDEFINED),
}


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

    `longest_clip_bytes` is where a movie ends by itself; `movie_px` its width and height, smaller where the picture
    matters less than the time that it takes to render.
    """

    quirks: frozenset[Quirk] = frozenset()
    longest_clip_bytes: int = clip_length.LARGEST_FILE_BYTES
    movie_px: tuple[int, int] = FULL_HD_PX


PLAIN = Options()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks that a body goes by: one that only runs forward, and the photographer's."""

    seconds: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = datetime.now


REAL_CLOCKS = Clocks()


class Film(Protocol):
    """What the body records on. Nothing here may wait: the driver hangs up after 2.5 s without an answer."""

    def warm_up(self, settings: ExposureSettings) -> None:
        """Get ready to show the scene: live view begins."""

    def look(self, settings: ExposureSettings, crop: LiveCrop) -> bytes | None:
        """Return the scene, or the part of it that is magnified, as a JPEG of 1024 x 680; None while there is none."""

    def focus(self, focus_m: float) -> None:
        """Focus the lens at another distance."""

    @property
    def card_distance_m(self) -> float:
        """How far the card in live view is."""

    def roll(self, name: str, settings: ExposureSettings, longest_frames: int) -> None:
        """Start a clip of that file name, which ends after so many frames at the latest."""

    def cut(self, frame_count: int) -> None:
        """End the clip after so many frames."""

    def snap(self, settings: ExposureSettings, still: StillRequest) -> None:
        """Take a still."""

    def developed(self) -> list[FileReady]:
        """Return the clips and stills that were finished since the last call."""


@dataclass(frozen=True, slots=True)
class StillKind:
    """What a body writes of a still: the pixels of its JPEG and of its raw, None for one that it doesn't write."""

    jpeg_px: tuple[int, int] | None = None
    raw_px: tuple[int, int] | None = None


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
        Names of files, with a place for the number; a still's without its suffix.
    raw_suffix
        The suffix of raw files.
    mirror_up_s
        How long after its start live view has a picture.
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
        raw_suffix: str,
        mirror_up_s: float,
        clocks: Clocks,
    ) -> None:
        self._card = card
        self._memory = memory
        self._film = film
        self._options = options
        self._sink = sink
        self._movie_name = movie_name
        self._still_name = still_name
        self._raw_suffix = raw_suffix
        self._mirror_up_s = mirror_up_s
        self._clocks = clocks
        self._live_view_since: float | None = None
        self._next_frame_due = 0.0
        self._recording_since: float | None = None
        self._recorded_s_told = 0
        self._longest_s = 0.0
        self._movies_enabled = True
        self._awaited: set[str] = set()
        self._still_for_computer = False
        self._shutter_closes_at = 0.0
        self._bulb_since: float | None = None
        self._ready: list[FileReady] = []
        self.crop = WHOLE

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
        self._ready += self._film.developed()
        if self._clocks.seconds() >= self._shutter_closes_at:
            ready, self._ready = self._ready, []
            for each in ready:
                self._store(each)

    def focus(self, focus_m: float) -> None:
        """Focus the lens at a distance."""
        self._film.focus(focus_m)

    def focus_on_card(self) -> float:
        """Focus the lens at the card, as an autofocus does; return its distance."""
        focus_m = self._film.card_distance_m
        self._film.focus(focus_m)
        return focus_m

    def start_live_view(self, settings: ExposureSettings) -> None:
        """Put the mirror up."""
        if self._live_view_since is None:
            self._film.warm_up(settings)
            self._live_view_since = self._clocks.seconds()
            self._sink.emit_live_view(on=True)

    def end_live_view(self) -> None:
        """Put the mirror down; the end of a movie, too."""
        self.stop_recording()
        if self._live_view_since is not None:
            self._live_view_since = None
            self.crop = WHOLE
            self._sink.emit_live_view(on=False)

    @property
    def taking_still(self) -> bool:
        """Whether a still is being taken, or was and isn't stored yet."""
        return bool(self._awaited) or self._bulb_since is not None

    @property
    def shutter_is_open(self) -> bool:
        """Whether a bulb exposure is going on."""
        return self._bulb_since is not None

    def live_view_ready(self, settings: ExposureSettings) -> bool:
        """Return whether the mirror is up and there is a picture."""
        if self._live_view_since is None or self._clocks.seconds() < self._live_view_since + self._mirror_up_s:
            return False
        return self._film.look(settings, self.crop) is not None

    def live_view_frame(self, settings: ExposureSettings) -> bytes | None:
        """Return the frame that is due for the computer, None while there is none."""
        now = self._clocks.seconds()
        if self._live_view_since is None or now < max(self._live_view_since + self._mirror_up_s, self._next_frame_due):
            return None
        jpeg = self._film.look(settings, self.crop)
        if jpeg is None:
            return None
        # Slightly late is made up for, so that the rate holds; long waited is not.
        late_s = now - self._next_frame_due
        self._next_frame_due = now + _LIVE_VIEW_PERIOD_S - (late_s if late_s < _LIVE_VIEW_PERIOD_S else 0)
        if Quirk.PREVIEW_RESETS_MOVIE in self._options.quirks:
            self._movies_enabled = False
        return jpeg

    def live_view_picture(self, settings: ExposureSettings) -> bytes | None:
        """Return the picture that live view shows now, be the next one due or not; None while there is none."""
        return self._film.look(settings, self.crop) if self.live_view_ready(settings) else None

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

    def take_still(self, settings: ExposureSettings, kind: StillKind, info: PictureInfo, *, for_computer: bool) -> None:
        """Take a still onto the card, or into the body's memory for the computer to fetch.

        It is there once the shutter has been open for as long as it should, and the film is developed.
        """
        self._require_free(for_computer=for_computer)
        self._sink.emit_taking_still(on=True)
        self._shutter_closes_at = self._clocks.seconds() + settings.shutter_s
        self._snap(settings, kind, info, for_computer=for_computer)

    def open_shutter(self, *, for_computer: bool) -> None:
        """Begin a bulb exposure."""
        self._require_free(for_computer=for_computer)
        self._bulb_since, self._still_for_computer = self._clocks.seconds(), for_computer
        self._sink.emit_taking_still(on=True)

    def close_shutter(self, expose: Callable[[float], ExposureSettings], kind: StillKind, info: PictureInfo) -> None:
        """End a bulb exposure; `expose` gives the exposure of so many seconds."""
        if self._bulb_since is None:
            raise OperationRefusedError(ResponseCode.GENERAL_ERROR)
        open_s, self._bulb_since = self._clocks.seconds() - self._bulb_since, None
        settings = expose(max(open_s, _SHORTEST_BULB_S))
        self._snap(settings, kind, info, for_computer=self._still_for_computer)

    def _require_free(self, *, for_computer: bool) -> None:
        if self.recording or self.taking_still:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if not for_computer:
            self._require_room()

    def _snap(self, settings: ExposureSettings, kind: StillKind, info: PictureInfo, *, for_computer: bool) -> None:
        name = self._card.next_name(self._still_name)
        kinds = ((self._raw_suffix, kind.raw_px), (_JPEG_SUFFIX, kind.jpeg_px))
        files = tuple(StillFile(name + suffix, suffix != _JPEG_SUFFIX, size_px) for suffix, size_px in kinds if size_px)
        self._awaited, self._still_for_computer = {file.name for file in files}, for_computer
        self._film.snap(settings, StillRequest(files, info))

    def _require_room(self) -> None:
        if not self._card.is_in:
            raise OperationRefusedError(ResponseCode.STORE_NOT_AVAILABLE)
        if self._card.free_bytes == 0:
            raise OperationRefusedError(ResponseCode.STORE_FULL)

    def _store(self, ready: FileReady) -> None:
        path, taken = ready.path, self._clocks.wall()
        is_still = path.name in self._awaited
        format_code = _FORMATS[path.suffix]
        if is_still and self._still_for_computer:
            self._sink.emit_still_for_computer(self._memory.add(path, format_code, taken, ready.thumbnail))
        elif self._card.is_in:
            self._sink.emit_file(self._card.add(path, format_code, taken, ready.thumbnail))
        else:
            # Taken out before the file was whole.
            path.unlink()
        self._awaited.discard(path.name)
        if is_still and not self._awaited:
            self._sink.emit_taking_still(on=False)
