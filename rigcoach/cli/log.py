"""`rigcoach log`: past sessions, how they went, and where practice leads."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.cli import completing
from rigcoach.cli.command_group import CommandGroup
from rigcoach.cli.log_class import show_class
from rigcoach.cli.options import CommandOptions, force_option, json_option, talk_options
from rigcoach.cli.output import note, print_json, print_path
from rigcoach.cli.plain_table import line_width, print_line, print_table
from rigcoach.cli.session_text import number, print_session, share

if TYPE_CHECKING:
    from rigcoach.journal.index import Log, SessionRow
    from rigcoach.journal.trend import Trend


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.option("--drill", metavar="NAME", shell_complete=completing.drills, help="Only sessions of this drill.")
@json_option
@talk_options
@click.pass_context
def log(context: click.Context, drill: str | None) -> None:
    """List past sessions, and what to rehearse next.

    A session is a folder with its clips, its session.json and the scores of every frame; the log is only an index
    of them. A session that was cut short is listed as interrupted: `rigcoach ingest` imports what is left of it.
    """
    if context.invoked_subcommand is not None:
        return
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.counted import counted
    from rigcoach.journal.documents import log_document
    from rigcoach.journal.due import due, retention_tests
    from rigcoach.journal.folder import now
    from rigcoach.journal.index import read_log
    from rigcoach.journal.progress import next_drill, weaknesses

    settings: CommandOptions = context.obj
    found = read_log()
    _print_trouble(found)
    rows = [row for row in found.sessions if drill in (None, row.drill)]
    real = counted(found)
    following, weak = next_drill(found.sessions, readable_drills()), weaknesses(real.takes)
    tests = retention_tests(real.sessions, now().date())
    if settings.json:
        print_json(log_document(rows, found.unreadable, following, weak, tests))
        return
    if rows:
        _print_sessions(rows)
    else:
        note(settings, "No sessions yet: `rigcoach drill list`, then `rigcoach drill run NAME`.")
    for name, why in found.unreadable:
        click.echo(f"{name} cannot be read: {why}", err=True)
    if following is not None:
        click.echo(f"\nNext: {following.drill} ({following.why})")
    for test in due(tests):
        click.echo(f"{test.sentence}: rigcoach drill run {test.drill} --test")
    for weakness in weak:
        click.echo(f"{weakness.sentence[0].upper()}{weakness.sentence[1:]}.")


def _print_trouble(found: "Log") -> None:
    if found.odd:
        click.echo(
            f"rigcoach: the index of sessions was rebuilt from their folders: {found.odd}. Nothing is lost",
            err=True,
        )
    if found.trouble is not None:
        click.echo(f"rigcoach: {found.trouble.line()}", err=True)


def _print_sessions(rows: "list[SessionRow]") -> None:
    from rigcoach.journal.standing import standing

    cells = []
    for row in rows:
        when = datetime.fromisoformat(row.started_at).astimezone()
        spread = "" if row.spread is None else f" ± {row.spread:.0f}"
        scored = f"{row.scored} of {row.planned}"
        score = number(row.overall) + spread
        cells.append((row.id, f"{when:%d %b %Y %H:%M}", scored, score, share(row.keeper_ratio), standing(row)))
    print_table(("Session", "When", "Takes", "Score", "Keepers", ""), cells)


@log.command("show")
@click.argument("session", default="last", shell_complete=completing.sessions)
@json_option
@talk_options
@click.pass_obj
def show(settings: CommandOptions, session: str) -> None:
    """Show a session take by take. SESSION is its name, the beginning of it, its folder, or `last`."""
    from rigcoach.journal import folder
    from rigcoach.journal.documents import session_document

    path = folder.find(session)
    shown = folder.read(path)
    if settings.json:
        print_json(session_document(shown, path))
        return
    print_session(shown, path)
    if not shown.scored:
        settings.say_no_next()


log.add_command(show_class)

_emulated = click.option("--emulated", is_flag=True, help="The emulator's sessions instead, which count for nothing.")


@log.command("trend")
@_emulated
@click.option("--drill", metavar="NAME", shell_complete=completing.drills, help="Only this drill.")
@click.option("--rig", metavar="ID", help="Only this body, lens, adapter or profile.")
@click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Save the chart as an SVG image."
)
@force_option
@json_option
@talk_options
@click.pass_obj
def show_trend(
    settings: CommandOptions, *, emulated: bool, drill: str | None, rig: str | None, svg: Path | None
) -> None:
    """Chart keepers and scores over time, in the terminal or as an SVG image."""
    from rigcoach.base.outputs import DRAWING, write_output
    from rigcoach.journal.documents import trend_document
    from rigcoach.journal.folder import kept_files
    from rigcoach.journal.trend import trend
    from rigcoach.report.chart_svg import svg as draw
    from rigcoach.report.trend_charts import measures_chart

    found = _counted(settings, emulated=emulated)
    drawn = trend(found.sessions, drill=drill, rig=rig)
    title = ", ".join(["rigcoach", *(part for part in (drill, rig, "on the emulator" if emulated else "") if part)])
    if svg is not None:
        image = draw(measures_chart(drawn, title)).encode()
        write_output(svg, image, DRAWING, inputs=kept_files(), force=settings.force)
    if settings.json:
        print_json(trend_document(drawn))
    elif drawn.sessions:
        _print_trend(drawn)
    else:
        note(settings, "No scored sessions of that kind that count.")
        settings.say_no_next()
    if svg is not None:
        note(settings, f"Saved to {svg}.")


def _counted(settings: CommandOptions, *, emulated: bool) -> "Log":
    """Return what counts of the journal, or the emulator's; where there is only the latter, that is said."""
    from rigcoach.journal.counted import EMULATOR_ONLY, counted
    from rigcoach.journal.index import read_log

    log = read_log()
    _print_trouble(log)
    found = counted(log, emulated=emulated)
    if not found.sessions and any(row.not_counted == EMULATOR_ONLY for row in log.sessions):
        note(settings, "So far all sessions were made on the emulator, and count for nothing; --emulated shows them.")
    return found


