"""`rigcoach drill distance`: judging distances without a camera."""

from typing import TYPE_CHECKING

import click

from rigcoach.cli.distances import distance
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_line

if TYPE_CHECKING:
    from rigcoach.practice.distance_trainer import JudgedDistance


@click.command("distance")
@click.argument("guessed", required=False)
@click.argument("measured", required=False)
@json_option
@talk_options
@click.pass_obj
def judge_distance(settings: CommandOptions, guessed: str | None, measured: str | None) -> None:
    """Train judging distances, without a camera: guess, then measure with a tape.

    GUESSED and MEASURED as in `rigcoach drill distance 3 2.6`, or 10ft 8ft6. Without them, show how you judge near and
    far, and how that changed over the days.
    """
    from rigcoach.journal.folder import now
    from rigcoach.practice.distance_trainer import keep_judged, read_judged

    if (guessed is None) != (measured is None):
        raise click.UsageError("Give both, what you guessed and what you measured, or neither.")
    if guessed is None or measured is None:
        judged = read_judged()
    else:
        judged = keep_judged(distance(guessed), distance(measured), now())
        last = judged[-1]
        way = "far" if last.off > 0 else "near"
        note(settings, f"{100 * abs(last.off):.0f} % too {way}." if last.off else "Exactly.")
    _print(settings, judged)


def _print(settings: CommandOptions, judged: "tuple[JudgedDistance, ...]") -> None:
    from rigcoach.journal.learning import gain_text
    from rigcoach.practice.distance_trainer import bias_by_distance, gain_over_days

    bands, change = bias_by_distance(judged), gain_over_days(judged)
    if settings.json:
        from rigcoach.practice.documents import distance_judgement_document

        print_json(distance_judgement_document(judged))
        return
    if not judged:
        note(
            settings,
            "No guesses yet. Guess how far something is, measure it, and give both: rigcoach drill distance 3 2.6",
        )
        return
    for band in bands:
        print_line(band.sentence)
    print_line(f"Over the days: {gain_text(change, ' %').replace('session', 'day')}.")
