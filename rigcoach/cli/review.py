"""`rigcoach review`: a report to look at, an annotated clip, and files for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.browser import show
from rigcoach.cli.options import Settings, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress
from rigcoach.cli.score import parse_subject
from rigcoach.errors import RigcoachError

if TYPE_CHECKING:
    from rigcoach.batch import ScoredClip
    from rigcoach.measure.box import Box
    from rigcoach.report.exports.footage import Footage
    from rigcoach.report.faces import FaceHider
    from rigcoach.rig.profile import Profile

_KINDS = ("otio", "edl", "csv", "xmp")


@dataclass(frozen=True, slots=True)
class SubjectOptions:
    """What `--subject` and `--fixed` ask for."""

    kind: str
    box: "Box | None"
    fixed: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be written, and where."""

    out: Path | None
    video: Path | None
    exports: tuple[str, ...]
    share: bool

    @property
    def need_scores(self) -> bool:
        """Whether something is to be written that is made from every frame's scores."""
        return self.video is not None or bool(self.exports)


@dataclass(frozen=True, slots=True)
class Outcome:
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
@click.argument("what", metavar="CLIP|SESSION")
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
@click.option(
    "--subject",
    callback=parse_subject,
    default="auto",
    show_default=True,
    metavar="KIND",
    help="What to score, as in `rigcoach score`.",
)
@click.option("--fixed", is_flag=True, help="Keep the box given where it is instead of following what is in it.")
@click.option("--rig", "rig_profile", metavar="PROFILE", help="The profile the clip was shot with.")
@click.option(
    "--drill", metavar="NAME[:TAKE]", help="The drill, and its take, that the clip is of, as in `rigcoach score`."
)
@json_option
@talk_options
@click.pass_obj
def review(
    settings: Settings,
    what: str,
    out: Path | None,
    open_it: bool,
    video: Path | None,
    exports: tuple[str, ...],
    share: bool,
    subject: "tuple[str, Box | None]",
    fixed: bool,
    rig_profile: str | None,
    drill: str | None,
) -> None:
    """See what went wrong, and carry the keepers on.

    Writes one HTML file that needs no network and sends nothing: the score in words, what to work on first, charts,
    the best and the worst frames. Of a session (its id, the beginning of one, its folder, or `last`) it sets the takes
    side by side, beside the last five sessions; --video and --export then go through all its clips.
    """
    wishes = Wishes(out, video, exports, share)
    if video is not None:
        from rigcoach.report.annotated import check_name

        check_name(video)
    if not Path(what).is_file() and (folder := _session_folder(what)) is not None:
        if rig_profile or drill or fixed or subject != ("auto", None):
            raise click.UsageError("--subject, --fixed, --rig and --drill go with a clip: a session knows its own.")
        outcome = _review_session(settings, folder.resolve(), wishes)
    else:
        outcome = _review_clip(settings, what, SubjectOptions(*subject, fixed), rig_profile, drill, wishes)
    _finish(settings, outcome, open_it)


def _review_clip(
    settings: Settings,
    name: str,
    subject: SubjectOptions,
    rig_profile: str | None,
    drill: str | None,
    wishes: Wishes,
) -> Outcome:
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.exports.footage import read_footage
    from rigcoach.report.page import write

    scored, profile = _score(settings, name, subject, rig_profile, drill)
    hide = _face_hider(settings) if wishes.share else None
    clip = scored.measures.clip.path
    report = wishes.out or clip.with_name(clip.stem + ".review.html")
    write(report, clip_page(scored, profile, hide=hide))
    outcome = Outcome([report], [])
    if wishes.need_scores:
        _write_others(settings, outcome, [read_footage(scored)], clip.stem, wishes, hide)
    return outcome


