"""The page of all sessions, from a journal of real session folders."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from journal.made_sessions import FIRST, kept, session
from report.test_clip_page import Page

from rigcoach.cli.main import main
from rigcoach.journal import folder as journal
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index import read_log
from rigcoach.journal.trend import trend
from rigcoach.report.trend_charts import MOST_DRILLS, trend_charts
from rigcoach.report.trend_page import changes, trend_page


def read(**wanted: Any) -> str:
    return trend_page(read_log(), following=None, weak=(), **wanted)


def drawn(html: str) -> dict[str, Any]:
    """Return the charts that the page's script draws, by name."""
    (data,) = (script for script in Page(html).scripts if script.startswith("["))
    return {chart["id"]: chart for chart in json.loads(data)}


def rows(html: str, heading: str, first: str) -> list[str]:
    """Return the texts of the rows that begin so, in the table under a heading."""
    table = html.split(f"{heading}</h2>", 1)[1].split("</table>", 1)[0]
    found = (part for part in table.split("<tr>") if f'scope="row">{first}' in part)
    return [" ".join(re.sub("<[^>]*>", " ", part).split()) for part in found]


def test_each_drill_has_a_line_through_its_own_sessions():
    for day, (drill, overall) in enumerate([("still-2m", 40.0), ("hip-3m", 20.0), ("still-2m", 60.0)]):
        kept(drill, (overall, overall), day=2 * day)
    kept("still-2m", (99.0,), day=7, counts=False)
    charts = drawn(read())
    assert list(charts) == ["keepers", "overall", "focus", "framing", "steadiness", "exposure"]
    overall = charts["overall"]
    assert overall["at"] == [(FIRST + timedelta(days=day)).timestamp() for day in (0, 2, 4)]
    assert {line["label"]: line["values"] for line in overall["lines"]} == {
        "hip-3m": [None, 20.0, None],
        "still-2m": [40.0, None, 60.0],
    }
    assert [line["values"] for line in charts["keepers"]["lines"]] == [[None, 20.0, None], [40.0, None, 60.0]]


def test_what_changed_most_comes_first_and_heads_the_page():
    for day in range(10):
        kept("still-2m", (30.0 if day < 5 else 70.0,), day=day)
        kept("hip-3m", (60.0 if day < 5 else 50.0,), day=day + 0.5)
        kept("thirds", (50.0 if day < 5 else 54.0,), day=day + 0.7)  # no clear change
    html = read()
    assert "Changed most: keepers in still-2m, up by 40" in html
    of = {name: trend(read_log().sessions, drill=name) for name in ("still-2m", "hip-3m", "thirds")}
    assert [(change.drill, round(change.by)) for change in changes(of)] == [("still-2m", 40)] * 6 + [
        ("hip-3m", -10)
    ] * 6
    # One drill alone does not fill the table.
    assert rows(html, "What changed most", "still-2m") == [
        f"still-2m {name} 30 70 better by 40 ± 0, likely real" for name in ("keepers", "overall")
    ]
    assert rows(html, "What changed most", "hip-3m") == [
        f"hip-3m {name} 60 50 worse by 10 ± 0, likely real" for name in ("keepers", "overall")
    ]


def test_bests_have_their_day_and_a_new_one_is_told():
    for day, overall in enumerate((50.0, 90.0, 70.0)):
        kept("still-2m", (overall, overall - 10), day=day)
    for day, overall in enumerate((50.0, 60.0)):
        kept("hip-3m", (overall,), day=day)
    kept("thirds", (40.0,), day=3)
    html = read()
    (still,), (hip,), (thirds,) = (rows(html, "Personal bests", name) for name in ("still-2m", "hip-3m", "thirds"))
    assert "3 sessions" in still
    assert "85 % 2 Mar 2026" in still
    assert still.endswith("90 2")  # the best take, and passed in a row
    assert "new" not in still
    assert "new 60" in hip
    assert "new" not in thirds  # the first one is no record


def test_the_wheel_is_of_the_last_twenty_takes_of_what_is_shown():
    for day in range(9):
        kept("still-2m", (50.0, 60.0, 70.0), day=day)
    kept("hip-3m", (50.0,), day=20)
    assert "The last 20 takes" in read()
    assert "First causes of 20 takes: low 20." in read()
    assert "4 more takes to a wheel of misses: 1 is too few" in read(drill="hip-3m")


def test_only_what_was_asked_for_is_shown():
    kept("still-2m", (50.0,))
    kept("hip-3m", (50.0,), day=1, lens_id="another-lens")
    for wanted in ({"drill": "hip-3m"}, {"rig": "another-lens"}):
        html = read(**wanted)
        assert "1 session · 1 take · 1 drill · 2 Mar 2026" in html
        assert "still-2m" not in html
    with pytest.raises(JournalError, match="of that kind"):
        read(drill="thirds")


