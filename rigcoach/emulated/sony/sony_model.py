"""What Sony's bodies have in common: operations, properties, events.

Codes after libgphoto2, ``camlibs/ptp2/ptp.h``.
"""

from enum import IntEnum

EXTENSION_ID = 0x11

# Versions of Sony's extension in hundredths: 3.00 sets every value directly, 2.00 steps from one to the next.
STEPPING, DIRECT = 200, 300

OBJECT_ADDED, PROPERTY_CHANGED = 0xC201, 0xC203

# A computer finds what was shot, and the picture of live view, under these handles.
SHOT_HANDLE, LIVE_VIEW_HANDLE = 0xFFFF_C001, 0xFFFF_C002
SHOT_IS_READY = 0x8000

RELEASED, PRESSED = 1, 2

AUTO_ISO = 0x00FF_FFFF


class SonyOperation(IntEnum):
    """Sony's own operations."""

    CONNECT = 0x9201
    GET_EXT_DEVICE_INFO = 0x9202
    SET_EXT_DEVICE_PROP_VALUE = 0x9205
    CONTROL_DEVICE = 0x9207
    GET_ALL_EXT_DEVICE_PROP_INFO = 0x9209


class Code(IntEnum):
    """Properties."""

    COMPRESSION = 0x5004
    F_NUMBER = 0x5007
    FOCUS_MODE = 0x500A
    EXPOSURE_COMPENSATION = 0x5010
    SHUTTER_SPEED = 0xD20D
    FOCUS_FOUND = 0xD213
    SHOTS_IN_MEMORY = 0xD215
    BATTERY_LEVEL = 0xD218
    MOVIE_STATE = 0xD21D
    ISO = 0xD21E
    SAVE_TO = 0xD222
    COMPENSATION_DIRECT = 0xD224
    ISO_DIRECT = 0xD226
    SHUTTER_SPEED_DIRECT = 0xD229
    HALF_PRESS = 0xD2C1
    PRESS = 0xD2C2
    ONE_SHOT = 0xD2C7
    MOVIE_BUTTON = 0xD2C8


# One setting under two names: the older one is stepped, the newer one set.
TWINS = {
    Code.SHUTTER_SPEED: Code.SHUTTER_SPEED_DIRECT,
    Code.ISO: Code.ISO_DIRECT,
    Code.EXPOSURE_COMPENSATION: Code.COMPENSATION_DIRECT,
}
BUTTONS = frozenset(code for code in Code if 0xD2C1 <= code < 0xD300)

# How a computer that holds the shutter finds out that the focus is there (libgphoto2, library.c).
FOCUS_IS_FOUND = 2
TO_CARD_ALONE = 0x10
