"""The settings of an EOS body in use: what may be written now, what follows from it, and what it tells of changes."""

import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from rigcoach.emulated.body_settings import BodySettings
from rigcoach.emulated.eos import eos_events
from rigcoach.emulated.eos.custom_functions import CustomFunction, FunctionGroup, groups_in
from rigcoach.emulated.eos.eos_model import EXPOSURE_MODES, EosModel, compensation_ev, shutter_s
from rigcoach.emulated.eos.eos_properties import Property, PropertyCode, Value
from rigcoach.emulated.film.picture_info import PictureInfo
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.ptp.operations import OperationRefusedError, ResponseCode

_EPOCH = datetime(1970, 1, 1)

# The driver fills in all modes that any EOS ever had, and drops a list from the body.
_NEVER_LISTED = (PropertyCode.AUTO_EXPOSURE_MODE, PropertyCode.AE_MODE_DIAL)


# EXIF's codes of exposure programs and metering modes by the body's own (EXIF 2.3).
_PROGRAMS = {"M": 1, "Bulb": 1, "P": 2, "Full auto": 2, "Av": 3, "Tv": 4}
_METERING = {1: 3, 3: 5, 4: 6, 5: 2}
_TEXTS = (PropertyCode.ARTIST, PropertyCode.COPYRIGHT, PropertyCode.OWNER)


