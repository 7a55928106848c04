"""libgphoto2's own driver at the emulated body: what it lists, takes, refuses, shows and records.

Every call runs the real ptp2 camera library of python-gphoto2 against a body in a process of its own.
"""

import io
import math
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import gphoto2 as gp
import numpy as np
import pytest
from emulated.computer import FOLDER, Computer, connected
from known import known
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody
from rigcoach.scene.truth import ClipTruth
from rigcoach.target_card import A3, A4


def grey(jpeg: bytes) -> np.ndarray:
    return known(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))


@pytest.fixture(scope="module")
def body() -> Iterator[EmulatedBody]:
    with EmulatedBody() as running:
        yield running


@pytest.fixture
def computer(body: EmulatedBody) -> Iterator[Computer]:
    with connected(body) as there:
        yield there


@dataclass(frozen=True)
class Movie:
    """A movie that was recorded and fetched, with what is true of it."""

    computer: Computer
    name: str
    data: bytes
    truth: ClipTruth
    free_kb_before: int


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Movie]:
    folder = tmp_path_factory.mktemp("truth")
    with EmulatedBody(truth_folder=folder, seed=3) as running, connected(running) as computer:
        computer.set("shutterspeed", "1/100")
        computer.set("iso", "800")
        free_kb = computer.free_kb()
        name = computer.record(1.0)
        truth = ClipTruth.read(folder / "MVI_0001.truth.json")
        yield Movie(computer, name, computer.fetch(name), truth, free_kb)


def test_the_driver_takes_it_for_an_eos_5d_mark_ii(computer: Computer) -> None:
    summary = computer.camera.get_summary().text
    assert "Model: Canon EOS 5D Mark II\n" in summary
    assert "Canon EOS Capture" in summary
    assert "VolumeLabel: EOS_DIGITAL" in summary


def test_the_whole_configuration_is_there(computer: Computer) -> None:
    found = computer.camera.list_config()
    names = {found.get_name(index) for index in range(found.count())}
    assert names >= {
        "iso", "shutterspeed", "aperture", "whitebalance", "colortemperature", "picturestyle", "focusmode",
        "drivemode", "imageformat", "autoexposuremode", "exposurecompensation", "meteringmode", "reviewtime",
        "autopoweroff", "output", "evfmode", "movierecordtarget", "viewfinder", "capturetarget", "datetime",
        "ownername", "artist", "copyright", "batterylevel", "lensname", "shuttercounter", "availableshots",
    }  # fmt: skip


CHOICES = [
    (
        "iso",
        "Auto,50,100,125,160,200,250,320,400,500,640,800,1000,1250,1600,2000,2500,3200,4000,5000,6400,12800,25600",
    ),
    ("whitebalance", "Auto,Daylight,Shadow,Cloudy,Tungsten,Fluorescent,Flash,Manual,Color Temperature"),
    (
        "picturestyle",
        "Standard,Portrait,Landscape,Neutral,Faithful,Monochrome,User defined 1,User defined 2,User defined 3",
    ),
    ("drivemode", "Single,Continuous,Timer 10 sec,Timer 2 sec"),
    ("meteringmode", "Evaluative,Partial,Spot,Center-weighted average"),
    ("reviewtime", "None,2 seconds,4 seconds,8 seconds,Hold"),
    ("movierecordtarget", "None,Card"),
    ("output", "Off,TFT,PC,TFT + PC"),
    ("aperture", "implicit auto"),
    ("focusmode", "Manual"),
]


def test_the_driver_names_every_choice(computer: Computer) -> None:
    for name, choices in CHOICES:
        assert computer.choices(name) == choices.split(",")


def test_shutter_speeds_run_from_30_s_to_an_8000th_in_thirds(computer: Computer) -> None:
    speeds = computer.choices("shutterspeed")
    assert (speeds[0], speeds[-1], len(speeds)) == ("30", "1/8000", 55)
    assert {"1", "1/50", "1/250"} <= set(speeds)


