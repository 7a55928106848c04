"""libgphoto2's rough edges smoothed: finding cameras, its messages, its way with standard input.

Only the worker process imports this module, and what else needs libgphoto2.
"""

import contextlib
import ctypes
import functools
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import gphoto2 as gp
import gphoto2._widget

from rigcoach.tether import errors
from rigcoach.tether.process.ports import FoundPort


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
def keeping_stdin() -> Iterator[None]:
    """Keep file descriptor 0 taken where libgphoto2 would close it.

    Its PTP/IP transport closes descriptor 0 when it disconnects (``camlibs/ptp2/ptpip.c``: a descriptor that was
    never opened is zero there); the next file or connection opened would get that number, and be closed in its turn.
    """
    kept = os.dup(0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def text_of(native: Any) -> str | None:
    """Return the text of a TEXT, RADIO or MENU widget; None where the driver never gave it one.

    A Coolpix P1000 lists f/3.4 and f/6.3 and stands at f/3.7 in between, so that the driver chooses none of the list.
    python-gphoto2's own reading (up to 2.6.4) takes such a text for one, and the process ends.
    """
    text = ctypes.c_char_p()
    if _library().gp_widget_get_value(ctypes.c_void_p(int(native.this)), ctypes.byref(text)) < gp.GP_OK:
        return None
    return None if text.value is None else text.value.decode(errors="replace")


@functools.cache
def _library() -> ctypes.CDLL:
    # Looked up through python-gphoto2's own module, so that it is the library that this one uses.
    return ctypes.CDLL(gphoto2._widget.__file__)


def plugged_in() -> tuple[FoundPort, ...]:
    """Return the cameras that libgphoto2 finds by itself."""
    found = gp.Camera.autodetect()
    return tuple(FoundPort(model, found.get_value(at)) for at, model in enumerate(names_of(found)))


def names_of(entries: Any) -> tuple[str, ...]:
    """Return the names in one of libgphoto2's lists: of cameras, folders or files."""
    return tuple(entries.get_name(at) for at in range(entries.count()))


def files_in(camera: Any, path: str, context: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the files in a folder, or, where several have the same, none and those names.

    libgphoto2 takes no second file of a name into its own list of the folder, and then gives none at all.
    """
    error, listed = gp.gp_camera_folder_list_files(camera, path, context)
    if error == gp.GP_ERROR_FILE_EXISTS:
        counts = Counter(names_of(listed))
        return (), tuple(name for name, count in counts.items() if count > 1)
    gp.check_result(error)
    return names_of(listed), ()


def new_camera(model: str, port: str) -> Any:
    """Return libgphoto2's object for a camera of that model at that port, not yet connected.

    Raises
    ------
    CameraNotFoundError
        Where libgphoto2 knows no such model or port.
    """
    models, every_port = gp.CameraAbilitiesList(), gp.PortInfoList()
    models.load()
    every_port.load()
    camera = gp.Camera()
    try:
        camera.set_abilities(models[models.lookup_model(model)])
    except gp.GPhoto2Error as error:
        raise errors.CameraNotFoundError(
            f"libgphoto2 does not know the model {model}", next_step="See `gphoto2 --list-cameras`"
        ) from error
    try:
        # An entry lives only as long as its list: it is used here and not handed out.
        camera.set_port_info(every_port[every_port.lookup_path(port)])
    except gp.GPhoto2Error as error:
        raise errors.CameraNotFoundError(
            f"{port} is no port that libgphoto2 knows", next_step="See `rigcoach camera list`"
        ) from error
    return camera
