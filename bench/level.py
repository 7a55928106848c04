"""How true the level is without a card: photographs whose uprights were marked by hand, what holds nothing, clips.

Run it as ``python bench/level.py MARKED... --plain FOLDER --clips FOLDER``; it writes docs/level-accuracy.md. A folder
of marked photographs holds a `gt_data.yml` of OpenCV beside them: a row for each, in the order of their names, in
`horizon_lines` (a, b, c of a x + b y + c = 0 in pixels) and `zeniths` (where uprights meet, in pixels). The York Urban
Line Segment Database and the Eurasian Cities are collected so at https://github.com/trocolit2/vanishing-point-detection.
With ``--fit`` the two constants of the interval are fitted on every other photograph, and shown on the others. With
``--faces FOLDER`` how far heads lean is counted: in its photographs with marked faces, and in its clips of signers.
"""

import argparse
import itertools
import json
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from changed_clips import lumas
from framing import boxed_faces, turned

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.main_subject import eye_detector, face_detector
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture import roll
from rigcoach.measure.picture.line_segments import LineSegments, line_segments
from rigcoach.measure.picture.roll import Roll, roll_of_segments
from rigcoach.scoring.limits import ROLL
from rigcoach.video.clip import read_clip

REPOSITORY = Path(__file__).parents[1]
OUT = REPOSITORY / "docs/level-accuracy.md"
SEED = 20
MOST_TURN_DEG = 10.0
PLAIN_ANGLES_DEG = (-10, -5, 0, 5, 10)
DISCOUNTS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
UNSEEN_SDS_DEG = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
HELD = 0.95
WORDS = """\
This page shows how well roll is read from straight lines. Roll is in degrees, clockwise. Photographs are measured one
by one; in a clip, the lines of a second before and after are pooled. The true roll comes from the point where uprights
marked by hand meet (`zeniths`). The horizon, marked by level lines, differs from it by 0.06° in the median in the York
Urban Line Segment Database and by 0.46° in the Eurasian Cities.

**Tuned on:** the constants were chosen while both collections, the pictures without structure and the clips below were
in sight. The share of the evidence that counts, and what is added to the spread, are a little wider than the fit below
asks for, where each half judges the other. **Not tuned on:** the turned photographs are new cut-outs at random angles,
but of the same scenes. No figure here comes from material that was never looked at."""


RIGHT = "Errors are against the marked uprights; *right* is how often the interval contains the true roll."
TO_CAMERA = 0.35  # of the distance between the eyes: a nose further from their middle is of a head that looks away
LEANS = """\
The line through somebody's eyes does not show the level, because people tilt their heads. The table shows how that
line lay in faces turned to the camera. The photographs were taken by hand, so the camera's own tilt is in them; the
clips are level to half a degree, and each shows one person. With an interval as wide as people's heads differ (the
first row), the end nearer to level passes the 2° that cost nothing only if the camera is tilted by what the last
column says. None of the tilted clips above without a reading is. The box around a standing person is upright however
the camera is held, and no detector here gives a body's axis.
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A photograph's lines, and its true roll by where its uprights meet and by its horizon, degrees clockwise."""

    name: str
    lines: LineSegments
    by_uprights_deg: float
    by_horizon_deg: float


def marked(folder: Path, *, turn: bool) -> Iterator[Marked]:
    """Yield a folder's photographs as they are, or each turned by an angle drawn for it."""
    truth = cv2.FileStorage(str(folder / "gt_data.yml"), cv2.FILE_STORAGE_READ)
    horizons, zeniths = truth.getNode("horizon_lines").mat(), truth.getNode("zeniths").mat()
    draw = random.Random(SEED)  # noqa: S311 - angles, not secrets
    paths = sorted(folder.glob("*.jpg"))
    for path, horizon, zenith in zip(paths, horizons, zeniths, strict=True):
        luma = grey(path)
        height, width = luma.shape
        turned_deg = draw.uniform(-MOST_TURN_DEG, MOST_TURN_DEG) if turn else 0.0
        up = math.degrees(math.atan2(zenith[0] - width / 2, height / 2 - zenith[1]))
        yield Marked(
            f"{folder.name}/{path.stem}",
            line_segments(turned(luma, turned_deg) if turn else luma),
            (up + 90) % 180 - 90 + turned_deg,
            math.degrees(math.atan(-horizon[0] / horizon[1])) + turned_deg,
        )


