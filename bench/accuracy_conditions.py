"""How true natural blur is under one condition at a time: noise, sharpening, bokeh, codec, tones, small boxes.

Run by `bench/accuracy.py`; by itself it prints its tables, and keeps its numbers for a comparison with another version:

    python bench/accuracy_conditions.py kodak --keep now.json
    python bench/accuracy_conditions.py kodak --before then.json
    python bench/accuracy_conditions.py kodak-others --part unseen --out docs/accuracy.md
    python bench/accuracy_conditions.py --together now.json unseen.json --part together --out docs/accuracy.md

Every photograph is measured by networks that never saw it: those that were trained without it, or, of a photograph that
none was trained on, all of them, as in use. Where it is out of focus itself, its own blur adds to what
is called the truth here; so how often intervals hold is told of the boxes where it is in focus as well.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from blur_samples import TEXTURED, Photograph, narrowest_edges_px
from calibrate_blur import photographs_in, rank_correlation
from degrade import Recording, bt709, random_recording, recorded
from page import write_measured

from rigcoach.measure.blur.blur_network import shipped_network
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur
from rigcoach.optics.permissible_blur import SHARP_BLUR_PX

Numbers = npt.NDArray[np.float64]

SEED = 930
SIDES_PX = (60, 90, 120, 256)
DRAWS = 12
# A photograph is in focus where its narrowest edges are narrower than this.
_IN_FOCUS_PX = 0.5
_TRULY_SHARP_PX = 0.5
_PLACE = attrgetter("photograph", "draw", "side_px")
_RADII_PX = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)


def _random(rng: np.random.Generator) -> Recording:
    return random_recording(rng, largest_radius_px=12.0, largest_smear_px=0.0)


def _with(**set_to: float | int) -> Callable[[np.random.Generator], Recording]:
    """Return what draws a recording at a radius and exposure of chance, everything else as said."""

    def drawn(rng: np.random.Generator) -> Recording:
        radius = float(rng.choice(_RADII_PX)) if rng.random() < 0.5 else float(rng.uniform(0, 8))
        plain = Recording(radius_px=radius, exposure_ev=float(rng.uniform(-1.5, 0)), iso=200, quantiser=20)
        return replace(plain, **set_to)  # type: ignore[arg-type]

    return drawn


CONDITIONS: dict[str, Callable[[np.random.Generator], Recording]] = {
    "even disc, ISO 200": _with(),
    "ISO 6400, noise not reduced": _with(iso=6400),
    "ISO 6400, white noise": _with(iso=6400, grain_px=0.0),
    "ISO 6400, reduced and sharpened": _with(iso=6400, denoising=0.8, sharpening=0.8),
    "sharpened by 1.0": _with(sharpening=1.0),
    "sharpened by 2.0": _with(sharpening=2.0),
    "bokeh with a bright rim": _with(rim=2.5),
    "S-curve": _with(s_curve=5.0),
    "few bits (QP 32)": _with(iso=400, quantiser=32),
    "everything at random": _random,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A box: what it is of, in which draw, the truth, what is told; not a number where nothing is.

    `in_focus` says whether the photograph itself is, there.
    """

    condition: str
    photograph: str
    draw: int
    side_px: int
    radius_px: float
    told_px: float
    low_px: float
    high_px: float
    in_focus: bool = True

    @property
    def off_px(self) -> float:
        """By how much the radius is told too large."""
        return self.told_px - self.radius_px

    @property
    def held(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low_px <= self.radius_px <= self.high_px


def told_boxes(photographs: Sequence[Photograph], jobs: int) -> list[Told]:
    """Measure boxes of every size in recordings of every condition."""
    with get_context("spawn").Pool(jobs) as pool:
        return [told for part in pool.imap(_told, photographs) for told in part]


def _told(photograph: Photograph) -> list[Told]:
    cv2.setNumThreads(1)
    light = photograph.light()
    sharp = np.asarray(bt709(np.clip(light, 0, 1)), dtype=np.float64)
    picture = np.rint(255 * sharp).astype(np.uint8)
    network = shipped_network()
    if any(photograph.name in group for group in network.left_out):
        network = network.never_saw(photograph.name)
    found = []
    for draw in range(DRAWS):
        rng = np.random.default_rng([SEED, draw, *photograph.name.encode()])
        boxes = [_textured(sharp, side, rng) for side in SIDES_PX]
        in_focus = [narrowest_edges_px(picture, (int(x), int(y), side, side)) < _IN_FOCUS_PX for x, y, side, _ in boxes]
        for condition, drawn in CONDITIONS.items():
            recording = drawn(rng)
            luma = recorded(light, recording, rng)
            for box, sharp_there in zip(boxes, in_focus, strict=True):
                blur = natural_blur(luma, box, KnownMotionBlur(0.0, None), network)
                low, high = blur.blur_px_interval or (np.nan, np.nan)
                told = np.nan if blur.blur_px is None else blur.blur_px
                of = (condition, photograph.name, draw, box[2], recording.radius_px)
                found.append(Told(*of, told, low, high, sharp_there))
    return found


def _textured(sharp: Numbers, side: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Return a box of a size at a place that holds texture, if such a one is met soon."""
    for _ in range(50):
        x, y = (int(rng.integers(0, whole - side + 1)) for whole in (sharp.shape[1], sharp.shape[0]))
        if sharp[y : y + side, x : x + side].std() > TEXTURED:
            break
    return (x, y, side, side)


def tables(found: Sequence[Told], before: Sequence[Told] = ()) -> list[str]:
    """Return the tables by condition and size, and by photograph; with what it was before, where that is given."""
    known = [told for told in found if np.isfinite(told.told_px)]
    in_focus = {_PLACE(told): told.in_focus for told in found}
    then = [replace(told, in_focus=in_focus[_PLACE(told)]) for told in before if np.isfinite(told.told_px)]
    heads = " | ".join(f"{side} px" for side in SIDES_PX)
    lines = [
        f"Mean error, px{'; before, then now' if then else ''}:",
        "",
        f"| condition | {heads} | rank at {SIDES_PX[-1]} px | 90 % interval holds |",
        "|---|" + "---|" * (len(SIDES_PX) + 2),
    ]
    for condition in [*CONDITIONS, "all"]:
        now, old = (_under(each, condition) for each in (known, then))
        cells = [_two([_of(part, side) for part in (old, now)], _mae, "{:.2f}") for side in SIDES_PX]
        cells.append(_two([_of(part, SIDES_PX[-1]) for part in (old, now)], _rank, "{:.3f}"))
        cells.append(_two([old, now], _share_held, "{:.0%}"))
        lines.append(f"| {condition} | " + " | ".join(cells) + " |")
    heads = f"sharp or soft (up to {SHARP_BLUR_PX} px) is right | read in truly sharp boxes, mean px"
    lines += ["", f"| box | {heads} |", "|---|---|---|"]
    for side in SIDES_PX:
        parts = [_of(part, side) for part in (then, known)]
        sharp = [[told for told in part if told.in_focus and told.radius_px <= _TRULY_SHARP_PX] for part in parts]
        lines.append(f"| {side} px | {_two(parts, _verdict, '{:.0%}')} | {_two(sharp, _mean, '{:.2f}')} |")
    heads = "mean error, px | bias, px | 90 % interval holds | boxes where it is in focus | held in those"
    lines += ["", f"| photograph | {heads} |", "|---|---|---|---|---|---|"]
    for name in sorted({told.photograph for told in known}):
        parts = [[told for told in each if told.photograph == name] for each in (then, known)]
        cells = [_two(parts, of, form) for of, form in ((_mae, "{:.2f}"), (_bias, "{:+.2f}"), (_share_held, "{:.0%}"))]
        sharp = [[told for told in part if told.in_focus] for part in parts]
        cells += [f"{len(sharp[-1]) / len(parts[-1]):.0%}", _two(sharp, _share_held, "{:.0%}")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    answered = len(known) / len(found)
    unsure = [_sampling_error(part, _PLACE) for part in _by(known, attrgetter("condition"))]
    unsure_by_photograph = [_sampling_error(part, _PLACE) for part in _by(known, attrgetter("photograph"))]
    return [
        *lines,
        "",
        f"{answered:.1%} of {len(found)} boxes were answered.",
        f"How often the intervals hold is known to {_span(unsure)} (one standard error) by condition",
        f"and to {_span(unsure_by_photograph)} by photograph; boxes at one place count together.",
    ]


def held_together(found: Sequence[Told]) -> list[str]:
    """Return the table of how often intervals hold on all photographs, by condition.

    A photograph's boxes err alike: it counts as one for how well a share is known.
    """
    known = [told for told in found if np.isfinite(told.told_px)]
    lines = ["| condition | 90 % interval holds | known to | held where it is in focus |", "|---|---|---|---|"]
    for condition in [*CONDITIONS, "all"]:
        part = _under(known, condition)
        in_focus = _share_held([told for told in part if told.in_focus])
        error = _sampling_error(part, attrgetter("photograph"))
        lines.append(f"| {condition} | {_share_held(part):.1%} | {error:.1%} | {in_focus:.1%} |")
    return [*lines, "", f"{len({told.photograph for told in known})} photographs, {len(known)} boxes."]


def _under(found: Sequence[Told], condition: str) -> list[Told]:
    return [told for told in found if condition in ("all", told.condition)]


def _span(shares: Sequence[float]) -> str:
    return f"{100 * min(shares):.1f}–{100 * max(shares):.1f} %"


def _by(found: Sequence[Told], group: Callable[[Told], Any]) -> list[list[Told]]:
    return [[told for told in found if group(told) == name] for name in sorted({group(told) for told in found})]


def _sampling_error(found: Sequence[Told], alike: Callable[[Told], Any]) -> float:
    """Return the standard error of the share held: boxes that are alike count together."""
    share = _share_held(found)
    off = np.array([sum(told.held - share for told in group) for group in _by(found, alike)])
    return float(np.sqrt((off**2).sum()) / len(found))


def _of(found: Sequence[Told], side: int) -> list[Told]:
    return [told for told in found if told.side_px == side]


def _two(parts: Sequence[Sequence[Told]], of: Callable[[Sequence[Told]], float], form: str) -> str:
    """Return a number before and now, or now alone."""
    return " → ".join(form.format(of(part)) for part in parts if part)


def _mae(found: Sequence[Told]) -> float:
    return float(np.mean([abs(told.off_px) for told in found]))


def _mean(found: Sequence[Told]) -> float:
    return float(np.mean([told.told_px for told in found]))


def _verdict(found: Sequence[Told]) -> float:
    return float(np.mean([(told.told_px <= SHARP_BLUR_PX) == (told.radius_px <= SHARP_BLUR_PX) for told in found]))


def _bias(found: Sequence[Told]) -> float:
    return float(np.mean([told.off_px for told in found]))


def _rank(found: Sequence[Told]) -> float:
    return rank_correlation(np.array([told.told_px for told in found]), np.array([told.radius_px for told in found]))


def _share_held(found: Sequence[Told]) -> float:
    return float(np.mean([told.held for told in found]))


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER[:REDUCTION]")
    parser.add_argument("--together", type=Path, nargs="+", metavar="FILE", help="kept numbers, instead of measuring")
    parser.add_argument("--keep", type=Path, help="file to keep the numbers in")
    parser.add_argument("--before", type=Path, help="numbers of another version, to stand beside these")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, help="page to write the tables into")
    parser.add_argument("--part", default="conditions", help="the page's part for them")
    arguments = parser.parse_args()
    if bool(arguments.folders) == bool(arguments.together):
        parser.error("give folders of photographs, or --together with numbers that were kept")
    if arguments.together:
        found = [told for path in arguments.together for told in read_kept(path)]
    else:
        found = told_boxes(photographs_in(arguments.folders), arguments.jobs)
    if arguments.keep is not None:
        kept = [[getattr(told, name) for name in Told.__slots__] for told in found]
        arguments.keep.write_text(json.dumps(kept), encoding="utf-8")
    lines = held_together(found) if arguments.together else tables(found, read_kept(arguments.before))
    print("\n".join(lines))
    if arguments.out is not None:
        write_measured(arguments.out, {arguments.part: lines})


def read_kept(path: Path | None) -> list[Told]:
    """Return the numbers that another version kept."""
    return [] if path is None else [Told(*row) for row in json.loads(path.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    main()
