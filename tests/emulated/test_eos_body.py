"""The emulated EOS 5D Mark II, operation by operation, against what libgphoto2 knows of the real one."""

import struct
from datetime import datetime
from pathlib import Path

import pytest
from emulated.reel import Reel

from rigcoach.emulated.card import Card
from rigcoach.emulated.eos import eos5d2, eos_model
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.eos.eos_properties import PropertyCode
from rigcoach.emulated.ptp.operations import Operation, OperationCode, Response, ResponseCode
from rigcoach.emulated.shooting import PLAIN, Clocks, Options, Quirk

# What a real body with firmware 1.0.7 listed: libgphoto2, camlibs/ptp2/cameras/canon-eos5dmark2.txt.
REAL_OPERATIONS = bytes.fromhex(
    "1014 1015 1016 1001 1002 1003 1006 1004 9101 1005 9102 1007 1008 9103 1009 9104 100a 101b 9107 100c 100d 100b 9105"
    "100f 9106 9110 9127 910b 9108 9109 910c 910e 910f 9125 9126 9115 9114 9113 9116 9117 9120 91f0 9118 9121 91f1 911d"
    "910a 911b 911c 911e 911a 9153 9154 9160 9155 9157 9158 9159 915a 911f 91fe 91ff 9128 9129".replace(" ", "")
)

TAKEN = datetime(2008, 11, 22, 12, 0)
VALUE_CHANGED, LIST_CHANGED, OBJECT_ADDED, OBJECT_REMOVED, RECORDING_TIME = 0xC189, 0xC18A, 0xC181, 0xC182, 0xC195


class Handler:
    """A body in somebody's hands: a computer's operations, and a clock that is turned by hand."""

    def __init__(self, folder: Path, lens: str = "adapted", options: Options = PLAIN) -> None:
        self.now = 100.0
        self.card = Card(TAKEN)
        self.film = Reel(folder)
        self.body = EosBody(
            eos5d2.model(eos5d2.LENSES[lens]),
            self.card,
            self.film,
            options,
            Clocks(lambda: self.now, lambda: TAKEN),
        )
        self.ask(OperationCode.OPEN_SESSION, 1)

    def ask(self, code: int, *params: int, data: bytes = b"") -> Response:
        return self.body.answer(Operation(code, 1, params, data))

    def set(self, code: int, value: int) -> int:
        return self.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=struct.pack("<III", 12, code, value)).code

    def listen(self) -> None:
        self.ask(OperationCode.EOS_SET_EVENT_MODE, 1)
        self.events()

    def events(self) -> list[tuple[int, bytes]]:
        data = self.ask(OperationCode.EOS_GET_EVENT).data
        assert data is not None
        found: list[tuple[int, bytes]] = []
        at = 0
        while True:
            size, code = struct.unpack_from("<II", data, at)
            if (size, code) == (8, 0):
                assert at + 8 == len(data)
                return found
            found.append((code, data[at + 8 : at + size]))
            at += size

    def look(self) -> int:
        return self.ask(OperationCode.EOS_GET_VIEW_FINDER_DATA, 0x200000).code


@pytest.fixture
def hand(tmp_path: Path) -> Handler:
    return Handler(tmp_path)


@pytest.fixture
def recording(hand: Handler) -> Handler:
    hand.listen()
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.OK
    return hand


def u32s(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data))


def test_it_lists_no_operation_that_the_real_body_does_not(hand: Handler) -> None:
    info = hand.ask(OperationCode.GET_DEVICE_INFO).data
    assert info is not None
    # Standard version, vendor, its version, an empty text, mode: 11 bytes; then the list.
    (count,) = struct.unpack_from("<I", info, 11)
    listed = set(struct.unpack_from(f"<{count}H", info, 15))
    assert listed <= set(struct.unpack(f">{len(REAL_OPERATIONS) // 2}H", REAL_OPERATIONS))
    # What makes libgphoto2 take it for an EOS body with live view.
    assert {0x9128, 0x9116, 0x9153} <= listed


def test_every_listed_operation_is_answered(hand: Handler) -> None:
    info = hand.ask(OperationCode.GET_DEVICE_INFO).data
    assert info is not None
    (count,) = struct.unpack_from("<I", info, 11)
    codes = set(struct.unpack_from(f"<{count}H", info, 15)) - {OperationCode.CLOSE_SESSION}
    assert ResponseCode.OPERATION_NOT_SUPPORTED not in {hand.ask(code).code for code in codes}


