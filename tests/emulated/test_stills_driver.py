"""Stills and endings that a body decides on, through libgphoto2's own driver."""

import io
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import SupportsFloat

import cv2
import gphoto2 as gp
import numpy as np
import pytest
from emulated.computer import FOLDER, Computer, connected
from known import known
from PIL import Image
from small_movies import SMALL_PX

from rigcoach.emulated.film import live_truth
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.shooting import Options, Quirk
from rigcoach.scene.truth import ClipTruth

# The small JPEG of an EOS 5D Mark II (instruction manual, image-recording quality).
SMALL_STILL = (1856, 2784, 3)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth")


@pytest.fixture(scope="module")
def body(truths: Path) -> Iterator[EmulatedBody]:
    # Half a second of movie.
    with EmulatedBody(truth_folder=truths, options=Options(longest_clip_bytes=3_000_000, movie_px=SMALL_PX)) as running:
        yield running


@pytest.fixture
def computer(body: EmulatedBody) -> Iterator[Computer]:
    with connected(body) as there:
        there.set("imageformat", "S")
        yield there


def pixels(jpeg: bytes) -> np.ndarray:
    return known(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


def test_a_still_for_the_card_is_on_it(computer: Computer, truths: Path) -> None:
    computer.set("capturetarget", "Memory card")
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    assert taken.folder == FOLDER
    assert taken.name in computer.files()
    picture = pixels(computer.fetch(taken.name))
    truth = ClipTruth.read(truths / f"{Path(taken.name).stem}.truth.json")
    assert picture.shape == SMALL_STILL
    assert (truth.width, truth.height, len(truth.frames)) == (SMALL_STILL[1], SMALL_STILL[0], 1)


def test_a_still_for_the_computer_comes_over_the_cable_and_is_not_on_the_card(computer: Computer) -> None:
    computer.set("capturetarget", "Internal RAM")
    before = computer.files()
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    file = computer.camera.file_get(taken.folder, taken.name, gp.GP_FILE_TYPE_NORMAL)
    assert pixels(bytes(file.get_data_and_size())).shape == SMALL_STILL
    assert computer.files() == before


def exif(jpeg: bytes) -> dict[int, object]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        found = picture.getexif()
        return {**found, **found.get_ifd(0x8769)}


def seconds_of(told: dict[int, object]) -> float:
    """The exposure time."""
    seconds = told[0x829A]
    assert isinstance(seconds, SupportsFloat)
    return float(seconds)


def test_a_still_tells_what_it_was_taken_with_and_has_a_thumbnail(computer: Computer) -> None:
    computer.set("capturetarget", "Memory card")
    computer.set("artist", "A. Photographer")
    taken = computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    jpeg = computer.fetch(taken.name)
    told = exif(jpeg)
    # EXIF 2.3: Model, Artist, ISO, exposure time, pixels; a lens without contacts tells no aperture.
    assert (told[0x0110], told[0x013B], told[0x8827]) == ("Canon EOS 5D Mark II", "A. Photographer", 800)
    assert (seconds_of(told), told[0xA002], told[0xA003]) == (1 / 125, 2784, 1856)
    aperture = told[0x829D]
    assert isinstance(aperture, SupportsFloat)
    assert float(aperture) == 0
    thumbnail = computer.camera.file_get(taken.folder, taken.name, gp.GP_FILE_TYPE_PREVIEW)
    assert pixels(bytes(thumbnail.get_data_and_size())).shape == (120, 160, 3)
    # The driver fetches EXIF alone, from the file's first segment.
    alone = computer.camera.file_get(taken.folder, taken.name, gp.GP_FILE_TYPE_EXIF)
    assert bytes(alone.get_data_and_size()) in jpeg


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_a_raw_with_a_jpeg_is_two_files_that_other_programs_read(computer: Computer, tmp_path: Path) -> None:
    computer.set("capturetarget", "Memory card")
    computer.set("imageformat", "sRAW + S")
    before = set(computer.files())
    computer.camera.capture(gp.GP_CAPTURE_IMAGE)
    computer.new_file()
    raw, jpeg = sorted(set(computer.files()) - before)
    assert (raw[-4:], jpeg[-4:]) == (".CR2", ".JPG")
    assert pixels(computer.fetch(jpeg)).shape == SMALL_STILL
    (tmp_path / raw).write_bytes(computer.fetch(raw))
    said = subprocess.run(
        ["exiftool", "-json", "-G1", "-n", raw], cwd=tmp_path, capture_output=True, check=True, timeout=60
    ).stdout
    (told,) = json.loads(said)
    assert (told["File:FileType"], told["SubIFD:ImageWidth"], told["SubIFD:ImageHeight"]) == ("DNG", 2784, 1856)
    assert told["SubIFD:StripByteCounts"] == 2 * 2784 * 1856
    assert "ExifTool:Warning" not in told
    computer.set("imageformat", "S")


def test_a_bulb_exposure_is_as_long_as_the_computer_holds_it(computer: Computer) -> None:
    computer.set("capturetarget", "Memory card")
    with pytest.raises(gp.GPhoto2Error):
        computer.set("bulb", 1)
    computer.set("autoexposuremode", "Bulb")
    asked = time.monotonic()
    computer.set("bulb", 1)
    opened = time.monotonic()
    time.sleep(1.3)
    ending = time.monotonic()
    computer.set("bulb", 0)
    ended = time.monotonic()
    taken = computer.new_file()
    computer.set("autoexposuremode", "Manual")
    # The shutter opened while the first call lasted and closed while the second did; Exif rounds.
    assert 0.95 * (ending - opened) <= seconds_of(exif(computer.fetch(taken))) <= 1.05 * (ended - asked)


def test_magnified_live_view_shows_the_same_card_five_times_as_large(computer: Computer, truths: Path) -> None:
    sizes = {}
    for zoom in ("1", "5"):
        computer.preview()
        computer.set("eoszoom", zoom)
        frame = computer.preview()
        shown = live_truth.read(truths / live_truth.NAME)[live_truth.name_of(frame)]
        sizes[zoom] = shown.size
    computer.set("eoszoom", "1")
    computer.set("viewfinder", 0)
    assert sizes["5"] / sizes["1"] == pytest.approx(5, rel=0.02)


def test_the_lens_is_driven_nearer_and_farther(truths: Path) -> None:
    with EmulatedBody(lens="ef-50mm", truth_folder=truths / "ef") as body, connected(body) as computer:
        truth = truths / "ef" / live_truth.NAME
        computer.preview()
        computer.set("eoszoom", "5")

        def blur_px() -> float:
            frame = computer.preview()
            return live_truth.read(truth)[live_truth.name_of(frame)].blur_px

        def after(name: str, value: object) -> float:
            # The old pictures play on until the new ones are rendered.
            before, deadline = blur_px(), time.monotonic() + 120
            computer.set(name, value)
            while (now := blur_px()) == before and time.monotonic() < deadline:
                pass
            return now

        off = blur_px()
        on = after("autofocusdrive", 1)
        near = after("manualfocusdrive", "Near 3")
        back = after("manualfocusdrive", "Far 3")
    assert on < 0.1
    assert min(off, near) > 1
    assert back < 0.1


def test_a_movie_that_ends_by_itself_is_told_like_any_other(computer: Computer) -> None:
    computer.preview()
    computer.set("movierecordtarget", "Card")
    assert computer.new_file().startswith("MVI_")
    assert computer.get("movierecordtarget") == "None"


def test_the_reset_menu_keeps_a_5d_mark_ii_from_recording() -> None:
    options = Options(frozenset({Quirk.PREVIEW_RESETS_MOVIE}), movie_px=SMALL_PX)
    with EmulatedBody(options=options) as body, connected(body) as computer:
        computer.preview()
        with pytest.raises(gp.GPhoto2Error) as refused:
            computer.set("movierecordtarget", "Card")
        assert refused.value.code == gp.GP_ERROR_CAMERA_BUSY
        body.press("menu-stills-and-movie")
        computer.set("viewfinder", 1)
        computer.set("movierecordtarget", "Card")
        assert body.status().recording


def test_live_view_comes_thirty_times_a_second_at_most(computer: Computer) -> None:
    computer.preview()
    began = time.monotonic()
    for _ in range(15):
        computer.preview()
    # A machine that is busy with other things gets fewer. The first of them may have been ready already.
    assert 14 / (time.monotonic() - began) <= 31
