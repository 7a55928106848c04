"""Copies that were read again and compared."""

import os
from pathlib import Path
from typing import BinaryIO

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.digest import sha256
from rigcoach.base.errors import RigcoachError
from rigcoach.tether.fetch import Note, no_note

_CHUNK_BYTES = 1 << 20


class IngestError(RigcoachError):
    """Clips that could not be brought in."""

    code = "ingest.failed"


def copy_verified(source: Path, to: Path, note: Note = no_note) -> None:
    """Copy a file, and read the copy again from the disk to see that it is the same; the source is only read.

    `note` is told of it before it gets its name, which nothing else may have.

    Raises
    ------
    IngestError
        Where it cannot be copied, or the copy is not the same; nothing stays of it then.
    """
    try:
        with atomic_file(to, new=True) as part:
            with source.open("rb") as original, part.open("wb") as copy:
                while chunk := original.read(_CHUNK_BYTES):
                    disk.write(copy, chunk)
                _forget(copy)
            digest = sha256(part)
            if digest != sha256(source):
                raise IngestError(
                    f"the copy of {source} is not the same",
                    why="the card, the reader or the disk altered it",
                    next_step="Try another card reader; the original clip is untouched",
                    code="ingest.copy-differs",
                )
            note(digest, part.stat().st_size)
    except OSError as error:
        raise IngestError(
            f"{source} cannot be copied",
            why=error.strerror or str(error),
            next_step="Free some space or check the card; the original clip is untouched",
            code="file.unwritable",
        ) from error


def _forget(file: BinaryIO) -> None:
    """Have the system read a file from the disk next time, where it can be told to."""
    file.flush()
    disk.sync(Path(file.name))  # what isn't on the disk yet cannot be forgotten
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
