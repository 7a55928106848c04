"""A text file opened in the photographer's editor."""

import os
from pathlib import Path

import click

from rigcoach.base.errors import RigcoachError


def open_in_editor(path: Path) -> None:
    """Open a file in the configured editor, else in the one that VISUAL or EDITOR names, and wait for it to end.

    Raises
    ------
    RigcoachError
        The editor cannot be started, or ended in failure.
    """
    from rigcoach.base.preferences import preferences

    try:
        editor = preferences().editor
    except RigcoachError:
        editor = ""  # it is the configuration that is to be mended
    try:
        click.edit(filename=os.fspath(path), editor=editor or None)
    except click.ClickException as error:
        raise RigcoachError(
            "the editor could not be started",
            why=error.message,
            next_step=f"Name another, such as EDITOR=nano, or open {path} yourself",
            code="editor.failed",
        ) from error
