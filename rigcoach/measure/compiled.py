"""Functions of plain loops over numbers, compiled for this machine.

A measure that fits a few hundred numbers many times spends most of its time on calling numpy, not in it. Such a
function is written as loops and compiled by Numba when it is first called. What was compiled is kept, so that this
happens once after installing: beside this module, or with the user's caches where nothing may be written there.
"""

import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from numba import config, njit
from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

_FOLDER = "compiled-"


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function compiled; other threads run while it works.

    Its numbers are those of the loops as written: nothing is reordered for speed, and a division by zero gives what
    numpy gives.
    """
    settings: Any = config
    folder, before = _kept_in(), settings.CACHE_DIR
    # Where it is kept is settled as the function is made.
    settings.CACHE_DIR = "" if folder is None else str(folder)
    try:
        made = njit(cache=folder is not None, nogil=True, error_model="numpy")(function)
    finally:
        settings.CACHE_DIR = before
    return cast(Callable[P, R], made)


@cache
def _kept_in() -> Path | None:
    """Return a folder of this source's own; `None` where nothing may be written.

    A compiled function holds those it calls. Numba looks only at its own file to see whether it is up to date.
    """
    own = Path(__file__).parent
    beside = own / "__pycache__"
    source = sha256()
    for path in sorted(own.rglob("*.py")):
        source.update(path.read_bytes())
    for place in (beside, user_cache_path("rigcoach")):
        folder = place / f"{_FOLDER}{source.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "writable").touch()
        except OSError:
            continue
        for old in beside.glob(f"{_FOLDER}*"):
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)
        return folder
    return None
