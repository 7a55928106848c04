"""Print docs/commands.md: every command's help, as the command itself gives it.

python bench/command_reference.py > docs/commands.md
"""

import click

from rigcoach.cli.main import main as rigcoach
from rigcoach.cli.man import commands

_HEAD = """# Commands

What `--help` says of each, made by `python bench/command_reference.py > docs/commands.md`. Every command also takes
`--camera`, `--json`, `-v` and `--quiet` where they make sense, and `NO_COLOR` is heeded.
"""
_WIDTH = 100


def reference() -> str:
    """Return the page."""
    parts = [_HEAD]
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
