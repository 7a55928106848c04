"""`rigcoach camera doctor`: why a camera does not answer, or is not ready."""

from typing import TYPE_CHECKING

import click

from rigcoach.cli.body_names import body_name
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_line

if TYPE_CHECKING:
    from rigcoach.tether.diagnosis import Facts
    from rigcoach.tether.findings import Finding


@click.command("doctor")
@camera_option
@json_option
@talk_options
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check why the camera is not ready, and what to do about it.

    Checks the USB connection, permissions and programs that hold the camera; then card, battery, mode dial and lens.
    Nothing is changed. The exit status is 0 if the camera is ready.
    """
    from rigcoach.tether.diagnosis import diagnose, is_ready
    from rigcoach.tether.documents import doctor_document

    settings: CommandOptions = ctx.obj
    facts = gather_facts(settings)
    findings = diagnose(facts)
    ready = is_ready(findings)
    model = facts.listing.model if facts.listing is not None else None
    if settings.json:
        print_json(doctor_document(model, findings, ready=ready))
    else:
        _print(model, findings, ready=ready)
    if not ready:
        ctx.exit(1)


def gather_facts(settings: CommandOptions) -> "Facts":
    """Return what is to be seen of the camera that the user means, and of what keeps it from answering."""
    from dataclasses import replace

    from rigcoach.tether.camera import plugged_in
    from rigcoach.tether.diagnosis import Facts
    from rigcoach.tether.errors import CameraError
    from rigcoach.tether.host import this_host
    from rigcoach.tether.process.ports import is_network

    on_usb = settings.camera != "emulated" and not is_network(settings.camera)
    facts = Facts(
        settings.camera,
        this_host() if on_usb else None,
        rule="Run: rigcoach camera udev --install; then plug the camera in again",
    )
    try:
        if on_usb:
            facts = replace(facts, found=plugged_in())
            if settings.camera == "auto" and len(facts.found) == 1:
                facts = replace(facts, port=facts.found[0].port)
        with opened_camera(settings) as camera:
            return replace(facts, port=camera.port, listing=camera.listing(), cards=camera.cards())
    except CameraError as error:
        return replace(facts, error=error)


def _print(model: str | None, findings: "tuple[Finding, ...]", *, ready: bool) -> None:
    if ready:
        click.echo(f"{body_name(model or '', 'The camera')} is ready.")
    for finding in findings:
        print_line(f"{finding.severity}: {finding.text}", 4)
        print_line(f"    {finding.next_step}")
