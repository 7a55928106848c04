"""The `rigcoach` command.

Every module of commands is imported here, so none of them imports anything heavy (OpenCV, gphoto2, pydantic, rich)
before one of its commands runs: `rigcoach --help` answers at once.
"""

import click

from rigcoach import __version__
from rigcoach.cli.camera import camera
from rigcoach.cli.demo import demo
from rigcoach.cli.drill import drill
from rigcoach.cli.gear import gear
from rigcoach.cli.log import log
from rigcoach.cli.models import models
from rigcoach.cli.options import Settings, camera_option, json_option, talk_options
from rigcoach.cli.profile import profile
from rigcoach.cli.score import score
from rigcoach.errors import RigcoachError


class Failure(click.ClickException):
    """One line on standard error, and exit status 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the line."""
        click.echo(f"rigcoach: {self.message}", err=True)


class RigcoachGroup(click.Group):
    """A group whose errors reach the user as one line; `-v` lets the traceback through."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and turn what fails into a `Failure`."""
        settings = ctx.ensure_object(Settings)
        try:
            return super().invoke(ctx)
        except RigcoachError as error:
            if settings.verbose:
                raise
            raise Failure(error.line()) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, EOFError, BrokenPipeError):
            raise  # click knows how to end on these
        except OSError as error:
            if settings.verbose:
                raise
            raise Failure(f"{error.filename or 'a file'}: {error.strerror or error}") from error
        except Exception as error:
            if settings.verbose:
                raise
            raise Failure(
                f"something went wrong inside rigcoach ({type(error).__name__}: {error}). "
                "Run the command again with -v and report what it prints"
            ) from error


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
    ctx.ensure_object(Settings)


for command in (demo, camera, profile, gear, score, models, drill, log):
    main.add_command(command)
