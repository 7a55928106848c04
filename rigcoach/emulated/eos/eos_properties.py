"""Canon EOS device properties: what one is, and how its value goes over the wire.

Value types per property after libgphoto2's reader, ``camlibs/ptp2/ptp-pack.c``. Whatever the type, a number takes four
bytes; text is ASCII with a closing NUL.
"""

import struct
from dataclasses import dataclass
from enum import Enum, IntEnum

from rigcoach.emulated.eos.custom_functions import FunctionGroups, groups_in, unpack_group
from rigcoach.emulated.ptp.body_property import BodyProperty


class PropertyCode(IntEnum):
    """EOS properties, named as in libgphoto2's ``ptp.h``."""

    APERTURE = 0xD101
    SHUTTER_SPEED = 0xD102
    ISO_SPEED = 0xD103
    EXP_COMPENSATION = 0xD104
    AUTO_EXPOSURE_MODE = 0xD105
    DRIVE_MODE = 0xD106
    METERING_MODE = 0xD107
    FOCUS_MODE = 0xD108
    WHITE_BALANCE = 0xD109
    COLOR_TEMPERATURE = 0xD10A
    WHITE_BALANCE_ADJUST_A = 0xD10B
    WHITE_BALANCE_ADJUST_B = 0xD10C
    COLOR_SPACE = 0xD10F
    PICTURE_STYLE = 0xD110
    BATTERY_POWER = 0xD111
    CAMERA_TIME = 0xD113
    WHITE_BALANCE_XA = 0xD10D
    WHITE_BALANCE_XB = 0xD10E
    AUTO_POWER_OFF = 0xD114
    OWNER = 0xD115
    MODEL_ID = 0xD116
    PTP_EXTENSION_VERSION = 0xD119
    DPOF_VERSION = 0xD11A
    AVAILABLE_SHOTS = 0xD11B
    CAPTURE_DESTINATION = 0xD11C
    BRACKET_MODE = 0xD11D
    CURRENT_STORAGE = 0xD11E
    CURRENT_FOLDER = 0xD11F
    IMAGE_FORMAT = 0xD120
    IMAGE_FORMAT_CF = 0xD121
    IMAGE_FORMAT_SD = 0xD122
    IMAGE_FORMAT_EXT_HD = 0xD123
    CAMERA_NICKNAME = 0xD125
    AE_MODE_DIAL = 0xD138
    MIRROR_UP_SETTING = 0xD13A
    PICTURE_STYLE_STANDARD = 0xD150
    PICTURE_STYLE_PORTRAIT = 0xD151
    PICTURE_STYLE_LANDSCAPE = 0xD152
    PICTURE_STYLE_NEUTRAL = 0xD153
    PICTURE_STYLE_FAITHFUL = 0xD154
    PICTURE_STYLE_MONOCHROME = 0xD155
    PICTURE_STYLE_USER_SET_1 = 0xD160
    PICTURE_STYLE_USER_SET_2 = 0xD161
    PICTURE_STYLE_USER_SET_3 = 0xD162
    PICTURE_STYLE_PARAM_1 = 0xD170
    PICTURE_STYLE_PARAM_2 = 0xD171
    PICTURE_STYLE_PARAM_3 = 0xD172
    FLAVOR_LUT_PARAMS = 0xD17F
    CUSTOM_FUNC_EX = 0xD1A0
    MY_MENU = 0xD1A1
    MY_MENU_LIST = 0xD1A2
    WFT_STATUS = 0xD1A3
    WFT_INPUT_TRANSMISSION = 0xD1A4
    AF_SELECT_FOCUS_AREA = 0xD13C
    POWER_ZOOM_SPEED = 0xD149
    HIGH_ISO_NOISE_REDUCTION = 0xD178
    MOVIE_SERVO_AF = 0xD179
    MULTI_ASPECT = 0xD194
    LENS_STATUS = 0xD1A8
    QUICK_REVIEW_TIME = 0xD1A9
    SHUTTER_COUNTER = 0xD1AC
    SERIAL_NUMBER = 0xD1AF
    EVF_OUTPUT_DEVICE = 0xD1B0
    EVF_MODE = 0xD1B1
    DEPTH_OF_FIELD_PREVIEW = 0xD1B2
    EVF_RECORD_STATUS = 0xD1B8
    LV_AF_SYSTEM = 0xD1BA
    MIRROR_DOWN_STATUS = 0xD1BD
    MIRROR_LOCKUP_STATE = 0xD1BF
    FLASH_CHARGING_STATE = 0xD1C0
    ALO_MODE = 0xD1C1
    FIXED_MOVIE = 0xD1C2
    ONE_SHOT_RAW_ON = 0xD1C3
    CONTINUOUS_AF_MODE = 0xD1C9
    ARTIST = 0xD1D0
    COPYRIGHT = 0xD1D1
    LENS_NAME = 0xD1D8
    AEB = 0xD1D9
    STROBO_FIRING = 0xD1DC
    LENS_ID = 0xD1DD


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that a picture is written as: raw or JPEG, its size and its compression, as EOS codes them."""

    raw: bool
    size: int
    compression: int

    def words(self) -> tuple[int, int, int, int]:
        """Return the four u32 of the kind, their length first."""
        return (0x10, 6 if self.raw else 1, self.size, self.compression)


# What a picture is written as: one kind of file, or a raw and a JPEG.
ImageFormat = tuple[FileKind, ...]

Value = int | str | bytes | ImageFormat | FunctionGroups


# A real EOS 60D sends names so (libgphoto2, camlibs/ptp2/cameras/canon-eos-60d.debug.log).
_FIELD_BYTES = 64


class ValueType(Enum):
    """How a property's value goes over the wire."""

    UINT8 = "<B3x"
    UINT16 = "<H2x"
    UINT32 = "<I"
    INT32 = "<i"
    TEXT = "text"
    FIELD = "text in a field of 64 bytes"
    BYTES = "bytes"
    IMAGE_FORMAT = "image format"
    CUSTOM_FUNCTIONS = "custom functions"

    def pack(self, value: Value) -> bytes:
        """Return the value's bytes; custom functions go group by group, `Property.packed_values`."""
        match value:
            case bytes():
                return value
            case str():
                text = value.encode("ascii", errors="replace")
                return text[: _FIELD_BYTES - 1].ljust(_FIELD_BYTES, b"\0") if self is ValueType.FIELD else text + b"\0"
            case int():
                return struct.pack(self.value, value)
        if groups := groups_in(value):
            return b"".join(each.pack() for each in groups)
        words = [word for kind in value if isinstance(kind, FileKind) for word in kind.words()]
        return struct.pack(f"<{1 + len(words)}I", len(value), *words)

    def holds(self, number: int) -> bool:
        """Return whether a number is of this type."""
        return self in _NUMBERS and number in _NUMBERS[self]

    def unpack(self, data: bytes) -> Value:
        """Read a value.

        Raises
        ------
        ValueError
            On bytes that are no value of this type.
        """
        if self in (ValueType.TEXT, ValueType.FIELD):
            return data.split(b"\0", 1)[0].decode("ascii", errors="replace")
        if self is ValueType.BYTES:
            return data
        if self is ValueType.IMAGE_FORMAT:
            return _unpack_image_format(data)
        if self is ValueType.CUSTOM_FUNCTIONS:
            return (unpack_group(data),)
        try:
            number: int = struct.unpack_from(self.value, data)[0]
        except struct.error as error:
            raise ValueError(str(error)) from error
        return number


