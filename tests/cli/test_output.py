"""Words in passing, on a real terminal."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

SPEAKS_MEANWHILE = """
import pytest

from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note, progress, warn
settings = CommandOptions()
with progress(settings, "Scoring") as advance:
    advance(1, 3)
    note(settings, "a note [in passing]")
    advance(2, 3)
    warn("rigcoach: one clip is not there")
    advance(3, 3)
note(settings, "done")
"""


def lines_on_terminal(code: str) -> list[str]:
    """What a terminal shows of a program's standard error, of each line what stands there in the end."""
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([sys.executable, "-c", code], stderr=its, env=environment):
        os.close(its)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    lines = re.sub(r"\x1b\[[\d;?]*[mhlA]", "", written.decode()).split("\n")
    return [line.rsplit("\x1b[2K", 1)[-1].strip("\r") for line in lines]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side is closed
        return b""


def test_a_note_stands_above_the_progress_bar_on_a_line_of_its_own() -> None:
    lines = lines_on_terminal(SPEAKS_MEANWHILE)
    assert [line for line in lines if "Scoring" not in line and line] == [
        "a note [in passing]",
        "rigcoach: one clip is not there",
        "done",
    ]
    assert any(line.startswith("Scoring") for line in lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["gear", "list", "--json"]])
def test_an_output_that_takes_no_more_is_told_as_what_it_is(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rigcoach", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # as most people have it
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("rigcoach: the output cannot be written: ")
    assert len(done.stderr.splitlines()) == 1
