"""The settings of a Sony in use: which depend on each other, and what one step more or less is."""

from fractions import Fraction

from rigcoach.emulated.ptp.operations import OperationRefusedError, ResponseCode
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty, Value
from rigcoach.emulated.sony.sony_model import AUTO_ISO, TWINS, Code
from rigcoach.emulated.standard.standard_settings import StandardSettings

# Thirds of stops as they are engraved, for bodies that don't list their own.
_SHUTTERS = (
    "30 25 20 15 13 10 8 6 5 4 32/10 25/10 2 16/10 13/10 1 8/10 6/10 5/10 4/10 1/3 1/4 1/5 1/6 1/8 1/10 1/13 1/15 1/20"
    " 1/25 1/30 1/40 1/50 1/60 1/80 1/100 1/125 1/160 1/200 1/250 1/320 1/400 1/500 1/640 1/800 1/1000 1/1250 1/1600"
    " 1/2000 1/2500 1/3200 1/4000"
)
_F_NUMBERS = (
    "1 1.1 1.2 1.4 1.6 1.8 2 2.2 2.5 2.8 3.2 3.5 4 4.5 5 5.6 6.3 7.1 8 9 10 11 13 14 16 18 20 22 25 29 32 36 40 45 51"
    " 57 64"
)
_ISO = (
    "25 50 64 80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 8000 10000 12800"
    " 16000 20000 25600 32000 40000 51200 64000 80000 102400"
)
_BULB = 0


def shutter_code(text: str) -> int:
    """Return a shutter speed as the body has it: numerator and denominator in one number.

    >>> hex(shutter_code("1/50"))
    '0x10032'
    """
    over, _, under = text.partition("/")
    return int(over) << 16 | int(under or 1)


def _seconds(code: int) -> Fraction:
    over, under = divmod(code, 1 << 16)
    return Fraction(over, under) if over and under else Fraction(3600)


_STEPS: dict[int, tuple[int, ...]] = {
    Code.SHUTTER_SPEED: (_BULB, *(shutter_code(each) for each in _SHUTTERS.split())),
    Code.F_NUMBER: tuple(round(100 * float(each)) for each in _F_NUMBERS.split()),
    Code.ISO: (*(int(each) for each in _ISO.split()), AUTO_ISO),
}


class SonySettings(StandardSettings):
    """The properties of a Sony."""

    def put(self, code: int, value: Value) -> None:
        """Change a property, and its other name with it."""
        super().put(code, value)
        for older, newer in TWINS.items():
            if code in (older, newer):
                super().put(newer if code == older else older, value)

    def wanted(self, code: int, data: bytes) -> Value:
        """Read what a computer asks for; of an f-number it sends too many bytes (``config.c``, _put_Sony_FNumber)."""
        found = self[code]
        too_long = code == Code.F_NUMBER and len(data) > found.type.width_bytes
        return found.wanted(data[: found.type.width_bytes] if too_long else data)

    def step(self, code: int, count: int) -> None:
        """Set a property so many steps on: along its list, or to larger numbers and faster shutters."""
        found = self[code]
        if not found.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        steps = self._steps(found)
        if not steps:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        at = self._place(found, steps) + count
        self.put(code, steps[min(max(at, 0), len(steps) - 1)])

    def _steps(self, found: DeviceProperty) -> tuple[int, ...]:
        listed = found.choices or ()
        if isinstance(listed, range) or not listed:
            listed = self._listed_by_twin(found.code) or _STEPS.get(found.code, listed)
        numbers = tuple(each for each in listed if isinstance(each, int))
        return tuple(sorted(numbers)) if found.code == Code.EXPOSURE_COMPENSATION else numbers

    def _listed_by_twin(self, code: int) -> tuple[Value, ...]:
        twin = next((newer for older, newer in TWINS.items() if older == code), None)
        return tuple(self[twin].choices or ()) if twin is not None and twin in self.codes else ()

    @staticmethod
    def _place(found: DeviceProperty, steps: tuple[int, ...]) -> int:
        if found.number in steps:
            return steps.index(found.number)
        if found.code == Code.SHUTTER_SPEED:
            now = _seconds(found.number)
            return min(range(len(steps)), key=lambda at: abs(_seconds(steps[at]) - now))
        return min(range(len(steps)), key=lambda at: abs(steps[at] - found.number))

    @property
    def _iso(self) -> int | None:
        iso = self.number(Code.ISO, self.number(Code.ISO_DIRECT, AUTO_ISO)) & AUTO_ISO
        return None if iso == AUTO_ISO else iso or None

    @property
    def _shutter_s(self) -> float | None:
        over, under = divmod(self.number(Code.SHUTTER_SPEED, 0), 1 << 16)
        return over / under if over and under else None

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open until it is told to close."""
        return self.mode == "M" and self.value(Code.SHUTTER_SPEED) == _BULB
