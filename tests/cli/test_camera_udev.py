"""`rigcoach camera udev`: what will be done is shown, and done only where it is agreed to."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rigcoach.cli.main import main

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="udev is Linux's")
RULE = Path(__file__).parents[2] / "hardware" / "70-rigcoach-cameras.rules"


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sudo that writes down what it is to do."""
    said = tmp_path / "done"
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    sudo.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return said


def test_the_rule_is_shown() -> None:
    assert CliRunner().invoke(main, ["camera", "udev"]).stdout == RULE.read_text()


def test_nothing_is_done_unless_it_is_agreed_to(done: Path) -> None:
    asked = CliRunner().invoke(main, ["camera", "udev", "--install"], input="n\n")
    assert asked.exit_code == 0
    assert f"sudo cp {RULE} /etc/udev/rules.d/{RULE.name}" in asked.stderr
    assert not done.exists()


def test_what_was_shown_is_done(done: Path) -> None:
    asked = CliRunner().invoke(main, ["camera", "udev", "--install"], input="y\n")
    assert asked.exit_code == 0, asked.stderr
    for line in done.read_text().splitlines():
        assert f"  sudo {line}\n" in asked.stderr
    assert len(done.read_text().splitlines()) == 3
