"""A Canon EOS body: a table of properties, a queue of events, and a few handlers. No sockets and no threads.

Given an operation it returns an answer; what changes by itself (a clip gets written, seconds of recording pass) shows
in its events. What libgphoto2's driver asks for, and in which order: ``camlibs/ptp2/config.c``,
`camera_prepare_canon_eos_capture`, and ``library.c``, `camera_capture_preview`.
"""

import struct
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from rigcoach.emulated import eos5d2, eos_events, exposure, movie
from rigcoach.emulated.card import STORAGE_ID, Card, CardObject
from rigcoach.emulated.card_operations import CARD_OPERATIONS
from rigcoach.emulated.datasets import pack_text_property, pack_u32_property, pack_u32s
from rigcoach.emulated.eos_properties import Property, PropertyCode, Value
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.ptp import ObjectFormat, Operation, OperationCode, OperationRefusedError, Response, ResponseCode

# From the mirror's way up to the first frame.
_MIRROR_UP_S = 0.3
_LIVE_VIEW_PERIOD_S = 1 / 30

_JPEG_BLOB = 1
_FULL_PRESS = 2
_EPOCH = datetime(1970, 1, 1)
_EXPOSURE_LISTS = (PropertyCode.SHUTTER_SPEED, PropertyCode.APERTURE, PropertyCode.EXP_COMPENSATION)


class Film(Protocol):
    """What the body records on. Nothing here may wait: the driver hangs up after 2.5 s without an answer."""

    def look(self, settings: Exposure) -> bytes | None:
        """Return the scene as a JPEG of 1024 x 680, or None while there is none."""

    def roll(self, name: str, settings: Exposure) -> None:
        """Start a clip of that file name."""

    def cut(self, frame_count: int) -> None:
        """End the clip after so many frames."""

    def developed(self) -> list[Path]:
        """Return the clips that were finished since the last call."""