def _review_session(settings: Settings, folder: Path, wishes: Wishes) -> Outcome:
    from rigcoach.journal.folder import read
    from rigcoach.report.exports.footage import read_footage
    from rigcoach.report.page import write
    from rigcoach.report.session_page import read_session_page
    from rigcoach.report.takes import score_takes

    session = read(folder)
    hide = _face_hider(settings) if wishes.share else None
    report = wishes.out or folder / "report.html"
    write(report, read_session_page(folder, hide=hide))
    outcome = Outcome([report], [])
    if wishes.need_scores:
        try:
            with progress(settings, "Scoring") as advance:
                takes = score_takes(folder, session, lambda text: note(settings, text), advance)
            footage = [read_footage(take.scored, take.number) for take in takes]
        except RigcoachError as error:
            outcome.failed.append(error)
        else:
            _write_others(settings, outcome, footage, session.id, wishes, hide)
    return outcome


def _write_others(
    settings: Settings,
    outcome: Outcome,
    footage: "list[Footage]",
    title: str,
    wishes: Wishes,
    hide: "FaceHider | None",
) -> None:
    """Write the annotated clip and the exports beside the report; what fails does not keep the others from it."""
    from rigcoach.report.exports.files import write_export

    if wishes.video is not None:
        from rigcoach.report.annotated import write_annotated

        with progress(settings, "Drawing") as advance, outcome.noting():
            write_annotated([each.scored for each in footage], wishes.video, hide=hide, advance=advance)
            outcome.written.append(wishes.video)
    beside = outcome.written[0].parent
    for kind in dict.fromkeys(wishes.exports):
        # A sidecar belongs to one clip, all else is made of all of them.
        for part in [[each] for each in footage] if kind == "xmp" else [footage]:
            with outcome.noting():
                to = beside / f"{title}.{kind}"
                tell = partial(note, settings)
                outcome.written.append(write_export(kind, part, title, to, private=wishes.share, tell=tell))


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


def _score(
    settings: Settings, name: str, subject: SubjectOptions, rig_profile: str | None, drill: str | None
) -> "tuple[ScoredClip, Profile | None]":
    """Score the clip, and return it with the profile that it was shot with."""
    from rigcoach.batch import FailedClip, score_file
    from rigcoach.clip_measures import RigOptics, SubjectChoice, rig_optics
    from rigcoach.measure.framing import IN_THE_MIDDLE
    from rigcoach.rig.profile import load_profile

    kind, wanted = subject.kind, IN_THE_MIDDLE
    if drill is not None:
        from rigcoach.drill.files import load_take

        rehearsed, station = load_take(drill)
        wanted = rehearsed.frame.wanted_at(station)
        kind = rehearsed.frame.subject if kind == "auto" else kind
        rig_profile = rig_profile or rehearsed.profile
    profile = None if rig_profile is None else load_profile(rig_profile)
    rig = RigOptics() if profile is None else rig_optics(profile)
    choice = SubjectChoice(kind, subject.box, subject.fixed)
    with progress(settings, "Scoring") as advance:
        result = score_file(name, choice, rig, advance, wanted=wanted)
    if isinstance(result, FailedClip):
        raise result.error
    return result, profile


def _face_hider(settings: Settings) -> "FaceHider":
    from rigcoach.models import installed
    from rigcoach.report.faces import FaceHider

    weights = installed("yunet")
    if weights is None:
        note(settings, "Faces are searched by cascades, which hide more than faces and may miss some.")
        note(settings, "`rigcoach models install yunet` gets a detector that tells them better.")
    return FaceHider(weights)


def _finish(settings: Settings, outcome: Outcome, open_it: bool) -> None:
    if settings.json:
        print_json({"schema": "rigcoach.review/1", "files": [str(path) for path in outcome.written]})
    else:
        for path in outcome.written:
            click.echo(str(path))
    if open_it:
        with outcome.noting():
            show(outcome.written[0])
    if outcome.failed:
        first, *others = outcome.failed
        # A timeline and a list fail for the same reason: it is told once.
        for line in dict.fromkeys(error.line() for error in others if error.line() != first.line()):
            click.echo(f"rigcoach: {line}", err=True)
        raise first
