"""One profile on several cameras at once, and a camera that is not as it was left."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from commands import run

from rigcoach.emulated.process import EmulatedBody
from rigcoach.practice.preflight import body_checks
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.tether.fleet import apply_to_all, cameras_meant
from rigcoach.tether.settings.left_as import keep_as_left

pytestmark = pytest.mark.usefixtures("wide_terminal")


@pytest.fixture(scope="module")
def bodies() -> Iterator[tuple[EmulatedBody, EmulatedBody]]:
    with EmulatedBody() as first, EmulatedBody("nikon-d750") as second:
        yield first, second


def ports(bodies: tuple[EmulatedBody, ...]) -> str:
    return "+".join(body.port_path for body in bodies)


@pytest.mark.slow
def test_every_camera_is_given_the_profile_and_one_table_proves_it(bodies: tuple[EmulatedBody, EmulatedBody]) -> None:
    told = run("profile", "apply", "hip-stills", "--camera", ports(bodies))
    assert "hip-stills on 2 cameras" in told.stdout
    header, *rows = [line for line in told.stdout.splitlines() if line.startswith(("Setting", "shutter"))]
    assert "1: Canon EOS 5D Mark II" in header
    assert "2: " in header
    assert rows[0].split() == ["shutter", "1/500", "1/500", "1/500"]
    assert all("1/500" in body.status().settings.values() for body in bodies)
    document = json.loads(run("profile", "apply", "hip-stills", "--camera", ports(bodies), "--json").stdout)
    assert document["schema"] == "rigcoach.profile-apply-all/1"
    assert [camera["port"] for camera in document["cameras"]] == [body.port_path for body in bodies]
    assert {s["setting"] for s in document["cameras"][1]["applied"]["settings"]} >= {"iso", "shutter"}


@pytest.mark.slow
def test_a_camera_that_is_not_there_does_not_keep_the_others_from_being_set(
    bodies: tuple[EmulatedBody, EmulatedBody],
) -> None:
    gone = "ptpip:127.0.0.1:9:9"
    result = run("profile", "apply", "hip-stills", "--camera", f"{gone}+{bodies[0].port_path}", "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)["cameras"]
    assert (first["ok"], first["error"]["code"]) == (False, "camera.not-found")
    assert second["applied"]["settings"]
    assert gone in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("done_before", [0, 1])
def test_what_was_set_is_taken_back_on_all_when_it_is_interrupted(
    done_before: int, bodies: tuple[EmulatedBody, EmulatedBody]
) -> None:
    for body in bodies:  # one that a driver never opened tells less of itself
        with Camera(body.port_path, model=body.model) as camera:
            camera.listing()
    was = settings_of(bodies)
    one_is_set, interrupted = threading.Lock(), threading.Event()

    def hold_the_other(_before: object) -> None:
        if not one_is_set.acquire(blocking=False):
            interrupted.wait()

    def interrupt(done: float, _of: float | None) -> None:
        if done == done_before:
            interrupted.set()
            assert done == 0 or settings_of(bodies) != was
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_to_all(cameras_meant(ports(bodies)), load_profile("evening-street"), interrupt, keep=hold_the_other)
    assert settings_of(bodies) == was


def settings_of(bodies: tuple[EmulatedBody, ...]) -> list[dict[str, str]]:
    return [body.status().settings for body in bodies]


def test_all_are_those_that_are_plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vcamera").mkdir()
    cv2.imwrite(str(tmp_path / "vcamera" / "scene.jpg"), np.zeros((64, 96, 3), np.uint8))
    monkeypatch.setenv("VCAMERADIR", str(tmp_path / "vcamera"))
    (found,) = cameras_meant("all")
    assert found.port == "usb:001,001"


def test_a_port_of_usb_is_one_camera_for_all_its_comma() -> None:
    result = run("camera", "show", "--camera", "usb:001,009")
    assert result.exit_code == 1
    assert "no camera at usb:001,009" in result.stderr


def test_only_profiles_are_applied_to_several_cameras() -> None:
    result = run("camera", "show", "--camera", "all")
    assert result.exit_code == 2
    assert "only `rigcoach profile apply` takes several" in result.stderr


def since(body: EmulatedBody) -> Any:
    result = run("profile", "diff", "camera", "--since", "--camera", body.port_path, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.slow
def test_what_differs_from_how_a_camera_was_left_is_told(bodies: tuple[EmulatedBody, EmulatedBody]) -> None:
    body = bodies[0]
    unknown = run("profile", "diff", "camera", "--since", "--camera", body.port_path)
    assert unknown.exit_code == 1
    assert "it is not known how this Canon EOS 5D Mark II was left" in unknown.stderr
    assert run("profile", "apply", "hip-video-5d2", "--camera", body.port_path).exit_code == 0
    assert since(body)["same"] is True
    with Camera(body.port_path, model=body.model) as camera:
        camera.set("iso", "1600")
        checks = body_checks(camera.listing())
    told = {d["setting"]: (d["first"], d["second"]) for d in since(body)["differences"]}
    assert told == {"iso": ("100", "1600")}
    (check,) = checks
    assert check.ok is None
    assert "iso 100 → 1600" in check.text


@pytest.mark.slow
def test_a_camera_that_was_never_left_is_nothing_to_tell_of(bodies: tuple[EmulatedBody, EmulatedBody]) -> None:
    with Camera(bodies[1].port_path, model=bodies[1].model) as camera:
        listing = camera.listing()
    assert body_checks(listing) == ()
    keep_as_left(listing, "hip-video")
    assert body_checks(listing) == ()
