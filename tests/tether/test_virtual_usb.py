"""The path by USB: libgphoto2's own virtual camera, a Nikon D750, which its wheel carries (VCAMERADIR)."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from rigcoach.rig.gear import Rig
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera, plugged_in
from rigcoach.tether.errors import CameraClaimedError, CameraNotFoundError
from rigcoach.tether.fetch import fetch
from rigcoach.tether.process.ports import FoundPort
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.settings.resolution import Status


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture that the virtual camera has on its card and takes again whenever it is released."""
    folder = tmp_path / "vcamera"
    folder.mkdir()
    file = folder / "scene.jpg"
    cv2.imwrite(str(file), np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))
    # The worker process, in which libgphoto2 is imported, inherits it.
    monkeypatch.setenv("VCAMERADIR", str(folder))
    return file


@pytest.fixture
def usb_camera(picture: Path) -> Iterator[Camera]:  # noqa: ARG001 - puts the camera on the bus
    with Camera() as opened:
        yield opened


@pytest.mark.usefixtures("picture")
def test_a_camera_on_usb_is_found_by_itself() -> None:
    assert plugged_in() == (FoundPort("Nikon DSC D750", "usb:001,001"),)
    with pytest.raises(CameraNotFoundError, match="connected are usb:001,001"):
        Camera("usb:001,009")


def test_settings_are_applied_and_read_back_over_usb(usb_camera: Camera) -> None:
    # The virtual camera takes 1/50 for a value near it where it lists none; it lists 0.0200s.
    settings = Settings(aperture=8.0, shutter_s=1 / 50, iso=400)
    profile = Profile("usb", "", Rig(None, None, None), settings, (), Path("usb.toml"))
    applied = apply(usb_camera, profile)
    statuses = {setting.setting: (setting.status, setting.read_back) for setting in applied.settings}
    assert statuses["aperture"] == (Status.EXACT, "f/8")
    assert statuses["shutter"] == (Status.EXACT, "0.0200s")
    assert statuses["iso"][0] is Status.UNSUPPORTED


def test_a_picture_is_taken_and_fetched_whole_from_a_body_that_gives_no_parts(
    usb_camera: Camera, picture: Path, tmp_path: Path
) -> None:
    known = {file.name for file in usb_camera.files()}
    assert picture.name in known
    taken = usb_camera.capture()
    assert taken.name not in known
    to = tmp_path / "taken.jpg"
    fetch(usb_camera, taken, to)
    assert to.read_bytes() == picture.read_bytes()
    assert taken in usb_camera.files()


def test_the_card_tells_its_room(usb_camera: Camera) -> None:
    (card,) = usb_camera.cards()
    assert card.free_bytes is not None
    assert card.capacity_bytes is not None
    assert 0 < card.free_bytes < card.capacity_bytes


@pytest.mark.usefixtures("usb_camera")
def test_a_camera_on_usb_is_kept_from_a_second_rigcoach() -> None:
    with pytest.raises(CameraClaimedError, match="another rigcoach"):
        Camera()
