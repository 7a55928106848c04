"""Stills and endings that a body decides on, through libgphoto2's own driver."""

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import gphoto2 as gp
import numpy as np
import pytest
from emulated.computer import FOLDER, Computer, connected

from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.shooting import Options, Quirk
from rigcoach.scene.truth import ClipTruth

# The small JPEG of an EOS 5D Mark II (instruction manual, image-recording quality).
SMALL_PX = (1856, 2784, 3)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth")


@pytest.fixture(scope="module")
def body(truths: Path) -> Iterator[EmulatedBody]:
    # Half a second of movie.
    with EmulatedBody(truth_folder=truths, options=Options(longest_clip_bytes=3_000_000)) as running:
        yield running


@pytest.fixture
def computer(body: EmulatedBody) -> Iterator[Computer]:
    with connected(body) as there:
        there.set("imageformat", "S")
        yield there


def pixels(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_a_still_for_the_card_is_on_it(computer: Computer, truths: Path) -> None:
    computer.set("capturetarget", "Memory card")
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    assert taken.folder == FOLDER
    assert taken.name in computer.files()
    picture = pixels(computer.fetch(taken.name))
    truth = ClipTruth.read(truths / f"{Path(taken.name).stem}.truth.json")
    assert picture.shape == SMALL_PX
    assert (truth.width, truth.height, len(truth.frames)) == (SMALL_PX[1], SMALL_PX[0], 1)


def test_a_still_for_the_computer_comes_over_the_cable_and_is_not_on_the_card(computer: Computer) -> None:
    computer.set("capturetarget", "Internal RAM")
    before = computer.files()
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    file = computer.camera.file_get(taken.folder, taken.name, gp.GP_FILE_TYPE_NORMAL)
    assert pixels(bytes(file.get_data_and_size())).shape == SMALL_PX
    assert computer.files() == before


def test_a_movie_that_ends_by_itself_is_told_like_any_other(computer: Computer) -> None:
    computer.preview()
    computer.set("movierecordtarget", "Card")
    assert computer.new_file().startswith("MVI_")
    assert computer.get("movierecordtarget") == "None"


def test_the_reset_menu_keeps_a_5d_mark_ii_from_recording() -> None:
    with EmulatedBody(options=Options(frozenset({Quirk.PREVIEW_RESETS_MOVIE}))) as body, connected(body) as computer:
        computer.preview()
        with pytest.raises(gp.GPhoto2Error) as refused:
            computer.set("movierecordtarget", "Card")
        assert refused.value.code == gp.GP_ERROR_CAMERA_BUSY
        body.press("menu-stills-and-movie")
        computer.set("viewfinder", 1)
        computer.set("movierecordtarget", "Card")
        assert body.status().recording


def test_live_view_comes_thirty_times_a_second(computer: Computer) -> None:
    computer.preview()
    began, frames = time.monotonic(), 0
    while time.monotonic() < began + 3:
        computer.preview()
        frames += 1
    # The body gives no more than 30; a machine that is busy with other things gets fewer.
    assert frames / 3 <= 31
