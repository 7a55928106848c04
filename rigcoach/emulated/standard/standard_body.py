"""A body that is set by ISO 15740's device properties, and tells what happens over the event connection."""

from dataclasses import replace
from typing import ClassVar

from rigcoach.emulated.body import Body, Handlers
from rigcoach.emulated.card import STORAGE_ID, Card, CardObject
from rigcoach.emulated.film.picture_info import PictureInfo
from rigcoach.emulated.ptp.operations import (
    EventCode,
    Operation,
    OperationCode,
    OperationRefusedError,
    PtpEvent,
    Response,
    ResponseCode,
)
from rigcoach.emulated.shooting import PLAIN, REAL_CLOCKS, Clocks, Film, Options, StillKind
from rigcoach.emulated.standard.standard_model import StandardModel
from rigcoach.emulated.standard.standard_settings import MODES, StandardSettings

_BATTERY_LEVEL, _EXPOSURE_PROGRAM_MODE = 0x5001, 0x500E


class StandardBody(Body):
    """A body with a lens on it and a card in it; a maker's adds its own operations.

    Parameters
    ----------
    model
        What it is made of.
    card, film, options, clocks
        As for `Body`.
    """

    settings: StandardSettings
    _low_battery = ResponseCode.DEVICE_BUSY
    _mirror_up_s = 0.0
    _makes_settings: ClassVar[type[StandardSettings]]
    _image_format: ClassVar[int]
    _falling_back: ClassVar[tuple[int, ...]]

    def __init__(
        self, model: StandardModel, card: Card, film: Film, options: Options = PLAIN, clocks: Clocks = REAL_CLOCKS
    ) -> None:
        self._events: list[PtpEvent] = []
        super().__init__(model, card, film, options, clocks)
        self.settings = self._makes_settings(model, self._emit_property)
        self._model = model

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.GET_DEVICE_PROP_DESC: self._describe_property,
            OperationCode.GET_DEVICE_PROP_VALUE: self._get_property,
            OperationCode.SET_DEVICE_PROP_VALUE: self._set_property,
        }

    # What a photographer does

    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial.

        Raises
        ------
        ValueError
            For a mode that isn't on it.
        """
        if mode not in MODES or _EXPOSURE_PROGRAM_MODE not in self.settings.codes:
            raise ValueError(f"there is no {mode!r} on the dial, but {', '.join(MODES)}")
        self.settings.put(_EXPOSURE_PROGRAM_MODE, MODES[mode])

    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""
        found = self.settings[operation.param(0)]
        wanted = self.settings.wanted(found.code, operation.data)
        return replace(operation, data=found.type.pack(found.beside(wanted)))

    def _take_still(self) -> None:
        self._still(for_computer=False)

    def _still(self, *, for_computer: bool) -> None:
        self._require_battery()
        kind, info = self._still_now()
        self._shooting.take_still(self.settings.still_exposure(), kind, info, for_computer=for_computer)

    def _end_bulb(self) -> None:
        kind, info = self._still_now()
        self._shooting.close_shutter(self.settings.bulb_exposure, kind, info)

    def _still_now(self) -> tuple[StillKind, PictureInfo]:
        """Return what a still taken now is, and what is written into it; refuses formats that it can't write."""
        kind = self._model.still_kind(self._image_format, self.settings.value(self._image_format))
        if kind is None:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        return kind, self.settings.picture_info(self._clocks.wall())

    def _live_view_image(self) -> Response:
        """Return the next picture of live view; busy where there is none."""
        jpeg = self._shooting.live_view_frame(self.settings.exposure())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        return Response(data=jpeg)

    def _require_motor(self) -> None:
        if not self._lens.autofocus:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)

    def _settings_fall_back(self) -> None:
        self.settings.fall_back(self._falling_back)

    def _auto_power_off_s(self) -> int:
        return 0

    # What it tells

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what there is to tell the computer since the last call."""
        due, self._events = tuple(self._events), []
        return due

    def _emit(self, code: int, *params: int) -> None:
        if self._session_open:
            self._events.append(PtpEvent(code, params))

    def _emit_property(self, code: int) -> None:
        self._emit(EventCode.DEVICE_PROP_CHANGED, code)

    def _forget_session(self) -> None:
        self._events.clear()

    def _emit_battery(self) -> None:
        if _BATTERY_LEVEL in self.settings.codes:
            self.settings.put(_BATTERY_LEVEL, self.battery_percent)

    def _emit_card(self, *, is_in: bool) -> None:
        self._emit(EventCode.STORE_ADDED if is_in else EventCode.STORE_REMOVED, STORAGE_ID)

    def _emit_room(self) -> None:
        """Say nothing: a computer asks for the storage."""

    def _emit_deleted(self, handle: int) -> None:
        self._emit(EventCode.OBJECT_REMOVED, handle)

    def emit_live_view(self, *, on: bool) -> None:
        """Say nothing: there is no event for it."""

    def emit_recording(self, *, on: bool) -> None:
        """Say nothing: there is no event for it."""

    def emit_recorded(self, seconds: int) -> None:
        """Say nothing: there is no event for it."""

    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""
        self._emit(EventCode.OBJECT_ADDED, new.handle)

    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell the computer of a still in the body's memory that it is to fetch."""
        self._emit(EventCode.OBJECT_ADDED, new.handle)

    def emit_taking_still(self, *, on: bool) -> None:
        """Tell the computer that a still was taken."""
        if not on:
            self._emit(EventCode.CAPTURE_COMPLETE)

    # What a computer asks

    def _describe_property(self, operation: Operation) -> Response:
        return Response(data=self.settings[operation.param(0)].describe())

    def _get_property(self, operation: Operation) -> Response:
        return Response(data=self.settings[operation.param(0)].packed_value())

    def _set_property(self, operation: Operation) -> Response:
        code = operation.param(0)
        self.settings.put(code, self.settings.wanted(code, operation.data))
        return Response()
