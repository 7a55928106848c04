"""The index's file: sealed, so that changes by others are noticed, and written whole or not at all."""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from rigcoach.base import disk
from rigcoach.base.atomic_file import atomic_file
from rigcoach.base.shown_text import printable_name

_TABLES = ("session", "take", "unreadable")

ODD = "index.odd.sqlite3"
"""Beside the index: the last one that was not as rigcoach wrote it."""

Row = tuple[Any, ...]

_VERSION = 5
_LONGEST_WHY = 100
_SCHEMA = """
    CREATE TABLE session (
        id TEXT PRIMARY KEY, drill TEXT NOT NULL, profile TEXT NOT NULL, body TEXT NOT NULL,
        body_id TEXT, lens_id TEXT, adapter_id TEXT,
        state TEXT NOT NULL, tethered INTEGER NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
        counts INTEGER NOT NULL, planned INTEGER NOT NULL, scored INTEGER NOT NULL,
        overall REAL, focus REAL, framing REAL, steadiness REAL, exposure REAL, spread REAL,
        keeper_ratio REAL, blur_px REAL, passed INTEGER,
        met INTEGER, emulated INTEGER NOT NULL, purpose TEXT NOT NULL, test_day INTEGER, form TEXT NOT NULL,
        feedback TEXT NOT NULL, not_counted TEXT NOT NULL, transfer INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL, size_bytes INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE take (
        session_id TEXT NOT NULL, number INTEGER NOT NULL,
        distance_m REAL NOT NULL, to_m REAL, move TEXT NOT NULL, camera_height TEXT NOT NULL, side TEXT NOT NULL,
        state TEXT NOT NULL, clip TEXT,
        overall REAL, focus REAL, framing REAL, steadiness REAL, exposure REAL, keeper_ratio REAL, blur_px REAL,
        offset_x REAL, offset_y REAL, roll_deg REAL, distance_off REAL, judged_right REAL, transfer INTEGER NOT NULL,
        PRIMARY KEY (session_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE unreadable (
        id TEXT PRIMARY KEY, why TEXT NOT NULL, changed_ns INTEGER NOT NULL, size_bytes INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX session_by_drill ON session (drill, started_at);
    CREATE TABLE seal (sha256 TEXT NOT NULL);
    PRAGMA user_version = 5;
"""
_MOST_BYTES = 200_000_000  # a hundred years of practice


def new_database() -> sqlite3.Connection:
    """Return an empty index, in memory."""
    database = sqlite3.connect(":memory:")
    database.executescript(_SCHEMA)
    return database


def publish(database: sqlite3.Connection, path: Path, *, aside: bool) -> None:
    """Put the index in its place, whole or not at all; with `aside` what is there is not replaced but renamed to `ODD`.

    Raises
    ------
    OSError, sqlite3.Error
        Where it cannot be written.
    """
    database.execute("DELETE FROM seal")
    database.execute("INSERT INTO seal VALUES (?)", (_seal({table: _rows(database, table) for table in _TABLES}),))
    database.commit()
    if aside and os.path.lexists(path):
        disk.rename(path, path.with_name(ODD))
    with atomic_file(path) as part:
        disk.announce(disk.Step.WRITE, part)
        database.execute("VACUUM INTO ?", (str(part),))


def take_over(database: sqlite3.Connection, path: Path) -> str:
    """Copy the rows of an index file; return why that cannot be done, empty where it was.

    Only rows are copied: a database that is itself carried on would count its changes, and never be the same bytes. And
    only those of a file that is as rigcoach wrote it: what it holds is shown without a look at the sessions.
    """
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return "it is not a file, or far too large"
        with closing(sqlite3.connect(":memory:")) as old:
            # What a killed program may have left beside it is not looked at: it is written whole, or not at all.
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
                file.backup(old)
            (version,) = old.execute("PRAGMA user_version").fetchone()
            if 0 < version != _VERSION:
                return ""  # another version's: the folders are read anew
            if version != _VERSION or _made_of(old) != _made_of(database):
                return "its structure is not the one rigcoach writes"
            rows = {table: _rows(old, table) for table in _TABLES}
            if old.execute("SELECT sha256 FROM seal").fetchall() != [(_seal(rows),)]:
                return "it was changed since rigcoach wrote it"
    except (sqlite3.Error, OSError, ValueError, OverflowError, MemoryError) as error:
        # SQLite's errors may hold whatever it found.
        return f"it cannot be read ({printable_name(str(error)[:_LONGEST_WHY])})"
    for table, found in rows.items():
        if found:
            places = ", ".join("?" * len(found[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({places})", found)  # noqa: S608
    return ""


def _made_of(database: sqlite3.Connection) -> list[Row]:
    return database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()


def _rows(database: sqlite3.Connection, table: str) -> list[Row]:
    return database.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608


def _seal(rows: dict[str, list[Row]]) -> str:
    """Return the SHA-256 of all rows, by which a change by another hand is seen."""
    return hashlib.sha256(repr(sorted(rows.items())).encode(errors="backslashreplace")).hexdigest()
