"""A take's clip into its score: measured as any clip is, against the frame that the drill wants."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import isnan, nan
from pathlib import Path
from statistics import fmean

import numpy as np

from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base import disk
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.journal.folder import write_whole
from rigcoach.journal.session import Fault, Moment, TakeScore
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.optics.permissible_blur import limit_scale
from rigcoach.scoring.advice import Advice
from rigcoach.scoring.batch import FailedClip, ScoredClip, score_file
from rigcoach.scoring.documents import clip_text
from rigcoach.scoring.score import FrameScore, held
from rigcoach.video.container import ClipError

_MOMENT_S = 1.0
_KNOWN_SHARE = 0.5  # of a moment's frames, for it to be one


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringJob:
    """A clip to score: the take's number, its file, where every frame's scores go, its subject, and what was wanted.

    `chapters` are the files that the clip goes on in.
    """

    take: int
    clip: Path
    scores: Path | None
    subject: str
    wanted: WantedFrame
    rig: RigOptics
    chapters: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeResult:
    """What came of a job: a score, or why there is none; `fps` and `width` are the clip's.

    `may_succeed` says of a failure that it was not the clip's: what failed may go well another time.
    """

    take: int
    score: TakeScore | None
    error: str | None = None
    fps: float = 0.0
    width: int = 0
    exposure_mean: float | None = None
    may_succeed: bool = False


def score_job(job: ScoringJob, advance: Advance = no_progress) -> ScoredClip | FailedClip:
    """Score a take's clip as its drill wants it, under the clip's own name."""
    choice = SubjectChoice(job.subject)
    scored = score_file(str(job.clip), choice, job.rig, advance, wanted=job.wanted, chapters=job.chapters)
    return replace(scored, name=job.clip.name)


def score_take(job: ScoringJob, advance: Advance = no_progress) -> TakeResult:
    """Score a take's clip. What is wrong with the clip, or with writing its scores, comes back as the error."""
    try:
        scored = score_job(job, advance)
        if isinstance(scored, FailedClip):
            its_own = isinstance(scored.error, ClipError)
            return TakeResult(job.take, None, scored.error.line(), may_succeed=not its_own)
        if job.scores is not None:
            disk.make_folder(job.scores.parent)
            write_whole(job.scores, (piece.encode() for piece in chain(clip_text(scored), "\n")))
    except RigcoachError as error:
        return TakeResult(job.take, None, error.line(), may_succeed=True)
    except OSError as error:
        why = f"{error.filename or job.clip.name} cannot be written: {error.strerror or error}"
        return TakeResult(job.take, None, why, may_succeed=True)
    measures = scored.measures
    return TakeResult(
        job.take,
        _take_score(job.take, scored),
        fps=float(measures.clip.fps),
        width=measures.clip.width,
        exposure_mean=fmean(frame.exposure.mean for frame in measures.frames) if measures.frames else None,
    )


def _take_score(take: int, scored: ScoredClip) -> TakeScore:
    measures, score = scored.measures, scored.score
    blur, distances_m, deviations_m = array("d"), array("d"), array("d")
    across, down, rolls = array("d"), array("d"), array("d")
    for frame in measures.frames:
        if frame.focus.blur_px is not None:
            blur.append(frame.focus.blur_px)
        if frame.away_m is not None:
            distances_m.append(frame.away_m[0])
            deviations_m.append(frame.away_m[1])
        if frame.framing is not None:
            across.append(frame.framing.offset[0])
            down.append(frame.framing.offset[1])
            if frame.framing.roll_deg is not None:
                rolls.append(frame.framing.roll_deg)
    best, worst = _moments(take, array("d", (frame.t_s for frame in measures.frames)), score.frames)
    longest = score.longest_keeper_s
    blur_px, off_x, off_y = _median(blur), _median(across), _median(down)
    return TakeScore(
        overall=score.overall,
        focus=score.focus,
        framing=score.framing,
        steadiness=score.steadiness,
        exposure=score.exposure,
        keeper_ratio=score.keeper_ratio,
        longest_keeper_s=0.0 if longest is None else longest[1] - longest[0],
        found_ratio=measures.found_ratio,
        subject_kind=measures.subject_kind,
        blur_px=None if blur_px is None else blur_px / limit_scale(measures.clip.width, measures.clip.height),
        reasons=dict(score.reasons),
        faults=tuple(_fault(advice) for advice in scored.advice),
        best=best,
        worst=worst,
        distance_m=_median(distances_m),
        distance_sd_m=_median(deviations_m),
        offset=None if off_x is None or off_y is None else (off_x, off_y),
        roll_deg=_median(rolls),
    )


def _median(values: "array[float]") -> float | None:
    return float(np.median(np.frombuffer(values))) if values else None


def _fault(advice: Advice) -> Fault:
    seconds = sum(end - start for start, end in advice.seconds)
    return Fault(advice.code, advice.text, seconds, advice.short)


def _moments(take: int, times: Sequence[float], frames: Iterable[FrameScore]) -> tuple[Moment | None, Moment | None]:
    """Return the best and the worst second: stretches of frames of which at least half could be scored.

    They are scored as a clip is, so that a second of frames that nobody would keep is none of the best.
    """
    # Each frame is in many a second, and a long clip's wait on the disk: they are read once.
    overall, keepers = array("d"), bytearray()
    for frame in frames:
        overall.append(nan if (known := frame.overall) is None else known)
        keepers.append(frame.keeper)
    best: Moment | None = None
    worst: Moment | None = None
    end = 0
    for start, t_s in enumerate(times):
        while end < len(times) and times[end] < t_s + _MOMENT_S:
            end += 1
        if end == len(times) and best is not None:
            break  # what is left is shorter than a moment
        count = end - start
        scores = [score for score in overall[start:end] if not isnan(score)]
        if scores and len(scores) >= _KNOWN_SHARE * count:
            score = held(fmean(scores), sum(keepers[start:end]) / count)
            moment = Moment(take, t_s, times[end - 1], score)
            best = moment if best is None or score > best.score else best
            worst = moment if worst is None or score < worst.score else worst
    return best, worst
