"""Options that many commands share, accepted before or after the command's name."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from rigcoach.cli import completing

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class CommandOptions:
    """What the shared options ask for; `click` hands it to a command as `ctx.obj`."""

    camera: str = "auto"
    camera_words: str = ""
    """How the camera was named on the command line, to be said again in the next step."""
    json: bool = False
    verbose: bool = False
    quiet: bool = False
    force: bool = False
    innermost: click.Context | None = None
    """Of the command that is run."""

    def say_no_next(self) -> None:
        """Have no next step said: there is nothing to go on with."""
        self.innermost = None


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
        settings = ctx.ensure_object(CommandOptions)
        settings.innermost = ctx
        # An option that was not given leaves what an outer command was told.
        if not value:
            return
        setattr(settings, name, value)
        if name == "camera" and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE and value != "auto":
            settings.camera_words = f" --camera {shlex.quote(value)}"

    return callback


def camera_option(command: Command) -> Command:
    """Add ``--camera``."""
    return click.option(
        "--camera",
        metavar="auto|PORT|emulated",
        envvar="RIGCOACH_CAMERA",
        expose_value=False,
        callback=_remember("camera"),
        shell_complete=completing.cameras,
        help="Camera to use: the connected one (auto), a libgphoto2 port, or an emulated one.",
    )(command)


def sequence_options(command: Command) -> Command:
    """Add `--sequence`, and `--fps` that goes with it."""
    command = click.option(
        "--fps",
        type=click.FloatRange(1, 240),
        metavar="N",
        help="With --sequence: how many stills are shown a second, 25 by default.",
    )(command)
    return click.option(
        "--sequence",
        is_flag=True,
        help="Score each FOLDER as one sequence of stills: JPEG, TIFF, or raws by their previews.",
    )(command)


def stills_rate(*, sequence: bool, fps: float | None, recursive: bool) -> Fraction | None:
    """Return how fast stills are shown; `None` where clips are meant.

    Raises
    ------
    click.UsageError
        The options don't go together.
    """
    if sequence and recursive:
        raise click.UsageError("--sequence takes each FOLDER as it is: name the folders instead of -r.")
    if fps is not None and not sequence:
        raise click.UsageError("--fps goes with --sequence.")
    return Fraction(fps or 25).limit_denominator(1001) if sequence else None


def force_option(command: Command) -> Command:
    """Add ``--force``, for commands that write files where the user wants them."""
    return click.option(
        "--force",
        is_flag=True,
        expose_value=False,
        callback=_remember("force"),
        help="Overwrite files that rigcoach did not write (never the input files).",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_remember("json"),
        help="Print the result as one JSON document on standard output.",
    )(command)


def talk_options(command: Command) -> Command:
    """Add ``--verbose`` and ``--quiet``."""
    command = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_remember("verbose"),
        help="Show more detail, and a traceback on errors.",
    )(command)
    return click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_remember("quiet"),
        help="No progress, notes or hints on standard error.",
    )(command)
