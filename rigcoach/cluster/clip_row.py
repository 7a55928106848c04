"""A clip as a row of a table: its scores, or why there are none."""

from dataclasses import dataclass

from rigcoach.scoring.advice import Advice
from rigcoach.scoring.batch import FailedClip, ScoredClip


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One clip's row; the columns, their units and types are those of `rigcoach.cluster.parquet_rows.COLUMNS`.

    All but `clip`, `chapters` and the error's are `None` or empty for a clip that could not be scored, `error_code` and
    `error` for one that could.
    """

    clip: str
    chapters: tuple[str, ...] = ()
    overall: float | None = None
    focus: float | None = None
    framing: float | None = None
    steadiness: float | None = None
    exposure: float | None = None
    keeper_ratio: float | None = None
    longest_keeper_start_s: float | None = None
    longest_keeper_end_s: float | None = None
    subject: str | None = None
    found_ratio: float | None = None
    duration_s: float | None = None
    frame_count: int | None = None
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    transfer: str | None = None
    full_range: bool | None = None
    advice: tuple[Advice, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    error_code: str | None = None
    error: str | None = None


def clip_row(result: ScoredClip | FailedClip, name: str, chapters: tuple[str, ...] = ()) -> ClipRow:
    """Return a result's row, under the name and with the chapters by which the clip is known in the archive."""
    if isinstance(result, FailedClip):
        return ClipRow(name, chapters, error_code=result.error.code, error=result.error.line())
    measures, score = result.measures, result.score
    clip, frame_count = measures.clip, len(measures.frames)
    start_s, end_s = score.longest_keeper_s or (None, None)
    return ClipRow(
        clip=name,
        chapters=chapters,
        overall=score.overall,
        focus=score.focus,
        framing=score.framing,
        steadiness=score.steadiness,
        exposure=score.exposure,
        keeper_ratio=score.keeper_ratio,
        longest_keeper_start_s=start_s,
        longest_keeper_end_s=end_s,
        subject=measures.subject_kind,
        found_ratio=measures.found_ratio,
        duration_s=measures.duration_s,
        frame_count=frame_count,
        fps=float(clip.fps),
        width=clip.width,
        height=clip.height,
        transfer=str(clip.transfer),
        full_range=clip.full_range,
        advice=result.advice,
        reasons=tuple(sorted(score.reasons.items())),
        notes=measures.notes,
    )
