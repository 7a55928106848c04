"""A file appears whole or not at all: written beside its place, brought to the disk, and only then given its name."""

import errno
import glob
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rigcoach.base import disk, file_lock
from rigcoach.base.clip_names import stem_for

_MOST_ENDING_BYTES = len(f".{2**32}.part")
_UNFINISHED = re.compile(r".*\.\d+\.part")


@contextmanager
def atomic_file(path: Path, *, new: bool = False, mode: int = 0o666) -> Iterator[Path]:
    """Yield where to write a file; it takes the place of `path` when all went well, and is removed when not.

    Until then what stood at `path` stands there. The unfinished file is called `path` with the process' number and
    ``.part`` at the end, so that processes that write the same file don't spoil each other's; it stays only where the
    process is killed, until the same file is written again; on Windows until it is removed by hand.

    Parameters
    ----------
    path
        The file.
    new
        Whether the name is to be one that nothing has.
    mode
        Who may read and write it, as far as the user's umask lets them.

    Raises
    ------
    OSError
        Where the file cannot be written, brought to the disk or given its name; its `filename` is `path`. With `new`,
        `FileExistsError` where something has the name, then or by then.
    """
    # Cut alike whatever the process' number, so that another process finds what this one leaves.
    stem = stem_for(path.name, _MOST_ENDING_BYTES)
    part = path.with_name(f"{stem}.{os.getpid()}.part")
    try:
        if new and os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        remove_unfinished(path.parent, f"{glob.escape(stem)}.*.part")
        descriptor = None
        try:
            # Within, so that a Ctrl-C just after it was made leaves nothing either.
            descriptor = _held_part(part, mode)
            yield part
            disk.sync(part)
            if new:
                disk.rename_new(part, path)
            else:
                disk.rename(part, path)
            disk.sync_folder(path.parent)
        finally:
            try:
                disk.remove(part, missing_ok=True)
            finally:
                if descriptor is not None:
                    os.close(descriptor)
    except OSError as error:
        if error.filename != str(part):
            raise
        # By the name that the user knows; the errors of some libraries cannot be given another.
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_whole(path: Path, content: bytes | Iterable[bytes], mode: int = 0o666) -> None:
    """Write a file, all at once or in pieces, whole or not at all; `mode` and errors are those of `atomic_file`."""
    with atomic_file(path, mode=mode) as part, part.open("wb") as file:
        for piece in (content,) if isinstance(content, bytes) else content:
            disk.write(file, piece)


def remove_unfinished(folder: Path, pattern: str = "*.part") -> None:
    """Remove the unfinished files in a folder of processes that were killed; those being written stay."""
    for left in folder.glob(pattern):
        if _UNFINISHED.fullmatch(left.name) and left.is_file() and _is_nobodys(left):
            disk.remove(left, missing_ok=True)


def _held_part(part: Path, mode: int) -> int | None:
    """Make the unfinished file, with a lock that lasts as long as the process; return what holds it."""
    while True:
        # What has the name is of a process that was killed and had the same number.
        disk.remove(part, missing_ok=True)
        descriptor = disk.create(part, mode)
        if not file_lock.LOCKS_KNOWN:
            os.close(descriptor)
            return None
        # Where locks are not known nobody finds the file unlocked either.
        with suppress(OSError):
            file_lock.lock(descriptor)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # taken for a left one before it was locked


def _is_nobodys(part: Path) -> bool:
    """Whether no process writes to an unfinished file; that cannot be told where there are no locks."""
    if not file_lock.LOCKS_KNOWN:
        return False
    try:
        descriptor = os.open(part, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        file_lock.try_lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