_NUMBERS = {
    ValueType.UINT8: range(1 << 8),
    ValueType.UINT16: range(1 << 16),
    ValueType.UINT32: range(1 << 32),
    ValueType.INT32: range(-(1 << 31), 1 << 31),
}


def _unpack_image_format(data: bytes) -> ImageFormat:
    if len(data) % 4:
        raise ValueError("an image format is made of whole u32")
    count, *words = struct.unpack(f"<{len(data) // 4}I", data)
    if count not in (1, 2) or len(words) != 4 * count:
        raise ValueError("an image format is one or two kinds of file")
    kinds = (words[start : start + 4] for start in range(0, len(words), 4))
    return tuple(FileKind(raw=kind == 6, size=size, compression=how) for _, kind, size, how in kinds)


@dataclass(frozen=True, slots=True)
class Property(BodyProperty[Value]):
    """One setting or state of an EOS body."""

    code: PropertyCode
    type: ValueType

    def packed_values(self) -> tuple[bytes, ...]:
        """Return the value's bytes, of custom functions those of each group: every one is told in its own record."""
        groups = tuple(each.pack() for each in groups_in(self.value))
        return groups or (self.packed_value(),)

    def packed_choices(self) -> tuple[bytes, ...]:
        """Return each listed value's bytes."""
        return tuple(self.type.pack(choice) for choice in self.choices or ())


def chosen(
    code: PropertyCode, type_: ValueType, label: str, labels: dict[str, int], *, writable: bool = True
) -> Property:
    """Return a property that lists all of `labels` and stands at `label`."""
    choices = tuple(labels.values())
    return Property(code, type_, labels[label], choices, tuple(labels.items()), writable)


def stated(code: PropertyCode, type_: ValueType, value: Value, *, writable: bool = False) -> Property:
    """Return a property without a list; read-only unless said otherwise."""
    return Property(code, type_, value, writable=writable)
