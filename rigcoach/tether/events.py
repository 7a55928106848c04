"""What a camera reports while it is used: events, files on its card, the card itself."""

from dataclasses import dataclass
from enum import Enum, auto


class EventKind(Enum):
    """What a body tells of itself."""

    FILE_ADDED = auto()
    CAPTURE_COMPLETE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a body told: `folder` and `name` of a new file; libgphoto2's words, if any, for anything else."""

    kind: EventKind
    folder: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file on a body's card."""

    folder: str
    name: str
    size_bytes: int

    @property
    def path(self) -> str:
        """Folder and name."""
        return f"{self.folder.rstrip('/')}/{self.name}"


@dataclass(frozen=True, slots=True)
class Folder:
    """The names of the files and of the folders in a folder of a card.

    `equal` are names that several of its files have: libgphoto2 then gives none of the folder's files, and `files` is
    empty.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardSpace:
    """A card in a body; sizes are None where the body does not tell them."""

    label: str
    capacity_bytes: int | None
    free_bytes: int | None