def test_none_of_the_three_lists_of_its_own_information_is_empty(hand: Handler) -> None:
    data = hand.ask(OperationCode.EOS_GET_DEVICE_INFO_EX).data
    assert data is not None
    # libgphoto2 2.5.30 refuses an empty third list (ptp-pack.c, ptp_unpack_EOS_DI).
    assert u32s(data)[0] == len(data)
    at, counts = 1, []
    for _ in range(3):
        counts.append(u32s(data)[at])
        at += 1 + counts[-1]
    assert at * 4 == len(data)
    assert min(counts) > 0


def test_a_new_file_is_told_though_the_computer_prepares_the_body_anew(hand: Handler) -> None:
    hand.listen()
    hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0)
    hand.now += 1
    hand.body.pass_time()
    for mode in (0, 1, 1):
        hand.ask(OperationCode.EOS_SET_EVENT_MODE, mode)
    events = hand.events()
    assert [code for code, _ in events].count(OBJECT_ADDED) == 1
    # Settings are told once, as they stand now; custom functions group by group.
    codes = [u32s(body[:4])[0] for code, body in events if code == VALUE_CHANGED]
    told = [code for code in codes if code != PropertyCode.CUSTOM_FUNC_EX]
    assert len(told) == len(set(told)) > 20


def test_what_the_body_does_not_know_is_not_supported(hand: Handler) -> None:
    assert hand.ask(0x9052).code == ResponseCode.OPERATION_NOT_SUPPORTED


def test_nothing_goes_without_a_session(hand: Handler) -> None:
    hand.ask(OperationCode.CLOSE_SESSION)
    assert hand.ask(OperationCode.GET_STORAGE_IDS).code == ResponseCode.SESSION_NOT_OPEN
    assert hand.ask(OperationCode.GET_DEVICE_INFO).code == ResponseCode.OK


def test_one_session_at_a_time(hand: Handler) -> None:
    assert hand.ask(OperationCode.OPEN_SESSION, 2).code == ResponseCode.SESSION_ALREADY_OPEN


def test_every_propertys_value_is_told_before_its_list(hand: Handler) -> None:
    hand.ask(OperationCode.EOS_SET_EVENT_MODE, 1)
    told: set[int] = set()
    lists = 0
    for code, body in hand.events():
        (prop,) = struct.unpack_from("<I", body)
        if code == VALUE_CHANGED:
            told.add(prop)
        else:
            assert code == LIST_CHANGED
            assert prop in told
            # libgphoto2 reads lists of type 3 alone.
            assert struct.unpack_from("<I", body, 4) == (3,)
            lists += 1
    assert lists > 20
    assert hand.events() == []


def test_the_driver_is_not_left_waiting_for_room_on_the_card(hand: Handler) -> None:
    # libgphoto2 polls for ever until AvailableShots is above 0 (config.c, camera_canon_eos_update_capture_target).
    assert hand.body.settings[PropertyCode.AVAILABLE_SHOTS].number > 0


