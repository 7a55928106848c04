"""`rigcoach profile new`, `capture` and `diff`: profiles made, read off a camera, and compared."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from rigcoach.cli import completing
from rigcoach.cli.cameras import opened_camera
from rigcoach.cli.options import Command, CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_points, print_table
from rigcoach.rig.settings import setting_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rigcoach.rig.profile import Profile
    from rigcoach.tether.settings.difference import Difference

# In the order in which they are asked for, with how an answer is written.
_ASKED = {
    "exposure_mode": "manual, aperture, shutter, program or auto",
    "iso": "a number such as 400, or auto",
    "shutter": "such as 1/50, or seconds such as 0.5",
    "aperture": "an f-number such as 8",
    "white_balance": "auto, daylight, shade, cloudy, tungsten, fluorescent, flash, kelvin or custom",
    "color_temperature": "kelvin, such as 5200",
    "picture_style": "neutral, standard or another of the body's",
    "focus_mode": "manual, single or continuous",
    "drive_mode": "single, continuous, continuous-low, silent, timer-2 or timer-10",
    "image_format": "raw, jpeg or raw+jpeg",
    "movie_mode": "true or false",
    "capture_target": "card, computer or both",
    "live_view_output": "off, camera, computer or both",
    "review_time": "seconds, off or hold",
    "auto_power_off": "seconds, or never",
    "exposure_compensation": "stops, such as -0.7",
    "metering_mode": "evaluative, center, spot, partial or average",
}


def _setting_options(command: Command) -> Command:
    for name, how in reversed(_ASKED.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=f"{how}.")(command)
    for part in ("adapter", "lens", "body"):
        command = click.option(f"--{part}", metavar="ID", help="An id from `rigcoach gear search`.")(command)
    return command


@click.command("new")
@click.argument("name", required=False)
@click.option("--description", default="", help="Description.")
@click.option("--from", "base", metavar="PROFILE", help="Profile to start from; options given here replace its values.")
@click.option("--force", is_flag=True, help="Overwrite your profile with this name.")
@_setting_options
@json_option
@talk_options
@click.pass_obj
def new_profile(
    settings: CommandOptions,
    /,
    name: str | None,
    description: str,
    base: str | None,
    *,
    force: bool,
    **given: str | None,
) -> None:
    """Create a profile of your own, from options or by answering questions.

    It is saved with your data as NAME.toml, a text file that any editor opens.
    """
    from rigcoach.rig.profile import load_profile
    from rigcoach.rig.profile_draft import ProfileDraft
    from rigcoach.rig.profile_text import checked_name, keep

    draft = ProfileDraft() if base is None else ProfileDraft.of(load_profile(base))
    if name is not None:
        checked_name(name)
    draft.name, draft.description = name or "", description or draft.description
    answers = {key: text for key, text in given.items() if text is not None}
    if answers or base is not None:
        for key, text in answers.items():
            draft.put(key, _chosen(key, text))
    else:
        _ask(draft)
    if not draft.name:
        draft.name = click.prompt("Name", err=True)
    made = draft.profile()
    path = keep(made, replace=force)
    _print_made(settings, made, path)
    _warn_of_shutter(settings, made)


def _ask(draft: "Any") -> None:
    """Ask for what a profile can hold; Enter leaves a setting out, and a wrong answer is asked again."""
    from rigcoach.base.errors import RigcoachError
    from rigcoach.rig.profile_text import checked_name

    def answer(question: str, take: Callable[[str], object]) -> None:
        while text := click.prompt(question, default="", show_default=False, err=True).strip():
            try:
                take(text)
            except RigcoachError as error:
                click.echo(f"  {error.line()}", err=True)
            else:
                return

    click.echo("Press Enter to leave a setting out.", err=True)
    if not draft.name:
        answer("Name", lambda text: setattr(draft, "name", checked_name(text)))
    if not draft.description:
        draft.description = click.prompt("Description", default="", show_default=False, err=True).strip()
    for part in ("body", "lens", "adapter"):
        fitting = ", ".join(draft.adapters()) if part == "adapter" else ""
        answer(f"{part.capitalize()} ({fitting})" if fitting else part.capitalize(), _putter(draft, part))
    for key, how in _ASKED.items():
        if key != "color_temperature" or draft.settings.get("white_balance") == "kelvin":
            answer(f"{setting_name(key).capitalize()} ({how})", _putter(draft, key))


def _putter(draft: "Any", key: str) -> Callable[[str], object]:
    return lambda text: draft.put(key, _chosen(key, text))


def _chosen(key: str, text: str) -> str:
    """Return an answer, for gear as its id, chosen by number where several fit the words."""
    if key not in ("body", "lens", "adapter") or text.strip().lower() == "none":
        return text
    from rigcoach.cli.gear_choice import chosen_id
    from rigcoach.rig.gear_files import load_gear

    return chosen_id(load_gear(), key, text)


def _warn_of_shutter(settings: CommandOptions, made: "Profile") -> None:
    """Say where the shutter speed is one that no body has: it is told now, and not at the camera."""
    from rigcoach.rig.shutter_speeds import nearest_speed

    wanted = next((each for each in made.settings.requests() if each.setting == "shutter"), None)
    nearest = nearest_speed(float(wanted.value)) if wanted is not None else None
    if wanted is not None and nearest is not None:
        note(settings, f"No body has a shutter speed of {wanted.text}; the nearest is {nearest}.")


@click.command("capture")
@click.argument("name")
@click.option(
    "--rig",
    metavar="PROFILE",
    shell_complete=completing.profiles,
    help="Copy body, lens and adapter from this profile.",
)
@click.option(
    "--raw/--no-raw", default=True, show_default=True, help="Whether to save maker-specific settings under [raw]."
)
@click.option("--force", is_flag=True, help="Overwrite your profile with this name.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def capture_profile(settings: CommandOptions, name: str, rig: str | None, *, raw: bool, force: bool) -> None:
    """Save the camera's current settings as a profile, with maker-specific ones under [raw].

    Applied to the same camera, it changes nothing.
    """
    from rigcoach.rig.gear import NO_RIG
    from rigcoach.rig.profile import load_profile
    from rigcoach.rig.profile_text import checked_name, keep
    from rigcoach.tether.settings.profile_from_body import capture

    checked_name(name)
    on_it = NO_RIG if rig is None else load_profile(rig).rig
    with opened_camera(settings) as camera:
        captured = capture(camera.listing(), on_it, name, raw=raw)
    path = keep(captured.profile, captured.untold, replace=force)
    _print_made(settings, captured.profile, path)
    for line in captured.untold:
        note(settings, f"Not captured: {line}")


def _print_made(settings: CommandOptions, made: "Profile", path: "Path") -> None:
    from rigcoach.rig.documents import kept_profile_document
    from rigcoach.rig.profile_text import profile_text

    if settings.json:
        print_json(kept_profile_document(made, path))
        return
    click.echo(profile_text(made).rstrip("\n"))
    note(settings, f"{made.name}: saved to {path}")


@click.command("diff")
@click.argument("first", metavar="A", shell_complete=completing.profiles)
@click.argument("second", metavar="[B]", shell_complete=completing.profiles, required=False)
@click.option("--since", is_flag=True, help="With `camera` alone: what differs from how it was last left.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def diff_profiles(settings: CommandOptions, first: str, second: str | None, *, since: bool) -> None:
    """Compare two profiles; either may be `camera`, for its current settings.

    Of a camera only the settings that the profile names are compared; the nearest available value counts as equal.
    `rigcoach profile diff camera --since` compares all its settings with how the last drill, or the last profile,
    left it.
    """
    from dataclasses import replace

    from rigcoach.rig.profile import load_profile
    from rigcoach.tether.documents import diff_document
    from rigcoach.tether.settings.difference import between_profiles, from_body

    if since:
        if first != "camera" or second is not None:
            raise click.UsageError("--since goes with the camera alone: rigcoach profile diff camera --since")
        _diff_since(settings)
        return
    if second is None:
        raise click.UsageError("Name a second profile, or --since for a camera.")
    if first == second == "camera":
        raise click.UsageError("both are the camera; give a profile for A or B")
    if "camera" in (first, second):
        profile = load_profile(second if first == "camera" else first)
        with opened_camera(settings) as camera:
            differences = from_body(profile, camera.listing())
        if first == "camera":
            differences = tuple(replace(d, first=d.second, second=d.first) for d in differences)
    else:
        differences = between_profiles(load_profile(first), load_profile(second))
    if settings.json:
        print_json(diff_document(first, second, differences))
    else:
        _print_differences(first, second, differences)


def _diff_since(settings: CommandOptions) -> None:
    from rigcoach.base.errors import RigcoachError
    from rigcoach.tether.documents import diff_document
    from rigcoach.tether.settings.left_as import changed_since, last_left

    with opened_camera(settings) as camera:
        listing = camera.listing()
    left = last_left(listing)
    if left is None:
        raise RigcoachError(
            f"it is not known how this {listing.model} was left",
            why="that is noted when a profile is applied, and at the end of a drill",
            next_step="Apply a profile: rigcoach profile apply NAME",
            code="camera.not-left",
        )
    differences = changed_since(left, listing)
    then = f"left {left.taken_at.astimezone():%d %b %H:%M} with {left.profile}"
    if settings.json:
        print_json({**diff_document(then, "camera", differences), "since": left.taken_at.isoformat()})
    else:
        _print_differences(then, "camera", differences)


def _print_differences(first: str, second: str, differences: "Iterable[Difference]") -> None:
    rows, reasons = [], []
    for d in differences:
        name = setting_name(d.setting) if not d.setting.startswith("raw.") else d.setting
        rows.append((name, d.first or "–", d.second or "–"))
        reasons += [f"{name}: {d.reason}"] if d.reason else []
    if not rows:
        click.echo(f"{first} and {second}: no difference")
        return
    print_table(("Setting", first, second), rows)
    print_points(reasons)
