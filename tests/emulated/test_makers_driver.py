"""Sony, Fujifilm, Olympus and Panasonic bodies under libgphoto2's own driver, each in its maker's extension of PTP."""

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import gphoto2 as gp
import pytest
from emulated.computer import Computer, connected
from PIL import Image
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody

pytestmark = pytest.mark.slow

# What a photographer sets, in the driver's words, and what is then in the body's own numbers.
SET = {
    # 2.00: from one value to the next, by buttons.
    "sony-a7s": {
        "iso": ("1600", "d21e", "1600"),
        "shutterspeed": ("1/250", "d20d", str(1 << 16 | 250)),
        "f-number": ("f/8", "5007", "800"),
        "whitebalance": ("Shade", "5005", str(0x8011)),
    },
    # Since 2020: the same, set under second names.
    "sony-a7c": {"iso": ("800", "d226", "800")},
    "fuji-gfx100-ii": {
        "iso": ("400", "500f", "400"),
        "shutterspeed": ("1/250", "500d", "3906"),
        "f-number": ("f/8", "5007", "800"),
        "filmsimulation": ("ETERNA/Cinema", "d001", "16"),
    },
    "olympus-e-m1-mark-iii": {
        "iso": ("800", "d007", "800"),
        "shutterspeed": ("1/250", "d01c", str(1 << 16 | 250)),
        "aperture": ("8.0", "d002", "80"),
        "exposurecompensation": ("-1", "d008", str(0x10000 - 1000)),
    },
    "panasonic-gx8": {"iso": ("400", "500f", "400")},
}

# These record as soon as they are asked to, with live view.
MOVIES = ("sony-rx100m4", "panasonic-gx8")


def lumix(folder: Path) -> Path:
    """Return a listing such as libgphoto2 makes of a Panasonic with the maker's extension: no property by number."""
    values = {
        "imgsettings/iso": ("400", "100 200 400 800 1600"),
        "imgsettings/imageformat": ("3", "1 2 3"),
        "capturesettings/shutterspeed": ("1/100", "bulb 2 1 1/1.3 1/50 1/100 1/250"),
        "capturesettings/f-number": ("4", "2.8 4 5.6 8"),
        "capturesettings/whitebalance": ("Automatic", "Automatic Daylight Cloudy Shadow"),
        "capturesettings/exposurecompensation": ("0.000000", "-1.000000 -0.333333 0.000000 0.333333"),
        "capturesettings/afmode": ("MF", "AF MF AF_S"),
        "capturesettings/expmode": ("M", "P A S M"),
    }
    widgets = [
        {"path": f"/main/{path}", "label": "", "type": "RADIO", "current": now, "choices": choices.split()}
        for path, (now, choices) in values.items()
    ]
    file = folder / "lumix.json"
    file.write_text(json.dumps({"manufacturer": "Panasonic", "model": "DC-GH5", "widgets": widgets}))
    return file


Running = Callable[[str], EmulatedBody]


@pytest.fixture(scope="module")
def running(shared: Path) -> Iterator[Running]:
    """Bodies by the names of their listings, each started when it is asked for first; each test has its own session."""
    with contextlib.ExitStack() as stack:

        @cache
        def of(name: str) -> EmulatedBody:
            body = EmulatedBody(shared / "cameras" / f"{name}.json", options=SMALL, warm_up=name in MOVIES)
            return stack.enter_context(body)

        yield of


def settled(computer: Computer, name: str, value: str) -> object:
    """Return what the driver shows, given the two seconds that it remembers what it read before."""
    deadline = time.monotonic() + 60
    while (shown := computer.get(name)) != value and time.monotonic() < deadline:
        time.sleep(0.1)
    return shown


def looked(computer: Computer, within_s: float = 60.0) -> bytes:
    """Return a frame of live view; a body is busy until the first is rendered."""
    deadline = time.monotonic() + within_s
    picture = b""
    while not picture and time.monotonic() < deadline:
        with contextlib.suppress(gp.GPhoto2Error):
            picture = computer.preview()
    return picture


