"""A Panasonic that is set by ISO 15740's properties alone, as bodies without tethering are.

libgphoto2's driver has the standard's own widgets for it (``camlibs/ptp2/config.c``), and starts and stops movies by an
open capture (_put_OpenCapture).
"""

from enum import IntEnum

from rigcoach.emulated.body import Handlers
from rigcoach.emulated.ptp.operations import Operation, OperationCode, Response
from rigcoach.emulated.standard.standard_body import StandardBody
from rigcoach.emulated.standard.standard_settings import StandardSettings

# That of Microsoft: the body is a media player to a computer.
EXTENSION_ID = 0x06
_LONGEST = 0xFFFF_FFF0


class Code(IntEnum):
    """Properties (ISO 15740, 13.3)."""

    COMPRESSION_SETTING = 0x5004
    F_NUMBER = 0x5007
    EXPOSURE_TIME = 0x500D
    EXPOSURE_INDEX = 0x500F


class PanasonicSettings(StandardSettings):
    """The properties of a Panasonic."""

    @property
    def _iso(self) -> int | None:
        # Above are automatic ones.
        iso = self.number(Code.EXPOSURE_INDEX, 0xFFFF)
        return iso if 0 < iso < 0xD000 else None

    @property
    def _shutter_s(self) -> float | None:
        tenths_of_ms = self.number(Code.EXPOSURE_TIME, 0)
        return tenths_of_ms / 10000 if 0 < tenths_of_ms < _LONGEST else None


class PanasonicBody(StandardBody):
    """A Panasonic with a lens on it and a card in it."""

    settings: PanasonicSettings
    _makes_settings = PanasonicSettings
    _movie_name = "P100{:04}.MP4"
    _still_name = "P100{:04}"
    _raw_suffix = ".RW2"
    _image_format = Code.COMPRESSION_SETTING
    _falling_back = (Code.EXPOSURE_TIME, Code.EXPOSURE_INDEX)

    def _operations(self) -> Handlers:
        return {
            **super()._operations(),
            OperationCode.INITIATE_OPEN_CAPTURE: self._begin_movie,
            OperationCode.TERMINATE_OPEN_CAPTURE: self._finish_movie,
        }

    def _begin_movie(self, _operation: Operation) -> Response:
        self._start_live_view()
        self._start_recording()
        return Response()

    def _finish_movie(self, _operation: Operation) -> Response:
        self._shooting.end_live_view()
        return Response()
