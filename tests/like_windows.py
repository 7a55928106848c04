"""Lets rigcoach, and nothing else in this process, see Windows in the places where it differs from where tests run.

What is missing in Windows' Python is missing for rigcoach's own imports; files behave as there: one that is open is
neither renamed nor removed, a name that is taken is not given again by a plain rename, folders are not opened, and what
was opened for reading is not brought to the disk. Other packages know Windows by themselves and are left alone.

Processes that tests start begin it in a `sitecustomize`, and so do the processes that those start.
"""

import builtins
import errno
import fcntl
import importlib
import os
import select
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

MISSING_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MISSING = {
    "multiprocessing.reduction": _names("DupFd recv_handle send_handle"),
    "os": _names("""
        chown ctermid fchdir fchmod fchown fork forkpty getegid geteuid getgid getpgid getpriority getsid getuid
        initgroups killpg lchown mkfifo mknod nice openpty posix_fadvise posix_fallocate posix_spawn pread pwrite
        sched_getaffinity sched_setaffinity sched_yield sendfile setpgid setpriority setsid statvfs sync uname
        wait wait4 WNOHANG O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_PATH O_SYNC O_TMPFILE
    """),
    "select": _names("epoll poll"),
    "signal": _names("""
        SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGTSTP SIGUSR1 SIGUSR2 SIGWINCH
        alarm pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigwait
    """),
    "socket": _names("AF_UNIX SCM_RIGHTS"),
    "sys": _names(""),
}


def _seen_from_windows(real: ModuleType) -> ModuleType:
    """Return a module as Windows has it."""
    missing = MISSING[real.__name__]

    class Seen(ModuleType):
        def __getattr__(self, name: str) -> Any:
            if name in missing:
                raise AttributeError(f"module {real.__name__!r} has no attribute {name!r} on Windows")
            return getattr(real, name)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(real, name, value)

    seen = Seen(real.__name__)
    for name in ("__doc__", "__loader__", "__spec__"):
        seen.__dict__.pop(name, None)
    if real is sys:
        seen.__dict__["platform"] = "win32"
    if real is select:
        seen.__dict__["select"] = _select_of_sockets
    return seen


def _select_of_sockets(*lists: Any) -> Any:
    for each in (each for some in lists[:3] for each in some):
        if not stat.S_ISSOCK(os.fstat(each if isinstance(each, int) else each.fileno()).st_mode):
            raise OSError(10038, "An operation was attempted on something that is not a socket")
    return select.select(*lists)


def _is_open(path: str | bytes | os.PathLike[Any]) -> bool:
    """Whether this process has a file open."""
    name = Path(os.fsdecode(path)).absolute()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            if descriptor.readlink() == name:
                return True
        except OSError:  # closed meanwhile
            continue
    return False


def _not_of_open_files(real: Callable[..., Any]) -> Callable[..., Any]:
    def step(path: Any, *more: Any, **how: Any) -> Any:
        for each in (path, *more):
            if isinstance(each, (str, bytes, os.PathLike)) and _is_open(each):
                raise PermissionError(errno.EACCES, "it is being used by another process", os.fsdecode(path))
        if real.__name__ == "rename" and os.path.lexists(more[0]):
            raise FileExistsError(errno.EEXIST, "it is there already", os.fsdecode(path))
        return real(path, *more, **how)

    return step


_open, _fsync = os.open, os.fsync


def _open_no_folder(path: Any, flags: int, *more: Any, **how: Any) -> int:
    if Path(os.fsdecode(path)).is_dir() and not flags & os.O_TMPFILE & ~os.O_DIRECTORY:
        raise PermissionError(errno.EACCES, "Permission denied", os.fsdecode(path))
    return _open(path, flags, *more, **how)


def _fsync_of_written(fd: Any) -> None:
    if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "Bad file descriptor")
    _fsync(fd)


_import = builtins.__import__
_seen = {name: _seen_from_windows(importlib.import_module(name)) for name in MISSING}


def _import_as_on_windows(
    name: str,
    globals: Any = None,  # noqa: A002 - as `__import__` has it
    locals: Any = None,  # noqa: A002
    fromlist: Any = (),
    level: int = 0,
) -> ModuleType:
    importer = (globals or {}).get("__name__", "")
    if importer.partition(".")[0] != "rigcoach":
        return _import(name, globals, locals, fromlist, level)
    if name in MISSING_MODULES:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    if name in _seen and ("." not in name or fromlist):
        return _seen[name]
    return _import(name, globals, locals, fromlist, level)


def simulate() -> None:
    """Begin; there is no end to it in this process."""
    builtins.__import__ = _import_as_on_windows
    for each in (os.rename, os.replace, os.unlink, os.remove):
        setattr(os, each.__name__, _not_of_open_files(each))
    os.open, os.fsync = _open_no_folder, _fsync_of_written
