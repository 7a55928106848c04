"""`rigcoach review`: a report to look at, an annotated clip, and files for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.browser import show
from rigcoach.cli.footage import footage_of
from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, print_path, progress
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.api import Scoring
    from rigcoach.report.exports.footage import Footage
    from rigcoach.report.faces import FaceHider
    from rigcoach.scoring.batch import ScoredClip
    from rigcoach.video.recordings import Recording

_KINDS = ("otio", "edl", "csv", "xmp")


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is to be written, and where."""

    out: Path | None
    video: Path | None
    exports: tuple[str, ...]
    share: bool
    force: bool

    @property
    def need_scores(self) -> bool:
        """Whether something is to be written that is made from every frame's scores."""
        return self.video is not None or bool(self.exports)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What was written, the report first, and what could not be."""

    written: list[Path]
    failed: list[RigcoachError]

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what cannot be written, and go on."""
        try:
            yield
        except RigcoachError as error:
            self.failed.append(error)


@click.command()
@click.argument("what", metavar="CLIP|FOLDER|SESSION")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The report's file; by default beside the clip, or in the session's folder.",
)
@click.option("--open", "open_it", is_flag=True, help="Show the report in the browser.")
@click.option(
    "--video",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.mp4",
    help="Write the annotated clip too; of a session all takes, one after the other.",
)
@click.option(
    "--export",
    "exports",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Write for other programs too; repeatable. otio, edl: the keepers for an editor; csv: every frame; xmp: a "
    "sidecar beside each clip, with the score as stars.",
)
@click.option("--share", is_flag=True, help="Make it fit to be shared: faces are blurred where they are found.")
@scoring_options
@force_option
@json_option
@talk_options
@click.pass_obj
def review(
    settings: CommandOptions,
    what: str,
    out: Path | None,
    open_it: bool,
    video: Path | None,
    exports: tuple[str, ...],
    share: bool,
    scoring: ScoringOptions,
) -> None:
    """See what went wrong, and carry the keepers on.

    Writes one HTML file that needs no network and sends nothing: the score in words, what to work on first, charts,
    the best and the worst frames. Of a session (its id, the beginning of one, its folder, or `last`) it sets the takes
    side by side, beside the last five sessions; --video and --export then go through all its clips. Chapters into which
    the camera split a CLIP belong to it; a FOLDER stands for the one recording in it.
    """
    wanted = Outputs(out, video, exports, share, settings.force)
    if video is not None and out is not None and video.absolute() == out.absolute():
        raise click.UsageError("--out and --video name the same file.")
    if video is not None:
        from rigcoach.report.annotated import check_name

        check_name(video)
    if not Path(what).is_file() and (folder := _session_folder(what)) is not None:
        if scoring.given:
            raise click.UsageError("What to score, and against what, goes with a clip: a session knows its own.")
        outcome = _review_session(settings, folder.resolve(), wanted)
    else:
        outcome = _review_clip(settings, what, scoring.read(), wanted)
    _finish(settings, outcome, open_it)


def _review_clip(settings: CommandOptions, name: str, scoring: "Scoring", wanted: Outputs) -> ReviewOutcome:
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.exports.footage import read_recording
    from rigcoach.report.page import write

    recording = _recording(settings, Path(name))
    clip, files = recording.path, list(recording.files)
    report = wanted.out or clip.with_name(clip.stem + ".review.html")
    if clip.is_file():  # what is wrong with it else is told when it is read
        _check_places(wanted, report, files, files, clip.stem)
    scored = _score(settings, recording, scoring)
    hide = _face_hider(settings) if wanted.share else None
    with progress(settings, "Writing the report") as advance:
        page = clip_page(scored, scoring.profile, hide=hide, advance=advance)
    write(report, page, inputs=files, force=wanted.force)
    outcome = ReviewOutcome([report], [])
    if wanted.need_scores:
        _write_others(settings, outcome, read_recording(scored), clip.stem, wanted, hide)
    return outcome


def _review_session(settings: CommandOptions, folder: Path, wanted: Outputs) -> ReviewOutcome:
    from rigcoach.journal.folder import files_of, read
    from rigcoach.report.exports.footage import read_recording
    from rigcoach.report.page import write
    from rigcoach.report.session_page import read_session_page
    from rigcoach.report.takes import score_takes

    session = read(folder)
    hide = _face_hider(settings) if wanted.share else None
    report = wanted.out or folder / "report.html"
    inputs = list(files_of(folder))
    clips = [folder / name for take in session.takes for name in take.files]
    _check_places(wanted, report, inputs, clips, session.id)
    write(report, read_session_page(folder, hide=hide), inputs=inputs, force=wanted.force)
    outcome = ReviewOutcome([report], [])
    if wanted.need_scores:
        try:
            with progress(settings, "Scoring") as advance:
                takes = score_takes(folder, session, lambda text: note(settings, text), advance)
            footage = [each for take in takes for each in read_recording(take.scored, take.number)]
        except RigcoachError as error:
            outcome.failed.append(error)
        else:
            _write_others(settings, outcome, footage, session.id, wanted, hide)
    return outcome


