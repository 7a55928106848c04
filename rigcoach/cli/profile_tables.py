"""How profiles on bodies are printed: tables, and what is left for the photographer's hand."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.body_names import body_name
from rigcoach.cli.plain_table import print_points, print_table
from rigcoach.rig.settings import setting_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rigcoach.rig.profile import Profile
    from rigcoach.tether.fleet import FleetResult
    from rigcoach.tether.settings.apply import Applied, AppliedSetting
    from rigcoach.tether.settings.resolution import Resolved
    from rigcoach.tether.settings.restore import Restored

_COLOURS = {"exact": "green", "nearest": "yellow", "by-hand": "cyan", "put-back": "green"}


class ProfileShortError(RigcoachError):
    """A profile that a body has, or was given, only in part."""

    code = "profile.short"


def short(what: str, settings: "Sequence[Resolved | AppliedSetting]") -> ProfileShortError:
    """Return the error of a profile that a body has only in part, with what is lacking."""
    from rigcoach.tether.settings.resolution import is_fine

    lacking = [f"{setting.setting} ({setting.status})" for setting in settings if not is_fine(setting.status)]
    return ProfileShortError(what, why=", ".join(lacking), next_step="The reason for each says what to do")


def print_check(checked: "Profile", body: str, resolved: "Sequence[Resolved]") -> None:
    """Print what a body makes of each setting, and what is left for the hand."""
    rows = [(setting_name(r.setting), r.wanted, r.value or "–", str(r.status)) for r in resolved]
    click.echo(f"{checked.name} on {body}")
    print_table(("Setting", "Wanted", "Body's value", "Status"), rows, _colours(resolved))
    _print_reasons(resolved)


def print_applied(applied: "Applied") -> None:
    """Print what was wanted, sent and read back, and what is left for the hand."""
    rows = [
        (
            setting_name(s.setting),
            s.wanted,
            *(_cell(cell) for cell in (s.before, s.sent, s.read_back)),
            str(s.status),
        )
        for s in applied.settings
    ]
    click.echo(f"{applied.profile} on {body_name(applied.body)}")
    print_table(("Setting", "Wanted", "Before", "Sent", "Read back", "Status"), rows, _colours(applied.settings))
    _print_reasons(applied.settings)


def print_fleet(profile: str, results: "Sequence[FleetResult]") -> None:
    """Print what every camera has of a profile, read back from it, a column a camera; and what is left for the hand."""
    names = [f"{number}: {_named(result)}" for number, result in enumerate(results, 1)]
    wanted = {s.setting: s.wanted for result in results for s in (result.applied.settings if result.applied else ())}
    rows = [
        (setting_name(setting), text, *(_fleet_cell(result, setting) for result in results))
        for setting, text in wanted.items()
    ]
    rows.append(("all applied", "", *("yes" if result.ok else "no" for result in results)))
    click.echo(f"{profile} on {len(results)} cameras")
    print_table(("Setting", "Wanted", *names), rows)
    for name, result in zip(names, results, strict=True):
        lost = result.error or (result.applied.lost if result.applied else None)
        by_hand = () if result.applied is None else [s for s in result.applied.settings if s.reason]
        if lost is not None or by_hand:
            click.echo(f"\n{name} at {result.found.port}:")
        if lost is not None:
            click.echo(f"  {lost.line()}")
        print_points(f"{setting_name(setting.setting)}: {setting.reason}" for setting in by_hand)


def _named(result: "FleetResult") -> str:
    return body_name(result.applied.body) if result.applied is not None else result.found.model


def _fleet_cell(result: "FleetResult", setting: str) -> str:
    found = [s for s in (result.applied.settings if result.applied else ()) if s.setting == setting]
    if not found:
        return "–"
    value = found[0].read_back if found[0].read_back is not None else "–"
    return value if str(found[0].status) == "exact" else f"{value} ({found[0].status})"


def _cell(value: str | None) -> str:
    """Return a body's value as it is read; one that says that the lens decides by what that means."""
    if value is None:
        return "–"
    return "set on the lens" if value.lower() == "implicit auto" else value


def _print_reasons(settings: "Sequence[Resolved | AppliedSetting]") -> None:
    """Print what there is to say beyond the table: first what to do by hand, then the rest."""
    by_hand = [s for s in settings if str(s.status) == "by-hand" and "nothing to do" not in s.reason]
    others = [setting for setting in settings if setting not in by_hand and setting.reason]
    for title, group in (("By hand", by_hand), ("Notes", others)):
        if group:
            click.echo(f"\n{title}:")
        print_points(f"{setting_name(setting.setting)}: {setting.reason}" for setting in group)


def print_restored(restored: "Restored") -> None:
    """Print what was put back and what was not."""
    taken = restored.snapshot.taken_at.astimezone()
    click.echo(
        f"{body_name(restored.body)} as it was on {taken:%d %b %Y at %H:%M:%S}, before {restored.snapshot.profile}"
    )
    if not restored.widgets:
        click.echo("Nothing to restore: the settings are the same.")
        return
    rows = [
        (w.widget.removeprefix("/main/"), w.wanted, w.found, w.read_back or "–", str(w.outcome))
        for w in restored.widgets
    ]
    colours = [_COLOURS.get(str(widget.outcome), "red") for widget in restored.widgets]
    print_table(("Widget", "Was", "Found", "Read back", "Status"), rows, colours)
    print_points(f"{w.name}: {w.reason}" for w in restored.widgets if w.reason)


def _colours(settings: "Sequence[Resolved | AppliedSetting]") -> list[str | None]:
    return [_COLOURS.get(str(setting.status), "red") for setting in settings]
