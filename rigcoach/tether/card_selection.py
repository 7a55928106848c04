"""Which files of a card go where."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    """Return the files of these names or card paths; all files without names.

    Raises
    ------
    RigcoachError
        Where a name is not on the card, or stands there more than once.
    """
    if not names:
        return tuple(on_card)
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
    times = Counter(file.name for file in files)
    return tuple(_wanted(file, folder, alone=times[file.name] == 1) for file in files)


def _wanted(file: CardFile, folder: Path, *, alone: bool) -> CardFetch:
    # A card is another's work as much as a file is: nothing of its names may lead out of the folder.
    name = Path(file.name).name
    to = folder / (name if alone else f"{Path(file.folder).name}-{name}")
    return CardFetch(file, to, to.is_file() and to.stat().st_size == file.size_bytes)
