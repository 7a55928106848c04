"""`rigcoach ingest`: the clips of a session that was shot off the cable, or was interrupted."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli import completing
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.detector_offer import models_option, offer_detector
from rigcoach.cli.drill_run import print_session, prompter_of
from rigcoach.cli.guessing import key_guesser
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import kept_when_stopped

if TYPE_CHECKING:
    from rigcoach.journal.session import Guess
    from rigcoach.practice.open_session import OpenSession

QUESTION_KEYS = "l or r, h or d, n or f, b for blurred; nothing for as wanted"


class TakesMissingError(RigcoachError):
    """Takes for which no clip was found."""

    code = "ingest.takes-missing"


def _chosen(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[int, str]:
    chosen = {}
    for text in texts:
        number, equals, name = text.partition("=")
        if not (equals and name and number.isdigit()):
            raise click.BadParameter(f"{text!r} is not NUMBER=CLIP, such as 3=MVI_0042.MOV", context, parameter)
        chosen[int(number)] = name
    return chosen


def _guesses(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> "dict[int, Guess]":
    from rigcoach.journal.judgement import guess_of

    guesses = {}
    for text in texts:
        number, equals, words = text.partition("=")
        try:
            guesses[int(number)] = guess_of(words)
        except ValueError as error:
            wrong = f"{text!r} is not NUMBER=WORDS, such as 3=ln for left and near ({QUESTION_KEYS})"
            raise click.BadParameter(wrong, context, parameter) from error
        if not equals:
            raise click.BadParameter(f"{text!r} is not NUMBER=WORDS, such as 3=ln", context, parameter)
    return guesses


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--session",
    metavar="SESSION",
    shell_complete=completing.sessions,
    help="Import into this session; by default the last one that is waiting for clips.",
)
@click.option(
    "--take",
    "chosen",
    multiple=True,
    callback=_chosen,
    metavar="NUMBER=CLIP",
    help="Assign a clip to a take; repeatable.",
)
@click.option(
    "--give-up",
    is_flag=True,
    help="Close the session without the clips that were recorded but are lost.",
)
@click.option(
    "--guess",
    "guesses",
    multiple=True,
    callback=_guesses,
    metavar="NUMBER=WORDS",
    help="How a take went before you see its result, as on the sheet: 3=ln for left and near; repeatable.",
)
@click.option("--no-guess", is_flag=True, help="Don't ask how takes went before their results.")
@models_option
@click.option(
    "--score-only", is_flag=True, help="Import nothing; score the clips that are already in the session's folder."
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def ingest(
    settings: CommandOptions,
    folder: Path | None,
    session: str | None,
    chosen: dict[int, str],
    *,
    give_up: bool,
    guesses: "dict[int, Guess]",
    no_guess: bool,
    models: str | None,
    score_only: bool,
) -> None:
    """Import a session's clips, match them to its takes, and score them.

    From FOLDER (a card in a reader, or a copy of it), or from the tethered camera. Clips are matched by time and
    order. Each is copied and verified; the originals are never changed or deleted. Clips without a take and takes
    without a clip are listed, and the exit status is then 1. A session stays open until every clip that was
    recorded for it is imported or given up. Before takes shot untethered are scored, you are asked how they went.
    """
    from rigcoach.journal import folder as session_folder
    from rigcoach.practice.ingest import ingest as bring_in
    from rigcoach.practice.ingest import lacking, still_to_come, waiting_session
    from rigcoach.practice.open_session import resumed

    if score_only and folder is not None:
        raise click.UsageError("--score-only imports nothing; leave FOLDER out.")
    path = waiting_session() if session is None else session_folder.find(session)
    # Held before anything is read of it: another rigcoach may be at work on it while the camera is opened.
    kept = kept_when_stopped(lambda: "what was imported is kept; run rigcoach ingest again for the rest")
    with kept, prompter_of(settings, silent=True) as prompter, resumed(path) as open_session:
        offer_detector(settings, models, open_session.session.drill.frame.subject)
        prompter.line(f"Session {path.name}")
        _note_guesses(open_session, guesses)
        guesser = None if no_guess else key_guesser()
        with nullcontext(folder) if folder is not None or score_only else opened_camera(settings) as source:
            bring_in(open_session, source, prompter, chosen, give_up=give_up, guesser=guesser)
        print_session(settings, prompter, open_session)
    absent = [take.number for take in still_to_come(open_session.session)]
    if absent:
        raise TakesMissingError(
            f"{len(absent)} of {len(open_session.session.takes)} takes were recorded, but their clips are missing",
            why=f"take {', '.join(map(str, absent))}",
            next_step="Connect the camera or name a folder with them; if they are lost: --give-up",
        )
    missing = [take.number for take in open_session.session.takes if take.state == "missing"]
    if missing:
        raise TakesMissingError(
            f"{len(missing)} of {len(open_session.session.takes)} takes have no clip",
            why=f"take {', '.join(map(str, missing))}",
            next_step=f"Assign them: rigcoach ingest FOLDER --session {path.name} --take NUMBER=CLIP",
        )
    unscored = [take for take in open_session.session.takes if take.clip is not None and take.score is None]
    if unscored:
        raise TakesMissingError(
            f"take {unscored[0].number} could not be scored",
            why=unscored[0].error or "",
            next_step="To try again: rigcoach ingest --score-only" if lacking(open_session.session) else "",
        )


def _note_guesses(open_session: "OpenSession", guesses: "dict[int, Guess]") -> None:
    """Note what was said of takes, of which none may have been told yet."""
    for number, guess in guesses.items():
        if not 1 <= number <= len(open_session.session.takes):
            raise click.UsageError(f"There is no take {number}.")
        if open_session.take(number).score is not None:
            raise click.UsageError(f"Take {number} has its result already; a guess comes before it.")
        open_session.guessed(number, guess)