@pytest.mark.parametrize(
    ("code", "value", "answer"),
    [
        (PropertyCode.ISO_SPEED, 0x58, ResponseCode.OK),
        (PropertyCode.ISO_SPEED, 0xB0, ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (PropertyCode.SHUTTER_SPEED, 0x65, ResponseCode.OK),
        (PropertyCode.SHUTTER_SPEED, 0x66, ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (PropertyCode.APERTURE, 0x38, ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (PropertyCode.FOCUS_MODE, 0, ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (PropertyCode.AUTO_EXPOSURE_MODE, 0x16, ResponseCode.INVALID_DEVICE_PROP_VALUE),
        (PropertyCode.BATTERY_POWER, 2, ResponseCode.ACCESS_DENIED),
        (PropertyCode.LENS_NAME, 0, ResponseCode.ACCESS_DENIED),
        (0xD1FF, 0, ResponseCode.DEVICE_PROP_NOT_SUPPORTED),
    ],
)
def test_a_value_is_taken_if_the_body_lists_it(hand: Handler, code: int, value: int, answer: ResponseCode) -> None:
    assert hand.set(code, value) == answer


def test_a_changed_value_is_told(hand: Handler) -> None:
    hand.listen()
    hand.set(PropertyCode.ISO_SPEED, 0x58)
    assert hand.events() == [(VALUE_CHANGED, struct.pack("<II", PropertyCode.ISO_SPEED, 0x58))]


def test_a_refused_value_changes_nothing(hand: Handler) -> None:
    hand.listen()
    before = hand.body.settings[PropertyCode.ISO_SPEED]
    hand.set(PropertyCode.ISO_SPEED, 0xB0)
    assert hand.body.settings[PropertyCode.ISO_SPEED] == before
    assert hand.events() == []


@pytest.mark.parametrize("data", [b"", bytes(7), struct.pack("<II", 10, 0xD103) + b"\x58\0"])
def test_a_value_cut_short_is_refused(hand: Handler, data: bytes) -> None:
    answer = hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=data)
    assert answer.code in (ResponseCode.INVALID_PARAMETER, ResponseCode.INVALID_DEVICE_PROP_FORMAT)


def test_a_raw_and_a_jpeg_are_one_image_format(hand: Handler) -> None:
    # RAW + large fine JPEG, as libgphoto2 packs it (ptp-pack.c, ptp_pack_EOS_ImageFormat).
    words = (2, 0x10, 6, 0, 4, 0x10, 1, 0, 3)
    data = struct.pack("<II9I", 44, PropertyCode.IMAGE_FORMAT, *words)
    hand.listen()
    assert hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=data).code == ResponseCode.OK
    assert (VALUE_CHANGED, struct.pack("<10I", PropertyCode.IMAGE_FORMAT, *words)) in hand.events()


@pytest.mark.parametrize(
    ("mode", "listed"), [("M", (55, 0)), ("Tv", (55, 13)), ("Av", (0, 13)), ("P", (0, 13)), ("Full auto", (0, 0))]
)
def test_a_mode_lists_only_what_it_leaves_to_the_photographer(
    hand: Handler, mode: str, listed: tuple[int, int]
) -> None:
    hand.set(PropertyCode.AUTO_EXPOSURE_MODE, eos_model.EXPOSURE_MODES[mode])
    codes = (PropertyCode.SHUTTER_SPEED, PropertyCode.EXP_COMPENSATION)
    assert tuple(len(hand.body.settings[code].choices or ()) for code in codes) == listed


def test_the_codes_of_shutter_aperture_and_iso_are_eighths_of_a_stop() -> None:
    # Names are nominal: up to a sixth of a stop off.
    for name, code in eos5d2.SHUTTER.items():
        numerator, _, denominator = name.partition("/")
        assert float(numerator) / float(denominator or 1) == pytest.approx(2 ** ((0x38 - code) / 8), rel=0.12)
    for name, code in eos5d2.APERTURE.items():
        assert float(name) == pytest.approx(2 ** ((code - 0x08) / 16), rel=0.06)
    for name, code in eos5d2.ISO.items():
        if name != "Auto":
            assert int(name) == pytest.approx(100 * 2 ** ((code - 0x48) / 8), rel=0.06)


@pytest.mark.parametrize(
    ("shutter", "iso", "stops"),
    [("1/50", "400", 0.0), ("1/100", "400", -1.0), ("1/50", "1600", 2.0), ("1/100", "800", 0.0), ("1/50", "Auto", 0.0)],
)
def test_a_movie_is_exposed_by_the_photographers_settings(hand: Handler, shutter: str, iso: str, stops: float) -> None:
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER[shutter])
    hand.set(PropertyCode.ISO_SPEED, eos5d2.ISO[iso])
    assert hand.body.settings.exposure().over_ev == pytest.approx(stops)


def test_a_movies_shutter_is_never_longer_than_its_frames(hand: Handler) -> None:
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["1/4"])
    assert hand.body.settings.exposure().shutter_s == pytest.approx(1 / 30)


def test_opening_an_electronic_lens_brightens_the_movie(tmp_path: Path) -> None:
    hand = Handler(tmp_path, "ef-50mm")
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["1/50"])
    hand.set(PropertyCode.ISO_SPEED, eos5d2.ISO["400"])
    assert hand.set(PropertyCode.APERTURE, 0x28) == ResponseCode.OK
    assert hand.body.settings.exposure().over_ev == pytest.approx(2.0)
    assert hand.body.settings.exposure().f_number == 4.0


def test_outside_m_the_body_exposes_movies_itself(hand: Handler) -> None:
    hand.set(PropertyCode.ISO_SPEED, eos5d2.ISO["6400"])
    hand.set(PropertyCode.AUTO_EXPOSURE_MODE, eos_model.EXPOSURE_MODES["P"])
    hand.set(PropertyCode.EXP_COMPENSATION, eos5d2.EXPOSURE_COMPENSATION["-1"])
    assert hand.body.settings.exposure().over_ev == pytest.approx(-1.0)


def test_live_view_comes_after_the_mirror_and_at_thirty_frames_a_second(hand: Handler) -> None:
    assert hand.look() == ResponseCode.EOS_NOT_READY
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    assert hand.look() == ResponseCode.EOS_NOT_READY
    hand.now += 1
    assert hand.look() == ResponseCode.OK
    assert hand.look() == ResponseCode.EOS_NOT_READY
    hand.now += 1 / 30
    assert hand.look() == ResponseCode.OK


def test_live_view_on_the_bodys_own_screen_is_not_for_the_computer(hand: Handler) -> None:
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 1)
    hand.now += 1
    assert hand.look() == ResponseCode.EOS_NOT_READY


