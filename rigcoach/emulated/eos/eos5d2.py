"""The Canon EOS 5D Mark II as data: what it says of itself, and every property it has.

Identity and codes after the listing that a real body gave libgphoto2, ``camlibs/ptp2/cameras/canon-eos5dmark2.txt``,
and its tables of values, ``camlibs/ptp2/config.c``; ranges after the specifications in Canon's instruction manual
of the EOS 5D Mark II.
"""

import struct

from rigcoach.emulated.eos.custom_functions import MIRROR_LOCKUP, CustomFunction, FunctionGroup
from rigcoach.emulated.eos.eos_model import (
    BATTERY,
    DESTINATION_CARD,
    DESTINATION_COMPUTER,
    EVF_OFF,
    EVF_ON_BODY,
    EVF_ON_COMPUTER,
    EXPOSURE_MODES,
    RECORD_STOP,
    RECORD_TO_CARD,
    EosModel,
)
from rigcoach.emulated.eos.eos_properties import (
    FileKind,
    ImageFormat,
    Property,
    PropertyCode,
    ValueType,
    chosen,
    stated,
)
from rigcoach.emulated.lens import EmulatedLens

MODEL = "Canon EOS 5D Mark II"
FIRMWARE = "3-2.1.2"
SERIAL_NUMBER = "0000000000"
MODEL_ID = 0x80000218


ISO = {
    "Auto": 0x00,
    "50": 0x40,
    "100": 0x48,
    "125": 0x4B,
    "160": 0x4D,
    "200": 0x50,
    "250": 0x53,
    "320": 0x55,
    "400": 0x58,
    "500": 0x5B,
    "640": 0x5D,
    "800": 0x60,
    "1000": 0x63,
    "1250": 0x65,
    "1600": 0x68,
    "2000": 0x6B,
    "2500": 0x6D,
    "3200": 0x70,
    "4000": 0x73,
    "5000": 0x75,
    "6400": 0x78,
    "12800": 0x80,
    "25600": 0x88,
}


def _third_stops(first_code: int, names: str) -> dict[str, int]:
    """Name the codes from `first_code` on, a third of a stop apart: eighths 0, 3 and 5 of each stop."""
    thirds = [code for code in range(first_code, 0x100) if code % 8 in (0, 3, 5)]
    return dict(zip(names.split(), thirds, strict=False))


SHUTTER = _third_stops(
    0x10,
    "30 25 20 15 13 10 8 6 5 4 3.2 2.5 2 1.6 1.3 1 0.8 0.6 0.5 0.4 0.3 1/4 1/5 1/6 1/8 1/10 1/13 1/15 1/20 1/25 1/30"
    " 1/40 1/50 1/60 1/80 1/100 1/125 1/160 1/200 1/250 1/320 1/400 1/500 1/640 1/800 1/1000 1/1250 1/1600 1/2000"
    " 1/2500 1/3200 1/4000 1/5000 1/6400 1/8000",
)

APERTURE = _third_stops(
    0x08, "1 1.1 1.2 1.4 1.6 1.8 2 2.2 2.5 2.8 3.2 3.5 4 4.5 5 5.6 6.3 7.1 8 9 10 11 13 14 16 18 20 22 25 29 32"
)

# Thirds of a stop from -2 to +2, as a signed byte of eighths.
EXPOSURE_COMPENSATION = {
    "-2": 0xF0,
    "-1 2/3": 0xF3,
    "-1 1/3": 0xF5,
    "-1": 0xF8,
    "-2/3": 0xFB,
    "-1/3": 0xFD,
    "0": 0x00,
    "+1/3": 0x03,
    "+2/3": 0x05,
    "+1": 0x08,
    "+1 1/3": 0x0B,
    "+1 2/3": 0x0D,
    "+2": 0x10,
}

WHITE_BALANCE = {
    "Auto": 0,
    "Daylight": 1,
    "Shade": 8,
    "Cloudy": 2,
    "Tungsten": 3,
    "Fluorescent": 4,
    "Flash": 5,
    "Custom": 6,
    "Color temperature": 9,
}

