"""How far rigcoach's verdict on one-second clips of people agrees with two readers' eyes, and how firmly.

    python bench/judged.py FOLDER [--models FOLDER] [--kept FILE]

FOLDER holds the clips, and `judge-A.csv` and `judge-B.csv`: what each reader kept (yes, maybe, no) and why not, by the
clip's name; `meta.json`, where it is there, says which clip was cut from which. A clip counts as kept where half of its
frames or more are keepers. Kappa is Cohen's, over the clips on which both readers are sure and of one mind.

With --models the detectors of that folder are used, with `--models none` none, else those that are installed. --kept
keeps the measurements in a file, so that another run tries other limits on them without measuring again.

How firmly: kappa with each source clip left out; with each limit a quarter stricter and milder; with all limits moved
at once, each by up to a quarter at random.
"""

import argparse
import csv
import json
import os
import pickle
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from rigcoach.analysis.detector_weights import MODELS, ModelError, install
from rigcoach.analysis.results import ClipMeasurements
from rigcoach.api import scoring_of
from rigcoach.base.progress import no_progress
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.scoring import limits
from rigcoach.scoring.advice import advise, headline
from rigcoach.scoring.batch import ScoredClip, score_files
from rigcoach.scoring.score import score_clip

KEPT_FROM = 0.5
MOVED_BY = 0.25
ROUNDS = 200
SEED = 13


@dataclass(frozen=True, slots=True)
class JudgedClip:
    """A clip: its name, the clip it was cut from, what both readers said, and its measurements."""

    name: str
    source: str
    said: tuple[str, str]
    why: str
    measures: ClipMeasurements

    @property
    def keep(self) -> bool | None:
        """Whether both readers keep it; None where they aren't both sure and of one mind."""
        return self.said[0] == "yes" if self.said[0] == self.said[1] != "maybe" else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa with the readers, and how many of the clips that both keep, and that both reject, are kept."""

    kappa: float
    good: tuple[int, int]
    bad: tuple[int, int]

    def __str__(self) -> str:
        """Return it in a line."""
        shares = [f"{kept} of {count} ({100 * kept / max(count, 1):.0f} %)" for kept, count in (self.good, self.bad)]
        return f"kappa {self.kappa:.2f}; keeps {shares[0]} that both keep, {shares[1]} that both reject"


def main() -> None:
    """Measure the clips, and print the table and the agreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if options.models is not None:
            os.environ["RIGCOACH_HOME"] = home
            print("detectors:", ", ".join(installed_from(options.models)) or "none")
        clips = judged(options.folder, options.kept)
    print_clips(clips)
    print_agreement(clips)


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


def judged(folder: Path, kept: Path | None) -> list[JudgedClip]:
    """Return the clips of a folder, measured now or by the run that kept its measurements."""
    readers = [read(folder / f"judge-{reader}.csv") for reader in "AB"]
    sources = folder / "meta.json"
    cut_from = {row["clip"]: row["source"] for row in json.loads(sources.read_text())} if sources.exists() else {}
    measured: dict[str, ClipMeasurements] = pickle.loads(kept.read_bytes()) if kept and kept.exists() else {}  # noqa: S301
    paths = [path for path in sorted(folder.glob("*.mp4")) if path.stem not in measured]
    asked = scoring_of()
    results = score_files(list(map(str, paths)), asked.choice, asked.rig, jobs=os.cpu_count() or 1, advance=no_progress)
    for path, result in zip(paths, results, strict=True):
        if isinstance(result, ScoredClip):
            measured[path.stem] = result.measures
        else:
            print(f"{path.stem}  {result.error.line()}")
    if kept is not None:
        kept.write_bytes(pickle.dumps(measured))
    clips = []
    for name, measures in sorted(measured.items()):
        rows = [reader[name] for reader in readers]
        faults = [f"{key} {row[key]}" for row in rows for key in list(row)[2:-1] if row[key] != "ok"]
        clips.append(
            JudgedClip(
                name,
                cut_from.get(f"{name}.mp4", ""),
                (rows[0]["keep"], rows[1]["keep"]),
                ", ".join(dict.fromkeys(faults)),
                measures,
            )
        )
    return clips


