"""PTP/IP (CIPA DC-005): packets to bytes and back, and one connection's bytes into what is asked of the camera.

No sockets here: a `Connection` eats whatever bytes arrived and gives whole requests. Every packet is its length
(u32, little-endian, itself included), its type (u32) and a body.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from rigcoach.emulated.ptp.operations import Operation, OperationCode, Response

PROTOCOL_VERSION = 0x0001_0000

# What a computer sends is a property's value or a little more, but for files.
LONGEST_PACKET = 1 << 20
LONGEST_FILE = 1 << 28

_HEADER = struct.Struct("<II")
_DATA_PHASE_OUT = 2


class WireError(Exception):
    """Bytes that are not PTP/IP, or packets in an order that PTP/IP doesn't have. The connection can only be closed."""


class Packet(Protocol):
    """One PTP/IP packet."""

    TYPE: ClassVar[int]

    def body(self) -> bytes:
        """Return the packet without its header."""


def encode(packet: Packet) -> bytes:
    """Return the packet as it goes over the wire."""
    body = packet.body()
    return _HEADER.pack(_HEADER.size + len(body), packet.TYPE) + body


@dataclass(frozen=True, slots=True)
class InitCommandRequest:
    """The computer introduces itself on the command connection."""

    TYPE: ClassVar[int] = 1
    guid: bytes
    name: str
    version: int = PROTOCOL_VERSION

    def body(self) -> bytes:
        """Return the packet without its header."""
        return self.guid + _pack_name(self.name) + struct.pack("<I", self.version)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        if len(body) < 22 or len(body) % 2:
            raise WireError("InitCommandRequest of an impossible length")
        return cls(body[:16], _unpack_name(body[16:-4]), struct.unpack("<I", body[-4:])[0])


@dataclass(frozen=True, slots=True)
class InitCommandAck:
    """The camera accepts the computer, and gives the connection a number."""

    TYPE: ClassVar[int] = 2
    connection: int
    guid: bytes
    name: str
    version: int = PROTOCOL_VERSION

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack("<I", self.connection) + self.guid + _pack_name(self.name) + struct.pack("<I", self.version)


@dataclass(frozen=True, slots=True)
class InitEventRequest:
    """The computer opens the event connection that belongs to a command connection."""

    TYPE: ClassVar[int] = 3
    connection: int

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack("<I", self.connection)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        if len(body) != 4:
            raise WireError("InitEventRequest of an impossible length")
        return cls(struct.unpack("<I", body)[0])


@dataclass(frozen=True, slots=True)
class InitEventAck:
    """The camera accepts the event connection."""

    TYPE: ClassVar[int] = 4

    def body(self) -> bytes:
        """Return the packet without its header."""
        return b""


@dataclass(frozen=True, slots=True)
class InitFail:
    """The camera turns the computer away."""

    TYPE: ClassVar[int] = 5
    REJECTED: ClassVar[int] = 1
    BUSY: ClassVar[int] = 2
    reason: int

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack("<I", self.reason)


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """An operation; with `data_follows` the computer sends data next."""

    TYPE: ClassVar[int] = 6
    code: int
    transaction_id: int
    params: tuple[int, ...] = ()
    data_follows: bool = False

    def body(self) -> bytes:
        """Return the packet without its header."""
        phase = _DATA_PHASE_OUT if self.data_follows else 1
        return struct.pack(f"<IHI{len(self.params)}I", phase, self.code, self.transaction_id, *self.params)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        count, rest = divmod(len(body) - 10, 4)
        if rest or not 0 <= count <= 5:
            raise WireError("OperationRequest of an impossible length")
        phase, code, transaction_id, *params = struct.unpack(f"<IHI{count}I", body)
        return cls(code, transaction_id, tuple(params), phase == _DATA_PHASE_OUT)


@dataclass(frozen=True, slots=True)
class OperationResponse:
    """The end of an operation."""

    TYPE: ClassVar[int] = 7
    code: int
    transaction_id: int
    params: tuple[int, ...] = ()

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack(f"<HI{len(self.params)}I", self.code, self.transaction_id, *self.params)


@dataclass(frozen=True, slots=True)
class EventPacket:
    """Something that the camera tells of by itself, on the event connection."""

    TYPE: ClassVar[int] = 8
    code: int
    transaction_id: int
    params: tuple[int, ...] = ()

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack(f"<HI{len(self.params)}I", self.code, self.transaction_id, *self.params)


@dataclass(frozen=True, slots=True)
class StartData:
    """So many bytes of data will follow."""

    TYPE: ClassVar[int] = 9
    transaction_id: int
    length: int

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack("<IQ", self.transaction_id, self.length)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        if len(body) != 12:
            raise WireError("StartData of an impossible length")
        return cls(*struct.unpack("<IQ", body))


@dataclass(frozen=True, slots=True)
class Data:
    """Some of the data."""

    TYPE: ClassVar[int] = 10
    transaction_id: int
    payload: bytes

    def body(self) -> bytes:
        """Return the packet without its header."""
        return struct.pack("<I", self.transaction_id) + self.payload

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        if len(body) < 4:
            raise WireError("data without a transaction")
        return cls(struct.unpack_from("<I", body)[0], body[4:])


