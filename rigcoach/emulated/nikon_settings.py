"""The settings of a Nikon body in use: what may be written now, and what follows from it."""

from collections.abc import Callable, Iterable

from rigcoach.emulated import exposure
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.nikon_d750 import EXPOSURE_TIMES, MODES, SHUTTER_SPEEDS, WRITABLE_IN_MODES, Code
from rigcoach.emulated.ptp import OperationRefusedError, ResponseCode
from rigcoach.emulated.ptp_properties import DeviceProperty, Value

# One shutter under two names.
_SHUTTERS = {Code.EXPOSURE_TIME: EXPOSURE_TIMES, Code.SHUTTER_SPEED: SHUTTER_SPEEDS}


class NikonSettings:
    """The properties of a body.

    Parameters
    ----------
    properties
        What it has.
    tell
        Called with the code of every property that changed.
    """

    def __init__(self, properties: Iterable[DeviceProperty], tell: Callable[[int], None]) -> None:
        self._properties = {each.code: each for each in properties}
        self._tell = tell

    def __getitem__(self, code: int) -> DeviceProperty:
        """Return a property as it stands; refuses one that the body doesn't have."""
        if code not in self._properties:
            raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        found = self._properties[code]
        if code in WRITABLE_IN_MODES:
            return found.made(writable=found.writable and self.mode in WRITABLE_IN_MODES[Code(code)])
        return found

    @property
    def codes(self) -> tuple[int, ...]:
        """The properties that the body has."""
        return tuple(self._properties)

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self._properties[Code.EXPOSURE_PROGRAM_MODE].value
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

    def exposure(self) -> Exposure:
        """Return what a movie frame would be exposed with now."""
        f_number = self[Code.F_NUMBER].number / 100
        if self.mode != "M":
            return exposure.automatic(f_number, self[Code.EXPOSURE_BIAS_COMPENSATION].number / 1000)
        return exposure.manual(self._shutter_s, f_number, self._iso)

    def still_exposure(self) -> Exposure:
        """Return what a still would be exposed with now: as a movie frame, but for as long as the shutter says."""
        now = self.exposure()
        if self.mode != "M" or self._iso is None:
            return now
        over_ev = exposure.over_ev(self._shutter_s, now.f_number, now.iso)
        return Exposure(self._shutter_s, now.f_number, now.iso, over_ev)

    @property
    def _iso(self) -> int | None:
        auto = Code.ISO_AUTO in self._properties and bool(self[Code.ISO_AUTO].value)
        return None if auto else self[Code.EXPOSURE_INDEX].number

    @property
    def _shutter_s(self) -> float:
        over, under = divmod(self[Code.SHUTTER_SPEED].number, 1 << 16)
        return over / under
