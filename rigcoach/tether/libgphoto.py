"""The edges of libgphoto2 that would cut: its settings file, standard input, messages, printing to standard error."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import gphoto2 as gp

from rigcoach.rig.shipped import user_folder

# Our own: with "sdram" (its default) the driver points an EOS at the computer and waits for ever while the card is
# full; and a Nikon's properties, once read, would be answered from memory for two seconds.
_SETTINGS = "ptp2=capturetarget=card\nptp2=cachetime=0\n"


class Messages:
    """A libgphoto2 context that keeps what the drivers say: the PTP code of a refusal stands only there."""

    def __init__(self) -> None:
        self.context = gp.Context()
        self._said: list[str] = []
        # The registration lasts as long as what it returns is held.
        self._registration = gp.gp_context_set_error_func(self.context, self._hear, None)

    def _hear(self, _context: Any, text: str | bytes, *_data: Any) -> None:
        self._said.append(text.decode(errors="replace") if isinstance(text, bytes) else text)

    def clear(self) -> None:
        """Forget what was said before a call."""
        self._said.clear()

    def said(self) -> str:
        """Return what was said since, as one line."""
        return " ".join(" ".join(self._said).split())


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """Keep libgphoto2 away from ``~/.config/gphoto``: it reads and writes its settings among rigcoach's user data.

    It asks the environment for the folder whenever it needs one, so this goes round every call, and only there.
    """
    folder = user_folder("gphoto")
    file = folder / "settings"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(_SETTINGS)
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(folder.parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_CONFIG_HOME"]
        else:
            os.environ["XDG_CONFIG_HOME"] = before


@contextlib.contextmanager
def keeping_stdin() -> Iterator[None]:
    """Keep standard input open where libgphoto2 would close it.

    Its PTP/IP transport closes file descriptor 0 when it disconnects (``camlibs/ptp2/ptpip.c``: a descriptor that was
    never opened is zero there); the next file opened would become standard input.
    """
    with contextlib.ExitStack() as stack:
        try:
            kept = os.dup(0)
        except OSError:
            kept = os.open(os.devnull, os.O_RDONLY)
        stack.callback(os.close, kept)
        try:
            yield
        finally:
            if kept != 0:
                os.dup2(kept, 0)
            else:
                stack.pop_all()  # standard input was closed before: descriptor 0 stays taken, by nothing


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep the library's own printing off standard error, where it complains of a lost connection."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
