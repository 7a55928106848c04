"""Clips from files to scores and advice: one after the other or several at a time."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.measurement_store import kept_or
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.base.cores import cores
from rigcoach.base.errors import RigcoachError
from rigcoach.base.outputs import kind_of
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.picture.box import inside
from rigcoach.measure.picture.framing import ANYWHERE, WantedFrame
from rigcoach.scoring.advice import Advice, advise
from rigcoach.scoring.score import ClipScore, score_clip
from rigcoach.scoring.watched import watched
from rigcoach.scoring.workers import Died, Workers
from rigcoach.video.clip import ClipError, read_clip, read_sequence

PATIENCE_S = 120.0
"""How long one frame may take; even of the largest that can be measured, a slow computer measures one in a few."""

_TICK_S = 0.2
_ALONE = "Try once more; if it stays so, report it, with the clip if you can"
_WITH_OTHERS = "Score it alone, or with fewer --jobs"
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
    advance: Advance = no_progress,
    *,
    wanted: WantedFrame = ANYWHERE,
    chapters: Sequence[Path] = (),
    stills_fps: Fraction | None = None,
) -> ScoredClip | FailedClip:
    """Measure, score and advise on one file. Why it cannot be, whatever it is, comes back as a `FailedClip`.

    `wanted` is the framing to score against, `chapters` the files that the recording goes on in. With `stills_fps` the
    name is that of a folder of stills, which are shown so fast.
    """
    try:
        return _scored(name, choice, rig, advance, wanted, chapters, stills_fps)
    except RigcoachError as error:
        return FailedClip(name, error)
    except Exception as error:  # noqa: BLE001 - any file at all may come; one costs no other
        return FailedClip(name, _unmeasured(Path(name).name, error))


def _scored(
    name: str,
    choice: SubjectChoice,
    rig: RigOptics,
    advance: Advance,
    wanted: WantedFrame,
    chapters: Sequence[Path],
    stills_fps: Fraction | None,
) -> ScoredClip:
    _refuse_ours(Path(name))
    place = wanted.place or _MIDDLE
    clip = read_clip(Path(name), chapters) if stills_fps is None else read_sequence(Path(name), stills_fps)
    if inside(choice.box, (clip.height, clip.width)) is None:
        raise ClipError(
            f"{Path(name).name} cannot be measured",
            why=f"the box lies outside its frame of {clip.width} × {clip.height} pixels",
            next_step="Give --subject box:X,Y,WIDTH,HEIGHT inside it",
            code="clip.box-outside",
        )
    measures = kept_or(lambda: analyse_clip(clip, choice, rig, advance, place=place), clip, choice, rig, place, advance)
    measured = partial(advance, clip.duration_s or 0.0, clip.duration_s)
    measured()
    measures = as_wanted(measures, wanted)
    measured()
    score = score_clip(measures)
    measured()
    return ScoredClip(name, measures, score, advise(measures))


def _refuse_ours(path: Path) -> None:
    """Tell what rigcoach wrote beside clips from them: a report, or a film that it drew into."""
    kind = kind_of(path) if path.is_file() else None
    if kind is not None:
        raise ClipError(
            f"{path.name} is not a clip",
            why=f"it is a {kind.name} written by rigcoach",
            next_step="Leave it out",
            code="clip.is-report",
        )


def _unmeasured(name: str, error: Exception) -> ClipError:
    """Return the error for a clip at which something failed that was not foreseen."""
    if isinstance(error, MemoryError):
        return ClipError(
            f"{name} cannot be measured",
            why="memory ran out",
            next_step="Score it on its own, or on a computer with more memory",
            code="clip.memory",
        )
    if isinstance(error, OSError):
        return ClipError(f"{name} cannot be read", why=error.strerror or str(error), next_step="Check the file")
    return ClipError(
        f"{name} cannot be measured",
        why=f"something went wrong inside rigcoach ({type(error).__name__}: {error})",
        next_step="Report this, with the clip if you can",
        code="clip.failed",
    )


def as_wanted(measures: ClipMeasurements, wanted: WantedFrame) -> ClipMeasurements:
    """Return measures with offsets from the wanted place instead of the frame's middle, to be scored against it.

    On a target card the middle is wanted where nothing else is: that is what it is there for.
    """
    if wanted.place is None and measures.subject_kind == "target":
        wanted = replace(wanted, place=_MIDDLE)
    if wanted.place is None:
        return replace(measures, wanted=wanted)
    dx, dy = wanted.place[0] - 0.5, wanted.place[1] - 0.5
    frames = stored(
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
    chapters: Mapping[str, Sequence[Path]] | None = None,
    stills_fps: Fraction | None = None,
    one_here: bool = True,
) -> Generator[ScoredClip | FailedClip]:
    """Score files, `jobs` at a time; each comes in the order given, as soon as those before it came.

    More than one, and one that is not `one_here`, are scored in processes of their own: a file at which the decoder
    crashes or the memory runs out fails alone. So does, of one here too, a file of which nothing comes for
    `PATIENCE_S`. `advance` is told of the clips scored, with the parts of those at work; a long one counts more than a
    short one. `wanted` and `stills_fps` are as in `score_file`, `chapters` those of the names that have some. A caller
    who stops before the end closes the iterator.
    """
    if len(names) == 1 and one_here:
        alone = partial(
            _score_one, names[0], choice=choice, rig=rig, wanted=wanted, chapters=chapters or {}, stills_fps=stills_fps
        )
        scored = watched(alone, part_of_all(0, 1, advance), PATIENCE_S)
        yield died(names[0], scored.why) if isinstance(scored, Died) else scored
        return
    shares = shares_of_work(names, chapters or {})
    parts: dict[int, float] = {}
    done: dict[int, ScoredClip | FailedClip | Died] = {}

    def told(number: int, seconds: float, of: float | None) -> None:
        parts[number] = min(seconds / of, 1.0) if of else 0.0

    work = partial(_score_one, choice=choice, rig=rig, wanted=wanted, chapters=chapters or {}, stills_fps=stills_fps)
    prepare = partial(_share_cores, min(jobs, len(names)))
    with Workers(work, jobs, prepare=prepare, patience_s=PATIENCE_S) as workers:
        for name in names:
            workers.submit(name)
        for number, name in enumerate(names):
            while number not in done:
                for finished, result in workers.collect(_TICK_S, told):
                    done[finished] = result
                    parts[finished] = 1.0
                advance(sum(shares[each] * part for each, part in parts.items()) * len(names), float(len(names)))
            result = done.pop(number)
            yield died(name, result.why, _WITH_OTHERS) if isinstance(result, Died) else result


def shares_of_work(names: Sequence[str], chapters: Mapping[str, Sequence[Path]]) -> list[float]:
    """Return which share of all the work each clip is, by the sizes of its files: of one camera's they tell lengths."""
    sizes = [sum(map(_size_bytes, (Path(name), *chapters.get(name, ())))) + 1 for name in names]
    return [size / sum(sizes) for size in sizes]


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0  # whoever reads it tells why


def _score_one(
    name: str,
    advance: Advance,
    *,
    choice: SubjectChoice,
    rig: RigOptics,
    wanted: WantedFrame,
    chapters: Mapping[str, Sequence[Path]],
    stills_fps: Fraction | None,
) -> ScoredClip | FailedClip:
    more = chapters.get(name, ())
    return score_file(name, choice, rig, advance, wanted=wanted, chapters=more, stills_fps=stills_fps)


def died(name: str, why: str, next_step: str = _ALONE) -> FailedClip:
    """Return the result of a clip at which the process that measured it ended, or was given up."""
    return FailedClip(
        name, ClipError(f"{Path(name).name} cannot be measured", why=why, next_step=next_step, code="clip.killed")
    )


def part_of_all(scored: int, count: int, advance: Advance) -> Advance:
    """Return what takes the part of one clip that is done and passes on clips, of `count`, `scored` of them before."""

    def of_all(done: float, of: float | None) -> None:
        advance(scored + (min(done / of, 1.0) if of else 0.0), float(count))

    return of_all


def _share_cores(jobs: int) -> None:
    import cv2

    cv2.setNumThreads(max(1, cores() // jobs))
