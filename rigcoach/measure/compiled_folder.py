"""Where compiled functions are kept, and whether some are being compiled: for who has not loaded the compiler.

To compile what measures a card takes a while, once. While a process is at it there is a mark of its own beside what is
kept, so that whoever shows how far the work is, or waits for it, can tell, in whatever process that is.
"""

import atexit
import os
import shutil
import time
from functools import cache
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_path

_FOLDER = "compiled-"
_MARK = "compiling-"
# A function is compiled in seconds, on a slow and busy computer in a minute; the mark of a process that was ended
# meanwhile tells nothing.
_MARK_LASTS_S = 120.0


@cache
def compiled_folder() -> Path | None:
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


def is_compiling() -> bool:
    """Whether a process is compiling functions now."""
    folder = compiled_folder()
    try:
        return folder is not None and any(map(_is_fresh, folder.glob(f"{_MARK}*")))
    except OSError:
        return False


def _is_fresh(mark: Path) -> bool:
    try:
        return abs(time.time() - mark.stat().st_mtime) < _MARK_LASTS_S
    except OSError:
        return False


class _Own:
    """The mark of this process: a function is being compiled while those that it calls are."""

    def __init__(self) -> None:
        self.deep = 0

    def begin(self) -> None:
        self.deep += 1
        if self.deep == 1:
            atexit.register(self.remove)
        self._write()

    def end(self) -> None:
        self.deep = max(self.deep - 1, 0)
        if self.deep:
            self._write()
        else:
            self.remove()

    def _write(self) -> None:
        path = self._path()
        try:
            if path is not None:
                path.touch()
        except OSError:
            return

    def remove(self) -> None:
        atexit.unregister(self.remove)
        path = self._path()
        try:
            if path is not None:
                path.unlink(missing_ok=True)
        except OSError:
            return

    def _path(self) -> Path | None:
        folder = compiled_folder()
        return None if folder is None else folder / f"{_MARK}{os.getpid()}"


_own = _Own()


def mark_compiling(*, begun: bool) -> None:
    """Note that a function is being compiled, or no longer; where nothing may be written it is not told."""
    if begun:
        _own.begin()
    else:
        _own.end()
