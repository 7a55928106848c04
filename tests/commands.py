"""rigcoach's commands, run within the test's own process."""

from click.testing import CliRunner, Result

from rigcoach.cli.main import main


def run(*arguments: object, typed: str | None = None) -> Result:
    """Run a command as it would be typed; `typed` is what is answered to its questions."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=typed)
