"""What `rigcoach review` writes: where it may go, the annotated clip and the exports, and what is printed of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.clip_names import file_name
from rigcoach.base.errors import RigcoachError
from rigcoach.cli.browser import show
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note, print_json, print_path, progress

if TYPE_CHECKING:
    from rigcoach.report.exports.footage import Footage
    from rigcoach.report.faces import FaceHider


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is to be written, and where."""

    out: Path | None
    video: Path | None
    exports: tuple[str, ...]
    share: bool
    force: bool
    takes: bool = False
    proxy: bool = False

    @property
    def need_scores(self) -> bool:
        """Whether something is to be written that is made from every frame's scores."""
        return self.takes or self.video is not None or bool(self.exports)


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


def check_places(
    wanted: Outputs, report: Path, inputs: list[Path], clips: list[Path], title: str, beside: Path
) -> None:
    """Refuse, before anything is scored, what would be written onto an input or another's file."""
    from rigcoach.base.outputs import FILM, REPORT, check_output
    from rigcoach.report.exports.files import check_export

    check_output(report, REPORT, inputs=inputs, force=wanted.force)
    if wanted.video is not None:
        check_output(wanted.video, FILM, inputs=inputs, force=wanted.force)
    for kind in dict.fromkeys(wanted.exports):
        check_export(kind, clips, beside / file_name(title, f".{kind}"), force=wanted.force)


def write_others(
    settings: CommandOptions,
    outcome: ReviewOutcome,
    footage: "list[Footage]",
    title: str,
    wanted: Outputs,
    beside: Path,
    hide: "FaceHider | None",
) -> None:
    """Write the annotated clip, and the exports into a folder; what fails does not keep the others from it."""
    from rigcoach.report.exports.files import write_export

    if wanted.video is not None:
        from rigcoach.report.annotated import write_annotated

        with progress(settings, "Drawing") as advance, outcome.noting():
            scored = [each.scored for each in footage]
            write_annotated(scored, wanted.video, hide=hide, advance=advance, force=wanted.force)
            outcome.written.append(wanted.video)
    for kind in dict.fromkeys(wanted.exports):
        # A sidecar belongs to one clip, all else is made of all of them.
        for part in [[each] for each in footage] if kind == "xmp" else [footage]:
            with outcome.noting():
                to = beside / file_name(title, f".{kind}")
                tell = partial(note, settings)
                outcome.written.append(
                    write_export(kind, part, title, to, private=wanted.share, tell=tell, force=wanted.force)
                )


def face_hider(settings: CommandOptions) -> "FaceHider":
    """Return what hides faces, with the best detector that is installed."""
    from rigcoach.analysis.detector_weights import installed
    from rigcoach.report.faces import face_hider as best_face_hider

    if installed("yunet") is None:
        note(settings, "Faces are found by OpenCV's cascades, which may miss some and blur other things.")
        note(settings, "For a better detector: `rigcoach models install yunet`.")
    return best_face_hider()


def finish(settings: CommandOptions, outcome: ReviewOutcome, open_it: bool) -> None:
    """Print what was written, show it, and fail with what could not be."""
    from rigcoach.report.documents import review_document

    if settings.json:
        print_json(review_document(outcome.written))
    else:
        for path in outcome.written:
            print_path(path)
    if open_it and outcome.written:
        with outcome.noting():
            show(outcome.written[0])
    if outcome.failed:
        first, *others = outcome.failed
        # A timeline and a list fail for the same reason: it is told once.
        for line in dict.fromkeys(error.line() for error in others if error.line() != first.line()):
            click.echo(f"rigcoach: {line}", err=True)
        raise first
