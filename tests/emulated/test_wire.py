"""PTP/IP packets: what the standard and libgphoto2 (camlibs/ptp2/ptpip.c) put on the wire, in bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigcoach.emulated.ptp import wire
from rigcoach.emulated.ptp.operations import Operation, Response, ResponseCode

GUID = bytes(range(16))

# "vm" introduces itself; length 42 = 8 + 16 + 2 x 3 + 4, version 1.0 as libgphoto2 writes it.
INIT_COMMAND = bytes.fromhex("2200000001000000") + GUID + bytes.fromhex("76006d000000") + bytes.fromhex("00000100")
OPEN_SESSION = bytes.fromhex("16000000060000000100000002100000000001000000")
# SetDevicePropValueEx (0x9110) with the 12 bytes that set ISO 400, as the driver splits them.
SET_ISO = (
    bytes.fromhex("120000000600000002000000109107000000")
    + bytes.fromhex("1400000009000000070000000c00000000000000")
    + bytes.fromhex("180000000c000000070000000c00000003d1000058000000")
)


def requests_in(data: bytes, piece: int) -> list[wire.Request]:
    connection = wire.Connection()
    return [
        request for start in range(0, len(data), piece) for request in connection.receive(data[start : start + piece])
    ]


EXPECTED = [
    wire.InitCommandRequest(GUID, "vm", 0x00010000),
    Operation(0x1002, 0, (1,)),
    Operation(0x9110, 7, (), bytes.fromhex("0c00000003d1000058000000")),
]


@pytest.mark.parametrize("piece", [1, 3, 8, 1000])
def test_requests_are_the_same_however_the_network_cuts_them(piece: int) -> None:
    assert requests_in(INIT_COMMAND + OPEN_SESSION + SET_ISO, piece) == EXPECTED


def test_data_may_come_in_several_packets() -> None:
    start = SET_ISO[:38]
    data = bytes.fromhex("100000000a000000070000000c000000")
    end = bytes.fromhex("140000000c0000000700000003d1000058000000")
    assert requests_in(start + data + end, 1000) == [EXPECTED[2]]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(8), id="a length of nothing"),
        pytest.param(b"\xff\xff\xff\xff" + OPEN_SESSION[4:8], id="a length of four gigabytes"),
        pytest.param(bytes.fromhex("0800000063000000"), id="an unknown type"),
        pytest.param(bytes.fromhex("2a0000000600000001000000021000000000") + bytes(24), id="six parameters"),
        pytest.param(bytes.fromhex("1400000006000000010000000210000000000000"), id="half a parameter"),
        pytest.param(SET_ISO[18:], id="data that nobody announced"),
        pytest.param(SET_ISO[:18] + OPEN_SESSION, id="another operation where data was promised"),
        pytest.param(SET_ISO[:26] + b"\x08" + SET_ISO[27:], id="data of another transaction"),
        pytest.param(SET_ISO[:30] + b"\x0b" + SET_ISO[31:], id="more data than announced"),
        pytest.param(SET_ISO[:30] + b"\x0d" + SET_ISO[31:], id="less data than announced"),
        pytest.param(SET_ISO[:30] + b"\x00\x00\x00\x40" + SET_ISO[34:], id="a gigabyte announced"),
        pytest.param(bytes.fromhex("1f00000001000000") + GUID + bytes(7), id="a name that is no UTF-16"),
    ],
)
def test_what_is_not_ptpip_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        requests_in(data, 1000)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_rubbish_ends_in_requests_or_a_refusal(data: bytes, piece: int) -> None:
    try:
        requests = requests_in(data, piece)
    except wire.WireError:
        return
    assert len(requests) * 8 <= len(data)


@given(
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=5),
    st.binary(max_size=300),
)
def test_an_operation_with_data_arrives_as_it_was_sent(code: int, number: int, params: list[int], data: bytes) -> None:
    sent = b"".join(
        wire.encode(packet)
        for packet in (
            wire.OperationRequest(code, number, tuple(params), data_follows=True),
            wire.StartData(number, len(data)),
            wire.Data(number, data[:100]),
            wire.EndData(number, data[100:]),
        )
    )
    assert requests_in(sent, 7) == [Operation(code, number, tuple(params), data)]


def test_an_answer_with_data_is_one_run_of_three_packets() -> None:
    answer = wire.encode_response(Operation(0x101B, 9), Response(params=(3,), data=b"abc"))
    assert answer == (
        struct.pack("<IIIQ", 20, 9, 9, 3)
        + struct.pack("<III", 15, 12, 9)
        + b"abc"
        + struct.pack("<IIHII", 18, 7, 0x2001, 9, 3)
    )


def test_a_refusal_has_no_data_phase() -> None:
    answer = wire.encode_response(Operation(0x9116, 2), Response(ResponseCode.DEVICE_BUSY))
    assert answer == struct.pack("<IIHI", 14, 7, 0x2019, 2)


def test_an_empty_data_phase_is_still_one() -> None:
    answer = wire.encode_response(Operation(0x1004, 2), Response(data=b""))
    assert answer.startswith(struct.pack("<IIIQ", 20, 9, 2, 0) + struct.pack("<III", 12, 12, 2))


def test_the_cameras_name_ends_with_a_nul_as_the_driver_needs_it() -> None:
    ack = wire.encode(wire.InitCommandAck(1, GUID, "EOS"))
    assert ack == struct.pack("<III", 40, 2, 1) + GUID + b"E\0O\0S\0\0\0" + struct.pack("<I", 0x00010000)
