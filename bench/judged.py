"""How far rigcoach's verdict on one-second clips of people agrees with two readers' eyes.

    python bench/judged.py FOLDER [--models FOLDER]

FOLDER holds the clips, and `judge-A.csv` and `judge-B.csv`: what each reader kept (yes, maybe, no) and why not, by the
clip's name. A clip counts as kept where half of its frames or more are keepers. Kappa is Cohen's, over the clips on
which both readers are sure and of one mind. With --models the detectors of that folder are used, else those that are
installed.
"""

import argparse
import csv
import os
import tempfile
from pathlib import Path

from rigcoach.analysis.detector_weights import MODELS, ModelError, install
from rigcoach.api import scoring_of
from rigcoach.base.progress import unheeded
from rigcoach.scoring.advice import headline
from rigcoach.scoring.batch import ScoredClip, score_files

KEPT_FROM = 0.5


def main() -> None:
    """Score the clips and print the table and the agreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if options.models is not None:
            os.environ["RIGCOACH_HOME"] = home
            print("detectors:", ", ".join(installed_from(options.models)))
        report(options.folder)


def installed_from(folder: Path) -> list[str]:
    """Install every detector of which the folder holds a published build, and return their names."""
    names = []
    for model in MODELS:
        for path in sorted(folder.glob("*.onnx")):
            try:
                install(model.name, path)
            except ModelError:
                continue
            names.append(model.name)
            break
    return names


def report(folder: Path) -> None:
    """Print each clip, and how far its verdict agrees with the readers'."""
    readers = [read(folder / f"judge-{reader}.csv") for reader in "AB"]
    asked = scoring_of()
    paths = [str(path) for path in sorted(folder.glob("*.mp4"))]
    kept: dict[str, float] = {}
    level_known = 0
    for result in score_files(paths, asked.choice, asked.rig, jobs=os.cpu_count() or 1, advance=unheeded):
        name = Path(result.name).stem
        if not isinstance(result, ScoredClip):
            print(f"{name}  {result.error.line()}")
            continue
        rolls = [frame.framing.roll_deg for frame in result.measures.frames if frame.framing is not None]
        level_known += 2 * sum(roll is not None for roll in rolls) >= len(result.measures.frames)
        kept[name] = float(result.keeper_ratio >= KEPT_FROM)
        told = "/".join(reader[name]["keep"] for reader in readers)
        overall = "  -" if result.overall is None else f"{result.overall:3.0f}"
        print(f"{name}  readers {told:<12} {overall}  {headline(result.score, result.advice)}")
    first, second = ({name: row["keep"] for name, row in reader.items()} for reader in readers)
    sure = [name for name in kept if first[name] == second[name] != "maybe"]
    wanted = {name: float(first[name] == "yes") for name in sure}
    good, bad = ([name for name in sure if wanted[name] == side] for side in (1.0, 0.0))
    print(f"\nboth readers sure: {len(sure)} of {len(kept)} clips; kappa {kappa(wanted, kept):.3f}")
    print(f"roll is told in half of the frames or more of {level_known} clips")
    print(f"keeps {sum(kept[n] for n in good):.0f} of {len(good)} that both keep, ", end="")
    print(f"{sum(kept[n] for n in bad):.0f} of {len(bad)} that both reject")


def read(path: Path) -> dict[str, dict[str, str]]:
    """Return a reader's rows by the clip's name."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["frame"]: row for row in csv.DictReader(file)}


def kappa(wanted: dict[str, float], kept: dict[str, float]) -> float:
    """Return Cohen's kappa of two verdicts of 0 or 1, over the clips of the first."""
    count = len(wanted)
    agree = sum(wanted[name] == kept[name] for name in wanted) / count
    yes_a, yes_b = sum(wanted.values()) / count, sum(kept[name] for name in wanted) / count
    chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return (agree - chance) / (1 - chance)


if __name__ == "__main__":
    main()
