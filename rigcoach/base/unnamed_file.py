"""Files for what is too much for memory: they have no name, so that nothing is left of them, however a process ends."""

import os
import sys
import tempfile
import threading

from rigcoach.base.errors import RigcoachError


class StorageError(RigcoachError):
    """What is measured cannot be put aside, or was spoilt there."""

    code = "storage.failed"


class UnnamedFile:
    """A file that has no name and goes with the process: written at its end, read anywhere.

    `descriptor` is that of one which is open already, of so many bytes.

    Raises
    ------
    StorageError
        Where it cannot be made, written or read, as on a full disk.
    """

    def __init__(self, descriptor: int | None = None, size: int = 0) -> None:
        self.size = size
        if descriptor is None:
            try:
                with tempfile.TemporaryFile() as file:
                    descriptor = os.dup(file.fileno())
            except OSError as error:
                raise _storage_error(error) from error
        self.descriptor = descriptor

    def append(self, content: bytes) -> int:
        """Write content at the end; return where it begins."""
        begins = self.size
        try:
            written = _write_at(self.descriptor, content, begins)
            if written != len(content):
                written += _write_at(self.descriptor, content[written:], begins + written)
        except OSError as error:
            raise _storage_error(error) from error
        self.size += len(content)
        return begins

    def read(self, size: int, offset: int) -> bytes:
        """Return so many bytes from an offset on."""
        try:
            return _read_at(self.descriptor, size, offset)
        except OSError as error:
            raise _storage_error(error) from error

    def __del__(self) -> None:
        if (descriptor := getattr(self, "descriptor", None)) is not None:
            os.close(descriptor)


# Windows reads and writes where a file was left, which only threads of this process change.
_placed = threading.Lock()


def _write_at(descriptor: int, content: bytes, offset: int) -> int:
    if sys.platform == "win32":
        with _placed:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.write(descriptor, content)
    return os.pwrite(descriptor, content, offset)


def _read_at(descriptor: int, size: int, offset: int) -> bytes:
    if sys.platform == "win32":
        with _placed:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, size)
    # One step in a file that is shared: others may read elsewhere in it.
    return os.pread(descriptor, size, offset)


def _storage_error(error: OSError) -> StorageError:
    return StorageError(
        "the measurements cannot be put aside",
        why=error.strerror or str(error),
        next_step=f"Make room in {tempfile.gettempdir()}, or name another folder in TMPDIR",
    )
