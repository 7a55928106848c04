"""Clips from files to scores and advice: one after the other or several at a time."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, unheeded
from rigcoach.measure.picture.framing import ANYWHERE, WantedFrame
from rigcoach.scoring.advice import Advice, advise
from rigcoach.scoring.score import ClipScore, score_clip
from rigcoach.video.clip import read_clip

_MIDDLE = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class ScoredClip:
    """A clip that was scored; `name` is the file as the user named it."""

    name: str
    measures: ClipMeasurements
    score: ClipScore
    advice: tuple[Advice, ...]

    @property
    def overall(self) -> float | None:
        """The clip's score, 0 to 100; None where none can be given: ``score.reasons`` says why."""
        return self.score.overall

    @property
    def keeper_ratio(self) -> float:
        """Share of the frames that a photographer would keep."""
        return self.score.keeper_ratio


@dataclass(frozen=True, slots=True)
class FailedClip:
    """A file that could not be scored, and why: it cannot be read, or a detector that it needs is damaged."""

    name: str
    error: RigcoachError


def score_file(
    name: str,
    choice: SubjectChoice,
    rig: RigOptics,
    advance: Advance = unheeded,
    *,
    wanted: WantedFrame = ANYWHERE,
) -> ScoredClip | FailedClip:
    """Measure, score and advise on one file. Why it cannot be comes back as a `FailedClip`.

    `wanted` is the framing to score against.
    """
    try:
        place = wanted.place or _MIDDLE
        measures = as_wanted(analyse_clip(read_clip(Path(name)), choice, rig, advance, place=place), wanted)
    except RigcoachError as error:
        return FailedClip(name, error)
    return ScoredClip(name, measures, score_clip(measures), advise(measures))


def as_wanted(measures: ClipMeasurements, wanted: WantedFrame) -> ClipMeasurements:
    """Return measures with offsets from the wanted place instead of the frame's middle, to be scored against it.

    On a target card the middle is wanted where nothing else is: that is what it is there for.
    """
    if wanted.place is None and measures.subject_kind == "target":
        wanted = replace(wanted, place=_MIDDLE)
    if wanted.place is None:
        return replace(measures, wanted=wanted)
    dx, dy = wanted.place[0] - 0.5, wanted.place[1] - 0.5
    frames = tuple(
        frame
        if frame.framing is None
        else replace(
            frame, framing=replace(frame.framing, offset=(frame.framing.offset[0] - dx, frame.framing.offset[1] - dy))
        )
        for frame in measures.frames
    )
    return replace(measures, frames=frames, wanted=wanted)


def score_files(
    names: Sequence[str],
    choice: SubjectChoice,
    rig: RigOptics,
    *,
    jobs: int = 1,
    advance: Advance,
    wanted: WantedFrame = ANYWHERE,
) -> Iterator[ScoredClip | FailedClip]:
    """Score files in the order given, `jobs` at a time; `wanted` as in `score_file`.

    With one job `advance` is told of the clips scored and the part of the present one; with more, of whole clips.
    """
    total = float(len(names))
    if jobs == 1 or len(names) == 1:
        for i, name in enumerate(names):
            yield score_file(name, choice, rig, part_of_all(i, len(names), advance), wanted=wanted)
        return
    # Workers are spawned, not forked: a fork after FFmpeg or OpenCV has started threads can hang.
    with ProcessPoolExecutor(
        min(jobs, len(names)), mp_context=get_context("spawn"), initializer=_share_cores, initargs=(jobs,)
    ) as pool:
        futures = [pool.submit(score_file, name, choice, rig, wanted=wanted) for name in names]
        try:
            for i, future in enumerate(futures):
                yield future.result()
                advance(i + 1, total)
        finally:
            for future in futures:
                future.cancel()


def part_of_all(scored: int, count: int, advance: Advance) -> Advance:
    """Return what takes the part of one clip that is done and passes on clips, of `count`, `scored` of them before."""

    def of_all(done: float, of: float | None) -> None:
        advance(scored + (min(done / of, 1.0) if of else 0.0), float(count))

    return of_all


def _share_cores(jobs: int) -> None:
    import cv2

    cv2.setNumThreads(max(1, (os.cpu_count() or 1) // jobs))