@dataclass(frozen=True, slots=True)
class EndData(Data):
    """The last of the data."""

    TYPE: ClassVar[int] = 12


@dataclass(frozen=True, slots=True)
class Ping:
    """Either side asks whether the other is still there."""

    TYPE: ClassVar[int] = 13

    def body(self) -> bytes:
        """Return the packet without its header."""
        return b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the packet from its body."""
        if body:
            raise WireError("a Ping carries nothing")
        return cls()


@dataclass(frozen=True, slots=True)
class Pong:
    """It is."""

    TYPE: ClassVar[int] = 14

    def body(self) -> bytes:
        """Return the packet without its header."""
        return b""


Incoming = InitCommandRequest | InitEventRequest | OperationRequest | StartData | Data | Ping

_INCOMING: dict[int, type[Incoming]] = {
    packet.TYPE: packet
    for packet in (InitCommandRequest, InitEventRequest, OperationRequest, StartData, Data, EndData, Ping)
}

Request = InitCommandRequest | InitEventRequest | Operation | Ping


def encode_response(operation: Operation, response: Response) -> bytes:
    """Return a whole answer, data phase and all, so that it can be sent in one go."""
    end = encode(OperationResponse(response.code, operation.transaction_id, response.params))
    if response.data is None:
        return end
    start = encode(StartData(operation.transaction_id, len(response.data)))
    return start + encode(EndData(operation.transaction_id, response.data)) + end


def up_to_data_byte(answer: bytes, response: Response, count: int) -> bytes:
    """Return as much of an encoded answer as has gone out when `count` bytes of its data have; none without data."""
    if response.data is None:
        return b""
    before_data = 20 + 12
    return answer[: before_data + count]


class Connection:
    """One TCP connection from a computer, as the camera sees it: bytes in, requests out."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self._waiting: OperationRequest | None = None
        self._announced: int | None = None
        self._without_data: int | None = None
        self._data = bytearray()

    def receive(self, data: bytes) -> list[Request]:
        """Take bytes as they arrived and return what they complete.

        Raises
        ------
        WireError
            On bytes that are not PTP/IP. Nothing more can be read from the connection then.
        """
        self._unread += data
        requests = []
        while (packet := self._next_packet()) is not None:
            request = self._next_request(packet)
            if request is not None:
                requests.append(request)
        return requests

    def _next_packet(self) -> Incoming | None:
        if len(self._unread) < _HEADER.size:
            return None
        length, kind = _HEADER.unpack_from(self._unread)
        if not _HEADER.size <= length <= LONGEST_PACKET:
            raise WireError(f"a packet of {length} bytes")
        if kind not in _INCOMING:
            raise WireError(f"a packet of type {kind}")
        if len(self._unread) < length:
            return None
        body = bytes(self._unread[_HEADER.size : length])
        del self._unread[:length]
        return _INCOMING[kind].parse(body)

    def _next_request(self, packet: Incoming) -> Request | None:
        match packet:
            case StartData() | Data():
                return self._take_data(packet)
            case _ if self._waiting is not None:
                raise WireError("something else where data was promised")
            case OperationRequest() if packet.data_follows:
                self._waiting, self._announced = packet, None
                return None
            case OperationRequest():
                return Operation(packet.code, packet.transaction_id, packet.params)
            case _:
                return packet

    def _take_data(self, packet: StartData | Data) -> Operation | None:
        waiting = self._waiting
        if waiting is None and packet.transaction_id == self._without_data and _is_empty(packet):
            return None
        if waiting is None or packet.transaction_id != waiting.transaction_id:
            raise WireError("data that nobody announced")
        if isinstance(packet, StartData):
            longest = LONGEST_FILE if waiting.code == OperationCode.SEND_OBJECT else LONGEST_PACKET
            if self._announced is not None or packet.length > longest:
                raise WireError("data of an impossible length")
            self._announced = packet.length
            if packet.length:
                return None
            # Of no data libgphoto2 announces that there is none, and sends none (ptpip.c, ptp_ptpip_senddata); others
            # send an empty packet, too.
            self._without_data = packet.transaction_id
            return self._whole(waiting)
        self._data += packet.payload
        if self._announced is None or len(self._data) > self._announced:
            raise WireError("more data than was announced")
        if not isinstance(packet, EndData):
            return None
        if len(self._data) != self._announced:
            raise WireError("less data than was announced")
        return self._whole(waiting)

    def _whole(self, waiting: OperationRequest) -> Operation:
        operation = Operation(waiting.code, waiting.transaction_id, waiting.params, bytes(self._data))
        self._waiting = None
        self._data.clear()
        return operation


def _is_empty(packet: StartData | Data) -> bool:
    return isinstance(packet, Data) and not packet.payload


def _pack_name(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def _unpack_name(data: bytes) -> str:
    return data.decode("utf-16-le", errors="replace").split("\0", 1)[0]
