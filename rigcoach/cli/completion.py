"""`rigcoach completion`: the shell completes commands, options, and names of profiles, drills, gear and sessions."""

import os
from pathlib import Path

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import CommandOptions, force_option, talk_options
from rigcoach.cli.output import note

_VARIABLE = "_RIGCOACH_COMPLETE"
# Where each shell looks by itself, from the user's home; zsh reads no such folder without being told.
_PLACES = {
    "bash": Path(".local/share/bash-completion/completions/rigcoach"),
    "zsh": Path(".zsh/completions/_rigcoach"),
    "fish": Path(".config/fish/completions/rigcoach.fish"),
}


class CompletionError(RigcoachError):
    """A completion that cannot be made or installed."""

    code = "completion.error"


@click.command()
@click.argument("shell", type=click.Choice(tuple(_PLACES)), required=False)
@click.option("--install", is_flag=True, help="Install it where the shell finds it, instead of printing it.")
@force_option
@talk_options
@click.pass_obj
def completion(settings: CommandOptions, shell: str | None, *, install: bool) -> None:
    """Set up shell completion of commands, options and names.

    Prints the script for bash, zsh or fish; without SHELL, for the one that you use. With --install it is written where
    the shell looks for it in a new terminal.
    """
    from rigcoach.base import disk
    from rigcoach.base.outputs import Kind, write_output

    chosen = shell or _used_shell()
    text = _script(chosen)
    if not install:
        click.echo(text)
        return
    path = Path.home() / _PLACES[chosen]
    try:
        disk.make_folder(path.parent)
    except OSError as error:
        raise CompletionError(
            f"the completion cannot be written to {path}",
            why=error.strerror or str(error),
            next_step=f"Print it and put it elsewhere: rigcoach completion {chosen}",
        ) from error
    write_output(path, f"{text}\n".encode(), Kind("completion", (_VARIABLE.encode(),)), force=settings.force)
    click.echo(str(path))
    if chosen == "zsh":
        note(settings, f"Put this into ~/.zshrc, before compinit: fpath=({path.parent} $fpath)")
    note(settings, "Open a new terminal to use it.")


def _used_shell() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in _PLACES:
        raise CompletionError(
            f"{name} is not completed" if name else "which shell you use is not known",
            next_step=f"Name one: rigcoach completion {'|'.join(_PLACES)}",
            code="completion.shell",
        )
    return name


def _script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    from rigcoach.cli.main import main

    made = get_completion_class(shell)
    if made is None:
        raise CompletionError(f"{shell} is not completed by this version of click", next_step="Update click")
    return made(main, {}, "rigcoach", _VARIABLE).source()
