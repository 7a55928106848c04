"""A Canon EOS body: its settings, a queue of events, and a handler for each operation. No sockets and no threads.

Given an operation it returns an answer; what changes by itself (a clip gets written, seconds of recording pass) shows
in its events. What libgphoto2's driver asks for, and in which order: ``camlibs/ptp2/config.c``,
`camera_prepare_canon_eos_capture`, and ``library.c``, `camera_capture_preview`.
"""

import struct
from dataclasses import replace

from rigcoach.emulated.body import Body, Handlers
from rigcoach.emulated.card import STORAGE_ID, Card, CardObject
from rigcoach.emulated.card_operations import EOS_CARD_OPERATIONS
from rigcoach.emulated.eos import eos_events, eos_model
from rigcoach.emulated.eos.custom_functions import MIRROR_LOCKUP
from rigcoach.emulated.eos.eos_model import EosModel
from rigcoach.emulated.eos.eos_properties import Property, PropertyCode
from rigcoach.emulated.eos.eos_settings import EosSettings
from rigcoach.emulated.ptp.datasets import pack_text_property, pack_u32_property, pack_u32s
from rigcoach.emulated.ptp.operations import Operation, OperationCode, OperationRefusedError, Response, ResponseCode
from rigcoach.emulated.shooting import PLAIN, REAL_CLOCKS, Clocks, Film, Options, StillKind

_JPEG_BLOB = 1
_HALF_PRESS, _FULL_PRESS = 1, 2

# How many times live view can be magnified.
ZOOMS = (1, 5, 10)

# How far a lens is driven by one step, in dioptres (1/m).
_STEPS_PER_M = {1: 0.005, 2: 0.03, 3: 0.15}

# What the third list of GetDeviceInfoEx means nobody has told; this is a real EOS 60D's. libgphoto2 up to 2.5.30
# refuses an empty one (camlibs/ptp2/ptp-pack.c, ptp_unpack_EOS_DI), and prepares the body anew at every call.
_THIRD_LIST = (0, 1, 2, 4)


