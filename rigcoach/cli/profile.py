"""`rigcoach profile`: settings for a rig, checked and applied."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.cli.cameras import the_camera
from rigcoach.cli.options import Settings, camera_option, json_option, talk_options
from rigcoach.cli.output import console, print_json
from rigcoach.cli.profile_apply import apply_profile, restore_profile
from rigcoach.cli.profile_make import capture_profile, diff_profiles, new_profile
from rigcoach.cli.profile_tables import print_applied, print_check, short
from rigcoach.errors import RigcoachError

if TYPE_CHECKING:
    from rigcoach.rig.gear import Rig

__all__ = ["print_applied", "profile"]


@click.group()
def profile() -> None:
    """List, show, make, check, apply and put back profiles: settings for a rig."""


for command in (apply_profile, restore_profile, new_profile, capture_profile, diff_profiles):
    profile.add_command(command)


@profile.command("list")
@json_option
@talk_options
@click.pass_obj
def list_profiles(settings: Settings) -> None:
    """List profiles: your own, and those that come with rigcoach."""
    from rigcoach.rig.profile import profile_paths

    entries = [_summary(path) for path in profile_paths()]
    if settings.json:
        print_json({"schema": "rigcoach.profile-list/1", "profiles": entries})
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("Profile", "What for", box=None, header_style="bold", pad_edge=False)
    for entry in entries:
        table.add_row(escape(entry["name"]), escape(entry["description"] or entry["error"] or ""))
    console().print(table)


def _summary(path: Path) -> dict[str, Any]:
    """Return a profile for the list; one with errors is listed with them, for the others' sake."""
    from rigcoach.rig.profile import read_profile

    entry: dict[str, Any] = {"name": path.stem, "description": None, "path": str(path), "error": None}
    try:
        return entry | {"description": read_profile(path).description}
    except RigcoachError as error:
        return entry | {"error": error.line()}


@profile.command("show")
@click.argument("name")
@json_option
@talk_options
@click.pass_obj
def show_profile(settings: Settings, name: str) -> None:
    """Show what a profile sets. NAME is a profile's name or the path of one."""
    from rigcoach.rig.profile import load_profile

    shown = load_profile(name)
    wishes = shown.settings.wishes()
    if settings.json:
        print_json(
            {
                "schema": "rigcoach.profile/1",
                "name": shown.name,
                "description": shown.description,
                "path": str(shown.path),
                "rig": _parts(shown.rig, "id"),
                "settings": {wish.setting: wish.value for wish in wishes},
                "raw": {raw.widget: raw.value for raw in shown.raw},
            }
        )
        return
    click.echo(f"{shown.name}: {shown.description}" if shown.description else shown.name)
    for part, text in _parts(shown.rig, "name").items():
        if text:
            click.echo(f"  {part:<22}{text}")
    for wish in wishes:
        click.echo(f"  {wish.setting.replace('_', ' '):<22}{wish.text}")
    for raw in shown.raw:
        click.echo(f"  {raw.widget:<22}{raw.value}")


def _parts(rig: "Rig", attribute: str) -> dict[str, str | None]:
    parts = {"body": rig.body, "lens": rig.lens, "adapter": rig.adapter}
    return {key: None if part is None else getattr(part, attribute) for key, part in parts.items()}


@profile.command("check")
@click.argument("name")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A body's listing, from `rigcoach camera show --json` or `gphoto2 --list-all-config`. Without it the camera "
    "on the cable is looked at.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def check(settings: Settings, name: str, against: Path | None) -> None:
    """Check what of a profile a body can be given. Nothing is set.

    Each setting is exact, nearest (within a stop, or 300 K), by-hand (a dial, a switch or a ring: yours to set),
    unknown (the listing was taken in a state that does not say) or unsupported. The exit status is 1 where anything is
    unknown or unsupported.
    """
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import check_document
    from rigcoach.tether.listing import read_listing
    from rigcoach.tether.resolve import is_ok, resolve

    checked = load_profile(name)
    if against is not None:
        listing = read_listing(against)
    else:
        with the_camera(settings) as camera:
            listing = camera.listing()
    resolved = resolve(checked, listing)
    if settings.json:
        print_json(check_document(checked.name, listing.body, resolved))
    else:
        print_check(checked, listing.model or listing.body, resolved)
    if not is_ok(resolved):
        raise short(f"{checked.name} does not fit {listing.model or listing.body}", resolved)
