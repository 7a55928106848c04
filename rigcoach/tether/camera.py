"""A camera on a cable: open it, read it, set it, hear from it, and notice when it is gone."""

import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rigcoach.base.shown_text import printable
from rigcoach.listing.model import BodyListing, Widget, widget_name
from rigcoach.tether import errors
from rigcoach.tether.errors import CameraClaimedError, CameraError, CameraLostError, CameraRefusedError
from rigcoach.tether.events import CardFile, CardSpace, Event, EventKind, Folder
from rigcoach.tether.process import ports
from rigcoach.tether.process.ports import FoundPort
from rigcoach.tether.process.worker_process import LIMIT_S, WorkerProcess

__all__ = ["Camera", "CardFile", "CardSpace", "Event", "EventKind", "plugged_in"]

_RECONNECT_AFTER_S = 5.0  # not sooner after it failed, so that putting things in order does not take for ever
_SLOW_S = {"movie": 14.0}  # the driver waits up to ten seconds for a Nikon to write its clip
_LONGEST_EXPOSURE_S = 30.0
_SLICE_S = 1.0  # events are waited for in slices, so that one request stays short
_SLOWEST_BYTES_PER_S = 1e6
_DEEPEST = 16  # no card holds so many folders within each other; one that means harm may


def plugged_in() -> tuple[FoundPort, ...]:
    """Return the cameras that libgphoto2 detects: those on USB, not those on a network.

    Raises
    ------
    CameraError
        Where libgphoto2 does not answer.
    """
    worker = WorkerProcess()
    try:
        found: tuple[FoundPort, ...] = worker.ask("looking for cameras", "plugged_in")
    finally:
        worker.end()
    return found


