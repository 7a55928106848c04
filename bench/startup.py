"""How long the shell waits: cold starts of the interpreter, of click, and of rigcoach's quick commands.

    python bench/startup.py                       # a listing made up on the spot
    python bench/startup.py LISTING.json          # a real body's
    python bench/startup.py --out docs/performance.md

Every command runs in a new process, one after the other in turns, so that what the machine does besides falls on all.
Printed are the median and the fastest of each, and how many times that of click the fastest is.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from page import printed, write_measured

RUNS = 15
CHOICES = {
    "/main/imgsettings/iso": ["Auto", *(str(100 * 2**stop) for stop in range(8))],
    "/main/imgsettings/whitebalance": ["Auto", "Daylight", "Shadow", "Cloudy", "Tungsten", "Color Temperature"],
    "/main/capturesettings/autoexposuremode": ["P", "TV", "AV", "Manual"],
    "/main/capturesettings/shutterspeed": [f"1/{speed}" for speed in (30, 40, 50, 60, 80, 100, 125, 160, 200, 250)],
    "/main/capturesettings/aperture": ["2.8", "4", "5.6", "8", "11", "16"],
}


CLICK = 'python -c "import click"'


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listing", type=Path, nargs="?", help="what a body lists of itself")
    parser.add_argument("--out", type=Path, help="page to write the table into")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        lines = measured(wanted.listing or made_up(Path(temporary)))
    if wanted.out is not None:
        write_measured(wanted.out, {"start": lines})


def measured(listing: Path) -> list[str]:
    """Print how long commands take, and return the lines."""
    check = ["-m", "rigcoach", "profile", "check", "hip-video", "--against", str(listing)]
    commands = {
        'python -c "pass"': ["-c", "pass"],
        CLICK: ["-c", "import click"],
        "rigcoach --help": ["-m", "rigcoach", "--help"],
        "rigcoach profile check": check,
        "rigcoach profile check --json": [*check, "--json"],
        "rigcoach profile show": ["-m", "rigcoach", "profile", "show", "hip-video"],
        "rigcoach profile list": ["-m", "rigcoach", "profile", "list"],
    }
    times_ms: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, arguments in commands.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=False, capture_output=True)
            times_ms[name].append(1000 * (time.perf_counter() - begin))
    return printed(
        ["command", "median", "fastest", "× import click"],
        [
            [
                f"`{name}`",
                f"{statistics.median(times):.0f} ms",
                f"{min(times):.0f} ms",
                f"{min(times) / min(times_ms[CLICK]):.1f}",
            ]
            for name, times in times_ms.items()
        ],
    )


def made_up(folder: Path) -> Path:
    """Write a small EOS listing and return where it lies."""
    widgets = [
        {"path": path, "label": "", "type": "RADIO", "readonly": False, "current": choices[1], "choices": choices}
        for path, choices in CHOICES.items()
    ]
    path = folder / "made-up.json"
    path.write_text(json.dumps({"body": "made-up", "manufacturer": "Canon Inc.", "model": "x", "widgets": widgets}))
    return path


if __name__ == "__main__":
    main()
