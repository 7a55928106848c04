"""`rigcoach review`: a report to look at, an annotated clip, and files for other programs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli.options import Settings, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress
from rigcoach.cli.score import parse_subject

if TYPE_CHECKING:
    from rigcoach.batch import ScoredClip
    from rigcoach.measure.box import Box
    from rigcoach.report.faces import FaceHider
    from rigcoach.rig.profile import Profile

_KINDS = ("otio", "edl", "csv", "xmp")


@dataclass(frozen=True, slots=True)
class SubjectOptions:
    """What `--subject` and `--fixed` ask for."""

    kind: str
    box: "Box | None"
    fixed: bool


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
    "--video", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.mp4", help="Write the annotated clip too."
)
@click.option(
    "--export",
    "exports",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Write for other programs too; repeatable. otio, edl: the keepers for an editor; csv: every frame; xmp: a "
    "sidecar beside the clip, with the score as stars.",
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
    side by side, beside the last five sessions.
    """
    if not Path(what).is_file() and (folder := _session_folder(what)) is not None:
        if video or exports or share or rig_profile or drill:
            raise click.UsageError("--video, --export, --share, --rig and --drill go with a clip, not with a session.")
        _finish(settings, [_session_report(folder, out)], open_it)
        return
    scored, profile = _score(settings, what, SubjectOptions(*subject, fixed), rig_profile, drill)
    hide = _face_hider() if share else None
    written = [_clip_report(scored, profile, out, hide)]
    if video is not None:
        from rigcoach.report.annotated import write_annotated

        with progress(settings, "Drawing") as advance:
            write_annotated(scored, video, hide=hide, advance=advance)
        written.append(video)
    written += [_export(scored, kind, written[0]) for kind in dict.fromkeys(exports)]
    _finish(settings, written, open_it)


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
        wanted = rehearsed.frame.wanted_at(station.place)
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


def _face_hider() -> "FaceHider":
    from rigcoach.models import installed
    from rigcoach.report.faces import FaceHider

    return FaceHider(installed("yunet"))


def _clip_report(scored: "ScoredClip", profile: "Profile | None", out: Path | None, hide: "FaceHider | None") -> Path:
    from rigcoach.report.clip_page import clip_page
    from rigcoach.report.page import write

    clip = scored.measures.clip.path
    to = clip.with_name(clip.stem + ".review.html") if out is None else out
    write(to, clip_page(scored, profile, hide=hide))
    return to


def _session_report(folder: Path, out: Path | None) -> Path:
    from rigcoach.report.page import write
    from rigcoach.report.session_page import read_session_page

    to = folder / "report.html" if out is None else out
    write(to, read_session_page(folder))
    return to


def _export(scored: "ScoredClip", kind: str, report: Path) -> Path:
    """Write one export and return where: a sidecar beside its clip, all else beside the report."""
    from rigcoach.report.exports.edl import edl
    from rigcoach.report.exports.frames_csv import frames_csv
    from rigcoach.report.exports.otio import write_otio
    from rigcoach.report.exports.xmp import sidecar_path, xmp
    from rigcoach.report.page import write

    clip = scored.measures.clip.path
    to = report.parent / f"{clip.stem}.{kind}"
    if kind == "otio":
        write_otio(scored, to)
        return to
    if kind == "xmp":
        to = sidecar_path(clip)
    texts: dict[str, Callable[[ScoredClip], str]] = {"edl": edl, "csv": frames_csv, "xmp": xmp}
    write(to, texts[kind](scored))
    return to


def _finish(settings: Settings, written: list[Path], open_it: bool) -> None:
    if settings.json:
        print_json({"schema": "rigcoach.review/1", "files": [str(path) for path in written]})
    else:
        for path in written:
            click.echo(str(path))
    if open_it:
        import webbrowser

        if not webbrowser.open(written[0].resolve().as_uri()):
            note(settings, f"No browser could be started. Open {written[0]} yourself.")
