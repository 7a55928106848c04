"""Every step that changes a disk, in one place: each can be made to fail, or to be the last, by a hook.

Whatever rigcoach keeps is written, synced, named and removed by these functions, and by no others.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO


class Step(StrEnum):
    """What is about to be done to a path."""

    CREATE = "create"
    WRITE = "write"
    SYNC = "sync"
    RENAME = "rename"
    REMOVE = "remove"
    MAKE_FOLDER = "make folder"
    REMOVE_FOLDER = "remove folder"


StepHook = Callable[[Step, Path], None]
"""Is told of a step before it is taken; what it raises keeps the step from being taken."""

_hooks: list[StepHook] = []


@contextmanager
def steps_hooked(hook: StepHook) -> Iterator[None]:
    """Have every step of this process told to somebody before it is taken."""
    _hooks.append(hook)
    try:
        yield
    finally:
        _hooks.remove(hook)


def announce(step: Step, path: Path) -> None:
    """Tell of a step that a library is about to take itself, such as SQLite or FFmpeg, which write whole files."""
    for hook in _hooks:
        hook(step, path)


def create(path: Path, mode: int = 0o666) -> int:
    """Make an empty file that was not there; return its descriptor, open for writing."""
    announce(Step.CREATE, path)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)


def write(file: BinaryIO, content: bytes | memoryview) -> None:
    """Write to an open file."""
    announce(Step.WRITE, Path(file.name))
    file.write(content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write all that a file is to hold."""
    with path.open("wb") as file:
        write(file, content)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, from memory to the disk."""
    announce(Step.SYNC, path)
    # Windows brings to the disk only what could have been written.
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring new names to the disk, where the file system knows how: folders shared with a host may not (EINVAL).

    Windows opens no folders, and keeps names in a journal of its own.
    """
    if sys.platform == "win32":
        return
    try:
        sync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def rename(path: Path, to: Path) -> None:
    """Give a file another name in the same file system, in place of what has it."""
    announce(Step.RENAME, to)
    path.replace(to)


def rename_new(path: Path, to: Path) -> None:
    """Give a file a name that nothing has.

    Raises
    ------
    FileExistsError
        Where something has it; both stay as they are.
    """
    announce(Step.RENAME, to)
    if sys.platform == "win32":
        path.rename(to)  # which takes nobody's name there
        return
    try:
        os.link(path, to, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a card's file system knows no second names
        if os.path.lexists(to):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(to)) from None
        path.rename(to)
        return
    remove(path)


def remove(path: Path, *, missing_ok: bool = False) -> None:
    """Remove a file."""
    if missing_ok and not os.path.lexists(path):
        return
    announce(Step.REMOVE, path)
    path.unlink(missing_ok=missing_ok)


def make_folder(path: Path) -> None:
    """Make a folder, and those around it, where they are not there."""
    if path.is_dir():
        return
    announce(Step.MAKE_FOLDER, path)
    path.mkdir(parents=True, exist_ok=True)


def remove_folder(path: Path) -> None:
    """Remove an empty folder."""
    announce(Step.REMOVE_FOLDER, path)
    path.rmdir()
