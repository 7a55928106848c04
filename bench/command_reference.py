"""Print docs/commands.md: every command's help, as the command itself gives it.

python bench/command_reference.py > docs/commands.md
"""

from collections.abc import Iterator

import click

from rigcoach.cli.main import main as rigcoach

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


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all in it, each with the words that call it; hidden ones are left out."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            if each is not None and not each.hidden:
                yield from commands(each, (*path, name))


if __name__ == "__main__":
    print(reference(), end="")
