"""A tethering Panasonic made of what a real one listed: it has no properties by number, only the driver's widgets."""

import re
from collections.abc import Callable

from rigcoach.emulated.lens import AS_LISTED, EmulatedLens
from rigcoach.emulated.panasonic import lumix_body
from rigcoach.emulated.panasonic.lumix_body import Code
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty
from rigcoach.emulated.standard.standard_model import StandardModel
from rigcoach.listing.model import BodyListing, Widget
from rigcoach.listing.translations import english

# Names of values after libgphoto2's tables, ``camlibs/ptp2/config.c``.
_WHITE_BALANCE = {
    "Automatic": 0x0002, "Daylight": 0x0004, "Flourescent": 0x0005, "Tungsten": 0x0006, "Flash": 0x0007,
    "Cloudy": 0x8008, "White set": 0x8009, "Black White": 0x800A, "Preset 1": 0x800B, "Preset 2": 0x800C,
    "Preset 3": 0x800D, "Preset 4": 0x800E, "Shadow": 0x800F, "Temperature 1": 0x8010, "Temperature 2": 0x8011,
    "Temperature 3": 0x8012, "Temperature 4": 0x8013, "Automatic Cool": 0x8014, "Automatic Warm": 0x8015,
}  # fmt: skip
_AF_MODES = {"AF": 0, "AF macro": 1, "AF macro (D)": 2, "MF": 3, "AF_S": 4, "AF_C": 5, "AF_F": 6}
_MODES = {"P": 0, "A": 1, "S": 2, "M": 3}
_BULB, _LONG = 0xFFFF_FFFF, 0x8000_0000


def shutter_code(label: str) -> int | None:
    """Return a shutter speed as the body has it: thousandths of a second, or of what stands under 1.

    >>> shutter_code("1/50"), hex(shutter_code("2")), hex(shutter_code("bulb")), shutter_code("auto")
    (50000, '0x800007d0', '0xffffffff', None)
    """
    if label.lower() == "bulb":
        return _BULB
    match = re.fullmatch(r"(1/)?(\d+(?:[.,]\d+)?)", label)
    if match is None:
        return None
    thousandths = round(1000 * float(match[2].replace(",", ".")))
    return thousandths if match[1] else thousandths | _LONG


def _whole(label: str) -> int | None:
    return int(label) & 0xFFFF_FFFF if re.fullmatch(r"-?\d+", label) else None


def _number(label: str) -> float | None:
    match = re.fullmatch(r"-?\d+(?:[.,]\d+)?", label.strip())
    return float(match[0].replace(",", ".")) if match else None


def _tenths(label: str) -> int | None:
    number = _number(label)
    return None if number is None else round(10 * number)


def _signed(parts: int) -> Callable[[str], int | None]:
    def code(label: str) -> int | None:
        number = _number(label)
        if number is None:
            return None
        whole = round(parts * number)
        return abs(whole) | (0x8000 if whole < 0 else 0)

    return code


def _named(names: dict[str, int]) -> Callable[[str], int | None]:
    def code(label: str) -> int | None:
        if match := re.fullmatch(r"Unknown 0x([0-9a-f]{4})", label):
            return int(match[1], 16)
        return next((names[each] for each in english(label) if each in names), None)

    return code


_WIDGETS: dict[str, tuple[Code, DataType, Callable[[str], int | None]]] = {
    "iso": (Code.ISO, DataType.UINT32, _whole),
    "shutterspeed": (Code.SHUTTER_SPEED, DataType.UINT32, shutter_code),
    "f-number": (Code.APERTURE, DataType.UINT16, _tenths),
    "whitebalance": (Code.WHITE_BALANCE, DataType.UINT16, _named(_WHITE_BALANCE)),
    "colortemperature": (Code.KELVIN, DataType.UINT16, _whole),
    "whitebalanceadjustab": (Code.ADJUST_AB, DataType.UINT16, _signed(1)),
    "whitebalanceadjustgm": (Code.ADJUST_GM, DataType.UINT16, _signed(1)),
    "exposurecompensation": (Code.EXPOSURE, DataType.UINT16, _signed(3)),
    "afmode": (Code.AF_MODE, DataType.UINT16, _named(_AF_MODES)),
    "imageformat": (Code.IMAGE_FORMAT, DataType.UINT16, _whole),
    "expmode": (Code.MODE, DataType.UINT16, _named(_MODES)),
}


def is_lumix(listed: BodyListing) -> bool:
    """Whether a listing is that of a Panasonic with the maker's extension: it has settings, but none by number."""
    return listed.widget("iso") is not None and listed.widget("/main/other/500f") is None


def lumix_model(listed: BodyListing, lens: EmulatedLens = AS_LISTED) -> tuple[StandardModel, tuple[str, ...]]:
    """Return the body with a lens on it, and the widgets that are left out because their value isn't known."""
    properties, left_out = [_target()], []
    for name, (code, type_, read) in _WIDGETS.items():
        widget = listed.widget(name)
        made = None if widget is None else _property(widget, code, type_, read)
        if made is not None:
            properties.append(made)
        elif widget is not None:
            left_out.append(name)
    model = StandardModel(
        name=listed.model,
        manufacturer=listed.manufacturer,
        version=listed.current("deviceversion") or "1.0",
        vendor_extension_id=lumix_body.EXTENSION_ID,
        properties=tuple(properties),
        events=lumix_body.EVENTS,
        labels={Code.IMAGE_FORMAT: dict.fromkeys(range(1 << 8), "JPEG")},
        lens=lens,
    )
    return model, tuple(left_out)


def _target() -> DeviceProperty:
    return DeviceProperty(Code.CAPTURE_TARGET, DataType.UINT16, 0, (0, 1, 2), writable=True)


def _property(widget: Widget, code: Code, type_: DataType, read: Callable[[str], int | None]) -> DeviceProperty | None:
    value = read(widget.current)
    if value is None or not type_.holds(value):
        return None
    codes = [number for choice in widget.choices if (number := read(choice)) is not None and type_.holds(number)]
    return DeviceProperty(code, type_, value, tuple(dict.fromkeys(codes)), writable=not widget.readonly)
