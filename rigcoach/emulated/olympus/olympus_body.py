"""An Olympus OM-D: its own properties for all that a photographer sets, a shutter that is pressed and let go.

In which order libgphoto2's driver asks: ``camlibs/ptp2/library.c``, camera_olympus_omd_capture and
camera_capture_preview; ``ptp.c``, ptp_olympus_init_pc_mode.
"""

import struct
from enum import IntEnum

from rigcoach.emulated.body import Handlers
from rigcoach.emulated.card import CardObject
from rigcoach.emulated.ptp.operations import Operation, Response
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_settings import StandardSettings

# The driver knows the bodies by their maker and model, so that the extension is the standard's own.
EXTENSION_ID = 0x06
_OBJECT_ADDED, _PROPERTY_CHANGED = 0xC002, 0xC008
EVENTS = (_OBJECT_ADDED, _PROPERTY_CHANGED)

_PRESS, _LET_GO = 0x3, 0x6
_AUTO_ISO, _LOW_ISO, _LOWEST_ISO = 0xFFFF, 0xFFFD, 100
_BULB, _LEAST_NO_TIME = 0xFFFF_FFFC, 0xFFFF_0000
_MF_NEARER, _STEPS_OF_FOCUS = 1, 1000


class OlympusOperation(IntEnum):
    """Olympus's own operations, named after libgphoto2's ``ptp.h``."""

    CAPTURE = 0x9481
    GET_LIVE_VIEW_IMAGE = 0x9484
    CHANGED_PROPERTIES = 0x9486
    MF_DRIVE = 0x9487


class Code(IntEnum):
    """Properties."""

    APERTURE = 0xD002
    ISO = 0xD007
    EXPOSURE_COMPENSATION = 0xD008
    IMAGE_FORMAT = 0xD00D
    SHUTTER_SPEED = 0xD01C
    LIVE_VIEW_MODE = 0xD06D
    CAPTURE_TARGET = 0xD0DC


class OlympusSettings(StandardSettings):
    """The properties of an Olympus; the mode dial is not among them."""

    @property
    def _aperture(self) -> float:
        return self.number(Code.APERTURE, 0) / 10

    @property
    def _iso(self) -> int | None:
        iso = self.number(Code.ISO, _AUTO_ISO)
        return None if iso == _AUTO_ISO else _LOWEST_ISO if iso == _LOW_ISO else iso

    @property
    def _shutter_s(self) -> float | None:
        code = self.number(Code.SHUTTER_SPEED, 0)
        over, under = divmod(code, 1 << 16)
        return over / under if over and under and code < _LEAST_NO_TIME else None

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return self.value(Code.SHUTTER_SPEED) == _BULB

    @property
    def _compensation_ev(self) -> float:
        thousandths = self.number(Code.EXPOSURE_COMPENSATION, 0)
        return (thousandths - 0x10000 if thousandths >= 0x8000 else thousandths) / 1000


class OlympusBody(StandardBody):
    """An Olympus with a lens on it and a card in it."""

    settings: OlympusSettings
    _makes_settings = OlympusSettings
    _movie_name = "P101{:04}.MOV"
    _still_name = "P101{:04}"
    _raw_suffix = ".ORF"
    _image_format = Code.IMAGE_FORMAT
    _falling_back = (Code.SHUTTER_SPEED, Code.ISO)

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OlympusOperation.CAPTURE: self._press_shutter,
            OlympusOperation.GET_LIVE_VIEW_IMAGE: self._get_live_view_image,
            OlympusOperation.CHANGED_PROPERTIES: self._tell_no_changes,
            OlympusOperation.MF_DRIVE: self._drive_focus,
        }

    def _emit_property(self, code: int) -> None:
        self._emit(_PROPERTY_CHANGED, code)

    def emit_file(self, new: CardObject) -> None:
        """Tell the computer of a new file on the card."""
        self._emit(_OBJECT_ADDED, new.handle)

    def _press_shutter(self, operation: Operation) -> Response:
        if operation.param(0) == _PRESS:
            if self.settings.is_bulb:
                self._require_battery()
                self._shooting.open_shutter(for_computer=False)
            else:
                self._take_still()
        elif operation.param(0) == _LET_GO and self._shooting.shutter_is_open:
            self._end_bulb()
        return Response()

    def _tell_no_changes(self, _operation: Operation) -> Response:
        """Return no descriptions: what changes is told by events."""
        return Response(data=struct.pack("<I", 0))

    def _set_property(self, operation: Operation) -> Response:
        answer = super()._set_property(operation)
        if operation.param(0) == Code.LIVE_VIEW_MODE:
            if self.settings.number(Code.LIVE_VIEW_MODE, 0):
                self._start_live_view()
            else:
                self._shooting.end_live_view()
        return answer

    def _get_live_view_image(self, _operation: Operation) -> Response:
        self._start_live_view()
        return self._live_view_image()

    def _drive_focus(self, operation: Operation) -> Response:
        """Move the focus of a lens with a motor, by a part of the way from one end to the other."""
        self._require_motor()
        way, steps = operation.param(0), operation.param(1)
        change_per_m = steps / _STEPS_OF_FOCUS / self._lens.nearest_m
        self._move_focus(change_per_m if way == _MF_NEARER else -change_per_m)
        return Response()
