"""`rigcoach profile`: settings for a rig, checked and applied."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rigcoach.cli.cameras import the_camera
from rigcoach.cli.options import Settings, camera_option, json_option, talk_options
from rigcoach.cli.output import console, print_json, progress
from rigcoach.errors import RigcoachError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigcoach.rig.gear import Rig
    from rigcoach.rig.profile import Profile
    from rigcoach.tether.apply import Applied, AppliedSetting
    from rigcoach.tether.outcome import Resolved

_COLOURS = {"exact": "green", "nearest": "yellow", "by-hand": "cyan"}


class ProfileShortError(RigcoachError):
    """A profile that a body has, or was given, only in part."""

    code = "profile.short"


@click.group()
def profile() -> None:
    """List, show, check and apply profiles: settings for a rig."""


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

    Each setting is exact, nearest (within half a stop, or 100 K), by-hand (a dial, a switch or a ring: yours to set),
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
        _print_check(checked, listing.model or listing.body, resolved)
    if not is_ok(resolved):
        raise _short(f"{checked.name} does not fit {listing.model or listing.body}", resolved)


@profile.command("apply")
@click.argument("name")
@camera_option
@json_option
@talk_options
@click.pass_obj
def apply_profile(settings: Settings, name: str) -> None:
    """Give the camera a profile's settings, read each back, and say what is left for your hand.

    Ctrl-C puts back what was set so far. The exit status is 1 where the camera does not have all that can be set over
    the cable.
    """
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.apply import apply
    from rigcoach.tether.documents import apply_document

    wanted = load_profile(name)
    with the_camera(settings) as camera, progress(settings, f"Applying {wanted.name}") as advance:
        applied = apply(camera, wanted, advance)
    if settings.json:
        print_json(apply_document(applied))
    else:
        print_applied(applied)
    if applied.lost is not None:
        raise applied.lost
    if not applied.ok:
        raise _short(f"{wanted.name} was not fully applied", applied.settings)


def _short(what: str, settings: "Sequence[Resolved | AppliedSetting]") -> ProfileShortError:
    from rigcoach.tether.outcome import is_fine

    lacking = [f"{setting.setting} ({setting.status})" for setting in settings if not is_fine(setting.status)]
    return ProfileShortError(what, why=", ".join(lacking), next_step="What to do about each stands in its reason")


def _print_check(checked: "Profile", body: str, resolved: "Sequence[Resolved]") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Setting", "Wanted", "Body's value", "Status", box=None, header_style="bold", pad_edge=False)
    for setting in resolved:
        table.add_row(_plain(setting), escape(setting.wanted), escape(setting.value or "–"), _coloured(setting))
    out = console()
    out.print(f"{checked.name} on {body}", style="bold", markup=False)
    out.print(table)
    _print_reasons(resolved)


def print_applied(applied: "Applied") -> None:
    """Print what was wanted, sent and read back, and what is left for the hand."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("Setting", "Wanted", "Before", "Sent", "Read back", "Status", box=None, header_style="bold")
    for setting in applied.settings:
        cells = (setting.before, setting.sent, setting.read_back)
        shown = (escape(cell) if cell is not None else "–" for cell in cells)
        table.add_row(_plain(setting), escape(setting.wanted), *shown, _coloured(setting))
    out = console()
    out.print(f"{applied.profile} on {applied.body}", style="bold", markup=False)
    out.print(table)
    _print_reasons(applied.settings)


def _print_reasons(settings: "Sequence[Resolved | AppliedSetting]") -> None:
    """Print what there is to say beyond the table: first what to do by hand, then the rest."""
    by_hand = [setting for setting in settings if str(setting.status) == "by-hand"]
    others = [setting for setting in settings if setting not in by_hand and setting.reason]
    for title, group in (("By hand", by_hand), ("Notes", others)):
        if group:
            click.echo(f"\n{title}:")
        for setting in group:
            click.echo(f"• {_plain(setting)}: {setting.reason}")


def _plain(setting: "Resolved | AppliedSetting") -> str:
    return setting.setting.replace("_", " ")


def _coloured(setting: "Resolved | AppliedSetting") -> str:
    return f"[{_COLOURS.get(str(setting.status), 'red')}]{setting.status}[/]"
