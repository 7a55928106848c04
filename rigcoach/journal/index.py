"""The index: a SQLite file over all session folders, for lists and trends.

It holds nothing that the folders do not, and is sealed: one that another hand changed, or that is damaged, is left
aside and made anew. A session's row carries the size and the time of change of its ``session.json``; whenever the index
is opened, what differs is read anew. Each time, the whole file is written anew in one canonical form (``VACUUM INTO`` a
file beside it, then renamed), so that the same folders give the same bytes, however many sessions were added, changed
or removed one after the other, and a reader never sees half of one.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from rigcoach.base import disk
from rigcoach.base.user_data import user_folder
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index_file import new_database, publish, take_over
from rigcoach.journal.judgement import judged_right
from rigcoach.journal.pass_rules import distance_off
from rigcoach.journal.session import Session
from rigcoach.journal.summary import summarise


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the index; each column means what it does in `Session` and `Summary`, times are UTC.

    `counts` is False also where too little of it was measured to say whether it was passed, and of a copied folder,
    where `not_counted` is `COPY`. `transfer` says that it
    is a test all of whose takes ask for what was not practised: it is in no trend.
    """

    id: str
    drill: str
    profile: str
    body: str
    body_id: str | None
    lens_id: str | None
    adapter_id: str | None
    state: str
    tethered: bool
    started_at: str
    ended_at: str | None
    counts: bool
    planned: int
    scored: int
    overall: float | None
    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    spread: float | None
    keeper_ratio: float | None
    blur_px: float | None
    passed: bool | None
    met: bool | None
    emulated: bool
    purpose: str
    test_day: int | None
    form: str
    feedback: str
    not_counted: str
    transfer: bool


