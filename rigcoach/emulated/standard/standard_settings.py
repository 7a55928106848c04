"""The settings of a body with device properties: what is asked for, what is set, and what a picture records of it."""

from collections.abc import Callable
from datetime import datetime

from rigcoach.emulated.body_settings import BodySettings
from rigcoach.emulated.film import metering
from rigcoach.emulated.film.picture_info import PictureInfo
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty, Value
from rigcoach.emulated.standard.standard_model import StandardModel

# EXIF's codes of exposure programs (EXIF 2.3), and the standard's of the modes (ISO 15740, 13.3.5).
_PROGRAMS = {"M": 1, "P": 2, "A": 3, "S": 4}
MODES = {"M": 1, "P": 2, "A": 3, "S": 4}
_F_NUMBER, _EXPOSURE_PROGRAM_MODE, _EXPOSURE_BIAS_COMPENSATION = 0x5007, 0x500E, 0x5010


class StandardSettings(BodySettings[DeviceProperty]):
    """The properties of a body; a maker's says which of them are shutter, aperture and sensitivity.

    Parameters
    ----------
    model
        The body.
    tell
        Called with the code of every property that changed.
    """

    def __init__(self, model: StandardModel, tell: Callable[[int], None]) -> None:
        super().__init__(model.properties)
        self._model = model
        self._tell = tell

    def wanted(self, code: int, data: bytes) -> Value:
        """Read what a computer asks for; refuses what the body doesn't take."""
        return self[code].wanted(data)

    def put(self, code: int, value: Value) -> None:
        """Change a property, and tell of it."""
        if code in self._properties:
            self._properties[code] = self._properties[code].with_value(value)
            self._tell(code)

    @property
    def mode(self) -> str:
        """What the mode dial stands at; M where the body doesn't say."""
        at = self.value(_EXPOSURE_PROGRAM_MODE)
        return "M" if at is None else next((name for name, value in MODES.items() if value == at), "")

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return False

    def picture_info(self, taken: datetime) -> PictureInfo:
        """Return what the body writes into a picture that it takes now."""
        return PictureInfo(
            maker=self._model.manufacturer,
            model=self._model.name,
            taken=taken,
            lens=self._model.lens.name,
            program=_PROGRAMS.get(self.mode, 0),
            f_number=self._aperture or None,
            compensation_ev=self._compensation_ev,
        )

    @property
    def _aperture(self) -> float:
        """The f-number; 0 where the body knows of none."""
        return self.number(_F_NUMBER, 0) / 100

    @property
    def _f_number(self) -> float:
        return self._aperture or metering.RIGHT_F_NUMBER

    @property
    def _compensation_ev(self) -> float:
        return self.number(_EXPOSURE_BIAS_COMPENSATION, 0) / 1000
