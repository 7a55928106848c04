"""How true the measures on natural subjects are: recordings of known blur, peers on the same boxes, real lenses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from blur_samples import TEXTURED, Photograph, flat_inputs, processes
from calibrate_blur import rank_correlation
from degrade import Image, Recording, linear_srgb, random_recording, recorded
from peers import PEERS, laplacian_variance, monotone_map

from rigcoach.measure.blur.blur_kind import Estimate
from rigcoach.measure.blur.blur_network import shipped_network
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, NaturalBlur, natural_blur
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX, SHARP_MOTION_PX

Numbers = npt.NDArray[np.float64]

SEED = 910
BOX_PX = 256
# Classes, apart enough to be told: radius up to / from, smear up to / from.
SHARP_TO_PX, SOFT_FROM_PX, SMEARED_FROM_PX = 1.0, 2.0, 6.0
EXPOSURES = ((0.0, 100.0), (-1.0, 400.0), (-2.0, 400.0), (-2.0, 1600.0), (0.0, 3200.0), (0.7, 200.0))


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a recording: what is true, what is measured, what peers say; `nan` where there is no answer."""

    photograph: str
    radius_px: float
    smear_px: float
    textured: bool
    told: NaturalBlur
    alone: NaturalBlur
    peers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    photograph: Photograph
    recordings: int
    smeared: bool
    peers: bool


def boxes(
    photographs: Sequence[Photograph], recordings: int, *, smeared: bool, jobs: int, peers: bool = True
) -> list[Box]:
    """Measure one box in each of so many random recordings of every photograph, by networks that never saw it.

    Peers are asked only where nothing is smeared, and may be left out.
    """
    work = [_Work(photograph, recordings, smeared, peers and not smeared) for photograph in photographs]
    with processes(jobs) as each_of:
        return [box for part in each_of(_boxes, work) for box in part]


def _boxes(work: _Work) -> list[Box]:
    name = work.photograph.name
    rng = np.random.default_rng([SEED, int(work.smeared), *name.encode()])
    network = shipped_network().never_saw(name)
    linear = work.photograph.light()
    grey = _signal(linear)
    found = []
    for _ in range(work.recordings):
        recording = random_recording(rng, largest_radius_px=12.0, largest_smear_px=0.0)
        if work.smeared:
            recording = _of_a_class(recording, rng)
        luma = recorded(linear, recording, rng)
        x, y = (int(rng.integers(0, side - BOX_PX + 1)) for side in (luma.shape[1], luma.shape[0]))
        part = (slice(y, y + BOX_PX), slice(x, x + BOX_PX))
        box = (float(x), float(y), float(BOX_PX), float(BOX_PX))
        patch = np.ascontiguousarray(luma[part])
        found.append(
            Box(
                name,
                recording.radius_px,
                recording.smear_px,
                bool(grey[part].std() > TEXTURED),
                natural_blur(luma, box, KnownMotionBlur(recording.smear_px, recording.smear_deg), network),
                natural_blur(luma, box, None, network),
                tuple(peer(patch) for peer in PEERS.values()) if work.peers else (),
            )
        )
    return found


def _signal(linear: Image) -> npt.NDArray[np.float32]:
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.2), dtype=np.float32)


def _of_a_class(recording: Recording, rng: np.random.Generator) -> Recording:
    """Return a recording of one of the four classes, each as often as the others."""
    soft, moved = rng.random() < 0.5, rng.random() < 0.5
    return replace(
        recording,
        radius_px=float(rng.uniform(SOFT_FROM_PX, 6.0) if soft else rng.uniform(0, SHARP_TO_PX)),
        smear_px=float(rng.uniform(SMEARED_FROM_PX, 30.0)) if moved else 0.0,
        smear_deg=float(rng.uniform(0, 180)),
        smear_bend=float(rng.uniform(-0.4, 0.4)) if rng.random() < 0.5 else 0.0,
    )


def spread(found: Sequence[Box], error: Callable[[Box], float | None]) -> str:
    """Return the mean over all of an error, and the lowest and highest of the photographs' own means."""
    values = [(box.photograph, error(box)) for box in found]
    known = [(name, value) for name, value in values if value is not None]
    means = [float(np.mean([v for n, v in known if n == name])) for name in sorted({n for n, _ in known})]
    return f"{np.mean([v for _, v in known]):.2f} ({min(means):.2f}–{max(means):.2f})"


