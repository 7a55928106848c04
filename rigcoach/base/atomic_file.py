"""A file appears whole or not at all: written beside its place, brought to the disk, and only then given its name."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield where to write a file; it takes the place of `path` when all went well, and is removed when not.

    Until then what stood at `path` stands there. The unfinished file is called `path` with the process' number and
    ``.part`` at the end, so that processes that write the same file don't spoil each other's; it stays only where the
    process is killed.

    Raises
    ------
    OSError
        Where the file cannot be written, brought to the disk or given its name; its `filename` is `path`.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)  # of a process that was killed and had the same number
        try:
            yield part
            _sync(part)
            part.replace(path)
            _sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.filename == str(part):
            error.filename = str(path)  # the name that the user knows
        raise


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk, where the file system knows how: folders shared with a host may not (EINVAL)."""
    try:
        _sync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
