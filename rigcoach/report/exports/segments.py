"""The stretches of clips worth carrying on, in frames at the clip's rate."""

from collections.abc import Sequence
from dataclasses import dataclass

from rigcoach.report.clip_charts import keeper_runs
from rigcoach.report.exports.footage import Footage
from rigcoach.scoring.batch import ScoredClip

SHORTEST_S = 0.5
"""Shorter stretches of keepers are no use in a cut."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of keepers: its first frame, its length, its mean score, and the frame that scores best.

    Frames are counted from the clip's start at its rate, as editors count them.
    """

    first: int
    length: int
    score: float
    best: int
    best_score: float


def cut(footage: Sequence[Footage]) -> tuple[tuple[Footage, Segment], ...]:
    """Return the stretches of keepers of all clips, in the order of the clips, each with its clip."""
    return tuple((each, segment) for each in footage for segment in segments(each.scored))


def segments(scored: ScoredClip) -> tuple[Segment, ...]:
    """Return a clip's stretches of keepers of half a second or more, in order."""
    measures = scored.measures
    fps = float(measures.clip.fps)
    found = []
    for start_s, end_s in keeper_runs(measures, scored.score):
        if end_s - start_s < SHORTEST_S:
            continue
        inside = [
            (frame.t_s, each.overall)
            for frame, each in zip(measures.frames, scored.score.frames, strict=True)
            if start_s - 1e-3 <= frame.t_s < end_s - 1e-3 and each.overall is not None
        ]
        best_s, best = max(inside, key=lambda pair: pair[1])
        first = round(start_s * fps)
        mean = sum(value for _, value in inside) / len(inside)
        found.append(Segment(first, round(end_s * fps) - first, mean, round(best_s * fps), best))
    return tuple(found)
