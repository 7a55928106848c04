"""What every emulated body has, whoever made it: power, a battery, a card, buttons. No sockets and no threads.

A maker's body (`rigcoach.emulated.eos.eos_body`, `rigcoach.emulated.nikon.nikon_body`) adds its settings, its
operations and how it tells of what happens.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Any, Protocol

from rigcoach.emulated.body_settings import BodySettings
from rigcoach.emulated.card import Card, CardObject
from rigcoach.emulated.card_operations import STANDARD_CARD_OPERATIONS, use_card
from rigcoach.emulated.control import BodyStatus
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.ptp.datasets import DeviceInfo
from rigcoach.emulated.ptp.operations import (
    Operation,
    OperationCode,
    OperationRefusedError,
    PtpEvent,
    Response,
    ResponseCode,
)
from rigcoach.emulated.shooting import MIRROR_UP_S, PLAIN, REAL_CLOCKS, Clocks, Film, Options, Quirk, Shooting

_WITHOUT_SESSION = (OperationCode.GET_DEVICE_INFO, OperationCode.OPEN_SESSION)
_FIRST_IN_MEMORY = 0xA000_0001

Handlers = dict[int, Callable[[Operation], Response]]
"""What does each operation, by its code."""


class Power(Enum):
    """Whether a body answers."""

    ON = "on"
    OFF = "off"
    ASLEEP = "asleep"


class Button(StrEnum):
    """What a photographer can press, or choose in the menu."""

    SHUTTER_HALF = "shutter-half"
    SHUTTER = "shutter"
    LIVE_VIEW = "live-view"
    RECORD = "record"
    STILLS_AND_MOVIE = "menu-stills-and-movie"


class BodyModel(Protocol):
    """What a body is made of."""

    @property
    def name(self) -> str:
        """What it calls itself."""

    @property
    def lens(self) -> EmulatedLens:
        """What is on it."""

    def device_info(self, operations: tuple[int, ...]) -> DeviceInfo:
        """Return what the body says of itself, with the operations that it answers."""


class Body(ABC):
    """A body with a card in it.

    Live view and a movie end, too, when the computer goes away, the body is switched off or its battery is empty; the
    movie is kept.

    Parameters
    ----------
    model
        What it is made of.
    card, film
        What it stores on and what it sees.
    options
        How it differs from others of its kind.
    clocks
        What it goes by.
    """

    settings: BodySettings[Any]
    _movie_name: str
    _still_name: str
    _raw_suffix: str
    _mirror_up_s = MIRROR_UP_S
    _low_battery: ResponseCode

    def __init__(
        self, model: BodyModel, card: Card, film: Film, options: Options = PLAIN, clocks: Clocks = REAL_CLOCKS
    ) -> None:
        self.name = model.name
        self.power = Power.ON
        self.battery_percent = 100
        self._card = card
        self._memory = Card(clocks.wall(), first_file=_FIRST_IN_MEMORY, flat=True)
        self._options = options
        self._clocks = clocks
        self._device_info = model.device_info
        self._lens = model.lens
        self._focus_m = model.lens.focus_m
        self._handlers = self._operations()
        self._session_open = False
        self._last_asked_s = clocks.seconds()
        self._shooting = Shooting(
            card,
            self._memory,
            film,
            options,
            self,
            movie_name=self._movie_name,
            still_name=self._still_name,
            raw_suffix=self._raw_suffix,
            mirror_up_s=self._mirror_up_s,
            clocks=clocks,
        )

    # What a maker's body adds

    def _operations(self) -> Handlers:
        """Return what does each operation; a maker's body adds its own to these, which all have (ISO 15740)."""
        return {
            **dict.fromkeys(STANDARD_CARD_OPERATIONS, self._use_card),
            OperationCode.GET_DEVICE_INFO: self._get_device_info,
            OperationCode.OPEN_SESSION: self._open_session,
            OperationCode.CLOSE_SESSION: self._close_session,
            OperationCode.DELETE_OBJECT: self._delete_object,
            OperationCode.SEND_OBJECT: self._change_card,
            OperationCode.FORMAT_STORE: self._change_card,
        }

    @abstractmethod
    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""

    @abstractmethod
    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial; `ValueError` for a mode that isn't on it."""

    @abstractmethod
    def _take_still(self) -> None:
        """Take a still as the body is set."""

    @abstractmethod
    def _settings_fall_back(self) -> None:
        """Put shutter speed and ISO to what they were when the body was switched on."""

    @abstractmethod
    def _auto_power_off_s(self) -> int:
        """Return after how long the body powers itself off; 0 for never."""

    @abstractmethod
    def _forget_session(self) -> None:
        """Forget what the computer that is gone had agreed with the body."""

    @abstractmethod
    def _emit_battery(self) -> None:
        """Tell the computer of the battery."""

    @abstractmethod
    def _emit_card(self, *, is_in: bool) -> None:
        """Tell the computer that the card came or went."""

    @abstractmethod
    def _emit_room(self) -> None:
        """Tell the computer how much room there is on the card."""

    @abstractmethod
    def _emit_deleted(self, handle: int) -> None:
        """Tell the computer that a file is gone."""

    @abstractmethod
    def emit_live_view(self, *, on: bool) -> None:
        """Tell the computer that live view began or ended."""

    @abstractmethod
    def emit_recording(self, *, on: bool) -> None:
        """Tell the computer that a movie began or ended."""

    @abstractmethod
    def emit_recorded(self, seconds: int) -> None:
        """Tell the computer for how long a movie has been running."""

    @abstractmethod
    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""

    @abstractmethod
    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell the computer of a still in the body's memory that it is to fetch."""

    @abstractmethod
    def emit_taking_still(self, *, on: bool) -> None:
        """Tell the computer that a still is being taken, or was."""

    # What a computer does

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it."""
        handler = self._handlers.get(operation.code)
        self.pass_time()
        self._last_asked_s = self._clocks.seconds()
        try:
            if handler is None:
                raise OperationRefusedError(ResponseCode.OPERATION_NOT_SUPPORTED)
            if not self._session_open and operation.code not in _WITHOUT_SESSION:
                raise OperationRefusedError(ResponseCode.SESSION_NOT_OPEN)
            return handler(operation)
        except OperationRefusedError as refusal:
            return Response(refusal.code)

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what there is to tell over the event connection; nothing on bodies that are polled for it."""
        return ()

    def hang_up(self) -> None:
        """Take note that the computer is gone: live view ends, and with it a movie, which is kept."""
        self._session_open = False
        self._forget_session()
        self._memory.clear()
        self._shooting.end_live_view()

    def pass_time(self) -> None:
        """Let happen what happens by itself. To be called every now and then, too, when nothing is asked."""
        self._shooting.pass_time()
        off_after_s = self._auto_power_off_s() if Quirk.SLEEPS in self._options.quirks else 0
        if self._shooting.recording:
            self._last_asked_s = self._clocks.seconds()
        if self.is_on and 0 < off_after_s <= self._clocks.seconds() - self._last_asked_s:
            self.fall_asleep()

    def _get_device_info(self, _operation: Operation) -> Response:
        return Response(data=self._device_info(tuple(self._handlers)).pack())

    def _open_session(self, _operation: Operation) -> Response:
        if self._session_open:
            raise OperationRefusedError(ResponseCode.SESSION_ALREADY_OPEN)
        self._session_open = True
        return Response()

    def _close_session(self, _operation: Operation) -> Response:
        self.hang_up()
        return Response()

    def _agree(self, _operation: Operation) -> Response:
        return Response()

    def _use_card(self, operation: Operation) -> Response:
        in_memory = self._memory.holds(operation.param(0))
        return use_card(self._memory if in_memory else self._card, operation)

    def _change_card(self, operation: Operation) -> Response:
        answer = self._use_card(operation)
        self._emit_room()
        return answer

    def _delete_object(self, operation: Operation) -> Response:
        handle = operation.param(0)
        if self._memory.holds(handle):
            self._memory.delete(handle)
        else:
            self._card.delete(handle)
            self._emit_deleted(handle)
        return Response()

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
        self._last_asked_s = self._clocks.seconds()

    def fall_asleep(self) -> None:
        """Have it power itself off as it does when nothing is asked of it for long; a button wakes it."""
        if self.is_on:
            self._lose_power(Power.ASLEEP)

    def press(self, button: str) -> None:
        """Press a button and let go of it; any wakes a body that is asleep, and does no more then.

        Raises
        ------
        ValueError
            If the body has no such button.
        """
        if button not in tuple(Button):
            raise ValueError(f"there is no button {button!r}, but {', '.join(Button)}")
        if self.power is Power.ASLEEP:
            self.switch_on()
        elif self.is_on:
            self._last_asked_s = self._clocks.seconds()
            self._pressed(Button(button))

    def turn_ring(self, focus_m: float) -> None:
        """Turn the lens's focus ring to a distance."""
        self._focus_m = focus_m
        self._shooting.focus(focus_m)

    def set_battery(self, percent: int) -> None:
        """Put in a battery charged so far; with an empty one (0) the body answers, but doesn't shoot."""
        self.battery_percent = percent
        if percent == 0:
            self._shooting.end_live_view()
        self._emit_battery()

    def insert_card(self, free_bytes: int | None) -> None:
        """Put the card in with so much room on it; as much as it was formatted with if None."""
        self._card.insert(free_bytes)
        self._emit_card(is_in=True)

    def remove_card(self) -> None:
        """Take the card out; a movie that is running is lost."""
        self._card.remove()
        self._shooting.stop_recording()
        self._emit_card(is_in=False)

    def status(self) -> BodyStatus:
        """Return how it stands."""
        return BodyStatus(
            power=self.power.value,
            battery_percent=self.battery_percent,
            card_free_bytes=self._card.free_bytes if self._card.is_in else None,
            live_view=self._shooting.live_view,
            recording=self._shooting.recording,
            settings=self.settings.labelled(),
        )

    def _pressed(self, button: Button) -> None:
        try:
            match button:
                case Button.STILLS_AND_MOVIE:
                    self._shooting.enable_movies()
                case Button.SHUTTER:
                    self._take_still()
                case Button.LIVE_VIEW if self._shooting.live_view:
                    self._shooting.end_live_view()
                case Button.LIVE_VIEW:
                    self._start_live_view()
                case Button.RECORD if self._shooting.recording:
                    self._shooting.stop_recording()
                case Button.RECORD:
                    self._start_recording()
        except OperationRefusedError:
            # A button that cannot do its work now does nothing.
            return

    def _focus_on_card(self) -> None:
        """Focus as an autofocus does."""
        self._focus_m = self._shooting.focus_on_card()

    def _move_focus(self, nearer_per_m: float) -> bool:
        """Have the lens's motor move the focus by so many dioptres; return whether it went all the way."""
        before_m = self._focus_m
        self.turn_ring(self._lens.driven_m(before_m, nearer_per_m))
        return math.isclose(1 / self._focus_m, 1 / before_m + nearer_per_m)

    def _lose_power(self, power: Power) -> None:
        self._shooting.end_live_view()
        self.power = power

    def _start_live_view(self) -> None:
        self._require_battery()
        if not self._shooting.live_view and Quirk.LIVE_VIEW_RESETS_SETTINGS in self._options.quirks:
            self._settings_fall_back()
        self._shooting.start_live_view(self.settings.exposure())

    def _start_recording(self) -> None:
        self._require_battery()
        self._shooting.start_recording(self.settings.exposure())

    def _require_battery(self) -> None:
        if self.battery_percent == 0:
            raise OperationRefusedError(self._low_battery)
