"""The reports of a session's takes, each beside its clip, with the best take and the others' places to compare."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rigcoach.base.progress import Advance, no_progress
from rigcoach.measure.picture.box import Box
from rigcoach.report.clip_page import clip_page
from rigcoach.report.page import ALONE, PageFrame, write
from rigcoach.report.player import BestTake, Ghost, Played
from rigcoach.report.proxy import playable
from rigcoach.report.takes import ScoredTake
from rigcoach.rig.profile import Profile
from rigcoach.scoring.batch import ScoredClip


def take_report(number: int) -> str:
    """Return what a take's report is called, beside its session's page.

    >>> take_report(3)
    'take-03.review.html'
    """
    return f"take-{number:02}.review.html"


def write_take_pages(
    folder: Path,
    takes: Sequence[ScoredTake],
    profile: Profile | None = None,
    *,
    proxy: bool = False,
    into: Path | None = None,
    frame: PageFrame = ALONE,
    advance: Advance = no_progress,
) -> tuple[Path, ...]:
    """Write the report of every take of a session into its folder, and return where they are.

    Parameters
    ----------
    folder
        The session's.
    takes
        Its takes, scored.
    profile
        What they were shot with, where that is known.
    proxy
        Whether small copies are made of clips that browsers don't decode.
    into
        Where the reports go instead, to be shown as if they lay in the session's folder.
    frame
        Its language, and where it leads back to.
    advance
        Told of the pages written, and of how many.

    Raises
    ------
    rigcoach.base.errors.RigcoachError
        A page may not be written, or a clip not be read any more.
    """
    clips = {each.number: playable(each.scored.measures.clip, folder / "report.html", proxy=proxy) for each in takes}
    written = []
    for done, each in enumerate(takes):
        advance(done, len(takes))
        to, files = (into or folder) / take_report(each.number), each.scored.measures.clip.files
        played = Played(clips[each.number], _best_beside(each, takes, clips), _ghosts(each, takes))
        write(to, clip_page(each.scored, profile, played=played, frame=frame), inputs=files)
        written.append(to)
    return tuple(written)


def _best_beside(shown: ScoredTake, takes: Sequence[ScoredTake], clips: dict[int, str | None]) -> BestTake | None:
    """Return the best of the other takes; None where it has no clip to play, or the take itself none."""
    known = [each for each in takes if each.scored.overall is not None]
    best = max(known, key=lambda each: each.scored.overall or 0.0, default=None)
    if best is None or best.number == shown.number or clips[shown.number] is None:
        return None
    clip = clips[best.number]
    return None if clip is None else BestTake(clip, f"Take {best.number}, the best")


def _ghosts(shown: ScoredTake, takes: Sequence[ScoredTake]) -> tuple[Ghost, ...]:
    size = (shown.scored.measures.clip.width, shown.scored.measures.clip.height)
    boxes = ((each.number, _usual_box(each.scored, size)) for each in takes if each.number != shown.number)
    return tuple(Ghost(number, box) for number, box in boxes if box is not None)


def _usual_box(scored: ScoredClip, size: tuple[int, int]) -> Box | None:
    """Return the median of the subject's boxes, in pixels of a frame of another size."""
    boxes = [frame.subject.box for frame in scored.measures.frames if frame.subject is not None]
    if not boxes:
        return None
    clip = scored.measures.clip
    x, y, w, h = (median(box[i] for box in boxes) for i in range(4))
    across, down = size[0] / clip.width, size[1] / clip.height
    return (x * across, y * down, w * across, h * down)
