"""`rigcoach studio`: a local page to practise from, and a phone to practise with."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.browser import show_address
from rigcoach.cli.extras import check_extra
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json

if TYPE_CHECKING:
    from rigcoach.studio.commands import Commands
    from rigcoach.studio.hot_folder import HotFolder
    from rigcoach.studio.server import Opened


@click.group(invoke_without_command=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port of the page; 0 picks a free one.",
)
@click.option("--phone", is_flag=True, help="Let phones on this network pair, by a code that works once.")
@click.option("--address", default="", metavar="IP", help="This computer's address on the phone's network.")
@click.option("--tls", is_flag=True, help="Encrypt with a certificate made on this computer; browsers warn of it once.")
@click.option("--language", default="", metavar="en|de", help="The pages' language; else each browser's own.")
@click.option(
    "--watch",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Score clips as they arrive there, and show them.",
)
@click.option("--no-open", is_flag=True, help="Print the link and open no browser.")
@camera_option
@talk_options
@click.pass_context
def studio(
    ctx: click.Context,
    *,
    port: int,
    phone: bool,
    address: str,
    tls: bool,
    language: str,
    watch: Path | None,
    no_open: bool,
) -> None:
    """Practise from a page in the browser, with a phone as the button.

    Serves a page on this computer alone until you press Ctrl-C: what is due, the camera, the drill, the sessions. The
    link opens it once; with --phone, a phone is paired by scanning a code on the page and becomes button, slate and
    voice. Nothing is loaded from anywhere else.
    """
    if ctx.invoked_subcommand is not None:
        return
    if address and not phone:
        raise click.UsageError("--address goes with --phone.")
    if address and not _is_address(address):
        raise click.BadParameter(f"{address!r} is no IPv4 address, as 192.168.1.5 is.", param_hint="--address")
    settings: CommandOptions = ctx.obj
    check_extra("studio", ("starlette", "uvicorn", "websockets", "segno"), "the studio")
    from rigcoach.report.catalogue import LANGUAGES
    from rigcoach.studio.server import Asked, network_address, run_studio

    if language and language not in LANGUAGES:
        raise click.BadParameter(f"{language!r} is none of {', '.join(LANGUAGES)}", param_hint="--language")
    if phone and not address:
        address = network_address()
    certificate = None
    if tls:
        from rigcoach.studio.certificate import own_certificate

        certificate = own_certificate(address)

    def opened(where: "Opened") -> None:
        click.echo(where.link)
        if where.phone_origin is not None:
            note(settings, f"Phones reach it at {where.phone_origin}; the page shows their code.")
        note(settings, "Ctrl-C ends it.")
        if not no_open:
            try:
                show_address(where.link)
            except RigcoachError as error:
                note(settings, error.line())

    with commands(settings) as given:
        hot = None if watch is None else _hot_folder(watch)
        run_studio(given, Asked(port, phone, address, certificate, language, hot), opened)


@studio.command("devices")
@click.option("--revoke", metavar="NAME|ID|all", help="Forget a phone: it is locked out at once.")
@json_option
@talk_options
@click.pass_obj
def devices(settings: CommandOptions, revoke: str | None) -> None:
    """List the phones that were paired, or forget one."""
    from rigcoach.studio.devices import Devices, devices_document

    paired = Devices()
    if revoke is not None:
        for each in paired.revoke(revoke):
            note(settings, f"{each.name} ({each.id}) is no longer paired.")
    phones = paired.phones()
    if settings.json:
        print_json(devices_document(phones))
        return
    if not phones:
        click.echo("No phone is paired.")
        return
    from rigcoach.cli.plain_table import print_table

    print_table(
        ("Id", "Name", "Paired", "Seen"), [(each.id, each.name, each.paired_at, each.seen_at) for each in phones]
    )


def _is_address(text: str) -> bool:
    from ipaddress import IPv4Address

    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _hot_folder(folder: Path) -> "HotFolder":
    from rigcoach.api import scoring_of
    from rigcoach.studio.hot_folder import HotFolder, Scored

    how = scoring_of()
    return HotFolder(folder, Scored(how.choice, how.rig, how.wanted), below=True)


@contextmanager
def commands(settings: CommandOptions) -> Iterator["Commands"]:
    """Yield what the studio calls; an emulated camera lives as long as the studio, its card with it."""
    from dataclasses import replace

    from rigcoach.cli.camera_doctor import gather_facts
    from rigcoach.cli.cameras import at_emulator, opened_camera
    from rigcoach.cli.drill_run import run_plan, write_report
    from rigcoach.studio.commands import Commands

    with ExitStack() as until_then:
        seen = settings
        if settings.camera == "emulated":
            from rigcoach.emulated.living_body import told_options
            from rigcoach.emulated.process import EmulatedBody

            body = until_then.enter_context(EmulatedBody(options=told_options()))
            note(settings, f"Using an emulated {body.model}.")
            seen = replace(settings, camera=body.port_path)
        yield Commands(
            opened_camera=lambda: opened_camera(seen),
            examine=lambda: gather_facts(seen),
            run_plan=lambda name, test: run_plan(
                settings, name, None, None, weighted=True, anyway=False, test=test, feedback=None
            ),
            finish=write_report,
            emulated=at_emulator(settings),
        )
