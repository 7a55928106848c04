"""The report of one clip."""

from dataclasses import dataclass
from pathlib import Path

from rigcoach.base.percent import percent
from rigcoach.base.progress import Advance, no_progress
from rigcoach.journal.session import SCORES
from rigcoach.report.clip_charts import clip_charts
from rigcoach.report.faces import FaceHider
from rigcoach.report.heat import heat
from rigcoach.report.moments import Moments, moments
from rigcoach.report.page import ALONE, PageFrame, render
from rigcoach.report.player import Played, player
from rigcoach.report.ring import lens_of
from rigcoach.report.wheel import wheel
from rigcoach.rig.profile import Profile
from rigcoach.rig.settings import setting_name
from rigcoach.scoring.advice import first_sector, headline
from rigcoach.scoring.batch import ScoredClip
from rigcoach.scoring.score import ClipScore, explained


@dataclass(frozen=True, slots=True)
class Tile:
    """A score and what it was computed from, or why there is none."""

    name: str
    value: float | None
    why: str


def clip_page(
    scored: ScoredClip,
    profile: Profile | None = None,
    *,
    hide: FaceHider | None = None,
    played: Played = Played(),  # noqa: B008 - frozen
    looked_at: Moments | None = None,
    frame: PageFrame = ALONE,
    advance: Advance = no_progress,
) -> str:
    """Return the report of a clip as one HTML page.

    Parameters
    ----------
    scored
        The clip; its file is read once more for the pictures.
    profile
        What it was shot with, where that is known.
    hide
        Makes the pictures fit to be shared; the page then says so, and plays no clip.
    played
        The clip that the page plays, by its address, and what is shown beside it; by default its stills.
    looked_at
        Its moments, where they were made already, fit to be shared if the page is.
    frame
        Its language, and where it leads back to.
    advance
        Told of the pictures made, which takes longest, and of how many.

    Raises
    ------
    rigcoach.video.clip.ClipError
        The file has gone or changed since it was scored.
    """
    measures, score = scored.measures, scored.score
    clip = measures.clip
    lens = lens_of(profile, clip.width)
    shown = Played() if hide is not None else played
    found = f"{measures.subject_kind}, found in {percent(measures.found_ratio)} of the frames"
    return render(
        "clip.html.j2",
        clip_charts(measures, score, lens),
        frame=frame,
        name=Path(scored.name).name,
        headline=headline(score, scored.advice),
        explained=explained(score),
        subject=f"Subject: {found}" if measures.subject_kind else "No subject found",
        size=(clip.width, clip.height),
        fps=f"{float(clip.fps):.4g}",
        length=f"{len(measures.frames) / float(clip.fps):.1f} s",
        longest=_stretch(score),
        tiles=_tiles(score),
        advice=scored.advice,
        moments=looked_at or moments(scored, hide=hide, advance=advance),
        place_wanted=measures.wanted.place is not None,
        heat=heat(measures),
        wheel=wheel((first_sector(each, measures) for each in measures.frames), "frames"),
        wheel_title="Most common misses",
        settings=rig_rows(profile),
        player=player(scored, shown, frame.words),
        shared=hide is not None,
        plays=shown.clip is not None,
    )


def rig_rows(profile: Profile | None) -> tuple[tuple[str, str], ...]:
    """Return a profile's rig and settings as rows of a table."""
    if profile is None:
        return ()
    parts = (("body", profile.rig.body), ("lens", profile.rig.lens), ("adapter", profile.rig.adapter))
    gear = tuple((label, part.name) for label, part in parts if part is not None)
    requests = tuple((setting_name(request.setting), request.text) for request in profile.settings.requests())
    return (("profile", profile.name), *gear, *requests)


def _tiles(score: ClipScore) -> tuple[Tile, ...]:
    return tuple(
        Tile(name, getattr(score, name), score.computed_from.get(name) or score.reasons.get(name, ""))
        for name in SCORES
    )


def _stretch(score: ClipScore) -> str:
    if score.longest_keeper_s is None:
        return ""
    start, end = score.longest_keeper_s
    return f"{end - start:.1f} s, from {start:.1f} s"
