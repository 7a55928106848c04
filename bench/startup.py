"""How long the shell waits: cold starts of the interpreter, of click, and of rigcoach's quick commands.

    python bench/startup.py                       # a listing made up on the spot
    python bench/startup.py LISTING.json          # a real body's

Every command runs in a new process, one after the other in turns, so that what the machine does besides falls on all.
Printed are the median and the fastest of each.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
CHOICES = {
    "/main/imgsettings/iso": ["Auto", *(str(100 * 2**stop) for stop in range(8))],
    "/main/imgsettings/whitebalance": ["Auto", "Daylight", "Shadow", "Cloudy", "Tungsten", "Color Temperature"],
    "/main/capturesettings/autoexposuremode": ["P", "TV", "AV", "Manual"],
    "/main/capturesettings/shutterspeed": [f"1/{speed}" for speed in (30, 40, 50, 60, 80, 100, 125, 160, 200, 250)],
    "/main/capturesettings/aperture": ["2.8", "4", "5.6", "8", "11", "16"],
}


def main(listing: Path) -> None:
    """Measure and print."""
    check = ["-m", "rigcoach", "profile", "check", "hip-video", "--against", str(listing)]
    commands = {
        'python -c "pass"': ["-c", "pass"],
        'python -c "import click"': ["-c", "import click"],
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
    print(f"{'command':<34}{'median ms':>10}{'fastest ms':>12}")
    for name, times in times_ms.items():
        print(f"{name:<34}{statistics.median(times):>10.0f}{min(times):>12.0f}")


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
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]) if sys.argv[1:] else made_up(Path(temporary)))