def test_what_is_set_is_read_back_by_the_next_computer(body: EmulatedBody) -> None:
    # Twice, so that nothing is read back that was there before.
    for values in (
        {
            "iso": "1600",
            "shutterspeed": "1/50",
            "whitebalance": "Daylight",
            "colortemperature": "5600",
            "whitebalanceadjusta": "-3",
            "picturestyle": "Neutral",
            "drivemode": "Continuous",
            "meteringmode": "Spot",
            "imageformat": "mRAW + cS",
            "reviewtime": "Hold",
            "autopoweroff": "0",
            "colorspace": "AdobeRGB",
            "autoexposuremode": "AV",
            "artist": "A. Photographer",
        },
        {
            "autoexposuremode": "Manual",
            "iso": "Auto",
            "shutterspeed": "1/100",
            "whitebalance": "Color Temperature",
            "imageformat": "RAW",
            "artist": "",
        },
    ):
        with connected(body) as first:
            for name, value in values.items():
                first.set(name, value)
        # A new session starts without the first one's cache: these values are the body's own.
        with connected(body) as second:
            assert {name: second.get(name) for name in values} == values


def test_the_clock_is_set(body: EmulatedBody) -> None:
    noon_s = 1_227_355_200
    with connected(body) as first:
        first.set("datetime", noon_s)
    with connected(body) as second:
        assert int(str(second.get("datetime"))) - noon_s in range(60)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iso", "819200"),
        ("aperture", "8"),
        ("shutterspeed", "1/16000"),
        ("autoexposuremode", "Auto"),
        ("lensname", "x"),
    ],
)
def test_what_the_body_does_not_list_is_refused(computer: Computer, name: str, value: str) -> None:
    before = computer.get(name)
    with pytest.raises(gp.GPhoto2Error):
        computer.set(name, value)
    assert computer.get(name) == before


def test_a_refusal_names_the_reason(computer: Computer) -> None:
    said: list[bytes] = []
    context = gp.Context()
    held = gp.gp_context_set_error_func(context, lambda _context, text, _data: said.append(text), None)
    widget = computer.camera.get_single_config("iso", context)
    widget.set_value("819200")
    with pytest.raises(gp.GPhoto2Error):
        computer.camera.set_single_config("iso", widget, context)
    assert held is not None
    assert b"0x201c" in said[-1]


def test_recording_with_live_view_off_is_busy(computer: Computer) -> None:
    with pytest.raises(gp.GPhoto2Error) as refused:
        computer.set("movierecordtarget", "Card")
    assert refused.value.code == gp.GP_ERROR_CAMERA_BUSY


def test_an_adapted_lens_tells_nothing(computer: Computer) -> None:
    told = [computer.get(name) for name in ("lensname", "aperture", "focusmode")]
    assert told == ["", "implicit auto", "Manual"]


def test_an_electronic_lens_has_apertures_and_a_name() -> None:
    with EmulatedBody(lens="ef-50mm") as running, connected(running) as computer:
        assert computer.get("lensname") == "EF50mm f/1.8 II"
        assert computer.choices("aperture")[:3] == ["1.8", "2", "2.2"]
        computer.set("aperture", "4")
        assert computer.get("aperture") == "4"
        assert computer.choices("focusmode") == ["One Shot", "AI Servo", "AI Focus"]


def test_live_view_moves(computer: Computer) -> None:
    first = grey(computer.preview())
    assert first.shape == (680, 1024)
    assert first.std() > 10
    deadline, moved = time.monotonic() + 60, 0.0
    # The first picture stands until the next ones are rendered.
    while moved < 1 and time.monotonic() < deadline:
        moved = float(np.abs(grey(computer.preview()) - first.astype(float)).mean())
    assert moved >= 1


@pytest.mark.slow
def test_live_view_shows_the_exposure(computer: Computer) -> None:
    computer.set("shutterspeed", "1/50")
    computer.set("iso", "6400")
    deadline = time.monotonic() + 60
    bright = 0.0
    # The old pictures run on until the new ones are rendered. Four stops over, nearly everything is white.
    while bright < 180 and time.monotonic() < deadline:
        bright = float(grey(computer.preview()).mean())
    assert bright >= 180


def test_live_view_ends_with_the_session(body: EmulatedBody) -> None:
    with connected(body) as first:
        first.preview()
        assert first.get("output") == "PC"
    with connected(body) as second:
        assert second.get("output") == "Off"


@pytest.mark.slow
def test_a_recorded_movie_is_h264_at_1080p(movie: Movie) -> None:
    with av.open(io.BytesIO(movie.data), "r") as clip:
        stream = clip.streams.video[0]
        frames = sum(1 for _ in clip.decode(stream))
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 1920, 1080)
        assert stream.average_rate == Fraction(30000, 1001)
        context = stream.codec_context
        # ITU-T H.273: full range; BT.601's matrix (6), BT.709's primaries and curve (1).
        assert (context.color_range, context.colorspace) == (2, 6)
        assert (context.color_primaries, context.color_trc) == (1, 1)
    assert frames == len(movie.truth.frames)
    # A second or, on a slow machine, more; always whole groups of 15.
    assert frames % 15 == 0
    assert frames >= 30


