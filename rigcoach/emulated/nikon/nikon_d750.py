"""The Nikon D750 as data: what it says of itself, and the properties that a computer can read and set.

Identity, codes, types and values after what a real body told libgphoto2, ``camlibs/ptp2/cameras/nikon-d750.txt``; names
of values after its tables, ``camlibs/ptp2/ptp.c`` and ``config.c``; shutter speeds after Nikon's reference manual.
"""

from collections.abc import Iterable

from rigcoach.emulated.card import CardKind
from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.nikon.nikon_model import (
    CARD_AS_MEDIUM,
    EXPOSURE_TIMES,
    MODES,
    SHUTTER_SPEEDS,
    WRITABLE_IN_MODES,
    Code,
    NikonModel,
)
from rigcoach.emulated.ptp.ptp_properties import DataType, DeviceProperty, Value, span

MODEL = "Nikon DSC D750"
CARD = CardKind("", "NIKON D750  [Slot 1]", "100ND750")

_ISO = (
    "50 64 80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 8000 10000 12800"
    " 16000 20000 25600 51200"
)
_F_NUMBERS = "3.5 4 4.5 5 5.6 6.3 7.1 8 9 10 11 13 14 16 18 20 22"

ISO = {iso: int(iso) for iso in _ISO.split()}
WHITE_BALANCE = {
    "Automatic": 2,
    "Daylight": 4,
    "Fluorescent": 5,
    "Tungsten": 6,
    "Flash": 7,
    "Cloudy": 0x8010,
    "Shade": 0x8011,
    "Color temperature": 0x8012,
    "Preset": 0x8013,
}
QUALITY = {
    "JPEG Basic": 0,
    "JPEG Normal": 1,
    "JPEG Fine": 2,
    "NEF (Raw)": 4,
    "NEF+Basic": 5,
    "NEF+Normal": 6,
    "NEF+Fine": 7,
}
STILL_SIZES_PX = {"6016x4016": (6016, 4016), "4512x3008": (4512, 3008), "3008x2008": (3008, 2008)}
FOCUS_MODES = {"Manual": 1, "AF-S": 0x8010, "AF-C": 0x8011, "AF-A": 0x8012}
AUTOFOCUS_MODES = {"AF-S": 0, "AF-C": 1, "AF-A": 2, "MF (fixed)": 3, "MF (selection)": 4}
METERING = {"Center-weighted": 2, "Multi-spot": 3, "Center spot": 4}
DRIVE = {"Single shot": 1, "Burst": 2, "Low speed": 0x8010, "Timer": 0x8011, "Mirror up": 0x8012, "Quiet": 0x8016}
PICTURE_CONTROLS = {
    "Standard": 1, "Neutral": 2, "Vivid": 3, "Monochrome": 4, "Portrait": 5, "Landscape": 6, "Flat": 7,
}  # fmt: skip
_ON_OFF = {"Off": 0, "On": 1}

LENSES = {
    "af-s-24-85mm": EmulatedLens(
        "af-s-24-85mm", "AF-S Nikkor 24-85mm f/3.5-4.5G ED VR", 180, 24.0, tuple(_F_NUMBERS.split()), 8.0, 2.0,
        autofocus=True, nearest_m=0.4,
    ),
}  # fmt: skip


def model(lens: EmulatedLens) -> NikonModel:
    """Return the body with a lens on it."""
    return NikonModel(
        name="D750",
        manufacturer="Nikon Corporation",
        version="V1.00f",
        serial_number="0" * 32,
        properties=properties(lens),
        writable_in_modes=WRITABLE_IN_MODES,
        qualities={code: name for name, code in QUALITY.items()},
        lens=lens,
    )


def f_number_code(f_number: str) -> int:
    """Return an f-number as the body has it, in hundredths.

    >>> f_number_code("5.6")
    560
    """
    return round(100 * float(f_number))


