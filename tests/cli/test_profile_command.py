"""`rigcoach profile`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from commands import run

from rigcoach.emulated.process import EmulatedBody

pytestmark = pytest.mark.usefixtures("wide_terminal")


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def test_check_says_what_a_real_body_makes_of_each_setting(shared: Path) -> None:
    result = run("profile", "check", "hip-video", "--against", shared / "cameras" / "nikon-d750.json", "--json")
    assert result.exit_code == 0
    told = document(result)
    assert set(told) == {"schema", "profile", "body", "ok", "settings"}
    assert (told["schema"], told["profile"], told["body"]) == ("rigcoach.profile-check/1", "hip-video", "nikon-d750")
    assert told["ok"] is True
    by_name = {entry["setting"]: entry for entry in told["settings"]}
    assert by_name["shutter"] == {
        "setting": "shutter",
        "wanted": "1/50",
        "widget": "/main/capturesettings/shutterspeed2",
        "value": "1/50",
        "status": "exact",
        "reason": "",
    }
    assert by_name["white_balance"]["value"] == "Tageslicht"
    assert (by_name["aperture"]["status"], by_name["aperture"]["value"]) == ("by-hand", None)


def test_check_prints_a_table_and_what_is_left_for_the_hand(shared: Path) -> None:
    result = run("profile", "check", "hip-video", "--against", shared / "cameras" / "nikon-d7200.json")
    assert result.exit_code == 0
    assert "nearest" in result.stdout
    assert "0.15 stop longer" in result.stdout
    assert "set f/8 on the lens ring" in result.stdout
    assert result.stderr == "Next: rigcoach profile apply hip-video\n"


def test_a_nearest_value_says_how_far_it_is_to_scripts_too(shared: Path) -> None:
    told = document(
        run("profile", "check", "hip-video", "--against", shared / "cameras" / "nikon-d7200.json", "--json")
    )
    distances = {entry["setting"]: entry["distance"] for entry in told["settings"] if "distance" in entry}
    assert distances == {"shutter": 0.152}  # log2(50/45)


def test_a_body_that_does_not_say_is_status_1_with_one_line(shared: Path) -> None:
    result = run("profile", "check", "hip-video", "--against", shared / "cameras" / "canon-eos-1dx.json", "--json")
    assert result.exit_code == 1
    assert document(result)["ok"] is False
    assert result.stderr.count("\n") == 1
    assert "shutter (unknown)" in result.stderr


def test_a_raw_gphoto2_listing_is_checked_too(tmp_path: Path) -> None:
    listing = tmp_path / "mine.txt"
    listing.write_text(
        "/main/imgsettings/iso\nLabel: ISO Speed\nReadonly: 0\nType: RADIO\nCurrent: Auto\n"
        "Choice: 0 Auto\nChoice: 1 400\nChoice: 2 800\nEND\n"
    )
    profile = tmp_path / "p.toml"
    profile.write_text("[settings]\niso = 400\n")
    told = document(run("profile", "check", profile, "--against", listing, "--json"))
    assert (told["body"], told["settings"][0]["value"]) == ("mine", "400")


@pytest.mark.parametrize("arguments", [("hip-vidoe", "LISTING"), ("hip-video", "none.json"), ("BROKEN", "LISTING")])
def test_what_cannot_be_checked_is_told_in_one_line(shared: Path, tmp_path: Path, arguments: tuple[str, str]) -> None:
    (tmp_path / "broken.toml").write_text("[settings]\niso = 13\nshuter = 3\n")
    real = {"LISTING": shared / "cameras" / "nikon-d750.json", "BROKEN": tmp_path / "broken.toml"}
    name, listing = (real.get(argument, argument) for argument in arguments)
    result = run("profile", "check", name, "--against", listing, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("rigcoach: ")
    assert result.stderr.count("\n") == 1


def test_list_and_show_give_the_shipped_profiles() -> None:
    listed = document(run("profile", "list", "--json"))["profiles"]
    assert "hip-video" in [entry["name"] for entry in listed]
    shown = document(run("profile", "show", "hip-video", "--json"))
    assert shown["rig"]["lens"] == "nikon-ai-s-28mm-f2.8"
    assert shown["settings"]["shutter"] == 0.02
    printed = run("profile", "show", "hip-video").stdout
    assert "1/50" in printed
    assert "Nikon AI-S Nikkor 28mm f/2.8" in printed


def test_an_own_profile_with_errors_does_not_hide_the_others(home: Path) -> None:
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "mine.toml").write_text("[settings]\niso = 13\n")
    entries = {entry["name"]: entry for entry in document(run("profile", "list", "--json"))["profiles"]}
    assert "13 is out of range" in entries["mine"]["error"]
    assert entries["hip-video"]["error"] is None
    assert "13 is out of range" in run("profile", "list").stdout


@pytest.mark.slow
def test_apply_gives_the_emulated_body_the_profile_and_reads_it_back() -> None:
    result = run("profile", "apply", "hip-video", "--camera", "emulated", "--json")
    assert result.exit_code == 0, result.stderr
    told = document(result)
    assert (told["schema"], told["ok"]) == ("rigcoach.profile-apply/1", True)
    assert {entry["setting"]: entry["read_back"] for entry in told["settings"]} == {
        "exposure_mode": "Manual",
        "focus_mode": "Manual",
        "iso": "400",
        "white_balance": "Daylight",
        "shutter": "1/50",
        "aperture": "implicit auto",
    }
    keys = {"setting", "wanted", "widget", "value", "status", "reason", "sent", "read_back", "before"}
    assert all(set(entry) == keys for entry in told["settings"])


@pytest.mark.slow
def test_apply_stays_on_the_body_and_falls_short_with_status_1(tmp_path: Path) -> None:
    wanted = tmp_path / "p.toml"
    wanted.write_text('[settings]\niso = 1600\npicture_style = "vivid"\n')
    with EmulatedBody() as body:
        result = run("profile", "apply", wanted, "--camera", body.port_path)
        shown = document(run("--camera", body.port_path, "camera", "show", "iso", "--json"))
    assert result.exit_code == 1
    assert "was not fully applied: picture_style (unsupported)" in result.stderr
    assert "By hand" not in result.stdout
    assert shown["widgets"][0]["current"] == "1600"
