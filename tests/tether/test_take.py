"""Recording takes and fetching them, whole and broken off, from the emulated body through the real driver."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.shooting import Options, Quirk
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraLostError, CameraRefusedError, FetchBrokenError, NoClipError
from rigcoach.tether.events import CardFile
from rigcoach.tether.fetch import check_free, fetch
from rigcoach.tether.record import RecordedTake, record

SMALL = (960, 540)
PROXY = Path(__file__).with_name("dropping_proxy.py")


def in_order(camera: Camera) -> bool:
    """Whether the body neither records nor shows live view."""
    return (camera.read_back("movierecordtarget").current, camera.read_back("output").current) == ("None", "Off")


@pytest.fixture
def take(camera: Camera) -> RecordedTake:
    return record(camera, 0.5)


@pytest.mark.slow
def test_a_take_is_recorded_fetched_and_plays(camera: Camera, tmp_path: Path) -> None:
    heard: list[tuple[float, float | None]] = []
    began = time.monotonic()
    take = record(camera, 2.0, lambda done, of: heard.append((done, of)))
    lasted_s = time.monotonic() - began
    assert in_order(camera)
    assert take.file.name == "MVI_0001.MOV"
    assert 2.0 <= take.recorded_s <= lasted_s
    assert (2.0, 2.0) in heard
    clip = tmp_path / "clip.mov"
    fetch(camera, take.file, clip, lambda done, of: heard.append((done, of)))
    assert heard[-1] == (take.file.size_bytes, take.file.size_bytes)
    assert clip.stat().st_size == take.file.size_bytes
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["clip.mov"]
    with av.open(str(clip)) as container:
        seconds = sum(1 for _ in container.decode(video=0)) / float(container.streams.video[0].average_rate or 1)
    assert 2.0 - 0.26 <= seconds <= lasted_s + 0.26  # a clip ends on whole groups of 15 frames


@pytest.mark.slow
def test_a_camera_lost_while_recording_is_told(camera: Camera, kill_after: Callable[[float], Advance]) -> None:
    with pytest.raises(CameraLostError, match="cable"):
        record(camera, 30.0, kill_after(0.5))


@pytest.mark.slow
def test_stopping_while_recording_leaves_the_body_in_order(camera: Camera) -> None:
    def stop(done: float, _of: float | None) -> None:
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(camera, 30.0, stop)
    assert in_order(camera)


@pytest.mark.slow
def test_neither_stopping_nor_a_lost_camera_leaves_half_a_file(
    camera: Camera, take: RecordedTake, tmp_path: Path, kill_after: Callable[[float], Advance]
) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()

    def stop(done: float, _of: float | None) -> None:
        if done > 0:
            assert [path.suffix for path in folder.iterdir()] == [".part"]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(camera, take.file, folder / "clip.mov", stop)
    assert list(folder.iterdir()) == []
    with pytest.raises(FetchBrokenError) as caught:
        fetch(camera, take.file, folder / "clip.mov", kill_after(1.0))
    assert list(folder.iterdir()) == []
    assert "was not fetched whole" in caught.value.line()
    assert take.file.path in caught.value.line()


@pytest.fixture
def loose_cable(body: EmulatedBody) -> Iterator[str]:
    """A port that leads to the body until 1 MB came through; then everything is cut once."""
    port = body.port_path.rsplit(":", 1)[-1]
    command = [sys.executable, str(PROXY), port, "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        own = proxy.stdout.readline().strip()
        yield f"ptpip:127.0.0.1:{own}:{own}"
        proxy.kill()


@pytest.mark.slow
def test_a_cable_that_comes_loose_once_costs_nothing(loose_cable: str, body: EmulatedBody, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    with Camera(loose_cable, model=body.model) as camera:
        take = record(camera, 1.0)
        assert take.file.size_bytes > 2_000_000
        reports: list[float] = []
        fetch(camera, take.file, folder / "through.mov", lambda done, _of: reports.append(done))
    assert len(reports) > len(set(reports))  # it was reported twice where it stopped: the cable did come loose
    with Camera(body.port_path, model=body.model) as camera:
        fetch(camera, take.file, folder / "direct.mov")
    assert (folder / "through.mov").read_bytes() == (folder / "direct.mov").read_bytes()


def test_a_clip_never_replaces_a_file(camera: Camera, tmp_path: Path) -> None:
    there = tmp_path / "clip.mov"
    there.write_text("mine")
    with pytest.raises(RigcoachError, match="already exists"):
        fetch(camera, CardFile("/", "x.mov", 10), there)
    assert there.read_text() == "mine"
    with pytest.raises(RigcoachError, match="no folder"):
        check_free(tmp_path / "none" / "clip.mov")


def test_a_file_that_is_not_on_the_card_leaves_nothing_behind(camera: Camera, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    with pytest.raises(RigcoachError):
        fetch(camera, CardFile("/store_00010001/DCIM/100EOS5D", "MVI_9999.MOV", 10), folder / "clip.mov")
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("quirk", [Quirk.BUSY_BUT_RECORDS, Quirk.LIVE_VIEW_RESETS_SETTINGS])
def test_bodies_with_their_quirks_record_with_the_settings_they_were_given(quirk: Quirk) -> None:
    with (
        EmulatedBody(options=Options(frozenset({quirk}), movie_px=SMALL)) as body,
        Camera(body.port_path, model=body.model) as camera,
    ):
        camera.set("shutterspeed", "1/50")
        seen: list[str] = []
        take = record(camera, 1.0, lambda _done, _of: seen.append(body.status().settings["SHUTTER_SPEED"]))
        assert take.file.size_bytes > 0
        assert set(seen) == {"1/50"}
        assert in_order(camera)


@pytest.mark.slow
def test_a_card_taken_out_while_recording_is_told_at_once(camera: Camera, body: EmulatedBody) -> None:
    def take_card_out(done: float, of: float | None) -> None:
        if of is not None and 0.3 < done < of:
            body.remove_card()

    # Who only waits for a clip to appear says something else.
    with pytest.raises(NoClipError, match="no card in it any more"):
        record(camera, 1.5, take_card_out)


@pytest.mark.slow
def test_a_body_that_stops_by_itself_ends_the_take_early() -> None:
    with (
        EmulatedBody(options=Options(longest_clip_bytes=6_000_000, movie_px=SMALL)) as body,
        Camera(body.port_path, model=body.model) as camera,
    ):
        take = record(camera, 60.0)
    assert 0 < take.file.size_bytes < 12_000_000
    assert take.recorded_s < 60


@pytest.fixture
def nikon(home: Path) -> Iterator[EmulatedBody]:  # noqa: ARG001 - moves user data
    with EmulatedBody("nikon-d750", options=Options(movie_px=SMALL)) as running:
        yield running


@pytest.mark.slow
def test_a_nikon_records_too_and_says_why_when_it_will_not(nikon: EmulatedBody, tmp_path: Path) -> None:
    with Camera(nikon.port_path, model=nikon.model) as camera:
        take = record(camera, 1.0)
        fetch(camera, take.file, tmp_path / "clip.mov")
        assert not nikon.status().live_view
        nikon.remove_card()
        with pytest.raises(CameraRefusedError, match="no card in the camera"):
            record(camera, 1.0)
    with av.open(str(tmp_path / "clip.mov")) as container:
        assert sum(1 for _ in container.decode(video=0)) > 10