PICTURE_STYLES = {
    "Standard": 0x81,
    "Portrait": 0x82,
    "Landscape": 0x83,
    "Neutral": 0x84,
    "Faithful": 0x85,
    "Monochrome": 0x86,
    "User defined 1": 0x21,
    "User defined 2": 0x22,
    "User defined 3": 0x23,
}

METERING = {"Evaluative": 3, "Partial": 4, "Spot": 1, "Center-weighted average": 5}
DRIVE = {"Single": 0x00, "Continuous": 0x01, "Self-timer 10 s": 0x10, "Self-timer 2 s": 0x11}
FOCUS_MODES = {"One shot": 0, "AI servo": 1, "AI focus": 2, "Manual": 3}
REVIEW_TIME = {"Off": 0x00, "2 s": 0x02, "4 s": 0x04, "8 s": 0x08, "Hold": 0xFF}
COLOR_SPACE = {"sRGB": 1, "Adobe RGB": 2}
BRACKETING = {
    "Off": 0x00,
    "1/3": 0x03,
    "2/3": 0x05,
    "1": 0x08,
    "1 1/3": 0x0B,
    "1 2/3": 0x0D,
    "2": 0x10,
}

EVF_OUTPUT = {"Off": EVF_OFF, "Body": EVF_ON_BODY, "Computer": EVF_ON_COMPUTER, "Body and computer": 3}

RECORD_STATUS = {"Stopped": RECORD_STOP, "To card": RECORD_TO_CARD}

_KELVIN = range(2500, 10001, 100)
_AUTO_POWER_OFF_S = (60, 120, 240, 480, 900, 1800, 0)
_ADJUST = range(-9, 10)

# A body in Av lists no shutter speeds: each mode lists only what it leaves to the photographer.
LISTED_IN_MODES: dict[int, tuple[str, ...]] = {
    PropertyCode.SHUTTER_SPEED: ("M", "Tv"),
    PropertyCode.APERTURE: ("M", "Av", "Bulb"),
    PropertyCode.EXP_COMPENSATION: ("P", "Tv", "Av"),
}

_JPEGS = tuple(FileKind(raw=False, size=size, compression=fine) for size in (0, 1, 2) for fine in (3, 2))
_RAWS = tuple(FileKind(raw=True, size=size, compression=4) for size in (0, 1, 2))

# JPEG large, medium, small, each fine or normal; raw, sRAW1, sRAW2; and each raw with each JPEG.
IMAGE_FORMATS: tuple[ImageFormat, ...] = (
    *((jpeg,) for jpeg in _JPEGS),
    *((raw, jpeg) for raw in _RAWS for jpeg in _JPEGS),
    *((raw,) for raw in _RAWS),
)


# As a real body told them (libgphoto2, camlibs/ptp2/canon-eos-customfunc.txt), with all at what they are when new.
CUSTOM_FUNCTIONS = tuple(
    FunctionGroup(number, tuple(CustomFunction(each, (0, 0xFF, 0, 0xFF, 0) if each == 0x507 else (0,)) for each in ids))
    for number, ids in (
        (1, (0x101, 0x102, 0x103, 0x104, 0x105, 0x108, 0x10F)),
        (2, (0x201, 0x202, 0x203, 0x204, 0x205)),
        (3, (0x505, 0x506, 0x50F, 0x510, 0x50E, MIRROR_LOCKUP, 0x508, 0x507)),
        (4, (0x701, 0x702, 0x704, 0x706, 0x80B, 0x80F, 0x70B)),
    )
)

# The sharpness that each style comes with (instruction manual, picture styles).
PICTURE_STYLE_SHARPNESS = {
    PropertyCode.PICTURE_STYLE_STANDARD: 3,
    PropertyCode.PICTURE_STYLE_PORTRAIT: 2,
    PropertyCode.PICTURE_STYLE_LANDSCAPE: 4,
    PropertyCode.PICTURE_STYLE_NEUTRAL: 0,
    PropertyCode.PICTURE_STYLE_FAITHFUL: 0,
    PropertyCode.PICTURE_STYLE_MONOCHROME: 3,
}
_USER_STYLES = (
    PropertyCode.PICTURE_STYLE_USER_SET_1,
    PropertyCode.PICTURE_STYLE_USER_SET_2,
    PropertyCode.PICTURE_STYLE_USER_SET_3,
)
_STYLE_PARAMS = (
    PropertyCode.PICTURE_STYLE_PARAM_1,
    PropertyCode.PICTURE_STYLE_PARAM_2,
    PropertyCode.PICTURE_STYLE_PARAM_3,
)

