"""How a session is printed: take by take, and what it came to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rigcoach.base.percent import percent
from rigcoach.base.units import distance_text
from rigcoach.cli.plain_table import print_line, print_points, print_table

if TYPE_CHECKING:
    from rigcoach.journal.session import Session, Take
    from rigcoach.journal.summary import Summary


def print_session(session: "Session", folder: Path) -> None:
    """Print a session: its takes, then what it came to."""
    from rigcoach.journal.summary import summarise

    drill = session.drill
    click.echo(f"{drill.name}, {session.started_at.astimezone():%d %b %Y %H:%M}: {folder}")
    how = "tethered" if session.tethered else "untethered"
    from_live_view = ", from live view, in smaller frames" if session.source == "live-view" else ""
    click.echo(f"  {session.body or 'camera unknown'}, {session.profile or 'no profile'}, {how}{from_live_view}")
    if session.weighting:
        print_line(f"  {session.weighting}", 2)
    for check in session.checks:
        if check.ok is not True:
            print_line(f"  {'not ok' if check.ok is False else 'unknown'}: {check.text}", 2)
    click.echo()
    _print_takes(session.takes)
    print_points(f"take {take.number}: {take.error}" for take in session.takes if take.error)
    print_points(f"{name} was not matched to a take" for name in session.leftovers)
    summary = summarise(session)
    _print_rules(summary)
    print_summary(session, summary)


def _print_takes(takes: "tuple[Take, ...]") -> None:
    rows = []
    for take in takes:
        score = take.score
        cells = ["–"] * 7
        if score is not None:
            parts = (score.overall, score.focus, score.framing, score.steadiness, score.exposure)
            cells = [*map(number, parts), share(score.keeper_ratio), metres(score.distance_m)]
        state = "" if score is not None else f"; {take.state}"
        rows.append((str(take.number), take.station.announcement + state, *cells))
    print_table(("Take", "What", "Score", "Focus", "Framing", "Steady", "Exposed", "Keepers", "Away"), rows)


def _print_rules(summary: "Summary") -> None:
    """Print what the drill asks for, each rule with what was measured."""
    if not summary.scored:
        return
    marks = {True: "met", False: "missed", None: "unknown"}
    click.echo()
    for rule in summary.rules:
        print_line(f"  {rule.name:<10}{marks[rule.met]:<9}{rule.sentence}", 19)


def print_summary(session: "Session", summary: "Summary") -> None:
    """Print what a session came to."""
    click.echo()
    for line in summary_lines(session, summary):
        print_line(line, 2)


def summary_lines(session: "Session", summary: "Summary") -> list[str]:
    """Return what a session came to, a sentence a line."""
    lines = []
    if summary.overall is not None:
        spread = "" if summary.spread is None else f", spread {summary.spread:.0f}"
        lines.append(f"Score {summary.overall:.0f}{spread}; {share(summary.keeper_ratio)} keepers.")
    keepers = [f"{take.number}: {share(take.score.keeper_ratio)}" for take in session.takes if take.score is not None]
    if keepers:
        lines.append(f"Keepers by take: {', '.join(keepers)}.")
    for word, moment in (("Best", summary.best), ("Worst", summary.worst)):
        if moment is not None:
            lines.append(f"{word} moment: take {moment.take} at {moment.start_s:.1f} s, {moment.score:.0f}.")
    if summary.judged:
        lines.append(summary.judged)
    if summary.transfer:
        lines.append(summary.transfer)
    if summary.guessed:
        lines.append(summary.guessed)
    if summary.work_on:
        lines.append(f"Work on first: {summary.work_on}.")
    verdict = {True: "Passed", False: "Not passed yet", None: "Not counted"}[summary.passed]
    lines.append(f"{verdict}: {summary.why}.")
    return lines


def metres(value: float | None) -> str:
    """Return a distance as it is printed."""
    return "–" if value is None else distance_text(value, 2)


def number(value: float | None) -> str:
    """Return a score as it is printed."""
    return "–" if value is None else f"{value:.0f}"


def share(ratio: float | None) -> str:
    """Return a share as it is printed."""
    return "–" if ratio is None else percent(ratio)