def _check_places(wanted: Outputs, report: Path, inputs: list[Path], clips: list[Path], title: str) -> None:
    """Refuse, before anything is scored, what would be written onto an input or another's file."""
    from rigcoach.base.outputs import FILM, REPORT, check_output
    from rigcoach.report.exports.files import check_export

    check_output(report, REPORT, inputs=inputs, force=wanted.force)
    if wanted.video is not None:
        check_output(wanted.video, FILM, inputs=inputs, force=wanted.force)
    for kind in dict.fromkeys(wanted.exports):
        check_export(kind, clips, report.parent / f"{title}.{kind}", force=wanted.force)


def _write_others(
    settings: CommandOptions,
    outcome: ReviewOutcome,
    footage: "list[Footage]",
    title: str,
    wanted: Outputs,
    hide: "FaceHider | None",
) -> None:
    """Write the annotated clip and the exports beside the report; what fails does not keep the others from it."""
    from rigcoach.report.exports.files import write_export

    if wanted.video is not None:
        from rigcoach.report.annotated import write_annotated

        with progress(settings, "Drawing") as advance, outcome.noting():
            scored = [each.scored for each in footage]
            write_annotated(scored, wanted.video, hide=hide, advance=advance, force=wanted.force)
            outcome.written.append(wanted.video)
    beside = outcome.written[0].parent
    for kind in dict.fromkeys(wanted.exports):
        # A sidecar belongs to one clip, all else is made of all of them.
        for part in [[each] for each in footage] if kind == "xmp" else [footage]:
            with outcome.noting():
                to = beside / f"{title}.{kind}"
                tell = partial(note, settings)
                outcome.written.append(
                    write_export(kind, part, title, to, private=wanted.share, tell=tell, force=wanted.force)
                )


def _session_folder(what: str) -> Path | None:
    """Return the folder of the session that is meant; `None` where it is the name of a clip."""
    from rigcoach.journal.folder import JournalError, find

    path = Path(what)
    if path.suffix and not path.is_dir():
        return None
    try:
        return find(what)
    except JournalError:
        if path.exists() or path.name != what:
            return None
        raise


def _recording(settings: CommandOptions, path: Path) -> "Recording":
    """Return the recording that is meant: a clip with the files that it goes on in, or the only one of a folder."""
    from rigcoach.video.container import ClipError
    from rigcoach.video.recordings import Recording, recording_from

    if not path.is_dir():
        return recording_from(path) if path.is_file() else Recording(path)
    found = footage_of(settings, path, below=False).recordings
    if len(found) > 1:
        raise ClipError(
            f"{path} holds {len(found)} clips",
            why="a review is of one",
            next_step=f"Name it, such as {found[0].path}",
            code="clip.directory",
        )
    return found[0] if found else Recording(path)


def _score(settings: CommandOptions, recording: "Recording", scoring: "Scoring") -> "ScoredClip":
    from rigcoach.scoring.batch import FailedClip, score_file

    with progress(settings, "Scoring") as advance:
        result = score_file(
            str(recording.path),
            scoring.choice,
            scoring.rig,
            advance,
            wanted=scoring.wanted,
            chapters=recording.chapters,
        )
    if isinstance(result, FailedClip):
        raise result.error
    for line in result.measures.clip.notes:
        note(settings, f"{line}.")
    return result


def _face_hider(settings: CommandOptions) -> "FaceHider":
    from rigcoach.analysis.detector_weights import installed
    from rigcoach.report.faces import FaceHider

    weights = installed("yunet")
    if weights is None:
        note(settings, "Faces are searched by cascades, which hide more than faces and may miss some.")
        note(settings, "`rigcoach models install yunet` gets a detector that tells them better.")
    return FaceHider(weights)


def _finish(settings: CommandOptions, outcome: ReviewOutcome, open_it: bool) -> None:
    from rigcoach.report.documents import review_document

    if settings.json:
        print_json(review_document(outcome.written))
    else:
        for path in outcome.written:
            print_path(path)
    if open_it:
        with outcome.noting():
            show(outcome.written[0])
    if outcome.failed:
        first, *others = outcome.failed
        # A timeline and a list fail for the same reason: it is told once.
        for line in dict.fromkeys(error.line() for error in others if error.line() != first.line()):
            click.echo(f"rigcoach: {line}", err=True)
        raise first
