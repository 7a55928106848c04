"""`rigcoach config`: what is wanted everywhere, kept in a file that people may write in."""

import json
import tomllib
from pathlib import Path

import pytest
from commands import run


@pytest.fixture(autouse=True)
def home(home: Path) -> Path:
    home.mkdir()
    return home


def test_what_is_set_is_kept_with_the_remarks_of_who_wrote_the_file(home: Path) -> None:
    (home / "config.toml").write_text('# mine\nunits = "metres"  # at home\n')
    assert run("config", "set", "units", "feet").exit_code == 0
    assert run("config", "set", "rig", "hip-video").exit_code == 0
    text = (home / "config.toml").read_text()
    assert "# mine" in text
    assert "# at home" in text
    assert tomllib.loads(text) == {"units": "feet", "rig": "hip-video"}
    assert run("config", "unset", "rig").exit_code == 0
    assert json.loads(run("config", "--json").stdout)["rig"] is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [("unit", "feet", "did you mean `units`"), ("units", "yards", "none of both"), ("rig", "hip-vdeo", "hip-video")],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(home: Path, key: str, value: str, told: str) -> None:
    result = run("config", "set", key, value)
    assert result.exit_code == 1
    assert told in result.stderr
    assert not (home / "config.toml").exists()


def test_a_damaged_file_is_told_by_line_and_stays(home: Path) -> None:
    (home / "config.toml").write_text('paper = "a4"\nvoice = 1\n')
    result = run("focus", "zone", "--body", "canon-eos-5d-mark-ii", "--lens", "any-28mm", "--aperture", "8")
    assert result.exit_code == 1
    assert "line 2: voice" in result.stderr
    assert "rigcoach config edit" in result.stderr


def test_in_feet_distances_are_read_and_told_in_feet_alone() -> None:
    metric = json.loads(run("focus", "zone", "--rig", "hip-video", "--at", "7ft", "--json").stdout)
    run("config", "set", "units", "feet")
    run("config", "set", "rig", "hip-video")
    bare = run("focus", "zone", "--at", "7", "--json")
    assert json.loads(bare.stdout)["zones"] == metric["zones"]
    told = run("focus", "zone", "--at", "7").stdout
    assert "7 ft" in told
    assert " m " not in told.split("Hyperfocal")[1].split("Blur")[0]
    assert "9.8 ft, standing" in run("drill", "show", "hip-3m").stdout
    assert "5.6 ft tall" in run("aim", "--height", "1.7m", "--at", "7").stdout


def test_the_paper_is_that_which_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("config", "set", "paper", "letter")
    assert run("target").exit_code == 0
    assert (tmp_path / "target-letter.pdf").is_file()


def test_a_profile_that_is_configured_needs_no_name() -> None:
    assert "Which profile?" in run("profile", "show").stderr
    run("config", "set", "profile", "hip-video")
    assert run("profile", "show").stdout.startswith("hip-video:")


def test_the_editor_that_is_configured_opens_the_file(home: Path) -> None:
    run("config", "set", "editor", "sed -i s/auto/never/")
    run("config", "set", "models", "auto")
    assert run("config", "edit").exit_code == 0
    assert tomllib.loads((home / "config.toml").read_text())["models"] == "never"
