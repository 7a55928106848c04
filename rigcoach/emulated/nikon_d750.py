"""The Nikon D750 as data: what it says of itself, and the properties that a computer can read and set.

Identity, codes, types and values after what a real body told libgphoto2, ``camlibs/ptp2/cameras/nikon-d750.txt``; names
of values after its tables, ``camlibs/ptp2/ptp.c`` and ``config.c``; shutter speeds after Nikon's reference manual.
"""

from collections.abc import Iterable
from enum import IntEnum

from rigcoach.emulated.card import CardKind
from rigcoach.emulated.datasets import DeviceInfo
from rigcoach.emulated.lens import Lens
from rigcoach.emulated.ptp_properties import DataType, DeviceProperty, Span, Value

MODEL = "Nikon DSC D750"
CARD = CardKind("", "NIKON D750  [Slot 1]", "100ND750")

_NIKON = 0x0000000A
_FORMATS = (0x3801, 0x3000, 0x3001, 0x3008, 0x380D, 0x3006, 0x3002, 0x300D)


class Code(IntEnum):
    """Properties, named as in libgphoto2's ``ptp.h``."""

    BATTERY_LEVEL = 0x5001
    IMAGE_SIZE = 0x5003
    COMPRESSION_SETTING = 0x5004
    WHITE_BALANCE = 0x5005
    F_NUMBER = 0x5007
    FOCAL_LENGTH = 0x5008
    FOCUS_MODE = 0x500A
    EXPOSURE_METERING_MODE = 0x500B
    EXPOSURE_TIME = 0x500D
    EXPOSURE_PROGRAM_MODE = 0x500E
    EXPOSURE_INDEX = 0x500F
    EXPOSURE_BIAS_COMPENSATION = 0x5010
    STILL_CAPTURE_MODE = 0x5013
    COLOR_TEMPERATURE = 0xD01E
    COLOR_SPACE = 0xD032
    FLICKER_REDUCTION = 0xD034
    ISO_AUTO = 0xD054
    LONG_EXPOSURE_NOISE_REDUCTION = 0xD06B
    FILE_NUMBER_SEQUENCE = 0xD06C
    ARTIST_NAME = 0xD072
    COPYRIGHT = 0xD073
    MOVIE_SCREEN_SIZE = 0xD0A0
    MOVIE_VOICE = 0xD0A2
    MOV_REC_PROHIBIT = 0xD0A4
    MOVIE_QUALITY = 0xD0A7
    LENS_ID = 0xD0E0
    LENS_TYPE = 0xD0E2
    FOCAL_LENGTH_MIN = 0xD0E3
    FOCAL_LENGTH_MAX = 0xD0E4
    MAX_AP_AT_MIN_FOCAL_LENGTH = 0xD0E5
    MAX_AP_AT_MAX_FOCAL_LENGTH = 0xD0E6
    SHUTTER_SPEED = 0xD100
    AC_POWER = 0xD101
    WARNING_STATUS = 0xD102
    RECORDING_MEDIA = 0xD10B
    AUTOFOCUS_MODE = 0xD161
    ISO_AUTO_HIGH_LIMIT = 0xD183
    LIVE_VIEW_STATUS = 0xD1A2
    LIVE_VIEW_PROHIBIT = 0xD1A4
    APPLICATION_MODE = 0xD1F0
    REMAINING_SHOTS = 0xD1F1
    ACTIVE_PICTURE_CONTROL = 0xD200


MODES = {"M": 1, "P": 2, "A": 3, "S": 4, "Auto": 0x8010}

# Each mode leaves only some settings to the photographer.
WRITABLE_IN_MODES = {
    Code.F_NUMBER: ("M", "A"),
    Code.EXPOSURE_TIME: ("M", "S"),
    Code.SHUTTER_SPEED: ("M", "S"),
    Code.EXPOSURE_INDEX: ("M", "P", "A", "S"),
    Code.EXPOSURE_BIAS_COMPENSATION: ("M", "P", "A", "S"),
}

_ISO = (
    "50 64 80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 8000 10000 12800"
    " 16000 20000 25600 51200"
)
_SHUTTER = (
    "1/4000 1/3200 1/2500 1/2000 1/1600 1/1250 1/1000 1/800 1/640 1/500 1/400 1/320 1/250 1/200 1/160 1/125 1/100 1/80"
    " 1/60 1/50 1/40 1/30 1/25 1/20 1/15 1/13 1/10 1/8 1/6 1/5 1/4 1/3 10/25 1/2 10/16 10/13 1/1 13/10 16/10 2/1 25/10"
    " 3/1 4/1 5/1 6/1 8/1 10/1 13/1 15/1 20/1 25/1 30/1"
)
_F_NUMBERS = "3.5 4 4.5 5 5.6 6.3 7.1 8 9 10 11 13 14 16 18 20 22"