class EosBody:
    """A Canon EOS 5D Mark II with a lens on it and a card in it.

    Parameters
    ----------
    lens
        One of `eos5d2.LENSES`.
    card, film
        What it stores on and what it sees.
    seconds, wall_clock
        The clocks: one that only runs forward, and the photographer's.
    """

    name = eos5d2.MODEL

    def __init__(
        self,
        lens: eos5d2.Lens,
        card: Card,
        film: Film,
        *,
        seconds: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.card = card
        self._lens = lens
        self._film = film
        self._seconds = seconds
        self._wall_clock = wall_clock
        self._clock_off_by = timedelta(0)
        self._properties: dict[int, Property] = {each.code: each for each in eos5d2.properties(lens)}
        self._exposure_lists = {code: self._properties[code].choices or () for code in _EXPOSURE_LISTS}
        self._computer_name = "Unknown Initiator"
        self._session_open = False
        self._remote_mode = 0
        self._reports_events = False
        self._events: list[bytes] = []
        self._live_view_since: float | None = None
        self._next_frame_due = 0.0
        self._recording_since: float | None = None
        self._recorded_s_reported = 0
        self._list_for_mode()

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it."""
        handler = _HANDLERS.get(operation.code)
        try:
            if handler is None:
                raise OperationRefusedError(ResponseCode.OPERATION_NOT_SUPPORTED)
            if not self._session_open and operation.code not in _WITHOUT_SESSION:
                raise OperationRefusedError(ResponseCode.SESSION_NOT_OPEN)
            return handler(self, operation)
        except OperationRefusedError as refusal:
            return Response(refusal.code)

    def hang_up(self) -> None:
        """Take note that the computer is gone: live view ends, and with it a movie, which is kept."""
        self._session_open = False
        self._remote_mode = 0
        self._reports_events = False
        self._events.clear()
        self._show_on(eos5d2.EVF_OFF)

    def property(self, code: PropertyCode) -> Property:
        """Return a property as it stands."""
        return self._properties[code]

    def settings(self) -> Exposure:
        """Return what a movie frame would be exposed with now."""
        # Only the ring knows the aperture of a lens without contacts.
        aperture = self.property(PropertyCode.APERTURE)
        f_number = float(aperture.label) if self._lens.f_numbers else self._lens.f_number
        if self.property(PropertyCode.AUTO_EXPOSURE_MODE).value != eos5d2.EXPOSURE_MODES["M"]:
            return exposure.automatic(
                f_number, eos5d2.compensation_ev(self.property(PropertyCode.EXP_COMPENSATION).number)
            )
        iso = self.property(PropertyCode.ISO_SPEED).label
        shutter_s = _seconds_of(self.property(PropertyCode.SHUTTER_SPEED).label)
        return exposure.manual(shutter_s, f_number, None if iso == "Auto" else int(iso))

    # Session

    def _get_device_info(self, _operation: Operation) -> Response:
        return Response(data=eos5d2.device_info(tuple(_HANDLERS)).pack())

    def _open_session(self, _operation: Operation) -> Response:
        if self._session_open:
            raise OperationRefusedError(ResponseCode.SESSION_ALREADY_OPEN)
        self._session_open = True
        return Response()

    def _close_session(self, _operation: Operation) -> Response:
        self.hang_up()
        return Response()

    def _get_remote_mode(self, _operation: Operation) -> Response:
        return Response(params=(self._remote_mode,))

    def _set_remote_mode(self, operation: Operation) -> Response:
        self._remote_mode = operation.param(0)
        return Response()

    def _agree(self, _operation: Operation) -> Response:
        return Response()

    def _press_release(self, operation: Operation) -> Response:
        # A half press is harmless. Stills are not emulated, and a full press that did nothing would be a lie.
        if operation.param(0) & _FULL_PRESS:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        return Response()

    # Events

    def _set_event_mode(self, operation: Operation) -> Response:
        self._reports_events = bool(operation.param(0))
        self._events.clear()
        if self._reports_events:
            for code in self._properties:
                self._report(code, with_list=True)
        return Response()

    def _get_event(self, _operation: Operation) -> Response:
        self._pass_time()
        records, self._events = self._events, []
        return Response(data=eos_events.pack_records(records))

    def _queue(self, record: bytes) -> None:
        if self._reports_events:
            self._events.append(record)

    def _report(self, code: int, *, with_list: bool = False) -> None:
        each = self._properties[code]
        if code == PropertyCode.CAMERA_TIME:
            each = each.with_value(_clock_value(self._wall_clock() + self._clock_off_by))
        self._queue(eos_events.prop_value_changed(code, each.packed_value()))
        if with_list and each.choices is not None and code not in _NEVER_LISTED:
            self._queue(eos_events.avail_list_changed(code, each.packed_choices()))

    def _pass_time(self) -> None:
        """Let happen what happened since the last time somebody asked."""
        if self._recording_since is not None:
            recorded_s = self._seconds() - self._recording_since
            if int(recorded_s) > self._recorded_s_reported:
                self._recorded_s_reported = int(recorded_s)
                self._queue(eos_events.recording_time(self._recorded_s_reported))
            if recorded_s >= movie.LONGEST_CLIP_S:
                self._stop_recording()
        for path in self._film.developed():
            self._report_file(self.card.add(path, ObjectFormat.MOV, self._wall_clock()))

    def _report_file(self, new: CardObject) -> None:
        self._queue(eos_events.object_added(new.handle, STORAGE_ID, new.format, new.size_bytes, new.parent, new.name))
        self._queue(eos_events.storage_info_changed(STORAGE_ID))

    # Properties

    def _get_device_info_ex(self, _operation: Operation) -> Response:
        lists = (tuple(eos_events.EosEvent), tuple(self._properties), ())
        packed = b"".join(pack_u32s(codes) for codes in lists)
        return Response(data=struct.pack("<I", 4 + len(packed)) + packed)

    def _request_property(self, operation: Operation) -> Response:
        self._find(operation.param(0))
        self._report(operation.param(0))
        return Response()

    def _get_standard_property(self, operation: Operation) -> Response:
        match operation.param(0):
            case eos5d2.FRIENDLY_NAME as code:
                return Response(data=pack_text_property(code, eos5d2.MODEL, writable=False))
            case eos5d2.INITIATOR as code:
                return Response(data=pack_text_property(code, self._computer_name, writable=True))
            case eos5d2.DEVICE_TYPE as code:
                return Response(data=pack_u32_property(code, 1, writable=False))
        raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)

    def _set_property(self, operation: Operation) -> Response:
        if len(operation.data) < 8:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        _size, code = struct.unpack_from("<II", operation.data)
        target = self._find(code)
        if not target.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        try:
            value = target.type.unpack(operation.data[8:])
        except ValueError as error:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_FORMAT) from error
        if not target.allows(value):
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        take_effect = _EFFECTS.get(target.code, EosBody._put)
        take_effect(self, target.with_value(value))
        return Response()

    def _find(self, code: int) -> Property:
        if code not in self._properties:
            raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        return self._properties[code]

    def _put(self, new: Property) -> None:
        self._properties[new.code] = new
        self._report(new.code)

    def _put_value(self, code: PropertyCode, value: Value) -> None:
        self._put(self._properties[code].with_value(value))

    def _put_exposure_mode(self, new: Property) -> None:
        self._put(new)
        self._list_for_mode()
        for each in _EXPOSURE_LISTS:
            self._report(each, with_list=True)

    def _list_for_mode(self) -> None:
        """List only what the mode leaves to the photographer: a body in Av lists no shutter speeds."""
        mode = self.property(PropertyCode.AUTO_EXPOSURE_MODE).label
        for code, choices in self._exposure_lists.items():
            listed = choices if mode in _LISTED_IN_MODES[code] else ()
            self._properties[code] = self._properties[code].with_choices(listed)

    def _put_image_format(self, new: Property) -> None:
        # One setting under two names: the body has only the one slot.
        self._put_value(PropertyCode.IMAGE_FORMAT, new.value)
        self._put_value(PropertyCode.IMAGE_FORMAT_CF, new.value)

    def _put_clock(self, new: Property) -> None:
        self._clock_off_by = _EPOCH + timedelta(seconds=new.number) - self._wall_clock()
        self._report(new.code)

    # Live view and movies

    def _put_output(self, new: Property) -> None:
        self._show_on(new.number)

    def _show_on(self, output: int) -> None:
        if output == eos5d2.EVF_OFF:
            self._stop_recording()
            self._live_view_since = None
        elif self._live_view_since is None:
            self._live_view_since = self._seconds()
        self._put_value(PropertyCode.EVF_OUTPUT_DEVICE, output)

    def _get_view_finder_data(self, _operation: Operation) -> Response:
        self._pass_time()
        output, now = self.property(PropertyCode.EVF_OUTPUT_DEVICE).number, self._seconds()
        if self._live_view_since is None or not output & eos5d2.EVF_ON_COMPUTER:
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        if now < max(self._live_view_since + _MIRROR_UP_S, self._next_frame_due):
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        jpeg = self._film.look(self.settings())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        # Slightly late is made up for, so that the rate holds; long waited is not.
        late_s = now - self._next_frame_due
        self._next_frame_due = now + _LIVE_VIEW_PERIOD_S - (late_s if late_s < _LIVE_VIEW_PERIOD_S else 0)
        return Response(data=struct.pack("<II", 8 + len(jpeg), _JPEG_BLOB) + jpeg)

    def _put_recording(self, new: Property) -> None:
        if new.value == eos5d2.RECORD_STOP:
            self._stop_recording()
        elif self._recording_since is None:
            self._start_recording()

    def _start_recording(self) -> None:
        if self._live_view_since is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if self.card.free_bytes == 0:
            raise OperationRefusedError(ResponseCode.STORE_FULL)
        self._film.roll(self.card.next_name("MVI_{:04}.MOV"), self.settings())
        self._recording_since = self._seconds()
        self._recorded_s_reported = 0
        self._put_value(PropertyCode.EVF_RECORD_STATUS, eos5d2.RECORD_TO_CARD)

    def _stop_recording(self) -> None:
        if self._recording_since is None:
            return
        self._film.cut(movie.frames_recorded(self._seconds() - self._recording_since))
        self._recording_since = None
        self._put_value(PropertyCode.EVF_RECORD_STATUS, eos5d2.RECORD_STOP)

    # The card

    def _use_card(self, operation: Operation) -> Response:
        self._pass_time()
        return CARD_OPERATIONS[operation.code](self.card, operation)

    def _delete_object(self, operation: Operation) -> Response:
        handle = operation.param(0)
        self.card.delete(handle)
        self._queue(eos_events.object_removed(handle))
        self._queue(eos_events.storage_info_changed(STORAGE_ID))
        return Response()


def _seconds_of(label: str) -> float:
    numerator, _, denominator = label.partition("/")
    return float(numerator) / float(denominator or 1)


def _clock_value(when: datetime) -> int:
    """Return a local time as the body counts it: seconds as though its zone were UTC."""
    return int((when - _EPOCH).total_seconds())


_WITHOUT_SESSION = (OperationCode.GET_DEVICE_INFO, OperationCode.OPEN_SESSION)

# The driver fills in all modes that any EOS ever had; a list from the body would be dropped.
_NEVER_LISTED = (PropertyCode.AUTO_EXPOSURE_MODE,)

_LISTED_IN_MODES = {
    PropertyCode.SHUTTER_SPEED: ("M", "Tv"),
    PropertyCode.APERTURE: ("M", "Av", "Bulb"),
    PropertyCode.EXP_COMPENSATION: ("P", "Tv", "Av"),
}

_EFFECTS: dict[PropertyCode, Callable[[EosBody, Property], None]] = {
    PropertyCode.AUTO_EXPOSURE_MODE: EosBody._put_exposure_mode,
    PropertyCode.IMAGE_FORMAT: EosBody._put_image_format,
    PropertyCode.IMAGE_FORMAT_CF: EosBody._put_image_format,
    PropertyCode.CAMERA_TIME: EosBody._put_clock,
    PropertyCode.EVF_OUTPUT_DEVICE: EosBody._put_output,
    PropertyCode.EVF_RECORD_STATUS: EosBody._put_recording,
}

_HANDLERS: dict[int, Callable[[EosBody, Operation], Response]] = {
    OperationCode.GET_DEVICE_INFO: EosBody._get_device_info,
    OperationCode.OPEN_SESSION: EosBody._open_session,
    OperationCode.CLOSE_SESSION: EosBody._close_session,
    OperationCode.GET_DEVICE_PROP_DESC: EosBody._get_standard_property,
    OperationCode.DELETE_OBJECT: EosBody._delete_object,
    OperationCode.EOS_GET_DEVICE_INFO_EX: EosBody._get_device_info_ex,
    OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX: EosBody._set_property,
    OperationCode.EOS_REQUEST_DEVICE_PROP_VALUE: EosBody._request_property,
    OperationCode.EOS_GET_REMOTE_MODE: EosBody._get_remote_mode,
    OperationCode.EOS_SET_REMOTE_MODE: EosBody._set_remote_mode,
    OperationCode.EOS_SET_EVENT_MODE: EosBody._set_event_mode,
    OperationCode.EOS_GET_EVENT: EosBody._get_event,
    OperationCode.EOS_PC_HDD_CAPACITY: EosBody._agree,
    OperationCode.EOS_SET_UI_LOCK: EosBody._agree,
    OperationCode.EOS_RESET_UI_LOCK: EosBody._agree,
    OperationCode.EOS_KEEP_DEVICE_ON: EosBody._agree,
    OperationCode.EOS_GET_VIEW_FINDER_DATA: EosBody._get_view_finder_data,
    OperationCode.EOS_AF_CANCEL: EosBody._agree,
    OperationCode.EOS_REMOTE_RELEASE_ON: EosBody._press_release,
    OperationCode.EOS_REMOTE_RELEASE_OFF: EosBody._agree,
    **dict.fromkeys(CARD_OPERATIONS, EosBody._use_card),
}