class Camera:
    """An open camera; a context manager that closes it.

    libgphoto2 runs in a worker process. Should it crash or not come back, `CameraLostError` is raised; after that, and
    after the camera itself was lost, the next use tries to connect again. Only one program can hold a camera, and only
    one thread may use this object.

    Parameters
    ----------
    port
        ``"auto"``, or a libgphoto2 port such as ``usb:001,004`` or ``ptpip:127.0.0.1:15740:15740``.
    model
        libgphoto2's name for the model; needed on a network, where it cannot be detected.

    Attributes
    ----------
    port, model
        As opened; on USB the port changes when the camera is plugged in again.
    close
        Closes the camera; called at the latest when this object is deleted.
    left_out
        Which folders were left out when the card was last listed, and why, in sentences without full stops.

    Raises
    ------
    CameraNotFoundError, CameraClaimedError, CameraBusyError
        Where it cannot be opened.
    """

    def __init__(self, port: str = "auto", *, model: str | None = None) -> None:
        self._worker = WorkerProcess()
        self.close = weakref.finalize(self, WorkerProcess.end, self._worker)
        self.left_out: tuple[str, ...] = ()
        self._lost = False
        self._reconnect_not_before = 0.0
        try:
            chosen = ports.choose(port, lambda: self._worker.ask("looking for cameras", "plugged_in"))
            self.port, self.model = chosen.port, model or chosen.model
            self._worker.ask(f"opening the camera at {self.port}", "open", self.port, self.model)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def worker_pid(self) -> int | None:
        """The process that runs libgphoto2; None while there is none."""
        return self._worker.pid

    def reopen(self) -> None:
        """Close the camera and open it again, after it was lost.

        Raises
        ------
        CameraNotFoundError, CameraClaimedError, CameraBusyError
            Where it is still not there.
        """
        if self._lost:
            # There is nobody to say good-bye to, and trying takes long.
            self._worker.kill()
        self._lost = True
        self.port = self._worker.ask(f"opening the camera at {self.port}", "reopen", self.port, self.model)
        self._lost = False

    def listing(self) -> BodyListing:
        """Return everything that the body reports of itself."""
        listing: BodyListing = self._ask("reading the camera's settings", "listing")
        return listing

    def get(self, name: str) -> Widget:
        """Return one widget, by name or path.

        The value may come from libgphoto2's memory even if the body is gone; `read_back` asks the body.
        """
        widget: Widget = self._ask(f"reading {widget_name(name)}", "get", name)
        return widget

    def read_back(self, name: str) -> Widget:
        """Return one widget as the body has it now.

        Raises
        ------
        CameraLostError
            Where the body does not answer any more.
        """
        widget: Widget = self._ask(f"reading {widget_name(name)}", "read_back", name)
        return widget

    def set(self, name: str, value: str) -> None:
        """Send a value to a widget.

        A busy body is tried again for about three seconds; its events are read in between.

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
        leaf = widget_name(name)
        self._ask(f"setting {leaf} to {value}", "set", name, value, limit_s=_SLOW_S.get(leaf, LIMIT_S))

    def next_event(self, timeout_s: float) -> Event | None:
        """Return the body's next event; None after `timeout_s` seconds without one."""
        until = time.monotonic() + timeout_s
        while True:
            left_s = max(0.0, until - time.monotonic())
            event: Event | None = self._ask("waiting for its answer", "next_event", min(left_s, _SLICE_S))
            if event is not None or left_s <= _SLICE_S:
                return event

    def files(self, folder: str = "/") -> tuple[CardFile, ...]:
        """Return all files on the card, at and below `folder`, except in the folders of `left_out`."""
        self._ask("listing the card", "drain")
        self.left_out = ()
        found = self._files(folder, _DEEPEST)
        self.check_alive("listing the card")
        return found

    def _files(self, folder: str, levels: int) -> tuple[CardFile, ...]:
        names: Folder = self._ask("listing the card", "folder", folder)
        if names.equal:
            several = printable(", ".join(names.equal[:3]))
            self.left_out += (
                f"{printable(folder)} is left out: it holds several files called {several}, and its files can be told "
                "apart in a card reader only",
            )
        found = tuple(self.file(folder, name) for name in names.files)
        for below in names.folders if levels else ():
            found += self._files(f"{folder.rstrip('/')}/{below}", levels - 1)
        return found

    def file(self, folder: str, name: str) -> CardFile:
        """Return a file on the card with its size."""
        file: CardFile = self._ask(f"looking at {name}", "file", folder, name)
        return file

    def read_file(self, file: CardFile, offset: int, into: memoryview) -> int:
        """Read part of a file into a buffer; return how many bytes were read."""
        came: bytes = self._ask(f"fetching {file.name}", "read_file", file, offset, len(into))
        into[: len(came)] = came
        return len(came)

    def copy_file(self, file: CardFile, to: Path) -> None:
        """Write a whole file to a path, for bodies that cannot send parts of a file."""
        limit_s = LIMIT_S + file.size_bytes / _SLOWEST_BYTES_PER_S
        self._ask(f"fetching {file.name}", "copy_file", file, str(to.absolute()), limit_s=limit_s)

    def preview(self) -> bytes:
        """Return a frame of live view, the body's own JPEG; switches live view on if it is off."""
        frame: bytes = self._ask("looking through live view", "preview")
        return frame

    def capture(self) -> CardFile:
        """Take a picture and return its file."""
        folder, name = self._ask("taking a picture", "capture", limit_s=_LONGEST_EXPOSURE_S + LIMIT_S)
        return self.file(folder, name)

    def cards(self) -> tuple[CardSpace, ...]:
        """Return the cards in the body; a single unknown one if the body does not report them."""
        try:
            found: tuple[CardSpace, ...] = self._ask("looking at the card", "cards")
        except CameraRefusedError:
            return (CardSpace("", None, None),)
        return found

    def check_alive(self, doing: str) -> None:
        """Ask the body something that only the body can answer.

        Raises
        ------
        CameraLostError
            Where no answer comes.
        """
        self._ask(doing, "check_alive", doing)

    def _ask(self, doing: str, method: str, *arguments: Any, limit_s: float = LIMIT_S) -> Any:
        if not self.close.alive:
            raise CameraError(f"{doing} failed", why="the connection was closed", next_step="Open it again")
        if self._lost:
            self._reconnect(doing)
        try:
            return self._worker.ask(doing, method, *arguments, limit_s=limit_s)
        except CameraLostError:
            self._lost = True
            raise

    def _reconnect(self, doing: str) -> None:
        if time.monotonic() < self._reconnect_not_before:
            raise errors.lost(doing)
        try:
            self.reopen()
        except CameraError as error:
            self._reconnect_not_before = time.monotonic() + _RECONNECT_AFTER_S
            if isinstance(error, CameraClaimedError):
                raise
            raise errors.lost(doing) from error
