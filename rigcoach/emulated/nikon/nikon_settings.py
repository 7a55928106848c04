"""The settings of a Nikon body in use: what may be written now, and what follows from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rigcoach.emulated.body_settings import BodySettings
from rigcoach.emulated.film import metering
from rigcoach.emulated.film.picture_info import PictureInfo
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.nikon.nikon_model import (
    BULB,
    EXPOSURE_TIMES,
    MODES,
    SENT_SHORT,
    SHUTTER_SPEEDS,
    Code,
    NikonModel,
)
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty, Value
from rigcoach.emulated.shooting import USUAL_STILL_PX

# One shutter under two names.
_SHUTTERS = {Code.EXPOSURE_TIME: EXPOSURE_TIMES, Code.SHUTTER_SPEED: SHUTTER_SPEEDS}


# EXIF's codes of exposure programs and metering modes (EXIF 2.3) by the body's own (ISO 15740, 13.3.5).
_PROGRAMS = {"M": 1, "P": 2, "Auto": 2, "A": 3, "S": 4}
_METERING = {1: 1, 2: 2, 3: 5, 4: 3}
_AUTO_WHITE_BALANCE = 2


class NikonSettings(BodySettings[DeviceProperty]):
    """The properties of a body.

    Parameters
    ----------
    model
        The body.
    tell
        Called with the code of every property that changed.
    """

    def __init__(self, model: NikonModel, tell: Callable[[int], None]) -> None:
        super().__init__(model.properties)
        self._model = model
        self._tell = tell

    def __getitem__(self, code: int) -> DeviceProperty:
        """Return a property as it stands; refuses one that the body doesn't have."""
        found = super().__getitem__(code)
        modes = self._model.writable_in_modes.get(code)
        return found if modes is None else replace(found, writable=found.writable and self.mode in modes)

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self.value(Code.EXPOSURE_PROGRAM_MODE)
        return next((name for name, value in MODES.items() if value == at), "")

    def wanted(self, code: int, data: bytes) -> Value:
        """Read what SetDevicePropValue asks for; refuses what the body doesn't take."""
        return self[code].wanted_from_low_bytes(data) if code in SENT_SHORT else self[code].wanted(data)

    def put(self, code: int, value: Value) -> None:
        """Change a property, and what hangs on it."""
        if code not in self._properties:
            return
        self.note(code, value)
        self._tell(code)
        if code in _SHUTTERS:
            name = next((name for name, number in _SHUTTERS[Code(code)].items() if number == value), None)
            for other in _SHUTTERS:
                if name is not None and other != code and other in self._properties:
                    self.note(other, _SHUTTERS[other][name])
                    self._tell(other)

    def note(self, code: int, value: Value) -> None:
        """Change a property without a word."""
        if code in self._properties:
            self._properties[code] = self._properties[code].with_value(value)

    @property
    def image_size_px(self) -> tuple[int, int]:
        """Width and height of a picture; as most bodies have them where this one tells them otherwise."""
        width, _, height = str(self.value(Code.IMAGE_SIZE)).partition("x")
        return (int(width), int(height)) if width.isdecimal() and height.isdecimal() else USUAL_STILL_PX

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return self.mode == "M" and self.number(Code.EXPOSURE_TIME, 0) == BULB

    def picture_info(self, lens: EmulatedLens, taken: datetime) -> PictureInfo:
        """Return what the body writes into a picture that it takes now."""
        return PictureInfo(
            maker="NIKON CORPORATION",
            model=f"NIKON {self._model.name}",
            taken=taken,
            lens=lens.name,
            artist=str(self.value(Code.ARTIST_NAME) or ""),
            copyright=str(self.value(Code.COPYRIGHT) or ""),
            program=_PROGRAMS.get(self.mode, 0),
            metering=_METERING.get(self.number(Code.EXPOSURE_METERING_MODE, 0), 0),
            f_number=self.number(Code.F_NUMBER, 0) / 100 or None,
            focal_length_mm=self.number(Code.FOCAL_LENGTH, 0) / 100 or None,
            compensation_ev=self._compensation_ev,
            auto_white_balance=self.number(Code.WHITE_BALANCE, 2) == _AUTO_WHITE_BALANCE,
            srgb=self.number(Code.COLOR_SPACE, 0) == 0,
        )

    @property
    def _f_number(self) -> float:
        return self.number(Code.F_NUMBER, 0) / 100 or metering.RIGHT_F_NUMBER

    @property
    def _compensation_ev(self) -> float:
        return self.number(Code.EXPOSURE_BIAS_COMPENSATION, 0) / 1000

    @property
    def _iso(self) -> int | None:
        return None if self.value(Code.ISO_AUTO) else self.number(Code.EXPOSURE_INDEX, 0) or None

    @property
    def _shutter_s(self) -> float | None:
        over, under = divmod(self.number(Code.SHUTTER_SPEED, 0), 1 << 16)
        if over and under and (over, under) != (0xFFFF, 0xFFFF):
            return over / under
        tenths_of_ms = self.number(Code.EXPOSURE_TIME, 0)
        return tenths_of_ms / 10000 if 0 < tenths_of_ms < 0xFFFFFFF0 else None