def read(path: Path) -> dict[str, dict[str, str]]:
    """Return a reader's rows by the clip's name."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["frame"]: row for row in csv.DictReader(file)}


def print_clips(clips: Sequence[JudgedClip]) -> None:
    """Print each clip: what the readers say, the verdict, and its measures in the median of its frames."""
    print(f"{'clip':<6}{'readers':<12}{'keepers':>8}{'score':>6} {'blur':>6}{'smear':>6}{'roll':>6}{'size':>6}", end="")
    print(f"{'room':>6}{'face':>6}{'light':>6}{'white':>6}  verdict | the readers' reasons")
    for clip in clips:
        measures, score = clip.measures, score_clip(clip.measures)
        frames = measures.frames
        framed = [frame.framing for frame in frames if frame.framing is not None]
        pictures = [frame.picture for frame in frames if frame.picture is not None]
        lit = [frame.exposure.mean for frame in frames if frame.subject is not None and frame.subject.kind == "face"]
        numbers = (
            [frame.focus.blur_px for frame in frames],
            [frame.focus.smear_px for frame in frames],
            [each.roll_deg for each in framed],
            [each.size for each in framed],
            [each.headroom for each in framed],
            lit,
            [picture.highlight for picture in pictures],
            [picture.clipped_high for picture in pictures],
        )
        wrong = "" if clip.keep is None or clip.keep == kept(clip) else "  <-- against both"
        print(f"{clip.name:<6}{'/'.join(clip.said):<12}{100 * score.keeper_ratio:>6.0f} %", end="")
        print(f"{'-' if score.overall is None else round(score.overall):>6} ", end="")
        print(*(f"{_median(values):>6}" for values in numbers), sep="", end="  ")
        print(f"{headline(score, advise(measures))} | {clip.why}{wrong}")


def print_agreement(clips: Sequence[JudgedClip]) -> None:
    """Print how far the verdict agrees with the readers, and how firmly."""
    sure = sum(clip.keep is not None for clip in clips)
    print(f"\nboth readers sure: {sure} of {len(clips)} clips; {agreement(clips)}")
    sources = sorted({clip.source for clip in clips} - {""})
    for source in sources:
        print(f"  without {source}: {agreement([clip for clip in clips if clip.source != source])}")
    names = [name for name, value in vars(limits).items() if isinstance(value, limits.Limit) and value.score]
    for name in names:
        both = [_kappa_with(clips, {name: 1 + by}) for by in (-MOVED_BY, MOVED_BY)]
        if any(abs(each - agreement(clips).kappa) > 0.005 for each in both):
            print(f"  {name.lower()} a quarter stricter, milder: kappa {both[0]:.2f}, {both[1]:.2f}")
    chance = random.Random(SEED)  # noqa: S311
    moved = sorted(
        _kappa_with(clips, {name: 1 + chance.uniform(-MOVED_BY, MOVED_BY) for name in names}) for _ in range(ROUNDS)
    )
    print(f"  all limits moved at random, {ROUNDS} times: kappa {moved[0]:.2f} at the least, ", end="")
    print(f"{moved[ROUNDS // 20]:.2f} in nineteen of twenty, {median(moved):.2f} in the median")


def kept(clip: JudgedClip, wanted: WantedFrame | None = None) -> bool:
    """Return rigcoach's verdict on a clip; `wanted` has limits of its own where they are tried."""
    measures = clip.measures if wanted is None else replace(clip.measures, wanted=wanted)
    return score_clip(measures).keeper_ratio >= KEPT_FROM


def agreement(clips: Sequence[JudgedClip], wanted: WantedFrame | None = None) -> Agreement:
    """Return how far the verdict agrees with both readers where both are sure."""
    pairs = [(clip.keep, kept(clip, wanted)) for clip in clips if clip.keep is not None]
    good = [ours for theirs, ours in pairs if theirs]
    bad = [ours for theirs, ours in pairs if not theirs]
    count = len(pairs)
    agree = (sum(good) + len(bad) - sum(bad)) / count
    yes_a, yes_b = len(good) / count, (sum(good) + sum(bad)) / count
    chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    kappa = (agree - chance) / (1 - chance)
    return Agreement(kappa, (sum(good), len(good)), (sum(bad), len(bad)))


def _kappa_with(clips: Sequence[JudgedClip], factors: dict[str, float]) -> float:
    """Return kappa with what a keeper may have of each measure times a factor."""
    # Blur and the free roll are what is wanted of a clip; all else stands in the table.
    blur, roll = (factors.get(name, 1.0) for name in ("BLUR", "ROLL"))
    plain = WantedFrame()
    wanted = replace(plain, blur_limit_px=blur * plain.blur_limit_px, roll_free_deg=roll * plain.roll_free_deg)
    with _scaled({name: factor for name, factor in factors.items() if name != "BLUR"}):
        return agreement(clips, wanted).kappa


@contextmanager
def _scaled(factors: dict[str, float]) -> Iterator[None]:
    """Have limits of the table times a factor each while this lasts."""
    before = {name: getattr(limits, name) for name in factors}
    try:
        for name, factor in factors.items():
            limit = before[name]
            setattr(limits, name, replace(limit, free=factor * limit.free, half=factor * limit.half))
        yield
    finally:
        for name, limit in before.items():
            setattr(limits, name, limit)


def _median(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known):.2f}" if known else "-"


if __name__ == "__main__":
    main()
