"""`rigcoach review`: a report to look at, an annotated clip, and files for other programs."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.clip_names import file_name
from rigcoach.base.errors import RigcoachError
from rigcoach.cli.footage import footage_of
from rigcoach.cli.guarded import why_it_died
from rigcoach.cli.options import CommandOptions, force_option, json_option, sequence_options, stills_rate, talk_options
from rigcoach.cli.output import kept_when_stopped, note, progress
from rigcoach.cli.review_outputs import Outputs, ReviewOutcome, check_places, face_hider, finish, write_others
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.api import Scoring
    from rigcoach.report.exports.footage import Footage
    from rigcoach.report.overview_page import OverviewClip
    from rigcoach.video.recordings import Recording

_KINDS = ("otio", "edl", "csv", "xmp")


@click.command()
@click.argument("what", metavar="CLIP...|FOLDER|SESSION", nargs=-1, required=True)
@click.option("-r", "--recursive", is_flag=True, help="Include subfolders of a FOLDER.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The report's file, or of several clips a folder for their reports; by default beside the clip, or in the "
    "session's folder.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the report in the browser.")
@click.option(
    "--video",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.mp4",
    help="Write the annotated clip too; for a session or several clips, all of them in one film.",
)
@click.option(
    "--export",
    "exports",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Export for other programs; repeatable. otio, edl: the keepers of all clips for an editor; csv: every "
    "frame; xmp: a sidecar beside each clip, with the score as stars.",
)
@click.option(
    "--takes", is_flag=True, help="Of a SESSION, write the report of each take too, linked from the session's."
)
@click.option(
    "--proxy", is_flag=True, help="Make a small copy for the report to play where browsers cannot decode the clip."
)
@click.option("--share", is_flag=True, help="Blur faces, for sharing.")
@sequence_options
@scoring_options
@force_option
@json_option
@talk_options
@click.pass_obj
def review(
    settings: CommandOptions,
    what: tuple[str, ...],
    recursive: bool,
    out: Path | None,
    open_it: bool,
    video: Path | None,
    exports: tuple[str, ...],
    takes: bool,
    proxy: bool,
    share: bool,
    sequence: bool,
    fps: float | None,
    scoring: ScoringOptions,
) -> None:
    """Review clips or a session: a report, an annotated clip, exports of the keepers.

    Writes one HTML file for each clip, which needs no network and sends nothing: the clip to play with its faults on
    the scrubber, the score in words, what to work on first, charts, the best and the worst frames. Of a session (its
    id, the beginning of one, its folder, or `last`, the last one that was scored) it sets the takes side by side and
    compares them with the last five sessions; --takes, --video and --export then go through all its clips. Of a FOLDER
    every clip is reviewed, and overview.html ranks them, with links to their reports (so does --out FOLDER of several
    clips); chapters into which the camera split a recording belong to it. With --sequence, a FOLDER of stills is
    reviewed as a clip: --video makes a film of it, --export csv a table of its pictures.
    """
    stills_fps = stills_rate(sequence=sequence, fps=fps, recursive=recursive)
    if sequence and (takes or proxy or set(exports) - {"csv"}):
        raise click.UsageError(
            "--sequence goes with a report, --video (the stills as a film) and --export csv (a line for each): editors "
            "and photo tools take the stills themselves, and --takes and --proxy go with clips."
        )
    wanted = Outputs(out, video, exports, share, settings.force, takes, proxy)
    if video is not None and out is not None and video.absolute() == out.absolute():
        raise click.UsageError("--out and --video name the same file.")
    if share and (takes or proxy):
        raise click.UsageError("A report to be shared plays no clip: --share goes with neither --takes nor --proxy.")
    why = why_it_died() if len(what) == 1 and Path(what[0]).is_file() else None
    if why is not None:
        from rigcoach.scoring.batch import died

        finish(settings, ReviewOutcome([], [died(what[0], why).error]), open_it)
        return
    folder = None
    if len(what) == 1 and not sequence and not Path(what[0]).is_file():
        folder = _session_folder(what[0])
    if folder is not None:
        if scoring.given:
            raise click.UsageError("What to score, and against what, goes with a clip: a session knows its own.")
        outcome = _review_session(settings, folder.resolve(), wanted)
    else:
        if takes:
            raise click.UsageError("--takes goes with a session.")
        outcome = _review_clips(
            settings, what, scoring.read(settings, what), wanted, below=recursive, stills_fps=stills_fps
        )
    finish(settings, outcome, open_it)


@dataclass(frozen=True, slots=True)
class _ClipReports:
    """What is reviewed, and where what is made of it goes.

    `files` are all that is read, `title` stands for all of it, what is of several clips goes into `beside`; `overview`
    is the page that ranks the clips, None where there is none.
    """

    recordings: "Sequence[Recording]"
    reports: list[Path]
    files: list[Path]
    title: str
    beside: Path
    overview: Path | None


def _clip_reports(
    settings: CommandOptions, names: tuple[str, ...], wanted: Outputs, *, below: bool, stills_fps: Fraction | None
) -> _ClipReports:
    """Return where the reports of clips go, once it is sure that they may."""
    from rigcoach.base.outputs import REPORT, check_output
    from rigcoach.report.overview_page import FILE_NAME
    from rigcoach.video.recordings import Recording

    if stills_fps is None:
        recordings = _recordings(settings, names, below=below)
    else:
        recordings = [Recording(Path(name).resolve()) for name in names]
    title, files = _title(names, recordings), [path for each in recordings for path in each.files]
    if stills_fps is not None:
        files = [path for folder in files if folder.is_dir() for path in folder.iterdir()]
    reports = _report_files(wanted.out, recordings)
    one_folder = len(recordings) > 1 and wanted.out is None and len(names) == 1
    beside = Path(names[0]) if one_folder else reports[0].parent
    overview = beside / FILE_NAME if one_folder or (len(recordings) > 1 and wanted.out is not None) else None
    if overview is not None:
        check_output(overview, REPORT, inputs=files, force=wanted.force)
    for each, report in zip(recordings, reports, strict=True):
        if each.path.is_file() or stills_fps is not None:  # what is wrong with it else is told when it is read
            check_places(wanted, report, files, list(each.files), title, beside)
    return _ClipReports(recordings, reports, files, title, beside, overview)


def _review_clips(
    settings: CommandOptions,
    names: tuple[str, ...],
    scoring: "Scoring",
    wanted: Outputs,
    *,
    below: bool,
    stills_fps: Fraction | None,
) -> ReviewOutcome:
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.exports.footage import read_recording
    from rigcoach.report.moments import moments
    from rigcoach.report.overview_page import overview_clip, overview_page
    from rigcoach.report.page import write
    from rigcoach.report.player import Played
    from rigcoach.report.proxy import playable
    from rigcoach.scoring.batch import FailedClip, score_files

    plan = _clip_reports(settings, names, wanted, below=below, stills_fps=stills_fps)
    recordings, files = plan.recordings, plan.files
    outcome = ReviewOutcome([], [])
    hide = face_hider(settings) if wanted.share else None
    footage: list[Footage] = []
    lines: list[OverviewClip] = []
    with (
        kept_when_stopped(lambda: f"{len(outcome.written)} of {len(recordings)} reports were written"),
        progress(settings, "Scoring") as advance,
        closing(
            score_files(
                [str(each.path) for each in recordings],
                scoring.choice,
                scoring.rig,
                advance=advance,
                wanted=scoring.wanted,
                chapters={str(each.path): each.chapters for each in recordings},
                stills_fps=stills_fps,
            )
        ) as results,
    ):
        for scored, report in zip(results, plan.reports, strict=True):
            if isinstance(scored, FailedClip):
                outcome.failed.append(scored.error)
                continue
            for line in scored.measures.notes:
                note(settings, f"{line}.")
            with outcome.noting():
                no_film = hide is not None or stills_fps is not None
                clip = None if no_film else playable(scored.measures.clip, report, proxy=wanted.proxy, advance=advance)
                looked_at = moments(scored, hide=hide)
                page = clip_page(scored, scoring.profile, hide=hide, played=Played(clip), looked_at=looked_at)
                write(report, page, inputs=files, force=wanted.force)
                outcome.written.append(report)
                if plan.overview is not None:
                    lines.append(overview_clip(scored, looked_at, report, plan.overview))
                if wanted.need_scores:
                    footage += read_recording(scored)
    if plan.overview is not None and lines:
        with outcome.noting():
            failed = [error.line() for error in outcome.failed]
            page = overview_page(plan.title, lines, failed, shared=hide is not None)
            write(plan.overview, page, inputs=files, force=wanted.force)
            outcome.written.insert(0, plan.overview)
    if footage:
        write_others(settings, outcome, footage, plan.title, wanted, plan.beside, hide)
    return outcome


def _title(names: tuple[str, ...], recordings: "Sequence[Recording]") -> str:
    """Return what stands for all of the clips: the one clip's name, the folder's, or how many there are."""
    if len(recordings) == 1:
        return recordings[0].path.stem
    return Path(names[0]).resolve().name if len(names) == 1 else f"{len(recordings)} clips"


def _report_files(out: Path | None, recordings: "Sequence[Recording]") -> list[Path]:
    """Return where each report goes.

    Raises
    ------
    click.UsageError
        Several would have one name.
    """
    if out is not None and len(recordings) == 1 and not out.is_dir():
        return [out]
    if out is not None and not out.is_dir():
        raise click.UsageError(f"--out {out}: of {len(recordings)} clips a folder is wanted that is there.")
    reports = [(out or each.path.parent) / file_name(each.path.stem, ".review.html") for each in recordings]
    for report, count in Counter(reports).items():
        if count > 1:
            raise click.UsageError(f"{count} reports would be called {report}: review these clips one by one.")
    return reports


def _review_session(settings: CommandOptions, folder: Path, wanted: Outputs) -> ReviewOutcome:
    from rigcoach.journal.folder import files_of, read
    from rigcoach.report.exports.footage import read_recording
    from rigcoach.report.page import write
    from rigcoach.report.session_page import read_session_page
    from rigcoach.report.take_pages import write_take_pages
    from rigcoach.report.takes import known_profile, score_takes

    session = read(folder)
    hide = face_hider(settings) if wanted.share else None
    report = wanted.out or folder / "report.html"
    inputs = list(files_of(folder))
    clips = [folder / name for take in session.takes for name in take.files]
    check_places(wanted, report, inputs, clips, session.id, report.parent)
    outcome = ReviewOutcome([report], [])
    if not wanted.takes:
        write(report, read_session_page(folder, hide=hide), inputs=inputs, force=wanted.force)
    if wanted.need_scores:
        try:
            with progress(settings, "Scoring") as advance:
                takes = score_takes(folder, session, lambda text: note(settings, text), advance)
            footage = [each for take in takes for each in read_recording(take.scored, take.number)]
        except RigcoachError as error:
            outcome.failed.append(error)
        else:
            if wanted.takes:
                with progress(settings, "Writing") as advance, outcome.noting():
                    rig = known_profile(session)
                    outcome.written.extend(write_take_pages(folder, takes, rig, proxy=wanted.proxy, advance=advance))
            write_others(settings, outcome, footage, session.id, wanted, report.parent, hide)
    if wanted.takes:  # last, so that it finds the takes' reports to link
        write(report, read_session_page(folder, hide=hide), inputs=inputs, force=wanted.force)
    return outcome


def _session_folder(what: str) -> Path | None:
    """Return the folder of the session that is meant; `None` where it is the name of a clip."""
    from rigcoach.journal.folder import JournalError, find, last_scored

    path = Path(what)
    if path.suffix and not path.is_dir():
        return None
    if what == "last":
        return last_scored()
    try:
        return find(what)
    except JournalError:
        if path.exists() or path.name != what:
            return None
        raise


def _recordings(settings: CommandOptions, names: tuple[str, ...], *, below: bool) -> "list[Recording]":
    """Return the recordings that are meant: clips with the files that they go on in, and those of folders."""
    from rigcoach.video.recordings import Recording, recording_from

    found: dict[Path, Recording] = {}
    for name in names:
        path = Path(name)
        if path.is_dir():
            # A folder without clips is named as what cannot be reviewed.
            for each in footage_of(settings, path, below=below).recordings or (Recording(path),):
                found.setdefault(each.path, each)
        else:
            found.setdefault(path, recording_from(path) if path.is_file() else Recording(path))
    return list(found.values())
