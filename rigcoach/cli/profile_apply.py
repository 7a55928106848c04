"""`rigcoach profile apply` and `restore`: give a camera a profile, and put it back as it was."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli import completing
from rigcoach.cli.body_names import body_name
from rigcoach.cli.cameras import opened_camera, several_cameras
from rigcoach.cli.configured import configured_profile, remember
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import kept_when_stopped, note, print_json, progress
from rigcoach.cli.profile_tables import (
    ProfileShortError,
    print_applied,
    print_check,
    print_fleet,
    print_restored,
    short,
)

if TYPE_CHECKING:
    from rigcoach.rig.profile import Profile


@click.command("apply")
@click.argument("name", shell_complete=completing.profiles, required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be sent, in order, without sending it.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def apply_profile(settings: CommandOptions, name: str | None, *, dry_run: bool) -> None:
    """Apply a profile's settings to the camera, verify each, and list what you must set by hand.

    The camera's previous settings are saved first; `rigcoach profile restore` brings them back at any time. Ctrl-C
    undoes what was set so far. The exit status is 1 if a setting that can be sent was not applied. Without NAME, the
    configured profile, or the last one that was used with this camera.

    With --camera all (or ports joined with +) every connected camera is given the profile at once, and one
    table shows what each has.
    """
    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import apply_document, check_document
    from rigcoach.tether.settings import left_as, snapshot
    from rigcoach.tether.settings.apply import apply
    from rigcoach.tether.settings.resolve import is_ok, resolve

    wanted = load_profile(name) if name else None
    if several_cameras(settings):
        if dry_run or wanted is None:
            raise click.UsageError("several cameras are given a profile by its NAME, and without --dry-run")
        _apply_to_all(settings, wanted)
        return
    if dry_run:
        with opened_camera(settings) as camera:
            listing = camera.listing()
        wanted = wanted or load_profile(configured_profile(listing.model))
        resolved = resolve(wanted, listing)
        if settings.json:
            print_json(check_document(wanted.name, listing.body, resolved))
        else:
            print_check(wanted, body_name(listing.body, listing.model), resolved)
        note(settings, "Nothing was sent.")
        if not is_ok(resolved):
            raise short(f"{wanted.name} would not be fully applied", resolved)
        return
    kept = kept_when_stopped(lambda: "the camera has the settings that it had before")
    with kept, opened_camera(settings) as camera:
        model = camera.listing().model
        wanted = wanted or load_profile(configured_profile(model))
        with progress(settings, f"Applying {wanted.name}") as advance:
            applied = apply(camera, wanted, advance, keep=snapshot.keep)
    left_as.keep_as_left(applied.after, wanted.name)
    remember(settings, model, wanted.name)
    if settings.json:
        print_json(apply_document(applied))
    else:
        print_applied(applied)
    if applied.lost is not None:
        raise applied.lost
    if not applied.ok:
        raise short(f"{wanted.name} was not fully applied", applied.settings)


def _apply_to_all(settings: CommandOptions, wanted: "Profile") -> None:
    from rigcoach.tether.documents import fleet_document
    from rigcoach.tether.fleet import apply_to_all, cameras_meant
    from rigcoach.tether.settings import left_as, snapshot

    cameras = cameras_meant(settings.camera)
    with progress(settings, f"Applying {wanted.name} to {len(cameras)} cameras") as advance:
        results = apply_to_all(cameras, wanted, advance, keep=snapshot.keep)
    for result in results:
        if result.applied is not None:
            left_as.keep_as_left(result.applied.after, wanted.name)
    if settings.json:
        print_json(fleet_document(wanted.name, results))
    else:
        print_fleet(wanted.name, results)
    short_of = [result.found.port for result in results if not result.ok]
    if short_of:
        raise ProfileShortError(
            f"{wanted.name} was not fully applied to {len(short_of)} of {len(results)} cameras",
            why=", ".join(short_of),
            next_step="The reasons for each say what to do",
        )


@click.command("restore")
@click.argument("snapshot_path", metavar="[SNAPSHOT]", type=click.Path(path_type=Path), required=False)
@click.option("--list", "list_them", is_flag=True, help="List the saved snapshots, oldest first.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def restore_profile(settings: CommandOptions, snapshot_path: Path | None, *, list_them: bool) -> None:
    """Restore the camera's settings from before a profile was applied.

    Without SNAPSHOT, the last one of this camera. Only settings that differ are sent. The exit status is 1 if a
    setting could not be restored.
    """
    from rigcoach.tether.documents import restore_document
    from rigcoach.tether.settings import snapshot

    if list_them:
        _list(settings)
        return
    chosen = snapshot.read(snapshot_path) if snapshot_path is not None else None
    with opened_camera(settings) as camera:
        from rigcoach.tether.settings.restore import restore

        with progress(settings, "Restoring") as advance:
            restored = restore(camera, chosen or snapshot.latest(camera.listing()), advance)
    if settings.json:
        print_json(restore_document(restored))
    else:
        print_restored(restored)
    if restored.lost is not None:
        raise restored.lost
    if not restored.ok:
        left = [widget.name for widget in restored.widgets if widget.reason]
        raise ProfileShortError("not everything could be restored", why=", ".join(left), next_step="Set it by hand")


def _list(settings: CommandOptions) -> None:
    from rigcoach.tether.documents import snapshot_list_document
    from rigcoach.tether.settings import snapshot

    snapshots = [snapshot.read(path) for path in snapshot.kept()]
    if settings.json:
        print_json(snapshot_list_document(snapshots))
        return
    for kept in snapshots:
        click.echo(
            f"{kept.taken_at.astimezone():%Y-%m-%d %H:%M:%S}  {body_name(kept.listing.model)}  before {kept.profile}"
        )
        click.echo(f"  {kept.path}")
    if not snapshots:
        note(settings, "No snapshots yet: `rigcoach profile apply` saves one before it changes anything.")