def radius_table(found: list[Box]) -> list[str]:
    """Return the lines of the table of errors of the radius."""
    textured = [box for box in found if box.textured]
    radii = np.array([box.radius_px for box in textured])
    names = np.array([box.photograph for box in textured])
    lines = ["| measure | MAE, px | MAE up to 4 px | rank correlation | answered |", "|---|---|---|---|---|"]
    estimates: list[tuple[str, Numbers]] = [
        ("**rigcoach**, still by its movement", _radii(textured, lambda box: box.told)),
        ("**rigcoach**, the picture alone", _radii(textured, lambda box: box.alone)),
    ]
    for i, name in enumerate(PEERS):
        values = np.array([box.peers[i] for box in textured])
        out = np.full(len(values), np.nan)
        for photograph in sorted(set(names)):
            others = (names != photograph) & np.isfinite(values)
            mine = (names == photograph) & np.isfinite(values)
            out[mine] = np.interp(values[mine], *monotone_map(values[others], radii[others]))
        estimates.append((name, out))
    for name, out in estimates:
        errors = np.abs(out - radii)
        known = np.isfinite(out)
        parts = [
            [box for box, yes in zip(textured, known & small, strict=True) if yes] for small in (radii >= 0, radii <= 4)
        ]
        by_box = {id(box): float(error) for box, error in zip(textured, errors, strict=True)}

        def error_of(box: Box, of: dict[int, float] = by_box) -> float:
            return of[id(box)]

        means = [spread(part, error_of) for part in parts]
        rho = rank_correlation(out[known], radii[known])
        lines.append(f"| {name} | {means[0]} | {means[1]} | {rho:.3f} | {known.mean():.1%} |")
    return lines


def _radii(found: Sequence[Box], of: Callable[[Box], NaturalBlur]) -> Numbers:
    return np.array([np.nan if (r := of(box).blur_px) is None else r for box in found])


def interval_lines(found: list[Box]) -> list[str]:
    """Return how often the intervals hold the truth, by photograph and by radius."""
    lines = ["| | contains the truth | width, px |", "|---|---|---|"]
    known = [box for box in found if box.textured and box.told.blur_px_interval is not None]
    groups = [("all", known)]
    groups += [(name, [b for b in known if b.photograph == name]) for name in sorted({b.photograph for b in known})]
    groups += [
        (f"{a}–{b} px", [box for box in known if a <= box.radius_px < b]) for a, b in ((0, 2), (2, 4), (4, 8), (8, 12))
    ]
    for name, part in groups:
        ends = np.array([box.told.blur_px_interval for box in part])
        radii = np.array([box.radius_px for box in part])
        holds = ((ends[:, 0] <= radii) & (radii <= ends[:, 1])).mean()
        lines.append(f"| {name} | {holds:.0%} | {(ends[:, 1] - ends[:, 0]).mean():.1f} |")
    return lines


def kinds(found: list[Box]) -> list[str]:
    """Return how well defocus is told from smear by the picture alone."""
    known = [b for b in found if b.textured and b.alone.blur_px is not None]
    likely = np.array([_likely(b.alone) for b in known])
    soft = np.array([b.radius_px >= SOFT_FROM_PX for b in known])
    moved = np.array([b.smear_px >= SMEARED_FROM_PX for b in known])
    one = soft != moved
    area = _area_under_curve(likely[one, 1] - likely[one, 0], moved[one])
    area_any = _area_under_curve(likely[:, 1], moved)
    right = ((likely[:, 0] > 0.5) == soft) & ((likely[:, 1] > 0.5) == moved)
    sure = np.prod(np.maximum(likely, 1 - likely), axis=1) >= 0.6
    by_class = [
        f"{name} {right[(soft == s) & (moved == m)].mean():.0%}"
        for name, s, m in (
            ("sharp", False, False),
            ("defocused", True, False),
            ("moved", False, True),
            ("both", True, True),
        )
    ]
    names = np.array([b.photograph for b in known])
    worst = min((float(right[names == n].mean()), n) for n in set(names))
    return [
        f"- defocus (radius {SOFT_FROM_PX:g} px and more) against motion blur ({SMEARED_FROM_PX:g} px and more): "
        f"AUC {area:.3f}; motion blur against none, whatever the defocus: AUC {area_any:.3f}",
        f"- four kinds: {right.mean():.1%} right ({', '.join(by_class)}; worst photograph {worst[1]} {worst[0]:.0%})",
        f"- decided with a confidence of 0.6 and more: {sure.mean():.0%}, of which {right[sure].mean():.1%} right",
    ]


