"""The operations that read the card: ISO 15740's, and Canon's own listing."""

import calendar
import struct
from collections.abc import Callable
from datetime import datetime

from rigcoach.emulated.card import ROOT, STORAGE_ID, Card, CardObject
from rigcoach.emulated.ptp.datasets import ObjectInfo, StorageInfo, pack_u32s
from rigcoach.emulated.ptp.operations import (
    ObjectFormat,
    Operation,
    OperationCode,
    OperationRefusedError,
    Response,
    ResponseCode,
)

_ALL = 0xFFFFFFFF
_EOS_NAME_BYTES = 16
_STORAGE_IDS = (OperationCode.GET_STORAGE_IDS, OperationCode.EOS_GET_STORAGE_IDS)


def use_card(card: Card, operation: Operation) -> Response:
    """Do one of the operations below; without a card in the body all but the list of cards are refused."""
    if not card.is_in and operation.code not in _STORAGE_IDS:
        raise OperationRefusedError(ResponseCode.STORE_NOT_AVAILABLE)
    return _ALL_OPERATIONS[operation.code](card, operation)


def _get_storage_ids(card: Card, _operation: Operation) -> Response:
    return Response(data=pack_u32s([STORAGE_ID] if card.is_in else []))


def _get_storage_info(card: Card, operation: Operation) -> Response:
    _require_storage(operation.param(0))
    info = StorageInfo(card.capacity_bytes, card.free_bytes, card.kind.description, card.kind.label)
    return Response(data=info.pack())


def _get_num_objects(card: Card, operation: Operation) -> Response:
    return Response(params=(len(_selected(card, operation)),))


def _get_object_handles(card: Card, operation: Operation) -> Response:
    return Response(data=pack_u32s(each.handle for each in _selected(card, operation)))


def _get_object_info(card: Card, operation: Operation) -> Response:
    found = card.object(operation.param(0))
    is_folder = found.format is ObjectFormat.FOLDER
    info = ObjectInfo(
        STORAGE_ID,
        found.format,
        found.size_bytes,
        found.parent,
        found.name,
        found.taken,
        is_folder,
        len(found.thumbnail),
    )
    return Response(data=info.pack())


def _get_thumb(card: Card, operation: Operation) -> Response:
    found = card.object(operation.param(0))
    if not found.thumbnail:
        raise OperationRefusedError(ResponseCode.NO_THUMBNAIL_PRESENT)
    return Response(data=found.thumbnail)


def _send_object_info(card: Card, operation: Operation) -> Response:
    """Hear of a file that is to come: (storage, folder), 0 for any storage, all ones for the card itself."""
    storage_id, parent = operation.param(0), operation.param(1)
    _require_storage(storage_id, 0, _ALL)
    try:
        info = ObjectInfo.unpack(operation.data)
    except ValueError as error:
        raise OperationRefusedError(ResponseCode.INVALID_PARAMETER) from error
    folder = ROOT if parent == _ALL else parent or card.pictures.handle
    handle = card.announce(folder, info.name, info.format, info.size_bytes, datetime.now())
    return Response(params=(STORAGE_ID, folder, handle))


def _send_object(card: Card, operation: Operation) -> Response:
    card.receive(operation.data, datetime.now())
    return Response()


def _format_store(card: Card, operation: Operation) -> Response:
    _require_storage(operation.param(0), _ALL)
    card.clear()
    return Response()


def _get_object(card: Card, operation: Operation) -> Response:
    return Response(data=card.read(operation.param(0)))


def _get_partial_object(card: Card, operation: Operation) -> Response:
    handle, offset, count = (operation.param(index) for index in range(3))
    data = card.read(handle, offset, count)
    return Response(params=(len(data),), data=data)


def _get_object_info_ex(card: Card, operation: Operation) -> Response:
    _require_storage(operation.param(0), _ALL)
    folder = operation.param(1)
    entries = [_eos_entry(each) for each in card.children(ROOT if folder == _ALL else folder)]
    return Response(data=struct.pack("<I", len(entries)) + b"".join(entries))


def _set_object_attributes(card: Card, operation: Operation) -> Response:
    card.object(operation.param(0))
    return Response()


def _selected(card: Card, operation: Operation) -> list[CardObject]:
    """Return what (storage, format, folder) selects: folder 0 is everywhere, all ones the card itself."""
    storage_id, format_code, folder = (operation.param(index) for index in range(3))
    _require_storage(storage_id, _ALL)
    found = card.everything() if folder == 0 else card.children(ROOT if folder == _ALL else folder)
    return [each for each in found if format_code in (0, each.format)]


def _eos_entry(item: CardObject) -> bytes:
    """Return an entry of Canon's listing; layout after libgphoto2's ``ptp-pack.c``, `ptp_unpack_Canon_EOS_FE`."""
    return struct.pack(
        f"<9I{_EOS_NAME_BYTES}sI",
        56,
        item.handle,
        STORAGE_ID,
        item.format,
        0,
        0x10 if item.format is ObjectFormat.FOLDER else 0,
        min(item.size_bytes, 0xFFFFFFFF),
        item.parent,
        item.handle,
        item.name.encode("ascii"),
        calendar.timegm(item.taken.timetuple()),
    )


def _require_storage(storage_id: int, *also: int) -> None:
    if storage_id not in (STORAGE_ID, *also):
        raise OperationRefusedError(ResponseCode.INVALID_STORAGE_ID)


STANDARD_CARD_OPERATIONS: dict[int, Callable[[Card, Operation], Response]] = {
    OperationCode.GET_STORAGE_IDS: _get_storage_ids,
    OperationCode.GET_STORAGE_INFO: _get_storage_info,
    OperationCode.GET_NUM_OBJECTS: _get_num_objects,
    OperationCode.GET_OBJECT_HANDLES: _get_object_handles,
    OperationCode.GET_OBJECT_INFO: _get_object_info,
    OperationCode.GET_OBJECT: _get_object,
    OperationCode.GET_THUMB: _get_thumb,
    OperationCode.SEND_OBJECT_INFO: _send_object_info,
    OperationCode.SEND_OBJECT: _send_object,
    OperationCode.FORMAT_STORE: _format_store,
    OperationCode.GET_PARTIAL_OBJECT: _get_partial_object,
}

EOS_CARD_OPERATIONS: dict[int, Callable[[Card, Operation], Response]] = {
    OperationCode.EOS_GET_OBJECT_INFO: _get_object_info,
    OperationCode.EOS_GET_OBJECT: _get_object,
    OperationCode.EOS_GET_PARTIAL_OBJECT: _get_partial_object,
    OperationCode.EOS_GET_THUMB_EX: _get_thumb,
    OperationCode.EOS_GET_STORAGE_IDS: _get_storage_ids,
    OperationCode.EOS_GET_STORAGE_INFO: _get_storage_info,
    OperationCode.EOS_GET_OBJECT_INFO_EX: _get_object_info_ex,
    OperationCode.EOS_SET_OBJECT_ATTRIBUTES: _set_object_attributes,
}

_ALL_OPERATIONS = {
    **STANDARD_CARD_OPERATIONS,
    **EOS_CARD_OPERATIONS,
    OperationCode.NIKON_GET_LARGE_THUMB: _get_thumb,
}