def _print_trend(drawn: "Trend") -> None:
    from rigcoach.journal.learning import FEWEST_EACH, SESSIONS_EACH, Gain, gain_text
    from rigcoach.journal.trend import sparkline

    width = max(10, min(len(drawn.sessions), line_width() - 54))
    drills = drawn.by_drill
    rows = []
    for series in drawn.series:
        if not series.points:
            rows.append((series.name, "–", "", "–", "–", "–"))
            continue
        values = [value for _, value in series.points]
        unit = " %" if series.name == "keepers" else ""
        found = series.gain
        told = isinstance(found, Gain) and len(drills) == 1
        change = f"{found.better_by:+.0f} ± {found.half_width:.0f}" if isinstance(found, Gain) and told else "–"
        line = sparkline(series.points, len(drawn.sessions), width)
        first, last, best = f"{values[0]:.0f}{unit}", f"{values[-1]:.0f}{unit}", f"{max(values):.0f}"
        rows.append((series.name, first, line, last, best, change))
    print_table(("", "First", "", "Last", "Best", "Change"), rows)
    click.echo()
    for name, of in drills.items():
        if len(drills) > 1:
            needed = {gain_text(series.gain) for series in of.series if not isinstance(series.gain, Gain)}
            if len(needed) == 1 and not any(isinstance(series.gain, Gain) for series in of.series):
                click.echo(f"{name}: {needed.pop()}")
                continue
            click.echo(f"{name}:")
        for series in of.series:
            if series.points:
                click.echo(f"  {series.name:<12}{gain_text(series.gain, ' %' if series.name == 'keepers' else '')}")
    begin, end = (datetime.fromisoformat(drawn.sessions[at].started_at).astimezone() for at in (0, -1))
    count = len(drawn.sessions)
    last = "" if begin.date() == end.date() else f" to {end:%d %b %Y}"
    click.echo()
    print_line(
        f"{count} session{'s' if count > 1 else ''}, {begin:%d %b %Y}{last}. "
        + ("Drills differ, so a change is told of each by itself. " if len(drills) > 1 else "")
        + f"Change: the last {SESSIONS_EACH} compared with the first {SESSIONS_EACH} ({FEWEST_EACH} each at the "
        "least), with the interval that holds the truth in 95 of 100."
    )