COPY = "copy"
"""Why a session does not count of which another has the same beginning: somebody copied its folder."""


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A take in the index."""

    session_id: str
    number: int
    distance_m: float
    to_m: float | None
    move: str
    camera_height: str
    side: str
    state: str
    clip: str | None
    overall: float | None
    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    keeper_ratio: float | None
    blur_px: float | None
    offset_x: float | None
    offset_y: float | None
    roll_deg: float | None
    distance_off: float | None
    judged_right: float | None
    transfer: bool


@dataclass(frozen=True, slots=True)
class Log:
    """All that the index holds: sessions and takes, the oldest first, and sessions that cannot be read, with why.

    `trouble` says why the index could not be brought up to date on disk, where it could not; `odd` what was wrong with
    the one that was found, where something was: it was left aside, and another made from the folders.
    """

    sessions: tuple[SessionRow, ...]
    takes: tuple[TakeRow, ...]
    unreadable: tuple[tuple[str, str], ...]
    trouble: JournalError | None = None
    odd: str = ""


@dataclass(slots=True)
class _Index:
    """What is known of the sessions, in memory; `where` is the file's place, None where there can be none.

    `odd` is what was wrong with the file that was found, `trouble` why there can be none.
    """

    rows: sqlite3.Connection
    where: Path | None
    odd: str = ""
    trouble: JournalError | None = None


def index_path() -> Path:
    """Return where the index lies."""
    return user_folder("journal") / "index.sqlite3"


def read_log() -> Log:
    """Bring the index up to date with the folders and return what it holds.

    Where it cannot be read or written, the sessions are told all the same.

    Raises
    ------
    JournalError
        Where the sessions' folder itself cannot be read.
    """
    with _index() as index:
        changed = _sync(index)
        database = index.rows
        sessions = f"SELECT {_columns(SessionRow)} FROM session ORDER BY started_at, id"  # noqa: S608
        takes = (
            f"SELECT {_columns(TakeRow, 'take')} FROM take JOIN session ON session.id = take.session_id "  # noqa: S608
            "ORDER BY session.started_at, session.id, take.number"
        )
        unreadable = (*database.execute("SELECT id, why FROM unreadable"), *folder.strays())
        log = Log(
            tuple(_with_copies_told(_session_row(row) for row in database.execute(sessions))),
            tuple(_take_row(row) for row in database.execute(takes)),
            tuple(sorted(unreadable)),
            index.trouble,
            index.odd,
        )
        if changed:
            try:
                _publish(index)
            except JournalError as error:
                return replace(log, trouble=error)
        return log


def update() -> str:
    """Bring the index up to date with the folders; return what was wrong with the one there was, empty where nothing.

    Raises
    ------
    JournalError
        Where it cannot be written, or the sessions' folder not read.
    """
    with _index() as index:
        if _sync(index):
            _publish(index)
        return index.odd


def rebuild() -> int:
    """Make the index anew from the folders alone; return how many sessions it holds.

    Raises
    ------
    JournalError
        Where it cannot be written, or the sessions' folder not read.
    """
    with _index(anew=True) as index:
        _sync(index)
        _publish(index)
        (count,) = index.rows.execute("SELECT count(*) FROM session").fetchone()
        return int(count)


@contextmanager
def _index(*, anew: bool = False) -> Iterator[_Index]:
    """Yield what the index holds, while no other process works on it."""
    path = index_path()
    with closing(new_database()) as database, ExitStack() as until_then:
        index = _Index(database, path)
        try:
            disk.make_folder(path.parent)
            until_then.enter_context(folder.held(path.parent, waiting=True))
        except (OSError, JournalError) as error:
            index.where, index.trouble = None, _unwritable(error)
        else:
            if not anew and os.path.lexists(path):
                index.odd = take_over(database, path)
        yield index


def _sync(index: _Index) -> bool:
    """Read anew what differs from the folders; return whether anything is to be written."""
    database = index.rows
    there = {name: _signature(name) for name in folder.session_ids()}
    known = {
        name: (changed_ns, size)
        for table in ("session", "unreadable")
        for name, changed_ns, size in database.execute(f"SELECT id, changed_ns, size_bytes FROM {table}")  # noqa: S608
    }
    stale = [name for name in {*there, *known} if there.get(name) != known.get(name)]
    for name in stale:
        for table, key in (("session", "id"), ("take", "session_id"), ("unreadable", "id")):
            database.execute(f"DELETE FROM {table} WHERE {key} = ?", (name,))  # noqa: S608
        if (signature := there.get(name)) is not None:
            _insert(database, name, signature)
    return index.where is not None and (bool(stale) or bool(index.odd) or not index.where.is_file())


def _signature(name: str) -> tuple[int, int] | None:
    try:
        status = (folder.folder_of(name) / folder.SESSION_FILE).stat()
    except OSError:
        return None  # it went just now
    return status.st_mtime_ns, status.st_size


def _insert(database: sqlite3.Connection, name: str, signature: tuple[int, int]) -> None:
    try:
        session = folder.read(folder.folder_of(name))
    except JournalError as error:
        database.execute("INSERT INTO unreadable VALUES (?, ?, ?, ?)", (name, _storable(error.why), *signature))
        return
    row = astuple(_row_of(session)) + signature
    database.execute(f"INSERT INTO session VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    for take in _takes_of(session):
        cells = astuple(take)
        database.execute(f"INSERT INTO take VALUES ({', '.join('?' * len(cells))})", cells)  # noqa: S608


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _row_of(session: Session) -> SessionRow:
    summary = summarise(session)
    return SessionRow(
        id=session.id,
        drill=session.drill.name,
        profile=session.profile,
        body=session.body,
        body_id=session.body_id,
        lens_id=session.lens_id,
        adapter_id=session.adapter_id,
        state=session.state,
        tethered=session.tethered,
        started_at=_utc(session.started_at),
        ended_at=None if session.ended_at is None else _utc(session.ended_at),
        counts=summary.passed is not None,
        planned=summary.planned,
        scored=summary.scored,
        overall=summary.overall,
        focus=summary.focus,
        framing=summary.framing,
        steadiness=summary.steadiness,
        exposure=summary.exposure,
        spread=summary.spread,
        keeper_ratio=summary.keeper_ratio,
        blur_px=summary.blur_px,
        passed=summary.passed,
        met=summary.met,
        emulated=session.emulated,
        purpose=session.schedule.purpose,
        test_day=session.schedule.test_day,
        form=session.schedule.form,
        feedback=session.schedule.feedback,
        not_counted=", ".join(session.not_counted),
        transfer=bool(session.takes) and all(take.transfer for take in session.takes),
    )


def _utc(time: datetime) -> str:
    """Return a time that sorts as text, wherever the photographer was."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def _takes_of(session: Session) -> Iterator[TakeRow]:
    for take in session.takes:
        score, station = take.score, take.station
        yield TakeRow(
            session_id=session.id,
            number=take.number,
            distance_m=station.distance_m,
            to_m=station.to_m,
            move=station.move,
            camera_height=station.camera_height,
            side=station.side,
            state=take.state,
            clip=take.clip,
            overall=None if score is None else score.overall,
            focus=None if score is None else score.focus,
            framing=None if score is None else score.framing,
            steadiness=None if score is None else score.steadiness,
            exposure=None if score is None else score.exposure,
            keeper_ratio=None if score is None else score.keeper_ratio,
            blur_px=None if score is None else score.blur_px,
            offset_x=None if score is None or score.offset is None else score.offset[0],
            offset_y=None if score is None or score.offset is None else score.offset[1],
            roll_deg=None if score is None else score.roll_deg,
            distance_off=distance_off(take),
            judged_right=judged_right(session.drill, take),
            transfer=take.transfer,
        )


def _session_row(cells: tuple[object, ...]) -> SessionRow:
    values = dict(zip((f.name for f in fields(SessionRow)), cells, strict=True))
    for name in ("tethered", "counts", "passed", "met", "emulated", "transfer"):  # SQLite has no truth values
        values[name] = None if values[name] is None else bool(values[name])
    return SessionRow(**values)  # type: ignore[arg-type]


def _with_copies_told(rows: Iterable[SessionRow]) -> Iterator[SessionRow]:
    """Yield sessions in their order, copies of one as what does not count: nobody begins two in a millisecond."""
    seen = set()
    for row in rows:
        begun = (row.started_at, row.drill)
        yield replace(row, counts=False, passed=None, not_counted=COPY) if begun in seen else row
        seen.add(begun)


def _take_row(cells: tuple[object, ...]) -> TakeRow:
    row = TakeRow(*cells)  # type: ignore[arg-type]
    return replace(row, transfer=bool(row.transfer))


def _columns(row: type, table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + field.name for field in fields(row))


def _publish(index: _Index) -> None:
    """Put the index in its place; one that was odd is left aside."""
    if index.where is None:
        raise index.trouble or _unwritable(OSError("there is no place for it"))
    try:
        publish(index.rows, index.where, aside=bool(index.odd))
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(error) from error


def _unwritable(error: Exception) -> JournalError:
    return JournalError(
        "the index of sessions cannot be written",
        why=error.why if isinstance(error, JournalError) else str(error),
        next_step="Free some space, then run `rigcoach log rebuild`; the sessions themselves are intact",
        code="journal.index",
    )
