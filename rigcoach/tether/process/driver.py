"""libgphoto2 at work on one camera: what the worker process does when it is asked.

Everything here returns plain data, copied while libgphoto2's own objects live, and raises rigcoach's own errors.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import gphoto2 as gp

from rigcoach.listing.model import BodyListing, Widget, widget_name
from rigcoach.tether import errors
from rigcoach.tether.events import CardFile, CardSpace, Event, EventKind, Folder
from rigcoach.tether.process import libgphoto, widgets
from rigcoach.tether.process.lock import PortLock
from rigcoach.tether.process.ports import FoundPort, find_again, is_network
from rigcoach.tether.unsendable import UNSENDABLE_ON_PANASONIC

Result = TypeVar("Result")

_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6)  # before asking a busy body again
_PATIENCE_S = 5.0  # with a body that answers too late, so that all its chances fit into the owner's time limit
_POLL_S = 0.02
_DRAIN_S = 2.0

# What may not stay on when nobody is left to switch it off, and its resting state.
_RESTING = {"movierecordtarget": "None", "movie": "0", "viewfinder": "0"}


class Driver:
    """One camera through libgphoto2, in this process.

    Parameters
    ----------
    locks
        The folder of lock files.
    owner_pid
        The process for which the camera is held.
    """

    def __init__(self, locks: Path, owner_pid: int) -> None:
        self._locks = locks
        self._owner_pid = owner_pid
        self._messages = libgphoto.Messages()
        self._camera: Any = None
        self._lock: PortLock | None = None
        self._left_on: dict[str, None] = {}
        self._stays_busy = False

    def plugged_in(self) -> tuple[FoundPort, ...]:
        """Return the cameras that libgphoto2 finds by itself."""
        return libgphoto.plugged_in()

    def open(self, port: str, model: str) -> None:
        """Connect to a camera; raise CameraNotFoundError, CameraClaimedError or CameraBusyError where that fails."""
        lock = PortLock(self._locks, port, self._owner_pid)
        try:
            self._camera = self._connected(port, model)
        except BaseException:
            lock.release()
            raise
        self._lock = lock

    def reopen(self, port: str, model: str) -> str:
        """Let go of a camera and connect to it again; return its port, which may be another one now."""
        self.close()
        now_at = port if is_network(port) else find_again(port, model, self.plugged_in())
        self.open(now_at, model)
        return now_at

    def _connected(self, port: str, model: str) -> Any:
        for pause_s in (*_PAUSES_S[:3], None):
            self._messages.clear()
            camera = libgphoto.new_camera(model, port)
            try:
                with libgphoto.keeping_stdin():
                    camera.init(self._messages.context)
            except gp.GPhoto2Error as error:
                if pause_s is None or not errors.is_busy(error.code, self._messages.said()):
                    raise errors.at_opening(port, error.code, self._messages.said()) from error
            else:
                return camera
            time.sleep(pause_s)
        raise AssertionError("the last pause is None")

    def close(self) -> None:
        """Let go of the camera, if one is held."""
        self._left_on.clear()
        if self._camera is not None:
            # A body that is gone cannot be told good-bye.
            with libgphoto.keeping_stdin(), suppress(gp.GPhoto2Error):
                try:
                    self._camera.exit(self._messages.context)
                finally:
                    self._camera = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def abandon(self) -> None:
        """Let go of the camera for an owner who is gone: stop a recording and live view that he began."""
        for name in [name for name in _RESTING if name in self._left_on]:
            with suppress(errors.CameraError, ValueError):  # nobody is left to tell
                self.set(name, _RESTING[name])
        self.close()

    def listing(self) -> BodyListing:
        """Return everything that the body reports of itself."""
        tree = self._call("reading the camera's settings", lambda c: c.get_config(self._messages.context))
        listing = widgets.listing_from(tree)
        self.check_alive("reading the camera's settings")
        return listing

    def get(self, name: str) -> Widget:
        """Return one widget, maybe out of libgphoto2's memory."""
        native = self._call(
            f"reading {widget_name(name)}",
            lambda c: self._widget(c, widget_name(name)),
        )
        return widgets.widget_from(native, name)

    def _is_panasonic(self) -> bool:
        """Whether the body speaks Panasonic's own extension, as those do that tell how recording stands."""
        maker = self.get("manufacturer").current
        return "panasonic" in maker.lower() and any(each.name == "recording" for each in self.listing().widgets)

    def _widget(self, camera: Any, leaf: str) -> Any:
        """Return a widget as libgphoto2 has it; an error where it gives none and does not say so.

        It does so where a body does not answer what a widget without a property is made of (``camlibs/ptp2/config.c``,
        _get_config).
        """
        widget = camera.get_single_config(leaf, self._messages.context)
        if widget is None:
            raise gp.GPhoto2Error(gp.GP_ERROR)
        return widget

    def read_back(self, name: str) -> Widget:
        """Return one widget as the body has it now."""
        self.drain()
        widget = self.get(name)
        self.check_alive(f"reading {widget.name}")
        return widget

    def set(self, name: str, value: str) -> None:
        """Send a value to a widget; raise ValueError, and send nothing, where the body does not list it."""
        leaf = widget_name(name)
        if leaf in UNSENDABLE_ON_PANASONIC and self._is_panasonic():
            raise errors.CameraRefusedError(
                f"setting {leaf} to {value} failed",
                why="libgphoto2 fails at setting it on a Panasonic",
                next_step="Set it on the camera",
            )

        def send(camera: Any) -> None:
            # Fresh each time: after a refusal the library believes that nothing has changed in the old one.
            widget = self._widget(camera, leaf)
            widgets.put(widget, value)
            camera.set_single_config(leaf, widget, self._messages.context)

        if leaf in _RESTING and value != _RESTING[leaf]:
            self._left_on[leaf] = None  # before it is sent: the answer may never come
        # A body that would not be set at all is not waited for again at each of twenty settings.
        pauses_s = _PAUSES_S[:2] if self._stays_busy else _PAUSES_S
        try:
            self._call(f"setting {leaf} to {value}", send, pauses_s)
        except errors.CameraBusyError:
            self._stays_busy = True
            raise
        self._stays_busy = False
        if leaf in _RESTING and value == _RESTING[leaf]:
            self._left_on.pop(leaf, None)

    def next_event(self, timeout_s: float) -> Event | None:
        """Return the next thing that the body tells; None after `timeout_s` of silence."""
        until = time.monotonic() + timeout_s
        while True:
            kind, data = self._call("waiting for its answer", lambda c: c.wait_for_event(1, self._messages.context))
            if kind != gp.GP_EVENT_TIMEOUT:
                return _event(kind, data)
            if time.monotonic() >= until:
                return None
            time.sleep(_POLL_S)

    def folder(self, path: str) -> Folder:
        """Return the names in a folder of the card."""
        context = self._messages.context
        files, equal = self._call("listing the card", lambda c: libgphoto.files_in(c, path, context))
        below = self._call("listing the card", lambda c: libgphoto.names_of(c.folder_list_folders(path, context)))
        return Folder(files, below, equal)

    def file(self, folder: str, name: str) -> CardFile:
        """Return a file on the card with its size."""
        info = self._call(f"looking at {name}", lambda c: c.file_get_info(folder, name, self._messages.context))
        return CardFile(folder, name, int(info.file.size))

    def read_file(self, file: CardFile, offset: int, count: int) -> bytes:
        """Return up to `count` bytes of a file."""
        into = memoryview(bytearray(count))
        came = self._call(
            f"fetching {file.name}",
            lambda c: c.file_read(file.folder, file.name, gp.GP_FILE_TYPE_NORMAL, offset, into, self._messages.context),
        )
        return bytes(into[: int(came)])

    def copy_file(self, file: CardFile, to: str) -> None:
        """Write a whole file to a path, for bodies that give no part of one."""
        context = self._messages.context

        def copy(camera: Any) -> None:
            # Straight into the file: a movie need not fit into memory. The library closes the descriptor.
            native = gp.check_result(gp.gp_file_new_from_fd(os.open(to, os.O_RDWR | os.O_CREAT | os.O_TRUNC)))
            gp.check_result(
                gp.gp_camera_file_get(camera, file.folder, file.name, gp.GP_FILE_TYPE_NORMAL, native, context)
            )

        self._call(f"fetching {file.name}", copy)

    def preview(self) -> bytes:
        """Return a frame of live view as the body made it: a JPEG."""
        doing = "looking through live view"

        def look(camera: Any) -> bytes:
            # Copied while the file object lives: its memory goes with it.
            frame = gp.CameraFile()
            try:
                camera.capture_preview(frame, self._messages.context)
            except gp.GPhoto2Error as error:
                if error.code != gp.GP_ERROR or self._messages.said():
                    raise
                # A body that is slow to show its first frame: the driver gives up after 3 s, without a word.
                self.check_alive(doing)
                camera.capture_preview(frame, self._messages.context)
            return bytes(frame.get_data_and_size())

        return self._call(doing, look)

    def capture(self) -> tuple[str, str]:
        """Take a picture; return folder and name under which the camera has it."""
        # Asked once: after an answer that came too late there may be a picture already.
        taken = self._call(
            "taking a picture", lambda c: c.capture(gp.GP_CAPTURE_IMAGE, self._messages.context), pauses_s=()
        )
        return taken.folder, taken.name

    def cards(self) -> tuple[CardSpace, ...]:
        """Return the cards in the body."""
        found = self._call("looking at the card", lambda c: c.get_storageinfo(self._messages.context))
        return tuple(_card(info) for info in found)

    def check_alive(self, doing: str) -> None:
        """Ask the body something that has to travel there and back; raise CameraLostError where no answer comes."""
        if not self._answers():
            raise errors.lost(doing)

    def _answers(self) -> bool:
        self._messages.clear()
        try:
            self._camera.get_storageinfo(self._messages.context)
        except gp.GPhoto2Error as error:
            # An error that the body itself gave is an answer too.
            return error.code not in errors.MAYBE_LOST or errors.response_code(self._messages.said()) is not None
        return True

    def _call(self, doing: str, call: Callable[[Any], Result], pauses_s: tuple[float, ...] = _PAUSES_S) -> Result:
        """Call libgphoto2; a body that is busy or late is asked again, and an error becomes one of rigcoach's."""
        if self._camera is None:
            raise errors.lost(doing)
        until = time.monotonic() + _PATIENCE_S
        for pause_s in (*pauses_s, None):
            self._messages.clear()
            try:
                return call(self._camera)
            except UnicodeDecodeError as error:
                raise errors.no_text(doing) from error
            except gp.GPhoto2Error as error:
                code, said = error.code, self._messages.said()
                if code in errors.MAYBE_LOST and errors.response_code(said) is None:
                    self.check_alive(doing)
                again = errors.is_busy(code, said) and time.monotonic() < until
                if pause_s is None or not again:
                    raise errors.while_using(doing, code, said) from error
            time.sleep(pause_s)
            self.drain()
        raise AssertionError("the last pause is None")

    def drain(self) -> None:
        """Take in what the body has to say.

        Some bodies stay busy until they are rid of it, and of a new file the library learns in no other way: it
        remembers what it once listed.
        """
        until = time.monotonic() + _DRAIN_S
        with suppress(gp.GPhoto2Error):  # the call that follows meets the error again
            while self._camera is not None and time.monotonic() < until:
                if self._camera.wait_for_event(1, self._messages.context)[0] == gp.GP_EVENT_TIMEOUT:
                    return


def _event(kind: int, data: Any) -> Event:
    if kind == gp.GP_EVENT_FILE_ADDED:
        return Event(EventKind.FILE_ADDED, data.folder, data.name)
    if kind == gp.GP_EVENT_CAPTURE_COMPLETE:
        return Event(EventKind.CAPTURE_COMPLETE)
    return Event(EventKind.OTHER, text=data if isinstance(data, str) else "")


def _card(info: Any) -> CardSpace:
    known = info.fields
    return CardSpace(
        info.label if known & gp.GP_STORAGEINFO_LABEL else "",
        info.capacitykbytes * 1024 if known & gp.GP_STORAGEINFO_MAXCAPACITY else None,
        info.freekbytes * 1024 if known & gp.GP_STORAGEINFO_FREESPACEKBYTES else None,
    )
