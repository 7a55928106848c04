"""libgphoto2's own driver at the emulated body: what it lists, takes, refuses, shows and records.

Every call runs the real ptp2 camera library of python-gphoto2 against a body in a process of its own.
"""

import contextlib
import hashlib
import io
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import gphoto2 as gp
import numpy as np
import pytest

from rigcoach.emulated.process import EmulatedBody

FOLDER = "/store_00010001/DCIM/100EOS5D"


class Computer:
    """A session of libgphoto2 with a body."""

    def __init__(self, port_path: str) -> None:
        ports, models = gp.PortInfoList(), gp.CameraAbilitiesList()
        ports.load()
        models.load()
        self.camera = gp.Camera()
        self.camera.set_port_info(ports[ports.lookup_path(port_path)])
        self.camera.set_abilities(models[models.lookup_model("Canon EOS 5D Mark II")])
        self.camera.init()

    def exit(self) -> None:
        # Leaving a PTP/IP camera closes file descriptor 0 of the process (libgphoto2, ptpip.c,
        # ptp_ptpip_disconnect closes jpgfd, which is 0 there).
        kept = os.dup(0)
        try:
            self.camera.exit()
        finally:
            os.dup2(kept, 0)
            os.close(kept)

    def get(self, name: str) -> object:
        return self.camera.get_single_config(name).get_value()

    def choices(self, name: str) -> list[str]:
        return list(self.camera.get_single_config(name).get_choices())

    def set(self, name: str, value: object) -> None:
        widget = self.camera.get_single_config(name)
        widget.set_value(value)
        self.camera.set_single_config(name, widget)

    def preview(self) -> bytes:
        picture = self.camera.capture_preview()
        return bytes(picture.get_data_and_size())

    def new_file(self, within_s: float = 60.0) -> str:
        """Wait for a file to be added; return its name."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            kind, data = self.camera.wait_for_event(200)
            if kind == gp.GP_EVENT_FILE_ADDED:
                assert data.folder == FOLDER
                return str(data.name)
        raise AssertionError("no file was added")

    def record(self, seconds: float) -> str:
        self.preview()
        self.set("movierecordtarget", "Card")
        time.sleep(seconds)
        self.set("movierecordtarget", "None")
        return self.new_file()

    def fetch(self, name: str) -> bytes:
        file = self.camera.file_get(FOLDER, name, gp.GP_FILE_TYPE_NORMAL)
        return bytes(file.get_data_and_size())

    def files(self) -> list[str]:
        found = self.camera.folder_list_files(FOLDER)
        return [found.get_name(index) for index in range(found.count())]


Connect = Callable[[EmulatedBody], Computer]


@pytest.fixture(autouse=True)
def settings_elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep libgphoto2 from writing its settings into the home of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp()))


@pytest.fixture
def connect() -> Iterator[Connect]:
    with contextlib.ExitStack() as leaving:

        def connect_to(body: EmulatedBody) -> Computer:
            computer = Computer(body.port_path)
            leaving.push(lambda *_: _leave(computer))
            return computer

        yield connect_to


def _leave(computer: Computer) -> None:
    # A body that a test took away cannot be taken leave of.
    with contextlib.suppress(gp.GPhoto2Error):
        computer.exit()


@pytest.fixture(scope="module")
def body() -> Iterator[EmulatedBody]:
    with EmulatedBody() as running:
        yield running


@pytest.fixture
def computer(body: EmulatedBody, connect: Connect) -> Computer:
    return connect(body)


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


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("iso", "Auto 50 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 12800 25600"),
        ("whitebalance", "Auto,Daylight,Shadow,Cloudy,Tungsten,Fluorescent,Flash,Manual,Color Temperature"),
        ("picturestyle", "Standard,Portrait,Landscape,Neutral,Faithful,Monochrome,User defined 1,User defined 2,User defined 3"),
        ("drivemode", "Single,Continuous,Timer 10 sec,Timer 2 sec"),
        ("meteringmode", "Evaluative,Partial,Spot,Center-weighted average"),
        ("reviewtime", "None,2 seconds,4 seconds,8 seconds,Hold"),
        ("movierecordtarget", "None,Card"),
        ("output", "Off,TFT,PC,TFT + PC"),
        ("aperture", "implicit auto,"),
        ("focusmode", "Manual,"),
    ],
)  # fmt: skip
def test_the_driver_names_every_choice(computer: Computer, name: str, choices: str) -> None:
    wanted = choices.split(",") if "," in choices else choices.split()
    assert computer.choices(name) == [choice for choice in wanted if choice]


def test_shutter_speeds_run_from_30_s_to_an_8000th_in_thirds(computer: Computer) -> None:
    speeds = computer.choices("shutterspeed")
    assert (speeds[0], speeds[-1], len(speeds)) == ("30", "1/8000", 55)
    assert {"1", "1/50", "1/250"} <= set(speeds)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iso", "1600"),
        ("iso", "Auto"),
        ("shutterspeed", "1/50"),
        ("whitebalance", "Daylight"),
        ("whitebalance", "Color Temperature"),
        ("colortemperature", "5600"),
        ("whitebalanceadjusta", "-3"),
        ("picturestyle", "Neutral"),
        ("drivemode", "Continuous"),
        ("meteringmode", "Spot"),
        ("imageformat", "RAW"),
        ("imageformat", "mRAW + cS"),
        ("reviewtime", "Hold"),
        ("autopoweroff", "0"),
        ("colorspace", "AdobeRGB"),
        ("autoexposuremode", "Manual"),
        ("artist", "A. Photographer"),
        ("output", "TFT"),
    ],
)
def test_what_is_set_is_read_back_by_the_next_computer(
    body: EmulatedBody, connect: Connect, name: str, value: str
) -> None:
    first = connect(body)
    first.set(name, value)
    first.exit()
    # A new session starts without the first one's cache: this value is the body's own.
    expected = "Off" if name == "output" else value
    assert connect(body).get(name) == expected


def test_the_clock_is_set_to_the_second(computer: Computer) -> None:
    computer.set("datetime", 1_227_355_200)
    computer.exit()
    assert abs(int(str(computer.get("datetime"))) - 1_227_355_200) <= 5


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
    said: list[str] = []
    context = gp.Context()
    held = gp.gp_context_set_error_func(context, lambda _context, text, _data: said.append(text), None)
    widget = computer.camera.get_single_config("iso", context)
    widget.set_value("819200")
    with pytest.raises(gp.GPhoto2Error):
        computer.camera.set_single_config("iso", widget, context)
    assert held is not None
    assert "0x201c" in said[-1]


def test_recording_with_live_view_off_is_busy(computer: Computer) -> None:
    with pytest.raises(gp.GPhoto2Error) as refused:
        computer.set("movierecordtarget", "Card")
    assert refused.value.code == gp.GP_ERROR_CAMERA_BUSY


def test_a_still_is_refused_at_once(computer: Computer) -> None:
    with pytest.raises(gp.GPhoto2Error):
        computer.camera.capture(gp.GP_CAPTURE_IMAGE)


def test_an_electronic_lens_has_apertures_and_a_name(connect: Connect) -> None:
    with EmulatedBody(lens="ef-50mm") as running:
        computer = connect(running)
        assert computer.get("lensname") == "EF50mm f/1.8 II"
        assert computer.choices("aperture")[:3] == ["1.8", "2", "2.2"]
        computer.set("aperture", "4")
        assert computer.get("aperture") == "4"
        assert computer.choices("focusmode") == ["One Shot", "AI Servo", "AI Focus"]


def test_an_adapted_lens_tells_nothing(computer: Computer) -> None:
    assert (computer.get("lensname"), computer.get("aperture"), computer.get("focusmode")) == (
        "",
        "implicit auto",
        "Manual",
    )


def test_live_view_moves(computer: Computer) -> None:
    frames = [cv2.imdecode(np.frombuffer(computer.preview(), np.uint8), cv2.IMREAD_GRAYSCALE) for _ in range(20)]
    assert {frame.shape for frame in frames} == {(680, 1024)}
    assert frames[0].std() > 10
    assert max(float(np.abs(frame - frames[0].astype(float)).mean()) for frame in frames) > 1


def test_live_view_shows_the_exposure(computer: Computer) -> None:
    def brightness(iso: str) -> float:
        computer.set("iso", iso)
        deadline = time.monotonic() + 20
        last = -1.0
        # The old pictures run on until the new ones are rendered; then brightness stays.
        while time.monotonic() < deadline:
            frame = cv2.imdecode(np.frombuffer(computer.preview(), np.uint8), cv2.IMREAD_GRAYSCALE)
            if abs(frame.mean() - last) > 15 and last >= 0:
                return float(frame.mean())
            last = float(frame.mean()) if last < 0 else last
        return last

    computer.set("shutterspeed", "1/50")
    dark, bright = brightness("100"), brightness("1600")
    assert bright > dark + 30


def test_a_recorded_movie_is_a_real_one_and_its_truth_is_known(tmp_path: Path, connect: Connect) -> None:
    with EmulatedBody(truth_folder=tmp_path, seed=3) as running:
        computer = connect(running)
        computer.set("shutterspeed", "1/100")
        computer.set("iso", "800")
        name = computer.record(1.0)
        data = computer.fetch(name)
        assert name == "MVI_0001.MOV"
        assert computer.files() == [name]
        info = computer.camera.file_get_info(FOLDER, name).file
        assert (info.size, info.type) == (len(data), "video/quicktime")
    with av.open(io.BytesIO(data)) as clip:
        stream = clip.streams.video[0]
        frames = sum(1 for _ in clip.decode(stream))
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 1920, 1080)
        assert float(stream.average_rate or 0) == pytest.approx(29.97, abs=0.01)
    assert frames % 15 == 0
    assert frames >= 30
    truth = json.loads((tmp_path / "MVI_0001.truth.json").read_text())
    assert (truth["shutter_s"], truth["iso"], truth["f_number"]) == (0.01, 800, 8.0)
    assert len(truth["frames"]) == frames


def test_the_picture_in_a_movie_is_the_scene_whose_truth_is_written(tmp_path: Path, connect: Connect) -> None:
    with EmulatedBody(truth_folder=tmp_path) as running:
        computer = connect(running)
        computer.set("iso", "400")
        computer.set("shutterspeed", "1/50")
        data = computer.fetch(computer.record(0.2))
    truth = json.loads((tmp_path / "MVI_0001.truth.json").read_text())
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    with av.open(io.BytesIO(data)) as clip:
        for frame, true in zip(clip.decode(video=0), truth["frames"], strict=True):
            corners, ids, _ = detector.detectMarkers(frame.to_ndarray(format="gray"))
            assert ids is not None
            largest = max(corners, key=cv2.contourArea)[0]
            # The largest marker stands in the middle of the panel, left of the sheet's centre, on its height.
            sheet = np.array(true["outline_px"])
            assert float(cv2.pointPolygonTest(sheet.astype(np.float32), largest.mean(axis=0).tolist(), False)) > 0
            assert largest.mean(axis=0)[1] == pytest.approx(true["centre_px"][1], abs=0.05 * np.ptp(sheet[:, 1]))


def test_the_same_seed_gives_the_same_clip_and_another_another(connect: Connect) -> None:
    def clip_of(seed: int) -> str:
        with EmulatedBody(seed=seed) as running:
            computer = connect(running)
            data = computer.fetch(computer.record(0.2))
            computer.exit()
            return hashlib.sha256(data).hexdigest()

    assert clip_of(5) == clip_of(5)
    assert clip_of(5) != clip_of(6)


def test_a_file_comes_in_blocks_and_can_be_deleted(connect: Connect) -> None:
    with EmulatedBody() as running:
        computer = connect(running)
        free = computer.camera.get_storageinfo()[0].freekbytes
        name = computer.record(0.5)
        size = computer.camera.file_get_info(FOLDER, name).file.size
        block = bytearray(1 << 16)
        read = b""
        while len(read) < size:
            got = computer.camera.file_read(FOLDER, name, gp.GP_FILE_TYPE_NORMAL, len(read), block)
            read += bytes(block[:got])
        assert read == computer.fetch(name)
        assert free - computer.camera.get_storageinfo()[0].freekbytes == pytest.approx(size / 1024, abs=2)
        computer.camera.file_delete(FOLDER, name)
        assert computer.files() == []
        assert computer.camera.get_storageinfo()[0].freekbytes == free


def test_a_second_computer_is_turned_away_and_may_come_when_the_first_is_gone(
    body: EmulatedBody, connect: Connect
) -> None:
    first = connect(body)
    with pytest.raises(gp.GPhoto2Error):
        connect(body)
    assert first.get("cameramodel") == "Canon EOS 5D Mark II"
    first.exit()
    assert connect(body).get("cameramodel") == "Canon EOS 5D Mark II"


def test_a_body_that_is_taken_away_is_missed(connect: Connect) -> None:
    with EmulatedBody() as running:
        computer = connect(running)
        computer.preview()
        running.kill()
        with pytest.raises(gp.GPhoto2Error):
            computer.preview()


def test_rubbish_on_the_line_does_not_disturb_the_body(body: EmulatedBody, connect: Connect) -> None:
    port = int(body.port_path.rsplit(":", 1)[1])
    for rubbish in (b"GET / HTTP/1.1\r\n\r\n", bytes(64), b"\xff" * 64, b"\x16\0\0\0\x06\0\0\0"):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(rubbish)
    assert connect(body).get("cameramodel") == "Canon EOS 5D Mark II"


def test_it_listens_on_the_loopback_interface_alone(body: EmulatedBody) -> None:
    port = int(body.port_path.rsplit(":", 1)[1])
    assert body.port_path == f"ptpip:127.0.0.1:{port}:{port}"
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.2", port)):
        pass
