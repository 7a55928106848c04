"""The camera that ``--camera`` means, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rigcoach.cli.body_names import body_name
from rigcoach.cli.options import CommandOptions
from rigcoach.cli.output import note

if TYPE_CHECKING:
    from rigcoach.tether.camera import Camera


@contextmanager
def opened_camera(settings: CommandOptions) -> Iterator["Camera"]:
    """Open the camera that the user means; ``emulated`` starts one and ends it afterwards."""
    from rigcoach.tether.camera import Camera

    if settings.camera != "emulated":
        with Camera(settings.camera) as camera:
            yield camera
        return
    from rigcoach.emulated.process import EmulatedBody

    with EmulatedBody() as body:
        note(settings, f"Using an emulated {body_name(body.model)}.")
        with Camera(body.port_path, model=body.model) as camera:
            yield camera
