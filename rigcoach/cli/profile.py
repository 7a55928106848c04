"""`rigcoach profile`: settings for a rig, checked and applied."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.units import in_whole_feet
from rigcoach.cli import completing
from rigcoach.cli.body_names import body_name
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.configured import configured_profile
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_line, print_table
from rigcoach.cli.profile_apply import apply_profile, restore_profile
from rigcoach.cli.profile_make import capture_profile, diff_profiles, new_profile
from rigcoach.cli.profile_tables import print_applied, print_check, short
from rigcoach.rig.settings import setting_name

if TYPE_CHECKING:
    from rigcoach.rig.profile_optics import ProfileOptics

__all__ = ["print_applied", "profile"]


@click.group(cls=CommandGroup)
def profile() -> None:
    """List, show, create, check, apply and restore profiles: the settings of a rig."""


for command in (apply_profile, restore_profile, new_profile, capture_profile, diff_profiles):
    profile.add_command(command)


@profile.command("list")
@json_option
@talk_options
@click.pass_obj
def list_profiles(settings: CommandOptions) -> None:
    """List profiles: your own and those that come with rigcoach."""
    from rigcoach.rig.documents import profile_list_document
    from rigcoach.rig.profile import profile_paths

    document = profile_list_document(profile_paths())
    if settings.json:
        print_json(document)
        return
    rows = [(entry["name"], entry["description"] or entry["error"] or "") for entry in document["profiles"]]
    print_table(("Profile", "Description"), rows)


@profile.command("show")
@click.argument("name", shell_complete=completing.profiles, required=False)
@json_option
@talk_options
@click.pass_obj
def show_profile(settings: CommandOptions, name: str | None) -> None:
    """Show a profile's settings, its rig's field of view and depth of field.

    NAME is a profile's name or the path of one; by default the configured one.
    """
    from rigcoach.rig.documents import profile_document
    from rigcoach.rig.profile import load_profile
    from rigcoach.rig.profile_optics import optics_of

    shown = load_profile(name or configured_profile())
    optics = optics_of(shown)
    requests = shown.settings.requests()
    if settings.json:
        print_json(profile_document(shown))
        return
    print_line(f"{shown.name}: {shown.description}" if shown.description else shown.name, 2)
    for part in (shown.rig.body, shown.rig.lens, shown.rig.adapter):
        if part is not None:
            click.echo(f"  {type(part).__name__.lower():<22}{part.name}")
    for request in requests:
        click.echo(f"  {setting_name(request.setting):<22}{request.text}")
    for raw in shown.raw:
        click.echo(f"  {raw.widget:<22}{raw.value}")
    if optics is not None:
        _print_optics(optics)


def _print_optics(optics: "ProfileOptics") -> None:
    click.echo(f"\n{optics.focal_length_mm:g} mm at f/{optics.f_number:g}, blur up to {optics.circle_mm:.3f} mm:")
    for what, view in (("still field of view", optics.view_deg), ("video field of view", optics.movie_view_deg)):
        if view is not None:
            click.echo(f"  {what:<22}{view[0]:.1f}° x {view[1]:.1f}°")
    half = optics.hyperfocal_m / 2
    click.echo(f"  {'ring at ' + in_whole_feet(optics.hyperfocal_m):<22}sharp from {in_whole_feet(half)} to infinity")
    for zone in optics.zones:
        ring, near, far = (in_whole_feet(each) for each in (zone.focus_m, zone.near_m, zone.far_m))
        click.echo(f"  {'ring at ' + ring:<22}sharp from {near} to {far}")


@profile.command("edit")
@click.argument("name", shell_complete=completing.profiles)
@talk_options
@click.pass_obj
def edit_profile(settings: CommandOptions, name: str) -> None:
    """Open a profile of your own in the text editor, and check it when the editor is closed."""
    from rigcoach.base.user_data import user_folder
    from rigcoach.cli.editor import open_in_editor
    from rigcoach.rig.profile import load_profile
    from rigcoach.rig.profile_text import checked_name

    path = user_folder("profiles") / f"{checked_name(name)}.toml"
    if not path.is_file():
        raise click.UsageError(
            f"`{name}` is not a profile of your own: make one with rigcoach profile new NAME --from {name}"
        )
    open_in_editor(path)
    load_profile(str(path))
    note(settings, f"{path} is in order.")


@profile.command("check")
@click.argument("name", shell_complete=completing.profiles, required=False)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A body's listing, from `rigcoach camera show --json` or `gphoto2 --list-all-config`; by default "
    "the tethered camera.",
)
@camera_option
@json_option
@talk_options
@click.pass_obj
def check(settings: CommandOptions, name: str | None, against: Path | None) -> None:
    """Check which settings of a profile a body supports. Nothing is changed.

    Each setting is exact, nearest (within a stop, or 300 K), by-hand (a dial, a switch or a ring: set by hand),
    unknown (the listing was taken in a state that does not say) or unsupported. The exit status is 1 where anything is
    unknown or unsupported.
    """
    from rigcoach.listing.files import read_listing
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import check_document
    from rigcoach.tether.settings import vocabulary
    from rigcoach.tether.settings.resolve import is_ok, resolve

    checked = load_profile(name) if name else None
    if against is not None:
        listing = read_listing(against, vocabulary.is_known)
    else:
        with opened_camera(settings) as camera:
            listing = camera.listing()
    checked = checked or load_profile(configured_profile(listing.model))
    resolved = resolve(checked, listing)
    if settings.json:
        print_json(check_document(checked.name, listing.body, resolved))
    else:
        print_check(checked, body_name(listing.body, listing.model), resolved)
    if not is_ok(resolved):
        raise short(f"{checked.name} does not fit {body_name(listing.body, listing.model)}", resolved)
