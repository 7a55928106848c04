"""Where compiled functions are kept, and whether some are being compiled: for who has not loaded the compiler.

To compile what measures a card takes some ten seconds, once. While a process is at it there is a mark beside what is
kept, so that whoever shows how far the work is can say so, in whatever process that is.
"""

import shutil
import time
from functools import cache
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_path

_FOLDER = "compiled-"
_MARK = "compiling"
# A function is compiled in a second or two; the mark of a process that was ended meanwhile tells nothing.
_MARK_LASTS_S = 20.0


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
        return folder is not None and abs(time.time() - (folder / _MARK).stat().st_mtime) < _MARK_LASTS_S
    except OSError:
        return False


def mark_compiling(*, begun: bool) -> None:
    """Note that a function is being compiled, or no longer; where nothing may be written it is not told."""
    folder = compiled_folder()
    if folder is None:
        return
    try:
        if begun:
            (folder / _MARK).touch()
        else:
            (folder / _MARK).unlink(missing_ok=True)
    except OSError:
        return
