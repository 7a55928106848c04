r"""Calibrate defocus and smear against what photographs of known blur show, and test it on photographs left out.

    git clone https://github.com/gianni-rosato/gb82-image-set     # 25 photographs, public domain (CC0)
    git clone https://github.com/imazen/codec-corpus    # CID22 (CC BY-SA 4.0) and CLIC 2025 (Unsplash licence)
    python bench/calibrate_blur.py kodak faces/human:2 target gb82-image-set/png \
        codec-corpus/CID22/CID22-512/training codec-corpus/clic2025/validation:2 \
        --without bench/left_out_pictures.txt --out rigcoach/measure/blur/calibration/blur.json --keep /somewhere

Each FOLDER holds sharp photographs, such as those of the Kodak suite; `:2` uses them at half their size. All are used
once more at half of that, as the same things seen from farther away. They are blurred and recorded as in `degrade.py`;
boxes of several sizes are looked at where they are in focus. Besides recordings that are random in everything some are
plain, with one fault at most, some as cameras make them in the dark, and some of each of these in focus or nearly, half
of which are smeared. Each place is recorded twice, with more and with less defocus, and the plain ones and those in
focus by other light the second time: more defocus is to be told as more at any exposure. The photographs are dealt into
groups, and each network is trained without one of them, two networks without the same: the errors printed, and the
width of the intervals, are those on photographs left out. All of the networks together are what ships. With `--keep` a
run that was stopped goes on where it was.

    python bench/calibrate_blur.py kodak --check rigcoach/measure/blur/calibration/blur.json

measures boxes anew, trains nothing, and prints what a calibration's file says of the first folder beside what its
networks say now: how blur is read may have changed since they were trained. How often intervals hold on the single
photographs, and how smears are told by their length, is told of all folders.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from blur_samples import BOX_SIDES_PX, Photograph, Samples, flat_inputs, joined, measured
from train_blur import COVERAGE, logistic, scaling, train, train_widening

from rigcoach.measure.blur.blur_network import NEXT_TO_NONE_PX, BlurNetwork, Layer, Learnt, stacked
from rigcoach.measure.blur.blur_signs import MEDIAN_WIDTH

Numbers = npt.NDArray[np.float64]

GROUPS, NETWORKS_A_GROUP = 4, 2
_FLATS = 1500
_OWN_RECORDINGS, _FARTHER_RECORDINGS = 0.7, 0.3
# A little is added to the variance of each direction of the inputs; of a thousand that were learnt five are stranger.
_LEAST_VARIANCE, _STRANGE_QUANTILE = 0.02, 0.995
_MAP_POINTS = 14
# So often a box with few faults is learnt from, where one of random recordings is once.
_FAULTY_WEIGHT = 0.6
_NEAR_COVERAGE = 0.02
_SMALL_DEFOCUS_PX, _SMEAR_LENGTHS_PX = 2.0, (1, 4, 9, 15, 30)
# What lies within an end counts as so far beyond the middle, which has a logarithm.
_LEAST_OFF_PX = 1e-3


def photographs_in(folders: Sequence[str], without: Path | None = None) -> list[Photograph]:
    """Return the photographs of folders, each given as a path, or as a path and by how much to reduce them.

    A file's lines name those that are left out, without their ending.
    """
    left_out = set() if without is None else set(without.read_text(encoding="utf-8").splitlines())
    found = []
    for folder in folders:
        name, _, reduction = folder.partition(":")
        path = Path(name)
        files = [path] if path.is_file() else sorted(path.iterdir())
        found += [
            Photograph(file, int(reduction or 1))
            for file in files
            if file.suffix.lower() in {".png", ".jpg", ".jpeg"} and file.stem not in left_out
        ]
    return found


def calibrated(
    random: Samples, faulty: Samples, flats: Numbers, groups: Sequence[tuple[str, ...]], jobs: int
) -> BlurNetwork:
    """Return networks, each trained without one group of photographs, as the calibration's file will hold them.

    They learn from samples of random recordings and, less often, from those with few faults.
    """
    samples = joined((random, faulty))
    # Smeared and still ones count alike among both, or smears would be told shorter, the rarer they are.
    weight = np.concatenate([share * _evened(part.still) for part, share in ((random, 1.0), (faulty, _FAULTY_WEIGHT))])
    mean, deviation = scaling(np.concatenate((samples.alone, samples.told)))
    blank = BlurNetwork(
        mean,
        deviation,
        (),
        (),
        (),
        Layer(np.zeros((len(mean), 1)), np.zeros(1)),
        Learnt(np.zeros((len(mean), 1)), 1.0),
        _edge_map(samples),
    )
    inputs = blank.scaled(np.concatenate((samples.alone, samples.told)))
    singles, targets = inputs.astype(np.float32), np.concatenate((samples.truth, samples.truth)).astype(np.float32)
    pairs = _pairs(samples)
    pairs = np.concatenate((pairs, pairs + len(samples.truth)))
    names = np.concatenate((samples.photograph, samples.photograph))
    weight = np.concatenate((weight, weight))[pairs[:, 0]]
    left_out = tuple(group for group in groups for _ in range(NETWORKS_A_GROUP))
    work = []
    for seed, group in enumerate(left_out):
        learnt_from = ~np.isin(names[pairs[:, 0]], group)
        work.append((singles, targets, pairs[learnt_from], weight[learnt_from], seed))
    with get_context("spawn").Pool(jobs) as pool:
        layers = stacked(pool.starmap(train, work, chunksize=1))
    shown = random.alone[random.textured]
    evidence = logistic(blank.scaled(np.concatenate((shown, flats))), np.arange(len(shown) + len(flats)) < len(shown))
    trained = replace(blank, layers=layers, left_out=left_out, evidence=evidence, learnt=_learnt(inputs))
    network = BlurNetwork.from_json(trained.to_json())
    widened = replace(network, widening=_widening(network, samples.only(samples.textured)))
    return BlurNetwork.from_json(widened.to_json())


def _evened(yes: npt.NDArray[np.bool_]) -> Numbers:
    """Return weights, 1 on average, by which yes and no count alike."""
    return np.asarray(np.where(yes, 0.5 / yes.mean(), 0.5 / (~yes).mean()), dtype=np.float64)


def _pairs(samples: Samples) -> npt.NDArray[np.int64]:
    """Return rows of one place with different radii, the smaller first."""
    order = np.lexsort((samples.truth[:, 0], samples.place))
    first, second = order[:-1], order[1:]
    alike = (samples.place[first] == samples.place[second]) & (samples.truth[first, 0] < samples.truth[second, 0])
    return np.asarray(np.stack((first[alike], second[alike]), axis=1), dtype=np.int64)


def _learnt(inputs: Numbers) -> Learnt:
    variance, axes = np.linalg.eigh(np.cov(inputs.T))
    whitening = axes / np.sqrt(variance + _LEAST_VARIANCE)
    lengths = np.sqrt(((inputs @ whitening) ** 2).mean(axis=1))
    return Learnt(np.asarray(whitening, dtype=np.float64), float(np.quantile(lengths, _STRANGE_QUANTILE)))


def _edge_map(samples: Samples) -> Numbers:
    """Return the median radius by the median edge width's logarithm: points (2, n) that rise."""
    still = samples.only(samples.still & samples.textured)
    width, radius = still.told[:, MEDIAN_WIDTH], still.truth[:, 0]
    ends = np.quantile(width, np.linspace(0, 1, _MAP_POINTS + 1))
    part = np.clip(np.searchsorted(ends, width, side="right") - 1, 0, _MAP_POINTS - 1)
    held = [i for i in range(_MAP_POINTS) if (part == i).any()]
    x = np.array([width[part == i].mean() for i in held])
    y = np.maximum.accumulate([float(np.median(radius[part == i])) for i in held])
    kept = np.concatenate(([True], np.diff(x) > 1e-3))
    return np.stack((x[kept], np.asarray(y)[kept]))


