"""A Panasonic that is made for tethering, as the GH and S bodies are: settings under 32 bits, in the maker's extension.

Layouts after libgphoto2's reader, ``camlibs/ptp2/ptp.c``, ptp_panasonic_getdevicepropertydesc and those beside it.
"""

import struct
from enum import IntEnum

from rigcoach.emulated.body import Handlers
from rigcoach.emulated.card import CardObject
from rigcoach.emulated.ptp.operations import Operation, OperationRefusedError, Response, ResponseCode
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_settings import StandardSettings

EXTENSION_ID = 0x1C
_OBJECT_ADDED, _IN_MEMORY = 0xC108, 0xC109
EVENTS = (_OBJECT_ADDED, _IN_MEMORY)

_LIVE_VIEW_ON = 0x0D00_0010
_MOVIE_ON, _MOVIE_OFF = 0x0700_0011, 0x0700_0012
_FOCUS = {1: 0.25, 2: 0.05, 3: -0.05, 4: -0.25}  # far fast, far slow, near slow, near fast, in dioptres

# Before a list lies what nobody here reads; its length in words comes first.
_WORDS_BEFORE = 7
_LIVE_VIEW_SIZES = ((480, 640, 0, 30), (720, 960, 0, 30))
_AUTO_ISO, _LONG, _BULB = 0xD000, 0x8000_0000, 0xFFFF_FFFF


class LumixOperation(IntEnum):
    """Panasonic's own operations, named after libgphoto2's ``ptp.h``."""

    LIST_PROPERTY = 0x9108
    GET_PROPERTY = 0x9402
    SET_PROPERTY = 0x9403
    INITIATE_CAPTURE = 0x9404
    SET_MODE = 0x9409
    GET_CAPTURE_TARGET = 0x940A
    SET_CAPTURE_TARGET = 0x940B
    MOVIE_CONTROL = 0x940C
    LIVE_VIEW = 0x9412
    GET_STATE = 0x9414
    SET_LIVE_VIEW_SIZE = 0x9415
    MANUAL_FOCUS_DRIVE = 0x9416
    LIVE_VIEW_IMAGE = 0x9706


class Code(IntEnum):
    """Settings; one behind each is what a computer sends them under."""

    ISO = 0x0200_0020
    SHUTTER_SPEED = 0x0200_0030
    APERTURE = 0x0200_0040
    WHITE_BALANCE = 0x0200_0050
    KELVIN = 0x0200_0052
    ADJUST_AB = 0x0200_0053
    ADJUST_GM = 0x0200_0054
    EXPOSURE = 0x0200_0060
    AF_MODE = 0x0200_0070
    IMAGE_FORMAT = 0x0200_00A2
    MODE = 0x0600_0011
    RECORDING = 0x1200_0013
    CAPTURE_TARGET = 0x0800_0091
    LIVE_VIEW_FORMATS = 0x0D80_0012
    LIVE_VIEW_FORMAT = 0x0D80_0011


_UNDER_ANOTHER = (Code.ISO, Code.SHUTTER_SPEED, Code.APERTURE, Code.WHITE_BALANCE, Code.EXPOSURE, Code.AF_MODE)


def canonical(code: int) -> int:
    """Return under which code a setting is kept.

    >>> hex(canonical(0x02000021)), hex(canonical(0x02000052))
    ('0x2000020', '0x2000052')
    """
    return code - 1 if code - 1 in _UNDER_ANOTHER else code


class LumixSettings(StandardSettings):
    """The settings of a tethering Panasonic."""

    _MODES = ("P", "A", "S", "M")

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self.number(Code.MODE, 3)
        return self._MODES[at] if at < len(self._MODES) else ""

    @property
    def _aperture(self) -> float:
        return self.number(Code.APERTURE, 0) / 10

    @property
    def _iso(self) -> int | None:
        iso = self.number(Code.ISO, _BULB)
        return iso if 0 < iso < _LONG and iso != _AUTO_ISO else None

    @property
    def _shutter_s(self) -> float | None:
        code = self.number(Code.SHUTTER_SPEED, 0)
        if code in (0, _BULB):
            return None
        return (code & ~_LONG) / 1000 if code & _LONG else 1000 / code

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return self.value(Code.SHUTTER_SPEED) == _BULB

    @property
    def _compensation_ev(self) -> float:
        return signed(self.number(Code.EXPOSURE, 0)) / 3


def signed(code: int) -> int:
    """Return a number whose top bit says that it is negative.

    >>> signed(0x8003), signed(2)
    (-3, 2)
    """
    return -(code & 0x7FFF) if code & 0x8000 else code


