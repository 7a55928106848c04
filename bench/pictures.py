"""Make the pictures of the README and the tutorial: commands as they print, and a report as a browser shows it.

    python bench/pictures.py

They go to docs/pictures. The report needs Chromium; without it, its picture stays as it is.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COMMANDS = {
    "doctor": "--camera emulated camera doctor",
    "apply": "--camera emulated profile apply hip-video",
    "aim": "aim --rig hip-video --height 1.75 --camera hip --at 3",
    "zone": "focus zone --rig hip-video --at 2 --at 3",
    "drill": "drill show hip-3m",
    "score": "score demo/demo-take.mov --rig hip-video",
}
_COLUMNS, _CHARACTER, _LINE, _EDGE, _SIZE = 80, 8.4, 19, 16, 14
_WIDTH, _HEIGHT, _SHOWN_WIDTH, _COLOURS = 1180, 1120, 760, 64


def main() -> None:
    """Make them all."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = os.environ | {
            "RIGCOACH_HOME": str(home / "home"),
            "RIGCOACH_EMULATED_S": "0",
            "COLUMNS": str(_COLUMNS),
            "PYTHONPATH": str(ROOT),
        }

        def run(command: str) -> str:
            words = [sys.executable, "-m", "rigcoach", *shlex.split(command)]
            done = subprocess.run(words, cwd=home, env=environment, capture_output=True, text=True, check=False)
            return done.stdout

        run("demo --out demo")
        for name, command in COMMANDS.items():
            (PICTURES / f"{name}.svg").write_text(terminal(command, run(command)))
        run("target --out card.svg")
        shutil.copyfile(home / "card.svg", PICTURES / "card.svg")
        _report(home / "demo" / "demo-report.html", PICTURES / "report.png")


def terminal(command: str, printed: str) -> str:
    """Return a terminal with a command and what it printed as an SVG drawing."""
    lines = [f"$ rigcoach {command}", *printed.rstrip().splitlines()]
    width = 2 * _EDGE + _CHARACTER * max(_COLUMNS, *map(len, lines))
    height = 2 * _EDGE + _LINE * len(lines)
    texts = [
        f'<text x="{_EDGE}" y="{_EDGE + _LINE * i + _SIZE}" fill="{"#9ad1ff" if i == 0 else "#e8e8e8"}" '
        f'xml:space="preserve" textLength="{_CHARACTER * len(line):.1f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
        if line
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
            f'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="{_SIZE}">',
            f"<title>rigcoach {escape(command)}</title>",
            f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#16191d"/>',
            *texts,
            "</svg>",
            "",
        ]
    )


def _report(page: Path, to: Path) -> None:
    """Take a picture of the top of a report, small and in few colours."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("no Chromium here: the report's picture stays as it is\n")
        return
    shot = page.with_suffix(".png")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    size = f"--window-size={_WIDTH},{_HEIGHT}"
    subprocess.run(
        [chromium, *flags, size, f"--screenshot={shot}", page.resolve().as_uri()], check=True, capture_output=True
    )
    with Image.open(shot) as picture:
        height = round(picture.height * _SHOWN_WIDTH / picture.width)
        small = picture.convert("RGB").resize((_SHOWN_WIDTH, height), Image.Resampling.LANCZOS)
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(to, optimize=True)


if __name__ == "__main__":
    main()
