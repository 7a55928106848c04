"""One rigcoach at a camera at a time: a lock file for each port, among the user's data."""

import os
import re
from pathlib import Path

from rigcoach.base import file_lock
from rigcoach.tether.errors import CameraClaimedError, CameraError


class PortLock:
    """The right to use a port; held until it is released or the process ends, however it ends.

    The lock is the system's (flock), not the file: a file left behind by a crash keeps nobody out.

    Parameters
    ----------
    folder
        Where lock files are.
    port
        The libgphoto2 port.
    owner_pid
        The process that a user knows as the one that uses the camera; it is what others are told.

    Raises
    ------
    CameraClaimedError
        Where another process holds it, with its number.
    CameraError
        Where the lock file cannot be made.
    """

    def __init__(self, folder: Path, port: str, owner_pid: int) -> None:
        path = folder / (re.sub(r"[^A-Za-z0-9]+", "-", port) + ".lock")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CameraError(
                f"the camera at {port} cannot be claimed",
                why=f"{path}: {error.strerror or error}",
                next_step="Free some space or allow writing there, or set RIGCOACH_HOME to another folder",
            ) from error
        try:
            file_lock.try_lock(self._file)
        except BlockingIOError as error:
            holder = os.pread(self._file, 32, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise CameraClaimedError(
                f"the camera at {port} is in use by another rigcoach",
                why=f"process {holder} holds it" if holder else "it has just taken it",
                next_step=f"Wait for it to finish, or stop it: kill {holder}" if holder else "Try again",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{owner_pid}\n".encode(), 0)

    def release(self) -> None:
        """Let others use the port."""
        os.close(self._file)
