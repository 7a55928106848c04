"""Applying profiles to the emulated body through libgphoto2's real driver."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tether.camera_state import state

from rigcoach.emulated.process import EmulatedBody
from rigcoach.rig.gear import Rig
from rigcoach.rig.profile import Profile, RawSetting, load_profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera
from rigcoach.tether.documents import apply_document
from rigcoach.tether.settings.apply import Applied, apply, put_back
from rigcoach.tether.settings.resolution import Status


def profile(settings: Settings, *raw: RawSetting) -> Profile:
    return Profile("test", "", Rig(None, None, None), settings, raw, Path("test.toml"))


def statuses(applied: Applied) -> dict[str, Status]:
    return {setting.setting: setting.status for setting in applied.settings}


@pytest.mark.slow
def test_hip_video_is_on_the_body_afterwards_and_the_ring_is_left_to_the_hand(camera: Camera) -> None:
    applied = apply(camera, load_profile("hip-video"))
    assert applied.ok
    assert [setting.setting for setting in applied.by_hand] == ["aperture"]
    now = camera.listing()
    assert (now.current("iso"), now.current("shutterspeed"), now.current("whitebalance")) == ("400", "1/50", "Daylight")
    iso = next(setting for setting in applied.settings if setting.setting == "iso")
    assert (iso.wanted, iso.sent, iso.read_back) == ("400", "400", "400")
    assert iso.before != "400"


@pytest.mark.slow
def test_the_body_gets_back_all_that_it_had(camera: Camera) -> None:
    before = state(camera)
    applied = apply(camera, load_profile("evening-street"))
    assert state(camera) != before
    assert put_back(camera, applied) == ()
    assert state(camera) == before


@pytest.mark.slow
def test_white_balance_goes_before_its_temperature(camera: Camera) -> None:
    applied = apply(camera, load_profile("evening-street"))
    widgets = [path.rsplit("/", 1)[-1] for path in applied.changed]
    assert widgets.index("whitebalance") < widgets.index("colortemperature")
    assert camera.listing().current("colortemperature") == "3400"


@pytest.mark.slow
def test_a_refused_setting_does_not_keep_the_others_from_being_set(camera: Camera) -> None:
    # With live view off the body will not record: it stays busy until rigcoach gives up.
    wanted = profile(Settings(iso=800, shutter_s=1 / 250), RawSetting("movierecordtarget", "Card"))
    applied = apply(camera, wanted)
    assert not applied.ok
    assert statuses(applied) == {
        "iso": Status.EXACT,
        "shutter": Status.EXACT,
        "raw.movierecordtarget": Status.REFUSED,
    }
    assert camera.listing().current("shutterspeed") == "1/250"


@pytest.mark.slow
def test_what_the_body_does_not_have_is_not_sent(camera: Camera) -> None:
    applied = apply(camera, profile(Settings(iso=400_000, aperture=8, focus_mode="manual"), RawSetting("nosuch", "1")))
    assert statuses(applied) == {
        "focus_mode": Status.EXACT,
        "iso": Status.UNSUPPORTED,
        "aperture": Status.BY_HAND,
        "raw.nosuch": Status.UNSUPPORTED,
    }
    assert applied.changed == ()  # it focuses by hand already


def test_a_camera_lost_on_the_way_ends_with_what_was_and_was_not_set(camera: Camera, body: EmulatedBody) -> None:
    def pull_the_cable_before_the_third(done: float, _of: float | None) -> None:
        if done == 2:
            body.kill()

    applied = apply(camera, load_profile("hip-video"), pull_the_cable_before_the_third)
    assert not applied.ok
    assert applied.lost is not None
    assert [setting.status for setting in applied.settings] == [Status.EXACT] * 2 + [Status.NOT_REACHED] * 4
    assert {setting.read_back for setting in applied.settings[2:]} == {None}


@pytest.mark.slow
def test_stopping_halfway_puts_back_what_was_set(camera: Camera) -> None:
    before = state(camera)

    def stop(done: float, _of: float | None) -> None:
        if done == 4:
            raise KeyboardInterrupt

    stopped = _stopped(lambda: apply(camera, load_profile("hip-video"), stop))
    assert stopped
    assert state(camera) == before


def _stopped(run: Callable[[], object]) -> bool:
    try:
        run()
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.slow
def test_the_document_holds_what_was_wanted_sent_and_read_back(camera: Camera) -> None:
    document = apply_document(apply(camera, load_profile("hip-video")))
    assert document["schema"] == "rigcoach.profile-apply/1"
    assert (document["profile"], document["body"], document["ok"]) == ("hip-video", "canon-eos-5d-mark-ii", True)
    shutter = next(entry for entry in document["settings"] if entry["setting"] == "shutter")
    assert shutter == {
        "setting": "shutter",
        "wanted": "1/50",
        "widget": "/main/capturesettings/shutterspeed",
        "value": "1/50",
        "status": "exact",
        "reason": "",
        "sent": "1/50",
        "read_back": "1/50",
        "before": "1/125",
    }
