"""What every emulated body has, whoever made it: power, a battery, a card, live view, movies. No sockets, no threads.

A maker's body (`rigcoach.emulated.eos`) adds its settings, its operations and how it tells of what happens.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Protocol

from rigcoach.emulated import movie
from rigcoach.emulated.card import Card, CardObject
from rigcoach.emulated.control import BodyStatus
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.ptp import ObjectFormat, Operation, OperationCode, OperationRefusedError, Response, ResponseCode

# From the mirror's way up to the first frame.
_MIRROR_UP_S = 0.3
_LIVE_VIEW_PERIOD_S = 1 / 30

_WITHOUT_SESSION = (OperationCode.GET_DEVICE_INFO, OperationCode.OPEN_SESSION)


class Power(Enum):
    """Whether a body answers."""

    ON = "on"
    OFF = "off"
    ASLEEP = "asleep"


class Button(StrEnum):
    """What a photographer can press."""

    SHUTTER_HALF = "shutter-half"
    LIVE_VIEW = "live-view"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Options:
    """How one body differs from another of its kind.

    `longest_clip_bytes` is where a movie ends by itself.
    """

    longest_clip_bytes: int = movie.LARGEST_FILE_BYTES


PLAIN = Options()


class Film(Protocol):
    """What the body records on. Nothing here may wait: the driver hangs up after 2.5 s without an answer."""

    def look(self, settings: Exposure) -> bytes | None:
        """Return the scene as a JPEG of 1024 x 680, or None while there is none."""

    def roll(self, name: str, settings: Exposure, longest_frames: int) -> None:
        """Start a clip of that file name, which ends after so many frames at the latest."""

    def cut(self, frame_count: int) -> None:
        """End the clip after so many frames."""

    def developed(self) -> list[Path]:
        """Return the clips that were finished since the last call."""


class Body(ABC):
    """A body with a card in it.

    A movie is taken with the settings that the body has when it starts. It ends when the computer or the photographer
    says so, when live view ends, when the computer goes away, when the body is switched off or its battery is empty, or
    when the file is as long as the card or the file system can hold.

    Parameters
    ----------
    card, film
        What it stores on and what it sees.
    options
        How it differs from others of its kind.
    seconds, wall_clock
        The clocks: one that only runs forward, and the photographer's.
    """

    name: str
    _movie_name: str

    def __init__(
        self,
        card: Card,
        film: Film,
        options: Options = PLAIN,
        *,
        seconds: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.power = Power.ON
        self.battery_percent = 100
        self._card = card
        self._film = film
        self._options = options
        self._seconds = seconds
        self._wall_clock = wall_clock
        self._session_open = False
        self._live_view_since: float | None = None
        self._next_frame_due = 0.0
        self._recording_since: float | None = None
        self._recorded_s_told = 0
        self._longest_s = 0.0

    # What a maker's body adds

    @abstractmethod
    def _handler(self, code: int) -> Callable[[Operation], Response] | None:
        """Return what does an operation, None if nothing does."""

    @abstractmethod
    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""

    @abstractmethod
    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial; `ValueError` for a mode that isn't on it."""

    @abstractmethod
    def exposure(self) -> Exposure:
        """Return what a frame would be exposed with now."""

    @abstractmethod
    def labelled_settings(self) -> dict[str, str]:
        """Return every setting by its name, in the body's own words."""

    @abstractmethod
    def _forget_session(self) -> None:
        """Forget what the computer that is gone had agreed with the body."""

    @abstractmethod
    def _tell_battery(self) -> None:
        """Tell the computer of the battery."""

    @abstractmethod
    def _tell_card(self, *, is_in: bool) -> None:
        """Tell the computer that the card came or went."""

    @abstractmethod
    def _tell_live_view(self, *, on: bool) -> None:
        """Tell the computer that live view began or ended on the body."""

    @abstractmethod
    def _tell_recording(self, *, on: bool) -> None:
        """Tell the computer that a movie began or ended."""

    @abstractmethod
    def _tell_recorded(self, seconds: int) -> None:
        """Tell the computer for how long a movie has been running."""

    @abstractmethod
    def _tell_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""

    # What a computer does

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it."""
        handler = self._handler(operation.code)
        self.pass_time()
        try:
            if handler is None:
                raise OperationRefusedError(ResponseCode.OPERATION_NOT_SUPPORTED)
            if not self._session_open and operation.code not in _WITHOUT_SESSION:
                raise OperationRefusedError(ResponseCode.SESSION_NOT_OPEN)
            return handler(operation)
        except OperationRefusedError as refusal:
            return Response(refusal.code)

    def hang_up(self) -> None:
        """Take note that the computer is gone: live view ends, and with it a movie, which is kept."""
        self._session_open = False
        self._forget_session()
        self._end_live_view()

    def _open_session(self, _operation: Operation) -> Response:
        if self._session_open:
            raise OperationRefusedError(ResponseCode.SESSION_ALREADY_OPEN)
        self._session_open = True
        return Response()

    def _close_session(self, _operation: Operation) -> Response:
        self.hang_up()
        return Response()

    def pass_time(self) -> None:
        """Let happen what happens by itself. To be called every now and then, too, when nothing is asked."""
        if self._recording_since is not None:
            recorded_s = self._seconds() - self._recording_since
            if int(recorded_s) > self._recorded_s_told:
                self._recorded_s_told = int(recorded_s)
                self._tell_recorded(self._recorded_s_told)
            if recorded_s >= self._longest_s:
                self._stop_recording()
        for path in self._film.developed():
            self._store(path)

    # What a photographer does

    @property
    def is_on(self) -> bool:
        """Whether it can be reached."""
        return self.power is Power.ON

    def switch_off(self) -> None:
        """Switch it off; a movie that is running is kept."""
        self._lose_power(Power.OFF)

    def switch_on(self) -> None:
        """Switch it on."""
        self.power = Power.ON

    def fall_asleep(self) -> None:
        """Have it power itself off as it does when nothing is asked of it for long; a button wakes it."""
        if self.is_on:
            self._lose_power(Power.ASLEEP)

    def press(self, button: str) -> None:
        """Press a button and let go of it; `ValueError` for one that the body hasn't.

        Raises
        ------
        ValueError
            If the body has no such button.
        """
        if button not in tuple(Button):
            raise ValueError(f"there is no button {button!r}, but {', '.join(Button)}")
        if self.power is Power.OFF:
            return
        if self.power is Power.ASLEEP:
            self.power = Power.ON
            return
        self._pressed(Button(button))

    def set_battery(self, percent: int) -> None:
        """Put in a battery charged so far; with an empty one (0) the body answers, but doesn't shoot."""
        self.battery_percent = percent
        if percent == 0:
            self._end_live_view()
        self._tell_battery()

    def insert_card(self, free_bytes: int | None) -> None:
        """Put the card in with so much room on it; as much as it was formatted with if None."""
        self._card.insert(free_bytes)
        self._tell_card(is_in=True)

    def remove_card(self) -> None:
        """Take the card out; the end of a movie that is running."""
        self._stop_recording()
        self._card.remove()
        self._tell_card(is_in=False)

    def status(self) -> BodyStatus:
        """Return how it stands."""
        return BodyStatus(
            power=self.power.value,
            battery_percent=self.battery_percent,
            card_free_bytes=self._card.free_bytes if self._card.is_in else None,
            live_view=self._live_view_since is not None,
            recording=self._recording_since is not None,
            settings=self.labelled_settings(),
        )

    def _pressed(self, button: Button) -> None:
        try:
            match button:
                case Button.LIVE_VIEW if self._live_view_since is None:
                    self._start_live_view()
                    self._tell_live_view(on=True)
                case Button.LIVE_VIEW:
                    self._end_live_view()
                case Button.RECORD if self._recording_since is None:
                    self._start_recording()
                case Button.RECORD:
                    self._stop_recording()
        except OperationRefusedError:
            # A button that cannot do its work now does nothing.
            return

    def _lose_power(self, power: Power) -> None:
        self._end_live_view()
        self.power = power

    # Live view and movies

    def _store(self, path: Path) -> None:
        if self._card.is_in:
            self._tell_file(self._card.add(path, ObjectFormat.MOV, self._wall_clock()))
        else:
            # Taken out before the file was whole.
            path.unlink()

    def _require_battery(self, refusal: ResponseCode) -> None:
        if self.battery_percent == 0:
            raise OperationRefusedError(refusal)

    def _start_live_view(self) -> None:
        if self._live_view_since is None:
            self._live_view_since = self._seconds()

    def _end_live_view(self) -> None:
        self._stop_recording()
        if self._live_view_since is not None:
            self._live_view_since = None
            self._tell_live_view(on=False)

    def _live_view_frame(self) -> bytes | None:
        """Return the frame that is due, None while there is none."""
        now = self._seconds()
        if self._live_view_since is None or now < max(self._live_view_since + _MIRROR_UP_S, self._next_frame_due):
            return None
        jpeg = self._film.look(self.exposure())
        if jpeg is None:
            return None
        # Slightly late is made up for, so that the rate holds; long waited is not.
        late_s = now - self._next_frame_due
        self._next_frame_due = now + _LIVE_VIEW_PERIOD_S - (late_s if late_s < _LIVE_VIEW_PERIOD_S else 0)
        return jpeg

    def _start_recording(self) -> None:
        if self._live_view_since is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if not self._card.is_in:
            raise OperationRefusedError(ResponseCode.STORE_NOT_AVAILABLE)
        if self._card.free_bytes == 0:
            raise OperationRefusedError(ResponseCode.STORE_FULL)
        self._longest_s = movie.seconds_in(min(self._options.longest_clip_bytes, self._card.free_bytes))
        name = self._card.next_name(self._movie_name)
        self._film.roll(name, self.exposure(), movie.frames_recorded(self._longest_s))
        self._recording_since = self._seconds()
        self._recorded_s_told = 0
        self._tell_recording(on=True)

    def _stop_recording(self) -> None:
        if self._recording_since is None:
            return
        recorded_s = min(self._seconds() - self._recording_since, self._longest_s)
        self._film.cut(movie.frames_recorded(recorded_s))
        self._recording_since = None
        self._tell_recording(on=False)
