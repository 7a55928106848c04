"""The emulated body that lives on between commands."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rigcoach.cli.main import main
from rigcoach.emulated import living_body
from rigcoach.video.clip import read_clip


@pytest.fixture(autouse=True)
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RIGCOACH_EMULATED_S", "300")
    yield home
    living_body.stop()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("--camera", "emulated", *arguments)])


@pytest.mark.slow
def test_what_one_command_does_to_it_the_next_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGCOACH_EMULATED_PX", "480x270")
    before = json.loads(run("camera", "show", "iso", "--json").stdout)
    assert run("profile", "apply", "hip-video").exit_code == 0
    after = json.loads(run("camera", "show", "iso", "--json").stdout)
    assert before["widgets"][0]["current"] != after["widgets"][0]["current"] == "400"
    assert run("camera", "record", "--seconds", "1", "--out", tmp_path / "take.mov").exit_code == 0
    clip = read_clip(tmp_path / "take.mov")
    assert (clip.width, clip.height) == (480, 270)
    fetched = run("camera", "fetch", "--all", "--out", tmp_path / "card")
    assert fetched.exit_code == 0, fetched.stderr
    assert [path.suffix for path in (tmp_path / "card").iterdir()] == [".MOV"]
    restored = json.loads(run("profile", "restore", "--json").stdout)
    assert restored["widgets"]
    assert json.loads(run("camera", "show", "iso", "--json").stdout) == before


@pytest.mark.parametrize(
    ("told", "lives_s"), [("large", "300"), ("1280", "300"), ("1280x", "300"), ("1280x720x3", "300"), ("large", "0")]
)
def test_a_size_that_is_none_is_told(told: str, lives_s: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGCOACH_EMULATED_PX", told)
    monkeypatch.setenv("RIGCOACH_EMULATED_S", lives_s)
    done = run("camera", "show", "iso")
    assert done.exit_code == 1
    assert f"RIGCOACH_EMULATED_PX is {told}" in done.stderr


def test_it_is_listed_while_it_lives_and_ended_when_it_is_told() -> None:
    (listed,) = json.loads(run("camera", "list", "--json").stdout)["cameras"]
    again = CliRunner().invoke(main, ["camera", "list"])
    assert listed["port"] in again.stdout
    assert "(emulated)" in again.stdout
    body = living_body.living()
    assert body is not None
    assert "is stopped" in run("camera", "emulate", "--stop").stderr
    assert living_body.living() is None
    assert "No emulated body is running" in run("camera", "emulate", "--stop").stderr
    _, status = os.waitpid(body.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