def properties(lens: EmulatedLens) -> tuple[DeviceProperty, ...]:
    """Return the body's properties as it is switched on, with `lens` on it and the dial at M."""
    f_numbers = {f"f/{name}": f_number_code(name) for name in lens.f_numbers}
    bias = tuple(round(third * 1000 / 3 - (0.4 if third > 0 else -0.4 if third < 0 else 0)) for third in range(-15, 16))
    focal_length = round(100 * lens.focal_length_mm)
    return (
        DeviceProperty(Code.BATTERY_LEVEL, DataType.UINT8, 100, span(0, 100)),
        _text(Code.IMAGE_SIZE, "6016x4016", STILL_SIZES_PX),
        _listed(Code.COMPRESSION_SETTING, DataType.UINT8, "JPEG Fine", QUALITY),
        _listed(Code.WHITE_BALANCE, DataType.UINT16, "Automatic", WHITE_BALANCE),
        _listed(Code.F_NUMBER, DataType.UINT16, f"f/{lens.f_number:g}", f_numbers),
        _ranged(Code.FOCAL_LENGTH, DataType.UINT32, focal_length, span(2400, 8500), writable=False),
        _listed(Code.FOCUS_MODE, DataType.UINT16, "AF-A", FOCUS_MODES, writable=False),
        _listed(Code.EXPOSURE_METERING_MODE, DataType.UINT16, "Multi-spot", METERING),
        _listed(Code.EXPOSURE_TIME, DataType.UINT32, "1/125", EXPOSURE_TIMES),
        _listed(Code.EXPOSURE_PROGRAM_MODE, DataType.UINT16, "M", MODES, writable=False),
        _listed(Code.EXPOSURE_INDEX, DataType.UINT16, "800", ISO),
        DeviceProperty(Code.EXPOSURE_BIAS_COMPENSATION, DataType.INT16, 0, bias, writable=True),
        _listed(Code.STILL_CAPTURE_MODE, DataType.UINT16, "Single shot", DRIVE, writable=False),
        _ranged(Code.COLOR_TEMPERATURE, DataType.UINT16, 5000, span(2500, 10000, 10)),
        _ranged(Code.COLOR_SPACE, DataType.UINT8, 0, span(0, 1)),
        _ranged(Code.FLICKER_REDUCTION, DataType.UINT8, 2, span(0, 2)),
        _listed(Code.ISO_AUTO, DataType.UINT8, "Off", _ON_OFF, as_span=True),
        _ranged(Code.LONG_EXPOSURE_NOISE_REDUCTION, DataType.UINT8, 0, span(0, 1)),
        _ranged(Code.FILE_NUMBER_SEQUENCE, DataType.UINT8, 1, span(0, 2)),
        _free_text(Code.ARTIST_NAME),
        _free_text(Code.COPYRIGHT),
        _ranged(Code.MOVIE_SCREEN_SIZE, DataType.UINT8, 0, span(0, 6)),
        _ranged(Code.MOVIE_VOICE, DataType.UINT8, 0, span(0, 5)),
        _stated(Code.MOV_REC_PROHIBIT, DataType.UINT32, 0),
        _ranged(Code.MOVIE_QUALITY, DataType.UINT8, 0, span(0, 1)),
        _stated(Code.LENS_ID, DataType.UINT16, lens.lens_id),
        _stated(Code.LENS_TYPE, DataType.UINT8, 39),
        _stated(Code.FOCAL_LENGTH_MIN, DataType.UINT32, 2400),
        _stated(Code.FOCAL_LENGTH_MAX, DataType.UINT32, 8500),
        _stated(Code.MAX_AP_AT_MIN_FOCAL_LENGTH, DataType.UINT16, 350),
        _stated(Code.MAX_AP_AT_MAX_FOCAL_LENGTH, DataType.UINT16, 450),
        _listed(Code.SHUTTER_SPEED, DataType.UINT32, "1/125", SHUTTER_SPEEDS),
        _ranged(Code.AC_POWER, DataType.UINT8, 0, span(0, 1), writable=False),
        _stated(Code.WARNING_STATUS, DataType.UINT8, 0),
        _ranged(Code.RECORDING_MEDIA, DataType.UINT8, CARD_AS_MEDIUM, span(0, 2)),
        _listed(Code.AUTOFOCUS_MODE, DataType.UINT8, "AF-A", AUTOFOCUS_MODES, as_span=True),
        _ranged(Code.ISO_AUTO_HIGH_LIMIT, DataType.UINT8, 24, span(0, 29)),
        _ranged(Code.LIVE_VIEW_STATUS, DataType.UINT8, 0, span(0, 1), writable=False),
        _stated(Code.LIVE_VIEW_PROHIBIT, DataType.UINT32, 0),
        _ranged(Code.APPLICATION_MODE, DataType.UINT8, 0, span(0, 1)),
        _ranged(Code.REMAINING_SHOTS, DataType.UINT16, 553, span(0, 0xFFFF), writable=False),
        _listed(Code.ACTIVE_PICTURE_CONTROL, DataType.UINT16, "Standard", PICTURE_CONTROLS),
    )


def _listed(
    code: Code, type_: DataType, label: str, labels: dict[str, int], *, writable: bool = True, as_span: bool = False
) -> DeviceProperty:
    values = tuple(labels.values())
    choices = span(min(values), max(values)) if as_span else values
    return DeviceProperty(code, type_, labels[label], choices, tuple(labels.items()), writable)


def _ranged(code: Code, type_: DataType, value: int, choices: range, *, writable: bool = True) -> DeviceProperty:
    return DeviceProperty(code, type_, value, choices, writable=writable)


def _stated(code: Code, type_: DataType, value: Value) -> DeviceProperty:
    return DeviceProperty(code, type_, value)


def _text(code: Code, value: str, choices: Iterable[str]) -> DeviceProperty:
    return DeviceProperty(code, DataType.TEXT, value, tuple(choices), writable=True)


def _free_text(code: Code) -> DeviceProperty:
    return DeviceProperty(code, DataType.TEXT, "", writable=True)
