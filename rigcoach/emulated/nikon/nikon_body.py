"""A Nikon DSLR: ISO 15740 properties, a queue of events, and a handler for each operation. No sockets and no threads.

Which operation does what, and in which order libgphoto2's driver asks: ``camlibs/ptp2/library.c``,
`camera_nikon_capture` and `camera_capture_preview`, and ``config.c``, `_put_Nikon_Movie`.
"""

import struct
from dataclasses import replace

from rigcoach.emulated.body import Body, Handlers
from rigcoach.emulated.card import STORAGE_ID, Card, CardObject
from rigcoach.emulated.nikon import nikon_model
from rigcoach.emulated.nikon.nikon_model import MODES, Code, NikonModel
from rigcoach.emulated.nikon.nikon_settings import NikonSettings
from rigcoach.emulated.ptp.datasets import pack_u16s
from rigcoach.emulated.ptp.operations import Operation, OperationCode, OperationRefusedError, Response, ResponseCode
from rigcoach.emulated.shooting import PLAIN, REAL_CLOCKS, Clocks, Film, Options

_OBJECT_ADDED, _OBJECT_REMOVED, _STORE_ADDED, _STORE_REMOVED = 0x4002, 0x4003, 0x4004, 0x4005
_PROPERTY_CHANGED, _CAPTURE_COMPLETE, _ADDED_IN_MEMORY = 0x4006, 0x400D, 0xC101

# From one end of the focus to the other in the body's own steps.
_STEPS_OF_FOCUS = 32767

# In front of the picture the body tells of focus and sizes, which nobody here reads.
_LIVE_VIEW_HEADER = bytes(384)


