"""The camera that ``--camera`` means, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from rigcoach.cli.body_names import body_name
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note

if TYPE_CHECKING:
    from rigcoach.tether.camera import Camera


def several_cameras(settings: CommandOptions) -> bool:
    """Whether ``--camera`` means more than one."""
    return settings.camera == "all" or "+" in settings.camera


@contextmanager
def opened_camera(settings: CommandOptions) -> Iterator["Camera"]:
    """Open the camera that the user means; ``emulated`` is one that lives on between commands."""
    from rigcoach.tether.camera import Camera

    if several_cameras(settings):
        raise click.UsageError("this takes one camera: only `rigcoach profile apply` takes several")
    if settings.camera != "emulated":
        with Camera(settings.camera) as camera:
            yield camera
        return
    from rigcoach.emulated.living_body import idle_s, living_or_started, told_options
    from rigcoach.emulated.process import EmulatedBody

    if idle_s() > 0:
        living = living_or_started()
        note(settings, f"Using an emulated {body_name(living.model)}; `rigcoach camera emulate --stop` ends it.")
        with Camera(living.port_path, model=living.model) as camera:
            yield camera
        return
    with EmulatedBody(options=told_options()) as body:
        note(settings, f"Using an emulated {body_name(body.model)}.")
        with Camera(body.port_path, model=body.model) as camera:
            yield camera


def at_emulator(settings: CommandOptions) -> bool:
    """Whether the camera is an emulated one, whose sessions count among themselves only.

    A body at an address of this computer is asked; where it doesn't answer, it is told by its place.
    """
    from rigcoach.practice.emulated_body import is_emulated, on_this_computer
    from rigcoach.tether.errors import CameraError

    if settings.camera == "emulated" or not on_this_computer(settings.camera):
        return settings.camera == "emulated"
    try:
        with opened_camera(settings) as camera:
            return is_emulated(camera.port, camera.listing())
    except CameraError:
        return True
