"""`rigcoach man`: a man page for each command, made from its help."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from rigcoach import __version__
from rigcoach.cli.options import CommandOptions, force_option, talk_options
from rigcoach.cli.output import note, print_path

_INSTALLED = Path(".local/share/man/man1")  # where man looks for what is installed in ~/.local/bin
_MARK = b'.\\" rigcoach man page'


@click.command()
@click.option("--install", is_flag=True, help="Install them where `man` finds them: in ~/.local/share/man.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write them to this folder instead."
)
@force_option
@talk_options
@click.pass_obj
def man(settings: CommandOptions, out: Path | None, *, install: bool) -> None:
    """Write man pages, one for each command, made from the help."""
    from rigcoach.base import disk
    from rigcoach.base.outputs import Kind, write_output
    from rigcoach.cli.main import main

    if install == (out is not None):
        raise click.UsageError("Give --install or --out DIR.")
    folder = out or Path.home() / _INSTALLED
    disk.make_folder(folder)
    kind = Kind("man page", (_MARK,))
    paths = []
    for words, command in commands(main, ("rigcoach",)):
        path = folder / f"{'-'.join(words)}.1"
        write_output(path, man_page(words, command).encode(), kind, force=settings.force)
        paths.append(path)
    print_path(folder)
    note(settings, f"{len(paths)} pages: man {paths[0].stem}, man {paths[-1].stem}")


def commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all in it, each with the words that call it; hidden ones are left out."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=words[-1])
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            if each is not None and not each.hidden:
                yield from commands(each, (*words, name))


def man_page(words: tuple[str, ...], command: click.Command) -> str:
    """Return a command's page in man(7)'s macros."""
    context = click.Context(command, info_name=" ".join(words), help_option_names=["-h", "--help"])
    summary, *more = re.split(r"\n\s*\n", (command.help or "").strip())
    first, _, rest = " ".join(summary.split()).partition(". ")
    lines = [
        _MARK.decode(),
        f'.TH "{"-".join(words).upper()}" 1 "" "rigcoach {__version__}"',
        ".SH NAME",
        f"{'-'.join(words)} \\- {_roff(first.removesuffix('.'))}",
        ".SH SYNOPSIS",
        f".B {_roff(' '.join(words))}",
        _roff(" ".join(command.collect_usage_pieces(context))),
    ]
    if rest or more:
        lines.append(".SH DESCRIPTION")
        for paragraph in filter(None, (rest, *more)):
            lines += [".PP", _roff(" ".join(paragraph.replace("\b", "").split()))]
    records = [(each, each.get_help_record(context)) for each in command.get_params(context)]
    options = [record for each, record in records if record is not None and isinstance(each, click.Option)]
    if options:
        lines.append(".SH OPTIONS")
        for names, told in options:
            lines += [".TP", f".B {_roff(names)}", _roff(told)]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for name in command.list_commands(context):
            each = command.get_command(context, name)
            if each is not None and not each.hidden:
                told = each.get_short_help_str(400)
                lines += [".TP", f".BR {_roff('-'.join((*words, name)))} (1)", _roff(told)]
    if len(words) > 1:
        lines += [".SH SEE ALSO", f".BR {_roff('-'.join(words[:-1]))} (1)"]
    return "\n".join(line for line in lines if line) + "\n"


def _roff(text: str) -> str:
    """Return text as roff takes it: no line is a macro by chance, and hyphens are those that are typed."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in text)
    return f"\\&{text}" if text.startswith((".", "'")) else text
