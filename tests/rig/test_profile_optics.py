"""A profile's optics against published tables and figures worked out by hand."""

import math

import pytest

from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.rig.profile_optics import optics_of
from rigcoach.rig.settings import Settings


def test_28_mm_at_f8_on_a_5d2() -> None:
    optics = optics_of(load_profile("hip-video"))
    assert optics is not None
    assert optics.hyperfocal_m == pytest.approx(3.295, abs=0.001)
    assert optics.view_deg == pytest.approx((65.5, 46.4), abs=0.05)  # tables of 28 mm on 24 x 36
    assert optics.movie_view_deg == pytest.approx((65.5, 39.8), abs=0.05)  # 36 x 20.25 mm
    zones = {zone.focus_m: (zone.near_m, zone.far_m) for zone in optics.zones}
    assert zones[2.0] == pytest.approx((1.25, 5.05), abs=0.01)
    assert zones[3.0] == pytest.approx((1.57, 33.16), abs=0.1)
    assert zones[5.0][1] == math.inf


def test_a_smaller_sensor_has_a_smaller_circle() -> None:
    gear = load_gear()
    rig = gear.rig("canon-eos-7d", "canon-ef-28mm-f2.8", None)
    profile = Profile("x", "", rig, Settings(aperture=8), (), load_profile("hip-video").path)
    optics = optics_of(profile)
    assert optics is not None
    assert optics.circle_mm == pytest.approx(0.030 * math.hypot(22.3, 14.9) / math.hypot(36, 24))


def test_without_a_lens_or_an_aperture_there_is_nothing_to_tell() -> None:
    path = load_profile("hip-video").path
    assert optics_of(Profile("x", "", NO_RIG, Settings(aperture=8), (), path)) is None
    assert optics_of(Profile("x", "", load_profile("hip-video").rig, Settings(iso=400), (), path)) is None