def test_a_live_view_frame_is_a_jpeg_blob_with_its_length(hand: Handler) -> None:
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 3)
    hand.now += 1
    data = hand.ask(OperationCode.EOS_GET_VIEW_FINDER_DATA, 0x200000).data
    assert data == struct.pack("<II", 15, 1) + b"iso 800"


def test_recording_without_live_view_is_busy(hand: Handler) -> None:
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.DEVICE_BUSY
    assert hand.film.rolled == []


@pytest.mark.parametrize(("seconds", "frames"), [(0.0, 15), (0.7, 15), (0.8, 30), (6.0, 180), (6.2, 180), (6.3, 195)])
def test_a_clip_ends_on_the_nearest_whole_group_of_fifteen(recording: Handler, seconds: float, frames: int) -> None:
    recording.now += seconds
    recording.set(PropertyCode.EVF_RECORD_STATUS, 0)
    assert recording.film.cuts == [frames]


def test_the_clip_is_on_the_card_and_told_once_it_is_written(recording: Handler) -> None:
    free = recording.card.free_bytes
    recording.now += 2
    recording.set(PropertyCode.EVF_RECORD_STATUS, 0)
    added = [body for code, body in recording.events() if code == OBJECT_ADDED]
    assert len(added) == 1
    # Where libgphoto2 reads them (ptp-pack.c, PTP_cee_OA_*), less the record's own eight bytes.
    handle, storage, kind, _, _, size, parent = struct.unpack_from("<7I", added[0])
    assert added[0][0x20:].rstrip(b"\0") == b"MVI_0001.MOV"
    assert (storage, kind, size, parent) == (0x00010001, 0xB104, 60 * 5, recording.card.pictures.handle)
    assert recording.card.free_bytes == free - size
    assert recording.ask(OperationCode.GET_OBJECT, handle).data == b"frame" * 60


def test_the_running_time_is_told_every_second(recording: Handler) -> None:
    recording.events()
    seconds = []
    for _ in range(7):
        recording.now += 0.5
        seconds += [u32s(body) for code, body in recording.events() if code == RECORDING_TIME]
    assert seconds == [[1], [2], [3]]


def test_switching_live_view_off_ends_the_movie(recording: Handler) -> None:
    recording.now += 1
    recording.set(PropertyCode.EVF_OUTPUT_DEVICE, 0)
    assert recording.film.cuts == [30]
    assert recording.body.settings[PropertyCode.EVF_RECORD_STATUS].number == 0


def test_a_movie_is_kept_when_the_computer_goes_away(recording: Handler) -> None:
    recording.now += 1
    recording.body.hang_up()
    recording.ask(OperationCode.OPEN_SESSION, 1)
    handles = recording.ask(OperationCode.GET_OBJECT_HANDLES, 0xFFFFFFFF, 0xB104, 0).data
    assert handles is not None
    assert u32s(handles)[0] == 1


def test_a_movie_ends_by_itself_at_the_cards_file_limit(recording: Handler) -> None:
    recording.now += 3600
    recording.events()
    (frames,) = recording.film.cuts
    assert frames / 29.97 == pytest.approx(12 * 60, abs=1)


def test_a_clip_gets_onto_the_card_though_nobody_asks(recording: Handler) -> None:
    recording.body.hang_up()
    recording.body.pass_time()
    assert [each.name for each in recording.card.everything() if each.path] == ["MVI_0001.MOV"]


def test_takes_are_numbered(recording: Handler) -> None:
    recording.set(PropertyCode.EVF_RECORD_STATUS, 0)
    recording.set(PropertyCode.EVF_RECORD_STATUS, 4)
    assert [name for name, _ in recording.film.rolled] == ["MVI_0001.MOV", "MVI_0002.MOV"]


def test_a_full_press_takes_a_still_onto_the_card(hand: Handler) -> None:
    hand.listen()
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["1/4"])
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 1, 0).code == ResponseCode.OK
    assert hand.film.snapped == []
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.OK
    ((name, settings, size_px),) = hand.film.snapped
    # A movie frame could not be exposed for so long.
    assert (name, settings.shutter_s, size_px) == ("IMG_0001.JPG", 0.25, (5616, 3744))
    hand.now += 0.2
    assert OBJECT_ADDED not in [code for code, _ in hand.events()]
    hand.now += 0.1
    told = [code for code, _ in hand.events()]
    assert told.index(OBJECT_ADDED) < len(told) - 1
    assert [each.name for each in hand.card.everything() if each.path] == ["IMG_0001.JPG"]