ISO = {iso: int(iso) for iso in _ISO.split()}
SHUTTER_FRACTIONS = {name: (int(name.partition("/")[0]), int(name.partition("/")[2])) for name in _SHUTTER.split()}
# In tenths of a millisecond, rounded down; and as numerator and denominator in one number.
EXPOSURE_TIMES = {name: 10000 * over // under for name, (over, under) in SHUTTER_FRACTIONS.items()}
SHUTTER_SPEEDS = {name: over << 16 | under for name, (over, under) in SHUTTER_FRACTIONS.items()}

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

CARD_AS_MEDIUM, MEMORY_AS_MEDIUM = 0, 1

# Why live view or a movie cannot start: bits after libgphoto2, config.c, _get_Nikon_LiveViewProhibitCondition and
# _get_Nikon_MovieProhibitCondition.
LIVE_VIEW_BATTERY, LIVE_VIEW_NO_CARD, LIVE_VIEW_SHOOTING, LIVE_VIEW_MODE = 1 << 8, 1 << 14, 1 << 15, 1 << 31
MOVIE_NO_CARD, MOVIE_CARD_FULL, MOVIE_RUNNING, MOVIE_NOT_IN_APPLICATION_MODE = 1, 1 << 3, 1 << 10, 1 << 14

LENSES = {
    "af-s-24-85mm": Lens(
        "af-s-24-85mm", "AF-S Nikkor 24-85mm f/3.5-4.5G ED VR", 180, 24.0, tuple(_F_NUMBERS.split()), 8.0, 2.0,
        autofocus=True,
    ),
}  # fmt: skip


def device_info(operations: tuple[int, ...]) -> DeviceInfo:
    """Return what the body says of itself, with the operations that it answers; its own properties it lists apart."""
    return DeviceInfo(
        vendor_extension_id=_NIKON,
        vendor_extension_version=100,
        operations=operations,
        events=(0x4002, 0x4003, 0x4004, 0x4005, 0x4006, 0x4008, 0x400C, 0x400D, 0xC101, 0xC102, 0xC105),
        properties=tuple(code for code in Code if code < 0xD000),
        capture_formats=(0x3801, 0x3000),
        image_formats=_FORMATS,
        manufacturer="Nikon Corporation",
        model="D750",
        version="V1.00f",
        serial_number="0" * 32,
    )


def remaining_shots(free_bytes: int) -> int:
    """Return how many large fine JPEGs the body says fit, 12.4 MB each (reference manual, memory card capacity).

    >>> remaining_shots(6_857_200_000)
    553
    """
    return min(0xFFFF, free_bytes // 12_400_000)


def f_number_code(f_number: str) -> int:
    """Return an f-number as the body has it, in hundredths.

    >>> f_number_code("5.6")
    560
    """
    return round(100 * float(f_number))


def properties(lens: Lens) -> tuple[DeviceProperty, ...]:
    """Return the body's properties as it is switched on, with `lens` on it and the dial at M."""
    f_numbers = {f"f/{name}": f_number_code(name) for name in lens.f_numbers}
    bias = tuple(round(third * 1000 / 3 - (0.4 if third > 0 else -0.4 if third < 0 else 0)) for third in range(-15, 16))
    focal_length = round(100 * lens.focal_length_mm)
    return (
        DeviceProperty(Code.BATTERY_LEVEL, "BATTERY_LEVEL", DataType.UINT8, 100, Span(0, 100)),
        _text(Code.IMAGE_SIZE, "6016x4016", STILL_SIZES_PX),
        _listed(Code.COMPRESSION_SETTING, DataType.UINT8, "JPEG Fine", QUALITY),
        _listed(Code.WHITE_BALANCE, DataType.UINT16, "Automatic", WHITE_BALANCE),
        _listed(Code.F_NUMBER, DataType.UINT16, f"f/{lens.f_number:g}", f_numbers),
        _ranged(Code.FOCAL_LENGTH, DataType.UINT32, focal_length, Span(2400, 8500), writable=False),
        _listed(Code.FOCUS_MODE, DataType.UINT16, "AF-A", FOCUS_MODES, writable=False),
        _listed(Code.EXPOSURE_METERING_MODE, DataType.UINT16, "Multi-spot", METERING),
        _listed(Code.EXPOSURE_TIME, DataType.UINT32, "1/125", EXPOSURE_TIMES),
        _listed(Code.EXPOSURE_PROGRAM_MODE, DataType.UINT16, "M", MODES, writable=False),
        _listed(Code.EXPOSURE_INDEX, DataType.UINT16, "800", ISO),
        DeviceProperty(
            Code.EXPOSURE_BIAS_COMPENSATION, "EXPOSURE_BIAS_COMPENSATION", DataType.INT16, 0, bias, writable=True
        ),
        _listed(Code.STILL_CAPTURE_MODE, DataType.UINT16, "Single shot", DRIVE, writable=False),
        _ranged(Code.COLOR_TEMPERATURE, DataType.UINT16, 5000, Span(2500, 10000, 10)),
        _ranged(Code.COLOR_SPACE, DataType.UINT8, 0, Span(0, 1)),
        _ranged(Code.FLICKER_REDUCTION, DataType.UINT8, 2, Span(0, 2)),
        _listed(Code.ISO_AUTO, DataType.UINT8, "Off", _ON_OFF, as_span=True),
        _ranged(Code.LONG_EXPOSURE_NOISE_REDUCTION, DataType.UINT8, 0, Span(0, 1)),
        _ranged(Code.FILE_NUMBER_SEQUENCE, DataType.UINT8, 1, Span(0, 2)),
        _free_text(Code.ARTIST_NAME),
        _free_text(Code.COPYRIGHT),
        _ranged(Code.MOVIE_SCREEN_SIZE, DataType.UINT8, 0, Span(0, 6)),
        _ranged(Code.MOVIE_VOICE, DataType.UINT8, 0, Span(0, 5)),
        _stated(Code.MOV_REC_PROHIBIT, DataType.UINT32, 0),
        _ranged(Code.MOVIE_QUALITY, DataType.UINT8, 0, Span(0, 1)),
        _stated(Code.LENS_ID, DataType.UINT16, lens.lens_id),
        _stated(Code.LENS_TYPE, DataType.UINT8, 39),
        _stated(Code.FOCAL_LENGTH_MIN, DataType.UINT32, 2400),
        _stated(Code.FOCAL_LENGTH_MAX, DataType.UINT32, 8500),
        _stated(Code.MAX_AP_AT_MIN_FOCAL_LENGTH, DataType.UINT16, 350),
        _stated(Code.MAX_AP_AT_MAX_FOCAL_LENGTH, DataType.UINT16, 450),
        _listed(Code.SHUTTER_SPEED, DataType.UINT32, "1/125", SHUTTER_SPEEDS),
        _ranged(Code.AC_POWER, DataType.UINT8, 0, Span(0, 1), writable=False),
        _stated(Code.WARNING_STATUS, DataType.UINT8, 0),
        _ranged(Code.RECORDING_MEDIA, DataType.UINT8, CARD_AS_MEDIUM, Span(0, 2)),
        _listed(Code.AUTOFOCUS_MODE, DataType.UINT8, "AF-A", AUTOFOCUS_MODES, as_span=True),
        _ranged(Code.ISO_AUTO_HIGH_LIMIT, DataType.UINT8, 24, Span(0, 29)),
        _ranged(Code.LIVE_VIEW_STATUS, DataType.UINT8, 0, Span(0, 1), writable=False),
        _stated(Code.LIVE_VIEW_PROHIBIT, DataType.UINT32, 0),
        _ranged(Code.APPLICATION_MODE, DataType.UINT8, 0, Span(0, 1)),
        _ranged(Code.REMAINING_SHOTS, DataType.UINT16, 553, Span(0, 0xFFFF), writable=False),
        _listed(Code.ACTIVE_PICTURE_CONTROL, DataType.UINT16, "Standard", PICTURE_CONTROLS),
    )


def _listed(
    code: Code, type_: DataType, label: str, labels: dict[str, int], *, writable: bool = True, as_span: bool = False
) -> DeviceProperty:
    values = tuple(labels.values())
    form = Span(min(values), max(values)) if as_span else values
    return DeviceProperty(code, code.name, type_, labels[label], form, tuple(labels.items()), writable)


def _ranged(code: Code, type_: DataType, value: int, span: Span, *, writable: bool = True) -> DeviceProperty:
    return DeviceProperty(code, code.name, type_, value, span, writable=writable)


def _stated(code: Code, type_: DataType, value: Value) -> DeviceProperty:
    return DeviceProperty(code, code.name, type_, value)


def _text(code: Code, value: str, choices: Iterable[str]) -> DeviceProperty:
    return DeviceProperty(code, code.name, DataType.TEXT, value, tuple(choices), writable=True)


def _free_text(code: Code) -> DeviceProperty:
    return DeviceProperty(code, code.name, DataType.TEXT, "", writable=True)
