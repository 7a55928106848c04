"""Applying a profile while something goes wrong on the emulated body, through libgphoto2's real driver."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.ptp.faults import FaultKind, InjectedFault
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.profile import Profile, RawSetting, load_profile
from rigcoach.rig.settings import Settings
from rigcoach.tether.camera import Camera
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import Applied, AppliedSetting, apply, put_back
from rigcoach.tether.settings.difference import from_body
from rigcoach.tether.settings.resolution import Status
from rigcoach.tether.settings.restore import RestoreOutcome, restore

SET = 0x9110  # EOS SetDevicePropValueEx; properties after libgphoto2's ptp.h
ISO, WHITE_BALANCE, SHUTTER = 0xD103, 0xD109, 0xD102
INVALID_VALUE = 0x201C


def row(applied: Applied, setting: str) -> AppliedSetting:
    return next(each for each in applied.settings if each.setting == setting)


def others(applied: Applied, setting: str) -> set[Status]:
    return {each.status for each in applied.settings if each.setting not in (setting, "aperture")}


@pytest.mark.slow
def test_a_body_that_is_busy_five_times_is_waited_for(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.BUSY, SET, ISO, times=5))
    applied = apply(camera, load_profile("hip-video"))
    assert applied.ok
    assert (row(applied, "iso").sent, row(applied, "iso").read_back) == ("400", "400")


@pytest.mark.slow
def test_a_body_that_stays_busy_with_one_setting_is_given_the_others(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.BUSY, SET, ISO, times=None))
    applied = apply(camera, load_profile("hip-video"))
    assert not applied.ok
    iso = row(applied, "iso")
    assert iso.status is Status.REFUSED
    assert "busy" in iso.reason
    assert "set ISO 400 on the body" in iso.reason or "set iso to 400" in iso.reason
    assert others(applied, "iso") == {Status.EXACT}


def test_a_refused_value_stops_no_other_and_says_what_to_do(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.REFUSE, SET, WHITE_BALANCE, times=None, response=INVALID_VALUE))
    applied = apply(camera, load_profile("hip-video"))
    white_balance = row(applied, "white_balance")
    assert white_balance.status is Status.REFUSED
    assert "the body refused it" in white_balance.reason
    assert "set white balance to daylight in the body's menu" in white_balance.reason
    assert others(applied, "white_balance") == {Status.EXACT}
    assert camera.listing().current("shutterspeed") == "1/50"


@pytest.mark.slow
def test_what_is_read_only_is_left_to_the_hand_and_never_sent(camera: Camera) -> None:
    wanted = Profile(
        "x", "", NO_RIG, Settings(iso=1600), (RawSetting("batterylevel", "50%"),), load_profile("hip-video").path
    )
    applied = apply(camera, wanted)
    assert applied.ok
    battery = row(applied, "raw.batterylevel")
    assert (battery.status, battery.sent) == (Status.BY_HAND, None)
    assert "read-only" in battery.reason


@pytest.mark.slow
def test_what_was_not_put_back_is_seen(camera: Camera, body: EmulatedBody) -> None:
    apply(camera, load_profile("hip-video"), keep=snapshot.keep)
    body.inject(InjectedFault(FaultKind.IGNORE, SET, ISO, times=None))
    restored = restore(camera, snapshot.latest(camera.listing()))
    assert not restored.ok
    iso = next(widget for widget in restored.widgets if widget.widget.endswith("/iso"))
    assert (iso.outcome, iso.read_back) == (RestoreOutcome.FAILED, "400")


@pytest.mark.slow
def test_what_a_profile_changed_and_the_body_would_not_take_back_is_named(camera: Camera, body: EmulatedBody) -> None:
    applied = apply(camera, load_profile("hip-video"))
    body.inject(InjectedFault(FaultKind.IGNORE, SET, ISO, times=None))
    (left,) = put_back(camera, applied)
    assert left.startswith("iso stays at 400, it was at 800")
    assert camera.listing().current("shutterspeed") == "1/125"


@pytest.mark.slow
def test_a_body_that_takes_the_next_of_every_value_is_told_of_setting_by_setting(
    camera: Camera, body: EmulatedBody
) -> None:
    body.inject(InjectedFault(FaultKind.NEAREST, times=None))
    applied = apply(camera, load_profile("hip-video"))
    assert applied.lost is None
    assert row(applied, "iso").status in (Status.NEAREST, Status.REFUSED)
    assert body.status().power == "on"


@pytest.mark.slow
def test_a_value_that_was_agreed_to_and_not_taken_is_seen(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.IGNORE, SET, ISO, times=None))
    applied = apply(camera, load_profile("hip-video"))
    iso = row(applied, "iso")
    assert (iso.status, iso.sent) == (Status.REFUSED, "400")
    assert "the body stayed at 800" in iso.reason
    assert (iso.before, iso.read_back) == ("800", "800")  # not what the driver remembers of having sent


@pytest.mark.slow
def test_a_value_that_was_ignored_once_is_sent_again(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.NEAREST, SET, SHUTTER, times=1))
    applied = apply(camera, load_profile("hip-video"))
    assert row(applied, "shutter").read_back == "1/50"
    assert applied.ok


@pytest.mark.slow
def test_a_body_that_takes_the_next_value_ends_as_nearest(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.NEAREST, SET, SHUTTER, times=None))
    shutter = row(apply(camera, load_profile("hip-video")), "shutter")
    assert (shutter.status, shutter.sent) == (Status.NEAREST, "1/50")
    assert shutter.read_back in ("1/40", "1/60")
    assert f"took {shutter.read_back} instead" in shutter.reason


@pytest.mark.slow
def test_a_cable_pulled_in_the_middle_ends_with_what_was_and_was_not_set(camera: Camera, body: EmulatedBody) -> None:
    body.inject(InjectedFault(FaultKind.CUT, SET, WHITE_BALANCE))
    applied = apply(camera, load_profile("hip-video"), keep=snapshot.keep)
    assert applied.lost is not None
    assert not applied.ok
    statuses = {each.setting: each.status for each in applied.settings}
    assert statuses["iso"] is Status.EXACT
    assert {statuses[name] for name in ("white_balance", "shutter", "aperture")} == {Status.NOT_REACHED}
    # The cable is back: what was set before is taken back from the snapshot.
    camera.reopen()
    assert camera.listing().current("iso") == "400"
    assert restore(camera, snapshot.latest(camera.listing())).ok
    assert camera.listing().current("iso") == "800"


@pytest.fixture
def two_cameras(home: object) -> Iterator[tuple[Camera, Camera]]:  # noqa: ARG001 - moves user data
    with ExitStack() as stack:
        bodies = [stack.enter_context(EmulatedBody()) for _ in range(2)]
        first, second = (stack.enter_context(Camera(b.port_path, model=b.model)) for b in bodies)
        yield first, second


@pytest.mark.slow
def test_of_two_bodies_only_the_one_that_was_named_is_set(two_cameras: tuple[Camera, Camera]) -> None:
    first, second = two_cameras
    before = {w.path: w.current for w in second.listing().widgets if w.name != "datetime"}
    assert apply(first, load_profile("hip-video")).ok
    assert {w.path: w.current for w in second.listing().widgets if w.name != "datetime"} == before
    assert [d.setting for d in from_body(load_profile("hip-video"), first.listing())] == ["aperture"]