def test_a_still_for_the_computer_is_not_on_the_card_and_goes_when_it_was_fetched(hand: Handler) -> None:
    hand.listen()
    hand.set(PropertyCode.CAPTURE_DESTINATION, eos_model.DESTINATION_COMPUTER)
    hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0)
    hand.now += 1
    (request,) = (body for code, body in hand.events() if code == 0xC186)
    # Where libgphoto2 reads them (ptp-pack.c, PTP_cee_OI_*), less the record's own eight bytes.
    handle, kind, _, size = struct.unpack_from("<4I", request)
    assert (kind, size, request[0x14:].rstrip(b"\0")) == (0x3801, 5, b"IMG_0001.JPG")
    assert [each for each in hand.card.everything() if each.path] == []
    assert hand.ask(OperationCode.GET_PARTIAL_OBJECT, handle, 0, 100).data == b"still"
    hand.ask(OperationCode.EOS_TRANSFER_COMPLETE, handle)
    assert hand.ask(OperationCode.GET_PARTIAL_OBJECT, handle, 0, 100).code == ResponseCode.INVALID_OBJECT_HANDLE


def image_format(*kinds: tuple[int, int, int]) -> bytes:
    words = [word for kind in kinds for word in (0x10, *kind)]
    return struct.pack(f"<II{1 + len(words)}I", 12 + 4 * len(words), PropertyCode.IMAGE_FORMAT, len(kinds), *words)


def added(hand: Handler) -> list[tuple[int, str]]:
    records = [body for code, body in hand.events() if code == OBJECT_ADDED]
    return [(struct.unpack_from("<I", body, 8)[0], body[0x20:].rstrip(b"\0").decode()) for body in records]


@pytest.mark.parametrize(
    ("kinds", "files"),
    [
        ([(6, 0, 4)], [("IMG_0001.CR2", (5616, 3744))]),
        ([(6, 1, 4), (1, 2, 2)], [("IMG_0001.CR2", (3861, 2574)), ("IMG_0001.JPG", (2784, 1856))]),
    ],
)
def test_a_raw_is_taken_alone_or_with_a_jpeg(
    hand: Handler, kinds: list[tuple[int, int, int]], files: list[tuple[str, tuple[int, int]]]
) -> None:
    hand.listen()
    assert hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=image_format(*kinds)).code == ResponseCode.OK
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.OK
    assert [(name, size_px) for name, _, size_px in hand.film.snapped] == files
    hand.now += 1
    # libgphoto2's ptp.h: PTP_OFC_CANON_CRW3.
    kinds_of = {".CR2": 0xB103, ".JPG": 0x3801}
    assert added(hand) == [(kinds_of[name[-4:]], name) for name, _ in files]


def test_half_a_minute_takes_half_a_minute(hand: Handler) -> None:
    hand.listen()
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["30"])
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.OK
    assert hand.film.snapped[0][1].shutter_s == 30
    hand.now += 29
    assert added(hand) == []
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.DEVICE_BUSY
    hand.now += 1.1
    assert added(hand) == [(0x3801, "IMG_0001.JPG")]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((OperationCode.EOS_BULB_START,), (OperationCode.EOS_BULB_END,)),
        ((OperationCode.EOS_REMOTE_RELEASE_ON, 3, 1), (OperationCode.EOS_REMOTE_RELEASE_OFF, 3)),
    ],
)
def test_a_bulb_exposure_lasts_for_as_long_as_the_release_is_held(
    hand: Handler, start: tuple[int, ...], end: tuple[int, ...]
) -> None:
    hand.listen()
    # libgphoto2: "make sure the mode dial is switched ..." at GeneralError (config.c, _put_Canon_EOS_Bulb).
    assert hand.ask(OperationCode.EOS_BULB_START).code == ResponseCode.GENERAL_ERROR
    hand.body.turn_dial("Bulb")
    assert hand.ask(*start).code == ResponseCode.OK
    hand.now += 7.5
    assert hand.film.snapped == []
    assert hand.ask(*end).code == ResponseCode.OK
    assert hand.film.snapped[0][1].shutter_s == pytest.approx(7.5)
    assert added(hand) == [(0x3801, "IMG_0001.JPG")]
    assert hand.ask(OperationCode.EOS_BULB_END).code == ResponseCode.GENERAL_ERROR


def functions(*words: int) -> bytes:
    return struct.pack(f"<II{len(words)}I", 8 + 4 * len(words), PropertyCode.CUSTOM_FUNC_EX, *words)


