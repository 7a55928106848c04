"""The sockets: moves bytes between one computer and a body, and knows nothing of cameras.

One thread, one selector. A command connection and its event connection make a client; while there is one, others are
turned away. Nothing is asked over the event connection: EOS bodies are polled for their events.
"""

import selectors
import socket
from enum import Enum, auto
from typing import Protocol

from rigcoach.emulated import wire
from rigcoach.emulated.ptp import Operation, Response

LOOPBACK = "127.0.0.1"

_GUID = b"rigcoach".ljust(16, b"\0")
_READ_BYTES = 1 << 16

# Long enough for a slow computer to take a block of a file, short enough that a stopped one doesn't hold the body.
_SEND_TIMEOUT_S = 20.0


class Body(Protocol):
    """A camera, as far as its connections are concerned."""

    name: str

    def answer(self, operation: Operation) -> Response:
        """Do what is asked, or refuse it. May not wait."""

    def hang_up(self) -> None:
        """Take note that the computer is gone."""


class _Line:
    """One accepted socket with the protocol's state for it."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.connection = wire.Connection()

    def receive(self) -> bytes:
        data = self.socket.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError("the other end is closed")
        return data

    def send(self, data: bytes) -> bool:
        """Send all of it in one go; False if nobody takes it."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True


class _Role(Enum):
    LISTENER = auto()
    STOP = auto()


class Server:
    """A PTP/IP responder on a port of the loopback interface.

    Parameters
    ----------
    body
        The camera that answers.
    port
        The port, 0 for any free one.

    Raises
    ------
    OSError
        If the port cannot be had.
    """

    def __init__(self, body: Body, port: int = 0) -> None:
        self._body = body
        self._lines: set[_Line] = set()
        self._command: _Line | None = None
        self._event: _Line | None = None
        self._clients = 0
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server((LOOPBACK, port))
        self._selector.register(self._listener, selectors.EVENT_READ, _Role.LISTENER)

    @property
    def port(self) -> int:
        """The port it listens on."""
        number: int = self._listener.getsockname()[1]
        return number

    def stop_when_readable(self, file: int | socket.socket) -> None:
        """Make `step` return False as soon as `file` has something to read, or its other end is closed."""
        self._selector.register(file, selectors.EVENT_READ, _Role.STOP)

    def step(self, timeout_s: float | None = None) -> bool:
        """Handle what has arrived, waiting for it up to `timeout_s`; False once it is time to stop."""
        go_on = True
        for key, _ in self._selector.select(timeout_s):
            if key.data is _Role.LISTENER:
                self._accept()
            elif key.data is _Role.STOP:
                go_on = False
            elif key.data in self._lines:
                self._read(key.data)
        return go_on

    def close(self) -> None:
        """Close every socket."""
        for line in list(self._lines):
            self._drop(line)
        self._listener.close()
        self._selector.close()

    def _accept(self) -> None:
        sock, _ = self._listener.accept()
        sock.settimeout(_SEND_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(sock)
        self._lines.add(line)
        self._selector.register(sock, selectors.EVENT_READ, line)

    def _read(self, line: _Line) -> None:
        try:
            requests = line.connection.receive(line.receive())
        except (OSError, wire.WireError):
            # The computer went away, or talks something else than PTP/IP: either way there is nobody to tell.
            self._drop(line)
            return
        for request in requests:
            answer, stays = self._answer(line, request)
            if not (line.send(answer) and stays):
                self._drop(line)
                return

    def _answer(self, line: _Line, request: wire.Request) -> tuple[bytes, bool]:
        """Return the answer to a request, and whether the line stays open."""
        match request:
            case Operation() if line is self._command:
                return wire.encode_response(request, self._body.answer(request)), True
            case wire.InitCommandRequest() if self._command is None:
                self._clients += 1
                self._command = line
                return wire.encode(wire.InitCommandAck(self._clients, _GUID, self._body.name)), True
            case wire.InitCommandRequest():
                return wire.encode(wire.InitFail(wire.InitFail.BUSY)), False
            case wire.InitEventRequest(connection) if self._command is not None and connection == self._clients:
                self._event = line
                return wire.encode(wire.InitEventAck()), True
            case wire.Ping():
                return wire.encode(wire.Pong()), True
        return wire.encode(wire.InitFail(wire.InitFail.REJECTED)), False

    def _drop(self, line: _Line) -> None:
        if line not in self._lines:
            return
        self._lines.remove(line)
        self._selector.unregister(line.socket)
        line.socket.close()
        if line is self._command:
            self._command = None
            self._body.hang_up()
            if self._event is not None:
                self._drop(self._event)
        if line is self._event:
            self._event = None
