"""Which files of a card go where."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rigcoach.base.clip_names import is_hidden, local_name
from rigcoach.base.errors import RigcoachError
from rigcoach.tether.events import CardFile


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What became of a file that was to be fetched: `status` is "there" already, "fetched" or "failed"."""

    card_path: str
    file: str
    size_bytes: int
    status: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CardFetch:
    """A file on the card and where it is to go; `is_there` where it lies there already, by name and size."""

    file: CardFile
    to: Path
    is_there: bool


def choose(on_card: Sequence[CardFile], names: Sequence[str]) -> tuple[CardFile, ...]:
    """Return the files of these names or card paths; without names all that are not hidden.

    Raises
    ------
    RigcoachError
        Where a name is not on the card, or stands there more than once.
    """
    if not names:
        return tuple(file for file in on_card if not is_hidden(file.path))
    chosen: dict[str, CardFile] = {}
    for name in names:
        found = [file for file in on_card if name in (file.name, file.path)]
        if not found:
            there = ", ".join(file.name for file in on_card[-5:])
            raise RigcoachError(
                f"{name} is not on the card",
                why=f"the last ones on it are {there}" if there else "there is nothing on it",
                next_step="Take all with --new",
                code="camera.no-such-file",
            )
        if len(found) > 1:
            raise RigcoachError(
                f"{name} is on the card more than once",
                why=", ".join(file.path for file in found),
                next_step="Name it by its whole path",
                code="camera.ambiguous-file",
            )
        chosen[found[0].path] = found[0]
    return tuple(chosen.values())


def in_folder(files: Sequence[CardFile], folder: Path) -> tuple[CardFetch, ...]:
    """Return where in a folder each file goes.

    Bodies count from 0001 again in each of their folders: of files with the same name each gets its folder's name in
    front.
    """
    return tuple(_wanted(file, folder / name) for file, name in zip(files, local_names(files), strict=True))


def local_names(files: Sequence[CardFile], *, with_folder: bool = False) -> tuple[str, ...]:
    """Return a name for each file of a card, in a folder of the computer's where no two may have the same.

    It is the file's own, or where another has that too, its folder's name and its own, or else its whole path, or that
    with a number. A card is another's work as much as a file is: nothing of its names leads out of the folder.

    Parameters
    ----------
    files
        The files.
    with_folder
        Whether to begin with the folder's name and its own, so that what is on the card besides changes nothing.
    """
    forms = [_name, _with_folder, _whole_path][with_folder:]
    names = [forms[0](file) for file in files]
    for form in forms[1:]:
        times = Counter(map(str.casefold, names))
        names = [form(file) if times[name.casefold()] > 1 else name for file, name in zip(files, names, strict=True)]
    return tuple(_numbered(names))


def _numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield names with a number added to those that came before; file systems may not tell small letters from large."""
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for name in names:
        stem, dot, ending = name.rpartition(".")
        unique = name
        while unique.casefold() in taken:
            numbers[name] += 1
            number = numbers[name] + 1
            unique = f"{stem}-{number}.{ending}" if dot else f"{name}-{number}"
        taken.add(unique.casefold())
        yield unique


def _name(file: CardFile) -> str:
    return local_name(file.name)


def _with_folder(file: CardFile) -> str:
    return local_name(f"{_leaf(file.folder)}-{_leaf(file.name)}")


def _whole_path(file: CardFile) -> str:
    return local_name(file.path.strip("/").replace("/", "-"))


def _leaf(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]


def _wanted(file: CardFile, to: Path) -> CardFetch:
    return CardFetch(file, to, to.is_file() and to.stat().st_size == file.size_bytes)
