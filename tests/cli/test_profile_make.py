"""`rigcoach profile new`, `capture`, `diff`, `apply` and `restore`, as they are typed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from commands import run

from rigcoach.emulated.process import EmulatedBody
from rigcoach.rig.profile import load_profile

pytestmark = pytest.mark.usefixtures("wide_terminal")


@pytest.fixture
def port() -> Iterator[str]:
    with EmulatedBody() as body:
        yield body.port_path


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.slow
def test_a_profile_is_captured_applied_compared_and_taken_back(port: str, home: Path) -> None:
    captured = document(run("profile", "capture", "as-it-was", "--rig", "hip-video", "--camera", port, "--json"))
    assert captured["settings"]["iso"] == 800
    assert Path(captured["path"]) == home / "profiles" / "as-it-was.toml"
    assert document(run("profile", "diff", "as-it-was", "camera", "--camera", port, "--json"))["same"] is True

    assert run("profile", "apply", "hip-video-5d2", "--camera", port).exit_code == 0
    differing = document(run("profile", "diff", "camera", "as-it-was", "--camera", port, "--json"))
    told = {d["setting"]: (d["first"], d["second"]) for d in differing["differences"]}
    assert told["iso"] == ("100", "800")
    assert told["picture_style"] == ("neutral", "standard")

    restored = document(run("profile", "restore", "--camera", port, "--json"))
    assert (restored["schema"], restored["ok"]) == ("rigcoach.profile-restore/1", True)
    assert {w["status"] for w in restored["widgets"]} == {"put-back"}
    assert document(run("profile", "diff", "as-it-was", "camera", "--camera", port, "--json"))["same"] is True
    assert len(document(run("profile", "restore", "--list", "--json"))["snapshots"]) == 1


@pytest.mark.slow
def test_a_dry_run_tells_the_plan_and_sends_nothing(port: str, home: Path) -> None:
    result = run("profile", "apply", "hip-video-5d2", "--dry-run", "--camera", port)
    assert result.exit_code == 0
    assert "Nothing was sent" in result.stderr
    assert "LV func" in result.stdout
    assert not (home / "snapshots").exists()
    assert document(run("camera", "show", "iso", "--camera", port, "--json"))["widgets"][0]["current"] == "800"


@pytest.mark.slow
def test_restoring_without_a_snapshot_says_so(port: str) -> None:
    result = run("profile", "restore", "--camera", port)
    assert result.exit_code == 1
    assert "there is no snapshot of this Canon EOS 5D Mark II" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_new_profile_is_made_from_options(home: Path) -> None:
    made = document(
        run("profile", "new", "mine", "--from", "hip-video", "--shutter", "1/250", "--aperture", "f/5.6", "--json")
    )
    assert (made["settings"]["shutter"], made["settings"]["aperture"]) == (0.004, 5.6)
    profile = load_profile("mine")
    assert profile.path == home / "profiles" / "mine.toml"
    assert profile.settings.iso == 400
    assert profile.rig == load_profile("hip-video").rig
    again = run("profile", "new", "mine", "--iso", "800")
    assert again.exit_code == 1
    assert "you have a profile `mine` already" in again.stderr
    assert run("profile", "new", "mine", "--iso", "800", "--force").exit_code == 0
    assert load_profile("mine").settings.iso == 800


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mine", "--iso", "13"), "13 is out of range; 25 to 4000000 is allowed"),
        (("mine", "--white-balance", "daylite"), "did you mean `daylight`?"),
        (("mine", "--body", "canon-eos-5d-mark-2", "--iso", "400"), "Did you mean `canon-eos-5d-mark-ii`?"),
        (("mine", "--body", "nikon-d750", "--lens", "canon-ef-28mm-f2.8", "--iso", "400"), "does not fit"),
        (("../mine", "--iso", "400"), "cannot be a profile's name"),
        (("mine", "--from", "hip-vidoe"), "Did you mean `hip-video`?"),
    ],
)
def test_what_cannot_be_a_profile_is_told_in_one_line(home: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("profile", "new", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (home / "profiles").exists()


def test_a_new_profile_asks_its_way_through_and_asks_a_wrong_answer_again() -> None:
    answers = {
        "Name": ["../x", "evening"],
        "Description": ["Lamps"],
        "Body": ["canon-eos-5d-mark-ii"],
        "Lens": ["nikon-ai-s-28mm-f2.8"],
        "Adapter": ["nikon-f-to-canon-ef"],
        "Exposure mode": ["manual"],
        "Iso": ["many", "3200"],
        "Shutter": ["1/50"],
        "Aperture": ["f/2.8"],
        "White balance": ["kelvin"],
        "Color temperature": ["3400"],
    }
    typed = "\n".join(line for lines in answers.values() for line in lines) + "\n" * 12
    result = run("profile", "new", typed=typed)
    assert result.exit_code == 0, result.stderr
    assert "cannot be a profile's name" in result.stderr
    assert "a number such as 400" in result.stderr
    assert "Adapter (nikon-f-to-canon-ef)" in result.stderr
    profile = load_profile("evening")
    assert {request.setting: request.text for request in profile.settings.requests()} == {
        "exposure_mode": "manual",
        "iso": "3200",
        "shutter": "1/50",
        "aperture": "f/2.8",
        "white_balance": "kelvin",
        "color_temperature": "3400 K",
    }
    assert profile.description == "Lamps"
    assert profile.rig.adapter is not None


def test_diff_of_two_profiles_and_of_the_camera_with_itself() -> None:
    result = run("profile", "diff", "hip-video", "evening-street")
    assert result.exit_code == 0
    assert "3200" in result.stdout
    assert "no difference" in run("profile", "diff", "hip-video", "hip-video").stdout
    assert run("profile", "diff", "camera", "camera").exit_code == 2


def test_show_tells_what_the_rig_keeps_sharp() -> None:
    shown = run("profile", "show", "hip-video").stdout
    assert "sharp from 1.65 m (5 ft) to infinity" in shown
    told = document(run("profile", "show", "hip-video", "--json"))
    assert told["optics"]["hyperfocal_m"] == 3.295
    assert told["optics"]["zones"][3]["far_m"] is None
