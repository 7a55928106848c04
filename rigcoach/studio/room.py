"""What all of the studio's pages share while it runs."""

import asyncio
import base64
import io
from dataclasses import dataclass, field
from pathlib import Path

import segno
from starlette.requests import HTTPConnection

from rigcoach.studio.devices import Devices, PairingCode, Role
from rigcoach.studio.drill_room import DrillRoom
from rigcoach.studio.page_maker import PageMaker
from rigcoach.studio.strip import Strip


class Bell:
    """Wakes all who listen; rung from any thread, listened to in the server's loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()

    def listen(self) -> asyncio.Event:
        """Return an event that is set whenever the bell rings, until `leave`."""
        self._loop = asyncio.get_running_loop()
        event = asyncio.Event()
        self._listeners.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Stop listening."""
        self._listeners.discard(event)

    def ring(self) -> None:
        """Wake all who listen."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()


@dataclass(slots=True)
class Room:
    """The studio while it runs.

    Attributes
    ----------
    drill, devices, pages, bell
        The drill that runs, who may talk to it, the reports that are made, what wakes the pages.
    desk_code, phone_code
        The codes that a page on this computer, and a phone, is paired with.
    phone_origin
        Where a phone reaches the studio, as ``http://192.168.1.5:8765``; None without ``--phone``.
    language
        Of all pages; empty where each browser is spoken to in its own.
    strip, exported
        The folder that is watched, with ``--watch``, and what was exported of it in this run, by its kind.
    made
        Files that were made in this run to be fetched, by their names.
    """

    drill: DrillRoom
    devices: Devices
    pages: PageMaker
    bell: Bell
    cookie: str
    secure: bool = False
    phone_origin: str | None = None
    language: str = ""
    strip: Strip | None = None
    exported: dict[str, Path] = field(default_factory=dict)
    made: dict[str, bytes] = field(default_factory=dict)
    desk_code: PairingCode = field(default_factory=lambda: PairingCode(Role.DESK))
    phone_code: PairingCode = field(default_factory=lambda: PairingCode(Role.PHONE))


def room_of(connection: HTTPConnection) -> Room:
    """Return what a request is made in."""
    room: Room = connection.app.state.room
    return room


def qr_svg(text: str) -> str:
    """Return a text as a QR code (ISO/IEC 18004): an SVG image, in base64."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return base64.b64encode(drawn.getvalue()).decode()
