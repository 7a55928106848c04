"""A camera on a cable: open it, read it, set it, hear from it, and notice when it is gone."""

import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self, TypeVar

import gphoto2 as gp

from rigcoach.tether import errors, ports, widgets
from rigcoach.tether.libgphoto import Messages, keeping_stdin, own_settings, silent
from rigcoach.tether.listing import BodyListing, Widget

Result = TypeVar("Result")

Progress = Callable[[float, float | None], None]
"""Called with how much is done and, where it is known, of how much."""

_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6)  # before asking a busy body again
_POLL_S = 0.02
_DRAIN_S = 2.0


class EventKind(Enum):
    """What a body tells of itself."""

    FILE_ADDED = auto()
    CAPTURE_COMPLETE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a body told; `folder` and `name` for a new file, else empty."""

    kind: EventKind
    folder: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file on a body's card."""

    folder: str
    name: str
    size_bytes: int

    @property
    def path(self) -> str:
        """Folder and name."""
        return f"{self.folder.rstrip('/')}/{self.name}"


class Camera:
    """An open camera; a context manager that lets go of it.

    Only one program can hold a camera, and only one thread may use it.

    Parameters
    ----------
    port
        ``"auto"``, or a libgphoto2 port such as ``usb:001,004`` or ``ptpip:127.0.0.1:15740:15740``.
    model
        What libgphoto2 calls the model, where that is known better than it can be found out: on a network.

    Attributes
    ----------
    port, model
        As opened.

    Raises
    ------
    CameraNotFoundError, CameraClaimedError, CameraBusyError
        Where it cannot be opened.
    """

    def __init__(self, port: str = "auto", *, model: str | None = None) -> None:
        chosen = ports.choose(port)
        self.port, self.model = chosen.port, model or chosen.model
        self._messages = Messages()
        self._handle = _Handle(_open(self.port, self.model, self._messages), self._messages)
        # At the latest when this object goes or the interpreter ends: letting the library's object go on its own
        # would close standard input.
        self.close = weakref.finalize(self, _Handle.release, self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reopen(self) -> None:
        """Let go of the camera and open it anew, after it was lost.

        Raises
        ------
        CameraNotFoundError, CameraClaimedError, CameraBusyError
            Where it is still not there.
        """
        self._handle.release()
        self._handle.camera = _open(self.port, self.model, self._messages)

    def listing(self) -> BodyListing:
        """Return everything that the body reports of itself."""
        tree = self._call("reading the camera's settings", lambda c: c.get_config(self._messages.context))
        listing = widgets.listing_from(tree)
        self.check_alive("reading the camera's settings")
        return listing

    def get(self, name: str) -> Widget:
        """Return one widget, by name or path.

        It may come out of libgphoto2's memory even if the body is gone; `read_back` makes sure.
        """
        return widgets.widget_from(self._single(name), name)

    def read_back(self, name: str) -> Widget:
        """Return one widget as the body has it now.

        Raises
        ------
        CameraLostError
            Where the body does not answer any more.
        """
        self._drain()
        widget = self.get(name)
        self.check_alive(f"reading {widget.name}")
        return widget

    def set(self, name: str, value: str) -> None:
        """Send a value to a widget.

        A body that is busy is asked again, for about three seconds, with what it has to say taken in between.

        Parameters
        ----------
        name
            The widget's name or path.
        value
            A choice of the widget, letter for letter; a number for a RANGE, ``"0"`` or ``"1"`` for a TOGGLE.

        Raises
        ------
        ValueError
            Where the body does not list the value: it is not sent.
        CameraRefusedError, CameraBusyError, CameraLostError, CardFullError
            Where the body does not take it.
        """

        def send(camera: Any) -> None:
            # Fresh each time: after a refusal the library believes that nothing has changed in the old one.
            widget = camera.get_single_config(widgets.leaf(name), self._messages.context)
            widgets.put(widget, value)
            camera.set_single_config(widgets.leaf(name), widget, self._messages.context)

        self._call(f"setting {widgets.leaf(name)} to {value}", send)

    def next_event(self, timeout_s: float) -> Event | None:
        """Return the next thing that the body tells; None after `timeout_s` of silence.

        The library is asked in short calls, so that Ctrl-C is heard in between.
        """
        until = time.monotonic() + timeout_s
        while True:
            kind, data = self._call("waiting for the camera", lambda c: c.wait_for_event(1, self._messages.context))
            if kind != gp.GP_EVENT_TIMEOUT:
                return _event(kind, data)
            if time.monotonic() >= until:
                return None
            time.sleep(_POLL_S)

    def files(self, folder: str = "/") -> tuple[CardFile, ...]:
        """Return all files on the card, at and below `folder`."""
        found = self._files(folder)
        self.check_alive("listing the card")
        return found

    def _files(self, folder: str) -> tuple[CardFile, ...]:
        context = self._messages.context
        names = ports.names_of(self._call("listing the card", lambda c: c.folder_list_files(folder, context)))
        found = tuple(self.file(folder, name) for name in names)
        below = ports.names_of(self._call("listing the card", lambda c: c.folder_list_folders(folder, context)))
        for sub in below:
            found += self._files(f"{folder.rstrip('/')}/{sub}")
        return found

    def file(self, folder: str, name: str) -> CardFile:
        """Return a file on the card with its size."""
        info = self._call(f"looking at {name}", lambda c: c.file_get_info(folder, name, self._messages.context))
        return CardFile(folder, name, int(info.file.size))

    def read_file(self, file: CardFile, offset: int, into: memoryview) -> int:
        """Read part of a file into a buffer; return how many bytes came."""
        return int(
            self._call(
                f"fetching {file.name}",
                lambda c: c.file_read(
                    file.folder, file.name, gp.GP_FILE_TYPE_NORMAL, offset, into, self._messages.context
                ),
            )
        )

    def check_alive(self, doing: str) -> None:
        """Ask the body something that has to travel there and back.

        Raises
        ------
        CameraLostError
            Where no answer comes.
        """
        if not self._answers():
            raise errors.lost(doing)

    def _answers(self) -> bool:
        self._messages.clear()
        try:
            with own_settings(), silent():
                self._handle.camera.get_storageinfo(self._messages.context)
        except gp.GPhoto2Error as error:
            # An error that the body itself gave is an answer too.
            return error.code not in errors.MAYBE_LOST or errors.response_code(self._messages.said()) is not None
        return True

    def _single(self, name: str) -> Any:
        return self._call(
            f"reading {widgets.leaf(name)}",
            lambda c: c.get_single_config(widgets.leaf(name), self._messages.context),
        )

    def _call(self, doing: str, call: Callable[[Any], Result]) -> Result:
        """Call libgphoto2; a busy body is asked again, and an error becomes one that a photographer can read."""
        for pause_s in (*_PAUSES_S, None):
            self._messages.clear()
            try:
                with own_settings(), self._quiet():
                    return call(self._handle.camera)
            except gp.GPhoto2Error as error:
                code, said = error.code, self._messages.said()
                if code in errors.MAYBE_LOST and errors.response_code(said) is None:
                    self.check_alive(doing)
                if pause_s is None or not errors.is_busy(code, said):
                    raise errors.while_using(doing, code, said) from error
            time.sleep(pause_s)
            self._drain()
        raise AssertionError("the last pause is None")

    def _quiet(self) -> AbstractContextManager[None]:
        # Only the network's transport prints; its calls are short, so that nobody else's words are lost.
        return silent() if self.port.startswith(("ptpip:", "ip:")) else nullcontext()

    def _drain(self) -> None:
        """Take in what the body has to say: some stay busy until they are rid of it."""
        until = time.monotonic() + _DRAIN_S
        with own_settings(), self._quiet(), suppress(gp.GPhoto2Error):  # the call that follows meets the error again
            while time.monotonic() < until:
                if self._handle.camera.wait_for_event(1, self._messages.context)[0] == gp.GP_EVENT_TIMEOUT:
                    return


def _event(kind: int, data: Any) -> Event:
    if kind == gp.GP_EVENT_FILE_ADDED:
        return Event(EventKind.FILE_ADDED, data.folder, data.name)
    return Event(EventKind.CAPTURE_COMPLETE if kind == gp.GP_EVENT_CAPTURE_COMPLETE else EventKind.OTHER)


class _Handle:
    """libgphoto2's own camera object, let go of once and in the right way."""

    def __init__(self, camera: Any, messages: Messages) -> None:
        self.camera = camera
        self._messages = messages

    def release(self) -> None:
        """Let go of the camera."""
        # A body that is gone cannot be told good-bye.
        if self.camera is None:
            return
        with own_settings(), keeping_stdin(), silent(), suppress(gp.GPhoto2Error):
            try:
                self.camera.exit(self._messages.context)
            finally:
                self.camera = None


def _open(port: str, model: str, messages: Messages) -> Any:
    for pause_s in (*_PAUSES_S[:3], None):
        messages.clear()
        camera = ports.new_camera(model, port)
        try:
            with own_settings(), keeping_stdin(), silent():
                camera.init(messages.context)
        except gp.GPhoto2Error as error:
            if pause_s is None or not errors.is_busy(error.code, messages.said()):
                raise errors.at_opening(port, error.code, messages.said()) from error
        else:
            return camera
        time.sleep(pause_s)
    raise AssertionError("the last pause is None")
