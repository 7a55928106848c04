"""`rigcoach config`: defaults for all commands, unless an option says otherwise."""

import click

from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, json_option, talk_options
from rigcoach.cli.output import note, print_json, print_path
from rigcoach.cli.plain_table import print_table


def _keys(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    from rigcoach.base.preferences import KEYS

    return [key.name for key in KEYS if key.name.startswith(begun)]


@click.group(cls=CommandGroup, invoke_without_command=True)
@json_option
@talk_options
@click.pass_context
def config(context: click.Context) -> None:
    """Show and set defaults: rig, profile, units, paper, voice, editor, detectors.

    They are kept in config.toml, a text file; a command's own options take precedence.
    """
    if context.invoked_subcommand is not None:
        return
    from rigcoach.base.preferences import KEYS, preferences, preferences_document

    settings: CommandOptions = context.obj
    chosen = preferences()
    if settings.json:
        print_json(preferences_document(chosen))
        return
    rows = [(key.name, getattr(chosen, key.name) or "–", _told(key.choices, key.description)) for key in KEYS]
    print_table(("Key", "Value", "Description"), rows)
    for model, profile in chosen.cameras.items():
        click.echo(f"\n{model}: last used with {profile}")


def _told(choices: tuple[str, ...] | None, description: str) -> str:
    return f"{description} ({', '.join(choices)})" if choices else description


@config.command("set")
@click.argument("key", shell_complete=_keys)
@click.argument("value")
@talk_options
@click.pass_obj
def set_key(settings: CommandOptions, key: str, value: str) -> None:
    """Set a default, as in `rigcoach config set units feet`.

    KEY is one of those that `rigcoach config` lists, with what each can be.
    """
    from rigcoach.base.preferences import put

    if key in ("rig", "profile"):
        from rigcoach.rig.profile import load_profile

        load_profile(value)  # a name that is misspelt is told now
    note(settings, f"Saved to {put(key, value)}.")


@config.command("unset")
@click.argument("key", shell_complete=_keys)
@talk_options
@click.pass_obj
def unset_key(settings: CommandOptions, key: str) -> None:
    """Reset KEY, one of those that `rigcoach config` lists, to its built-in value."""
    from rigcoach.base.preferences import put

    note(settings, f"Saved to {put(key, None)}.")


@config.command("path")
@talk_options
def show_path() -> None:
    """Print where the configuration is kept."""
    from rigcoach.base.preferences import config_path

    print_path(config_path())


@config.command("edit")
@talk_options
def edit() -> None:
    """Open the configuration in the text editor."""
    from rigcoach.base import disk
    from rigcoach.base.preferences import config_path, preferences
    from rigcoach.cli.editor import open_in_editor

    path = config_path()
    disk.make_folder(path.parent)
    open_in_editor(path)
    preferences()  # what is wrong with it is told now
