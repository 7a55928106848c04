"""Whatever is in the place of the index or a session: the folders are the truth, each oddity is told, none stops."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import run
from journal.made_sessions import kept

from rigcoach.journal import folder, index

FLIPS = 200


def change(sql: str) -> Callable[[Path], None]:
    def of(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.executescript(sql)

    return of


def in_its_place(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def of(path: Path) -> None:
        path.unlink()
        make(path)

    return of


ODD: dict[str, Callable[[Path], None]] = {
    "an extra column": change("ALTER TABLE session ADD COLUMN mood TEXT"),
    "a column less": change("ALTER TABLE take DROP COLUMN side"),
    "an extra table": change("CREATE TABLE mood (id TEXT)"),
    "a table less": change("DROP TABLE take"),
    "a view for a table": change("DROP TABLE unreadable; CREATE VIEW unreadable AS SELECT 1, 2, 3, 4"),
    "a wrong type": change("UPDATE session SET started_at = x'ff00', planned = 'many'"),
    "no text": change("UPDATE session SET drill = CAST(x'ff' AS TEXT)"),
    "an edited row": change("UPDATE session SET overall = 99.0"),
    "a row more": change("INSERT INTO unreadable VALUES ('x', 'y', 1, 1)"),
    "a row less": change("DELETE FROM take WHERE number = 1"),
    "a broken seal": change("UPDATE seal SET sha256 = 'x'"),
    "a negative version": change("PRAGMA user_version = -1"),
    "no version": change("PRAGMA user_version = 0"),
    "another database": in_its_place(change("CREATE TABLE t (x); PRAGMA user_version = 5")),
    "a folder": in_its_place(Path.mkdir),
    "a link to nothing": in_its_place(lambda path: path.symlink_to("nothing")),
    "a text": in_its_place(lambda path: path.write_text("index")),  # type: ignore[arg-type, return-value]
}


@pytest.mark.parametrize("oddity", ODD)
def test_an_odd_index_is_left_aside_made_anew_and_told(oddity: str) -> None:
    kept(day=1)
    kept(day=2)
    index.update()
    whole = index.index_path().read_bytes()
    ODD[oddity](index.index_path())
    told = run("log", "--json")
    assert told.exit_code == 0, told.output
    assert [row["overall"] for row in json.loads(told.stdout)["sessions"]] == [60.0, 60.0]
    assert "the index of sessions was rebuilt from their folders" in told.stderr
    assert index.index_path().read_bytes() == whole
    assert run("log").stderr == ""


@pytest.mark.slow
def test_any_flipped_bit_of_the_index_shows_nothing_that_is_not_so() -> None:
    kept(day=1)
    kept(day=2)
    index.update()
    whole = index.index_path().read_bytes()
    log = index.read_log()
    draw = np.random.default_rng(1)
    for _ in range(FLIPS):
        odd = bytearray(whole)
        for _ in range(draw.choice((1, 1, 8))):
            odd[draw.integers(len(odd))] ^= 1 << int(draw.integers(8))
        index.index_path().write_bytes(odd)
        found = index.read_log()
        assert (found.sessions, found.takes, found.unreadable) == (log.sessions, log.takes, log.unreadable)
        assert found.odd.isprintable()


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a date before all time zones": (lambda told: told.update(started_at="0001-01-01T00:00:00+14:00"), "started_at"),
    "a date after all time zones": (lambda told: told.update(ended_at="9999-12-31T23:59:59-12:00"), "ended_at"),
    "a date without a zone": (lambda told: told.update(started_at="2026-03-01T09:00:00"), "started_at"),
    "a number beyond all": (lambda told: told["takes"][0].update(recorded_s=1e308), "recorded_s"),
    "no number": (lambda told: told["takes"][0]["score"].update(overall=float("nan")), "overall"),
    "a count beyond all": (lambda told: told["takes"][0].update(size_bytes=10**40), "size_bytes"),
    "takes out of order": (lambda told: told["takes"].reverse(), "number"),
    "a clip outside": (lambda told: told["takes"][0].update(clip="../../clip.mov"), "clip"),
    "a clip with a NUL": (lambda told: told["takes"][0].update(clip="a\0b.mov"), "clip"),
    "a clip of too long a name": (lambda told: told["takes"][0].update(clip="x" * 300 + ".mov"), "clip"),
    "no distance": (lambda told: told["takes"][0]["station"].update(distance_m=0), "distance"),
    "a height nobody knows": (lambda told: told["takes"][0]["station"].update(camera_height="moon"), "camera_height"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_session_that_cannot_be_is_told_and_hides_no_other(wrong: str) -> None:
    good, bad = kept(day=1), kept(day=2)
    put, where = WRONG[wrong]
    document = json.loads((bad / "session.json").read_text())
    put(document)
    (bad / "session.json").write_text(json.dumps(document))
    with pytest.raises(folder.JournalError, match=where):
        folder.read(bad)
    told = json.loads(run("log", "--json").stdout)
    assert [row["id"] for row in told["sessions"]] == [good.name]
    assert [each["id"] for each in told["unreadable"]] == [bad.name]
    for command in (("log", "show", bad), ("review", bad), ("ingest", "--score-only", "--session", bad)):
        result = run(*command)
        assert result.exit_code == 1
        assert "is not a session" in result.stderr
    for words in (("log",), ("log", "trend"), ("log", "report"), ("log", "export", "csv"), ("ingest",)):
        assert "inside rigcoach" not in run(*words).stderr


def test_folders_that_are_no_sessions_are_told_and_hide_none(home: Path) -> None:
    good = kept()
    (home / "sessions" / "20260101-101010-lost").mkdir()
    (home / "sessions" / "bell\a").mkdir()
    (home / "sessions" / "notes.txt").write_text("mine")
    told = json.loads(run("log", "--json").stdout)
    assert [row["id"] for row in told["sessions"]] == [good.name]
    assert [each["id"] for each in told["unreadable"]] == ["'bell\\x07'", "20260101-101010-lost"]
    assert run("log", "show").exit_code == 0


@pytest.mark.parametrize("command", [("drill", "run", "still-2m", "--sheet", "--no-camera"), ("log",), ("ingest",)])
def test_a_file_in_place_of_the_sessions_is_told(home: Path, command: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "sessions").write_text("mine")
    result = run(*command)
    assert result.exit_code == 1
    assert result.stderr.startswith("rigcoach: ")
    assert "inside rigcoach" not in result.stderr
    assert str(home / "sessions") in result.stderr
    assert (home / "sessions").read_text() == "mine"


@pytest.mark.parametrize("command", [("log",), ("log", "rebuild"), ("ingest",), ("log", "export", "csv")])
@pytest.mark.parametrize("linked", ["sessions", "."])
def test_sessions_on_a_disk_that_is_not_there_are_told(home: Path, linked: str, command: tuple[str, ...]) -> None:
    kept()
    link = home / linked
    link.rename(home.with_name("disk"))
    link.symlink_to(home.with_name("unplugged"))
    result = run(*command)
    assert result.exit_code == 1
    assert f"{home.with_name('unplugged')}, which is not there" in result.stderr
    assert "Connect the disk" in result.stderr


@pytest.mark.parametrize("name", ["~nobody-of-that-name", "a\0b", "x" * 5000])
def test_a_session_of_no_name_is_told(name: str) -> None:
    kept()
    result = run("log", "show", name)
    assert result.exit_code == 1
    assert "there is no session" in result.stderr


def test_a_home_of_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGCOACH_HOME", "~nobody-of-that-name/rigcoach")
    result = run("log")
    assert result.exit_code == 1
    assert "there is no such user" in result.stderr


def test_sessions_are_told_where_there_can_be_no_index(home: Path) -> None:
    kept()
    (home / "journal").write_text("mine")
    told = run("log", "--json")
    assert len(json.loads(told.stdout)["sessions"]) == 1
    assert "the index of sessions cannot be written" in told.stderr
    assert run("drill", "run", "still-2m", "--sheet", "--no-camera").exit_code == 0


def test_what_is_left_of_a_session_that_was_being_made_is_removed(home: Path) -> None:
    kept()
    left = home / "sessions" / ".new-999999"
    left.mkdir()
    (left / "session.json").write_text("{")
    (left / "session.json.999999.part").write_text("{")
    held = home / "sessions" / ".new-888888"
    held.mkdir()
    with folder.held(held):
        assert len(folder.session_ids()) == 1
        kept(day=1)
        assert held.exists()  # somebody is at work on it
    assert not left.exists()
    shutil.rmtree(held)


def test_a_session_whose_folder_was_copied_counts_once() -> None:
    original = kept(day=1)
    shutil.copytree(original, original.with_name(f"{original.name} copy"))
    rows = index.read_log().sessions
    assert [(row.id, row.counts, row.not_counted) for row in rows] == [
        (original.name, True, ""),
        (f"{original.name} copy", False, "copy"),
    ]
    assert len(list(folder.readable(folder.session_ids()))) == 1
    assert " a copy" in run("log").stdout
    # What is left where the original is removed is the session.
    shutil.rmtree(original)
    assert [row.counts for row in index.read_log().sessions] == [True]