def test_custom_functions_are_told_group_by_group_as_a_real_body_tells_them(hand: Handler) -> None:
    hand.ask(OperationCode.EOS_SET_EVENT_MODE, 1)
    told = [u32s(body)[1:] for code, body in hand.events() if code == VALUE_CHANGED and u32s(body[:4]) == [0xD1A0]]
    # libgphoto2, camlibs/ptp2/canon-eos-customfunc.txt: a real 5D Mark II's third group.
    real = "84,1,3,78,8,505,1,0,506,1,0,50f,1,0,510,1,0,50e,1,0,60f,1,0,508,1,0,507,5,0,ff,0,ff,0"
    assert told[2] == [int(word, 16) for word in real.split(",")]
    assert [words[2] for words in told] == [1, 2, 3, 4]


def test_mirror_lockup_takes_two_presses(hand: Handler) -> None:
    on = (0x20, 1, 3, 0x14, 1, 0x60F, 1, 1)
    assert hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=functions(*on)).code == ResponseCode.OK
    hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 3, 1)
    assert hand.film.snapped == []
    hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 3, 1)
    assert len(hand.film.snapped) == 1


def test_a_function_that_is_sent_sets_the_rest_of_its_group_back(hand: Handler) -> None:
    for number in (0x101, 0x105):
        words = (0x20, 1, 1, 0x14, 1, number, 1, 2)
        hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=functions(*words))
    assert [hand.body.settings.function(number) for number in (0x101, 0x105, 0x60F)] == [0, 2, 0]
    # In a group that it isn't in, nothing happens.
    hand.ask(OperationCode.EOS_SET_DEVICE_PROP_VALUE_EX, data=functions(0x20, 1, 9, 0x14, 1, 0x101, 1, 1))
    assert hand.body.settings.function(0x105) == 2


def test_live_view_is_magnified_where_it_should_be(hand: Handler) -> None:
    assert hand.ask(OperationCode.EOS_ZOOM, 5).code == ResponseCode.DEVICE_BUSY
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    hand.now += 1
    assert hand.ask(OperationCode.EOS_ZOOM, 3).code == ResponseCode.INVALID_PARAMETER
    assert hand.ask(OperationCode.EOS_ZOOM, 5).code == ResponseCode.OK
    picture = hand.ask(OperationCode.EOS_GET_VIEW_FINDER_DATA, 0x200000).data
    assert picture is not None
    assert picture[8:] == b"iso 800 x5 at 0.500,0.500"
    # Left and top in the sensor's 5616 x 3744 pixels, never beyond its edges.
    assert hand.ask(OperationCode.EOS_ZOOM_POSITION, 0, 3744).code == ResponseCode.OK
    hand.now += 1
    picture = hand.ask(OperationCode.EOS_GET_VIEW_FINDER_DATA, 0x200000).data
    assert picture is not None
    assert picture[8:] == b"iso 800 x5 at 0.100,0.900"
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 0)
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    hand.now += 1
    picture = hand.ask(OperationCode.EOS_GET_VIEW_FINDER_DATA, 0x200000).data
    assert picture is not None
    assert picture[8:] == b"iso 800"


def test_only_a_lens_with_a_motor_is_focused_over_the_cable(hand: Handler, tmp_path: Path) -> None:
    for other in (hand, Handler(tmp_path, "ef-50mm")):
        other.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
        has_motor = other is not hand
        answer = ResponseCode.OK if has_motor else ResponseCode.GENERAL_ERROR
        assert other.ask(OperationCode.EOS_DO_AF).code == answer
        assert other.ask(OperationCode.EOS_DRIVE_LENS, 3).code == answer
        assert other.ask(OperationCode.EOS_DRIVE_LENS, 0x8003).code == answer
    at_card_m, nearer_m, again_m = other.film.focused_m
    assert at_card_m == other.film.card_distance_m
    assert nearer_m < at_card_m
    assert again_m == pytest.approx(at_card_m)


def test_a_ring_is_turned_by_hand(hand: Handler) -> None:
    hand.body.turn_ring(1.7)
    assert hand.film.focused_m == [1.7]


