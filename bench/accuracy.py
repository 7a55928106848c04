"""How true rigcoach's measures are: the figures of docs/accuracy.md.

Run it as ``python bench/accuracy.py kodak --sweeps defocus/chart defocus/tools --out docs/accuracy.md``. The folder
holds the photographs that the calibration was made with: each is measured by the networks that never saw it.
``--cards`` renders so many clips of target cards beside.
"""

import argparse
from pathlib import Path

import accuracy_exposure
import cv2
import numpy as np
from accuracy_edge import ISOS, SPREADS, errors
from accuracy_motion import FPS, ISO, SHUTTER_S, smear_errors
from accuracy_natural import BOX_PX, boxes, flat_lines, interval_lines, kinds, radius_table, sweep_lines
from calibrate_blur import photographs_in
from page import write_measured

Parts = dict[str, list[str]]
"""Lines of the page, by the names of their places in it."""

SECTIONS = ("card", "natural", "movement", "edge", "exposure")


def natural(folder: str, recordings: int, sweeps: list[Path], jobs: int) -> Parts:
    """Return what is told of natural subjects; by condition, `bench/accuracy_conditions.py` tells it."""
    photographs = photographs_in([folder])
    still = boxes(photographs, recordings, smeared=False, jobs=jobs)
    mixed = boxes(photographs, recordings, smeared=True, jobs=jobs)
    parts = {
        "radius": [
            f"Boxes of {BOX_PX} px, radius 0 to 12 px, everything at random, in {len(still)} recordings. Other",
            "measures are converted to pixels by a monotone map fitted on the other photographs.",
            "",
            *radius_table(still),
        ],
        "intervals": interval_lines(still),
        "flat": flat_lines(photographs, still),
        "kinds": kinds(mixed),
    }
    if sweeps:
        parts["sweeps"] = sweep_lines(sweeps)
    return parts | movement(folder)


def movement(folder: str) -> Parts:
    """Return the table of smears by movement."""
    photographs = photographs_in([folder])
    lines = [
        f"| movement at {FPS:g} fps, 1/{1 / SHUTTER_S:.0f} s, ISO {ISO:g} | motion blur, mean px | MAE, px | 95 % |",
        "|---|---|---|---|",
    ]
    for kind, clips in (("pan", 16), ("shake", 24)):
        found = smear_errors(photographs, kind, clips)
        off = found.errors_px
        lines.append(f"| {kind} | {found.mean_px:.1f} | {off.mean():.3f} | {np.percentile(off, 95):.2f} |")
    return {"movement": lines}


def edges(edges_a_spread: int) -> Parts:
    """Return the table of slanted edges."""
    lines = [
        f"{len(SPREADS)} spreads, {edges_a_spread} edges each, 3 to 9 degrees off the grid, 100 x 100 px, drawn at"
    ]
    lines += [f"random (`--only edge --edges {edges_a_spread}`):", ""]
    lines += ["| | relative error | bias | 95 % | worst |", "|---|---|---|---|---|"]
    for iso in ISOS:
        found = errors(iso, edges_a_spread)
        size = np.abs(found)
        name = f"ISO {iso}, 8 bits" if iso else "clean"
        tail = f"{np.percentile(size, 95):.2f} % | {size.max():.2f} %"
        lines.append(f"| {name} | {size.mean():.2f} % | {found.mean():+.2f} % | {tail} |")
    return {"edge": lines}


def main() -> None:
    """Measure everything and write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="photographs")
    parser.add_argument("--sweeps", nargs="*", type=Path, default=[], help="folders of a lens racked in steps")
    parser.add_argument("--recordings", type=int, default=60, help="recordings a photograph, still and smeared each")
    parser.add_argument("--edges", type=int, default=20, help="edges a spread and ISO")
    parser.add_argument("--cards", type=int, default=0, help="clips of target cards to render")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", choices=SECTIONS, default=SECTIONS, help="measure these only")
    parser.add_argument("--out", type=Path, help="page to write into")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    only = arguments.only
    parts: Parts = {}
    if arguments.cards and "card" in only:
        from rendered_accuracy import card_lines

        parts["card"] = card_lines(arguments.cards)
    if "natural" in only:
        parts |= natural(arguments.folder, arguments.recordings, arguments.sweeps, arguments.jobs)
    elif "movement" in only:
        parts |= movement(arguments.folder)
    if "edge" in only:
        parts |= edges(arguments.edges)
    if "exposure" in only:
        parts["exposure"] = accuracy_exposure.table(photographs_in([arguments.folder]))
    print("\n\n".join("\n".join(lines) for lines in parts.values()))
    if arguments.out is not None:
        write_measured(arguments.out, parts)


if __name__ == "__main__":
    main()
