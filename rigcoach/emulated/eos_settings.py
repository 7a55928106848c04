"""The settings of an EOS body in use: what may be written now, what follows from it, and what it tells of changes."""

import struct
from collections.abc import Callable
from datetime import datetime, timedelta

from rigcoach.emulated import eos_events, exposure
from rigcoach.emulated.eos_model import EXPOSURE_MODES, EosModel, compensation_ev, shutter_s
from rigcoach.emulated.eos_properties import Property, PropertyCode, Value
from rigcoach.emulated.exposure import Exposure
from rigcoach.emulated.ptp import OperationRefusedError, ResponseCode

_EPOCH = datetime(1970, 1, 1)

# The driver fills in all modes that any EOS ever had, and drops a list from the body.
_NEVER_LISTED = (PropertyCode.AUTO_EXPOSURE_MODE, PropertyCode.AE_MODE_DIAL)

# One setting under two names: the body has only the one slot.
_IMAGE_FORMATS = (PropertyCode.IMAGE_FORMAT, PropertyCode.IMAGE_FORMAT_CF)


class Settings:
    """The properties of a body with a lens on it.

    Parameters
    ----------
    model
        The body.
    tell
        Called with the event record of every change.
    wall_clock
        The photographer's clock, by which the body's is set at first.
    """

    def __init__(self, model: EosModel, tell: Callable[[bytes], None], wall_clock: Callable[[], datetime]) -> None:
        self._model = model
        self._tell = tell
        self._wall_clock = wall_clock
        self._clock_off_by = timedelta(0)
        self._properties: dict[int, Property] = {each.code: each for each in model.properties}
        self._choices = {code: self._properties[code].choices or () for code in model.listed_in_modes}
        self._list_for_mode()

    def __getitem__(self, code: int) -> Property:
        """Return a property as it stands; refuses one that the body doesn't have."""
        if code not in self._properties:
            raise OperationRefusedError(ResponseCode.DEVICE_PROP_NOT_SUPPORTED)
        if code == PropertyCode.CAMERA_TIME:
            return self._properties[code].with_value(_seconds_since_1970(self._wall_clock() + self._clock_off_by))
        return self._properties[code]

    @property
    def codes(self) -> tuple[int, ...]:
        """The properties that the body has."""
        return tuple(self._properties)

    def wanted(self, data: bytes) -> Property:
        """Read what SetDevicePropValueEx asks for; refuses what the body doesn't take."""
        if len(data) < 8:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        _size, code = struct.unpack_from("<II", data)
        target = self[code]
        if not target.writable:
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        try:
            value = target.type.unpack(data[8:])
        except ValueError as error:
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_FORMAT) from error
        if not target.allows(value):
            raise OperationRefusedError(ResponseCode.INVALID_DEVICE_PROP_VALUE)
        return target.with_value(value)

    def beside(self, data: bytes) -> bytes:
        """Return what SetDevicePropValueEx would carry for the value listed beside the one that it asks for."""
        wanted = self.wanted(data)
        listed = wanted.choices or (wanted.value,)
        at = listed.index(wanted.value)
        value = wanted.type.pack(listed[at + 1] if at + 1 < len(listed) else listed[at - 1])
        return struct.pack("<II", 8 + len(value), wanted.code) + value

    def labelled(self) -> dict[str, str]:
        """Return every property's value in the photographer's words, by the property's name."""
        return {each.code.name: each.label for each in self._properties.values()}

    def put(self, code: PropertyCode, value: Value) -> None:
        """Change a property, and what hangs on it."""
        if code == PropertyCode.CAMERA_TIME and isinstance(value, int):
            self._clock_off_by = _EPOCH + timedelta(seconds=value) - self._wall_clock()
        for each in _IMAGE_FORMATS if code in _IMAGE_FORMATS else (code,):
            if each not in self._properties:
                continue
            self._properties[each] = self._properties[each].with_value(value)
            self.tell_value(each)
        if code == PropertyCode.AUTO_EXPOSURE_MODE:
            self._list_for_mode()
            for listed in self._model.listed_in_modes:
                self._tell_list(listed)

    def count_shutter(self) -> None:
        """Count one more still, if the body tells how many its shutter has taken."""
        counted = self._value(PropertyCode.SHUTTER_COUNTER)
        if isinstance(counted, int):
            self.put(PropertyCode.SHUTTER_COUNTER, counted + 1)

    def tell_value(self, code: int) -> None:
        """Tell how a property stands."""
        self._tell(eos_events.prop_value_changed(code, self[code].packed_value()))

    def tell_all(self) -> None:
        """Tell every property's value, and after it its list."""
        for code in self._properties:
            self.tell_value(code)
            self._tell_list(code)

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self._value(PropertyCode.AUTO_EXPOSURE_MODE)
        return next((name for name, code in EXPOSURE_MODES.items() if code == at), "")

    def exposure(self) -> Exposure:
        """Return what a movie frame would be exposed with now."""
        # Only its ring knows the aperture of a lens without contacts.
        f_number = _number(self._label(PropertyCode.APERTURE)) or self._model.f_number
        open_s = shutter_s(self._label(PropertyCode.SHUTTER_SPEED))
        if self.mode != "M" or open_s is None:
            compensation = self._value(PropertyCode.EXP_COMPENSATION)
            return exposure.automatic(f_number, compensation_ev(compensation if isinstance(compensation, int) else 0))
        iso = _number(self._label(PropertyCode.ISO_SPEED))
        return exposure.manual(open_s, f_number, None if iso is None else int(iso))

    def still_exposure(self) -> Exposure:
        """Return what a still would be exposed with now: as a movie frame, but for as long as the shutter says."""
        now = self.exposure()
        open_s = shutter_s(self._label(PropertyCode.SHUTTER_SPEED))
        if self.mode != "M" or open_s is None or _number(self._label(PropertyCode.ISO_SPEED)) is None:
            return now
        return Exposure(open_s, now.f_number, now.iso, exposure.over_ev(open_s, now.f_number, now.iso))

    def fall_back(self, codes: tuple[PropertyCode, ...]) -> None:
        """Put properties to what they were when the body was switched on."""
        for each in self._model.properties:
            if each.code in codes:
                self.put(each.code, each.value)

    def _value(self, code: int) -> Value | None:
        return self._properties[code].value if code in self._properties else None

    def _label(self, code: int) -> str:
        return self._properties[code].label if code in self._properties else ""

    def _tell_list(self, code: int) -> None:
        each = self._properties[code]
        if each.choices is not None and code not in _NEVER_LISTED:
            self._tell(eos_events.avail_list_changed(code, each.packed_choices()))

    def _list_for_mode(self) -> None:
        mode = self.mode
        for code, choices in self._choices.items():
            listed = choices if mode in self._model.listed_in_modes[code] else ()
            self._properties[code] = self._properties[code].with_choices(listed)


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def _seconds_since_1970(when: datetime) -> int:
    """Return a local time as the body counts it: as though its zone were UTC."""
    return int((when - _EPOCH).total_seconds())
