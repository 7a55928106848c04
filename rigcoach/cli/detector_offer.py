"""The trained person detector, offered when it is first needed: asked on a terminal, else as is configured."""

import sys

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import Command, CommandOptions
from rigcoach.cli.output import note, progress

PEOPLE = "deimv2-femto"
ASK, AUTO, NEVER = "ask", "auto", "never"


def models_option(command: Command) -> Command:
    """Add ``--models``."""
    return click.option(
        "--models",
        type=click.Choice((AUTO, NEVER)),
        help="Whether to download the trained person detector where it is missing.  [default: ask on a terminal, "
        "or as configured]",
    )(command)


def offer_detector(settings: CommandOptions, models: str | None, subject: str) -> None:
    """Offer to download the learnt detector where people may be the subject and it is not installed.

    A download that fails is told, and keeps nobody from going on: people are then found less well.

    Parameters
    ----------
    settings
        What the shared options ask for.
    models
        What ``--models`` says; None where it was not given.
    subject
        Whom to look for: one of the kinds of subject.
    """
    if subject not in ("auto", "person"):
        return
    from rigcoach.analysis.detector_weights import MODELS, installed, model
    from rigcoach.base.preferences import preferences

    wish = models or preferences().models
    learned = [known.name for known in MODELS if known.name != "yunet"]
    if wish == NEVER or any(installed(name) is not None for name in learned):
        return
    wanted = model(PEOPLE)
    if wish == ASK and not _agreed(settings, wanted.licence, wanted.builds[0].size_bytes, wanted.builds[0].url):
        return
    from rigcoach.analysis.detector_weights import install

    try:
        with progress(settings, f"Downloading {PEOPLE}"):
            path = install(PEOPLE)
    except RigcoachError as error:
        note(settings, f"{error.line()} Going on without it: people are found less well.")
    else:
        note(settings, f"{PEOPLE} is installed in {path} ({wanted.licence}).")


def _agreed(settings: CommandOptions, licence: str, size_bytes: int, url: str) -> bool:
    """Ask on a terminal; somebody who wants quiet, a program and a pipe are not asked."""
    if settings.quiet or settings.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from rigcoach.base.preferences import put

    click.echo(
        f"People are found better with the detector {PEOPLE} (licence {licence}, {size_bytes / 1e6:.1f} MB, checked "
        f"against its published sum), from\n{url}",
        err=True,
    )
    answer = click.prompt(
        "Download it now?", type=click.Choice(("yes", "no", "never")), default="yes", show_choices=True, err=True
    )
    if answer == "never":
        note(settings, f"Saved to {put('models', NEVER)}. Later: rigcoach models install {PEOPLE}")
    return answer == "yes"
