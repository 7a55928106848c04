"""How true rigcoach's measures are: writes docs/accuracy.md.

Run it as ``python bench/accuracy.py kodak --sweeps defocus/chart defocus/tools --out docs/accuracy.md``. The folder
holds the photographs that the calibration was made with: each is measured by the networks that never saw it.
``--cards`` renders so many clips of target cards beside.
"""

import argparse
from pathlib import Path

import accuracy_conditions
import accuracy_exposure
import cv2
import numpy as np
from accuracy_edge import ISOS, SPREADS, errors
from accuracy_motion import FPS, ISO, SHUTTER_S, smear_errors
from accuracy_natural import BOX_PX, boxes, flat_lines, interval_lines, kinds, radius_table, sweep_lines
from calibrate_blur import photographs_in

TITLE = """# How accurate the measures are

Made by

    {command}

No number here was typed by hand. Sharp photographs are turned into recordings of known blur by
`bench/degrade.py`: defocus of round, bladed, cut and bright-rimmed apertures, straight and bent motion blur, ISO 100 to
6400, -2.5 to +0.7 EV, S-curves, contrast 0.4 to 1, noise reduction, sharpening up to 2, H.264 at constant quality and
at 8 and 40 Mbit/s of 1080p, all at random.
Numbers in brackets are the lowest and the highest of the photographs' own means.

The accuracy of position, roll and distance, and of finding people and faces, is in
[framing-accuracy.md](framing-accuracy.md).
"""

SECTIONS = ("card", "natural", "movement", "edge", "exposure")


def natural(folder: str, recordings: int, sweeps: list[Path], jobs: int) -> list[str]:
    """Return the section on natural subjects."""
    photographs = photographs_in([folder])
    still = boxes(photographs, recordings, smeared=False, jobs=jobs)
    mixed = boxes(photographs, recordings, smeared=True, jobs=jobs)
    lines = ["## Defocus of natural subjects", ""]
    lines += [
        f"Boxes of {BOX_PX} px, radius 0 to 12 px, in {len(still)} recordings of {len(photographs)} photographs, each"
    ]
    lines += [
        "measured by networks that never saw the photograph. The peers' numbers are turned into pixels by a monotone"
    ]
    lines += ["map learnt on the other photographs.", "", *radius_table(still), ""]
    lines += ["Intervals of 90 %:", "", *interval_lines(still), ""]
    lines += ["Flat and textured:", "", *flat_lines(photographs, still), ""]
    lines += ["By condition and by the box's side, boxes wherever there is texture:", ""]
    lines += [*accuracy_conditions.tables(accuracy_conditions.told_boxes(photographs, jobs)), ""]
    if sweeps:
        lines += ["A real lens racked in steps, each shot at six exposures (ISO 100 to 3200, -2 to +0.7 EV); rank"]
        lines += ["correlation with the step over all of them:", "", *sweep_lines(sweeps), ""]
    lines += ["## Defocus or motion blur, by the picture alone", "", *kinds(mixed), ""]
    return [*lines, *movement(folder)]


def movement(folder: str) -> list[str]:
    """Return the table of smears by movement."""
    photographs = photographs_in([folder])
    lines = ["In a clip, movement and shutter speed give the motion blur far more accurately:", ""]
    lines += [
        f"| movement at {FPS:g} fps, 1/{1 / SHUTTER_S:.0f} s, ISO {ISO:g} | motion blur, mean px | MAE, px | 95 % |",
        "|---|---|---|---|",
    ]
    for kind, clips in (("pan", 16), ("shake", 24)):
        found = smear_errors(photographs, kind, clips)
        off = found.errors_px
        lines.append(f"| {kind} | {found.mean_px:.1f} | {off.mean():.3f} | {np.percentile(off, 95):.2f} |")
    return lines


def edges(edges_a_spread: int) -> list[str]:
    """Return the section on the slanted edge."""
    lines = ["## Slanted edge (MTF50)", ""]
    lines += [f"{len(SPREADS)} spreads, {edges_a_spread} edges each, 3 to 9 degrees off the grid, 100 x 100 px:", ""]
    lines += ["| | relative error | bias | 95 % | worst |", "|---|---|---|---|---|"]
    for iso in ISOS:
        found = errors(iso, edges_a_spread)
        size = np.abs(found)
        name = f"ISO {iso}, 8 bits" if iso else "clean"
        tail = f"{np.percentile(size, 95):.2f} % | {size.max():.2f} %"
        lines.append(f"| {name} | {size.mean():.2f} % | {found.mean():+.2f} % | {tail} |")
    return lines


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="photographs")
    parser.add_argument("--sweeps", nargs="*", type=Path, default=[], help="folders of a lens racked in steps")
    parser.add_argument("--recordings", type=int, default=60, help="recordings a photograph, still and smeared each")
    parser.add_argument("--edges", type=int, default=20, help="edges a spread and ISO")
    parser.add_argument("--cards", type=int, default=0, help="clips of target cards to render")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", choices=SECTIONS, default=SECTIONS, help="these sections, without a title")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    sweeps = " ".join(path.name for path in arguments.sweeps)
    command = f"bench/accuracy.py {Path(arguments.folder).name} --sweeps {sweeps} --recordings {arguments.recordings}"
    command += f" --edges {arguments.edges} --cards {arguments.cards}"
    only = arguments.only
    sections = [TITLE.format(command=command).split("\n")[:-1]] if only == SECTIONS else []
    if arguments.cards and "card" in only:
        from rendered_accuracy import card_lines

        sections.append(["## On the target card", "", *card_lines(arguments.cards)])
    if "natural" in only:
        sections.append(natural(arguments.folder, arguments.recordings, arguments.sweeps, arguments.jobs))
    elif "movement" in only:
        sections.append(movement(arguments.folder))
    if "edge" in only:
        sections.append(edges(arguments.edges))
    if "exposure" in only:
        sections.append(accuracy_exposure.section(photographs_in([arguments.folder])))
    arguments.out.write_text("\n\n".join("\n".join(lines).strip() for lines in sections) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
