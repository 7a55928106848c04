"""A folder for what is tried hundreds of times: in memory where there is such a place, so that no disk is waited for.

What is written, synced and named goes the same way there; only the waiting for the disk is left out.
"""

import os
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made in it


def trial_folder(prefix: str) -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder, which goes when its ``with`` ends."""
    in_memory = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK | os.X_OK) else None
    return tempfile.TemporaryDirectory(prefix=prefix, dir=in_memory)
