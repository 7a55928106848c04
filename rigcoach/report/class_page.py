"""A teacher's page: who needs which drill next, from a folder of exported sessions under pseudonyms."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from rigcoach.drills.model import Drill
from rigcoach.journal.counted import counted
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index import Log, SessionRow, TakeRow
from rigcoach.journal.learning import gain_text
from rigcoach.journal.progress import next_drill, weaknesses
from rigcoach.journal.trend import trend
from rigcoach.report.page import render
from rigcoach.report.trend_charts import day, when

_SCHEMA = "rigcoach.log-export/1"
_Row = TypeVar("_Row", SessionRow, TakeRow)
_MOST_BYTES = 50_000_000
_EXPORT_AGAIN = "Export it again: rigcoach log export json --out NAME.json"


@dataclass(frozen=True, slots=True)
class Pupil:
    """One line of the page, all as text: a pseudonym, which drill is next and why, how it goes, what is weakest."""

    name: str
    sessions: int
    last: str
    following: str
    why: str
    change: str
    weakest: str


@dataclass(frozen=True, slots=True)
class ClassPage:
    """The page of a class, and why files of its folder are not on it."""

    html: str
    left_out: tuple[JournalError, ...]


def class_page(folder: Path, drills: Sequence[Drill]) -> ClassPage:
    """Return the page of a class; a file that cannot be read is left out, and named on it.

    Parameters
    ----------
    folder
        Holds a file for each pupil, as ``rigcoach log export json --out PSEUDONYM.json`` writes it; the file's name is
        all that is known of who it is.
    drills
        All drills.

    Raises
    ------
    JournalError
        There is no such file, or none that can be read.
    """
    # What begins with a dot was left there by an operating system.
    paths = sorted(path for path in folder.glob("*.json") if not path.name.startswith("."))
    if not paths:
        raise JournalError(
            f"there is nothing of a class in {folder}",
            why="no exported sessions (*.json) are there",
            next_step="Each pupil: rigcoach log export json --out PSEUDONYM.json",
            code="class.empty",
        )
    logs: dict[str, Log] = {}
    left_out: list[JournalError] = []
    for path in paths:
        try:
            logs[path.stem] = read_export(path)
        except JournalError as error:
            left_out.append(error)
    if not logs:
        raise left_out[0]
    pupils = tuple(_pupil(name, counted(log), drills) for name, log in logs.items())
    # Neither the folder's path nor what is wrong inside a file is a class's business.
    unread = [path.name for path in paths if path.stem not in logs]
    html = render("class.html.j2", (), pupils=pupils, unread=unread, same=_same(logs))
    return ClassPage(html, tuple(left_out))


def _same(logs: dict[str, Log]) -> tuple[tuple[str, str], ...]:
    """Return pairs of pseudonyms under which the same sessions lie: one pupil's file twice."""
    ids = {name: {(row.id, row.started_at) for row in log.sessions} for name, log in logs.items()}
    return tuple((one, other) for one, other in combinations(ids, 2) if ids[one] & ids[other])


def read_export(path: Path) -> Log:
    """Read what ``log export json`` wrote.

    Raises
    ------
    JournalError
        It is none, or cannot be read.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise JournalError(f"{path} is no export of sessions", why="it is too large", next_step=_EXPORT_AGAIN)
        data = json.loads(path.read_bytes(), parse_constant=_no_number)
        if data["schema"] != _SCHEMA:
            why = f"its schema is {data['schema']}"
            raise JournalError(f"{path} is no export of sessions", why=why, next_step=_EXPORT_AGAIN)
        rows = tuple(_row(SessionRow, each) for each in data["sessions"])
        takes = tuple(_row(TakeRow, take) for each in data["sessions"] for take in each["takes"])
        for row in rows:
            when(row)
    except OSError as error:
        why = error.strerror or str(error)
        raise JournalError(f"{path} cannot be read", why=why, next_step=_EXPORT_AGAIN) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise JournalError(
            f"{path} is no export of sessions",
            why=f"{type(error).__name__}: {' '.join(str(error).split())}",
            next_step=_EXPORT_AGAIN,
        ) from error
    return Log(tuple(sorted(rows, key=lambda row: row.started_at)), takes, ())


_BEFORE = {
    "emulated": False,
    "purpose": "practice",
    "form": "",
    "feedback": "every",
    "not_counted": "",
    "transfer": False,
}
"""What exports from before these columns have instead."""


def _row(kind: type[_Row], data: dict[str, Any]) -> _Row:
    from pydantic import TypeAdapter  # takes a while to import

    values = {field.name: data.get(field.name, _BEFORE.get(field.name)) for field in fields(kind)}
    return TypeAdapter(kind).validate_python(values)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON's")


def _pupil(name: str, log: Log, drills: Sequence[Drill]) -> Pupil:
    following, weak = next_drill(log.sessions, drills), weaknesses(log.takes)
    if not log.sessions:
        return Pupil(name, 0, "–", "–", "no session that counts", "", "")
    last = log.sessions[-1]
    overall = next(each for each in trend(log.sessions, drill=last.drill).series if each.name == "overall")
    return Pupil(
        name,
        len(log.sessions),
        day(when(last)),
        "–" if following is None else following.drill,
        "" if following is None else following.why,
        f"{last.drill}: {gain_text(overall.gain)}",
        weak[0].sentence.removeprefix("your ") if weak else "",
    )
