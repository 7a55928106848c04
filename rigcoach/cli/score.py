"""`rigcoach score`: how good each clip's focus, framing, steadiness and exposure are."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.footage import footage_of
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import JsonArray, note, progress, warn
from rigcoach.cli.plain_table import RunningTable, print_heading, print_points
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.scoring.batch import FailedClip, ScoredClip


class FellShortError(RigcoachError):
    """What was asked for was done only in part."""

    code = "score.fell-short"


@click.command()
@click.argument("clips", nargs=-1, required=True, metavar="CLIP|FOLDER...")
@click.option("-r", "--recursive", is_flag=True, help="Of a FOLDER, score what is in its folders too.")
@scoring_options
@click.option("--per-frame", is_flag=True, help="With --json: every frame's measures too.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Clips to score at a time.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="SCORE",
    help="Exit with status 1 when a clip's overall score is lower, or cannot be given.",
)
@json_option
@talk_options
@click.pass_obj
def score(
    settings: CommandOptions,
    clips: tuple[str, ...],
    recursive: bool,
    scoring: ScoringOptions,
    per_frame: bool,
    jobs: int,
    fail_under: float | None,
) -> None:
    """Score clips: focus, framing, steadiness and exposure of every frame.

    Of a FOLDER all clips are scored; of a camera's card those in its folders too, of others with -r. What the camera
    split into chapters (GX01…, GX02…) is scored as one recording there; a file that is named itself is scored as it is.
    A clip that cannot be read is named on standard error; the others are scored all the same.
    """
    from rigcoach.scoring.batch import score_files

    asked = scoring.read()
    clips, chapters = _files(settings, clips, below=recursive)
    tally = _Tally()
    printer = _JsonPrinter(per_frame=per_frame) if settings.json else _TablePrinter(clips)
    # What is done is printed at once: whatever ends the others does not lose it.
    with (
        printer,
        progress(settings, "Scoring") as advance,
        closing(
            score_files(
                clips, asked.choice, asked.rig, jobs=jobs, advance=advance, wanted=asked.wanted, chapters=chapters
            )
        ) as results,
    ):
        for result in results:
            printer.add(result)
            tally.add(result)
            _note(settings, result)
    tally.check(fail_under)


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
        for line in result.measures.clip.notes:
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

    def check(self, fail_under: float | None) -> None:
        if fail_under is not None:
            low = [name for name, overall in self._scored if overall is None or overall < fail_under]
            if low:
                count = len(self._scored)
                raise FellShortError(f"{len(low)} of {count} clips score under {fail_under:g}", why=", ".join(low))
        if self._failed:
            # Each was named when it failed; only the exit status is left to say it.
            click.get_current_context().exit(1)


class _JsonPrinter(JsonArray):
    """Prints results as their JSON objects."""

    def __init__(self, *, per_frame: bool) -> None:
        super().__init__()
        self._per_frame = per_frame

    def add(self, result: "ScoredClip | FailedClip") -> None:
        from rigcoach.scoring.documents import clip_document

        super().add(clip_document(result, per_frame=self._per_frame))


class _TablePrinter:
    """Prints a row for each clip as it comes, and at the end what there is to say of each."""

    _HEADER = ("Clip", "Subject", "Overall", "Focus", "Framing", "Steady", "Exposed", "Keepers")

    def __init__(self, names: Sequence[str]) -> None:
        self._file_names = Counter(Path(name).name for name in names)
        widest = max((self._shown(name) for name in names), key=len, default="")
        others = ("person 100%", *5 * ("100",), "100%")
        self._table = RunningTable(self._HEADER, (widest, *others), right=range(2, len(self._HEADER)))
        self._said: list[tuple[str, list[str]]] = []

    def __enter__(self) -> Self:
        return self

    def add(self, result: "ScoredClip | FailedClip") -> None:
        from rigcoach.scoring.batch import FailedClip

        if isinstance(result, FailedClip):
            return
        scores, measures = result.score, result.measures
        parts = (scores.overall, scores.focus, scores.framing, scores.steadiness, scores.exposure)
        found = f"{measures.subject_kind} {100 * measures.found_ratio:.0f}%" if measures.subject_kind else "none"
        numbers = ("–" if part is None else f"{part:.0f}" for part in parts)
        self._table.add((self._shown(result.name), found, *numbers, f"{100 * scores.keeper_ratio:.0f}%"))
        self._said.append((result.name, list(_points(result))))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, BrokenPipeError):
            return
        for name, points in self._said:
            click.echo()
            if len(self._said) > 1:
                print_heading(name)
            print_points(points)

    def _shown(self, name: str) -> str:
        file_name = Path(name).name
        return file_name if self._file_names[file_name] == 1 else name


def print_scores(results: "Sequence[ScoredClip]") -> None:
    """Print a table of scores, and each clip's advice below it."""
    with _TablePrinter([result.name for result in results]) as printer:
        for result in results:
            printer.add(result)


def _points(result: "ScoredClip") -> Iterator[str]:
    """Return what there is to say of a clip: what its score is made of, its best stretch, what is missing, advice."""
    from rigcoach.scoring.score import explained

    scores = result.score
    if told := explained(scores):
        yield f"{told}."
    if framing := scores.computed_from.get("framing"):
        yield f"Framing is {framing}."
    if scores.longest_keeper_s is not None:
        start, end = scores.longest_keeper_s
        yield f"Longest stretch of keepers: {end - start:.1f} s, from {start:.1f} s to {end:.1f} s."
    missing: dict[str, list[str]] = {}
    for name, reason in scores.reasons.items():
        missing.setdefault(reason, []).append(name)
    for reason, names in missing.items():
        yield f"No score for {', '.join(names)}: {reason}."
    for advice in result.advice:
        yield f"{advice.text} ({_when(advice.seconds)})."


def _when(seconds: tuple[tuple[float, float], ...]) -> str:
    shown = [f"{start:.1f}–{end:.1f} s" for start, end in seconds[:3]]
    more = len(seconds) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
