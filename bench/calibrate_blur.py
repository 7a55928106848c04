r"""Calibrate the radius of defocus against the width of edges, and test it on photographs left out.

    python bench/calibrate_blur.py FOLDER --test kodim03 kodim08 kodim12 \
        --recordings 150 --out rigcoach/measure/calibration/edge_width.json

FOLDER holds sharp photographs, such as those of the Kodak suite. They are blurred by discs of known radius and recorded
as in `degrade.py`; boxes of several sizes are measured in each. The map is learnt on all but the `--test` photographs,
its error printed for those alone. Without `--out` the shipped map is tested on them.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from degrade import linear_srgb, random_recording, recorded

from rigcoach.measure.edge_width import FEWEST_EDGES, edge_width
from rigcoach.measure.width_map import WidthMap, shipped_map

Numbers = npt.NDArray[np.float64]

LARGEST_RADIUS_PX = 12.0
BOX_SIDES_PX = (64, 100, 160, 256, 400)
MANY_EDGES = 250
COVERAGE = 0.8
_KNOTS = 32


@dataclass(frozen=True, slots=True)
class Sample:
    """One box measured in one recording of a photograph; `width_px` is `None` where it couldn't be."""

    photograph: str
    radius_px: float
    iso: float
    side_px: int
    width_px: float | None
    edge_count: int


