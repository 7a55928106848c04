"""The card in the body: folders and files as PTP objects. Files are real ones, in a folder of the emulator's."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rigcoach.emulated.ptp.operations import ObjectFormat, OperationRefusedError, ResponseCode

STORAGE_ID = 0x0001_0001
ROOT = 0
_FIRST_FOLDER = 0x9190_0000
_FIRST_FILE = 0x9191_0001

# 16 GB, as such a card is formatted.
_CAPACITY_BYTES = 15_931_539_456


@dataclass(frozen=True, slots=True)
class CardObject:
    """A file on the card, or a folder (which has no path)."""

    handle: int
    parent: int
    name: str
    format: ObjectFormat
    taken: datetime
    size_bytes: int = 0
    path: Path | None = None
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that a computer is about to send."""

    handle: int
    parent: int
    name: str
    format: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CardKind:
    """What a body says of its card: what it is, its label, and the folder for pictures in DCIM."""

    description: str
    label: str
    pictures: str


COMPACT_FLASH = CardKind("CF", "EOS_DIGITAL", "100EOS5D")


class Card:
    """A card with a folder for pictures, such as DCIM/100EOS5D, in the body or beside it.

    A `flat` one puts files into no folder: the body's own memory. What a computer sends is written to `folder`.
    """

    def __init__(
        self,
        formatted: datetime,
        kind: CardKind = COMPACT_FLASH,
        *,
        folder: Path | None = None,
        first_file: int = _FIRST_FILE,
        flat: bool = False,
    ) -> None:
        self.kind = kind
        self._folder = folder
        self._announced: Announced | None = None
        self.capacity_bytes = _CAPACITY_BYTES
        self.is_in = True
        self._next_handle = first_file
        self._next_number = 1
        dcim = CardObject(_FIRST_FOLDER, ROOT, "DCIM", ObjectFormat.FOLDER, formatted)
        self.pictures = CardObject(_FIRST_FOLDER + 1, dcim.handle, kind.pictures, ObjectFormat.FOLDER, formatted)
        self._parent_of_new = ROOT if flat else self.pictures.handle
        self._objects = {folder.handle: folder for folder in (dcim, self.pictures)}
        self._own_folders = frozenset(self._objects)

    @property
    def free_bytes(self) -> int:
        """Room left."""
        return max(0, self.capacity_bytes - self._used_bytes)

    @property
    def _used_bytes(self) -> int:
        return sum(each.size_bytes for each in self._objects.values())

    def insert(self, free_bytes: int | None = None) -> None:
        """Put the card into the body, with so much room left; with all that its files leave if None."""
        self.is_in = True
        self.capacity_bytes = _CAPACITY_BYTES if free_bytes is None else self._used_bytes + free_bytes

    def remove(self) -> None:
        """Take the card out; its files stay on it."""
        self.is_in = False

    def next_name(self, pattern: str) -> str:
        """Return the name of the next file, such as MVI_0001.MOV for ``MVI_{:04}.MOV``; stills and movies count on."""
        name = pattern.format(self._next_number)
        self._next_number += 1
        return name

    def add(self, path: Path, format_code: ObjectFormat, taken: datetime, thumbnail: bytes = b"") -> CardObject:
        """Put a file into the pictures' folder, under the name it has."""
        size_bytes = path.stat().st_size
        return self._keep(
            CardObject(
                self._next_handle, self._parent_of_new, path.name, format_code, taken, size_bytes, path, thumbnail
            )
        )

    def _keep(self, new: CardObject) -> CardObject:
        self._next_handle += 1
        self._objects[new.handle] = new
        return new

    def object(self, handle: int) -> CardObject:
        """Return a file or folder; refuses a handle that there isn't."""
        if handle not in self._objects:
            raise OperationRefusedError(ResponseCode.INVALID_OBJECT_HANDLE)
        return self._objects[handle]

    def children(self, folder: int) -> list[CardObject]:
        """Return what is directly in a folder, `ROOT` for the card itself."""
        if folder != ROOT:
            self.object(folder)
        return [each for each in self._objects.values() if each.parent == folder]

    def holds(self, handle: int) -> bool:
        """Return whether a file of that handle is on the card."""
        return handle in self._objects and self._objects[handle].path is not None

    def everything(self) -> list[CardObject]:
        """Return all files and folders."""
        return list(self._objects.values())

    def read(self, handle: int, offset: int = 0, count: int | None = None) -> bytes:
        """Return a file's bytes from `offset` on, `count` at most."""
        path = self.object(handle).path
        if path is None:
            raise OperationRefusedError(ResponseCode.INVALID_OBJECT_HANDLE)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(count)
        except OSError as error:
            raise OperationRefusedError(ResponseCode.GENERAL_ERROR) from error

    def announce(self, parent: int, name: str, format_code: int, size_bytes: int, taken: datetime) -> int:
        """Take note of a file that a computer will send, or make a folder; return its handle."""
        if parent != ROOT and self.object(parent).path is not None:
            raise OperationRefusedError(ResponseCode.INVALID_PARAMETER)
        if not name or Path(name).name != name or any(each.name == name for each in self.children(parent)):
            raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        if size_bytes > self.free_bytes:
            raise OperationRefusedError(ResponseCode.STORE_FULL)
        handle = self._next_handle
        if format_code == ObjectFormat.FOLDER:
            self._keep(CardObject(handle, parent, name, ObjectFormat.FOLDER, taken))
        else:
            self._announced = Announced(handle, parent, name, format_code, size_bytes)
        return handle

    def receive(self, data: bytes, taken: datetime) -> CardObject:
        """Write the file that was announced."""
        announced, self._announced = self._announced, None
        if announced is None or self._folder is None:
            raise OperationRefusedError(ResponseCode.NO_VALID_OBJECT_INFO)
        if len(data) != announced.size_bytes:
            raise OperationRefusedError(ResponseCode.INCOMPLETE_TRANSFER)
        # Files of one name may lie in several of the card's folders.
        path = self._folder / f"{announced.handle:08x}" / announced.name
        path.parent.mkdir()
        path.write_bytes(data)
        known = announced.format in tuple(ObjectFormat)
        format_code = ObjectFormat(announced.format) if known else ObjectFormat.UNDEFINED
        return self._keep(
            CardObject(self._next_handle, announced.parent, announced.name, format_code, taken, len(data), path)
        )

    def delete(self, handle: int) -> None:
        """Remove a file, or a folder that is empty and not the camera's own."""
        found = self.object(handle)
        if found.path is None:
            if handle in self._own_folders or self.children(handle):
                raise OperationRefusedError(ResponseCode.ACCESS_DENIED)
        else:
            found.path.unlink(missing_ok=True)
        del self._objects[handle]

    def clear(self) -> None:
        """Remove every file."""
        for each in self.everything():
            if each.path is not None:
                self.delete(each.handle)
