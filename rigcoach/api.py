"""What programs call: clips measured, scored and reviewed, as the commands do it.

`rigcoach.score`, `rigcoach.measure` and `rigcoach.review` are these.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice, rig_optics
from rigcoach.base.progress import Advance, no_progress
from rigcoach.drills.files import load_take
from rigcoach.drills.model import SUBJECTS
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.framing import ANYWHERE, WantedFrame
from rigcoach.optics.shots import SHOT_NAMES
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.scoring.batch import FailedClip, ScoredClip, score_file


def score(
    path: str | os.PathLike[str],
    *,
    subject: str | Box = "auto",
    fixed: bool = False,
    drill: str | None = None,
    rig: str | Profile | None = None,
    shutter_s: float | None = None,
    height_m: float | None = None,
    place: tuple[float, float] | None = None,
    scale: str | None = None,
    headroom: tuple[float, float] | None = None,
    advance: Advance = no_progress,
) -> ScoredClip:
    """Score a clip, as ``rigcoach score`` does.

    Parameters
    ----------
    path
        The video file.
    subject
        "auto" (the target card, else the main face or person), "target", "face", "person", or a box
        ``(x, y, width, height)`` in pixels of the first upright frame.
    fixed
        Whether a box stays where it is instead of following what is in it.
    drill
        A drill's name, or ``NAME:TAKE``: the framing that it wants, its subject and its rig.
    rig
        The profile the clip was shot with, by name, path or as it was loaded: its lens gives distances, its shutter
        speed the motion blur.
    shutter_s
        The shutter speed in seconds, where no profile gives it.
    height_m
        How tall the person is, in metres.
    place, scale, headroom
        The framing wanted, in place of the drill's: the subject's centre in fractions of the frame, the shot scale
        such as "medium", the band of headroom in frame heights. What is left out does not count.
    advance
        Called with the seconds measured so far, and the clip's length in seconds.

    Returns
    -------
    The clip's scores (0 to 100), advice and measurements; `overall` is None where nothing can be said, with the reason
    in ``score.reasons``.

    Raises
    ------
    rigcoach.RigcoachError
        The file cannot be read, or there is no such drill or profile.
    ValueError
        `subject` is not one of these.
    """
    asked = scoring_of(
        subject,
        fixed=fixed,
        drill=drill,
        rig=rig,
        shutter_s=shutter_s,
        height_m=height_m,
        place=place,
        scale=scale,
        headroom=headroom,
    )
    result = score_file(os.fspath(path), asked.choice, asked.rig, advance, wanted=asked.wanted)
    if isinstance(result, FailedClip):
        raise result.error
    return result


def measure(
    path: str | os.PathLike[str],
    *,
    subject: str | Box = "auto",
    fixed: bool = False,
    rig: str | Profile | None = None,
    shutter_s: float | None = None,
    height_m: float | None = None,
    advance: Advance = no_progress,
) -> ClipMeasurements:
    """Measure every frame of a clip, and judge nothing.

    Parameters are those of `score`; offsets are from the frame's middle.

    Returns
    -------
    The clip and its frames: blur radii and motion blur in pixels of the upright full-resolution frame, boxes
    ``(x, y, width, height)`` in the same, roll in degrees clockwise, distances in metres.

    Raises
    ------
    rigcoach.RigcoachError
        The file cannot be read, or there is no such profile.
    ValueError
        `subject` is not one of those.
    """
    return score(
        path, subject=subject, fixed=fixed, rig=rig, shutter_s=shutter_s, height_m=height_m, advance=advance
    ).measures


def review(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    subject: str | Box = "auto",
    drill: str | None = None,
    rig: str | Profile | None = None,
    place: tuple[float, float] | None = None,
    scale: str | None = None,
    headroom: tuple[float, float] | None = None,
    share: bool = False,
    force: bool = False,
) -> ScoredClip:
    """Score a clip and write its report, one HTML file that needs no network.

    Parameters
    ----------
    path
        The video file.
    out
        The report's file.
    subject, drill, rig, place, scale, headroom
        As of `score`.
    share
        Whether faces are made unrecognisable where they are found.
    force
        Whether a file at `out` that rigcoach did not write may be replaced; the clip itself never is.

    Returns
    -------
    What the report shows.

    Raises
    ------
    rigcoach.RigcoachError
        The clip cannot be read, or the report not written there.
    """
    from rigcoach.base.outputs import REPORT, check_output
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.faces import face_hider
    from rigcoach.report.page import write
    from rigcoach.report.player import Played
    from rigcoach.report.proxy import playable

    check_output(Path(out), REPORT, inputs=[Path(path)], force=force)
    profile = load_profile(rig) if isinstance(rig, str) else rig
    scored = score(path, subject=subject, drill=drill, rig=profile, place=place, scale=scale, headroom=headroom)
    clip = None if share else playable(scored.measures.clip, Path(out))
    page = clip_page(scored, profile, hide=face_hider() if share else None, played=Played(clip))
    write(Path(out), page, inputs=[Path(path)], force=force)
    return scored


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a clip is to be scored: its subject, the rig with the profile it is from, and the framing wanted."""

    choice: SubjectChoice
    rig: RigOptics
    wanted: WantedFrame
    profile: Profile | None


def scoring_of(
    subject: str | Box = "auto",
    *,
    fixed: bool = False,
    drill: str | None = None,
    rig: str | Profile | None = None,
    shutter_s: float | None = None,
    height_m: float | None = None,
    place: tuple[float, float] | None = None,
    scale: str | None = None,
    headroom: tuple[float, float] | None = None,
) -> Scoring:
    """Return how a clip is to be scored; parameters and errors are those of `score`."""
    if isinstance(subject, str) and subject not in SUBJECTS:
        raise ValueError(f"subject is one of {', '.join(SUBJECTS)} or a box, not {subject!r}")
    kind, box = (subject, None) if isinstance(subject, str) else ("box", subject)
    wanted = ANYWHERE
    if drill is not None:
        take, station = load_take(drill)
        wanted = take.wanted_at(station)
        kind = take.frame.subject if kind == "auto" else kind
        rig = rig or take.profile
    if scale is not None and scale not in SHOT_NAMES:
        raise ValueError(f"scale is one of {', '.join(SHOT_NAMES)}, not {scale!r}")
    wanted = replace(
        wanted,
        place=place or wanted.place,
        shot=SHOT_NAMES[scale] if scale is not None else wanted.shot,
        headroom=headroom or wanted.headroom,
    )
    profile = load_profile(rig) if isinstance(rig, str) else rig
    optics = RigOptics() if profile is None else rig_optics(profile)
    if shutter_s is not None:
        optics = replace(optics, shutter_s=shutter_s)
    return Scoring(SubjectChoice(kind, box, fixed, height_m), optics, wanted, profile)
