"""Ctrl-C, a closed terminal and SIGTERM: all three end a command in the same order."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STATUS = 130
"""The exit status of a command that was stopped, as shells have it for Ctrl-C."""


_unbroken = 0
_noted = False


@contextmanager
def unbroken() -> Iterator[None]:
    """Go through with what, half done, would spoil what is done; a second Ctrl-C ends it all the same."""
    global _unbroken, _noted  # signals are the process', and so is this
    _unbroken += 1
    try:
        yield
    finally:
        _unbroken -= 1
        if _noted and not _unbroken:
            _noted = False
            raise KeyboardInterrupt


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Take a closed terminal and a polite kill as Ctrl-C: what is done is kept, the camera is put in order."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        global _noted
        if _unbroken and not _noted:
            _noted = True
            return
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    every = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        every.append(signal.SIGHUP)
    # What nohup has a command ignore stays ignored.
    numbers = [number for number in every if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
