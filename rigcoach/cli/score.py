"""`rigcoach score`: how good each clip's focus, framing, steadiness and exposure are."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.cores import cores
from rigcoach.cli.footage import footage_of
from rigcoach.cli.guarded import why_it_died
from rigcoach.cli.options import CommandOptions, force_option, json_option, sequence_options, stills_rate, talk_options
from rigcoach.cli.output import kept_when_stopped, note, progress, to_file_or_stdout, warn
from rigcoach.cli.score_bar import check_bar
from rigcoach.cli.score_cluster import score_on_cluster
from rigcoach.cli.score_printers import CsvPrinter, JsonLinesPrinter, JsonPrinter, ScorePrinter, TablePrinter
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.base.outputs import Kind
    from rigcoach.scoring.batch import FailedClip, ScoredClip


@click.command()
@click.argument("clips", nargs=-1, required=True, metavar="CLIP|FOLDER...")
@click.option("-r", "--recursive", is_flag=True, help="Include subfolders of a FOLDER.")
@sequence_options
@scoring_options
@click.option("--per-frame", is_flag=True, help="With --json or --jsonl: every frame's measures too.")
@click.option("--jsonl", is_flag=True, help="Print a JSON object a line, one for each clip, as they come.")
@click.option("--csv", is_flag=True, help="Print comma-separated values, a line for each clip, for a spreadsheet.")
@click.option(
    "--output",
    metavar="FILE",
    help="Write to FILE instead: as JSON, a line a clip, or a spreadsheet, where its name ends in .json, .jsonl, .csv. "
    "With --cluster: the folder or address for the Parquet files.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=cores,
    show_default="one per core",
    help="Number of clips scored in parallel.",
)
@click.option(
    "--cluster",
    metavar="local|ADDRESS",
    help="Score on a Dask cluster into Parquet files; clips may be lists (.txt) and addresses such as s3://… too.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="SCORE",
    help="Exit with status 1 if any clip scores lower or cannot be scored.",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def score(
    settings: CommandOptions,
    clips: tuple[str, ...],
    recursive: bool,
    sequence: bool,
    fps: float | None,
    scoring: ScoringOptions,
    per_frame: bool,
    jsonl: bool,
    csv: bool,
    output: str | None,
    jobs: int,
    cluster: str | None,
    fail_under: float | None,
) -> None:
    """Score clips: focus, framing, steadiness and exposure of every frame.

    With a FOLDER, all its clips are scored; subfolders are included on a camera's card, or with -r. Chapters of one
    recording (GX01…, GX02…) found there are scored together; a file named directly is scored alone. Clips that
    cannot be read are reported; the others are still scored.

    With --sequence, a FOLDER of stills is scored as a clip, with what makes a time-lapse a good one: intervals,
    exposures and flicker against what Exif says, focus, level, and the camera's path.

    With --cluster, whole archives are scored, and go on where they were stopped: see docs/scale.md.
    """
    if cluster is not None:
        if sequence or per_frame or jsonl or csv:
            raise click.UsageError("--cluster writes Parquet files: leave --sequence, --per-frame, --jsonl, --csv out.")
        if output is None:
            raise click.UsageError("--cluster needs --output FOLDER for its Parquet files.")
        score_on_cluster(settings, clips, scoring, cluster, output, below=recursive, jobs=jobs, fail_under=fail_under)
        return
    out = None if output is None else Path(output)
    form = _form(settings, jsonl=jsonl, csv=csv, output=out)
    if per_frame and form not in ("json", "jsonl"):
        raise click.UsageError("--per-frame goes with --json or --jsonl.")
    stills_fps = stills_rate(sequence=sequence, fps=fps, recursive=recursive)
    # Several clips have processes of their own, and so has the only one that is found in a folder.
    is_one = len(clips) == 1 and (sequence or not Path(clips[0]).is_dir())
    why = why_it_died() if is_one else None
    from rigcoach.scoring.batch import died, score_files
    from rigcoach.video.beside import with_beside

    chapters: dict[str, tuple[Path, ...]] = {}
    if not sequence:
        clips, chapters = _files(settings, clips, below=recursive)
    asked = scoring.read(settings, clips) if why is None else None
    tally = _Tally()
    inputs = [*with_beside(map(Path, clips)), *scoring.files]
    # What is done is printed at once: whatever ends the others does not lose it.
    with (
        to_file_or_stdout(out, _kind(form), inputs=inputs, force=settings.force) as write,
        _printer(form, write, clips, per_frame=per_frame) as printer,
        progress(settings, "Scoring") as advance,
        kept_when_stopped(lambda: tally.kept(len(clips), out)),
        closing(
            score_files(
                clips,
                asked.choice,
                asked.rig,
                jobs=jobs,
                advance=advance,
                wanted=asked.wanted,
                chapters=chapters,
                stills_fps=stills_fps,
                one_here=is_one,
            )
            if asked is not None
            else (died(name, str(why)) for name in clips)
        ) as results,
    ):
        for result in results:
            printer.add(result)
            tally.add(result)
            _note(settings, result)
    if out is not None:
        note(settings, f"Saved to {out}.")
    tally.check(fail_under)


def _form(settings: CommandOptions, *, jsonl: bool, csv: bool, output: Path | None) -> str:
    """Return in which form the results are printed: "table", "json", "jsonl" or "csv"."""
    asked = [form for form, wanted in (("json", settings.json), ("jsonl", jsonl), ("csv", csv)) if wanted]
    if len(asked) > 1:
        raise click.UsageError(f"Choose one of --{', --'.join(asked)}.")
    if asked:
        return asked[0]
    if output is None:
        return "table"
    if output.is_dir():
        raise click.UsageError(f"--output {output} is a folder.")
    ending = output.suffix.lower().removeprefix(".")
    if ending not in ("json", "jsonl", "csv"):
        raise click.UsageError(f"--output {output}: its name ends in none of .json, .jsonl, .csv; say which is meant.")
    return ending


def _kind(form: str) -> "Kind":
    from rigcoach.base.outputs import SCORE, SCORES_TABLE

    return SCORES_TABLE if form == "csv" else SCORE


def _printer(form: str, write: Callable[[str], None], names: Sequence[str], *, per_frame: bool) -> ScorePrinter:
    match form:
        case "json":
            return JsonPrinter(write, per_frame=per_frame)
        case "jsonl":
            return JsonLinesPrinter(write, per_frame=per_frame)
        case "csv":
            return CsvPrinter(write)
    return TablePrinter(names)


def _files(
    settings: CommandOptions, names: tuple[str, ...], *, below: bool
) -> "tuple[tuple[str, ...], dict[str, tuple[Path, ...]]]":
    """Return the files that are meant, for a folder those in it, and the chapters that some go on in."""
    files: list[str] = []
    chapters: dict[str, tuple[Path, ...]] = {}
    for name in names:
        if not Path(name).is_dir():
            files.append(name)
            continue
        found = footage_of(settings, Path(name), below=below).recordings
        if not found:
            files.append(name)  # a folder is named as what cannot be scored
        for recording in found:
            files.append(str(recording.path))
            chapters[str(recording.path)] = recording.chapters
    return tuple(files), chapters


def _note(settings: CommandOptions, result: "ScoredClip | FailedClip") -> None:
    from rigcoach.scoring.batch import FailedClip

    if not isinstance(result, FailedClip):
        for line in result.measures.notes:
            note(settings, f"{line}.")


class _Tally:
    """What came of all clips, for the exit status."""

    def __init__(self) -> None:
        self._scored: list[tuple[str, float | None]] = []
        self._failed = 0

    def add(self, result: "ScoredClip | FailedClip") -> None:
        from rigcoach.scoring.batch import FailedClip

        if isinstance(result, FailedClip):
            self._failed += 1
            warn(f"rigcoach: {result.error.line()}")
        else:
            self._scored.append((result.name, result.overall))

    def kept(self, count: int, output: Path | None) -> str:
        """Say what a command that was stopped leaves."""
        done = len(self._scored) + self._failed
        where = "printed" if output is None else f"saved to {output}"
        return f"{done} of {count} clips were scored and {where}"

    def check(self, fail_under: float | None) -> None:
        if fail_under is not None:
            low = [name for name, overall in self._scored if overall is None or overall < fail_under]
            check_bar(low, len(self._scored), fail_under)
        if self._failed:
            # Each was named when it failed; only the exit status is left to say it.
            click.get_current_context().exit(1)
