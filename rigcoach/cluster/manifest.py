"""What an archive's folder is to hold: which clips go into which file, and how they are scored.

The manifest is a file of JSON lines: how clips are scored, then a line for each file with the clips in it. It is
written before the first clip is scored. A batch is done when its file is there, so that a run that was stopped, at
whatever, goes on with those that are not; what is new among the clips goes into files of its own.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rigcoach.analysis.measurement_store import measured_with
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.cluster.archive_folder import ArchiveError, ArchiveFolder
from rigcoach.cluster.clip_addresses import ClipAddress
from rigcoach.measure.picture.framing import WantedFrame

MANIFEST = "manifest.jsonl"
SCHEMA_NAME = "rigcoach.clip-archive/1"
CLIPS_PER_FILE = 250
"""So many rows make a file of some 100 kB; what is lost where a run is stopped is less."""


@dataclass(frozen=True, slots=True)
class HowScored:
    """How an archive's clips are scored, and by which code and detectors (`measured_with`), which workers must have."""

    choice: SubjectChoice
    rig: RigOptics
    wanted: WantedFrame
    measured_with: str

    @property
    def digest(self) -> str:
        """A name for all of it."""
        return hashlib.sha256(repr((self.choice, self.rig, self.wanted, self.measured_with)).encode()).hexdigest()


def scored_here(choice: SubjectChoice, rig: RigOptics, wanted: WantedFrame) -> HowScored:
    """Return how clips are scored with what is installed here."""
    return HowScored(choice, rig, wanted, measured_with(choice))


@dataclass(frozen=True, slots=True)
class ClipBatch:
    """The clips of one file of rows, in its order."""

    file: str
    clips: tuple[ClipAddress, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder is to hold, and which of it is there already."""

    batches: tuple[ClipBatch, ...]
    done: frozenset[str]

    @property
    def left(self) -> tuple[ClipBatch, ...]:
        """The batches that are not there yet."""
        return tuple(batch for batch in self.batches if batch.file not in self.done)


def begin_or_resume(
    folder: ArchiveFolder, clips: Sequence[ClipAddress], how: HowScored, clips_per_file: int = CLIPS_PER_FILE
) -> Manifest:
    """Return the manifest of a folder for clips: the one that is there with what is new added, or a new one.

    Raises
    ------
    ArchiveError
        The folder holds something else, or clips that were scored otherwise; or it cannot be read or written.
    """
    names = folder.names()
    if MANIFEST in names:
        batches = _read(folder, how)
    elif names:
        raise ArchiveError(
            f"{folder.address} is not empty",
            why="what is there was not written by rigcoach score --cluster",
            next_step="Choose a new folder",
        )
    else:
        batches = ()
    known = {clip.address for batch in batches for clip in batch.clips}
    more = iter([clip for clip in clips if clip.address not in known])
    added = tuple(_batches(more, len(batches), clips_per_file))
    if added or not batches:
        batches += added
        folder.write(MANIFEST, b"".join(_lines(batches, how)))
    return Manifest(batches, frozenset(batch.file for batch in batches if batch.file in names))


def _batches(clips: Iterator[ClipAddress], number: int, clips_per_file: int) -> Iterator[ClipBatch]:
    while some := tuple(islice(clips, clips_per_file)):
        yield ClipBatch(f"clips-{number:06}.parquet", some)
        number += 1


def _lines(batches: Sequence[ClipBatch], how: HowScored) -> Iterator[bytes]:
    yield _line({"schema": SCHEMA_NAME, "how_scored": how.digest})
    for batch in batches:
        yield _line({"file": batch.file, "clips": [[clip.address, *clip.chapters] for clip in batch.clips]})


def _line(document: object) -> bytes:
    # Names that are no UTF-8 come back as they were.
    return f"{json.dumps(document)}\n".encode()


def _read(folder: ArchiveFolder, how: HowScored) -> tuple[ClipBatch, ...]:
    try:
        head, *lines = (json.loads(line) for line in folder.read(MANIFEST).splitlines())
        if head["schema"] != SCHEMA_NAME:
            raise ValueError(f"its schema is {head['schema']}")
        same = head["how_scored"] == how.digest
        batches = tuple(
            ClipBatch(line["file"], tuple(ClipAddress(first, tuple(others)) for first, *others in line["clips"]))
            for line in lines
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"the manifest in {folder.address} cannot be read", why=str(error), next_step="Choose a new folder"
        ) from error
    if not same:
        raise ArchiveError(
            f"{folder.address} holds clips that were scored otherwise",
            why="with other options, other detectors, or another version of rigcoach or its libraries",
            next_step="Give the same options, or choose a new folder",
            code="archive.scored-otherwise",
        )
    return batches