def object_info(name: str, size_bytes: int, code: int = 0x3801) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<IHHIHIIIIIIIHII", 0, code, 0, size_bytes, *(0,) * 11)
    return head + bytes([len(text) // 2]) + text + bytes(3)


def test_a_file_that_is_sent_lies_on_the_card(hand: Handler, tmp_path: Path) -> None:
    hand.card = Card(TAKEN, folder=tmp_path)
    hand.body = EosBody(hand.body._model, hand.card, hand.film, clocks=Clocks(lambda: hand.now, lambda: TAKEN))
    hand.ask(OperationCode.OPEN_SESSION, 1)
    folder = hand.card.pictures.handle
    announced = hand.ask(OperationCode.SEND_OBJECT_INFO, 0x00010001, folder, data=object_info("SENT.JPG", 4))
    assert announced.code == ResponseCode.OK
    assert announced.params[:2] == (0x00010001, folder)
    assert hand.ask(OperationCode.SEND_OBJECT, data=b"four").code == ResponseCode.OK
    assert hand.ask(OperationCode.GET_OBJECT, announced.params[2]).data == b"four"
    assert hand.ask(OperationCode.SEND_OBJECT, data=b"four").code == ResponseCode.NO_VALID_OBJECT_INFO
    taken = hand.ask(OperationCode.SEND_OBJECT_INFO, 0x00010001, folder, data=object_info("SENT.JPG", 4))
    assert taken.code == ResponseCode.ACCESS_DENIED
    for name in ("../x", "", "a/b"):
        refused = hand.ask(OperationCode.SEND_OBJECT_INFO, 0x00010001, folder, data=object_info(name, 4))
        assert refused.code == ResponseCode.ACCESS_DENIED
    large = hand.ask(OperationCode.SEND_OBJECT_INFO, 0x00010001, folder, data=object_info("X.JPG", 0xFFFFFFF0))
    assert large.code in (ResponseCode.OK, ResponseCode.STORE_FULL)
    assert hand.ask(OperationCode.DELETE_OBJECT, announced.params[2]).code == ResponseCode.OK
    made = hand.ask(OperationCode.SEND_OBJECT_INFO, 0x00010001, folder, data=object_info("101TEST", 0, 0x3001))
    assert hand.ask(OperationCode.DELETE_OBJECT, made.params[2]).code == ResponseCode.OK
    assert hand.ask(OperationCode.DELETE_OBJECT, folder).code == ResponseCode.ACCESS_DENIED


def test_a_picture_has_a_thumbnail_and_the_body_says_so(hand: Handler) -> None:
    hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0)
    hand.now += 1
    hand.body.pass_time()
    (picture,) = (each for each in hand.card.everything() if each.path)
    assert hand.ask(OperationCode.GET_THUMB, picture.handle).data == b"thumbnail"
    info = hand.ask(OperationCode.GET_OBJECT_INFO, picture.handle).data
    assert info is not None
    assert struct.unpack_from("<HIII", info, 12) == (0x3808, len(b"thumbnail"), 160, 120)
    folder = hand.card.pictures.handle
    assert hand.ask(OperationCode.GET_THUMB, folder).code == ResponseCode.NO_THUMBNAIL_PRESENT


def test_the_settings_that_a_real_body_was_seen_with_are_there(hand: Handler) -> None:
    data = hand.ask(OperationCode.EOS_GET_DEVICE_INFO_EX).data
    assert data is not None
    words = u32s(data)
    at = 2 + words[1]
    told = set(words[at + 1 : at + 1 + words[at]])
    seen = {*range(0xD150, 0xD156), *range(0xD160, 0xD163), *range(0xD170, 0xD173), 0xD17F, *range(0xD1A0, 0xD1A5)}
    assert seen <= told


def test_a_still_while_a_movie_runs_is_busy(recording: Handler) -> None:
    assert recording.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.DEVICE_BUSY


def test_a_movie_ends_by_itself_where_its_file_may_grow_no_more(tmp_path: Path) -> None:
    # 12 minutes are 4 GB.
    hand = Handler(tmp_path, options=Options(longest_clip_bytes=(1 << 32) // 360))
    hand.listen()
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    hand.set(PropertyCode.EVF_RECORD_STATUS, 4)
    hand.now += 10
    told = hand.events()
    assert hand.film.cuts == [60]
    assert (VALUE_CHANGED, struct.pack("<II", PropertyCode.EVF_RECORD_STATUS, 0)) in told
    assert OBJECT_ADDED in [code for code, _ in told]


def test_a_movie_ends_by_itself_when_the_card_is_full(hand: Handler) -> None:
    hand.body.insert_card((1 << 32) // 720)
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    hand.set(PropertyCode.EVF_RECORD_STATUS, 4)
    hand.now += 10
    hand.body.pass_time()
    assert hand.film.cuts == [30]


def test_a_card_taken_out_takes_the_running_movie_with_it(recording: Handler) -> None:
    recording.now += 2
    recording.body.remove_card()
    recording.body.pass_time()
    assert not recording.body.status().recording
    assert [each for each in recording.card.everything() if each.path] == []
    assert list(recording.film.folder.iterdir()) == []


def test_the_body_can_be_shot_with_by_hand(hand: Handler) -> None:
    hand.body.press("record")
    assert not hand.body.status().recording
    hand.body.press("live-view")
    hand.body.press("record")
    assert (hand.body.status().live_view, hand.body.status().recording) == (True, True)
    hand.body.press("record")
    hand.body.press("live-view")
    hand.body.press("shutter")
    assert (hand.film.rolled[0][0], hand.film.snapped[0][0]) == ("MVI_0001.MOV", "IMG_0002.JPG")


def test_an_empty_battery_says_so(hand: Handler) -> None:
    hand.body.set_battery(0)
    assert hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2) == ResponseCode.EOS_LOW_BATTERY
    assert hand.ask(OperationCode.EOS_REMOTE_RELEASE_ON, 2, 0).code == ResponseCode.EOS_LOW_BATTERY


def test_room_on_the_computer_counts_when_stills_go_there(hand: Handler) -> None:
    hand.body.insert_card(0)
    assert hand.body.settings[PropertyCode.AVAILABLE_SHOTS].number == 0
    hand.set(PropertyCode.CAPTURE_DESTINATION, eos_model.DESTINATION_COMPUTER)
    hand.ask(OperationCode.EOS_PC_HDD_CAPACITY, 0x0FFFFFFF, 0x1000, 1)
    assert hand.body.settings[PropertyCode.AVAILABLE_SHOTS].number == 999


def quirky(folder: Path, quirk: Quirk) -> Handler:
    hand = Handler(folder, options=Options(frozenset({quirk})))
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["1/50"])
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 2)
    hand.now += 1
    return hand


def test_a_pulled_frame_may_reset_the_menu_so_that_nothing_is_recorded(tmp_path: Path) -> None:
    hand = quirky(tmp_path, Quirk.PREVIEW_RESETS_MOVIE)
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.OK
    hand.set(PropertyCode.EVF_RECORD_STATUS, 0)
    assert hand.look() == ResponseCode.OK
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.DEVICE_BUSY
    hand.body.press("menu-stills-and-movie")
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.OK


def test_a_body_may_say_busy_and_record_all_the_same(tmp_path: Path) -> None:
    hand = quirky(tmp_path, Quirk.BUSY_BUT_RECORDS)
    assert hand.set(PropertyCode.EVF_RECORD_STATUS, 4) == ResponseCode.DEVICE_BUSY
    assert hand.body.status().recording


def test_settings_may_fall_back_when_live_view_starts(tmp_path: Path) -> None:
    hand = quirky(tmp_path, Quirk.LIVE_VIEW_RESETS_SETTINGS)
    assert hand.body.status().settings["SHUTTER_SPEED"] == "1/125"
    hand.set(PropertyCode.SHUTTER_SPEED, eos5d2.SHUTTER["1/50"])
    hand.set(PropertyCode.EVF_OUTPUT_DEVICE, 3)
    assert hand.body.status().settings["SHUTTER_SPEED"] == "1/50"


def test_a_body_may_fall_asleep_by_its_own_setting_and_not_while_it_is_used(tmp_path: Path) -> None:
    hand = quirky(tmp_path, Quirk.SLEEPS)
    for _ in range(5):
        hand.now += 50
        hand.ask(OperationCode.EOS_KEEP_DEVICE_ON)
    hand.body.pass_time()
    assert hand.body.is_on
    hand.now += 61
    hand.body.pass_time()
    assert hand.body.status().power == "asleep"
    hand.body.press("shutter-half")
    hand.set(PropertyCode.AUTO_POWER_OFF, 0)
    hand.now += 10000
    hand.body.pass_time()
    assert hand.body.is_on


def test_a_file_comes_in_parts_and_goes(recording: Handler) -> None:
    recording.set(PropertyCode.EVF_RECORD_STATUS, 0)
    recording.events()
    free = recording.card.free_bytes
    (handle,) = (each.handle for each in recording.card.everything() if each.path)
    part = recording.ask(OperationCode.GET_PARTIAL_OBJECT, handle, 70, 100)
    assert (part.data, part.params) == (b"frame", (5,))
    assert recording.ask(OperationCode.DELETE_OBJECT, handle).code == ResponseCode.OK
    assert (OBJECT_REMOVED, struct.pack("<I", handle)) in recording.events()
    assert recording.card.free_bytes == free + 75
    assert recording.ask(OperationCode.GET_OBJECT_INFO, handle).code == ResponseCode.INVALID_OBJECT_HANDLE


def test_folders_cannot_be_deleted_or_read(hand: Handler) -> None:
    folder = hand.card.pictures.handle
    assert hand.ask(OperationCode.DELETE_OBJECT, folder).code == ResponseCode.ACCESS_DENIED
    assert hand.ask(OperationCode.GET_OBJECT, folder).code == ResponseCode.INVALID_OBJECT_HANDLE


def test_another_card_is_not_there(hand: Handler) -> None:
    assert hand.ask(OperationCode.GET_STORAGE_INFO, 0x00020001).code == ResponseCode.INVALID_STORAGE_ID
