"""`rigcoach trip`: practice up to a trip, and whether you are ready for it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.options import CommandOptions, camera_option, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json
from rigcoach.cli.plain_table import print_line, print_table
from rigcoach.cli.sheet_file import note_written

if TYPE_CHECKING:
    from rigcoach.practice.trip import Trip


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return a day that was given as 2027-03-01."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day such as 2027-03-01", param, ctx)


@click.group(cls=CommandGroup)
def trip() -> None:
    """Lay out practice up to a trip, see whether you are ready, and pack."""


@trip.command("plan")
@click.option(
    "--date", "starts", type=_Day(), required=True, metavar="DAY", help="First day of the trip, such as 2027-03-01."
)
@click.option("--rig", "profile", required=True, metavar="PROFILE", help="Profile of the rig you take.")
@click.option("--days", type=click.IntRange(1, 365), required=True, help="How many days the trip lasts.")
@click.option("--per-week", type=click.IntRange(1, 7), default=3, show_default=True, help="Practice days a week.")
@click.option("--hours", type=click.FloatRange(0.1, 24), default=2.0, show_default=True, help="Hours recorded a day.")
@json_option
@talk_options
@click.pass_obj
def plan(settings: CommandOptions, *, starts: date, profile: str, days: int, per_week: int, hours: float) -> None:
    """Lay sessions on separate days up to a trip, tests among them, in place of the last plan."""
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.folder import now
    from rigcoach.practice.trip import keep_trip, plan_trip
    from rigcoach.practice.trip_documents import trip_document
    from rigcoach.rig.profile import load_profile

    drills = readable_drills(lambda error: note(settings, error.line()))
    chosen = load_profile(profile)
    planned = plan_trip(starts, days, chosen.name, drills, now().date(), per_week=per_week, hours_a_day=hours)
    path = keep_trip(planned)
    if settings.json:
        print_json(trip_document(planned, path))
        return
    _print_sessions(planned)
    note(settings, f"Saved to {path}. Next: rigcoach trip status")


def _print_sessions(planned: "Trip") -> None:
    print_table(
        ("Day", "Drill", "Kind"), [(f"{each.on:%a %d %b %Y}", each.drill, each.kind) for each in planned.sessions]
    )


@trip.command("status")
@click.option("--emulated", is_flag=True, help="By the emulator's sessions instead, which count for nothing.")
@click.option("--serials", is_flag=True, help="Read the body's serial number for the packing list.")
@click.option(
    "--print",
    "to_print",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the packing list and all that is printed for the rig as one PDF.",
)
@click.option(
    "--diameter", "ring_mm", type=click.FloatRange(15, 200), metavar="MM", help="Focus ring diameter, for its scale."
)
@click.option(
    "--throw",
    "throw_deg",
    type=click.FloatRange(10, 350),
    metavar="DEG",
    help="Focus throw, for the scale; both are kept with the trip.",
)
@camera_option
@force_option
@json_option
@talk_options
@click.pass_obj
def status(
    settings: CommandOptions,
    *,
    emulated: bool,
    serials: bool,
    to_print: Path | None,
    ring_mm: float | None,
    throw_deg: float | None,
) -> None:
    """Show whether you are ready, what to do today, and what to pack.

    With --print, one PDF holds the packing list, the gear sheet, the target card, the pocket card, the scale for the
    focus ring (measure the ring as `rigcoach focus scale --help` says) and the aim sheet.
    """
    from rigcoach.base.outputs import SHEET, write_output
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.counted import counted
    from rigcoach.journal.folder import kept_files, now
    from rigcoach.journal.index import read_log
    from rigcoach.practice.packing import packing, packing_pdf
    from rigcoach.practice.trip import keep_ring, load_trip, trip_status
    from rigcoach.practice.trip_documents import status_document
    from rigcoach.rig.profile import load_profile

    if to_print is not None and to_print.suffix.lower() != ".pdf":
        raise click.UsageError(f"--print {to_print}: its name must end in .pdf.")
    planned = keep_ring(load_trip(), ring_mm, throw_deg)
    profile = load_profile(planned.profile)
    today = now().date()
    stands = trip_status(planned, counted(read_log(), emulated=emulated), readable_drills(), today)
    serial = _serial(settings) if serials else ""
    sections = packing(planned, profile, serial)
    if to_print is not None:
        pages = packing_pdf(f"Trip on {planned.starts:%d %B %Y}", planned, profile, serial)
        write_output(to_print, pages, SHEET, inputs=kept_files(), force=settings.force)
        note_written(settings, to_print)
    if settings.json:
        print_json(status_document(planned, stands, sections))
        return
    left = stands.days_left
    when = f"{left} day{'' if left == 1 else 's'} left" if left > 0 else "it is over" if stands.over else "it has begun"
    click.echo(f"{'Ready' if stands.ready else 'Not ready yet'}: {planned.starts:%d %b %Y}, {when}.")
    for each in stands.drills:
        print_line(f"{each.drill}: {each.why}", indent=2)
    click.echo()
    click.echo("Today:" if stands.today else "Today: nothing is planned.")
    for session in stands.today:
        since = "" if session.on == today else f"  (planned for {session.on:%a %d %b})"
        click.echo(f"  {session.command}{since}")
    for heading, items in sections:
        click.echo(f"\n{heading}:")
        for item in items:
            print_line(f"[ ] {item}", indent=2)


def _serial(settings: CommandOptions) -> str:
    from rigcoach.cli.cameras import opened_camera

    try:
        with opened_camera(settings) as camera:
            listing = camera.listing()
    except RigcoachError as error:
        note(settings, f"No serial number: {error.line()}")
        return ""
    return listing.current("serialnumber") or "not reported"


@trip.command("export")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("trip.ics"),
    show_default=True,
    metavar="FILE",
    help="Output file.",
)
@force_option
@talk_options
@click.pass_obj
def export(settings: CommandOptions, out: Path) -> None:
    """Export the sessions to a calendar (.ics), a whole day each."""
    from rigcoach.base.outputs import CALENDAR, write_output
    from rigcoach.journal.folder import kept_files
    from rigcoach.practice.trip import load_trip, trip_calendar

    planned = load_trip()
    write_output(out, trip_calendar(planned), CALENDAR, inputs=kept_files(), force=settings.force)
    note(settings, f"{len(planned.sessions)} sessions saved to {out}.")