def _widening(network: BlurNetwork, samples: Samples) -> tuple[Layer, ...]:
    """Return the network by which intervals hold the truth of photographs left out as often as promised."""
    read, ratios = [], []
    for inputs in (samples.alone, samples.told):
        radius, smear, ends = _left_out_raw(network, samples, inputs)
        beyond = []
        for truth, middle in zip(samples.truth.T, (radius, smear), strict=True):
            # A truth that is next to none is held as soon as the interval begins there.
            down = middle - np.maximum(truth, NEXT_TO_NONE_PX)
            beyond += [down, truth - middle]
        ratio = np.log(np.maximum(np.stack(beyond, axis=1), _LEAST_OFF_PX) / ends)
        if inputs is samples.told:
            # Only the picture alone is ever asked for a smear.
            ratio[:, 2:] = np.nan
        read.append(network.widening_inputs(inputs, radius))
        ratios.append(ratio)
    return train_widening(np.concatenate(read), np.concatenate(ratios), seed=0)


def _left_out_raw(network: BlurNetwork, samples: Samples, inputs: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    radius, smear, ends = np.empty(len(inputs)), np.empty(len(inputs)), np.empty((len(inputs), 4))
    for name in np.unique(samples.photograph):
        mine = samples.photograph == name
        radius[mine], smear[mine], ends[mine] = network.never_saw(str(name)).raw(inputs[mine])
    return radius, smear, ends


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
        groups += [(f"still, box {s} px", answered & chosen.still & (chosen.side == s)) for s in BOX_SIDES_PX]
        groups += [(f"still, {name}", answered & chosen.still & (chosen.photograph == name)) for name in tested]
        for name, mine in groups:
            if not mine.any():
                continue
            part, part_out = chosen.only(mine), out[mine]
            table[f"{title}: {name}"] = errors = row(part, part_out, 0)
            print(f"{name:24}" + "  ".join(f"{key} {value:.3f}" for key, value in errors.items()))
        smear = row(chosen.only(answered), out[answered], 1)
        print(f"{'smear':24}" + "  ".join(f"{key} {value:.3f}" for key, value in smear.items()))
    return table


def held_by_photograph(network: BlurNetwork, samples: Samples) -> str:
    """Return how often the intervals hold the radius on the single photographs, each left out."""
    chosen = samples.only(samples.textured)
    out = left_out(network, chosen, chosen.told)
    names = np.unique(chosen.photograph)
    held = np.array([row(chosen.only(mine), out[mine], 0)["covered"] for mine in chosen.photograph == names[:, None]])
    near = float(np.mean(np.abs(held - COVERAGE) <= _NEAR_COVERAGE))
    return (
        f"intervals of {COVERAGE:.0%} hold the radius in {held.min():.0%} to {held.max():.0%} of a photograph's boxes, "
        f"in {COVERAGE - _NEAR_COVERAGE:.0%} to {COVERAGE + _NEAR_COVERAGE:.0%} on {near:.0%} of {len(names)} "
        f"photographs; standard deviation {held.std():.1%}"
    )


def smears_by_length(network: BlurNetwork, samples: Samples) -> list[str]:
    """Return how smears are told by the picture alone, of photographs left out, where defocus is small."""
    chosen = samples.only(samples.textured & (samples.truth[:, 0] <= _SMALL_DEFOCUS_PX))
    out = left_out(network, chosen, chosen.alone)
    lines = []
    for shortest, longest in pairwise(_SMEAR_LENGTHS_PX):
        mine = (chosen.truth[:, 1] >= shortest) & (chosen.truth[:, 1] < longest)
        errors = row(chosen.only(mine), out[mine], 1)
        lines.append(
            f"{shortest} to {longest} px, {errors['count']} boxes: "
            f"off by {errors['mean_absolute_px']:.1f} px, held in {errors['covered']:.0%}"
        )
    return lines


def wanted(
    photographs: Sequence[Photograph], recordings: int, kind: str = "random"
) -> list[tuple[Photograph, int, str]]:
    """Return photographs, each also seen from farther away, with how many recordings are made of each, and the kind."""
    both = []
    for photograph in photographs:
        farther = replace(photograph, reduction=2 * photograph.reduction)
        both.append((photograph, round(_OWN_RECORDINGS * recordings), kind))
        both.append((farther, round(_FARTHER_RECORDINGS * recordings), kind))
    return both


def checked(calibration: Path, samples: Samples) -> list[tuple[str, float, float]]:
    """Return the mean errors that a calibration's file promises of photographs left out, and those on samples of them.

    Each with what it is of: the picture alone, or told the smear; over all, by box and by photograph.
    """
    document = json.loads(calibration.read_text(encoding="utf-8"))
    now = report(BlurNetwork.from_json(document), samples, [str(name) for name in np.unique(samples.photograph)])
    then = document["errors_left_out"]
    return [(name, then[name]["mean_absolute_px"], errors["mean_absolute_px"]) for name, errors in now.items()]


def main() -> None:
    """Measure, train, report, write; or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER[:REDUCTION]")
    does = parser.add_mutually_exclusive_group(required=True)
    does.add_argument("--out", type=Path, help="calibration to write")
    does.add_argument("--check", type=Path, help="calibration to check")
    parser.add_argument("--without", type=Path, metavar="FILE", help="names of pictures that are left out")
    parser.add_argument("--recordings", type=int, default=240, help="recordings a photograph of the first folder")
    parser.add_argument("--others", type=int, default=60, help="recordings a photograph of the other folders")
    parser.add_argument("--plain", type=int, default=60, help="recordings with one fault at most, of each photograph")
    parser.add_argument("--dark", type=int, default=30, help="recordings in the dark, of each photograph")
    parser.add_argument("--near", type=int, default=60, help="recordings in focus, or nearly, of each photograph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder of measured boxes, to go on from")
    arguments = parser.parse_args()
    first, others = (photographs_in(part, arguments.without) for part in (arguments.folders[:1], arguments.folders[1:]))
    boxes = [*wanted(first, arguments.recordings), *wanted(others, arguments.others)]
    random = measured(boxes, arguments.seed, arguments.jobs, arguments.keep)
    if arguments.check is not None:
        tested = random.only(np.isin(random.photograph, [photograph.name for photograph in first]))
        print("\nmean error, px: as the file says, and now")
        for name, then, now in checked(arguments.check, tested):
            print(f"{name:40} {then:.3f} {now:.3f}")
        network = BlurNetwork.from_json(json.loads(arguments.check.read_text(encoding="utf-8")))
        print(f"\n{held_by_photograph(network, random)}")
        print(f"\nsmears by the picture alone, defocus up to {_SMALL_DEFOCUS_PX:g} px:")
        print("\n".join(smears_by_length(network, random)))
        return
    faulty_boxes = [
        *wanted([*first, *others], arguments.plain, "plain"),
        *wanted([*first, *others], arguments.dark, "dark"),
        *wanted([*first, *others], arguments.near, "near"),
    ]
    faulty = measured(faulty_boxes, arguments.seed, arguments.jobs, arguments.keep)
    flats = flat_inputs(first, _FLATS, arguments.seed)
    names = [p.name for p in (*first, *others)]
    groups = [tuple(names[i::GROUPS]) for i in range(GROUPS)]
    network = calibrated(random, faulty, flats, groups, arguments.jobs)
    table = report(network, random, [p.name for p in first])
    print(f"\nflat regions without an answer: {1 - network.shows_blur(flats).mean():.1%}")
    print(held_by_photograph(network, random))
    command = " ".join(folder.strip("/").rpartition("/")[2] for folder in arguments.folders)
    counts = " ".join(
        f"--{name} {getattr(arguments, name)}" for name in ("recordings", "others", "plain", "dark", "near", "seed")
    )
    without = "" if arguments.without is None else f"--without {arguments.without.name} "
    made_by = f"bench/calibrate_blur.py {command} {without}{counts}"
    document: dict[str, Any] = {"made_by": f"{made_by} --out {arguments.out.name}", "interval_coverage": COVERAGE}
    document["errors_left_out"] = {
        name: {key: round(value, 3) for key, value in errors.items()} for name, errors in table.items()
    }
    arguments.out.write_text(json.dumps(document | network.to_json(), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
