"""`rigcoach aim` as a photographer meets it."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rigcoach.cli.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["aim", *arguments], catch_exceptions=False)


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_from_the_hip_at_28_mm() -> None:
    document = told("--rig", "hip-video", "--height", "1.7", "--camera", "hip")
    assert document["schema"] == "rigcoach.aim/1"
    assert document["movie_view_deg"] == pytest.approx([65.5, 39.8], abs=0.05)
    at = {each["distance_m"]: each for each in document["distances"]}
    assert (at[2.0]["level"]["from_m"], at[2.0]["level"]["to_m"]) == pytest.approx((0.23, 1.67), abs=0.005)
    assert at[2.0]["pitch_deg"] == pytest.approx(3.7, abs=0.05)
    assert not at[2.0]["feet_in"]
    assert at[2.0]["cut"] == "knees"
    assert at[3.0]["pitch_deg"] == pytest.approx(-2.9, abs=0.05)
    assert at[3.0]["feet_in"]


def test_it_says_what_to_change_and_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = run("--rig", "hip-video", "--height", "1.7", "--camera", "0.95", "--at", "2", "--shot", "full").stdout
    text = " ".join(printed.split())
    assert "3.7° up" in text
    assert "wear the camera with the lens at 1.09 m" in text
    assert "cuts at the knees" in text
    assert "step back to 2.55 m" in text
    assert "step back by 0.55 m" in text
    assert max(map(len, printed.splitlines())) <= 80


def test_a_drill_gives_rig_height_distance_and_headroom() -> None:
    document = told("--drill", "hip-3m", "--height", "1.7")
    assert document["rig"]["lens"] == "nikon-ai-s-28mm-f2.8"
    assert document["camera_height_m"] == 0.95
    assert document["headroom"]["band"] == [0.04, 0.30]
    assert [each["distance_m"] for each in document["distances"]] == [3]
    assert told("--drill", "combine:4", "--height", "1.7", "--at", "7ft")["distances"][0]["distance_m"] == 2.134


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--rig", "hip-video"), 2, "--height"),
        (("--height", "1.7"), 2, "--rig PROFILE"),
        (("--height", "1.7", "--lens", "nikon-ai-s-28mm-f2.8"), 1, "--body"),
        (("--height", "1.7", "--rig", "hip-video", "--camera", "knee"), 2, "hip, chest"),
        (("--height", "1.7", "--rig", "hip-video", "--at", "far"), 2, "7ft"),
        (("--height", "1.7", "--drill", "no-such-drill"), 1, "no drill"),
    ],
)
def test_what_is_missing_or_wrong_is_said(arguments: tuple[str, ...], status: int, says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert says in result.stderr
