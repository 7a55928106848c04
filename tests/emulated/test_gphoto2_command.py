"""The gphoto2 command, as a distribution ships it, at an emulated body."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from clients import limit_memory
from photographs import read_bgr
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("gphoto2") is None, reason="the gphoto2 command is not installed"),
]

Gphoto2 = Callable[..., str]


@pytest.fixture(scope="module", params=["canon-eos-5d-mark-ii", "nikon-d750"])
def body(request: pytest.FixtureRequest) -> Iterator[EmulatedBody]:
    with EmulatedBody(request.param, options=SMALL, warm_up=True) as running:
        yield running


@pytest.fixture
def gphoto2(body: EmulatedBody, tmp_path: Path) -> Gphoto2:
    def run(*words: str) -> str:
        command = ["gphoto2", "--port", body.port_path, "--camera", body.model, *words]
        environment = {**os.environ, "LC_ALL": "C", "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        # gphoto2 asks on a terminal; a killed one leaves nothing running.
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env=environment,
            preexec_fn=limit_memory,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_it_summarises_the_body(gphoto2: Gphoto2, body: EmulatedBody) -> None:
    summary = gphoto2("--summary")
    maker, model = body.model.split(" ", 1)
    assert maker in summary
    assert model.removeprefix("DSC ") in summary


def test_it_reads_and_sets_the_iso(gphoto2: Gphoto2, body: EmulatedBody) -> None:
    gphoto2("--set-config", "iso=400")
    assert "Current: 400" in gphoto2("--get-config", "iso")
    assert "400" in {body.status().settings.get(name) for name in ("ISO_SPEED", "EXPOSURE_INDEX")}


def test_it_lists_the_whole_configuration(gphoto2: Gphoto2) -> None:
    listed = gphoto2("--list-all-config")
    assert "/main/imgsettings/iso" in listed
    assert listed.count("Label:") > 40


def test_it_pulls_a_live_view_frame(gphoto2: Gphoto2, tmp_path: Path) -> None:
    gphoto2("--capture-preview")
    (frame,) = tmp_path.glob("*preview*.jpg")
    assert read_bgr(frame).shape == (680, 1024, 3)


def test_it_records_a_movie_and_fetches_it(gphoto2: Gphoto2, body: EmulatedBody, tmp_path: Path) -> None:
    if "Nikon" in body.model:
        start, stop = ["--set-config", "movie=1"], ["--set-config", "movie=0"]
    else:
        start = ["--set-config", "viewfinder=1", "--wait-event=1s", "--set-config", "movierecordtarget=Card"]
        stop = ["--set-config", "movierecordtarget=None"]
    free_bytes = body.status().card_free_bytes
    gphoto2(*start, "--wait-event=1s", *stop)
    deadline = time.monotonic() + 60
    while body.status().card_free_bytes == free_bytes and time.monotonic() < deadline:
        time.sleep(0.1)
    gphoto2("--get-all-files")
    (clip,) = tmp_path.glob("*.MOV")
    capture = cv2.VideoCapture(str(clip))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) >= 15


def test_it_takes_a_still_and_fetches_it(gphoto2: Gphoto2, body: EmulatedBody, tmp_path: Path) -> None:
    small = "imagesize=3008x2008" if "Nikon" in body.model else "imageformat=4"
    gphoto2("--set-config", small, "--capture-image-and-download", "--force-overwrite")
    (still,) = tmp_path.glob("*.[jJ][pP][gG]")
    assert read_bgr(still).shape[1] in (2784, 3008)
