"""PTP as a camera sees it: the operations asked of it and its answers (ISO 15740).

Codes above 0x9000 are the makers' own, as named in libgphoto2, ``camlibs/ptp2/ptp.h``.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum


class OperationCode(IntEnum):
    """What a computer asks a camera to do."""

    GET_DEVICE_INFO = 0x1001
    OPEN_SESSION = 0x1002
    CLOSE_SESSION = 0x1003
    GET_STORAGE_IDS = 0x1004
    GET_STORAGE_INFO = 0x1005
    GET_NUM_OBJECTS = 0x1006
    GET_OBJECT_HANDLES = 0x1007
    GET_OBJECT_INFO = 0x1008
    GET_OBJECT = 0x1009
    GET_THUMB = 0x100A
    DELETE_OBJECT = 0x100B
    SEND_OBJECT_INFO = 0x100C
    SEND_OBJECT = 0x100D
    INITIATE_CAPTURE = 0x100E
    FORMAT_STORE = 0x100F
    GET_DEVICE_PROP_DESC = 0x1014
    GET_DEVICE_PROP_VALUE = 0x1015
    SET_DEVICE_PROP_VALUE = 0x1016
    TERMINATE_OPEN_CAPTURE = 0x1018
    GET_PARTIAL_OBJECT = 0x101B
    INITIATE_OPEN_CAPTURE = 0x101C
    NIKON_CAPTURE_TO_MEMORY = 0x90C0
    NIKON_AF_DRIVE = 0x90C1
    NIKON_CHANGE_CAMERA_MODE = 0x90C2
    NIKON_DELETE_FROM_MEMORY = 0x90C3
    NIKON_GET_EVENT = 0x90C7
    NIKON_DEVICE_READY = 0x90C8
    NIKON_GET_VENDOR_PROP_CODES = 0x90CA
    NIKON_GET_LARGE_THUMB = 0x90C4
    NIKON_AF_CAPTURE_TO_MEMORY = 0x90CB
    NIKON_START_LIVE_VIEW = 0x9201
    NIKON_END_LIVE_VIEW = 0x9202
    NIKON_GET_LIVE_VIEW_IMAGE = 0x9203
    NIKON_MF_DRIVE = 0x9204
    NIKON_CAPTURE = 0x9207
    NIKON_START_MOVIE = 0x920A
    NIKON_END_MOVIE = 0x920B
    NIKON_TERMINATE_CAPTURE = 0x920C
    EOS_GET_STORAGE_IDS = 0x9101
    EOS_GET_STORAGE_INFO = 0x9102
    EOS_GET_OBJECT_INFO = 0x9103
    EOS_GET_OBJECT = 0x9104
    EOS_DELETE_OBJECT = 0x9105
    EOS_FORMAT_STORE = 0x9106
    EOS_GET_PARTIAL_OBJECT = 0x9107
    EOS_GET_DEVICE_INFO_EX = 0x9108
    EOS_GET_OBJECT_INFO_EX = 0x9109
    EOS_GET_THUMB_EX = 0x910A
    EOS_SET_OBJECT_ATTRIBUTES = 0x910C
    EOS_REMOTE_RELEASE = 0x910F
    EOS_SET_DEVICE_PROP_VALUE_EX = 0x9110
    EOS_GET_REMOTE_MODE = 0x9113
    EOS_SET_REMOTE_MODE = 0x9114
    EOS_SET_EVENT_MODE = 0x9115
    EOS_GET_EVENT = 0x9116
    EOS_TRANSFER_COMPLETE = 0x9117
    EOS_CANCEL_TRANSFER = 0x9118
    EOS_RESET_TRANSFER = 0x9120
    EOS_PC_HDD_CAPACITY = 0x911A
    EOS_SET_UI_LOCK = 0x911B
    EOS_RESET_UI_LOCK = 0x911C
    EOS_KEEP_DEVICE_ON = 0x911D
    EOS_BULB_START = 0x9125
    EOS_BULB_END = 0x9126
    EOS_REQUEST_DEVICE_PROP_VALUE = 0x9127
    EOS_REMOTE_RELEASE_ON = 0x9128
    EOS_REMOTE_RELEASE_OFF = 0x9129
    EOS_GET_VIEW_FINDER_DATA = 0x9153
    EOS_DO_AF = 0x9154
    EOS_DRIVE_LENS = 0x9155
    EOS_CLICK_WB = 0x9157
    EOS_ZOOM = 0x9158
    EOS_ZOOM_POSITION = 0x9159
    EOS_AF_CANCEL = 0x9160


class ResponseCode(IntEnum):
    """How a camera answers."""

    OK = 0x2001
    GENERAL_ERROR = 0x2002
    SESSION_NOT_OPEN = 0x2003
    OPERATION_NOT_SUPPORTED = 0x2005
    INCOMPLETE_TRANSFER = 0x2007
    INVALID_STORAGE_ID = 0x2008
    INVALID_OBJECT_HANDLE = 0x2009
    DEVICE_PROP_NOT_SUPPORTED = 0x200A
    INVALID_OBJECT_FORMAT = 0x200B
    STORE_FULL = 0x200C
    ACCESS_DENIED = 0x200F
    NO_THUMBNAIL_PRESENT = 0x2010
    STORE_NOT_AVAILABLE = 0x2013
    NO_VALID_OBJECT_INFO = 0x2015
    DEVICE_BUSY = 0x2019
    INVALID_DEVICE_PROP_FORMAT = 0x201B
    INVALID_DEVICE_PROP_VALUE = 0x201C
    INVALID_PARAMETER = 0x201D
    SESSION_ALREADY_OPEN = 0x201E
    NIKON_OUT_OF_FOCUS = 0xA002
    NIKON_INVALID_STATUS = 0xA004
    NIKON_NOT_LIVE_VIEW = 0xA00B
    NIKON_MF_DRIVE_STEP_END = 0xA00C
    EOS_LOW_BATTERY = 0xA101
    EOS_NOT_READY = 0xA102


class EventCode(IntEnum):
    """What a camera tells of by itself (ISO 15740, 12.5)."""

    OBJECT_ADDED = 0x4002
    OBJECT_REMOVED = 0x4003
    STORE_ADDED = 0x4004
    STORE_REMOVED = 0x4005
    DEVICE_PROP_CHANGED = 0x4006
    CAPTURE_COMPLETE = 0x400D


@dataclass(frozen=True, slots=True)
class PtpEvent:
    """One thing that a camera tells of over the event connection."""

    code: int
    params: tuple[int, ...] = ()


class ObjectFormat(IntEnum):
    """What an object on the card is."""

    UNDEFINED = 0x3000
    FOLDER = 0x3001
    JPEG = 0x3801
    CR2 = 0xB103
    MOV = 0xB104
    MP4 = 0xB982


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing asked of the camera, with the data that came along, if any."""

    code: int
    transaction_id: int
    params: tuple[int, ...] = ()
    data: bytes = b""

    def param(self, index: int) -> int:
        """Return a parameter; one that was left out counts as 0, as the standard says."""
        return self.params[index] if index < len(self.params) else 0


@dataclass(frozen=True, slots=True)
class Response:
    """The camera's answer.

    `data` is None where the answer has no data phase. An operation that promises data and succeeds must answer with a
    data phase, be it empty: libgphoto2 waits for one.
    """

    code: int = ResponseCode.OK
    params: tuple[int, ...] = ()
    data: bytes | None = None


OBJECT_DATA = (OperationCode.GET_OBJECT, OperationCode.GET_PARTIAL_OBJECT)
"""The operations that read a file."""


def property_to_be_set(operation: Operation) -> int | None:
    """Return which property an operation sets, None if it sets none."""
    if operation.code == OperationCode.SET_DEVICE_PROP_VALUE:
        return operation.param(0)
    if operation.code == OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX and len(operation.data) >= 8:
        code: int = struct.unpack_from("<4xI", operation.data)[0]
        return code
    return None


class OperationRefusedError(Exception):
    """Raised by a handler to refuse an operation with a response code."""

    def __init__(self, code: ResponseCode) -> None:
        super().__init__(code.name)
        self.code = code