class EosSettings(BodySettings[Property]):
    """The properties of a body with a lens on it.

    Parameters
    ----------
    model
        The body.
    tell
        Called with the event record of every change.
    wall_clock
        The photographer's clock, by which the camera's is set at first.
    """

    def __init__(self, model: EosModel, tell: Callable[[bytes], None], wall_clock: Callable[[], datetime]) -> None:
        super().__init__(model.properties)
        self._model = model
        self._tell = tell
        self._wall_clock = wall_clock
        self._clock_off_by = timedelta(0)
        self._choices = {code: self._properties[code].choices or () for code in model.listed_in_modes}
        self._list_for_mode()

    def __getitem__(self, code: int) -> Property:
        """Return a property as it stands; refuses one that the body doesn't have."""
        found = super().__getitem__(code)
        if code == PropertyCode.CAMERA_TIME:
            return found.with_value(_seconds_since_1970(self._wall_clock() + self._clock_off_by))
        return found

    def wanted(self, data: bytes) -> Property:
        """Read what SetDevicePropValueEx asks for; refuses what the body doesn't take."""
        if len(data) < 8:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        _size, code = struct.unpack_from("<II", data)
        target = self[code]
        return target.with_value(target.wanted(data[8:]))

    def beside(self, data: bytes) -> bytes:
        """Return what SetDevicePropValueEx would carry for the value listed beside the one that it asks for."""
        wanted = self.wanted(data)
        value = wanted.type.pack(wanted.beside(wanted.value))
        return struct.pack("<II", 8 + len(value), wanted.code) + value

    def put(self, code: int, value: Value) -> None:
        """Change a property, and what hangs on it."""
        if code == PropertyCode.CUSTOM_FUNC_EX:
            value = self._functions_with(value)
        if code == PropertyCode.CAMERA_TIME and isinstance(value, int):
            self._clock_off_by = _EPOCH + timedelta(seconds=value) - self._wall_clock()
        for each in self._model.one_setting if code in self._model.one_setting else (code,):
            if each not in self._properties:
                continue
            self._properties[each] = self._properties[each].with_value(value)
            self.emit_value(each)
        if code == PropertyCode.AUTO_EXPOSURE_MODE:
            self._list_for_mode()
            for listed in self._model.listed_in_modes:
                self._emit_list(listed)

    def function(self, number: int) -> int:
        """Return the value of a custom function; 0 where the body hasn't got it."""
        groups = groups_in(self.value(PropertyCode.CUSTOM_FUNC_EX))
        return next((value for group in groups if (value := group.value(number)) is not None), 0)

    def _functions_with(self, asked: Value) -> Value:
        """Return all groups, those of `asked` given to them."""
        groups = {each.number: each for each in groups_in(self.value(PropertyCode.CUSTOM_FUNC_EX))}
        for each in groups_in(asked):
            if each.number in groups:
                groups[each.number] = groups[each.number].given(each, _as_new(groups[each.number]))
        return tuple(groups.values())

    def count_shutter(self) -> None:
        """Count one more still, if the body tells how many its shutter has taken."""
        counted = self.value(PropertyCode.SHUTTER_COUNTER)
        if isinstance(counted, int):
            self.put(PropertyCode.SHUTTER_COUNTER, counted + 1)

    def emit_value(self, code: int) -> None:
        """Tell how a property stands."""
        for value in self[code].packed_values():
            self._tell(eos_events.prop_value_changed(code, value))

    def emit_all(self) -> None:
        """Tell every property's value, and after all of them their lists."""
        for code in self._properties:
            self.emit_value(code)
        for code in self._properties:
            self._emit_list(code)

    @property
    def mode(self) -> str:
        """What the mode dial stands at."""
        at = self.value(PropertyCode.AUTO_EXPOSURE_MODE)
        return next((name for name, code in EXPOSURE_MODES.items() if code == at), "")

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open for as long as the release is held."""
        return self.mode == "Bulb" or self._label(PropertyCode.SHUTTER_SPEED).casefold() == "bulb"

    def picture_info(self, lens: EmulatedLens, taken: datetime) -> PictureInfo:
        """Return what the body writes into a picture that it takes now."""
        texts = {code: str(self.value(code) or "") for code in _TEXTS}
        return PictureInfo(
            maker="Canon",
            model=self._model.name,
            taken=taken + self._clock_off_by,
            serial_number=self._model.serial_number,
            lens=lens.name,
            artist=texts[PropertyCode.ARTIST],
            copyright=texts[PropertyCode.COPYRIGHT],
            owner=texts[PropertyCode.OWNER],
            program=_PROGRAMS.get(self.mode, 0),
            metering=_METERING.get(self.number(PropertyCode.METERING_MODE, -1), 0),
            f_number=_number(self._label(PropertyCode.APERTURE)),
            focal_length_mm=lens.focal_length_mm if lens.name else None,
            compensation_ev=self._compensation_ev,
            auto_white_balance=self.number(PropertyCode.WHITE_BALANCE, 0) == 0,
            srgb=self.number(PropertyCode.COLOR_SPACE, 1) == 1,
        )

    @property
    def _f_number(self) -> float:
        # Only its ring knows the aperture of a lens without contacts.
        return _number(self._label(PropertyCode.APERTURE)) or self._model.lens.f_number

    @property
    def _shutter_s(self) -> float | None:
        return shutter_s(self._label(PropertyCode.SHUTTER_SPEED))

    @property
    def _iso(self) -> int | None:
        iso = _number(self._label(PropertyCode.ISO_SPEED))
        return None if iso is None else int(iso)

    @property
    def _compensation_ev(self) -> float:
        return compensation_ev(self.number(PropertyCode.EXP_COMPENSATION, 0))

    def _label(self, code: int) -> str:
        return self._properties[code].label if code in self._properties else ""

    def _emit_list(self, code: int) -> None:
        each = self._properties[code]
        if each.choices is not None and code not in _NEVER_LISTED:
            self._tell(eos_events.avail_list_changed(code, each.packed_choices()))

    def _list_for_mode(self) -> None:
        mode = self.mode
        for code, choices in self._choices.items():
            listed = choices if mode in self._model.listed_in_modes[code] else ()
            self._properties[code] = replace(self._properties[code], choices=listed)


def _as_new(group: FunctionGroup) -> FunctionGroup:
    """Return a group as on a new body: every function at its first value, which is 0."""
    functions = (
        each if len(each.values) > 1 else CustomFunction(each.number, (0,) * len(each.values))
        for each in group.functions
    )
    return FunctionGroup(group.number, tuple(functions))


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def _seconds_since_1970(when: datetime) -> int:
    """Return a local time as the body counts it: as though its zone were UTC."""
    return int((when - _EPOCH).total_seconds())
