"""`rigcoach camera udev`: the rule that lets a user of Linux open cameras."""

import shlex
import subprocess
import sys
from pathlib import Path

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import CommandOptions, talk_options
from rigcoach.cli.output import note

RULES = "70-rigcoach-cameras.rules"
_TO = Path("/etc/udev/rules.d") / RULES


class UdevError(RigcoachError):
    """A rule that cannot be installed."""

    code = "camera.udev"


@click.command("udev")
@click.option("--install", is_flag=True, help="Install the rule: shows what it will do, and asks.")
@click.option("--yes", is_flag=True, help="Install without asking.")
@talk_options
@click.pass_obj
def udev(settings: CommandOptions, *, install: bool, yes: bool) -> None:
    """Show or install the udev rule that lets you open cameras without being root, on Linux."""
    from rigcoach.base.user_data import shipped_folder

    rule = shipped_folder("hardware") / RULES
    commands = (
        ("sudo", "cp", str(rule), str(_TO)),
        ("sudo", "udevadm", "control", "--reload"),
        ("sudo", "udevadm", "trigger", "--subsystem-match=usb"),
    )
    if not install:
        click.echo(rule.read_text(), nl=False)
        note(settings, f"To install it as {_TO}: rigcoach camera udev --install")
        return
    if sys.platform != "linux":
        raise UdevError("there is no udev on this system", why="it is needed on Linux only")
    click.echo(
        f"The rule lets whoever sits at this computer open cameras. It goes to {_TO}; this will be run:", err=True
    )
    for command in commands:
        click.echo(f"  {shlex.join(command)}", err=True)
    if not yes and not click.confirm("Run them?", err=True):
        note(settings, "Nothing was done.")
        return
    for command in commands:
        try:
            done = subprocess.run(command, check=False)  # noqa: S603 - shown, and agreed to
        except OSError as error:
            raise UdevError(
                f"{command[0]} could not be run",
                why=error.strerror or str(error),
                next_step=f"Run as root: {shlex.join(command[1:])}",
            ) from error
        if done.returncode:
            raise UdevError(
                "the rule was not installed",
                why=f"`{shlex.join(command)}` ended with status {done.returncode}",
                next_step="Run the commands yourself, as root",
            )
    note(settings, "Installed. Plug the camera in again.")
