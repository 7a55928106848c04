"""Print docs/commands.md: every command's help, as the command itself gives it.

python bench/command_reference.py > docs/commands.md
"""

import click

from rigcoach.cli.main import main as rigcoach
from rigcoach.cli.man import commands

_HEAD = """# Commands

Every command with all its options, as `rigcoach COMMAND --help` prints it. `--camera`, `--json`, `-v` and `--quiet` may
also stand before the command's name, and the variable `NO_COLOR` turns colours off. This page is made by
`python bench/command_reference.py > docs/commands.md`.
"""
_WIDTH = 100
_TOP_LEVEL = 2  # words in the path of a command that is not in a group


def reference() -> str:
    """Return the page."""
    links = [
        f"[{path[1]}](#{'-'.join(path)})" for path, _ in commands(rigcoach, ("rigcoach",)) if len(path) == _TOP_LEVEL
    ]
    parts = [_HEAD, " ·\n".join(links) + "\n"]
    for path, command in commands(rigcoach, ("rigcoach",)):
        context = click.Context(
            command,
            info_name=" ".join(path),
            terminal_width=_WIDTH,
            max_content_width=_WIDTH,
            help_option_names=["-h", "--help"],
        )
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.append(f"{'#' * min(1 + len(path), 4)} {' '.join(path)}\n\n```\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(reference(), end="")
