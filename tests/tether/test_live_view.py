"""Live view of the emulated body through libgphoto2's real driver."""

import io

import av
import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.model import BodyListing
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraRefusedError
from rigcoach.tether.live_view import frames, hold_settings, is_on, live_view


@pytest.mark.slow
def test_frames_come_whole_and_live_view_is_off_afterwards(camera: Camera, body: EmulatedBody) -> None:
    with live_view(camera, camera.listing()):
        seen = list(frames(camera, 1.0))
        assert body.status().live_view
    assert not body.status().live_view
    assert len(seen) > 1
    for frame in (seen[0], seen[-1]):
        with av.open(io.BytesIO(frame), "r") as picture:
            decoded = next(picture.decode(video=0))
        assert (decoded.width, decoded.height) == (1024, 680)
        assert not decoded.is_corrupt


@pytest.mark.slow
def test_live_view_that_was_on_at_the_body_is_so_again(camera: Camera, body: EmulatedBody) -> None:
    camera.set("output", "TFT")
    assert is_on(camera.listing())
    before = camera.listing()
    with live_view(camera, before):
        next(frames(camera, 0.0))
        assert camera.read_back("output").current != "TFT"
    assert camera.read_back("output").current == "TFT"
    assert body.status().live_view


@pytest.mark.slow
def test_settings_that_fell_back_are_set_anew_and_only_those(camera: Camera) -> None:
    camera.set("iso", "400")
    camera.set("shutterspeed", "1/50")
    wanted = camera.listing()
    camera.set("shutterspeed", "1/125")
    camera.set("whitebalance", "Cloudy")
    assert set(hold_settings(camera, wanted)) == {"shutterspeed", "whitebalance"}
    assert camera.read_back("shutterspeed").current == "1/50"
    assert hold_settings(camera, wanted) == ()


def test_a_mode_in_which_the_body_chooses_is_left_alone(camera: Camera, body: EmulatedBody) -> None:
    wanted = camera.listing()
    assert wanted.current("shutterspeed") == "1/125"
    body.turn_dial("Av")
    hold_settings(camera, wanted)  # the mode cannot be set back by software, nor the shutter speed in this mode


def test_a_body_without_switchable_live_view_is_told() -> None:
    listing = BodyListing("x", "X", "X 100", ())
    with pytest.raises(CameraRefusedError, match="X 100 does not let rigcoach switch"), live_view(None, listing):  # type: ignore[arg-type]
        pass
