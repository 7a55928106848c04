"""Session folders, and the index over them."""

import hashlib
import json
import shutil
import sqlite3
from dataclasses import replace

import pytest
from journal.made_sessions import kept, scored, session
from known import known

from rigcoach.cli.session_text import summary_lines
from rigcoach.drills.model import Station
from rigcoach.journal import folder, index
from rigcoach.journal.folder import JournalError
from rigcoach.journal.summary import summarise


def index_bytes() -> str:
    return hashlib.sha256(index.index_path().read_bytes()).hexdigest()


def test_distances_are_held_against_those_asked_for() -> None:
    made = session(scores=(50.0, 60.0, 70.0, 80.0))
    asked = (Station(distance_m=2), Station(distance_m=4), Station(distance_m=5, to_m=2, move="walk-towards"))
    away = (2.2, 4.8, 3.0)
    takes = tuple(
        replace(take, station=station, score=replace(known(take.score), distance_m=distance_m))
        for take, station, distance_m in zip(made.takes, asked, away, strict=False)
    )
    summary = summarise(replace(made, takes=(*takes, made.takes[3])))
    # 10 % and 20 % too far; a walk's distance is anything, and the last take's is not known.
    assert summary.distance_off == pytest.approx(0.15)
    assert summary.distance_spread == pytest.approx(0.0707, abs=0.001)
    assert summarise(made).judged == ""
    assert "Distance: 15 % too far on average, spread 7 %." in summary_lines(made, summary)
    assert summarise(made).distance_off is None


def test_a_session_reads_back_as_it_was_written() -> None:
    made = session("thirds", (40.0, None, 80.0))
    path = folder.create(made)
    assert path.name == f"{made.started_at.astimezone():%Y%m%d-%H%M%S}-thirds"
    assert folder.read(path) == replace(made, id=path.name)
    document = json.loads((path / "session.json").read_text())
    assert document["schema"] == "rigcoach.session/1"
    assert document["drill"]["stations"][0]["distance_m"] == 2.5


def test_sessions_begun_in_the_same_second_get_folders_of_their_own() -> None:
    names = [kept().name for _ in range(3)]
    assert names == [names[0], f"{names[0]}-2", f"{names[0]}-3"]


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "JSON"), ("{", "JSON"), ('{"schema": "rigcoach.session/2"}', "another version"), ("[]", "object|dictionary")],
)
def test_a_session_that_is_none_is_told_and_does_not_hide_the_others(content: str, why: str) -> None:
    good, bad = kept(day=1), kept(day=2)
    (bad / "session.json").write_text(content)
    with pytest.raises(JournalError, match=why):
        folder.read(bad)
    log = index.read_log()
    assert [row.id for row in log.sessions] == [good.name]
    assert [name for name, _why in log.unreadable] == [bad.name]


def test_the_index_follows_the_folders_whatever_happens_to_them() -> None:
    first, second = kept(day=1), kept(day=2)
    assert [row.id for row in index.read_log().sessions] == [first.name, second.name]
    folder.write(first, replace(folder.read(first), takes=()))
    shutil.rmtree(second)
    third = kept("hip-3m", day=3)
    log = index.read_log()
    assert [(row.id, row.scored) for row in log.sessions] == [(first.name, 0), (third.name, 3)]
    assert {take.session_id for take in log.takes} == {third.name}


def test_a_rebuilt_index_has_the_same_bytes_as_one_that_grew() -> None:
    """Added out of order, changed, removed and unreadable in between: only what the folders hold shows."""
    for day in (5, 3, 9, 1):
        kept(day=day, scores=(10.0 * day, 50.0))
        index.update()
    gone = kept(day=7)
    index.update()
    changed = kept("hip-3m", day=2)
    index.update()
    folder.write(changed, replace(folder.read(changed), weighting="x" * 50_000))
    index.update()
    folder.write(changed, folder.read(kept("hip-3m", day=4)))
    shutil.rmtree(gone)
    (kept(day=6) / "session.json").write_text("{")
    index.update()
    grown = index_bytes()
    assert index.rebuild() == 6
    assert index_bytes() == grown
    index.index_path().unlink()
    index.rebuild()
    assert index_bytes() == grown
    assert index.read_log().sessions
    assert index_bytes() == grown


