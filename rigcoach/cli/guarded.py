"""A command run in a process of its own, so that even a decoder's crash is reported.

A process that is begun anew would have to load everything first. A fork costs nothing, but only before anything was
loaded that keeps threads of its own: locks that those hold stay locked in the new process for ever. So it is made at
the beginning of a command. (numpy's OpenBLAS, which may be loaded by then, ends its threads before each fork.)
"""

import ctypes
import os
import signal
import sys
import threading

import click

_KEEP_THREADS = ("cv2", "av")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl(2)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ()

_is_our_process = False


def is_our_process() -> None:
    """Say that this process was begun for a command and does nothing after it, so that there may be two of it."""
    global _is_our_process  # so is the process
    _is_our_process = True


def why_it_died() -> str | None:
    """Go on in a new process and return `None` there; in this one, return why the system ended that, if it did.

    In this process the command ends where the new one ended by itself, and with its exit status. Where a fork could
    hang, or is not made (other systems than Linux, a program of somebody else's), this process goes on, with `None`.
    """
    has_threads = threading.active_count() > 1 or any(name in sys.modules for name in _KEEP_THREADS)
    if sys.platform != "linux" or not _is_our_process or has_threads:
        return None
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    owner = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    child = os.fork()
    if child == 0:
        _serve(owner)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return None
    try:
        status = _wait_for(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        click.get_current_context().exit(code)
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h")  # a progress bar that was cut off had hidden it
    from rigcoach.scoring.workers import ended_by

    return ended_by(-code)


def _wait_for(child: int) -> int:
    """Pass on to a process what should end it, and return how it ended. With `_SIGNALS` blocked.

    They are waited for together with the process's end: a Ctrl-C just before a call that waits for that alone would be
    heard only after it.
    """
    heard = {number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN}
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if signal.sigwait({*heard, signal.SIGCHLD}) in heard:
            os.kill(child, signal.SIGTERM)
    while signal.sigtimedwait(heard, 0):
        pass  # nothing is left for them to end
    return status


def _serve(owner: int) -> None:
    """Hear of a Ctrl-C, which reaches both processes, once: from the owner; and end with it, whatever ends it."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != owner:
        os._exit(1)