def _likely(blur: NaturalBlur) -> tuple[float, float]:
    """Return how likely there is defocus, and smear, beyond what is sharp."""
    if (
        blur.blur_px is None
        or blur.motion_blur_px is None
        or not blur.blur_px_interval
        or not blur.motion_blur_px_interval
    ):
        raise ValueError("nothing was measured")
    radius, smear = (
        Estimate(blur.blur_px, blur.blur_px_interval),
        Estimate(blur.motion_blur_px, blur.motion_blur_px_interval),
    )
    return radius.above(SHARP_BLUR_PX), smear.above(SHARP_MOTION_PX)


def _area_under_curve(values: Numbers, positive: npt.NDArray[np.bool_]) -> float:
    """Return how often a positive's value lies above a negative's (Mann-Whitney)."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") + 1.0
    count, others = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def flat_lines(photographs: Sequence[Photograph], found: list[Box]) -> list[str]:
    """Return how often flat regions, and textured ones, get no answer."""
    flats = flat_inputs(photographs, 400, SEED)
    none = 1 - float(shipped_network().shows_blur(flats).mean())
    textured = [box for box in found if box.textured]
    unanswered = float(np.mean([box.told.blur_px is None for box in textured]))
    return [
        f"- no answer on {none:.1%} of {len(flats)} flat regions (even or softly shaded; places in photographs)",
        f"- no answer on {unanswered:.1%} of {len(textured)} textured ones (deviation above {TEXTURED:g} of white)",
    ]


def sweep_lines(folders: Sequence[Path]) -> list[str]:
    """Return rank correlations with a real lens's step, each step shot at several exposures."""
    lines = ["| sweep | rigcoach | variance of the Laplacian | radius at each step, px |", "|---|---|---|---|"]
    for folder in folders:
        steps, ours, theirs, middle = [], [], [], []
        for step, path in enumerate(sorted(folder.glob("*.png"))):
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if picture is None:
                raise SystemExit(f"{path} can't be read as a picture")
            height, width = (side // 2 * 2 for side in picture.shape[:2])
            linear = linear_srgb(np.asarray(picture[:height, :width], dtype=np.uint8))
            at_step = []
            for i, (exposure_ev, iso) in enumerate(EXPOSURES):
                luma = recorded(linear, plain_recording(exposure_ev, iso), np.random.default_rng([SEED, step, i]))
                blur = natural_blur(luma, None, KnownMotionBlur(0.0, None)).blur_px
                if blur is not None:
                    steps.append(step)
                    ours.append(blur)
                    theirs.append(-laplacian_variance(luma))
                    at_step.append(blur)
            middle.append(f"{np.median(at_step):.1f}")
        rho = [tied_rank_correlation(np.array(values), np.array(steps)) for values in (ours, theirs)]
        lines.append(f"| {folder.name} | {rho[0]:.3f} | {rho[1]:.3f} | {' '.join(middle)} |")
    return lines


def tied_rank_correlation(values: Numbers, steps: Numbers) -> float:
    """Return Spearman's rank correlation, those alike sharing their rank."""

    def ranks(v: Numbers) -> Numbers:
        return np.array([(np.sum(v < x) + np.sum(v <= x)) / 2 for x in v])

    return float(np.corrcoef(ranks(values), ranks(steps.astype(np.float64)))[0, 1])


def plain_recording(exposure_ev: float, iso: float) -> Recording:
    """Return a recording of what already exists: no blur, no codec."""
    return Recording(iso=iso, exposure_ev=exposure_ev, quantiser=20)