class NikonBody(Body):
    """A Nikon DSLR with a lens on it and a card in it.

    Parameters
    ----------
    model
        What it is made of.
    card, film, options, clocks
        As for `Body`.
    """

    settings: NikonSettings
    _movie_name = "DSC_{:04}.MOV"
    _still_name = "DSC_{:04}"
    _raw_suffix = ".NEF"
    _low_battery = ResponseCode.NIKON_INVALID_STATUS

    def __init__(
        self, model: NikonModel, card: Card, film: Film, options: Options = PLAIN, clocks: Clocks = REAL_CLOCKS
    ) -> None:
        super().__init__(model, card, film, options, clocks)
        self.settings = NikonSettings(model, self._emit_property)
        self._model = model
        self.battery_percent = self.settings.number(Code.BATTERY_LEVEL, 100)
        self._events: list[tuple[int, int]] = []

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.INITIATE_CAPTURE: self._initiate_capture,
            OperationCode.GET_DEVICE_PROP_DESC: self._describe_property,
            OperationCode.GET_DEVICE_PROP_VALUE: self._get_property,
            OperationCode.SET_DEVICE_PROP_VALUE: self._set_property,
            OperationCode.NIKON_CAPTURE_TO_MEMORY: self._capture_to_memory,
            OperationCode.NIKON_AF_CAPTURE_TO_MEMORY: self._capture_to_memory,
            OperationCode.NIKON_CHANGE_CAMERA_MODE: self._agree,
            OperationCode.NIKON_DELETE_FROM_MEMORY: self._delete_object,
            OperationCode.NIKON_GET_EVENT: self._get_event,
            OperationCode.NIKON_DEVICE_READY: self._device_ready,
            OperationCode.NIKON_GET_VENDOR_PROP_CODES: self._get_vendor_prop_codes,
            OperationCode.NIKON_TERMINATE_CAPTURE: self._terminate_capture,
            OperationCode.NIKON_AF_DRIVE: self._drive_autofocus,
            OperationCode.NIKON_MF_DRIVE: self._drive_focus,
            OperationCode.NIKON_GET_LARGE_THUMB: self._use_card,
            OperationCode.NIKON_START_LIVE_VIEW: self._begin_live_view,
            OperationCode.NIKON_END_LIVE_VIEW: self._finish_live_view,
            OperationCode.NIKON_GET_LIVE_VIEW_IMAGE: self._get_live_view_image,
            OperationCode.NIKON_CAPTURE: self._capture,
            OperationCode.NIKON_START_MOVIE: self._begin_movie,
            OperationCode.NIKON_END_MOVIE: self._finish_movie,
        }

    # What a photographer does

    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial.

        Raises
        ------
        ValueError
            For a mode that isn't on it.
        """
        if mode not in MODES or not self.settings[Code.EXPOSURE_PROGRAM_MODE].allows(MODES[mode]):
            raise ValueError(f"there is no {mode!r} on the dial, but {', '.join(MODES)}")
        self.settings.put(Code.EXPOSURE_PROGRAM_MODE, MODES[mode])

    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""
        found = self.settings[operation.param(0)]
        wanted = self.settings.wanted(found.code, operation.data)
        return replace(operation, data=found.type.pack(found.beside(wanted)))

    def _take_still(self) -> None:
        self._still(for_computer=self.settings.value(Code.RECORDING_MEDIA) == nikon_model.MEMORY_AS_MEDIUM)

    def _still(self, *, for_computer: bool) -> None:
        self._require_battery()
        kind = self._model.still_kind(self.settings.value(Code.COMPRESSION_SETTING), self.settings.image_size_px)
        if kind is None:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        info = self.settings.picture_info(self._lens, self._clocks.wall())
        if self.settings.is_bulb:
            self._shooting.open_shutter(for_computer=for_computer)
        else:
            self._shooting.take_still(self.settings.still_exposure(), kind, info, for_computer=for_computer)

    def _terminate_capture(self, _operation: Operation) -> Response:
        """End a bulb exposure."""
        kind = self._model.still_kind(self.settings.value(Code.COMPRESSION_SETTING), self.settings.image_size_px)
        if kind is None or not self._shooting.shutter_is_open:
            raise OperationRefusedError(ResponseCode.NIKON_INVALID_STATUS)
        info = self.settings.picture_info(self._lens, self._clocks.wall())
        self._shooting.close_shutter(self.settings.bulb_exposure, kind, info)
        return Response()

    def _settings_fall_back(self) -> None:
        self.settings.fall_back((Code.EXPOSURE_TIME, Code.EXPOSURE_INDEX))

    def _auto_power_off_s(self) -> int:
        # Its standby timer only blanks the display while a computer is connected.
        return 0

    # What it tells

    def _tell(self, code: int, param: int = 0) -> None:
        if self._session_open:
            self._events.append((code, param))

    def _emit_property(self, code: int) -> None:
        self._tell(_PROPERTY_CHANGED, code)

    def _forget_session(self) -> None:
        self._events.clear()
        self.settings.put(Code.APPLICATION_MODE, 0)

    def _emit_battery(self) -> None:
        self.settings.put(Code.BATTERY_LEVEL, self.battery_percent)

    def _emit_card(self, *, is_in: bool) -> None:
        self._tell(_STORE_ADDED if is_in else _STORE_REMOVED, STORAGE_ID)
        self._emit_room()

    def _emit_room(self) -> None:
        free_bytes = self._card.free_bytes if self._card.is_in else 0
        self.settings.put(Code.REMAINING_SHOTS, nikon_model.remaining_shots(free_bytes))

    def _emit_deleted(self, handle: int) -> None:
        self._tell(_OBJECT_REMOVED, handle)
        self._emit_room()

    def emit_live_view(self, *, on: bool) -> None:
        """Tell the computer that live view began or ended."""
        self.settings.put(Code.LIVE_VIEW_STATUS, int(on))

    def emit_recording(self, *, on: bool) -> None:
        """Say nothing: the body has no event for it, and its prohibitions are looked up when they are read."""

    def emit_recorded(self, seconds: int) -> None:
        """Say nothing: the body has no event for it."""

    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""
        self._tell(_OBJECT_ADDED, new.handle)
        self._emit_room()

    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell the computer of a still in the body's memory that it is to fetch."""
        self._tell(_ADDED_IN_MEMORY, new.handle)

    def emit_taking_still(self, *, on: bool) -> None:
        """Tell the computer that a still was taken."""
        if not on:
            self._tell(_CAPTURE_COMPLETE)

    # What a computer asks

    def _get_vendor_prop_codes(self, _operation: Operation) -> Response:
        return Response(data=pack_u16s(self._model.makers_codes()))

    def _get_event(self, _operation: Operation) -> Response:
        events, self._events = self._events, []
        packed = b"".join(struct.pack("<HI", code, param) for code, param in events)
        return Response(data=struct.pack("<H", len(events)) + packed)

    def _device_ready(self, _operation: Operation) -> Response:
        mirror_moves = self._shooting.live_view and not self._shooting.live_view_ready(self.settings.exposure())
        return Response(ResponseCode.DEVICE_BUSY if mirror_moves or self._shooting.taking_still else ResponseCode.OK)

    def _describe_property(self, operation: Operation) -> Response:
        self._look_up_prohibitions()
        return Response(data=self.settings[operation.param(0)].describe())

    def _get_property(self, operation: Operation) -> Response:
        self._look_up_prohibitions()
        return Response(data=self.settings[operation.param(0)].packed_value())

    def _set_property(self, operation: Operation) -> Response:
        code = operation.param(0)
        self.settings.put(code, self.settings.wanted(code, operation.data))
        return Response()

    def _capture(self, operation: Operation) -> Response:
        self._still(for_computer=bool(operation.param(1)))
        return Response()

    def _capture_to_memory(self, _operation: Operation) -> Response:
        self._still(for_computer=True)
        return Response()

    def _initiate_capture(self, _operation: Operation) -> Response:
        self._take_still()
        return Response()

    # Live view and movies

    def _begin_live_view(self, _operation: Operation) -> Response:
        if self._shooting.live_view:
            return Response()
        if self._live_view_prohibitions():
            raise OperationRefusedError(ResponseCode.NIKON_INVALID_STATUS)
        self._start_live_view()
        return Response()

    def _finish_live_view(self, _operation: Operation) -> Response:
        self._shooting.end_live_view()
        return Response()

    def _get_live_view_image(self, _operation: Operation) -> Response:
        if not self._shooting.live_view:
            raise OperationRefusedError(ResponseCode.NIKON_NOT_LIVE_VIEW)
        jpeg = self._shooting.live_view_frame(self.settings.exposure())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        return Response(data=_LIVE_VIEW_HEADER + jpeg)

    def _drive_autofocus(self, _operation: Operation) -> Response:
        if not self._lens.autofocus:
            raise OperationRefusedError(ResponseCode.NIKON_OUT_OF_FOCUS)
        self._focus_on_card()
        return Response()

    def _drive_focus(self, operation: Operation) -> Response:
        """Move the focus of a lens with a motor: 1 nearer or 2 farther, and how far, to 32767 from end to end."""
        if not (self._lens.autofocus and self._shooting.live_view):
            raise OperationRefusedError(ResponseCode.NIKON_NOT_LIVE_VIEW)
        way, steps = operation.param(0), operation.param(1)
        if way not in (1, 2) or not 0 < steps <= _STEPS_OF_FOCUS:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        change_per_m = steps / _STEPS_OF_FOCUS / self._lens.nearest_m
        if not self._move_focus(change_per_m if way == 1 else -change_per_m):
            raise OperationRefusedError(ResponseCode.NIKON_MF_DRIVE_STEP_END)
        return Response()

    def _begin_movie(self, _operation: Operation) -> Response:
        if self._movie_prohibitions():
            raise OperationRefusedError(ResponseCode.NIKON_INVALID_STATUS)
        self._start_recording()
        return Response()

    def _finish_movie(self, _operation: Operation) -> Response:
        self._shooting.stop_recording()
        return Response()

    def _look_up_prohibitions(self) -> None:
        self.settings.note(Code.LIVE_VIEW_PROHIBIT, self._live_view_prohibitions())
        self.settings.note(Code.MOV_REC_PROHIBIT, self._movie_prohibitions())

    def _live_view_prohibitions(self) -> int:
        to_card = self.settings.value(Code.RECORDING_MEDIA) == nikon_model.CARD_AS_MEDIUM
        reasons = (
            (self.battery_percent == 0, nikon_model.LIVE_VIEW_BATTERY),
            (to_card and not self._card.is_in, nikon_model.LIVE_VIEW_NO_CARD),
            (self._shooting.taking_still, nikon_model.LIVE_VIEW_SHOOTING),
            (self.settings.mode not in ("P", "S", "A", "M"), nikon_model.LIVE_VIEW_MODE),
        )
        return sum(bit for holds, bit in reasons if holds)

    def _movie_prohibitions(self) -> int:
        reasons = (
            (not self._card.is_in, nikon_model.MOVIE_NO_CARD),
            (self._card.is_in and self._card.free_bytes == 0, nikon_model.MOVIE_CARD_FULL),
            (self._shooting.recording, nikon_model.MOVIE_RUNNING),
            (self.settings.value(Code.APPLICATION_MODE) == 0, nikon_model.MOVIE_NOT_IN_APPLICATION_MODE),
        )
        return sum(bit for holds, bit in reasons if holds)
