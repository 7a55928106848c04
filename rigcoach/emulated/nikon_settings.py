"""The settings of a Nikon body in use: what may be written now, and what follows from it."""

from collections.abc import Callable

from rigcoach.emulated import exposure
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.nikon_model import EXPOSURE_TIMES, MODES, SHUTTER_SPEEDS, Code, NikonModel
from rigcoach.emulated.ptp import OperationRefusedError, ResponseCode
from rigcoach.emulated.ptp_properties import DeviceProperty, Value

# One shutter under two names.
_SHUTTERS = {Code.EXPOSURE_TIME: EXPOSURE_TIMES, Code.SHUTTER_SPEED: SHUTTER_SPEEDS}


class NikonSettings:
    """The properties of a body.

    Parameters
    ----------
    model
        The body.
    tell
        Called with the code of every property that changed.
    """

    def __init__(self, model: NikonModel, tell: Callable[[int], None]) -> None:
        self._model = model
        self._properties = {each.code: each for each in model.properties}
        self._tell = tell

    def __getitem__(self, code: int) -> DeviceProperty:
        """Return a property as it stands; refuses one that the body doesn't have."""
        if code not in self._properties:
            raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        found = self._properties[code]
        modes = self._model.writable_in_modes.get(code)
        return found if modes is None else found.made(writable=found.writable and self.mode in modes)

    @property
    def codes(self) -> tuple[int, ...]:
        """The properties that the body has."""
        return tuple(self._properties)

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self.value(Code.EXPOSURE_PROGRAM_MODE)
        return next((name for name, value in MODES.items() if value == at), "")

    def wanted(self, code: int, data: bytes) -> Value:
        """Read what SetDevicePropValue asks for; refuses what the body doesn't take."""
        target = self[code]
        if not target.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        try:
            value = target.type.unpack(data)
        except ValueError as error:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_FORMAT) from error
        if not target.allows(value):
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        return value

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

    def labelled(self) -> dict[str, str]:
        """Return every property's value in the photographer's words, by the property's name."""
        return {each.name: each.label for each in self._properties.values()}

    def value(self, code: int) -> Value | None:
        """Return a property's value, None if the body hasn't got it."""
        return self._properties[code].value if code in self._properties else None

    def number(self, code: int, otherwise: int) -> int:
        """Return a property's value, or what to go by if the body hasn't got it."""
        value = self.value(code)
        return value if isinstance(value, int) else otherwise

    def exposure(self) -> Exposure:
        """Return what a movie frame would be exposed with now."""
        f_number = self.number(Code.F_NUMBER, 0) / 100 or exposure.RIGHT_F_NUMBER
        shutter_s = self._shutter_s
        if self.mode != "M" or shutter_s is None:
            return exposure.automatic(f_number, self.number(Code.EXPOSURE_BIAS_COMPENSATION, 0) / 1000)
        return exposure.manual(shutter_s, f_number, self._iso)

    def still_exposure(self) -> Exposure:
        """Return what a still would be exposed with now: as a movie frame, but for as long as the shutter says."""
        now, shutter_s = self.exposure(), self._shutter_s
        if self.mode != "M" or shutter_s is None or self._iso is None:
            return now
        return Exposure(shutter_s, now.f_number, now.iso, exposure.over_ev(shutter_s, now.f_number, now.iso))

    def fall_back(self, codes: tuple[int, ...]) -> None:
        """Put properties to what they were when the body was switched on."""
        for each in self._model.properties:
            if each.code in codes:
                self.put(each.code, each.value)

    @property
    def _iso(self) -> int | None:
        return None if self.value(Code.ISO_AUTO) else self.number(Code.EXPOSURE_INDEX, 0) or None

    @property
    def _shutter_s(self) -> float | None:
        """Seconds; None for a bulb and for no shutter speed at all."""
        over, under = divmod(self.number(Code.SHUTTER_SPEED, 0), 1 << 16)
        if over and under and (over, under) != (0xFFFF, 0xFFFF):
            return over / under
        tenths_of_ms = self.number(Code.EXPOSURE_TIME, 0)
        return tenths_of_ms / 10000 if 0 < tenths_of_ms < 0xFFFFFFF0 else None