def samples(photograph: Path, recordings: int, largest_smear_px: float, seed: int) -> Iterator[Sample]:
    """Measure boxes in random recordings of one photograph."""
    rng = np.random.default_rng([seed, *photograph.stem.encode()])
    picture = cv2.imread(str(photograph), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{photograph} can't be read as a picture")
    height, width = (side // 2 * 2 for side in picture.shape[:2])
    linear = linear_srgb(np.asarray(picture[:height, :width], dtype=np.uint8))
    for _ in range(recordings):
        recording = random_recording(rng, largest_radius_px=LARGEST_RADIUS_PX, largest_smear_px=largest_smear_px)
        luma = recorded(linear, recording, rng)
        for nominal in BOX_SIDES_PX:
            side = min(round(nominal * rng.uniform(0.8, 1.2)), height, width)
            box = (int(rng.integers(0, width - side + 1)), int(rng.integers(0, height - side + 1)), side, side)
            measured = edge_width(luma, box)
            yield Sample(
                photograph.stem, recording.radius_px, recording.iso, nominal, measured.width_px, measured.edge_count
            )


def learn(measured: Sequence[Sample]) -> WidthMap:
    """Return medians and quantiles of the radius over bins of the width, made monotone."""
    widths, radii, edges = columns(measured)
    order = np.argsort(widths, kind="stable")
    bins = np.array_split(order, _KNOTS)
    knots = [float(np.median(widths[b])) for b in bins]
    bands = []
    for fewest, most in ((FEWEST_EDGES, MANY_EDGES), (MANY_EDGES, math.inf)):
        chosen = order[(edges[order] >= fewest) & (edges[order] < most)]
        parts = np.array_split(chosen, _KNOTS // 2)
        at = [float(np.median(widths[p])) for p in parts]
        low, high = (
            np.interp(knots, at, monotone([float(np.quantile(radii[p], q)) for p in parts]))
            for q in ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
        )
        bands.append({"fewest_edges": fewest, "low_px": rounded(low), "high_px": rounded(high)})
    radius = monotone([float(np.median(radii[b])) for b in bins])
    return WidthMap.from_json({"width_px": rounded(knots), "radius_px": rounded(radius), "bands": bands})


def monotone(values: Sequence[float]) -> list[float]:
    """Return the closest rising sequence in least squares: pool adjacent violators (Ayer et al. 1955).

    >>> monotone([1, 3, 2, 4])
    [1.0, 2.5, 2.5, 4.0]
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            before, n = pools.pop()
            mean, count = (before * n + mean * count) / (n + count), n + count
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]


def columns(measured: Sequence[Sample]) -> tuple[Numbers, Numbers, Numbers]:
    """Return widths, true radii and edge counts of the samples that could be measured."""
    rows = [(s.width_px, s.radius_px, s.edge_count) for s in measured if s.width_px is not None]
    widths, radii, edges = np.array(rows, dtype=np.float64).T
    return widths, radii, edges


@dataclass(frozen=True, slots=True)
class Errors:
    """Error of the radius in pixels over some samples."""

    answered: float
    mean_absolute_px: float
    mean_absolute_to_4_px: float
    bias_px: float
    ninety_percent_px: float
    covered: float


def errors(width_map: WidthMap, measured: Sequence[Sample]) -> Errors:
    """Return what `width_map` gets wrong on the samples."""
    widths, radii, edges = columns(measured)
    answers = [width_map.radius_px(float(w), int(n)) for w, n in zip(widths, edges, strict=True)]
    off = np.array([radius for radius, _ in answers]) - radii
    covered = [low <= true <= high for (_, (low, high)), true in zip(answers, radii, strict=True)]
    return Errors(
        answered=round(len(widths) / len(measured), 3),
        mean_absolute_px=round(float(np.abs(off).mean()), 3),
        mean_absolute_to_4_px=round(float(np.abs(off[radii <= 4]).mean()), 3),
        bias_px=round(float(off.mean()), 3),
        ninety_percent_px=round(float(np.quantile(np.abs(off), 0.9)), 3),
        covered=round(float(np.mean(covered)), 3),
    )


def report(title: str, width_map: WidthMap, measured: Sequence[Sample]) -> None:
    """Print the errors: all, by photograph, by the box's size, by ISO."""
    print(f"\n{title:24}answered   MAE  r<=4   bias   p90  covered")
    groups = [("all", list(measured))]
    for name in sorted({s.photograph for s in measured}):
        groups.append((name, [s for s in measured if s.photograph == name]))
    for side in BOX_SIDES_PX:
        groups.append((f"box {side} px", [s for s in measured if s.side_px == side]))
    for low, high in ((100, 400), (400, 1600), (1600, 6400)):
        groups.append((f"ISO {low}-{high}", [s for s in measured if low <= s.iso < high]))
    for name, group in groups:
        e = errors(width_map, group)
        print(
            f"{name:24}{e.answered:8.0%}{e.mean_absolute_px:6.2f}{e.mean_absolute_to_4_px:6.2f}"
            f"{e.bias_px:+7.2f}{e.ninety_percent_px:6.2f}{e.covered:9.0%}"
        )


def rounded(values: Sequence[float] | Numbers) -> list[float]:
    """Return values to a hundredth of a pixel, as they are stored."""
    return [round(float(value), 2) for value in values]


def main() -> None:
    """Run the calibration, or the test alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--test", nargs="*", default=None, help="photographs (stems) to leave out; all without --out")
    parser.add_argument("--out", type=Path, help="calibration to write")
    parser.add_argument("--recordings", type=int, default=200, help="recordings a photograph")
    parser.add_argument("--smear", type=float, default=0.0, help="longest smear in pixels, on half the recordings")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    photographs = sorted(p for p in arguments.folder.iterdir() if p.suffix.lower() in {".png", ".jpg", ".jpeg", ".tif"})
    measured = {p.stem: list(samples(p, arguments.recordings, arguments.smear, arguments.seed)) for p in photographs}
    left_out = set(measured) if arguments.test is None else set(arguments.test)
    tune = [s for name, group in measured.items() if name not in left_out for s in group]
    test = [s for name, group in measured.items() if name in left_out for s in group]
    if arguments.out is None:
        report("test", shipped_map(), test)
        return
    if not tune or not test:
        parser.error("a calibration needs photographs on both sides of the split")
    width_map = learn(tune)
    report("tune", width_map, tune)
    report("test", width_map, test)
    write(arguments, width_map, sorted({s.photograph for s in tune}), errors(width_map, test))


def write(arguments: argparse.Namespace, width_map: WidthMap, tuned_on: list[str], test: Errors) -> None:
    """Write a calibration with what it was made from and how far it can be trusted."""
    names = " ".join(sorted(arguments.test))
    document = {
        "made_by": (
            f"bench/calibrate_blur.py {arguments.folder.name} --test {names} --recordings {arguments.recordings} "
            f"--smear {arguments.smear:g} --seed {arguments.seed} --out {arguments.out.name}"
        ),
        "tuned_on": tuned_on,
        "tested_on": sorted(arguments.test),
        "test_errors": {name: getattr(test, name) for name in test.__dataclass_fields__},
        "interval_coverage": COVERAGE,
        "width_px": width_map.width_px,
        "radius_px": width_map.radius_at_px,
        "bands": [{"fewest_edges": b.fewest_edges, "low_px": b.low_px, "high_px": b.high_px} for b in width_map.bands],
    }
    arguments.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
