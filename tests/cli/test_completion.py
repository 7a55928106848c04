"""The shell's completion, asked as bash asks for it, and what a misspelt command is answered with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rigcoach.cli.main import main


def completed(words: str, home: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "rigcoach"],
        env={
            **os.environ,
            "RIGCOACH_HOME": str(home),
            "COMP_WORDS": f"rigcoach {words}",
            "COMP_CWORD": str(len(words.split())),
            "_RIGCOACH_COMPLETE": "bash_complete",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sco", "score"),
        ("profile show hip-v", "hip-video"),
        ("drill run still", "still-2m"),
        ("gear show canon-eos-5d-mark-ii", "canon-eos-5d-mark-ii"),
        ("log show la", "last"),
        ("score --rig fif", "fifty-video"),
        ("models install yun", "yunet"),
        ("score --fail", "--fail-under"),
        ("camera show --camera emu", "emulated"),
    ],
)
def test_names_are_completed(words: str, expected: str, tmp_path: Path) -> None:
    assert expected in completed(words, tmp_path)


def test_the_port_of_a_body_that_lives_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGCOACH_HOME", str(tmp_path))
    monkeypatch.setenv("RIGCOACH_EMULATED_S", "60")
    listed = CliRunner().invoke(main, ["--camera", "emulated", "camera", "list"])
    try:
        port = listed.stdout.split()[0]
        assert completed("camera show --camera ptp", tmp_path) == [port]
    finally:
        CliRunner().invoke(main, ["camera", "emulate", "--stop"])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_or_put_where_the_shell_looks(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    printed = CliRunner().invoke(main, ["completion", shell])
    assert printed.exit_code == 0
    assert "_RIGCOACH_COMPLETE" in printed.stdout
    installed = CliRunner().invoke(main, ["completion", shell, "--install"])
    assert installed.exit_code == 0
    assert Path(installed.stdout.strip()).read_text(encoding="utf-8") == printed.stdout
    if shutil.which(shell) and shell != "fish":
        subprocess.run([shell, "-n", installed.stdout.strip()], check=True)


def test_a_shell_that_is_not_known_is_asked_for() -> None:
    asked = CliRunner().invoke(main, ["completion"], env={"SHELL": "/bin/tcsh"})
    assert asked.exit_code == 1
    assert "rigcoach completion bash|zsh|fish" in asked.stderr


@pytest.mark.parametrize(
    ("words", "meant"), [(("scor",), "score"), (("camera", "shwo"), "show"), (("profle", "list"), "profile")]
)
def test_a_misspelt_command_is_answered_with_the_nearest(words: tuple[str, ...], meant: str) -> None:
    answered = CliRunner().invoke(main, words)
    assert answered.exit_code == 2
    assert f"did you mean `{meant}`?" in answered.stderr
