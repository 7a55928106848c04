"""A teacher's page: who needs which drill next, from a folder of exported sessions under pseudonyms."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

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
_MOST_BYTES = 50_000_000


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


def class_page(folder: Path, drills: Sequence[Drill]) -> str:
    """Return the page of a class.

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
        There is no such file, or one of them cannot be read.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise JournalError(
            f"there is nothing of a class in {folder}",
            why="no exported sessions (*.json) are there",
            next_step="Each pupil: rigcoach log export json --out PSEUDONYM.json",
            code="class.empty",
        )
    pupils = tuple(_pupil(path.stem, counted(read_export(path)), drills) for path in paths)
    return render("class.html.j2", (), pupils=pupils)


def read_export(path: Path) -> Log:
    """Read what ``log export json`` wrote.

    Raises
    ------
    JournalError
        It is none, or cannot be read.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise JournalError(f"{path} is no export of sessions", why="it is too large")
        data = json.loads(path.read_bytes())
        if data["schema"] != _SCHEMA:
            raise JournalError(f"{path} is no export of sessions", why=f"its schema is {data['schema']}")
        rows = tuple(_row(SessionRow, each) for each in data["sessions"])
        takes = tuple(_row(TakeRow, take) for each in data["sessions"] for take in each["takes"])
    except OSError as error:
        raise JournalError(f"{path} cannot be read", why=error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JournalError(
            f"{path} is no export of sessions",
            why=f"{type(error).__name__}: {error}",
            next_step="Export it again: rigcoach log export json --out NAME.json",
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


def _row(kind: Any, data: dict[str, Any]) -> Any:
    row = kind(**{field.name: data.get(field.name, _BEFORE.get(field.name)) for field in fields(kind)})
    needed = ("id", "drill", "started_at") if kind is SessionRow else ("session_id", "number")
    if any(getattr(row, name) in (None, MISSING) for name in needed):
        raise KeyError(needed[0])
    return row


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
