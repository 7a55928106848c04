r"""Calibrate defocus and smear against what photographs of known blur show, and test it on photographs left out.

    python bench/calibrate_blur.py kodak faces/human:2 target --out rigcoach/measure/blur/calibration/blur.json

Each FOLDER holds sharp photographs, such as those of the Kodak suite; `:2` uses them at half their size. They are
blurred and recorded as in `degrade.py`; boxes of several sizes are looked at in each. The photographs are dealt into
groups, and one network is trained without each group: the errors printed, and the width of the intervals, are those on
the group left out. All of the networks together are what ships.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from blur_samples import BOX_SIDES_PX, Photograph, Samples, flat_inputs, joined, measured
from train_blur import COVERAGE, logistic, scaling, train

from rigcoach.measure.blur.blur_network import BlurNetwork, Layer, Member

Numbers = npt.NDArray[np.float64]

GROUPS = 8
_LEAST_TEXTURE = 0.03
_FLATS = 1500


def photographs_in(folders: Sequence[str]) -> list[Photograph]:
    """Return the photographs of folders, each given as a path, or as a path and by how much to reduce them."""
    found = []
    for folder in folders:
        name, _, reduction = folder.partition(":")
        path = Path(name)
        files = [path] if path.is_file() else sorted(path.iterdir())
        found += [
            Photograph(file, int(reduction or 1)) for file in files if file.suffix.lower() in {".png", ".jpg", ".jpeg"}
        ]
    return found


def calibrated(samples: Samples, flats: Numbers, groups: Sequence[tuple[str, ...]], jobs: int) -> BlurNetwork:
    """Return networks, each trained without one group of photographs."""
    useful = samples.only(np.asarray(samples.conditions[:, 2] > _LEAST_TEXTURE, dtype=np.bool_))
    mean, deviation = scaling(np.concatenate((useful.alone, useful.told)))
    nothing = BlurNetwork(mean, deviation, (), (1.0, 1.0), Layer(np.zeros((len(mean), 1)), np.zeros(1)))
    work = []
    for seed, group in enumerate(groups):
        kept = useful.only(~np.isin(useful.photograph, group))
        inputs = nothing.scaled(np.concatenate((kept.alone, kept.told)))
        work.append((inputs, np.concatenate((kept.truth, kept.truth)), seed))
    with get_context("spawn").Pool(jobs) as pool:
        layers = pool.starmap(train, work)
    textured = samples.only(samples.textured)
    evidence = logistic(
        nothing.scaled(np.concatenate((textured.alone, flats))),
        np.arange(len(textured.alone) + len(flats)) < len(textured.alone),
    )
    members = tuple(Member(trained, group) for trained, group in zip(layers, groups, strict=True))
    network = replace(nothing, members=members, evidence=evidence)
    return replace(network, widening=_widening(network, textured))


def _widening(network: BlurNetwork, samples: Samples) -> tuple[float, float]:
    """Return by what intervals must be multiplied to hold the truth of photographs left out as often as promised."""
    found = []
    for k in (0, 1):
        ratios = []
        # Only the picture alone is ever asked for a smear.
        for inputs in (samples.alone, samples.told)[: 2 - k]:
            out = left_out(network, samples, inputs)
            off = samples.truth[:, k] - out[:, 3 * k]
            reach = np.where(off < 0, out[:, 3 * k] - out[:, 3 * k + 1], out[:, 3 * k + 2] - out[:, 3 * k])
            ratios.append(np.abs(off) / np.maximum(reach, 1e-3))
        found.append(float(np.quantile(np.concatenate(ratios), COVERAGE)))
    return found[0], found[1]


def left_out(network: BlurNetwork, samples: Samples, inputs: Numbers) -> Numbers:
    """Return what the networks that never saw each sample's photograph say, of shape (n, 6)."""
    out = np.empty((len(inputs), 6))
    for name in np.unique(samples.photograph):
        mine = samples.photograph == name
        out[mine] = network.never_saw(str(name)).predict(inputs[mine])
    return out


def rank_correlation(a: Numbers, b: Numbers) -> float:
    """Return Spearman's rank correlation; ties are few here and left in their order."""
    first, second = (np.argsort(np.argsort(v, kind="stable"), kind="stable") for v in (a, b))
    return float(np.corrcoef(first, second)[0, 1])


