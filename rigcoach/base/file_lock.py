"""Locks on open files and folders: the system lets go of them when a process ends, however it ends.

Windows has none of the kind: a folder cannot be opened there, nor a file renamed while it is open.
"""

import sys

if sys.platform != "win32":
    import fcntl

LOCKS_KNOWN = sys.platform != "win32"
"""Whether the system has them; `lock` and `try_lock` are called only where it has."""


def lock(descriptor: int) -> None:
    """Lock an open file or folder, once no other process has it locked.

    Raises
    ------
    OSError
        Where the file system knows no locks.
    """
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def try_lock(descriptor: int) -> None:
    """Lock an open file or folder, or fail at once.

    Raises
    ------
    BlockingIOError
        Where another process has it locked.
    OSError
        Where the file system knows no locks.
    """
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
