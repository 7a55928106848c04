"""What commands print, held to files in `cli/golden/`; `--renew-golden` writes them."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "cli" / "golden"

# What differs from run to run, and what stands for it.
CHANGING = (
    (r"ptpip:127\.0\.0\.1:\d+:\d+", "ptpip:127.0.0.1:PORT:PORT"),
    (r"\b\d{8}-\d{6}\b", "DATE-TIME"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", "DATE TIME"),
    (r"\b\d\d [A-Z][a-z]{2} \d{4}( at)? \d\d:\d\d(:\d\d)?", "DAY TIME"),
    (r"\b\d+\.\d s, \d+\.\d MB", "N s, N MB"),
    (r"\d+\.\d MB", "N MB"),
    (r"[\d.]+ GB", "N GB"),
    (r"\d+ frames, [\d.]+ a second", "N frames, N a second"),
    (r"process \d+", "process N"),
    (r"\d+ pages", "N pages"),
    (r"rigcoach, version \S+", "rigcoach, version N"),
)


def told(command: str, stdout: str, stderr: str, status: int, places: Mapping[str, Path]) -> str:
    """Return what a command printed, with what differs from run to run and the names of places put in its stead."""
    said = "".join(f"! {line}\n" for line in stderr.splitlines())
    text = f"$ rigcoach {command}\n{stdout}{said}[{status}]\n"
    for name, path in places.items():
        if path != Path():
            text = text.replace(str(path), name)
    for pattern, stands in CHANGING:
        text = re.sub(pattern, stands, text)
    return text


def hold_to_golden(request: pytest.FixtureRequest, name: str, printed: str) -> None:
    """Hold what was printed to a file, or renew that."""
    file = GOLDEN / name
    if request.config.getoption("--renew-golden"):
        file.write_text(printed, encoding="utf-8")
    assert file.is_file(), "renew the files with --renew-golden, and look at them"
    assert printed == file.read_text(encoding="utf-8"), "if this is what is wanted: --renew-golden"