# Pixels of a JPEG and of a raw by the size's code (instruction manual, image-recording quality).
JPEG_SIZES_PX = {0: (5616, 3744), 1: (4080, 2720), 2: (2784, 1856)}
RAW_SIZES_PX = {0: (5616, 3744), 1: (3861, 2574), 2: (2784, 1856)}

LENSES = {
    lens.id: lens
    for lens in (
        EmulatedLens("adapted", "", 0, 28.0, (), 8.0, 2.0, autofocus=False),
        EmulatedLens(
            "ef-50mm",
            "EF50mm f/1.8 II",
            0x01,
            50.0,
            tuple(name for name in APERTURE if 1.8 <= float(name) <= 22),
            8.0,
            3.5,
            autofocus=True,
            nearest_m=0.45,
        ),
    )
}


def model(lens: EmulatedLens) -> EosModel:
    """Return the body with a lens on it."""
    return EosModel(
        name=MODEL,
        manufacturer="Canon Inc.",
        version=FIRMWARE,
        serial_number=SERIAL_NUMBER,
        properties=properties(lens),
        listed_in_modes=LISTED_IN_MODES,
        one_setting=(PropertyCode.IMAGE_FORMAT, PropertyCode.IMAGE_FORMAT_CF),
        lens=lens,
        jpeg_sizes_px=JPEG_SIZES_PX,
        raw_sizes_px=RAW_SIZES_PX,
    )


