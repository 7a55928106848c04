"""Fetch a clip from the camera's card, whole or not at all."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError, CameraLostError, CameraRefusedError, FetchBrokenError
from rigcoach.tether.events import CardFile

_CHUNK_BYTES = 1 << 20
_END_BYTES = 1 << 16
_REOPEN_PAUSES_S = (0.5, 1.0, 2.0)
_REOPEN_PATIENCE_S = 6.0


Note = Callable[[str, int], None]
"""Is told a file's SHA-256 in hexadecimal and its size before it gets its name."""


def no_note(_sha256: str, _size_bytes: int) -> None:
    """Note nothing of a file."""


def fetch(camera: Camera, file: CardFile, to: Path, advance: Advance = no_progress, note: Note = no_note) -> None:
    """Copy a file from the card to `to`.

    Where the camera is lost it is opened again, and the fetching goes on where it stopped. Where that fails, or the
    user stops it, nothing stays: the clip is still on the card. `note` is told of it when it is whole, before it
    gets its name; what it raises keeps the file from that.

    Raises
    ------
    FetchBrokenError
        Where the file did not come whole.
    RigcoachError
        Where `to` already exists, or cannot be written.
    """
    check_free(to)
    try:
        with atomic_file(to, new=True) as path:
            with path.open("wb") as part:
                digest = _copy(camera, file, part, advance)
            note(digest, file.size_bytes)
    except FileExistsError as error:
        raise _in_the_way(to) from error
    except OSError as error:
        raise RigcoachError(
            f"{to} cannot be written",
            why=error.strerror or str(error),
            next_step="Free some space, or choose another folder; the clip is still on the card",
            code="file.unwritable",
        ) from error


def check_free(to: Path) -> None:
    """Make sure, before anything is recorded for it, that a file can be made.

    Raises
    ------
    RigcoachError
        Where it already exists, or its folder is not.
    """
    if os.path.lexists(to):
        raise _in_the_way(to)
    if not to.absolute().parent.is_dir():
        raise RigcoachError(
            f"{to} cannot be written",
            why=f"there is no folder {to.absolute().parent}",
            next_step="Create it first, or choose another",
            code="file.unwritable",
        )


def is_fetched(camera: Camera, file: CardFile, path: Path) -> bool:
    """Whether a file here is that of the card, as far as its size, its first and its last bytes tell.

    A movie's index, at one of its ends, holds when it was recorded and where each frame lies. Of a body that gives no
    parts of a file its size alone is known.

    Raises
    ------
    CameraError
        Where the card's cannot be read.
    """
    if not path.is_file() or path.stat().st_size != file.size_bytes:
        return False
    count = min(_END_BYTES, file.size_bytes)
    buffer = memoryview(bytearray(count))
    try:
        return _has_same_ends(camera, file, path, buffer)
    except CameraRefusedError:
        return True


def _has_same_ends(camera: Camera, file: CardFile, path: Path, buffer: memoryview) -> bool:
    count = len(buffer)
    with path.open("rb") as here:
        for offset in (0, file.size_bytes - count):
            came = 0
            while came < count:
                step = camera.read_file(file, offset + came, buffer[came:])
                if step <= 0:
                    return False
                came += step
            here.seek(offset)
            if here.read(count) != bytes(buffer):
                return False
    return True


def _in_the_way(to: Path) -> RigcoachError:
    return RigcoachError(f"{to} already exists", next_step="Choose another name or remove it", code="file.exists")


def _copy(camera: Camera, file: CardFile, part: BinaryIO, advance: Advance) -> str:
    """Write a card's file into a file; return its SHA-256."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    offset = 0
    while offset < file.size_bytes:
        advance(offset, file.size_bytes)
        want = min(_CHUNK_BYTES, file.size_bytes - offset)
        try:
            came = camera.read_file(file, offset, buffer[:want])
        except CameraLostError as error:
            _reopen(camera, file, offset, error)
            continue
        except CameraRefusedError:
            if offset:
                raise
            # Some bodies give a file whole or not at all.
            return _copy_whole(camera, file, part)
        if came <= 0:
            raise _broken(file, offset, "the camera sent no more")
        disk.write(part, buffer[:came])
        digest.update(buffer[:came])
        offset += came
    advance(offset, file.size_bytes)
    return digest.hexdigest()


def _copy_whole(camera: Camera, file: CardFile, part: BinaryIO) -> str:
    path = Path(part.name)
    disk.announce(disk.Step.WRITE, path)
    camera.copy_file(file, path)
    if (came := path.stat().st_size) != file.size_bytes:
        raise _broken(file, came, "the camera sent no more")
    with path.open("rb") as copied:
        return hashlib.file_digest(copied, "sha256").hexdigest()


def _reopen(camera: Camera, file: CardFile, offset: int, lost: CameraLostError) -> None:
    """Open the camera again, and make sure that it still has the same file."""
    until = time.monotonic() + _REOPEN_PATIENCE_S
    for pause_s in _REOPEN_PAUSES_S:
        if time.monotonic() > until:
            break
        time.sleep(pause_s)
        try:
            camera.reopen()
            again = camera.file(file.folder, file.name)
        except CameraError:
            continue
        if again != file:
            raise _broken(file, offset, "another file of that name is now on the card")
        return
    raise _broken(file, offset, lost.why) from lost


def _broken(file: CardFile, offset: int, why: str) -> FetchBrokenError:
    return FetchBrokenError(
        f"{file.name} was not fetched whole, only {offset / 1e6:.1f} of {file.size_bytes / 1e6:.1f} MB came",
        why=why,
        next_step=f"The clip is still on the card as {file.path}; check the cable and fetch it again",
    )
