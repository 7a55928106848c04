"""A Canon EOS body: its settings, a queue of events, and a handler for each operation. No sockets and no threads.

Given an operation it returns an answer; what changes by itself (a clip gets written, seconds of recording pass) shows
in its events. What libgphoto2's driver asks for, and in which order: ``camlibs/ptp2/config.c``,
`camera_prepare_canon_eos_capture`, and ``library.c``, `camera_capture_preview`.
"""

import struct
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rigcoach.emulated import eos5d2, eos_events, movie
from rigcoach.emulated.card import STORAGE_ID, Card
from rigcoach.emulated.card_operations import CARD_OPERATIONS
from rigcoach.emulated.datasets import pack_text_property, pack_u32_property, pack_u32s
from rigcoach.emulated.eos_properties import Property, PropertyCode
from rigcoach.emulated.eos_settings import Settings
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.ptp import ObjectFormat, Operation, OperationCode, OperationRefusedError, Response, ResponseCode

# From the mirror's way up to the first frame.
_MIRROR_UP_S = 0.3
_LIVE_VIEW_PERIOD_S = 1 / 30

_JPEG_BLOB = 1
_FULL_PRESS = 2


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

    A movie is taken with the settings that the body has when it starts. It ends when the computer says so, when live
    view ends, when the computer goes away, or when the file is as long as the card can hold.

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
        self.settings = Settings(lens, self._tell, wall_clock)
        self._card = card
        self._film = film
        self._seconds = seconds
        self._wall_clock = wall_clock
        self._session_open = False
        self._remote_mode = 0
        self._tells_events = False
        self._events: list[bytes] = []
        self._live_view_since: float | None = None
        self._next_frame_due = 0.0
        self._recording_since: float | None = None
        self._recorded_s_told = 0

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it."""
        handler = _HANDLERS.get(operation.code)
        self.pass_time()
        try:
            if handler is None:
                raise OperationRefusedError(ResponseCode.OPERATION_NOT_SUPPORTED)
            if not self._session_open and operation.code not in _WITHOUT_SESSION:
                raise OperationRefusedError(ResponseCode.SESSION_NOT_OPEN)
            return handler(self, operation)
        except OperationRefusedError as refusal:
            return Response(refusal.code)

    def pass_time(self) -> None:
        """Let happen what happens by itself. To be called every now and then, too, when nothing is asked."""
        if self._recording_since is not None:
            recorded_s = self._seconds() - self._recording_since
            if int(recorded_s) > self._recorded_s_told:
                self._recorded_s_told = int(recorded_s)
                self._tell(eos_events.recording_time(self._recorded_s_told))
            if recorded_s >= movie.LONGEST_CLIP_S:
                self._stop_recording()
        for path in self._film.developed():
            new = self._card.add(path, ObjectFormat.MOV, self._wall_clock())
            self._tell(
                eos_events.object_added(new.handle, STORAGE_ID, new.format, new.size_bytes, new.parent, new.name)
            )
            self._tell(eos_events.storage_info_changed(STORAGE_ID))

    def hang_up(self) -> None:
        """Take note that the computer is gone: live view ends, and with it a movie, which is kept."""
        self._session_open = False
        self._remote_mode = 0
        self._tells_events = False
        self._events.clear()
        self._show_on(eos5d2.EVF_OFF)

    # Session

    def _get_device_info(self, _operation: Operation) -> Response:
        return Response(data=eos5d2.device_info(tuple(_HANDLERS)).pack())

    def _get_device_info_ex(self, _operation: Operation) -> Response:
        lists = (tuple(eos_events.EosEvent), self.settings.codes, ())
        packed = b"".join(pack_u32s(codes) for codes in lists)
        return Response(data=struct.pack("<I", 4 + len(packed)) + packed)

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

    # Events and settings

    def _set_event_mode(self, operation: Operation) -> Response:
        self._events.clear()
        self._tells_events = bool(operation.param(0))
        self.settings.tell_all()
        return Response()

    def _get_event(self, _operation: Operation) -> Response:
        records, self._events = self._events, []
        return Response(data=eos_events.pack_records(records))

    def _tell(self, record: bytes) -> None:
        if self._tells_events:
            self._events.append(record)

    def _request_property(self, operation: Operation) -> Response:
        self.settings.tell_value(operation.param(0))
        return Response()

    def _describe_property(self, operation: Operation) -> Response:
        match operation.param(0):
            case eos5d2.FRIENDLY_NAME as code:
                return Response(data=pack_text_property(code, eos5d2.MODEL, writable=False))
            case eos5d2.INITIATOR as code:
                return Response(data=pack_text_property(code, "Unknown Initiator", writable=False))
            case eos5d2.DEVICE_TYPE as code:
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
        return Response()

    # Live view and movies

    def _show_on(self, output: int) -> None:
        if output == eos5d2.EVF_OFF:
            self._stop_recording()
            self._live_view_since = None
        elif self._live_view_since is None:
            self._live_view_since = self._seconds()
        self.settings.put(PropertyCode.EVF_OUTPUT_DEVICE, output)

    def _get_view_finder_data(self, _operation: Operation) -> Response:
        output, now = self.settings[PropertyCode.EVF_OUTPUT_DEVICE].number, self._seconds()
        if self._live_view_since is None or not output & eos5d2.EVF_ON_COMPUTER:
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        if now < max(self._live_view_since + _MIRROR_UP_S, self._next_frame_due):
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        jpeg = self._film.look(self.settings.exposure())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.EOS_NOT_READY)
        # Slightly late is made up for, so that the rate holds; long waited is not.
        late_s = now - self._next_frame_due
        self._next_frame_due = now + _LIVE_VIEW_PERIOD_S - (late_s if late_s < _LIVE_VIEW_PERIOD_S else 0)
        return Response(data=struct.pack("<II", 8 + len(jpeg), _JPEG_BLOB) + jpeg)

    def _record(self, wanted: Property) -> None:
        if wanted.value == eos5d2.RECORD_STOP:
            self._stop_recording()
        elif self._recording_since is None:
            self._start_recording()

    def _start_recording(self) -> None:
        if self._live_view_since is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        if self._card.free_bytes == 0:
            raise OperationRefusedError(ResponseCode.STORE_FULL)
        self._film.roll(self._card.next_name("MVI_{:04}.MOV"), self.settings.exposure())
        self._recording_since = self._seconds()
        self._recorded_s_told = 0
        self.settings.put(PropertyCode.EVF_RECORD_STATUS, eos5d2.RECORD_TO_CARD)

    def _stop_recording(self) -> None:
        if self._recording_since is None:
            return
        self._film.cut(movie.frames_recorded(self._seconds() - self._recording_since))
        self._recording_since = None
        self.settings.put(PropertyCode.EVF_RECORD_STATUS, eos5d2.RECORD_STOP)

    # The card

    def _use_card(self, operation: Operation) -> Response:
        return CARD_OPERATIONS[operation.code](self._card, operation)

    def _delete_object(self, operation: Operation) -> Response:
        handle = operation.param(0)
        self._card.delete(handle)
        self._tell(eos_events.object_removed(handle))
        self._tell(eos_events.storage_info_changed(STORAGE_ID))
        return Response()


_WITHOUT_SESSION = (OperationCode.GET_DEVICE_INFO, OperationCode.OPEN_SESSION)

_HANDLERS: dict[int, Callable[[EosBody, Operation], Response]] = {
    OperationCode.GET_DEVICE_INFO: EosBody._get_device_info,
    OperationCode.OPEN_SESSION: EosBody._open_session,
    OperationCode.CLOSE_SESSION: EosBody._close_session,
    OperationCode.DELETE_OBJECT: EosBody._delete_object,
    OperationCode.GET_DEVICE_PROP_DESC: EosBody._describe_property,
    OperationCode.EOS_GET_DEVICE_INFO_EX: EosBody._get_device_info_ex,
    OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX: EosBody._set_property,
    OperationCode.EOS_GET_REMOTE_MODE: EosBody._get_remote_mode,
    OperationCode.EOS_SET_REMOTE_MODE: EosBody._set_remote_mode,
    OperationCode.EOS_SET_EVENT_MODE: EosBody._set_event_mode,
    OperationCode.EOS_GET_EVENT: EosBody._get_event,
    OperationCode.EOS_PC_HDD_CAPACITY: EosBody._agree,
    OperationCode.EOS_SET_UI_LOCK: EosBody._agree,
    OperationCode.EOS_RESET_UI_LOCK: EosBody._agree,
    OperationCode.EOS_KEEP_DEVICE_ON: EosBody._agree,
    OperationCode.EOS_REQUEST_DEVICE_PROP_VALUE: EosBody._request_property,
    OperationCode.EOS_REMOTE_RELEASE_ON: EosBody._press_release,
    OperationCode.EOS_REMOTE_RELEASE_OFF: EosBody._agree,
    OperationCode.EOS_GET_VIEW_FINDER_DATA: EosBody._get_view_finder_data,
    OperationCode.EOS_AF_CANCEL: EosBody._agree,
    **dict.fromkeys(CARD_OPERATIONS, EosBody._use_card),
}
