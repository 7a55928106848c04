"""PTP datasets (ISO 15740, clauses 5 and 13): little-endian, lists with a u32 count, strings with a u8 length."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_LONGEST_STRING = 254
_OBJECT_INFO = struct.Struct("<IHHIHIIIIIIIHII")
_JFIF, _THUMBNAIL_PX = 0x3808, (160, 120)


def pack_string(text: str) -> bytes:
    """Return a PTP string: number of UTF-16 units with the closing NUL, then the units.

    >>> pack_string("CF").hex()
    '03430046000000'
    >>> pack_string("").hex()
    '00'
    """
    if not text:
        return b"\0"
    units = text.encode("utf-16-le")[: _LONGEST_STRING * 2]
    return bytes([len(units) // 2 + 1]) + units + b"\0\0"


def unpack_string(data: bytes) -> str:
    """Read a PTP string.

    Raises
    ------
    ValueError
        On bytes that are shorter than they say.

    >>> unpack_string(pack_string("CF"))
    'CF'
    """
    if not data or len(data) < 1 + 2 * data[0]:
        raise ValueError("a text that is shorter than it says")
    return data[1 : 1 + 2 * data[0]].decode("utf-16-le", errors="replace").split("\0", 1)[0]


def pack_u16s(values: Iterable[int]) -> bytes:
    """Return a PTP array of u16."""
    numbers = tuple(values)
    return struct.pack(f"<I{len(numbers)}H", len(numbers), *numbers)


def pack_u32s(values: Iterable[int]) -> bytes:
    """Return a PTP array of u32.

    >>> pack_u32s([1]).hex()
    '0100000001000000'
    """
    numbers = tuple(values)
    return struct.pack(f"<I{len(numbers)}I", len(numbers), *numbers)


def pack_time(when: datetime) -> bytes:
    """Return a PTP time, such as ``20081122T120000``."""
    return pack_string(when.strftime("%Y%m%dT%H%M%S"))


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What a camera says of itself (ISO 15740, 5.5.1)."""

    vendor_extension_id: int
    vendor_extension_version: int
    operations: tuple[int, ...]
    events: tuple[int, ...]
    properties: tuple[int, ...]
    capture_formats: tuple[int, ...]
    image_formats: tuple[int, ...]
    manufacturer: str
    model: str
    version: str
    serial_number: str
    standard_version: int = 100

    def pack(self) -> bytes:
        """Return the dataset."""
        head = struct.pack("<HIH", self.standard_version, self.vendor_extension_id, self.vendor_extension_version)
        lists = (self.operations, self.events, self.properties, self.capture_formats, self.image_formats)
        texts = (self.manufacturer, self.model, self.version, self.serial_number)
        functional_mode = struct.pack("<H", 0)
        return b"".join(
            (head, pack_string(""), functional_mode, *(pack_u16s(codes) for codes in lists), *map(pack_string, texts))
        )


@dataclass(frozen=True, slots=True)
class StorageInfo:
    """A card (ISO 15740, 5.5.3): removable RAM, DCF file system, read and write."""

    capacity_bytes: int
    free_bytes: int
    description: str
    volume_label: str

    def pack(self) -> bytes:
        """Return the dataset; how many more pictures fit is left unsaid (all ones), as EOS bodies do."""
        numbers = struct.pack("<HHHQQI", 4, 3, 0, self.capacity_bytes, self.free_bytes, 0xFFFFFFFF)
        return numbers + pack_string(self.description) + pack_string(self.volume_label)


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """A file or folder (ISO 15740, 5.5.2)."""

    storage_id: int
    format: int
    size_bytes: int
    parent: int
    name: str
    taken: datetime | None
    is_folder: bool
    thumbnail_bytes: int = 0

    def pack(self) -> bytes:
        """Return the dataset."""
        association = 1 if self.is_folder else 0
        thumbnail = (_JFIF, self.thumbnail_bytes, *_THUMBNAIL_PX) if self.thumbnail_bytes else (0, 0, 0, 0)
        numbers = _OBJECT_INFO.pack(
            self.storage_id,
            self.format,
            0,  # not protected
            min(self.size_bytes, 0xFFFFFFFF),
            *thumbnail,
            *(0, 0, 0),  # picture: width, height, bits
            self.parent,
            association,
            *(0, 0),  # association description, sequence number
        )
        when = pack_string("") if self.taken is None else pack_time(self.taken)
        return numbers + pack_string(self.name) + when + when + pack_string("")

    @classmethod
    def unpack(cls, data: bytes) -> "ObjectInfo":
        """Read what a computer says of a file that it will send; times are left unread.

        Raises
        ------
        ValueError
            On bytes that are no such dataset.
        """
        if len(data) <= _OBJECT_INFO.size:
            raise ValueError("an object's information that is cut short")
        storage_id, code, _, size_bytes, *_, parent, association, _, _ = _OBJECT_INFO.unpack_from(data)
        name = unpack_string(data[_OBJECT_INFO.size :])
        return cls(storage_id, code, size_bytes, parent, name, None, bool(association))


def pack_text_property(code: int, value: str, *, writable: bool) -> bytes:
    """Return the description of a text property (ISO 15740, 13.3.3)."""
    text = pack_string(value)
    return struct.pack("<HHB", code, 0xFFFF, writable) + text + text + b"\0"


def pack_u32_property(code: int, value: int, *, writable: bool) -> bytes:
    """Return the description of a u32 property without a form (ISO 15740, 13.3.3)."""
    return struct.pack("<HHBIIB", code, 0x0006, writable, value, value, 0)
