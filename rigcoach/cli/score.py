"""`rigcoach score`: how good each clip's focus, framing, steadiness and exposure are."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json, progress, warn
from rigcoach.cli.plain_table import print_heading, print_points, print_table
from rigcoach.cli.scoring import ScoringOptions, scoring_options

if TYPE_CHECKING:
    from rigcoach.scoring.batch import FailedClip, ScoredClip


class FellShortError(RigcoachError):
    """What was asked for was done only in part."""

    code = "score.fell-short"


@click.command()
@click.argument("clips", nargs=-1, required=True, metavar="CLIP|FOLDER...")
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
    scoring: ScoringOptions,
    per_frame: bool,
    jobs: int,
    fail_under: float | None,
) -> None:
    """Score clips: focus, framing, steadiness and exposure of every frame.

    Of a FOLDER, such as a camera's card, all clips are scored, those in its folders too. A clip that cannot be read is
    named on standard error; the others are scored all the same.
    """
    from rigcoach.scoring.batch import FailedClip, score_files
    from rigcoach.scoring.documents import clip_document

    asked = scoring.read()
    clips = _files(settings, clips)
    results: list[ScoredClip | FailedClip] = []
    with progress(settings, "Scoring") as advance:
        for result in score_files(clips, asked.choice, asked.rig, jobs=jobs, advance=advance, wanted=asked.wanted):
            results.append(result)
            if isinstance(result, FailedClip):
                warn(f"rigcoach: {result.error.line()}")
            else:
                for line in result.measures.clip.notes:
                    note(settings, f"{line}.")
    if settings.json:
        print_json([clip_document(result, per_frame=per_frame) for result in results])
    else:
        print_scores([result for result in results if not isinstance(result, FailedClip)])
    _check(results, fail_under)


def _files(settings: CommandOptions, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that are meant: for a folder, the clips in it."""
    from rigcoach.base.clip_names import clips_in

    files: list[str] = []
    for name in names:
        folder = Path(name)
        if not folder.is_dir():
            files.append(name)
            continue
        found = clips_in(folder)
        if told := found.passed_over():
            note(settings, f"{told}, in {name}.")
        # Where there is none, the folder itself is named as what cannot be scored.
        files += map(str, found.clips or (folder,))
    return tuple(files)


def _check(results: "list[ScoredClip | FailedClip]", fail_under: float | None) -> None:
    from rigcoach.scoring.batch import ScoredClip

    scored = [result for result in results if isinstance(result, ScoredClip)]
    if fail_under is not None:
        low = [r.name for r in scored if r.score.overall is None or r.score.overall < fail_under]
        if low:
            raise FellShortError(f"{len(low)} of {len(scored)} clips score under {fail_under:g}", why=", ".join(low))
    if len(scored) < len(results):
        # Each was named when it failed; only the exit status is left to say it.
        click.get_current_context().exit(1)


def print_scores(results: "list[ScoredClip]") -> None:
    """Print a table of scores, and each clip's advice below it."""
    if not results:
        return
    _print_table(results)
    for result in results:
        click.echo()
        if len(results) > 1:
            print_heading(result.name)
        print_points(_points(result))


def _print_table(results: "list[ScoredClip]") -> None:
    header = ("Clip", "Subject", "Overall", "Focus", "Framing", "Steady", "Exposed", "Keepers")
    file_names = Counter(Path(result.name).name for result in results)
    rows = []
    for result in results:
        scores = result.score
        parts = (scores.overall, scores.focus, scores.framing, scores.steadiness, scores.exposure)
        found = f"{result.measures.subject_kind} {100 * result.measures.found_ratio:.0f}%"
        file_name = Path(result.name).name
        row = (
            file_name if file_names[file_name] == 1 else result.name,
            found if result.measures.subject_kind else "none",
            *("–" if part is None else f"{part:.0f}" for part in parts),
            f"{100 * scores.keeper_ratio:.0f}%",
        )
        rows.append(row)
    print_table(header, rows, right=range(2, len(header)))


def _points(result: "ScoredClip") -> Iterator[str]:
    """Return what there is to say of a clip: what its score is made of, its best stretch, what is missing, advice."""
    from rigcoach.scoring.score import explained

    scores = result.score
    if told := explained(scores):
        yield f"{told}."
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
