"""What is told of people who are smeared by known lengths, though nothing moves from frame to frame that much.

    python bench/smeared_in_place.py CLIP... [--models FOLDER]

From each clip, stretches are taken at random. All frames of one are blurred alike, in linear light, by a disc or along
a line: as where a tripod vibrates, which the movement between frames does not tell. A clip counts as sharp where half
of its frames or more are within a keeper's limits for blur and motion blur.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import av
import numpy as np
import numpy.typing as npt
from changed_judged import write_clip
from degrade import Recording, blurred
from judged import installed_from

from rigcoach.analysis.results import FrameMeasurement
from rigcoach.api import scoring_of
from rigcoach.base.progress import no_progress
from rigcoach.scoring import limits
from rigcoach.scoring.batch import ScoredClip, score_files

# Motion blur and radius of defocus, in pixels.
BLURS = ((0.0, 0.0), (0.0, 1.0), (0.0, 2.5), (3.0, 0.0), (5.0, 0.0), (7.0, 0.0), (10.0, 0.0), (7.0, 2.5))
FRAMES = 15
_GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class BlurredClip:
    """A stretch of a clip that was blurred by known lengths, in pixels."""

    path: Path
    smear_px: float
    radius_px: float


def main() -> None:
    """Blur, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIP")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        if options.models is not None:
            os.environ["RIGCOACH_HOME"] = home
            installed_from(options.models)
        rng = np.random.default_rng(options.seed)
        made = [blurred for clip in options.clips for blurred in blurred_clips(clip, Path(folder), rng)]
        frames = measured(made)
    print("\n".join(table(made, frames)))


def blurred_clips(clip: Path, folder: Path, rng: np.random.Generator) -> Iterator[BlurredClip]:
    """Write a stretch of a clip for each of `BLURS`."""
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        rate = stream.average_rate
        pictures = [np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8) for frame in source.decode(stream)]
    for i, (smear_px, radius_px) in enumerate(BLURS):
        first = int(rng.integers(0, max(len(pictures) - FRAMES, 0) + 1))
        recording = Recording(radius_px=radius_px, smear_px=smear_px, smear_deg=float(rng.uniform(0, 180)))
        made = BlurredClip(folder / f"{clip.stem}-{i}.mp4", smear_px, radius_px)
        write_clip([_blurred(each, recording) for each in pictures[first : first + FRAMES]], rate, made.path)
        yield made


def _blurred(picture: npt.NDArray[np.uint8], recording: Recording) -> npt.NDArray[np.uint8]:
    light = np.asarray((picture / 255.0) ** _GAMMA, dtype=np.float32)
    return np.asarray(np.rint(255 * np.clip(blurred(light, recording), 0, 1) ** (1 / _GAMMA)), dtype=np.uint8)


def measured(made: Sequence[BlurredClip]) -> list[list[FrameMeasurement]]:
    """Return the frames of each clip in which a subject was found."""
    asked = scoring_of()
    paths = [str(each.path) for each in made]
    results = score_files(paths, asked.choice, asked.rig, jobs=os.cpu_count() or 1, advance=no_progress)
    return [
        [frame for frame in result.measures.frames if frame.subject is not None]
        if isinstance(result, ScoredClip)
        else []
        for result in results
    ]


def table(made: Sequence[BlurredClip], frames: Sequence[Sequence[FrameMeasurement]]) -> list[str]:
    """Return a row for each blur: of how many clips, how many are sharp, and the median of what is told."""
    lines = [
        "| motion blur put in | radius put in | clips with a subject | sharp | motion blur told | radius told |",
        "|---|---|---|---|---|---|",
    ]
    for smear_px, radius_px in BLURS:
        found = [
            part
            for each, part in zip(made, frames, strict=True)
            if part and (each.smear_px, each.radius_px) == (smear_px, radius_px)
        ]
        sharp = sum(2 * sum(map(within_limits, part)) >= len(part) for part in found)
        smears = [smear for part in found for frame in part if (smear := frame.focus.smear_px) is not None]
        radii = [radius for part in found for frame in part if (radius := frame.focus.blur_px) is not None]
        told = [f"{median(values):.1f} px" if values else "-" for values in (smears, radii)]
        lines.append(f"| {smear_px:g} px | {radius_px:g} px | {len(found)} | {sharp} | {' | '.join(told)} |")
    return lines


def within_limits(frame: FrameMeasurement) -> bool:
    """Return whether a frame's blur is known, and neither it nor its motion blur spoils a keeper."""
    blur_px, smear_px = frame.focus.blur_px, frame.focus.smear_px
    return blur_px is not None and blur_px <= limits.BLUR.keeper and (smear_px or 0.0) <= limits.MOTION_BLUR.keeper


if __name__ == "__main__":
    main()
