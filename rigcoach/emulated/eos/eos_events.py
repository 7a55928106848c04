"""Canon EOS event records: what GetEvent (0x9116) answers with.

A record is its length (u32, itself included), its code (u32) and a body. Layouts after libgphoto2's reader,
``camlibs/ptp2/ptp-pack.c``, `ptp_unpack_EOS_events`.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum


class EosEvent(IntEnum):
    """Codes of event records, named as in libgphoto2's ``ptp.h``."""

    OBJECT_ADDED_EX = 0xC181
    OBJECT_REMOVED = 0xC182
    STORAGE_INFO_CHANGED = 0xC185
    REQUEST_OBJECT_TRANSFER = 0xC186
    PROP_VALUE_CHANGED = 0xC189
    AVAIL_LIST_CHANGED = 0xC18A
    CAMERA_STATUS_CHANGED = 0xC18B
    STORE_ADDED = 0xC192
    STORE_REMOVED = 0xC193
    RECORDING_TIME = 0xC195


# Without this closing record libgphoto2 drops the one before it.
_END = struct.pack("<II", 8, 0)

# The only kind of list that libgphoto2 reads.
_LIST_OF_VALUES = 3


def pack_records(records: Iterable[bytes]) -> bytes:
    """Return GetEvent's answer."""
    return b"".join(records) + _END


def tells_of_setting(record: bytes) -> bool:
    """Return whether a record tells how a setting stands, or what it can be given."""
    (code,) = struct.unpack_from("<I", record, 4)
    return code in (EosEvent.PROP_VALUE_CHANGED, EosEvent.AVAIL_LIST_CHANGED)


def prop_value_changed(code: int, value: bytes) -> bytes:
    """Return the record of a property's value; it must come before the record of its list."""
    return _record(EosEvent.PROP_VALUE_CHANGED, struct.pack("<I", code) + value)


def avail_list_changed(code: int, values: Iterable[bytes]) -> bytes:
    """Return the record of the values that a property can be given now."""
    choices = tuple(values)
    return _record(
        EosEvent.AVAIL_LIST_CHANGED, struct.pack("<III", code, _LIST_OF_VALUES, len(choices)) + b"".join(choices)
    )


def object_added(handle: int, storage_id: int, format_code: int, size_bytes: int, parent: int, name: str) -> bytes:
    """Return the record of a new file on the card."""
    numbers = (handle, storage_id, format_code, 0, 0, min(size_bytes, 0xFFFFFFFF), parent, 0)
    return _record(EosEvent.OBJECT_ADDED_EX, struct.pack("<8I", *numbers) + _text(name))


def request_object_transfer(handle: int, format_code: int, size_bytes: int, name: str) -> bytes:
    """Return the record of a file in the body's memory that the computer is to fetch."""
    return _record(
        EosEvent.REQUEST_OBJECT_TRANSFER, struct.pack("<5I", handle, format_code, 0, size_bytes, 0) + _text(name)
    )


def camera_status(*, busy: bool) -> bytes:
    """Return the record of a body that has begun to take a still, or is done."""
    return _record(EosEvent.CAMERA_STATUS_CHANGED, struct.pack("<I", busy))


def object_removed(handle: int) -> bytes:
    """Return the record of a file that went."""
    return _record(EosEvent.OBJECT_REMOVED, struct.pack("<I", handle))


def storage_info_changed(storage_id: int) -> bytes:
    """Return the record of a card whose free space changed."""
    return _record(EosEvent.STORAGE_INFO_CHANGED, struct.pack("<I", storage_id))


def store_added(storage_id: int) -> bytes:
    """Return the record of a card that was put in."""
    return _record(EosEvent.STORE_ADDED, struct.pack("<I", storage_id))


def store_removed(storage_id: int) -> bytes:
    """Return the record of a card that was taken out."""
    return _record(EosEvent.STORE_REMOVED, struct.pack("<I", storage_id))


def recording_time(seconds: int) -> bytes:
    """Return the record of how long the movie has been running."""
    return _record(EosEvent.RECORDING_TIME, struct.pack("<I", seconds))


def _record(code: EosEvent, body: bytes) -> bytes:
    return struct.pack("<II", 8 + len(body), code) + body


def _text(text: str) -> bytes:
    return text.encode("ascii", errors="replace") + b"\0"
