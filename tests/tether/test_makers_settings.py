"""Profiles on bodies of other makers than Canon, with libgphoto2's real driver: what they need of their own."""

import json
from pathlib import Path

import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera
from rigcoach.tether.errors import CameraRefusedError
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.settings.resolution import Status
from rigcoach.tether.settings.restore import restore

pytestmark = pytest.mark.slow


def profile(settings: Settings) -> Profile:
    return Profile("test", "", NO_RIG, settings, (), Path("test.toml"))


def test_what_libgphoto2_fails_at_on_a_panasonic_is_left_to_the_hand_and_refused(tmp_path: Path) -> None:
    # Sent, it ends the driver with a crash.
    texts = {"manufacturer": "Panasonic", "iso": "400", "expmode": "A"}
    choices = {"iso": ["100", "400"], "expmode": ["P", "A", "S", "M"]}
    widgets = [
        {"path": f"/main/x/{name}", "label": "", "type": "RADIO", "current": now, "choices": choices.get(name, [])}
        for name, now in texts.items()
    ]
    (tmp_path / "lumix.json").write_text(json.dumps({"manufacturer": "Panasonic", "model": "S1", "widgets": widgets}))
    body_of = EmulatedBody(tmp_path / "lumix.json")
    with body_of as body, Camera(body.port_path, model=body.model) as camera:
        applied = apply(camera, profile(Settings(exposure_mode="manual", iso=100)))
        assert [(each.setting, each.status) for each in applied.settings] == [
            ("exposure_mode", Status.BY_HAND),
            ("iso", Status.EXACT),
        ]
        with pytest.raises(CameraRefusedError, match="libgphoto2 fails at setting it on a Panasonic"):
            camera.set("expmode", "M")
        assert camera.get("expmode").current == "A"


@pytest.mark.parametrize(
    ("name", "settings", "widget", "value"),
    [
        ("nikon-d7200", Settings(color_temperature_k=5200), "/main/other/d01e", "5200"),
        ("nikon-z7", Settings(movie_mode=True, iso=800), "/main/imgsettings/movieiso", "800"),
        ("sony-a7s", Settings(shutter_s=1 / 250), "/main/capturesettings/shutterspeed", "1/250"),
        ("fuji-xt4", Settings(picture_style="standard", iso=400), "/main/imgsettings/iso", "400"),
        ("olympus-e-m1-mark-ii", Settings(aperture=8), "/main/capturesettings/aperture", "8.0"),
    ],
)
def test_a_setting_is_applied_and_put_back(
    shared: Path, name: str, settings: Settings, widget: str, value: str
) -> None:
    with EmulatedBody(shared / "cameras" / f"{name}.json") as body, Camera(body.port_path, model=body.model) as camera:
        before = camera.listing().current(widget)
        assert before != value
        applied = apply(camera, profile(settings))
        done = {setting.widget: setting for setting in applied.settings}[widget]
        assert (done.status, done.sent, done.read_back) == (Status.EXACT, value, value)
        again = apply(camera, profile(settings))
        assert again.changed == ()  # what stands is not sent once more
        restore(camera, applied.before)
        assert camera.listing().current(widget) == before