def properties(lens: EmulatedLens) -> tuple[Property, ...]:
    """Return the body's properties as it is switched on, with `lens` on it and the dial at M."""
    code, kind = PropertyCode, ValueType
    return (
        chosen(code.AUTO_EXPOSURE_MODE, kind.UINT16, "M", EXPOSURE_MODES),
        *_lens_properties(lens),
        chosen(code.SHUTTER_SPEED, kind.UINT16, "1/125", SHUTTER),
        chosen(code.ISO_SPEED, kind.UINT16, "800", ISO),
        chosen(code.EXP_COMPENSATION, kind.UINT8, "0", EXPOSURE_COMPENSATION),
        chosen(code.DRIVE_MODE, kind.UINT16, "Single", DRIVE),
        chosen(code.METERING_MODE, kind.UINT8, "Evaluative", METERING),
        chosen(code.WHITE_BALANCE, kind.UINT8, "Auto", WHITE_BALANCE),
        Property(code.COLOR_TEMPERATURE, kind.UINT32, 5200, tuple(_KELVIN), writable=True),
        Property(code.WHITE_BALANCE_ADJUST_A, kind.INT32, 0, tuple(_ADJUST), writable=True),
        Property(code.WHITE_BALANCE_ADJUST_B, kind.INT32, 0, tuple(_ADJUST), writable=True),
        chosen(code.COLOR_SPACE, kind.UINT16, "sRGB", COLOR_SPACE),
        chosen(code.PICTURE_STYLE, kind.UINT8, "Standard", PICTURE_STYLES),
        chosen(code.AEB, kind.UINT16, "Off", BRACKETING),
        stated(code.BRACKET_MODE, kind.UINT16, 0),
        Property(code.IMAGE_FORMAT, kind.IMAGE_FORMAT, IMAGE_FORMATS[0], IMAGE_FORMATS, writable=True),
        Property(code.IMAGE_FORMAT_CF, kind.IMAGE_FORMAT, IMAGE_FORMATS[0], IMAGE_FORMATS, writable=True),
        chosen(code.QUICK_REVIEW_TIME, kind.UINT16, "2 s", REVIEW_TIME),
        Property(code.AUTO_POWER_OFF, kind.INT32, 60, _AUTO_POWER_OFF_S, writable=True),
        chosen(code.EVF_OUTPUT_DEVICE, kind.UINT32, "Off", EVF_OUTPUT),
        Property(code.EVF_MODE, kind.UINT16, 1, (0, 1), writable=True),
        chosen(code.EVF_RECORD_STATUS, kind.UINT16, "Stopped", RECORD_STATUS),
        Property(
            code.CAPTURE_DESTINATION,
            kind.UINT32,
            DESTINATION_CARD,
            (DESTINATION_CARD, DESTINATION_COMPUTER),
            writable=True,
        ),
        stated(code.CAMERA_TIME, kind.UINT32, 0, writable=True),
        stated(code.OWNER, kind.TEXT, "", writable=True),
        stated(code.ARTIST, kind.FIELD, "", writable=True),
        stated(code.COPYRIGHT, kind.FIELD, "", writable=True),
        stated(code.SERIAL_NUMBER, kind.TEXT, SERIAL_NUMBER),
        stated(code.MODEL_ID, kind.UINT32, MODEL_ID),
        stated(code.PTP_EXTENSION_VERSION, kind.UINT16, 0x0100),
        Property(code.BATTERY_POWER, kind.UINT16, BATTERY["100 %"], None, tuple(BATTERY.items())),
        stated(code.SHUTTER_COUNTER, kind.UINT32, 18204),
        stated(code.AVAILABLE_SHOTS, kind.UINT32, 999),
        stated(code.CURRENT_STORAGE, kind.UINT32, 0x00010001),
        stated(code.CURRENT_FOLDER, kind.UINT32, 0),
        Property(code.CUSTOM_FUNC_EX, kind.CUSTOM_FUNCTIONS, CUSTOM_FUNCTIONS, writable=True),
        *(
            Property(style, kind.BYTES, _style(sharpness), writable=True)
            for style, sharpness in PICTURE_STYLE_SHARPNESS.items()
        ),
        *(Property(user, kind.BYTES, _style(3, based_on=0x81), writable=True) for user in _USER_STYLES),
        *(stated(param, kind.BYTES, b"") for param in _STYLE_PARAMS),
        stated(code.FLAVOR_LUT_PARAMS, kind.BYTES, b""),
        stated(code.MY_MENU, kind.BYTES, struct.pack("<6I", 24, 0, 0, 0, 0, 0)),
        stated(code.MY_MENU_LIST, kind.BYTES, b""),
        stated(code.WFT_STATUS, kind.UINT32, 0),
        stated(code.WFT_INPUT_TRANSMISSION, kind.UINT32, 0),
    )


def _style(sharpness: int, *, based_on: int | None = None) -> bytes:
    """Return a picture style's settings: size, contrast, sharpness, saturation, tone, filter, toning; its base."""
    words = [0, 0, sharpness, 0, 0, 0, 0, *([] if based_on is None else [based_on])]
    return struct.pack(f"<{len(words)}I", 4 * len(words), *words[1:])


def _lens_properties(lens: EmulatedLens) -> tuple[Property, ...]:
    code, kind = PropertyCode, ValueType
    if lens.f_numbers:
        f_numbers = {name: APERTURE[name] for name in lens.f_numbers}
        aperture = chosen(code.APERTURE, kind.UINT16, f"{lens.f_number:g}", f_numbers)
    else:
        # A lens without contacts: the one value there is says that the body doesn't know.
        aperture = Property(code.APERTURE, kind.UINT16, 0, (0,), writable=True)
    modes = {name: value for name, value in FOCUS_MODES.items() if (name != "Manual") == lens.autofocus}
    return (
        aperture,
        chosen(code.FOCUS_MODE, kind.UINT32, next(iter(modes)), modes),
        stated(code.LENS_NAME, kind.FIELD, lens.name),
        stated(code.LENS_ID, kind.UINT32, lens.lens_id),
        stated(code.LENS_STATUS, kind.UINT32, 1 if lens.name else 0),
    )
