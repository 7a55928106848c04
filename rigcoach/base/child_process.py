"""Starting a child process that the terminal's Ctrl-C doesn't end."""

import signal
import sys
from multiprocessing.process import BaseProcess

if sys.platform != "win32":
    from multiprocessing import resource_tracker


def start_without_ctrl_c(process: BaseProcess) -> None:
    """Start a process with SIGINT blocked, from its first instruction on.

    Ctrl-C reaches the whole process group, and a Python that hears it while it starts up ends with a traceback before
    it could ignore it. On Windows the process is started as it is.
    """
    if sys.platform == "win32":
        process.start()
        return
    # Starting a spawned process starts this first where it isn't running, and lets SIGINT through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
