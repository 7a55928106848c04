"""`rigcoach camera`: the camera on the cable, or the emulated one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.body_names import body_name
from rigcoach.cli.camera_doctor import doctor
from rigcoach.cli.camera_emulate import emulate
from rigcoach.cli.camera_fetch import fetch_files
from rigcoach.cli.camera_live import live
from rigcoach.cli.camera_show import show_camera
from rigcoach.cli.camera_udev import udev
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import kept_when_stopped, note, print_json, progress

if TYPE_CHECKING:
    from rigcoach.tether.process.ports import FoundPort

_SHORT_BY_S = 0.5  # a take may be shorter than was asked for


@click.group(cls=CommandGroup)
def camera() -> None:
    """Inspect the tethered camera, record with it, or emulate one."""


@camera.command("list")
@camera_option
@json_option
@talk_options
@click.pass_obj
def list_cameras(settings: CommandOptions) -> None:
    """List the connected cameras.

    Network cameras are not listed: name one by its port, as in --camera ptpip:192.168.1.2. An emulated one is listed
    while it lives; --camera emulated starts it.
    """
    from rigcoach.tether.camera import plugged_in
    from rigcoach.tether.documents import camera_list_document

    emulated = _emulated(settings)
    found = [*plugged_in(), *emulated]
    if settings.json:
        print_json(camera_list_document(found))
        return
    for camera in found:
        click.echo(f"{camera.port}  {body_name(camera.model)}{' (emulated)' if camera in emulated else ''}")
    if not found:
        note(settings, "No camera is connected and switched on. To try without one: --camera emulated")


def _emulated(settings: CommandOptions) -> "list[FoundPort]":
    """Return the emulated body that lives; where it is the camera that is meant, one is started."""
    from rigcoach.emulated.living_body import living, living_or_started
    from rigcoach.tether.process.ports import FoundPort

    body = living_or_started() if settings.camera == "emulated" else living()
    return [] if body is None else [FoundPort(body.model, body.port_path)]


@camera.command("record")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 1799),
    required=True,
    metavar="S",
    help="Recording time in seconds, 1 to 1799.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="File for the clip; must not exist yet.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def record_take(settings: CommandOptions, seconds: float, out: Path) -> None:
    """Record one take to the camera's card and fetch it.

    Ctrl-C stops the recording and switches live view off; the clip then stays on the card. An incomplete clip is
    not left behind: FILE is either a complete clip or not there.
    """
    from rigcoach.tether.documents import record_document
    from rigcoach.tether.fetch import check_free, fetch
    from rigcoach.tether.record import record

    check_free(out)
    kept = kept_when_stopped(lambda: "what was recorded is on the camera's card: rigcoach camera fetch --new")
    with kept, opened_camera(settings) as open_camera:
        with progress(settings, "Recording") as advance:
            take = record(open_camera, seconds, advance)
        with progress(settings, f"Fetching {take.file.name}") as advance:
            fetch(open_camera, take.file, out, advance)
    if settings.json:
        print_json(record_document(take, out))
    else:
        size = f"{take.file.size_bytes / 1e6:.1f} MB"
        click.echo(f"{out}: {take.recorded_s:.1f} s, {size}, on the card as {take.file.path}")
    if take.recorded_s < seconds - _SHORT_BY_S:
        raise RigcoachError(
            f"the camera stopped recording after {take.recorded_s:.1f} of {seconds:g} s",
            why="its card is full, its battery is empty, or the clip reached the camera's limit",
            next_step=f"The recording is in {out}; see `rigcoach camera doctor`",
            code="camera.short-take",
        )


for command in (show_camera, doctor, live, fetch_files, emulate, udev):
    camera.add_command(command)