@log.command("report")
@_emulated
@click.option("--drill", metavar="NAME", shell_complete=completing.drills, help="Only this drill.")
@click.option("--rig", metavar="ID", help="Only this body, lens, adapter or profile.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Report file; by default report.html beside the index.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the report in the browser.")
@force_option
@json_option
@talk_options
@click.pass_obj
def report(
    settings: CommandOptions, *, emulated: bool, drill: str | None, rig: str | None, out: Path | None, open_it: bool
) -> None:
    """Write a report on all sessions: scores over time by drill, what changed most, personal bests.

    One HTML file that needs no network and sends nothing; it shows no pictures.
    """
    from rigcoach.cli.browser import show
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.folder import kept_files
    from rigcoach.journal.index import index_path
    from rigcoach.journal.progress import next_drill, weaknesses
    from rigcoach.journal.trend import trend
    from rigcoach.report.documents import log_report_document
    from rigcoach.report.page import write
    from rigcoach.report.trend_page import trend_page

    found = _counted(settings, emulated=emulated)
    narrow = bool(drill or rig)
    ids = {row.id for row in trend(found.sessions, drill=drill, rig=rig).sessions}
    takes = [take for take in found.takes if take.session_id in ids or not narrow]
    following = None if narrow else next_drill(found.sessions, readable_drills())
    to = index_path().with_name("report.html") if out is None else out
    page = trend_page(found, drill=drill, rig=rig, following=following, weak=weaknesses(takes), emulated=emulated)
    write(to, page, inputs=kept_files(), force=settings.force)
    if settings.json:
        print_json(log_report_document(to))
    else:
        print_path(to)
    if open_it:
        show(to)


@log.command("card")
@_emulated
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.png|FILE.html",
    default=Path("card.png"),
    show_default=True,
    help="Where it goes, and as what.",
)
@force_option
@json_option
@talk_options
@click.pass_obj
def card(settings: CommandOptions, *, emulated: bool, out: Path) -> None:
    """Make one card to share: the week's main change, and what was measured.

    It holds no picture, no name of a person or a file, and no place.
    """
    from rigcoach.base.outputs import CARD, REPORT, write_output
    from rigcoach.journal.folder import kept_files
    from rigcoach.report.documents import card_document
    from rigcoach.report.story_card import card_html, card_png, story

    if out.suffix.lower() not in (".png", ".html"):
        raise click.BadParameter(f"{out}: its name ends in neither .png nor .html.", param_hint="--out")
    found = _counted(settings, emulated=emulated)
    told = story(found, emulated=emulated)
    as_image = out.suffix.lower() == ".png"
    content = card_png(told) if as_image else card_html(told).encode()
    write_output(out, content, CARD if as_image else REPORT, inputs=kept_files(), force=settings.force)
    if settings.json:
        print_json(card_document(told, out))
    else:
        print_path(out)


@log.command("export")
@click.argument("form", type=click.Choice(["csv", "json"]), metavar="csv|json")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Output file; printed if omitted."
)
@force_option
@talk_options
@click.pass_obj
def export(settings: CommandOptions, form: str, out: Path | None) -> None:
    """Export every take of every session, one row each, for a spreadsheet or a script."""
    from rigcoach.base.outputs import TAKES_LIST, TAKES_TABLE, write_output
    from rigcoach.journal.documents import export_document, takes_table
    from rigcoach.journal.folder import kept_files
    from rigcoach.journal.index import read_log

    found = read_log()
    _print_trouble(found)
    text = (
        takes_table(found) if form == "csv" else json.dumps(export_document(found), indent=1, ensure_ascii=False) + "\n"
    )
    if out is None:
        click.echo(text, nl=False)
        return
    kind = TAKES_TABLE if form == "csv" else TAKES_LIST
    # A spreadsheet needs the line ends that the csv module wrote.
    write_output(out, text.encode(), kind, inputs=kept_files(), force=settings.force)
    note(settings, f"{len(found.takes)} takes of {len(found.sessions)} sessions: {out}")


@log.command("rebuild")
@json_option
@talk_options
@click.pass_obj
def rebuild(settings: CommandOptions) -> None:
    """Rebuild the index from the session folders."""
    from rigcoach.journal.documents import rebuild_document
    from rigcoach.journal.index import index_path
    from rigcoach.journal.index import rebuild as make_anew

    count = make_anew()
    if settings.json:
        print_json(rebuild_document(count, index_path()))
    else:
        click.echo(f"{count} session{'' if count == 1 else 's'} in {index_path()}")
