"""Profiles read off bodies: applied to the same body they change nothing."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from tether.camera_state import state

from rigcoach.emulated.process import EmulatedBody
from rigcoach.listing.files import read_listing
from rigcoach.listing.model import BodyListing
from rigcoach.rig.gear import NO_RIG
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import load_profile, read_profile
from rigcoach.rig.profile_text import keep, profile_text
from rigcoach.tether.camera import Camera
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import apply
from rigcoach.tether.settings.difference import Difference, between_profiles, from_body
from rigcoach.tether.settings.profile_from_body import capture
from rigcoach.tether.settings.restore import restore


def body(shared: Path, name: str) -> BodyListing:
    return read_listing(shared / "cameras" / f"{name}.json")


def requests(listing: BodyListing) -> dict[str, str]:
    return {request.setting: request.text for request in capture(listing, NO_RIG, "x").profile.settings.requests()}


@pytest.mark.parametrize("profile", ["hip-video", pytest.param("evening-street", marks=pytest.mark.slow)])
def test_a_captured_profile_is_kept_read_and_applied_without_a_difference(
    camera: Camera, home: Path, profile: str
) -> None:
    apply(camera, load_profile(profile))
    before = state(camera)
    captured = capture(camera.listing(), load_profile(profile).rig, "as-it-stood").profile
    path = keep(captured, ["aperture: by hand"])
    assert path == home / "profiles" / "as-it-stood.toml"
    again = load_profile("as-it-stood")
    assert between_profiles(captured, again) == ()
    assert from_body(again, camera.listing()) == ()
    applied = apply(camera, again)
    assert applied.ok
    assert len(applied.settings) >= 14
    assert state(camera) == before


@pytest.mark.slow
def test_a_nikon_is_set_captured_and_put_back_as_a_canon_is(home: Path) -> None:  # noqa: ARG001 - moves user data
    with EmulatedBody("nikon-d750") as running, Camera(running.port_path, model=running.model) as camera:
        before = state(camera)
        applied = apply(camera, load_profile("d750-video"), keep=snapshot.keep)
        assert applied.ok
        shutter = next(each for each in applied.settings if each.setting == "shutter")
        assert (shutter.widget, shutter.read_back) == ("/main/capturesettings/shutterspeed2", "1/50")
        assert from_body(load_profile("d750-video"), camera.listing()) == ()
        captured = capture(camera.listing(), NO_RIG, "x").profile
        assert (captured.settings.shutter_s, captured.settings.aperture) == (1 / 50, 8)
        assert from_body(captured, camera.listing()) == ()
        assert restore(camera, snapshot.latest(camera.listing())).ok
        assert state(camera) == before


def test_it_speaks_the_photographers_words(shared: Path) -> None:
    # Read off the listing: M, 3200, 1/30, 8, Color Temperature 5600, RAW + Large Fine JPEG, AutoPowerOff 600.
    told = requests(body(shared, "canon-eos-r5"))
    assert told == {
        "exposure_mode": "manual",
        "iso": "3200",
        "shutter": "1/30",
        "aperture": "f/8",
        "white_balance": "kelvin",
        "color_temperature": "5600 K",
        "picture_style": "neutral",
        "focus_mode": "single",
        "drive_mode": "single",
        "image_format": "raw+jpeg",
        "capture_target": "computer",
        "live_view_output": "camera",
        "auto_power_off": "600 s",
        "metering_mode": "evaluative",
    }


def test_what_the_body_chooses_itself_is_not_taken_for_a_wish(shared: Path) -> None:
    captured = capture(body(shared, "nikon-d750"), NO_RIG, "x")  # in P, auto ISO on, 1/25 and f/3,5 at the moment
    told = {request.setting: request.text for request in captured.profile.settings.requests()}
    assert (told["exposure_mode"], told["iso"]) == ("program", "auto")
    assert not {"shutter", "aperture"} & set(told)
    assert any(line.startswith("shutter: ") for line in captured.untold)


def test_what_has_no_word_goes_under_raw_as_the_body_spells_it(shared: Path) -> None:
    raw = {r.widget: r.value for r in capture(body(shared, "sony-a7mr2"), NO_RIG, "x").profile.raw}
    assert raw["imagequality"] == "Fein"  # "jpeg" would be Extra Fine
    assert raw["aspectratio"] == "3:2"
    assert not {"iso", "whitebalance", "expprogram", "movie", "capture", "datetime"} & set(raw)
    without = capture(body(shared, "sony-a7mr2"), NO_RIG, "x", raw=False).profile
    assert without.raw == ()


def test_on_every_body_what_was_captured_differs_in_nothing(shared: Path, tmp_path: Path) -> None:
    for path in sorted((shared / "cameras").glob("*.json")):
        listing = read_listing(path)
        captured = capture(listing, NO_RIG, "x").profile
        assert from_body(captured, listing) == (), path.stem
        if captured.settings.requests() or captured.raw:
            written = tmp_path / "x.toml"
            written.write_text(profile_text(captured), encoding="utf-8")
            assert between_profiles(captured, read_profile(written)) == (), path.stem


def test_names_of_owners_and_numbers_of_bodies_are_never_written_down(shared: Path) -> None:
    for path in sorted((shared / "cameras").glob("*.json")):
        raw = {r.widget for r in capture(read_listing(path), NO_RIG, "x").profile.raw}
        assert not {"ownername", "artist", "copyright", "serialnumber", "imagecomment", "datetime"} & raw


def test_text_that_a_profile_holds_is_written_so_that_toml_reads_it(shared: Path) -> None:
    captured = capture(body(shared, "canon-eos-r5"), NO_RIG, "x").profile
    odd = 'quotes " and \\ and \x7f and \t é'
    text = profile_text(replace(captured, name=odd, description=odd), [f"a\nb{odd}"])
    assert tomllib.loads(text)["name"] == odd


@pytest.mark.slow
def test_what_a_camera_has_otherwise_is_told_in_words(camera: Camera) -> None:
    profile = load_profile("hip-video")
    apply(camera, profile)
    camera.set("iso", "3200")
    camera.set("whitebalance", "Cloudy")
    differences = {d.setting: (d.first, d.second) for d in from_body(profile, camera.listing())}
    assert differences == {"iso": ("400", "3200"), "white_balance": ("daylight", "cloudy"), "aperture": ("f/8", None)}


def test_two_profiles_differ_in_what_either_says() -> None:
    differences = between_profiles(load_profile("hip-video"), load_profile("evening-street"))
    assert differences[0] == Difference("iso", "400", "3200")
    assert {d.setting: (d.first, d.second) for d in differences[1:]} == {
        "white_balance": ("daylight", "kelvin"),
        "aperture": ("f/8", "f/2.8"),
        "color_temperature": (None, "3400 K"),
        "picture_style": (None, "neutral"),
        "review_time": (None, "off"),
        "auto_power_off": (None, "1800 s"),
    }


def test_a_lens_set_by_its_ring_leaves_the_aperture_untold(shared: Path) -> None:
    rig = load_gear().rig("canon-eos-5d-mark-ii", "nikon-ai-s-28mm-f2.8", "nikon-f-to-canon-ef")
    captured = capture(body(shared, "canon-eos-r5"), rig, "x")
    assert captured.profile.settings.aperture is None
    assert any("aperture: it is set on the lens ring" in line for line in captured.untold)