def test_of_many_drills_the_most_practised_are_drawn_and_all_are_listed():
    for number in range(MOST_DRILLS + 2):
        made = session(scores=(50.0,), day=number)
        for again in range(1 if number in (3, 5) else 2):
            named = replace(made, drill=replace(made.drill, name=f"mine-{number:02}"))
            journal.create(replace(named, started_at=named.started_at + timedelta(hours=again)))
    html = read()
    names = [line["label"] for line in drawn(html)["overall"]["lines"]]
    assert names == [f"mine-{number:02}" for number in range(MOST_DRILLS + 2) if number not in (3, 5)]
    assert "2 more are in the table" in html
    assert rows(html, "Personal bests", "mine-03")


def test_a_long_table_is_by_the_month():
    few = [kept("still-2m", (50.0,), day=day) for day in range(3)]
    (chart, *_) = trend_charts(read_log().sessions)
    assert len(chart.rows) == len(few)
    for day in range(3, 60):
        kept("still-2m", (50.0 if day < 31 else 70.0,), day=day)
    (chart, *_) = trend_charts(read_log().sessions)
    assert [(line.at, line.cells) for line in chart.rows] == [("Mar 2026", ("50",)), ("Apr 2026", ("70",))]


def test_names_in_a_journal_do_nothing():
    made = session(scores=(50.0,))
    hostile = "</script><script>alert(1)</script>"
    for day in range(2):
        made = replace(made, drill=replace(made.drill, name=hostile), started_at=FIRST + timedelta(days=day))
        path = journal.sessions_folder() / f"2026030{day + 1}"
        path.mkdir(parents=True)
        journal.write(path, made)
    page = Page(read())
    assert len(page.scripts) == 3
    assert hostile in "".join(page.text)
    assert drawn(read())["overall"]["lines"][0]["label"] == hostile


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["log", "report", *(str(argument) for argument in arguments)])


def test_the_command_writes_the_page_beside_the_index_or_where_it_is_told(home, tmp_path):
    for day in range(3):
        kept("still-2m", (80.0, 90.0), day=day)
    kept("hip-3m", (20.0,), day=4)
    result = run()
    assert result.exit_code == 0, result.stderr
    page = home / "journal" / "report.html"
    assert result.stdout.strip() == str(page)
    assert '<code>hip-3m</code></h3><p class="fix">Not passed yet.' in page.read_text()
    out = tmp_path / "trend.html"
    assert json.loads(run("--out", out, "--drill", "still-2m", "--json").stdout)["files"] == [str(out)]
    assert "What to rehearse next" not in out.read_text()


def test_an_empty_journal_has_no_page(home):
    result = run()
    assert result.exit_code == 1
    assert result.stderr.startswith("rigcoach: there is nothing to report yet")
    assert not (home / "journal" / "report.html").exists()


@pytest.mark.slow
def test_the_browser_is_started_with_the_page(tmp_path):
    kept(scores=(50.0,))
    named, browser = tmp_path / "url", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{named}"\n')
    browser.chmod(0o755)
    environment = {"BROWSER": str(browser), "PATH": "/usr/nothing", "RIGCOACH_HOME": os.environ["RIGCOACH_HOME"]}
    command = [sys.executable, "-m", "rigcoach", "log", "report", "--open"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert named.read_text().strip() == Path(result.stdout.strip()).as_uri()


def test_skills_stand_with_their_interval_and_what_is_still_needed():
    for day in range(2):
        kept("still-2m", (50.0, 60.0), day=day)
    html = read()
    (steadiness,) = rows(html, "Skills", "steadiness")
    assert steadiness == "steadiness score 55 ± 0 4 more sessions are needed to tell still-2m –"
    assert rows(html, "Skills", "place") == ["place from the target position not measured yet –"]


def test_a_change_that_may_be_chance_is_called_that():
    for day, overall in enumerate((50.0, 70.0, 40.0, 60.0, 55.0, 65.0, 52.0, 61.0)):
        kept("still-2m", (overall, overall), day=day)
    html = read()
    assert "No change that is likely real" in html
    (steadiness,) = rows(html, "Skills", "steadiness")
    assert "within what chance does (better by 3 ± 17)" in steadiness


def test_the_emulators_journal_is_marked_and_apart(tmp_path):
    kept("still-2m", (50.0,))
    for day in (1, 2):
        kept("hip-3m", (99.0,), day=day, counts=False, emulated=True, not_counted=("emulated",))
    out = tmp_path / "emulator.html"
    assert run("--emulated", "--out", out).exit_code == 0
    assert "made on the emulator" in out.read_text()
    assert "still-2m" not in out.read_text().split("Skills</h2>")[1]
    assert run("--out", tmp_path / "real.html").exit_code == 0
    assert "hip-3m" not in (tmp_path / "real.html").read_text().split("Skills</h2>")[1]