def row(samples: Samples, out: Numbers, k: int) -> dict[str, float]:
    """Return the errors of the radius (k = 0) or of the smear (k = 1) over samples."""
    truth = samples.truth[:, k]
    off = out[:, 3 * k] - truth
    small = truth <= 4
    return {
        "count": len(truth),
        "mean_absolute_px": float(np.abs(off).mean()),
        "mean_absolute_to_4_px": float(np.abs(off[small]).mean()) if small.any() else float("nan"),
        "bias_px": float(off.mean()),
        "ninety_percent_px": float(np.quantile(np.abs(off), 0.9)),
        "rank_correlation": rank_correlation(out[:, 3 * k], truth),
        "covered": float(((out[:, 3 * k + 1] <= truth) & (truth <= out[:, 3 * k + 2])).mean()),
    }


def report(network: BlurNetwork, samples: Samples, tested: Sequence[str]) -> dict[str, dict[str, float]]:
    """Print and return the errors on photographs left out: the picture alone, and told the smear."""
    chosen = samples.only(samples.textured & np.isin(samples.photograph, tested))
    table: dict[str, dict[str, float]] = {}
    for title, inputs in (("picture alone", chosen.alone), ("told the smear", chosen.told)):
        answered = network.shows_blur(chosen.alone)
        out = left_out(network, chosen, inputs)
        print(f"\n{title}: {answered.mean():.1%} of textured boxes answered")
        groups = [("all", answered), ("still", answered & chosen.still), ("smeared", answered & ~chosen.still)]
        groups += [
            (f"still, box {s} px", answered & chosen.still & (chosen.conditions[:, 1] == s))
            for s in sorted(set(BOX_SIDES_PX))
        ]
        groups += [(f"still, {name}", answered & chosen.still & (chosen.photograph == name)) for name in tested]
        for name, mine in groups:
            part, part_out = chosen.only(mine), out[mine]
            table[f"{title}: {name}"] = errors = row(part, part_out, 0)
            print(f"{name:24}" + "  ".join(f"{key} {value:.3f}" for key, value in errors.items()))
        smear = row(chosen.only(answered), out[answered], 1)
        print(f"{'smear':24}" + "  ".join(f"{key} {value:.3f}" for key, value in smear.items()))
    return table


def main() -> None:
    """Measure, train, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER[:REDUCTION]")
    parser.add_argument("--out", type=Path, required=True, help="calibration to write")
    parser.add_argument("--recordings", type=int, default=280, help="recordings a photograph of the first folder")
    parser.add_argument("--others", type=int, default=100, help="recordings a photograph of the other folders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="file of measured boxes to use again, written where missing")
    arguments = parser.parse_args()
    first, others = photographs_in(arguments.folders[:1]), photographs_in(arguments.folders[1:])
    samples, flats = _material(arguments, first, others)
    names = [p.name for p in (*first, *others)]
    groups = [tuple(names[i::GROUPS]) for i in range(GROUPS)]
    network = calibrated(samples, flats, groups, arguments.jobs)
    table = report(network, samples, [p.name for p in first])
    print(f"\nflat regions without an answer: {1 - network.shows_blur(flats).mean():.1%}")
    command = " ".join(Path(folder).name for folder in arguments.folders)
    counts = f"--recordings {arguments.recordings} --others {arguments.others} --seed {arguments.seed}"
    made_by = f"bench/calibrate_blur.py {command} {counts}"
    document: dict[str, Any] = {"made_by": f"{made_by} --out {arguments.out.name}", "interval_coverage": COVERAGE}
    document["errors_left_out"] = {
        name: {key: round(value, 3) for key, value in errors.items()} for name, errors in table.items()
    }
    arguments.out.write_text(json.dumps(document | network.to_json()) + "\n", encoding="utf-8")


def _material(
    arguments: argparse.Namespace, first: list[Photograph], others: list[Photograph]
) -> tuple[Samples, Numbers]:
    if arguments.keep is not None and arguments.keep.exists():
        with np.load(arguments.keep) as kept:
            names = ("photograph", "truth", "conditions", "alone", "told")
            return Samples(*(kept[name] for name in names)), kept["flats"]
    parts = [measured(first, arguments.recordings, arguments.seed, arguments.jobs)]
    if others:
        parts.append(measured(others, arguments.others, arguments.seed, arguments.jobs))
    samples, flats = joined(parts), flat_inputs(first, _FLATS, arguments.seed)
    if arguments.keep is not None:
        arrays = {name: getattr(samples, name) for name in Samples.__slots__}
        np.savez(arguments.keep, flats=flats, **arrays)
    return samples, flats


if __name__ == "__main__":
    main()
