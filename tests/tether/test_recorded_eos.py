"""What a real EOS 60D told over USB, as somebody recorded it: the tether reads it, and the emulated EOS tells alike."""

import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tether.recorded_body import Exchanged, RecordedBody, exchanges

from rigcoach.emulated.eos import eos5d2, eos_events
from rigcoach.emulated.eos.eos_properties import PropertyCode, ValueType
from rigcoach.emulated.ptp.datasets import StorageInfo
from rigcoach.emulated.ptp.operations import OperationCode
from rigcoach.emulated.ptp.server import Server
from rigcoach.listing.model import BodyListing
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraBusyError
from rigcoach.tether.settings.resolution import Status
from rigcoach.tether.settings.resolve import resolve

RECORDED = Path(__file__).with_name("eos_60d_exchange.txt")
# Read off the values that the body told, by Canon's codes in libgphoto2's tables: mode d105 = 2, ISO d103 = 0x68,
# aperture d101 = 0x28, focus d108 = 3, drive d106 = 4, white balance d109 = 0, kelvin d10a = 0x1450, style d110 = 0x81.
AS_TOLD = {
    "cameramodel": "Canon EOS 60D",
    "deviceversion": "3-1.1.0",
    "lensname": "EF-S15-85mm f/3.5-5.6 IS USM",
    "artist": "A. Photographer",
    "autoexposuremode": "AV",
    "iso": "1600",
    "aperture": "4",
    "shutterspeed": "auto",
    "focusmode": "Manual",
    "drivemode": "Continuous high speed",
    "whitebalance": "Auto",
    "colortemperature": "5200",
    "picturestyle": "Standard",
    "imageformat": "L",
    "eosserialnumber": "0000000000",
}


@pytest.fixture(scope="module")
def recorded() -> list[Exchanged]:
    return exchanges(RECORDED)


@pytest.fixture(scope="module")
def camera(recorded: list[Exchanged]) -> Iterator[Camera]:
    server, stopped = Server(RecordedBody(recorded)), threading.Event()

    def answer() -> None:
        while not stopped.is_set():
            server.step(0.02)

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        with Camera(f"ptpip:127.0.0.1:{server.port}:{server.port}", model="Canon EOS 60D") as opened:
            yield opened
    finally:
        stopped.set()
        answering.join()
        server.close()


@pytest.fixture(scope="module")
def listing(camera: Camera) -> BodyListing:
    return camera.listing()


def test_the_tether_shows_what_the_real_body_told(listing: BodyListing) -> None:
    assert {name: listing.current(name) for name in AS_TOLD} == AS_TOLD
    iso = listing.widget("iso")
    assert iso is not None
    # Twenty, in thirds from 100 to 6400, and H.
    assert iso.choices[:4] == ("Auto", "100", "125", "160")
    assert len(iso.choices) == 20


def test_a_profile_is_judged_on_a_real_body_in_av(listing: BodyListing) -> None:
    resolved = {each.setting: each for each in resolve(load_profile("evening-street"), listing)}
    # It lists "auto" alone for the shutter in Av, and apertures.
    assert resolved["shutter"].status is Status.UNKNOWN
    assert resolved["exposure_mode"].status is Status.EXACT
    assert resolved["iso"].status is Status.EXACT


def test_a_real_body_that_says_that_it_is_busy_is_told_as_busy(camera: Camera) -> None:
    # What was recorded: the aperture to f/3.5 (0x24), answered DeviceBusy (0x2019).
    with pytest.raises(CameraBusyError):
        camera.set("aperture", "3.5")


def records(recorded: list[Exchanged]) -> Iterator[tuple[int, bytes]]:
    """Return the records of all events: code, and the whole record."""
    for each in recorded:
        if each.code == OperationCode.EOS_GET_EVENT and each.got is not None:
            at = 0
            while at < len(each.got):
                length, code = struct.unpack_from("<II", each.got, at)
                yield code, each.got[at : at + length]
                at += length


def types() -> dict[int, ValueType]:
    return {each.code: each.type for each in eos5d2.model(eos5d2.LENSES["ef-50mm"]).properties}


def test_the_emulated_eos_tells_values_byte_by_byte_as_the_real_one(recorded: list[Exchanged]) -> None:
    told, known = 0, types()
    for code, record in records(recorded):
        if code != eos_events.EosEvent.PROP_VALUE_CHANGED:
            continue
        (prop,) = struct.unpack_from("<I", record, 8)
        # Custom functions are told group by group; a lens's name is one of texts in a field of 64 bytes.
        if prop in known:
            value = known[prop].unpack(record[12:])
            packed = (
                value[0].pack()  # type: ignore[union-attr, index]
                if known[prop] is ValueType.CUSTOM_FUNCTIONS
                else known[prop].pack(value)
            )
            assert eos_events.prop_value_changed(prop, packed) == record, hex(prop)
            told += 1
    assert told > 40


def test_the_emulated_eos_tells_lists_byte_by_byte_as_the_real_one(recorded: list[Exchanged]) -> None:
    told, known = 0, types()
    for code, record in records(recorded):
        if code != eos_events.EosEvent.AVAIL_LIST_CHANGED:
            continue
        prop, kind, count = struct.unpack_from("<III", record, 8)
        if kind != 3 or not count or known.get(prop) not in (ValueType.UINT8, ValueType.UINT16, ValueType.UINT32):
            continue
        values = struct.unpack_from(f"<{count}I", record, 20)
        assert eos_events.avail_list_changed(prop, [known[prop].pack(each) for each in values]) == record, hex(prop)
        told += 1
    assert told > 10


def test_values_come_before_lists_and_a_closing_record_at_the_end(recorded: list[Exchanged]) -> None:
    first = next(each.got for each in recorded if each.code == OperationCode.EOS_GET_EVENT and each.got)
    assert first.endswith(eos_events.pack_records([]))
    codes = [code for code, _ in records([each for each in recorded if each.got == first])]
    last_value = max(at for at, code in enumerate(codes) if code == eos_events.EosEvent.PROP_VALUE_CHANGED)
    first_list = codes.index(eos_events.EosEvent.AVAIL_LIST_CHANGED)
    assert last_value < first_list


def test_the_card_is_told_as_the_real_one(recorded: list[Exchanged]) -> None:
    (told,) = [each.got for each in recorded if each.code == OperationCode.EOS_GET_STORAGE_INFO]
    assert told is not None
    capacity, free = struct.unpack_from("<QQ", told, 6)
    ours = StorageInfo(capacity, free, "SD", "").pack()
    assert told == ours.ljust(len(told), b"\0")  # to a multiple of four


def test_the_real_body_has_what_the_emulated_one_says_of_itself(recorded: list[Exchanged]) -> None:
    (told,) = [each.got for each in recorded if each.code == OperationCode.EOS_GET_DEVICE_INFO_EX]
    assert told is not None
    size, events = struct.unpack_from("<II", told)
    assert size == len(told)
    codes = struct.unpack_from(f"<{events}I", told, 8)
    # Its own list of events ends at c1a1; ours are among them, but for the movie's clock.
    assert {int(each) for each in eos_events.EosEvent} - set(codes) <= {0xC192, 0xC193, 0xC195}
    (props,) = struct.unpack_from("<I", told, 8 + 4 * events)
    listed = set(struct.unpack_from(f"<{props}I", told, 12 + 4 * events))
    assert {PropertyCode.APERTURE, PropertyCode.ISO_SPEED, PropertyCode.EVF_OUTPUT_DEVICE} <= listed
