"""The sockets: moves bytes between one computer and a body, and knows nothing of cameras.

One thread, one selector. A command connection and its event connection make a client; while there is one, others are
turned away. Over the event connection go the events of bodies that tell of them there; EOS and Nikon bodies are polled.
"""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rigcoach.emulated.ptp import wire
from rigcoach.emulated.ptp.faults import Delivery
from rigcoach.emulated.ptp.operations import Operation, PtpEvent

LOOPBACK = "127.0.0.1"

_GUID = b"rigcoach".ljust(16, b"\0")
_READ_BYTES = 1 << 16

# Long enough for a slow computer to take a block of a file, short enough that a stopped one doesn't hold the body.
_SEND_TIMEOUT_S = 20.0


class Responder(Protocol):
    """A camera, as far as its connections are concerned."""

    name: str

    def deliver(self, operation: Operation) -> Delivery:
        """Do what is asked, or refuse it, and say how the answer goes out. May not wait."""

    def hang_up(self) -> None:
        """Take note that the computer is gone."""

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what there is to tell over the event connection since the last call."""


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


@dataclass(frozen=True, slots=True)
class _LateAnswer:
    due_s: float
    line: _Line
    answer: bytes


def _bound(port: int) -> socket.socket:
    """Return a socket on a port of the loopback interface, not listening yet."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((LOOPBACK, port))
    except (OSError, OverflowError):
        sock.close()
        raise
    return sock


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

    def __init__(self, body: Responder, port: int = 0) -> None:
        self._body = body
        self._lines: set[_Line] = set()
        self._command: _Line | None = None
        self._event: _Line | None = None
        self._clients = 0
        self._late: list[_LateAnswer] = []
        self._selector = selectors.DefaultSelector()
        self._listener = _bound(port)
        self.port: int = self._listener.getsockname()[1]
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def when_readable(self, file: int | socket.socket, read: Callable[[], bool]) -> None:
        """Call `read` when `file` has something to read, or its other end is closed; False from it ends `step`."""
        self._selector.register(file, selectors.EVENT_READ, read)

    def step(self, timeout_s: float) -> bool:
        """Handle what has arrived, waiting for it up to `timeout_s`; False once it is time to stop."""
        go_on = True
        first_due_s = min((each.due_s - time.monotonic() for each in self._late), default=timeout_s)
        for key, _ in self._selector.select(max(0.0, min(timeout_s, first_due_s))):
            if key.data in self._lines:
                self._read(key.data)
            elif not isinstance(key.data, _Line):
                go_on = key.data() and go_on
        self._send_late()
        self._send_events()
        return go_on

    def set_reachable(self, reachable: bool) -> None:
        """Hang up and turn every computer away, as a body does that is off, or take calls again on the same port."""
        if reachable == self._listening:
            return
        if not reachable:
            for line in list(self._lines):
                self._drop(line)
            self._selector.unregister(self._listener)
            self._listener.close()
            # Bound but not listening: the port stays this body's, and whoever calls is refused.
            self._listener = _bound(self.port)
        else:
            self._listener.listen()
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    @property
    def has_caller(self) -> bool:
        """Whether a computer has the body open."""
        return self._command is not None

    @property
    def _listening(self) -> bool:
        return self._listener in self._selector.get_map()

    def close(self) -> None:
        """Close every socket."""
        for line in list(self._lines):
            self._drop(line)
        self._listener.close()
        self._selector.close()

    def _accept(self) -> bool:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            # The caller hung up, or the body was switched off, in the meantime.
            return True
        sock.settimeout(_SEND_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(sock)
        self._lines.add(line)
        self._selector.register(sock, selectors.EVENT_READ, line)
        return True

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
                return self._operate(line, request)
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

    def _operate(self, line: _Line, operation: Operation) -> tuple[bytes, bool]:
        delivery = self._body.deliver(operation)
        if delivery.response is None:
            return b"", True
        answer = wire.encode_response(operation, delivery.response)
        if delivery.cut_after is not None:
            return wire.up_to_data_byte(answer, delivery.response, delivery.cut_after), False
        if delivery.delay_s > 0:
            self._late.append(_LateAnswer(time.monotonic() + delivery.delay_s, line, answer))
            return b"", True
        return answer, True

    def _send_late(self) -> None:
        now_s = time.monotonic()
        due = [each for each in self._late if each.due_s <= now_s]
        self._late = [each for each in self._late if each.due_s > now_s]
        for each in due:
            if each.line in self._lines and not each.line.send(each.answer):
                self._drop(each.line)

    def _send_events(self) -> None:
        if self._event is None:
            return
        for event in self._body.events_due():
            # Not about any operation of the computer's (ISO 15740, 9.3.2).
            if not self._event.send(wire.encode(wire.EventPacket(event.code, 0, event.params))):
                self._drop(self._event)
                return

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