class LumixBody(StandardBody):
    """A tethering Panasonic with a lens on it and a card in it."""

    settings: LumixSettings
    _makes_settings = LumixSettings
    _movie_name = "P100{:04}.MOV"
    _still_name = "P100{:04}"
    _raw_suffix = ".RW2"
    _image_format = Code.IMAGE_FORMAT
    _falling_back = (Code.SHUTTER_SPEED, Code.ISO)

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            LumixOperation.LIST_PROPERTY: self._list_property,
            LumixOperation.GET_PROPERTY: self._get_lumix_property,
            LumixOperation.SET_PROPERTY: self._set_lumix_property,
            LumixOperation.SET_MODE: self._set_lumix_property,
            LumixOperation.INITIATE_CAPTURE: self._initiate_capture,
            LumixOperation.GET_CAPTURE_TARGET: self._get_lumix_property,
            LumixOperation.SET_CAPTURE_TARGET: self._set_lumix_property,
            LumixOperation.MOVIE_CONTROL: self._control_movie,
            LumixOperation.LIVE_VIEW: self._switch_live_view,
            LumixOperation.GET_STATE: self._get_state,
            LumixOperation.SET_LIVE_VIEW_SIZE: self._agree,
            LumixOperation.MANUAL_FOCUS_DRIVE: self._drive_focus,
            LumixOperation.LIVE_VIEW_IMAGE: self._get_live_view_image,
        }

    def _emit_property(self, code: int) -> None:
        """Say nothing: the driver reads each setting anew, and takes the standard's event for a property of 16 bits."""

    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""
        self._emit(_OBJECT_ADDED, new.handle)

    # What a computer asks

    def _found(self, code: int) -> DeviceProperty:
        # The capture's target is asked for under the code beside its own.
        return self.settings[Code.CAPTURE_TARGET if code == Code.CAPTURE_TARGET - 1 else canonical(code)]

    def _list_property(self, operation: Operation) -> Response:
        found = self._found(operation.param(0))
        before = struct.pack("<II20xII", operation.param(0), _WORDS_BEFORE, found.code, found.type.width_bytes)
        choices = [found.type.pack(each) for each in found.choices or (found.value,)]
        return Response(data=before + found.packed_value() + struct.pack("<I", len(choices)) + b"".join(choices))

    def _get_lumix_property(self, operation: Operation) -> Response:
        found = self._found(operation.param(0))
        return Response(data=struct.pack("<II", found.code, found.type.width_bytes) + found.packed_value())

    def _set_lumix_property(self, operation: Operation) -> Response:
        if len(operation.data) < 8:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_FORMAT)
        code, width = struct.unpack_from("<IH", operation.data)
        found = self._found(code)
        self.settings.put(found.code, found.wanted(operation.data[8 : 8 + width]))
        return Response()

    def _get_state(self, operation: Operation) -> Response:
        match operation.param(0):
            case Code.RECORDING:
                data = struct.pack("<IIH", Code.RECORDING, 2, int(self._shooting.recording))
            case Code.LIVE_VIEW_FORMATS:
                sizes = b"".join(struct.pack("<4H", *size) for size in _LIVE_VIEW_SIZES)
                data = struct.pack("<IIHH", Code.LIVE_VIEW_FORMATS, 4 + len(sizes), len(_LIVE_VIEW_SIZES), 8) + sizes
            case Code.LIVE_VIEW_FORMAT:
                data = struct.pack("<II4H", Code.LIVE_VIEW_FORMAT, 8, *_LIVE_VIEW_SIZES[0])
            case _:
                raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        return Response(data=data)

    def _initiate_capture(self, _operation: Operation) -> Response:
        self._take_still()
        return Response()

    def _control_movie(self, operation: Operation) -> Response:
        match operation.param(0):
            case code if code == _MOVIE_ON:
                self._start_live_view()
                self._start_recording()
            case code if code == _MOVIE_OFF:
                self._shooting.stop_recording()
            case _:
                raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        return Response()

    def _switch_live_view(self, operation: Operation) -> Response:
        if operation.param(0) == _LIVE_VIEW_ON:
            self._start_live_view()
        else:
            self._shooting.end_live_view()
        return Response()

    def _get_live_view_image(self, _operation: Operation) -> Response:
        return self._live_view_image()

    def _drive_focus(self, operation: Operation) -> Response:
        """Move the focus of a lens with a motor: a way and a speed in the data."""
        self._require_motor()
        way = DataType.UINT16.unpack(operation.data[8:10])
        self._move_focus(-_FOCUS.get(way if isinstance(way, int) else 0, 0.0))
        return Response()
