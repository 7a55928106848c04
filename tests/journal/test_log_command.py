"""`rigcoach log`."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from commands import run
from journal.made_sessions import kept

from rigcoach.journal.states import SessionState

pytestmark = pytest.mark.usefixtures("wide_terminal")


def document(*arguments: object) -> Any:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_empty_journal_is_no_error() -> None:
    assert "No sessions yet" in run("log").stderr
    assert document("log", "--json")["sessions"] == []
    assert run("log", "show").exit_code == 1
    assert run("log", "trend").exit_code == 0
    assert run("log", "export", "csv").exit_code == 0


def test_log_lists_sessions_with_what_became_of_them_and_what_is_next() -> None:
    for day in range(3):
        kept("still-2m", (80.0, 90.0), day=day)
    kept("hip-3m", (20.0, 30.0), day=4)
    kept("hip-3m", (), day=5, state=SessionState.OPEN)
    kept("hip-3m", (), day=6, state=SessionState.WAITING)
    listed = run("log")
    assert listed.exit_code == 0, listed.output
    for words in (
        "85 ± 7",
        "85 %",
        "not passed",
        "interrupted",
        "waiting for clips",
        "Next: hip-3m (not passed yet)",
    ):
        assert words in listed.stdout
    told = document("log", "--json")
    assert [row["told"] for row in told["sessions"]] == ["passed"] * 3 + [
        "not passed",
        "interrupted",
        "waiting for clips",
    ]
    assert told["next"] == {"drill": "hip-3m", "why": "not passed yet"}
    assert len(document("log", "--drill", "still-2m", "--json")["sessions"]) == 3


def test_show_tells_a_session_take_by_take_and_what_to_work_on() -> None:
    path = kept("thirds", (50.0, 60.0, 70.0))
    shown = run("log", "show")
    assert shown.exit_code == 0, shown.output
    for words in (
        "Score 60, spread 10; 60 % keepers.",
        "Keepers by take: 1: 50 %, 2: 60 %, 3: 70 %.",
        "Best moment: take 3 at 1.0 s, 75.",
        "Worst moment: take 1 at 3.0 s, 45.",
        "Work on first: The subject sits low.",
        "Passed: 60 on average; 60 passes.",
        "subject in the left third",
    ):
        assert words in shown.stdout
    told = document("log", "show", path.name, "--json")
    assert told["schema"] == "rigcoach.session/1"
    assert told["summary"]["spread"] == pytest.approx(10.0)


def test_a_trend_shows_change_in_the_terminal_and_as_an_image(tmp_path: Path) -> None:
    for day in range(10):
        kept("still-2m", (30.0 if day < 5 else 70.0,) * 2, day=day)
    kept("hip-3m", (99.0, 99.0), day=20)
    kept("still-2m", (1.0, 1.0), day=21, counts=False)
    image = tmp_path / "trend.svg"
    shown = run("log", "trend", "--drill", "still-2m", "--svg", image)
    assert shown.exit_code == 0, shown.output
    assert "▃▃▃▃▃▆▆▆▆▆" in shown.stdout
    assert "+40" in shown.stdout
    root = ElementTree.fromstring(image.read_text())  # noqa: S314 - our own
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 6
    heights = [float(point.split(",")[1]) for point in lines[1].attrib["points"].split()]
    assert len(heights) == 10
    # 30 and 70 of 100, of a drawing 320 high that begins at 56
    assert heights == pytest.approx([56 + 320 * 0.7] * 5 + [56 + 320 * 0.3] * 5, abs=0.1)
    told = document("log", "trend", "--rig", "canon-eos-5d-mark-ii", "--json")
    assert len(told["sessions"]) == 11
    assert document("log", "trend", "--rig", "another", "--json")["sessions"] == []


def test_a_change_is_told_of_one_drill_alone() -> None:
    for day in range(4):
        kept("still-2m", (90.0, 91.0), day=day)
        kept("hip-3m", (40.0, 41.0), day=20 + day)  # a harder one: nobody got worse
    shown = run("log", "trend")
    assert shown.exit_code == 0, shown.output
    assert "worse" not in shown.stdout
    assert "likely real" not in shown.stdout
    for drill in ("still-2m", "hip-3m"):
        assert f"{drill}: 2 more sessions are needed to tell" in shown.stdout
    told = document("log", "trend", "--json")
    assert {series["likely_real"] for series in told["series"]} == {None}
    assert told["drills"]["hip-3m"]["overall"]["sessions_needed"] == 2


def test_an_export_has_a_row_for_every_take(tmp_path: Path) -> None:
    kept("still-2m", (50.0, None), day=1)
    kept("hip-3m", (70.0,), day=2, profile="=cmd()")
    rows = list(csv.DictReader(io.StringIO(run("log", "export", "csv").stdout)))
    assert [(row["drill"], row["number"], row["overall"]) for row in rows] == [
        ("still-2m", "1", "50.0"),
        ("still-2m", "2", ""),
        ("hip-3m", "1", "70.0"),
    ]
    assert rows[2]["profile"] == "'=cmd()"  # no formula for a spreadsheet to run
    out = tmp_path / "all.json"
    assert run("log", "export", "json", "--out", out).exit_code == 0
    told = json.loads(out.read_text())
    assert [len(session["takes"]) for session in told["sessions"]] == [2, 1]


def test_a_session_that_cannot_be_read_is_named(home: Path) -> None:
    (kept() / "session.json").write_text("{}")
    listed = run("log")
    assert listed.exit_code == 0
    assert "cannot be read" in listed.stderr
    assert document("log", "rebuild", "--json")["sessions"] == 0
    assert (home / "journal" / "index.sqlite3").is_file()