@pytest.mark.slow
def test_a_movie_is_taken_with_the_bodys_settings(movie: Movie) -> None:
    truth = movie.truth
    assert (truth.shutter_s, truth.iso, truth.f_number, truth.exposure_ev) == (0.01, 800, 8.0, 0.0)


@pytest.mark.slow
def test_the_card_in_the_movie_is_where_its_truth_says(movie: Movie) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    (target,) = [card for card in (A3, A4) if math.isclose(card.width_mm, movie.truth.card_width_mm)]
    marker = max(target.markers, key=lambda each: each.side_mm)
    with av.open(io.BytesIO(movie.data), "r") as clip:
        for frame, true in zip(clip.decode(video=0), movie.truth.frames, strict=True):
            corners, ids, _ = detector.detectMarkers(frame.to_ndarray(format="gray"))
            seen = next(found[0] for found, number in zip(corners, ids.ravel(), strict=True) if number == marker.id)
            on_sheet = cv2.getPerspectiveTransform(
                np.array(target.outline_mm, np.float32), np.array(true.outline_px, np.float32)
            )
            expected = cv2.perspectiveTransform(np.array([marker.corners_mm]), on_sheet)[0]
            assert np.abs(seen - expected).max() < 3


@pytest.mark.slow
def test_a_movie_is_listed_with_its_size_and_type(movie: Movie) -> None:
    assert movie.name == "MVI_0001.MOV"
    assert movie.computer.files() == [movie.name]
    info = movie.computer.camera.file_get_info(FOLDER, movie.name).file
    assert (info.size, info.type) == (len(movie.data), "video/quicktime")
    assert movie.free_kb_before - movie.computer.free_kb() == pytest.approx(info.size / 1024, abs=2)


@pytest.mark.slow
def test_a_movie_can_be_read_in_blocks(movie: Movie) -> None:
    block = bytearray(1 << 16)
    read = b""
    while len(read) < len(movie.data):
        got = movie.computer.camera.file_read(FOLDER, movie.name, gp.GP_FILE_TYPE_NORMAL, len(read), block)
        read += bytes(block[:got])
    assert read == movie.data


@pytest.mark.slow
def test_takes_differ_and_a_deleted_one_makes_room() -> None:
    with EmulatedBody(options=SMALL) as running, connected(running) as computer:
        free_kb = computer.free_kb()
        first, second = computer.record(0.2), computer.record(0.2)
        assert (first, second) == ("MVI_0001.MOV", "MVI_0002.MOV")
        assert computer.fetch(first) != computer.fetch(second)
        for name in (first, second):
            computer.camera.file_delete(FOLDER, name)
        assert computer.files() == []
        assert computer.free_kb() == free_kb


@pytest.mark.slow
def test_a_movie_is_kept_when_the_computer_goes_away() -> None:
    with EmulatedBody(options=SMALL) as running:
        with connected(running) as first:
            first.preview()
            first.set("movierecordtarget", "Card")
        with connected(running) as second:
            assert second.new_file() == "MVI_0001.MOV"
            assert second.files() == ["MVI_0001.MOV"]


def test_a_second_computer_is_turned_away_and_may_come_when_the_first_is_gone(body: EmulatedBody) -> None:
    with connected(body) as first:
        with pytest.raises(gp.GPhoto2Error):
            Computer(body.port_path)
        first.set("iso", "400")
    with connected(body) as second:
        assert second.get("iso") == "400"


@pytest.mark.slow
def test_a_body_that_is_taken_away_is_missed() -> None:
    with EmulatedBody() as running, connected(running) as computer:
        computer.preview()
        running.kill()
        with pytest.raises(gp.GPhoto2Error):
            computer.preview()


def test_rubbish_on_the_line_does_not_disturb_the_session(body: EmulatedBody) -> None:
    port = int(body.port_path.rsplit(":", 1)[1])
    with connected(body) as computer:
        for rubbish in (b"GET / HTTP/1.1\r\n\r\n", bytes(64), b"\xff" * 64, b"\x16\0\0\0\x06\0\0\0"):
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(rubbish)
            computer.set("iso", "400")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 at hand")
def test_it_listens_on_the_loopback_interface_alone(body: EmulatedBody) -> None:
    port = int(body.port_path.rsplit(":", 1)[1])
    assert body.port_path == f"ptpip:127.0.0.1:{port}:{port}"
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.2", port)):
        pass
