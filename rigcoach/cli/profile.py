"""`rigcoach profile`: settings for a rig, checked and applied."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.cameras import the_camera
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.distances import in_whole_feet
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import print_json
from rigcoach.cli.plain_table import print_table
from rigcoach.cli.profile_apply import apply_profile, restore_profile
from rigcoach.cli.profile_make import capture_profile, diff_profiles, new_profile
from rigcoach.cli.profile_tables import print_applied, print_check, short

if TYPE_CHECKING:
    from rigcoach.rig.gear import Rig
    from rigcoach.rig.profile_optics import ProfileOptics

__all__ = ["print_applied", "profile"]


@click.group(cls=CommandGroup)
def profile() -> None:
    """List, show, make, check, apply and put back profiles: settings for a rig."""


for command in (apply_profile, restore_profile, new_profile, capture_profile, diff_profiles):
    profile.add_command(command)


@profile.command("list")
@json_option
@talk_options
@click.pass_obj
def list_profiles(settings: CommandOptions) -> None:
    """List profiles: your own, and those that come with rigcoach."""
    from rigcoach.rig.profile import profile_paths

    entries = [_summary(path) for path in profile_paths()]
    if settings.json:
        print_json({"schema": "rigcoach.profile-list/1", "profiles": entries})
        return
    rows = [(entry["name"], entry["description"] or entry["error"] or "") for entry in entries]
    print_table(("Profile", "What for"), rows)


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
def show_profile(settings: CommandOptions, name: str) -> None:
    """Show what a profile sets, and what its rig sees and keeps sharp. NAME is a profile's name or a path to one."""
    from rigcoach.rig.profile import load_profile
    from rigcoach.rig.profile_optics import optics_of

    shown = load_profile(name)
    optics = optics_of(shown)
    requests = shown.settings.requests()
    if settings.json:
        print_json(
            {
                "schema": "rigcoach.profile/1",
                "name": shown.name,
                "description": shown.description,
                "path": str(shown.path),
                "rig": _parts(shown.rig, "id"),
                "settings": {request.setting: request.value for request in requests},
                "raw": {raw.widget: raw.value for raw in shown.raw},
                "optics": None if optics is None else _optics_document(optics),
            }
        )
        return
    click.echo(f"{shown.name}: {shown.description}" if shown.description else shown.name)
    for part, text in _parts(shown.rig, "name").items():
        if text:
            click.echo(f"  {part:<22}{text}")
    for request in requests:
        click.echo(f"  {request.setting.replace('_', ' '):<22}{request.text}")
    for raw in shown.raw:
        click.echo(f"  {raw.widget:<22}{raw.value}")
    if optics is not None:
        _print_optics(optics)


def _optics_document(optics: "ProfileOptics") -> dict[str, Any]:
    return {
        "focal_length_mm": optics.focal_length_mm,
        "f_number": optics.f_number,
        "view_deg": _rounded(optics.view_deg),
        "movie_view_deg": _rounded(optics.movie_view_deg),
        "circle_of_confusion_mm": round(optics.circle_mm, 4),
        "hyperfocal_m": round(optics.hyperfocal_m, 3),
        # null: to infinity
        "zones": [
            {
                "focus_m": zone.focus_m,
                "near_m": round(zone.near_m, 2),
                "far_m": None if math.isinf(zone.far_m) else round(zone.far_m, 2),
            }
            for zone in optics.zones
        ],
    }


def _rounded(angles: tuple[float, float] | None) -> list[float] | None:
    return None if angles is None else [round(angle, 1) for angle in angles]


def _print_optics(optics: "ProfileOptics") -> None:
    click.echo(f"\n{optics.focal_length_mm:g} mm at f/{optics.f_number:g}, blur up to {optics.circle_mm:.3f} mm:")
    for what, view in (("stills see", optics.view_deg), ("movies see", optics.movie_view_deg)):
        if view is not None:
            click.echo(f"  {what:<22}{view[0]:.1f}° wide, {view[1]:.1f}° high")
    half = optics.hyperfocal_m / 2
    click.echo(f"  {'ring at ' + in_whole_feet(optics.hyperfocal_m):<22}sharp from {in_whole_feet(half)} to infinity")
    for zone in optics.zones:
        ring, near, far = (in_whole_feet(each) for each in (zone.focus_m, zone.near_m, zone.far_m))
        click.echo(f"  {'ring at ' + ring:<22}sharp from {near} to {far}")


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
def check(settings: CommandOptions, name: str, against: Path | None) -> None:
    """Check what of a profile a body can be given. Nothing is set.

    Each setting is exact, nearest (within a stop, or 300 K), by-hand (a dial, a switch or a ring: yours to set),
    unknown (the listing was taken in a state that does not say) or unsupported. The exit status is 1 where anything is
    unknown or unsupported.
    """
    from rigcoach.listing.files import read_listing
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import check_document
    from rigcoach.tether.settings.resolve import is_ok, resolve

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
