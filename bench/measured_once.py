"""What commands take on a clip that was measured: a second score, a review, exports.

    python bench/measured_once.py                 # five seconds of the rendered card at 1920x1080
    python bench/measured_once.py --clip CLIP
    python bench/measured_once.py --out docs/performance.md

Processor time of the whole process, with loading the program, the least of several turns; of a review, that of its
pictures stands apart: they are decoded anew.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from page import printed, write_measured
from speed import FPS, RATES_MBIT_S, back_and_forth, encode, rendered

from rigcoach.scene.spec import SceneSpec

SECONDS = 5.0
TURNS = 5
EXPORTS = ("--export", "csv", "--export", "otio", "--export", "edl")
# Prints the processor time of a command, and how much of it was for pictures.
CHILD = """
import sys, time
import rigcoach.report.moments as moments
from rigcoach.cli.main import main

took_s = 0.0
make = moments.moments

def timed(*values, **options):
    global took_s
    begun = time.process_time()
    try:
        return make(*values, **options)
    finally:
        took_s += time.process_time() - begun

moments.moments = timed
main(sys.argv[1:], standalone_mode=False)
print(time.process_time(), took_s, file=sys.stderr)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, help="a clip to score instead")
    parser.add_argument("--out", type=Path, help="page to write the table into")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["RIGCOACH_HOME"] = str(folder / "home")
        clip = wanted.clip or card(folder / "card.mp4")
        report = ["--quiet", "--force", "--out", str(folder / "card.html")]
        commands = {
            "score, the first time": ["score", str(clip), "--quiet"],
            "score again": ["score", str(clip), "--quiet"],
            "review": ["review", str(clip), *report],
            "review with exports": [
                "review",
                str(clip),
                *report,
                *(["--export", "csv", "--export", "otio", "--export", "edl"]),
            ],
        }
        rows = []
        for told, arguments in commands.items():
            turns = [took_s(arguments) for _ in range(1 if told == next(iter(commands)) else TURNS)]
            whole_s, pictures_s = min(turns)
            rows.append(
                [
                    told,
                    f"{whole_s:.2f} s",
                    f"{pictures_s:.2f} s" if pictures_s else "",
                    f"**{whole_s - pictures_s:.2f} s**",
                ]
            )
    lines = printed(["command", "processor time", "of that pictures", "beside them"], rows)
    if wanted.out is not None:
        write_measured(wanted.out, {"once": lines})


def card(path: Path) -> Path:
    """Write a clip of the card."""
    scene = SceneSpec(seed=21, card_distance_m=2.4, focus_distance_m=2.3)
    encode(path, back_and_forth(rendered(scene), round(SECONDS * FPS)), RATES_MBIT_S[1])
    return path


def took_s(arguments: list[str]) -> tuple[float, float]:
    """Return the processor time of a command in a process of its own, and of that what its pictures took."""
    command = [sys.executable, "-c", CHILD, *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()[-1]
    whole_s, pictures_s = map(float, told.split())
    return whole_s, pictures_s


if __name__ == "__main__":
    main()
