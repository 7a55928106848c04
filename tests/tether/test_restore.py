"""Snapshots on disk, and bodies put back to them through libgphoto2's real driver."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tether.camera_state import state

from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.model import BodyListing, Widget, WidgetType, listing_of
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraError
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.settings.restore import RestoreOutcome, restore
from rigcoach.tether.settings.snapshot import Snapshot, SnapshotError

APPLY_AND_STAND_STILL = """
import sys
from rigcoach.rig.profile import load_profile
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.camera import Camera

if __name__ == "__main__":
    with Camera(sys.argv[1], model=sys.argv[2]) as camera:
        apply(camera, load_profile(sys.argv[3]), keep=snapshot.keep)
        print("applied", flush=True)
        sys.stdin.read()
"""


def profile(settings: Settings) -> Profile:
    return Profile("test", "", NO_RIG, settings, (), Path("test.toml"))


def a_listing(model: str, serial: str = "", iso: str = "100") -> BodyListing:
    return listing_of(
        model.lower(),
        [
            Widget("/main/status/cameramodel", "", WidgetType.TEXT, model),
            Widget("/main/status/serialnumber", "", WidgetType.TEXT, serial),
            Widget("/main/imgsettings/iso", "ISO", WidgetType.RADIO, iso, ("100", "400"), readonly=False),
        ],
    )


def taken(second: int, listing: BodyListing) -> Snapshot:
    return Snapshot(datetime(2026, 5, 1, 12, 0, second, tzinfo=UTC), "hip-video", ("/main/imgsettings/iso",), listing)


@pytest.mark.slow
def test_a_profile_is_taken_back_in_another_run(camera: Camera) -> None:
    before = state(camera)
    apply(camera, load_profile("evening-street"), keep=snapshot.keep)
    assert state(camera) != before
    last = snapshot.latest(camera.listing())
    assert last.profile == "evening-street"
    done = restore(camera, last)
    assert done.ok
    assert state(camera) == before
    assert {widget.outcome for widget in done.widgets} == {RestoreOutcome.PUT_BACK}
    assert restore(camera, last).widgets == ()


@pytest.mark.slow
def test_what_was_changed_on_the_body_since_is_put_back_too(camera: Camera) -> None:
    apply(camera, profile(Settings(iso=1600)), keep=snapshot.keep)
    camera.set("picturestyle", "Monochrome")
    restored = restore(camera, snapshot.latest(camera.listing()))
    assert camera.get("picturestyle").current == "Standard"
    assert {widget.widget.rsplit("/", 1)[-1] for widget in restored.widgets} == {"iso", "picturestyle"}


@pytest.mark.slow
def test_the_snapshot_is_on_disk_before_anything_is_set_even_if_the_program_is_killed(
    body: EmulatedBody, home: Path, tmp_path: Path
) -> None:
    script = tmp_path / "apply.py"
    script.write_text(APPLY_AND_STAND_STILL)
    with Camera(body.port_path, model=body.model) as camera:
        before = state(camera)
    command = [sys.executable, str(script), body.port_path, body.model, "evening-street"]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert running.stdout is not None
    assert running.stdout.readline() == b"applied\n"
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    assert list((home / "snapshots").iterdir())
    with _opened(body) as camera:
        assert state(camera) != before
        assert restore(camera, snapshot.latest(camera.listing())).ok
        assert state(camera) == before


def _opened(body: EmulatedBody) -> Camera:
    """Open the camera; whoever held it was killed and lets go of it in a moment."""
    until = time.monotonic() + 60
    while True:
        try:
            return Camera(body.port_path, model=body.model)
        except CameraError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_a_camera_lost_on_the_way_back_ends_with_what_was_and_was_not_put_back(
    camera: Camera, body: EmulatedBody
) -> None:
    apply(camera, load_profile("evening-street"), keep=snapshot.keep)
    last = snapshot.latest(camera.listing())

    def pull_the_cable(done: float, _of: float | None) -> None:
        if done == 2:
            body.kill()

    restored = restore(camera, last, pull_the_cable)
    assert not restored.ok
    assert restored.lost is not None
    outcomes = [widget.outcome for widget in restored.widgets]
    assert outcomes[:2] == [RestoreOutcome.PUT_BACK] * 2
    assert set(outcomes[2:]) == {RestoreOutcome.NOT_REACHED}


@pytest.mark.slow
def test_what_the_body_chooses_in_its_old_mode_is_left_to_it(camera: Camera, body: EmulatedBody) -> None:
    body.turn_dial("Av")
    apply(camera, load_profile("hip-video"), keep=snapshot.keep)
    assert camera.get("autoexposuremode").current == "Manual"
    restored = restore(camera, snapshot.latest(camera.listing()))
    assert restored.ok
    assert camera.get("autoexposuremode").current == "AV"
    assert not [widget for widget in restored.widgets if widget.widget.endswith("/shutterspeed")]


def test_a_snapshot_of_another_model_is_not_sent(camera: Camera) -> None:
    with pytest.raises(SnapshotError, match="one of a Canon EOS 7D"):
        restore(camera, taken(0, a_listing("Canon EOS 7D")))


def test_of_many_snapshots_the_last_of_this_body_is_taken(tmp_path: Path) -> None:
    for second, listing in enumerate(
        [
            a_listing("EOS 7D", "111", iso="100"),
            a_listing("EOS 7D", "111", iso="400"),
            a_listing("EOS 7D", "222"),
            a_listing("D750", "333"),
        ]
    ):
        snapshot.keep(taken(second, listing), tmp_path)
    last = snapshot.latest(a_listing("EOS 7D", "111"), tmp_path)
    assert (last.taken_at.second, last.listing.current("iso")) == (1, "400")
    assert last.touched == ("/main/imgsettings/iso",)
    assert snapshot.latest(a_listing("EOS 7D", ""), tmp_path).taken_at.second == 2  # it does not tell which one it is
    with pytest.raises(SnapshotError, match="no snapshot of this D500"):
        snapshot.latest(a_listing("D500"), tmp_path)


def test_old_snapshots_of_a_body_go(tmp_path: Path) -> None:
    for second in range(53):
        snapshot.keep(taken(second, a_listing("EOS 7D", "111")), tmp_path)
    snapshot.keep(taken(0, a_listing("D750", "1")), tmp_path)
    files = snapshot.kept(tmp_path)
    assert len(files) == 51
    assert snapshot.read(files[-1]).taken_at.second == 52
    assert len(list(tmp_path.iterdir())) == 51


def test_a_snapshot_is_for_its_owners_eyes(tmp_path: Path) -> None:
    kept = snapshot.keep(taken(0, a_listing("EOS 7D", "111")), tmp_path)
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting value"),
        ("{}", "schema"),
        ('{"schema": "rigcoach.snapshot/1", "taken_at": "yesterday", "touched": []}', "Invalid isoformat"),
        ('{"schema": "rigcoach.snapshot/1", "taken_at": "2026-05-01", "touched": [1]}', "touched"),
        ('{"schema": "rigcoach.snapshot/1", "taken_at": "2026-05-01", "touched": []}', "widgets"),
    ],
)
def test_what_is_no_snapshot_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SnapshotError) as caught:
        snapshot.read(path)
    assert said in caught.value.line()
