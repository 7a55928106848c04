"""The `rigcoach` command.

A command's module is imported when the command is asked for, and imports nothing heavy (OpenCV, gphoto2, pydantic,
rich) before the command runs: the shell waits for what is needed only.
"""

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from traceback import walk_tb
from typing import Any

import click

from rigcoach import __version__
from rigcoach.base.errors import RigcoachError
from rigcoach.base.shown_text import printable
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.guarded import is_our_process
from rigcoach.cli.interrupts import STATUS, ended_like_ctrl_c
from rigcoach.cli.next_steps import next_step
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note


def say_next(settings: CommandOptions) -> None:
    """Say what comes after a command that went well; not to a program that reads JSON."""
    if settings.quiet or settings.json or settings.innermost is None:
        return
    command = settings.innermost.command_path.partition(" ")[2]
    text = next_step(command, settings.innermost.params, settings.camera_words)
    if text is not None:
        note(settings, f"Next: {text}")


class Failure(click.ClickException):
    """One line on standard error, and exit status 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the line."""
        click.echo(f"rigcoach: {self.message}", err=True)


def stopped(interrupt: BaseException) -> click.exceptions.Exit:
    """Say that the command was stopped, and what is kept where that is known; return what ends it."""
    kept = "".join(f"; {text}" for text in interrupt.args[:1])
    click.echo(printable(f"rigcoach: stopped{kept}"), err=True)
    return click.exceptions.Exit(STATUS)


def system_failure(error: OSError) -> Failure:
    """Return what the system refused, as a line: of a file, or of what was to be printed."""
    why = error.strerror or str(error)
    if error.filename is None and _while_printing(error):
        return Failure(f"the output cannot be written: {why}. Send it somewhere else, or make room")
    return Failure(f"{error.filename or 'a file'}: {why}")


def _while_printing(error: OSError) -> bool:
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


def _end_without_waiting(status: str | int | None) -> None:
    """End the process where it would wait for work that is stuck, as inside a decoder; else return."""
    watched = sys.modules.get("rigcoach.scoring.watched")
    if watched is None or not watched.left_behind():
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(status if isinstance(status, int) else 0 if status is None else 1)


COMMANDS = {
    "demo": "Try it without a camera.",
    "camera": "Inspect the tethered camera, record with it, or emulate one.",
    "gear": "List and check bodies, lenses and adapters: what fits what, and what is lost through an adapter.",
    "profile": "List, show, create, check, apply and restore profiles: the settings of a rig.",
    "target": "Write the target card for printing.",
    "focus": "Zone focus, depth-of-field tables, a printable ring scale, calibration and sharpness of a rig.",
    "aim": "Work out tilt, camera height and distance to frame a person without looking.",
    "drill": "List, show, create and run drills: rehearse with nothing to look at, tethered or not.",
    "ingest": "Import a session's clips, match them to its takes, and score them.",
    "score": "Score clips: focus, framing, steadiness and exposure of every frame.",
    "review": "Review clips or a session: a report, an annotated clip, exports of the keepers.",
    "log": "List past sessions, and what to rehearse next.",
    "config": "Show and set defaults: rig, profile, units, paper, voice, editor, detectors.",
    "cache": "Show how many measurements are kept, or remove them.",
    "watch": "Score clips as they arrive in a folder or on a card, each once.",
    "studio": "Practise from a page in the browser, with a phone as the button.",
    "trip": "Lay out practice up to a trip, see whether you are ready, and pack.",
    "study": "Compare schedules of feedback over a few people, with starts drawn by lot.",
    "models": "List and install optional detectors, which find more faces and people than OpenCV's.",
    "man": "Write man pages, one for each command, made from the help.",
    "completion": "Set up shell completion of commands, options and names.",
}
"""In the order in which a newcomer meets them; each is the object of its name in the module of its name.

What each does is the first sentence of its own help (a test holds them equal): to list them, none is imported.
"""


class RigcoachGroup(CommandGroup):
    """The commands, and their errors as one line; `-v` lets the traceback through."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names in their own order."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the commands, each with what it does."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"rigcoach.cli.{cmd_name}"), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; a file whose name begins with a dash, such as `-x.mov`, is no option."""
        try:
            return super().parse_args(ctx, [f"./{each}" if _is_dashed_file(each) else each for each in args])
        except BrokenPipeError:
            raise  # click knows how to end on it
        except OSError as error:  # a help that cannot be printed
            raise system_failure(error) from error

    def main(self, *args: Any, **options: Any) -> Any:
        """Run from the command line, and end at once where work was given up that is stuck."""
        try:
            return super().main(*args, **options)
        except SystemExit as ended:
            _end_without_waiting(ended.code)
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and turn what fails into a `Failure`."""
        settings = ctx.ensure_object(CommandOptions)
        try:
            with ended_like_ctrl_c():
                result = super().invoke(ctx)
                say_next(settings)
                return result
        except KeyboardInterrupt as interrupt:
            raise stopped(interrupt) from None
        except click.Abort as error:
            # click asks; it does not tell Ctrl-C from the end of the input.
            if isinstance(error.__context__, KeyboardInterrupt):
                raise stopped(error.__context__) from None
            how = "Answer on a terminal, or give the answers as options: see --help"
            raise Failure(f"nobody answered what was asked. {how}") from None
        except RigcoachError as error:
            if settings.verbose:
                raise
            raise Failure(error.line()) from error
        except (click.ClickException, click.exceptions.Exit, EOFError, BrokenPipeError):
            raise  # click knows how to end on these
        except OSError as error:
            if settings.verbose:
                raise
            raise system_failure(error) from error
        except Exception as error:
            if settings.verbose:
                raise
            raise Failure(
                f"something went wrong inside rigcoach ({type(error).__name__}: {error}). "
                "Run the command again with -v and report what it prints"
            ) from error


def _is_dashed_file(word: str) -> bool:
    # No option has a full stop in its name.
    return word.startswith("-") and "." in word and os.path.lexists(word)


@click.group(cls=RigcoachGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rigcoach")
@camera_option
@json_option
@talk_options
@click.pass_context
def main(ctx: click.Context) -> None:
    """Rehearse shooting without a viewfinder.

    Set the rig and check it, record practice takes with nothing to look at, and learn how well every frame was
    focused, framed, held and exposed.

    New here? `rigcoach demo` goes through it all with an emulated camera.
    """
    ctx.ensure_object(CommandOptions)


def _fill_streams() -> None:
    """Open what the process was started without, so that no file of the user's becomes what libraries print to."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for as long as the process is


def run() -> None:
    """Run the command line in a process that is there for nothing else."""
    _fill_streams()
    is_our_process()
    try:
        main(prog_name="rigcoach")
    finally:
        _let_go_of_output()


def _let_go_of_output() -> None:
    """Drop what could not be printed: Python would try once more at its end, and fail with a status of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
