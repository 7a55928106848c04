"""A Fujifilm: what InitiateCapture does is set as a property before; live view is one picture, deleted once read.

In which order libgphoto2's driver asks: ``camlibs/ptp2/library.c``, camera_fuji_capture and camera_capture_preview;
``config.c``, camera_prepare_capture.
"""

import struct
from enum import IntEnum

from rigcoach.emulated.body import Handlers
from rigcoach.emulated.card import STORAGE_ID, CardObject
from rigcoach.emulated.ptp.datasets import ObjectInfo
from rigcoach.emulated.ptp.operations import (
    EventCode,
    ObjectFormat,
    Operation,
    OperationCode,
    OperationRefusedError,
    Response,
    ResponseCode,
)
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_settings import StandardSettings

EXTENSION_ID = 0x0E
_LIVE_VIEW_HANDLE = 0x8000_0001
_BULB = 0xFFFF_FFFF
_A_MINUTE = 64_000_000
_FOCUS_IS_FOUND = 2


class Code(IntEnum):
    """Properties, named after libgphoto2's ``ptp.h``."""

    F_NUMBER = 0x5007
    EXPOSURE_TIME = 0x500D
    EXPOSURE_INDEX = 0x500F
    QUALITY = 0xD018
    ACTION = 0xD208
    AF_STATUS = 0xD209
    CURRENT_STATE = 0xD212
    PC_MODE = 0xD38C


class Action(IntEnum):
    """What InitiateCapture does."""

    FOCUS = 0x0200
    SHOOT = 0x0304
    BULB_ON = 0x0500
    BULB_OFF = 0x000C


class FujiSettings(StandardSettings):
    """The properties of a Fujifilm; its modes are the standard's, but for P, which is none of a fixed number."""

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        return super().mode or "P"

    @property
    def _iso(self) -> int | None:
        # Automatic ones are negative, or have all bits.
        iso = self.number(Code.EXPOSURE_INDEX, -1)
        return iso if 0 < iso < 0xFFFF else None

    @property
    def _shutter_s(self) -> float | None:
        microseconds = self.number(Code.EXPOSURE_TIME, 0)
        if microseconds in (0, _BULB):
            return None
        if microseconds > _A_MINUTE:
            # Longer than a minute: thirds of stops are counted on from a minute.
            return float(60 * 2 ** ((microseconds - _A_MINUTE) / 30))
        return microseconds / 1e6

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return self.value(Code.EXPOSURE_TIME) == _BULB


class FujiBody(StandardBody):
    """A Fujifilm with a lens on it and a card in it."""

    settings: FujiSettings
    _makes_settings = FujiSettings
    _movie_name = "DSCF{:04}.MOV"
    _still_name = "DSCF{:04}"
    _raw_suffix = ".RAF"
    _image_format = Code.QUALITY
    _falling_back = (Code.EXPOSURE_TIME, Code.EXPOSURE_INDEX)

    _newest = 0

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.INITIATE_CAPTURE: self._initiate_capture,
            OperationCode.INITIATE_OPEN_CAPTURE: self._begin_live_view,
            OperationCode.TERMINATE_OPEN_CAPTURE: self._finish_live_view,
            OperationCode.GET_OBJECT_INFO: self._get_object_info,
            OperationCode.GET_OBJECT: self._get_object,
            OperationCode.DELETE_OBJECT: self._delete_picture,
        }

    def _get_property(self, operation: Operation) -> Response:
        match operation.param(0):
            case Code.AF_STATUS:
                return Response(data=struct.pack("<H", _FOCUS_IS_FOUND))
            case Code.CURRENT_STATE:
                return Response(data=self._state())
        return super()._get_property(operation)

    def emit_file(self, new: CardObject) -> None:
        """Remember it: of a still's files only the last is told of.

        Real bodies send one event; of two the driver would never see an end (camera_fuji_capture).
        """
        self._newest = new.handle

    def emit_taking_still(self, *, on: bool) -> None:
        """Tell the computer that a still was taken."""
        if not on:
            self._emit(EventCode.OBJECT_ADDED, self._newest)
        super().emit_taking_still(on=on)

    def _state(self) -> bytes:
        """Return how many things changed, and which: that a picture was taken."""
        done = int(not self._shooting.taking_still)
        return struct.pack("<H", done) + struct.pack("<HI", Code.CURRENT_STATE, done) * done

    def _initiate_capture(self, _operation: Operation) -> Response:
        match self.settings.number(Code.ACTION, Action.SHOOT):
            case Action.SHOOT:
                self._take_still()
            case Action.BULB_ON:
                self._require_battery()
                self._shooting.open_shutter(for_computer=False)
            case Action.BULB_OFF:
                self._end_bulb()
        return Response()

    # Live view

    def _begin_live_view(self, _operation: Operation) -> Response:
        """Begin; busy until there is a picture, as the driver takes none for an empty one (camera_capture_preview)."""
        self._start_live_view()
        if not self._shooting.live_view_ready(self.settings.exposure()):
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        return Response()

    def _finish_live_view(self, _operation: Operation) -> Response:
        self._shooting.end_live_view()
        return Response()

    def _get_object_info(self, operation: Operation) -> Response:
        if operation.param(0) != _LIVE_VIEW_HANDLE:
            return self._use_card(operation)
        if not self._shooting.live_view_ready(self.settings.exposure()):
            raise OperationRefusedError(ResponseCode.INVALID_OBJECT_HANDLE)
        info = ObjectInfo(STORAGE_ID, ObjectFormat.JPEG, 1 << 20, 0, "liveview.jpg", None, is_folder=False)
        return Response(data=info.pack())

    def _get_object(self, operation: Operation) -> Response:
        if operation.param(0) != _LIVE_VIEW_HANDLE:
            return self._use_card(operation)
        # The driver asks for it five times within milliseconds, and gives up then.
        jpeg = self._shooting.live_view_picture(self.settings.exposure())
        if jpeg is None:
            raise OperationRefusedError(ResponseCode.DEVICE_BUSY)
        return Response(data=jpeg)

    def _delete_picture(self, operation: Operation) -> Response:
        return Response() if operation.param(0) == _LIVE_VIEW_HANDLE else self._delete_object(operation)
