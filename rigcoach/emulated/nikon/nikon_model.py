"""What every Nikon DSLR has in common: codes, modes, shutter speeds, reasons to refuse; and what one body is made of.

Codes after libgphoto2, ``camlibs/ptp2/ptp.h`` and ``config.c``.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from rigcoach.emulated.lens import EmulatedLens
from rigcoach.emulated.ptp.datasets import DeviceInfo
from rigcoach.emulated.ptp.ptp_properties import DeviceProperty
from rigcoach.emulated.shooting import StillKind

_NIKON = 0x0000000A
_FORMATS = (0x3801, 0x3000, 0x3001, 0x3008, 0x380D, 0x3006, 0x3002, 0x300D)
_FIRST_OF_MAKER = 0xD000


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
WRITABLE_IN_MODES: dict[int, tuple[str, ...]] = {
    Code.F_NUMBER: ("M", "A"),
    Code.EXPOSURE_TIME: ("M", "S"),
    Code.SHUTTER_SPEED: ("M", "S"),
    Code.EXPOSURE_INDEX: ("M", "P", "A", "S"),
    Code.EXPOSURE_BIAS_COMPENSATION: ("M", "P", "A", "S"),
}

# libgphoto2 packs a value by the type in its own table, which for these is narrower than that of many bodies
# (camlibs/ptp2/config.c, _set_config): focusmetering, the white biases and others arrive without their upper bytes.
SENT_SHORT = frozenset(
    (0x501C, *range(0xD017, 0xD01E), 0xD05D, 0xD070, 0xD074, 0xD075, 0xD0A0, 0xD0C2, 0xD0C5, 0xD0C6, 0xD0C7, 0xD0F7)
) | frozenset((0xD130, 0xD132, 0xD14E, 0xD164, 0xD183, 0xD236))

_SHUTTER = (
    "1/4000 1/3200 1/2500 1/2000 1/1600 1/1250 1/1000 1/800 1/640 1/500 1/400 1/320 1/250 1/200 1/160 1/125 1/100 1/80"
    " 1/60 1/50 1/40 1/30 1/25 1/20 1/15 1/13 1/10 1/8 1/6 1/5 1/4 1/3 10/25 1/2 10/16 10/13 1/1 13/10 16/10 2/1 25/10"
    " 3/1 4/1 5/1 6/1 8/1 10/1 13/1 15/1 20/1 25/1 30/1"
)
SHUTTER_FRACTIONS = {name: (int(name.partition("/")[0]), int(name.partition("/")[2])) for name in _SHUTTER.split()}
# In tenths of a millisecond, rounded down; and as numerator and denominator in one number.
EXPOSURE_TIMES = {name: 10000 * over // under for name, (over, under) in SHUTTER_FRACTIONS.items()}
SHUTTER_SPEEDS = {name: over << 16 | under for name, (over, under) in SHUTTER_FRACTIONS.items()}

# The exposure time that is none: for as long as the release is held.
BULB = 0xFFFFFFFF

CARD_AS_MEDIUM, MEMORY_AS_MEDIUM = 0, 1

# Why live view or a movie cannot start: bits after libgphoto2, config.c, _get_Nikon_LiveViewProhibitCondition and
# _get_Nikon_MovieProhibitCondition.
LIVE_VIEW_BATTERY, LIVE_VIEW_NO_CARD, LIVE_VIEW_SHOOTING, LIVE_VIEW_MODE = 1 << 8, 1 << 14, 1 << 15, 1 << 31
MOVIE_NO_CARD, MOVIE_CARD_FULL, MOVIE_RUNNING, MOVIE_NOT_IN_APPLICATION_MODE = 1, 1 << 3, 1 << 10, 1 << 14


@dataclass(frozen=True, slots=True)
class NikonModel:
    """One body as it is switched on, with a lens on it.

    Attributes
    ----------
    name, manufacturer, version, serial_number
        What it says of itself.
    properties
        Its settings and states.
    writable_in_modes
        The modes in which a property can be written; one that isn't named here is as it says itself.
    qualities
        What a photographer calls each compression, by its code: a name with NEF in it is or holds a raw.
    lens
        What is on it.
    """

    name: str
    manufacturer: str
    version: str
    serial_number: str
    properties: tuple[DeviceProperty, ...]
    writable_in_modes: dict[int, tuple[str, ...]]
    qualities: dict[int, str]
    lens: EmulatedLens

    def device_info(self, operations: tuple[int, ...]) -> DeviceInfo:
        """Return what the body says of itself, with the operations that it answers; the maker's properties apart."""
        return DeviceInfo(
            vendor_extension_id=_NIKON,
            vendor_extension_version=100,
            operations=operations,
            events=(0x4002, 0x4003, 0x4004, 0x4005, 0x4006, 0x4008, 0x400C, 0x400D, 0xC101, 0xC102, 0xC105),
            properties=tuple(each.code for each in self.properties if each.code < _FIRST_OF_MAKER),
            capture_formats=(0x3801, 0x3000),
            image_formats=_FORMATS,
            manufacturer=self.manufacturer,
            model=self.name,
            version=self.version,
            serial_number=self.serial_number,
        )

    def still_kind(self, compression: object, size_px: tuple[int, int]) -> StillKind | None:
        """Return what a picture is written as; None for a compression that isn't known, or none of those two."""
        name = self.qualities.get(compression, "") if isinstance(compression, int) else ""
        raw = re.search("NEF|RAW", name, re.IGNORECASE) is not None
        jpeg = re.search("JPEG|Basic|Normal|Fine", name, re.IGNORECASE) is not None
        return StillKind(size_px if jpeg else None, size_px if raw else None) if raw or jpeg else None

    def makers_codes(self) -> tuple[int, ...]:
        """Return the codes of the properties that only Nikon has."""
        return tuple(each.code for each in self.properties if each.code >= _FIRST_OF_MAKER)


def remaining_shots(free_bytes: int) -> int:
    """Return how many large fine JPEGs the body says fit, 12.4 MB each (reference manual, memory card capacity).

    >>> remaining_shots(6_857_200_000)
    553
    """
    return min(0xFFFF, free_bytes // 12_400_000)
