"""The JSON documents on sessions, and the table of takes for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from rigcoach.base.documents import Document
from rigcoach.journal.due import RetentionTest
from rigcoach.journal.index import Log, SessionRow, TakeRow
from rigcoach.journal.learning import Gain, StillNeeded, gain_text
from rigcoach.journal.progress import NextDrill, Weakness
from rigcoach.journal.session import Session
from rigcoach.journal.standing import standing
from rigcoach.journal.summary import summarise
from rigcoach.journal.trend import Series, Trend

_OF_SESSION = ("started_at", "drill", "profile", "body", "counts")
_OF_TAKE = tuple(field.name for field in fields(TakeRow)[1:])


def session_document(session: Session, folder: Path) -> Document:
    """Return what ``log show --json`` and ``drill run`` print: a session as it stands in its folder, and a summary."""
    from pydantic import TypeAdapter  # takes a while to import; lists do without

    document: Document = TypeAdapter(Session).dump_python(session, mode="json", by_alias=True)
    summary = summarise(session)
    # What cannot be said to be passed or not counts nowhere, whatever the folder says.
    counts = summary.passed is not None
    return document | {"counts": counts, "folder": str(folder), "summary": asdict(summary)}


def log_document(
    rows: Iterable[SessionRow],
    unreadable: Iterable[tuple[str, str]],
    following: NextDrill | None,
    weakest: Iterable[Weakness],
    tests: Iterable[RetentionTest] = (),
) -> Document:
    """Return what ``log --json`` prints: sessions, folders that can't be read, what to rehearse next, tests."""
    return {
        "schema": "rigcoach.log/1",
        "sessions": [asdict(row) | {"told": standing(row)} for row in rows],
        "unreadable": [{"id": name, "why": why} for name, why in unreadable],
        "next": None if following is None else asdict(following),
        "weakest": [asdict(weakness) for weakness in weakest],
        "tests": [
            {"drill": test.drill, "test_day": test.test_day, "on": test.on.isoformat(), "state": test.state.value}
            for test in tests
        ],
    }


def trend_document(drawn: Trend) -> Document:
    """Return what ``log trend --json`` prints; over several drills a change is told of each by itself."""
    alone = drawn.by_drill
    return {
        "schema": "rigcoach.log-trend/1",
        "sessions": [{"id": row.id, "started_at": row.started_at, "drill": row.drill} for row in drawn.sessions],
        "series": [
            {"name": each.name, "points": each.points} | (_change(each) if len(alone) < 2 else _MIXED)
            for each in drawn.series
        ],
        "drills": {name: {each.name: _change(each) for each in of.series} for name, of in alone.items()},
    }


_MIXED: Document = {
    "change": None,
    "change_half_width": None,
    "likely_real": None,
    "sessions_needed": None,
    "change_text": "drills differ, so a change is told of each by itself",
}


def _change(of: Series) -> Document:
    return {"change": of.change} | gain_document(of.gain, " %" if of.name == "keepers" else "")


def gain_document(found: Gain | StillNeeded, unit: str = "") -> Document:
    """Return what is known of a gain: half the width of its interval, whether it is likely real, and in words."""
    told = {"change_text": gain_text(found, unit)}
    if isinstance(found, StillNeeded):
        return {"change_half_width": None, "likely_real": None, "sessions_needed": found.sessions} | told
    return {"change_half_width": found.half_width, "likely_real": found.likely_real, "sessions_needed": 0} | told


def export_document(log: Log) -> Document:
    """Return what ``log export json`` writes: every session with its takes."""
    sessions = [
        asdict(row) | {"takes": [asdict(take) for take in log.takes if take.session_id == row.id]}
        for row in log.sessions
    ]
    return {"schema": "rigcoach.log-export/1", "sessions": sessions}


def takes_table(log: Log) -> str:
    """Return what ``log export csv`` writes: a row for every take, as spreadsheets read it."""
    sessions = {row.id: row for row in log.sessions}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["session", *_OF_SESSION, *_OF_TAKE])
    for take in log.takes:
        session = sessions[take.session_id]
        cells: Sequence[Any] = (
            take.session_id,
            *(getattr(session, name) for name in _OF_SESSION),
            *(getattr(take, name) for name in _OF_TAKE),
        )
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def rebuild_document(sessions: int, path: Path) -> Document:
    """Return what ``log rebuild --json`` prints: how many sessions the new index has, and where it is."""
    return {"schema": "rigcoach.log-rebuild/1", "sessions": sessions, "path": str(path)}
