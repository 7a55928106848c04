"""Options that say which rig."""

from typing import TYPE_CHECKING

import click

from rigcoach.cli import completing
from rigcoach.cli.options import Command

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig


def rig_options(command: Command) -> Command:
    """Add ``--rig``, ``--body``, ``--lens`` and ``--adapter``."""
    for option, metavar, help_text in (
        ("--adapter", "ID", "Adapter between them; join several with +, starting at the body."),
        (
            "--lens",
            "ID",
            "Lens, in place of the profile's (see `rigcoach gear search`); a zoom as ID@35mm.",
        ),
        ("--body", "ID", "Body, in place of the profile's."),
    ):
        command = click.option(option, metavar=metavar, help=help_text)(command)
    return click.option(
        "--rig",
        "rig_profile",
        metavar="PROFILE",
        shell_complete=completing.profiles,
        help="Profile whose rig and settings to use.",
    )(command)


def chosen_rig(
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    *,
    aperture: float | None = None,
    calibrated: bool = True,
) -> "ChosenRig":
    """Return the rig that the options choose, as `rigcoach.lens.chosen_rig.choose_rig` does."""
    from rigcoach.base.preferences import preferences
    from rigcoach.lens.chosen_rig import choose_rig

    if rig_profile is None and lens is None:
        rig_profile = preferences().rig or None
    if rig_profile is None and lens is None:
        raise click.UsageError(
            "Which rig? Give --rig PROFILE, or --body ID and --lens ID. To keep one: rigcoach config set rig PROFILE"
        )
    if body is not None or lens is not None:
        from rigcoach.cli.gear_choice import chosen_id
        from rigcoach.rig.gear_files import load_gear

        gear = load_gear()
        body = None if body is None else chosen_id(gear, "body", body)
        lens = None if lens is None else chosen_id(gear, "lens", lens)
    return choose_rig(rig_profile, body, lens, adapter, aperture=aperture, calibrated=calibrated)