@pytest.mark.parametrize("version", [1, 2])
def test_an_index_of_an_earlier_version_is_brought_up_to_this_one(version: int) -> None:
    kept(day=1)
    index.update()
    with sqlite3.connect(index.index_path()) as old:
        (now,) = old.execute("PRAGMA user_version").fetchone()
        old.executescript(f"DROP TABLE seal; DROP INDEX session_by_drill; PRAGMA user_version = {version};")
    old.close()
    kept(day=2)
    log = index.read_log()
    assert len(log.sessions) == 2
    assert log.odd == ""
    with sqlite3.connect(index.index_path()) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (now,)
    database.close()
    grown = index_bytes()
    index.rebuild()
    assert index_bytes() == grown


@pytest.mark.parametrize("damage", [b"", b"not a database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_index_is_made_anew(damage: bytes) -> None:
    kept()
    index.update()
    whole = index_bytes()
    index.index_path().write_bytes(damage)
    assert len(index.read_log().sessions) == 1
    index.rebuild()
    assert index_bytes() == whole


def test_an_index_of_a_later_rigcoach_is_made_anew() -> None:
    kept()
    index.update()
    database = sqlite3.connect(index.index_path())
    database.execute("PRAGMA user_version = 99")
    database.close()
    assert len(index.read_log().sessions) == 1


def test_sessions_are_found_by_beginning_path_and_last() -> None:
    first, second = kept("still-2m", day=1), kept("hip-3m", day=2)
    assert folder.find("last") == second
    assert folder.find(first.name[:10]) == first
    assert folder.find(str(first)) == first
    with pytest.raises(JournalError, match="beginning of 2"):
        folder.find("2026")
    with pytest.raises(JournalError, match="there is no session"):
        folder.find("1999")


def test_a_session_that_another_process_works_on_is_not_touched() -> None:
    path = kept()
    with folder.held(path):
        assert folder.is_held(path)
        with pytest.raises(JournalError, match="in use"), folder.held(path):
            pass
    assert not folder.is_held(path)


def test_a_folder_that_cannot_be_written_is_told() -> None:
    path = kept()
    before = (path / "session.json").read_bytes()
    shutil.move(path / "session.json", path / "kept")
    (path / "session.json").mkdir()  # a rename onto a folder fails for root too
    with pytest.raises(JournalError, match="cannot be written"):
        folder.write(path, session())
    assert sorted(each.name for each in path.iterdir()) == ["kept", "session.json"]
    assert (path / "kept").read_bytes() == before


def test_a_summary_is_the_mean_with_its_spread_and_the_fault_that_lasted_longest() -> None:
    made = session(scores=(50.0, 60.0, 70.0))
    summary = summarise(made)
    assert summary.overall == pytest.approx(60.0)
    assert summary.spread == pytest.approx(10.0)  # sqrt((100 + 0 + 100) / 2)
    assert summary.best is not None
    assert summary.best.take == 3
    assert summary.worst is not None
    assert summary.worst.take == 1
    assert summary.work_on == "The subject sits low"
    assert summary.passed is True


def test_a_session_of_few_keepers_is_not_passed_whatever_its_mean() -> None:
    made = session(scores=(92.0, 92.0))
    few = replace(made, takes=tuple(replace(t, score=replace(scored(92.0), keeper_ratio=0.19)) for t in made.takes))
    summary = summarise(few)
    assert (summary.passed, summary.why) == (False, "19 % keepers; 50 % pass")
    # A session from before drills asked for keepers stays as it was.
    assert summarise(replace(few, drill=replace(few.drill, pass_keepers=0.0))).passed is True


def test_a_session_passes_by_score_and_by_focus_and_only_if_enough_was_measured() -> None:
    assert summarise(session(scores=(50.0, 60.0))).passed is False
    blurred = session(scores=(90.0, 90.0))
    takes = tuple(replace(take, score=scored(90.0, blur_px=2.5)) for take in blurred.takes)
    summary = summarise(replace(blurred, takes=takes))
    assert summary.passed is False
    assert "2.5 px of blur; up to 1.6" in summary.why
    assert summarise(session(scores=(90.0, None, None))).passed is None
    assert summarise(session(scores=(90.0, 90.0), counts=False)).passed is None


def test_what_could_not_be_measured_lowers_no_score() -> None:
    assert summarise(session(scores=(80.0, None, 80.0))).overall == pytest.approx(80.0)
