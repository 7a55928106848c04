"""What the configuration says where a command is told nothing."""

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note


def configured_profile(model: str = "") -> str:
    """Return the profile that is configured, else the one that was last used with a camera.

    Raises
    ------
    click.UsageError
        There is none.
    """
    from rigcoach.base.preferences import preferences

    chosen = preferences()
    name = chosen.profile or chosen.cameras.get(model, "")
    if not name:
        raise click.UsageError(
            "Which profile? Give NAME (see `rigcoach profile list`), or keep one: rigcoach config set profile NAME"
        )
    return name


def configured_rig(settings: CommandOptions, models: tuple[str, ...] = ()) -> str | None:
    """Return the profile whose rig is meant where none is given: the configured one, else the cameras' last one.

    `models` are those of the cameras that clips name; where it is one, the profile last used with it serves.
    """
    from rigcoach.base.preferences import preferences

    chosen = preferences()
    last = chosen.cameras.get(models[0], "") if len(set(models)) == 1 else ""
    rig = last or chosen.rig
    if not rig:
        return None
    note(settings, f"Using the rig of {rig}, {'last used with ' + models[0] if last else 'as configured'}.")
    return rig


def remember(settings: CommandOptions, model: str, profile: str) -> None:
    """Note for the next time which profile was used with a camera; a configuration that is damaged is told of."""
    from rigcoach.base.preferences import remember_rig

    try:
        remember_rig(model, profile)
    except RigcoachError as error:
        note(settings, error.line())
