"""What tests of several files need and takes long to make: made by whichever process of a run comes first."""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what `make` makes in a folder of its own, once for all processes that run these tests."""
    root = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / "made-once" / name
    folder.mkdir(parents=True, exist_ok=True)
    result = folder / "made.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_bytes(pickle.dumps(make(folder)))
    made: Made = pickle.loads(result.read_bytes())  # noqa: S301 - what the same run has just written
    return made
