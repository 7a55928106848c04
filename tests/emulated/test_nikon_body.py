"""The emulated Nikon D750, operation by operation, against what libgphoto2 knows of the real one."""

import struct
from datetime import datetime
from pathlib import Path

import pytest
from emulated.reel import Reel

from rigcoach.emulated.card import Card
from rigcoach.emulated.nikon import nikon_d750, nikon_model
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.nikon.nikon_model import Code
from rigcoach.emulated.ptp.operations import Operation, OperationCode, Response, ResponseCode
from rigcoach.emulated.shooting import Clocks

TAKEN = datetime(2014, 9, 12, 12, 0)

# What a real body listed: libgphoto2, camlibs/ptp2/cameras/nikon-d750.txt, Operations Supported.
REAL_OPERATIONS = {
    *range(0x1001, 0x1010), 0x1014, 0x1015, 0x1016, 0x101B, *range(0x90C0, 0x90C5), *range(0x90C7, 0x90D0),
    *range(0x9201, 0x9208), 0x9209, 0x920A, 0x920B, 0x920C, 0x9400, *range(0x9402, 0x9411),
}  # fmt: skip


class Handler:
    """A body in somebody's hands: a computer's operations, and a clock that is turned by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = 100.0
        self.card = Card(TAKEN, nikon_d750.CARD)
        self.film = Reel(folder)
        model = nikon_d750.model(next(iter(nikon_d750.LENSES.values())))
        self.body = NikonBody(model, self.card, self.film, clocks=Clocks(lambda: self.now, lambda: TAKEN))
        self.ask(OperationCode.OPEN_SESSION, 1)

    def ask(self, code: int, *params: int, data: bytes = b"") -> Response:
        return self.body.answer(Operation(code, 1, params, data))

    def set(self, code: int, data: bytes) -> int:
        return self.ask(OperationCode.SET_DEVICE_PROP_VALUE, code, data=data).code

    def get(self, code: int) -> int:
        data = self.ask(OperationCode.GET_DEVICE_PROP_VALUE, code).data
        assert data is not None
        return int.from_bytes(data, "little")

    def events(self) -> list[tuple[int, int]]:
        data = self.ask(OperationCode.NIKON_GET_EVENT).data
        assert data is not None
        (count,) = struct.unpack_from("<H", data)
        assert len(data) == 2 + 6 * count
        return [struct.unpack_from("<HI", data, 2 + 6 * at) for at in range(count)]

    def begin_live_view(self) -> None:
        assert self.ask(OperationCode.NIKON_START_LIVE_VIEW).code == ResponseCode.OK
        self.now += 1

    def begin_movie(self) -> int:
        self.set(Code.APPLICATION_MODE, b"\1")
        return self.ask(OperationCode.NIKON_START_MOVIE).code


@pytest.fixture
def hand(tmp_path: Path) -> Handler:
    return Handler(tmp_path)


def test_it_lists_no_operation_that_the_real_body_does_not(hand: Handler) -> None:
    info = hand.ask(OperationCode.GET_DEVICE_INFO).data
    assert info is not None
    (count,) = struct.unpack_from("<I", info, 11)
    assert set(struct.unpack_from(f"<{count}H", info, 15)) <= REAL_OPERATIONS


def test_a_property_describes_itself_as_the_standard_says(hand: Handler) -> None:
    # F-number: u16, read and write, default and current f/8, 17 values from f/3.5 to f/22.
    data = hand.ask(OperationCode.GET_DEVICE_PROP_DESC, Code.F_NUMBER).data
    assert data is not None
    assert struct.unpack_from("<HHBHHBH", data) == (0x5007, 4, 1, 800, 800, 2, 17)
    values = struct.unpack_from("<17H", data, 12)
    assert (values[0], values[-1], len(data)) == (350, 2200, 12 + 34)
    # White balance in kelvin: a range.
    data = hand.ask(OperationCode.GET_DEVICE_PROP_DESC, Code.COLOR_TEMPERATURE).data
    assert data == struct.pack("<HHBHHBHHH", 0xD01E, 4, 1, 5000, 5000, 1, 2500, 10000, 10)


def test_shutter_speeds_have_the_codes_of_the_real_body() -> None:
    # From the same listing: values of 0x500d and 0xd100 from 1/4000 to 1/25 s.
    exposure_times = [2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 31, 40, 50, 62, 80, 100, 125, 166, 200, 250, 333, 400]
    fractions = [
        69536, 68736, 68036, 67536, 67136, 66786, 66536, 66336, 66176, 66036, 65936, 65856, 65786, 65736, 65696, 65661,
        65636, 65616, 65596, 65586, 65576, 65566, 65561,
    ]  # fmt: skip
    assert list(nikon_model.EXPOSURE_TIMES.values())[:23] == exposure_times
    assert list(nikon_model.SHUTTER_SPEEDS.values())[:23] == fractions


def test_a_shutter_set_under_one_name_is_set_under_the_other(hand: Handler) -> None:
    assert hand.set(Code.SHUTTER_SPEED, struct.pack("<I", 1 << 16 | 250)) == ResponseCode.OK
    assert hand.get(Code.EXPOSURE_TIME) == 40
    assert hand.set(Code.EXPOSURE_TIME, struct.pack("<I", 200)) == ResponseCode.OK
    assert hand.get(Code.SHUTTER_SPEED) == 1 << 16 | 50
    assert {(0x4006, Code.EXPOSURE_TIME), (0x4006, Code.SHUTTER_SPEED)} <= set(hand.events())
    assert hand.body.settings.exposure().shutter_s == 0.02


@pytest.mark.parametrize(
    ("code", "data", "answer"),
    [
        (Code.EXPOSURE_INDEX, b"\x90\x01", ResponseCode.OK),
        (Code.EXPOSURE_INDEX, b"\x91\x01", ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (Code.EXPOSURE_INDEX, b"\x90", ResponseCode.INVALID_DEVICE_PROP_FORMAT),
        (Code.COLOR_TEMPERATURE, struct.pack("<H", 5600), ResponseCode.OK),
        (Code.COLOR_TEMPERATURE, struct.pack("<H", 5605), ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (Code.ARTIST_NAME, b"\x02A\0\0\0", ResponseCode.OK),
        (Code.ARTIST_NAME, b"\x09A\0", ResponseCode.INVALID_DEVICE_PROP_FORMAT),
        (Code.BATTERY_LEVEL, b"\x01", ResponseCode.ACCESS_DENIED),
        (Code.EXPOSURE_PROGRAM_MODE, b"\x02\0", ResponseCode.ACCESS_DENIED),
        (0xD0FF, b"\0", ResponseCode.DEVICE_PROP_NOT_SUPPORTED),
    ],
)
def test_a_value_is_taken_if_the_body_lists_it(hand: Handler, code: int, data: bytes, answer: ResponseCode) -> None:
    assert hand.set(code, data) == answer


@pytest.mark.parametrize(
    ("mode", "shutter", "aperture"), [("M", 1, 1), ("S", 1, 0), ("A", 0, 1), ("P", 0, 0), ("Auto", 0, 0)]
)
def test_a_mode_makes_writable_what_it_leaves_to_the_photographer(
    hand: Handler, mode: str, shutter: int, aperture: int
) -> None:
    hand.body.turn_dial(mode)
    described = [hand.ask(OperationCode.GET_DEVICE_PROP_DESC, code).data for code in (0x500D, 0x5007)]
    assert [data[4] for data in described if data] == [shutter, aperture]


def test_the_body_is_not_ready_while_the_mirror_moves(hand: Handler) -> None:
    assert hand.ask(OperationCode.NIKON_GET_LIVE_VIEW_IMAGE).code == ResponseCode.NIKON_NOT_LIVE_VIEW
    hand.ask(OperationCode.NIKON_START_LIVE_VIEW)
    assert hand.ask(OperationCode.NIKON_DEVICE_READY).code == ResponseCode.DEVICE_BUSY
    hand.now += 1
    assert hand.ask(OperationCode.NIKON_DEVICE_READY).code == ResponseCode.OK
    assert hand.get(Code.LIVE_VIEW_STATUS) == 1
    image = hand.ask(OperationCode.NIKON_GET_LIVE_VIEW_IMAGE)
    assert image.data is not None
    assert image.data.endswith(b"iso 800")
    assert hand.ask(OperationCode.NIKON_GET_LIVE_VIEW_IMAGE).code == ResponseCode.DEVICE_BUSY


# Bits as libgphoto2 names them (config.c, _get_Nikon_LiveViewProhibitCondition, _get_Nikon_MovieProhibitCondition).
def test_it_says_why_live_view_cannot_start(hand: Handler) -> None:
    assert hand.get(Code.LIVE_VIEW_PROHIBIT) == 0
    hand.body.remove_card()
    assert hand.get(Code.LIVE_VIEW_PROHIBIT) == 1 << 14
    hand.set(Code.RECORDING_MEDIA, b"\1")
    assert hand.get(Code.LIVE_VIEW_PROHIBIT) == 0
    hand.body.set_battery(0)
    hand.body.turn_dial("Auto")
    assert hand.get(Code.LIVE_VIEW_PROHIBIT) == 1 << 8 | 1 << 31
    assert hand.ask(OperationCode.NIKON_START_LIVE_VIEW).code == ResponseCode.NIKON_INVALID_STATUS


def test_it_says_why_a_movie_cannot_start(hand: Handler) -> None:
    hand.begin_live_view()
    assert hand.get(Code.MOV_REC_PROHIBIT) == 1 << 14
    assert hand.ask(OperationCode.NIKON_START_MOVIE).code == ResponseCode.NIKON_INVALID_STATUS
    hand.body.insert_card(0)
    hand.set(Code.APPLICATION_MODE, b"\1")
    assert hand.get(Code.MOV_REC_PROHIBIT) == 1 << 3
    hand.body.remove_card()
    assert hand.get(Code.MOV_REC_PROHIBIT) == 1
    hand.body.insert_card(None)
    assert hand.begin_movie() == ResponseCode.OK
    assert hand.get(Code.MOV_REC_PROHIBIT) == 1 << 10
    assert hand.begin_movie() == ResponseCode.NIKON_INVALID_STATUS


def test_a_movie_is_told_as_an_object_once_it_is_written(hand: Handler) -> None:
    hand.begin_live_view()
    hand.begin_movie()
    hand.now += 2
    assert hand.ask(OperationCode.NIKON_END_MOVIE).code == ResponseCode.OK
    assert hand.film.cuts == [60]
    (handle,) = (param for code, param in hand.events() if code == 0x4002)
    assert hand.ask(OperationCode.GET_OBJECT, handle).data == b"frame" * 60


def test_a_movie_needs_live_view(hand: Handler) -> None:
    assert hand.begin_movie() == ResponseCode.DEVICE_BUSY


def test_a_still_goes_where_the_computer_says(hand: Handler) -> None:
    hand.set(Code.IMAGE_SIZE, b"\x0a3\x000\x000\x008\x00x\x002\x000\x000\x008\x00\0\0")
    assert hand.ask(OperationCode.NIKON_CAPTURE, 0xFFFFFFFF, 0).code == ResponseCode.OK
    assert hand.ask(OperationCode.NIKON_DEVICE_READY).code == ResponseCode.DEVICE_BUSY
    hand.now += 1
    assert hand.ask(OperationCode.NIKON_DEVICE_READY).code == ResponseCode.OK
    told = [code for code, _ in hand.events()]
    assert told.index(0x4002) < told.index(0x400D)
    assert hand.film.snapped[0][2] == (3008, 2008)
    hand.ask(OperationCode.NIKON_CAPTURE, 0xFFFFFFFF, 1)
    hand.now += 1
    (handle,) = (param for code, param in hand.events() if code == 0xC101)
    info = hand.ask(OperationCode.GET_OBJECT_INFO, handle).data
    assert info is not None
    # No parent (libgphoto2 takes that for the body's memory).
    assert struct.unpack_from("<I", info, 38) == (0,)
    assert hand.ask(OperationCode.DELETE_OBJECT, handle).code == ResponseCode.OK
    assert [each.name for each in hand.card.everything() if each.path] == ["DSC_0001.JPG"]


@pytest.mark.parametrize(
    ("compression", "names"), [(4, ["DSC_0001.NEF"]), (7, ["DSC_0001.NEF", "DSC_0001.JPG"]), (2, ["DSC_0001.JPG"])]
)
def test_a_still_is_written_as_its_quality_says(hand: Handler, compression: int, names: list[str]) -> None:
    hand.set(Code.COMPRESSION_SETTING, bytes([compression]))
    assert hand.ask(OperationCode.NIKON_CAPTURE, 0xFFFFFFFF, 0).code == ResponseCode.OK
    assert [name for name, _, _ in hand.film.snapped] == names