def grey(path: Path) -> Luma:
    """Return a photograph's brightness."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def photograph_rows(folders: Sequence[Path]) -> Iterator[str]:
    """Yield the table of photographs whose uprights and horizons were marked."""
    yield "| photographs | measured | error, median | 95 % | against the horizon, median | interval, median | right |"
    yield "|---|---|---|---|---|---|---|"
    for folder, turn in itertools.product(folders, (False, True)):
        photographs = list(marked(folder, turn=turn))
        told = [(each, found) for each in photographs if (found := roll_of_segments(each.lines)) is not None]
        name = f"{folder.name}, turned by up to {MOST_TURN_DEG:g}° at random" if turn else folder.name
        off = np.array([abs(found.roll_deg - each.by_uprights_deg) for each, found in told])
        off_horizon = np.array([abs(found.roll_deg - each.by_horizon_deg) for each, found in told])
        yield (
            f"| {name} | {len(told)} of {len(photographs)} | {np.median(off):.2f}° | {np.percentile(off, 95):.2f}° "
            f"| {np.median(off_horizon):.2f}° | ± {np.median([half_deg(found) for _, found in told]):.2f}° "
            f"| {share_held((found, each.by_uprights_deg) for each, found in told)} |"
        )


def half_deg(found: Roll) -> float:
    """Return half of an interval."""
    return (found.interval_deg[1] - found.interval_deg[0]) / 2


def share_held(told: Iterable[tuple[Roll, float]]) -> str:
    """Return in how many cases the interval holds the truth."""
    held = [found.interval_deg[0] <= true_deg <= found.interval_deg[1] for found, true_deg in told]
    return f"{100 * np.mean(held):.0f} %"


def fit_rows(folders: Sequence[Path]) -> Iterator[str]:
    """Yield what the constants of the interval are by every other photograph, and how they do on the others."""
    photographs = [
        each for folder, turn in itertools.product(folders, (False, True)) for each in marked(folder, turn=turn)
    ]
    # By name, so that a photograph and its turned copy are in one half.
    halves = [[each for each in photographs if int(each.name[-3:]) % 2 == half] for half in (0, 1)]
    kept = roll._DISCOUNT, roll._UNSEEN_SD_DEG
    yield "| fitted on | share of the evidence | spread added | right there | right on the others | interval, median |"
    yield "|---|---|---|---|---|---|"
    for fitted, others in (halves, halves[::-1]):
        found = {}
        for constants in itertools.product(DISCOUNTS, UNSEEN_SDS_DEG):
            roll._DISCOUNT, roll._UNSEEN_SD_DEG = constants
            found[constants] = held_and_width(fitted)
        enough = {constants: each for constants, each in found.items() if each[0] >= HELD} or found
        best = min(enough, key=lambda constants: enough[constants][1])
        roll._DISCOUNT, roll._UNSEEN_SD_DEG = best
        held, width_deg = held_and_width(others)
        roll._DISCOUNT, roll._UNSEEN_SD_DEG = kept
        name = "even numbers" if fitted is halves[0] else "odd numbers"
        yield (
            f"| {name} | {best[0]:g} | {best[1]:g}° | {100 * found[best][0]:.1f} % | {100 * held:.1f} % "
            f"| ± {width_deg / 2:.2f}° |"
        )
    yield f"\nIn the program: {kept[0]:g} and {kept[1]:g}°."


def held_and_width(photographs: Sequence[Marked]) -> tuple[float, float]:
    """Return the share of intervals that hold the truth, and how wide they are in the middle."""
    told = [(each, found) for each in photographs if (found := roll_of_segments(each.lines)) is not None]
    held = [found.interval_deg[0] <= each.by_uprights_deg <= found.interval_deg[1] for each, found in told]
    return float(np.mean(held)), float(np.median([2 * half_deg(found) for _, found in told]))


def plain_rows(folders: Sequence[Path]) -> Iterator[str]:
    """Yield in how many pictures of what holds no structure a roll is told."""
    yield "| photograph | measured, as it is and mirrored, turned by -10° to 10° in steps of 5° |\n|---|---|"
    for path in sorted(path for folder in folders for path in folder.iterdir() if path.suffix in (".png", ".jpg")):
        luma = grey(path)[8:-8, 8:-8]
        ways = [turned(np.ascontiguousarray(way), angle) for way in (luma, luma[:, ::-1]) for angle in PLAIN_ANGLES_DEG]
        told = [found for each in ways if (found := roll_of_segments(line_segments(each))) is not None]
        yield f"| {path.stem} | {len(told)} of {len(ways)} |"


def clip_rows(folder: Path) -> Iterator[str]:
    """Yield the roll of one-second clips by the middle of their frames, beside the roll that was put into them."""
    yield "| clip | from | turned by | frames measured | roll | interval |\n|---|---|---|---|---|---|"
    told_of = []
    for each in json.loads((folder / "meta.json").read_text()):
        clip = read_clip(folder / each["clip"])
        middle = (clip.width * 0.3, clip.height * 0.3, clip.width * 0.4, clip.height * 0.4)
        frames = analyse_clip(clip, SubjectChoice("box", middle, fixed=True), RigOptics()).frames
        framings = [frame.framing for frame in frames if frame.framing is not None]
        rolls = [framing for framing in framings if framing.roll_deg is not None]
        told_of.append(len(rolls) >= 0.5 * len(frames))
        by = each["change"].get("roll")
        turned_by = "" if by is None else f"{by:g}°"
        row = f"| {each['clip']} | {each['source']} | {turned_by} | {100 * len(rolls) / len(frames):.0f} %"
        if not rolls:
            yield f"{row} | – | – |"
            continue
        low, high = np.median([framing.roll_deg_interval or (0, 0) for framing in rolls], axis=0)
        yield f"{row} | {np.median([framing.roll_deg for framing in rolls]):+.2f}° | {low:+.1f}° to {high:+.1f}° |"
    yield f"\nRoll is measured in half of the frames or more in {sum(told_of)} of {len(told_of)} clips."


def lean_rows(folder: Path) -> Iterator[str]:
    """Yield how far from level the lines through people's eyes lie."""
    faces, eyes = face_detector(), eye_detector()
    if eyes is None:
        raise SystemExit("eyes are found by YuNet: rigcoach models install yunet")

    def leans(luma: Luma) -> Iterator[float]:
        for find in faces.find(luma):
            seen = eyes.find(luma, find.box) if find.confidence >= faces.rules.min_confidence else None
            if seen is not None and abs(seen.turn) <= TO_CAMERA:
                (x, y), (u, v) = seen.left_px, seen.right_px
                yield math.degrees(math.atan2(v - y, u - x))

    yield LEANS
    yield "| faces | in | spread (sd) | 95 % within | would cost from |\n|---|---|---|---|---|"
    kinds = [("photographs", [lean for luma, _ in boxed_faces(folder / "faces") for lean in leans(luma)])]
    for path in sorted(folder.glob("sign-*.mkv")):
        kinds.append((path.name, [lean for luma in lumas(path)[::5] for lean in leans(luma)]))
    for name, found in kinds:
        within = float(np.percentile(np.abs(found), 95))
        yield f"| {len(found)} | {name} | {np.std(found):.1f}° | {within:.1f}° | {within + ROLL.free:.0f}° |"


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marked", type=Path, nargs="*", help="folders of marked photographs")
    parser.add_argument("--plain", type=Path, nargs="*", default=[], help="folders of pictures that hold no structure")
    parser.add_argument("--clips", type=Path, help="a folder of clips with the turns put into them in meta.json")
    parser.add_argument("--faces", type=Path, help="a folder of photographs with marked faces, and of clips of signers")
    parser.add_argument("--fit", action="store_true", help="fit the interval, split by photograph")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    lines = ["# How accurate the level is without a card", "", WORDS, ""]
    if arguments.marked:
        lines += ["## Buildings and rooms", "", RIGHT, "", *photograph_rows(arguments.marked), ""]
    if arguments.marked and arguments.fit:
        lines += ["## The interval, fitted on one half of the photographs", "", *fit_rows(arguments.marked), ""]
    if arguments.plain:
        lines += ["## Pictures without uprights", "", *plain_rows(arguments.plain), ""]
    if arguments.clips is not None:
        lines += ["## Clips of people", "", *clip_rows(arguments.clips), ""]
    if arguments.faces is not None:
        lines += ["## Why heads don't show the level", "", *lean_rows(arguments.faces), ""]
    arguments.out.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(arguments.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
