"""How well a part of a clip's frames speaks for the whole: why an overall score needs a third of them.

    python bench/measured_share.py CLIP...

Of every clip the frames in which focus and framing could be measured are taken as the whole. A stretch of them, of each
length and at each place, is scored alone; the table says how far its score is off the whole's.
"""

import argparse
from dataclasses import replace

import numpy as np

from rigcoach.analysis.results import ClipMeasurements
from rigcoach.api import scoring_of
from rigcoach.base.progress import no_progress
from rigcoach.scoring.batch import ScoredClip, score_files
from rigcoach.scoring.score import score_clip

SHARES = (0.05, 0.08, 0.15, 0.25, 1 / 3, 0.5, 0.75)
# A stretch begins at so many places of a clip.
PLACES = 60
FEWEST_FRAMES = 50


def main() -> None:
    """Measure the clips, and print how far off a part of them is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+")
    asked, wholes = scoring_of(), []
    for result in score_files(parser.parse_args().clips, asked.choice, asked.rig, advance=no_progress):
        if isinstance(result, ScoredClip):
            whole = known(result)
            if len(whole.frames) >= FEWEST_FRAMES:
                wholes.append(whole)
                print(f"{result.name}: {len(whole.frames)} frames measured, {score_clip(whole).overall:.0f}")
    print(f"\n{'share':>6} {'median':>7} {'90 %':>6} {'worst':>6}   points off the whole's overall score")
    for share in SHARES:
        off = np.concatenate([np.abs(errors(whole, share)) for whole in wholes])
        print(f"{100 * share:>4.0f} % {np.median(off):>7.1f} {np.quantile(off, 0.9):>6.1f} {off.max():>6.1f}")


def known(scored: ScoredClip) -> ClipMeasurements:
    """Return a clip of the frames alone that could be measured."""
    pairs = zip(scored.measures.frames, scored.score.frames, strict=True)
    return replace(scored.measures, frames=tuple(frame for frame, each in pairs if each.measured))


def errors(whole: ClipMeasurements, share: float) -> np.ndarray:
    """Return how far stretches of a share of a clip's frames score above or below the whole."""
    overall, count = score_clip(whole).overall, max(1, round(share * len(whole.frames)))
    starts = np.unique(np.linspace(0, len(whole.frames) - count, PLACES).round().astype(int))
    parts = [score_clip(replace(whole, frames=whole.frames[start : start + count])).overall for start in starts]
    return np.array(parts, dtype=float) - float(overall or np.nan)


if __name__ == "__main__":
    main()
