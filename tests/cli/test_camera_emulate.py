"""`rigcoach camera emulate`, as a user starts it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from printed_listing import as_printed

from rigcoach.listing.files import read_listing

COMMAND = [*(sys.executable, "-m", "rigcoach"), "camera", "emulate"]


def emulate(*words: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    """Run it with lines on standard input; with --control it ends after them."""
    return subprocess.run([*COMMAND, *words], input=lines, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("body", ["canon-eos-5d-mark-ii", "nikon-d750"])
def test_its_port_comes_first_and_every_line_is_answered(body: str) -> None:
    done = emulate(body, "--control", lines='{"do": "turn-dial", "mode": "P"}\n{"do": "explode"}\n')
    port, turned, refused = done.stdout.splitlines()
    assert port.startswith("ptpip:127.0.0.1:")
    assert json.loads(turned)["ok"]
    assert "turn-dial" in json.loads(refused)["error"]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("printed", [False, True])
@pytest.mark.parametrize("option", [["--listing"], []])
def test_a_listing_is_replayed_and_what_is_left_out_is_said(
    shared: Path, tmp_path: Path, printed: bool, option: list[str]
) -> None:
    text = (shared / "cameras" / "canon-eos5dmark3.json").read_text()
    listing = tmp_path / "5d3.json"
    listing.write_text(text.replace('"sRGB"', '"some other space"'))
    if printed:
        text = as_printed(read_listing(listing))
        listing = tmp_path / "5d3"
        listing.write_text(text)
    done = emulate(*option, str(listing), "--control")
    assert done.stdout.startswith("ptpip:127.0.0.1:")
    assert "colorspace" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["canon-eos-r5"], "Take one of: canon-eos-5d-mark-ii, nikon-d750"),
        (["nikon-d750", "--lens", "adapted"], "af-s-24-85mm"),
        (["missing.json"], "missing.json cannot be read"),
    ],
)
def test_what_there_is_not_is_said_in_one_line(words: list[str], told: str) -> None:
    done = emulate(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_quirk_is_wrong_usage() -> None:
    assert emulate("--quirk", "explodes").returncode == 2