class EosBody(Body):
    """A Canon EOS body with a lens on it and a card in it.

    Parameters
    ----------
    model
        What it is made of.
    card, film, options, clocks
        As for `Body`.
    """

    settings: EosSettings
    _movie_name = "MVI_{:04}.MOV"
    _still_name = "IMG_{:04}"
    _raw_suffix = ".CR2"
    _low_battery = ResponseCode.EOS_LOW_BATTERY

    def __init__(
        self, model: EosModel, card: Card, film: Film, options: Options = PLAIN, clocks: Clocks = REAL_CLOCKS
    ) -> None:
        super().__init__(model, card, film, options, clocks)
        self._model = model
        self.settings = EosSettings(model, self._tell, clocks.wall)
        self._remote_mode = 0
        self._computer_free_bytes = 0
        self._tells_events = False
        self._events: list[bytes] = []
        self._mirror_is_locked_up = False

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.GET_DEVICE_PROP_DESC: self._describe_property,
            OperationCode.EOS_GET_DEVICE_INFO_EX: self._get_device_info_ex,
            OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX: self._set_property,
            OperationCode.EOS_GET_REMOTE_MODE: self._get_remote_mode,
            OperationCode.EOS_SET_REMOTE_MODE: self._set_remote_mode,
            OperationCode.EOS_SET_EVENT_MODE: self._set_event_mode,
            OperationCode.EOS_GET_EVENT: self._get_event,
            OperationCode.EOS_PC_HDD_CAPACITY: self._take_computers_room,
            OperationCode.EOS_SET_UI_LOCK: self._agree,
            OperationCode.EOS_RESET_UI_LOCK: self._agree,
            OperationCode.EOS_KEEP_DEVICE_ON: self._agree,
            OperationCode.EOS_REQUEST_DEVICE_PROP_VALUE: self._request_property,
            OperationCode.EOS_REMOTE_RELEASE: self._remote_release,
            OperationCode.EOS_REMOTE_RELEASE_ON: self._press_release,
            OperationCode.EOS_REMOTE_RELEASE_OFF: self._let_go_of_release,
            OperationCode.EOS_BULB_START: self._start_bulb,
            OperationCode.EOS_BULB_END: self._end_bulb,
            OperationCode.EOS_GET_VIEW_FINDER_DATA: self._get_view_finder_data,
            OperationCode.EOS_ZOOM: self._zoom,
            OperationCode.EOS_ZOOM_POSITION: self._move_zoom,
            OperationCode.EOS_DO_AF: self._do_af,
            OperationCode.EOS_DRIVE_LENS: self._drive_lens,
            OperationCode.EOS_CLICK_WB: self._agree,
            OperationCode.EOS_TRANSFER_COMPLETE: self._complete_transfer,
            OperationCode.EOS_CANCEL_TRANSFER: self._complete_transfer,
            OperationCode.EOS_RESET_TRANSFER: self._agree,
            OperationCode.EOS_AF_CANCEL: self._agree,
            OperationCode.EOS_DELETE_OBJECT: self._delete_object,
            **dict.fromkeys(EOS_CARD_OPERATIONS, self._use_card),
        }

    # What a photographer does

    def turn_dial(self, mode: str) -> None:
        """Turn the mode dial.

        Raises
        ------
        ValueError
            For a mode that isn't on it.
        """
        if mode not in eos_model.EXPOSURE_MODES:
            raise ValueError(f"there is no {mode!r} on the dial, but {', '.join(eos_model.EXPOSURE_MODES)}")
        self.settings.put(PropertyCode.AUTO_EXPOSURE_MODE, eos_model.EXPOSURE_MODES[mode])

    def beside(self, operation: Operation) -> Operation:
        """Return an operation that sets a property with the value listed beside the one that it asks for."""
        return replace(operation, data=self.settings.beside(operation.data))

    def _emit_battery(self) -> None:
        self.settings.put(PropertyCode.BATTERY_POWER, eos_model.battery_level(self.battery_percent))

    def _emit_card(self, *, is_in: bool) -> None:
        self._tell(eos_events.store_added(STORAGE_ID) if is_in else eos_events.store_removed(STORAGE_ID))
        self._emit_room()

    def _emit_room(self) -> None:
        self._emit_available_shots()
        self._tell(eos_events.storage_info_changed(STORAGE_ID))

    def _emit_available_shots(self) -> None:
        # libgphoto2 waits for ever for room on the computer (config.c, camera_canon_eos_update_capture_target).
        to_computer = self.settings[PropertyCode.CAPTURE_DESTINATION].value == eos_model.DESTINATION_COMPUTER
        free_bytes = self._computer_free_bytes if to_computer else self._card.free_bytes if self._card.is_in else 0
        self.settings.put(PropertyCode.AVAILABLE_SHOTS, eos_model.available_shots(free_bytes))

    def _emit_deleted(self, handle: int) -> None:
        self._tell(eos_events.object_removed(handle))
        self._emit_room()

    def emit_live_view(self, *, on: bool) -> None:
        """Tell the computer that live view began or ended."""
        self.settings.put(PropertyCode.EVF_OUTPUT_DEVICE, eos_model.EVF_ON_BODY if on else eos_model.EVF_OFF)

    def emit_recording(self, *, on: bool) -> None:
        """Tell the computer that a movie began or ended."""
        self.settings.put(PropertyCode.EVF_RECORD_STATUS, eos_model.RECORD_TO_CARD if on else eos_model.RECORD_STOP)

    def emit_recorded(self, seconds: int) -> None:
        """Tell the computer for how long a movie has been running."""
        self._tell(eos_events.recording_time(seconds))

    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""
        self._tell(eos_events.object_added(new.handle, STORAGE_ID, new.format, new.size_bytes, new.parent, new.name))
        self._emit_room()

    def emit_still_for_computer(self, new: CardObject) -> None:
        """Tell the computer of a still in the body's memory that it is to fetch."""
        self._tell(eos_events.request_object_transfer(new.handle, new.format, new.size_bytes, new.name))

    def emit_taking_still(self, *, on: bool) -> None:
        """Tell the computer that a still is being taken, or was."""
        self._tell(eos_events.camera_status(busy=on))
        if on:
            self.settings.count_shutter()

    def _take_still(self) -> None:
        self._require_battery()
        if self.settings.function(MIRROR_LOCKUP) and not self._shooting.live_view and not self._mirror_is_locked_up:
            # The first press puts the mirror up, the next one takes the picture.
            self._mirror_is_locked_up = True
            return
        self._mirror_is_locked_up = False
        if self.settings.is_bulb:
            self._shooting.open_shutter(for_computer=self._for_computer)
            return
        info = self.settings.picture_info(self._lens, self._clocks.wall())
        self._shooting.take_still(
            self.settings.still_exposure(), self._still_kind(), info, for_computer=self._for_computer
        )

    @property
    def _for_computer(self) -> bool:
        return self.settings[PropertyCode.CAPTURE_DESTINATION].value == eos_model.DESTINATION_COMPUTER

    def _still_kind(self) -> StillKind:
        kind = self._model.still_kind(self.settings.value(PropertyCode.IMAGE_FORMAT))
        if kind is None:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        return kind

    def _close_shutter(self) -> None:
        info = self.settings.picture_info(self._lens, self._clocks.wall())
        self._shooting.close_shutter(self.settings.bulb_exposure, self._still_kind(), info)

    def _settings_fall_back(self) -> None:
        self.settings.fall_back((PropertyCode.SHUTTER_SPEED, PropertyCode.ISO_SPEED))

    def _auto_power_off_s(self) -> int:
        return self.settings[PropertyCode.AUTO_POWER_OFF].number

    def _forget_session(self) -> None:
        self._remote_mode = 0
        self._tells_events = False
        self._events.clear()

    # Session

    def _get_device_info_ex(self, _operation: Operation) -> Response:
        lists = (tuple(eos_events.EosEvent), self.settings.codes, _THIRD_LIST)
        packed = b"".join(pack_u32s(codes) for codes in lists)
        return Response(data=struct.pack("<I", 4 + len(packed)) + packed)

    def _get_remote_mode(self, _operation: Operation) -> Response:
        return Response(params=(self._remote_mode,))

    def _set_remote_mode(self, operation: Operation) -> Response:
        self._remote_mode = operation.param(0)
        return Response()

    def _remote_release(self, _operation: Operation) -> Response:
        self._take_still()
        return Response(params=(0,))

    def _press_release(self, operation: Operation) -> Response:
        if operation.param(0) & _HALF_PRESS and self._lens.autofocus and not self._shooting.live_view:
            self._focus_on_card()
        if operation.param(0) & _FULL_PRESS:
            self._take_still()
        return Response(params=(0,))

    def _let_go_of_release(self, operation: Operation) -> Response:
        if operation.param(0) & _FULL_PRESS and self._shooting.shutter_is_open:
            self._close_shutter()
        return Response(params=(0,))

    def _start_bulb(self, _operation: Operation) -> Response:
        if not self.settings.is_bulb:
            raise OperationRefusedError(ResponseCode.GENERAL_ERROR)
        self._take_still()
        return Response()

    def _end_bulb(self, _operation: Operation) -> Response:
        self._close_shutter()
        return Response()

    def _complete_transfer(self, operation: Operation) -> Response:
        if self._memory.holds(operation.param(0)):
            self._memory.delete(operation.param(0))
        return Response()

    # Events and settings

    def _set_event_mode(self, operation: Operation) -> Response:
        self._tells_events = bool(operation.param(0))
        # All settings are told anew; whatever else happened is still to be heard of.
        self._events = [record for record in self._events if not eos_events.tells_of_setting(record)]
        self.settings.emit_all()
        return Response()

    def _get_event(self, _operation: Operation) -> Response:
        records, self._events = self._events, []
        return Response(data=eos_events.pack_records(records))

    def _take_computers_room(self, operation: Operation) -> Response:
        """Hear how much room the computer has: clusters free, bytes of each."""
        self._computer_free_bytes = operation.param(0) * operation.param(1)
        self._emit_available_shots()
        return Response()

    def _tell(self, record: bytes) -> None:
        if self._tells_events:
            self._events.append(record)

    def _request_property(self, operation: Operation) -> Response:
        self.settings.emit_value(operation.param(0))
        return Response()

    def _describe_property(self, operation: Operation) -> Response:
        match operation.param(0):
            case eos_model.FRIENDLY_NAME as code:
                return Response(data=pack_text_property(code, self.name, writable=False))
            case eos_model.INITIATOR as code:
                return Response(data=pack_text_property(code, "Unknown Initiator", writable=False))
            case eos_model.DEVICE_TYPE as code:
                return Response(data=pack_u32_property(code, 1, writable=False))
        raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)

    def _set_property(self, operation: Operation) -> Response:
        wanted = self.settings.wanted(operation.data)
        match wanted.code:
            case PropertyCode.EVF_OUTPUT_DEVICE:
                self._show_on(wanted.number)
            case PropertyCode.EVF_RECORD_STATUS:
                self._record(wanted)
            case code:
                self.settings.put(code, wanted.value)
                if code == PropertyCode.CAPTURE_DESTINATION:
                    self._emit_available_shots()
        return Response()

    # Live view and movies

    def _show_on(self, output: int) -> None:
        if output == eos_model.EVF_OFF:
            self._shooting.end_live_view()
        else:
            self._start_live_view()
        self.settings.put(PropertyCode.EVF_OUTPUT_DEVICE, output)

    def _get_view_finder_data(self, _operation: Operation) -> Response:
        jpeg = None
        if self.settings[PropertyCode.EVF_OUTPUT_DEVICE].number & eos_model.EVF_ON_COMPUTER:
            jpeg = self._shooting.live_view_frame(self.settings.exposure())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        return Response(data=struct.pack("<II", 8 + len(jpeg), _JPEG_BLOB) + jpeg)

    def _zoom(self, operation: Operation) -> Response:
        zoom = operation.param(0)
        if not self._shooting.live_view or self._shooting.recording:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if zoom not in ZOOMS:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        self._shooting.crop = replace(self._shooting.crop, zoom=zoom)
        return Response()

    def _move_zoom(self, operation: Operation) -> Response:
        """Move what is magnified: its left and top in the sensor's pixels, not beyond its edges."""
        if not self._shooting.live_view:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        crop, (width, height) = self._shooting.crop, self._model.sensor_px
        share = 1 / crop.zoom
        at = (operation.param(0) / width, operation.param(1) / height)
        across, down = (min(start, 1 - share) + share / 2 for start in at)
        self._shooting.crop = replace(crop, centre=(across, down))
        return Response()

    def _do_af(self, _operation: Operation) -> Response:
        if not (self._lens.autofocus and self._shooting.live_view):
            raise OperationRefusedError(ResponseCode.GENERAL_ERROR)
        self._focus_on_card()
        return Response()

    def _drive_lens(self, operation: Operation) -> Response:
        """Move the focus of a lens with a motor by a small, a middling or a large step; 0x8000 and more is farther."""
        way, step = operation.param(0) & 0x8000, operation.param(0) & 0x7FFF
        if not (self._lens.autofocus and self._shooting.live_view):
            raise OperationRefusedError(ResponseCode.GENERAL_ERROR)
        if step not in _STEPS_PER_M:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        self._move_focus(-_STEPS_PER_M[step] if way else _STEPS_PER_M[step])
        return Response()

    def _record(self, wanted: Property) -> None:
        if wanted.value == eos_model.RECORD_TO_CARD:
            self._start_recording()
        else:
            self._shooting.stop_recording()
            self.settings.put(wanted.code, wanted.value)