def added(computer: Computer, within_s: float = 60.0) -> tuple[str, bytes]:
    """Wait for a file that the driver tells of, and fetch it."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        kind, path = computer.camera.wait_for_event(200)
        if kind == gp.GP_EVENT_FILE_ADDED:
            file = computer.camera.file_get(path.folder, path.name, gp.GP_FILE_TYPE_NORMAL)
            return str(path.name), bytes(file.get_data_and_size())
    raise AssertionError("no file was added")


@pytest.mark.parametrize("body", SET)
def test_what_the_driver_sets_is_in_the_body_in_the_makers_own_codes(running: Running, body: str) -> None:
    with connected(running(body)) as computer:
        for name, (value, _, _) in SET[body].items():
            computer.set(name, value)
            assert settled(computer, name, value) == value
        settings = running(body).status().settings
    for name, (_, code, number) in SET[body].items():
        assert settings[code] == number, name


def test_a_sony_refuses_a_speed_that_it_does_not_have(running: Running) -> None:
    with connected(running("sony-a7s")) as computer:
        computer.set("iso", "1600")
        with pytest.raises(gp.GPhoto2Error):
            computer.set("iso", "1234567")
        assert computer.get("iso") == "1600"


@pytest.mark.parametrize("body", ["sony-rx100m4", "fuji-xpro3", "olympus-e-m1-mark-ii"])
def test_live_view_shows_the_scene(running: Running, body: str) -> None:
    with connected(running(body)) as computer:
        picture = looked(computer)
        with Image.open(io.BytesIO(picture)) as frame:
            assert frame.size == (1024, 680)


@pytest.mark.parametrize(
    ("body", "quality"), [("sony-rx100m4", "Fine"), ("fuji-xpro3", "JPEG Fine"), ("olympus-e-m1-mark-ii", None)]
)
def test_a_still_is_told_of_and_fetched(running: Running, body: str, quality: str | None) -> None:
    with connected(running(body)) as computer:
        if quality is not None:
            computer.set("imagequality" if body.startswith("sony") else "imageformat", quality)
        computer.camera.trigger_capture()
        name, data = added(computer)
    assert name.lower().endswith(".jpg")
    with Image.open(io.BytesIO(data)) as still:
        assert still.size == (6000, 4000)


@pytest.mark.parametrize("body", MOVIES)
def test_a_movie_is_recorded_between_its_start_and_its_end(running: Running, body: str) -> None:
    with connected(running(body)) as computer:
        computer.set("movie", 1)
        assert running(body).status().recording
        time.sleep(0.5)
        computer.set("movie", 0)
        name, data = added(computer)
    assert name.endswith(".MP4")
    assert data[4:8] == b"ftyp"


def test_a_panasonic_with_the_makers_extension_is_set_and_shoots(tmp_path: Path) -> None:
    with EmulatedBody(lumix(tmp_path), options=SMALL) as running, connected(running) as computer:
        assert computer.choices("iso") == ["100", "200", "400", "800", "1600"]
        wanted = {"iso": "800", "shutterspeed": "1/250", "f-number": "8", "whitebalance": "Shadow"}
        for name, value in {**wanted, "exposurecompensation": "-1.000000"}.items():
            computer.set(name, value)
            assert computer.get(name) == value
        settings = running.status().settings
        assert (settings["ISO"], settings["SHUTTER_SPEED"], settings["WHITE_BALANCE"]) == ("800", "250000", "32783")
        assert looked(computer).startswith(b"\xff\xd8")
        computer.set("movie", 1)
        assert computer.get("recording") == "Recording"
        computer.set("movie", 0)
        name, data = added(computer)
    assert name.endswith(".MOV")
    assert data[4:8] == b"ftyp"
