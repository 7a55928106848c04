"""Memory that was let go of, given back to the system."""

import ctypes
import sys


def give_back() -> None:
    """Give back what the C library keeps of freed memory, such as FFmpeg's list of an hour's frames.

    Only glibc keeps much of it; elsewhere nothing happens.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
