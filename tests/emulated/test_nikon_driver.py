"""libgphoto2's own driver at the emulated Nikon D750."""

import io
import time
from collections.abc import Iterator

import av
import cv2
import gphoto2 as gp
import numpy as np
import pytest
from emulated.computer import Computer, connected
from known import known
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.ptp.faults import FaultKind, InjectedFault

FOLDER = "/store_00010001/DCIM/100ND750"


@pytest.fixture(scope="module")
def running() -> Iterator[EmulatedBody]:
    with EmulatedBody("nikon-d750", options=SMALL, warm_up=True) as body:  # the driver waits a second for live view
        yield body


@pytest.fixture
def body(running: EmulatedBody) -> Iterator[EmulatedBody]:
    """The body as it was taken out of its box."""
    yield running
    running.clear_faults()
    running.set_battery(100)
    running.insert_card()
    running.turn_dial("M")


@pytest.fixture
def computer(body: EmulatedBody) -> Iterator[Computer]:
    with connected(body) as there:
        yield there


def refusal(computer: Computer, name: str, value: object) -> bytes:
    """Return what the driver says of a refusal."""
    said: list[bytes] = []
    context = gp.Context()
    held = gp.gp_context_set_error_func(context, lambda _context, text, _data: said.append(text), None)
    widget = computer.camera.get_single_config(name, context)
    widget.set_value(value)
    with pytest.raises(gp.GPhoto2Error):
        computer.camera.set_single_config(name, widget, context)
    assert held is not None
    return b" ".join(said)


def test_the_driver_takes_it_for_a_d750(computer: Computer) -> None:
    summary = computer.camera.get_summary().text
    assert "Model: D750\n" in summary
    assert "Vendor Extension ID: 0xa (1.0)" in summary
    assert "VolumeLabel: NIKON D750" in summary


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("iso", {"50", "400", "51200"}),
        ("shutterspeed2", {"1/4000", "1/50", "30"}),
        ("f-number", {"f/3.5", "f/8", "f/22"}),
        ("whitebalance", {"Automatic", "Daylight", "Tungsten", "Color Temperature", "Preset"}),
        ("expprogram", {"M", "P", "A", "S", "Auto"}),
        ("imagequality", {"JPEG Basic", "JPEG Fine", "NEF (Raw)", "NEF+Fine"}),
        ("focusmode2", {"AF-S", "AF-C", "AF-A", "MF (fixed)", "MF (selection)"}),
        ("autoiso", {"On", "Off"}),
    ],
)
def test_the_driver_names_the_choices(computer: Computer, name: str, some: set[str]) -> None:
    assert some <= set(computer.choices(name))


def test_what_is_set_is_read_back_by_the_next_computer(body: EmulatedBody) -> None:
    values = {
        "iso": "400",
        "shutterspeed2": "1/50",
        "f-number": "f/5.6",
        "whitebalance": "Color Temperature",
        "exposurecompensation": "-1",
        "autoiso": "Off",
        "imagequality": "JPEG Fine",
    }
    with connected(body) as first:
        for name, value in values.items():
            first.set(name, value)
    with connected(body) as second:
        assert {name: second.get(name) for name in values} == values
        assert second.get("shutterspeed") == "0.0200s"


def test_the_dial_and_the_battery_are_the_photographers(body: EmulatedBody) -> None:
    body.turn_dial("P")
    body.set_battery(37)
    with connected(body) as computer:
        assert (computer.get("expprogram"), computer.get("batterylevel")) == ("P", "37%")
        assert computer.camera.get_single_config("f-number").get_readonly()


@pytest.mark.slow
def test_live_view_moves_thirty_times_a_second_at_most(computer: Computer) -> None:
    def grey() -> np.ndarray:
        return known(cv2.imdecode(np.frombuffer(computer.preview(), np.uint8), cv2.IMREAD_GRAYSCALE))

    first = grey()
    assert first.shape == (680, 1024)
    deadline, moved, frames, began = time.monotonic() + 60, 0.0, 0, time.monotonic()
    while moved < 1 and time.monotonic() < deadline:
        moved, frames = float(np.abs(grey() - first.astype(float)).mean()), frames + 1
    assert moved >= 1
    # The first of them may have been ready when the clock was started.
    assert (frames - 1) / (time.monotonic() - began) <= 31


def test_it_says_why_it_refuses(body: EmulatedBody, computer: Computer) -> None:
    body.insert_card(0)
    assert b"Card full" in refusal(computer, "movie", 1)
    body.remove_card()
    assert b"No card" in refusal(computer, "movie", 1)
    body.set_battery(0)
    assert b"Battery exhausted" in refusal(computer, "viewfinder", 1)


def test_a_fault_strikes_a_nikon_like_any_body(body: EmulatedBody, computer: Computer) -> None:
    computer.set("iso", "800")
    body.inject(InjectedFault(FaultKind.NEAREST, property=0x500F))
    computer.set("iso", "400")
    assert body.status().settings["EXPOSURE_INDEX"] == "500"


@pytest.mark.slow
def test_a_movie_is_recorded_told_and_fetched(computer: Computer) -> None:
    computer.set("movie", 1)
    time.sleep(0.5)
    computer.set("movie", 0)
    name = computer.new_file(FOLDER)
    file = computer.camera.file_get(FOLDER, name, gp.GP_FILE_TYPE_NORMAL)
    with av.open(io.BytesIO(bytes(file.get_data_and_size())), "r") as clip:
        assert sum(1 for _ in clip.decode(video=0)) >= 15
    assert computer.get("applicationmode") == "Application Mode 0"


@pytest.mark.slow
@pytest.mark.parametrize("target", ["Memory card", "Internal RAM"])
def test_a_still_is_taken(computer: Computer, target: str) -> None:
    computer.set("imagequality", "JPEG Fine")
    computer.set("imagesize", "3008x2008")
    computer.set("capturetarget", target)
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    file = computer.camera.file_get(taken.folder, taken.name, gp.GP_FILE_TYPE_NORMAL)
    picture = cv2.imdecode(np.frombuffer(bytes(file.get_data_and_size()), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (2008, 3008)
    assert (taken.folder == FOLDER) == (target == "Memory card")
