"""A session's page, from real session folders."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from journal.made_sessions import FIRST, kept, session
from known import known
from report.test_clip_page import Page

from rigcoach.journal import folder as journal
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index import read_log
from rigcoach.journal.session import Fault
from rigcoach.report.session_page import cause, earlier, read_session_page, recent_takes
from rigcoach.report.wheel import wheel
from rigcoach.scoring.rule import SECTORS


def cells(html: str, row: str) -> list[str]:
    """Return the texts of the cells in the table row that is headed so."""
    inside = html.split(f'scope="row">{row}</th>', 1)[1].split("</tr>", 1)[0]
    return [part.split(">", 1)[1].split("</td>", 1)[0].strip() for part in inside.split("<td")[1:]]


def test_takes_stand_side_by_side_with_the_best_one_named():
    page = read_session_page(kept(scores=(61.0, 80.0, None)))
    assert cells(page, "overall")[0] == "70"
    takes = page.split("Takes side by side</h2>")[1].split("</table>")[0]
    rows = [row for row in takes.split("<tr>") if "<td" in row]
    assert ["best</span>" in row for row in rows] == [False, True, False]
    assert [">61</td>" in rows[0], ">80</td>" in rows[1], ">–</td>" in rows[2]] == [True] * 3


def test_distances_stand_beside_the_takes_where_they_are_known():
    folder = kept(scores=(61.0, 80.0))
    assert ">away</th>" not in read_session_page(folder)
    made = journal.read(folder)
    first = replace(made.takes[0], score=replace(known(made.takes[0].score), distance_m=2.5))
    journal.write(folder, replace(made, takes=(first, made.takes[1])))
    page = read_session_page(folder)
    assert ">2.50 m</td>" in page
    assert "Distance: 25 % too far on average." in page


def test_a_session_is_set_beside_the_five_before_it_and_the_best():
    for day, overall in enumerate((95.0, 40.0, 50.0, 60.0, 70.0, 80.0)):
        kept(scores=(overall,), day=day)
    kept(drill="hip-3m", scores=(10.0,), day=6)
    page = read_session_page(kept(scores=(70.0, 70.0), day=7))
    # The five last of its own drill: 40 to 80; the best is older than those.
    now, before, change, best = cells(page, "overall")
    assert (now, before, change) == ("70", "60", "+10")
    assert best == "95"
    assert "7 sessions of still-2m" in page


@pytest.mark.parametrize(
    ("before", "now", "colour"),
    [
        ((58.0, 60.0, 62.0, 60.0), 70.0, "up"),  # 10 points; days lie 1.6 apart, so that chance makes 6 of it
        ((58.0, 60.0, 62.0, 60.0), 50.0, "down"),
        ((50.0, 70.0, 60.0, 60.0), 70.0, ""),  # days lie 8 apart: chance makes 29
        ((60.0, 60.1, 60.0, 59.9), 64.0, ""),  # less than the measures can tell
        ((58.0, 60.0), 90.0, ""),  # too few to know how days differ
    ],
)
def test_a_change_has_a_colour_only_where_it_is_likely_real(before, now, colour):
    for day, overall in enumerate(before):
        kept(scores=(overall, overall), day=day)
    page = read_session_page(kept(scores=(now, now), day=9))
    row = page.split('<th scope="row">overall</th>')[1].split("</tr>")[0]
    assert [name for name in ("up", "down") if f'class="{name}"' in row] == [colour] * bool(colour)


def test_a_new_best_is_told_and_the_first_session_has_none():
    first = read_session_page(kept(scores=(50.0,)))
    assert "new best" not in first
    assert "first session of this drill" in first
    assert "new best" in read_session_page(kept(scores=(60.0,), day=1))


def test_what_came_later_is_no_comparison():
    old = kept(scores=(50.0,))
    kept(scores=(90.0,), day=1)
    assert cells(read_session_page(old), "overall")[1] == "–"


def test_the_wheel_counts_the_last_twenty_takes_by_their_first_cause():
    for day in range(7):
        kept(scores=(50.0, 60.0, 70.0), day=day)
    last = journal.read(kept(scores=(50.0, 60.0, 70.0), day=9))
    causes = [cause(score) for score in recent_takes(last)]
    assert causes == ["low"] * 20
    made = wheel(["low", "low", "roll", None])
    assert {spoke.sector: spoke.count for spoke in made.spokes if spoke.count} == {"low": 2, "roll": 1}
    assert made.elsewhere == 1


def test_two_takes_make_no_wheel_and_it_is_said_what_is_needed():
    page = read_session_page(kept(scores=(50.0, 60.0)))
    where = page.split('aria-labelledby="where"')[1].split("</section>")[0]
    assert "<svg" not in where
    assert "3 more takes" in where.replace("\u2068", "").replace("\u2069", "")
    page = read_session_page(kept(scores=(50.0, 60.0, 70.0), day=1))  # five with those of before
    assert "<svg" in page.split('aria-labelledby="where"')[1].split("</section>")[0]


def test_the_wheels_sectors_stand_where_they_point():
    at = {spoke.sector: spoke.label_at for spoke in wheel(SECTORS).spokes}
    assert at["high"][1] < 0 < at["low"][1]
    assert at["left"][0] < 0 < at["right"][0]


def test_a_session_that_names_a_clip_outside_its_folder_is_refused(home, reviewed):
    made = session(scores=(50.0,))
    home.mkdir()
    shutil.copyfile(reviewed.path, home / "outside.mov")
    made = replace(made, takes=(replace(made.takes[0], clip="../../outside.mov"),))
    with pytest.raises(JournalError, match="is no file in its folder"):
        read_session_page(journal.create(made))


def test_names_in_a_session_do_nothing():
    fault = Fault("framing.low", "<img src=x onerror=alert(1)>", 2.0)
    made = session(scores=(50.0,), body="<script>alert(2)</script>")
    (take,) = made.takes
    made = replace(made, takes=(replace(take, score=replace(known(take.score), faults=(fault,))),))
    page = Page(read_session_page(journal.create(made)))
    assert len(page.scripts) == 3
    assert not [a for tag, a in page.tags if tag == "img"]
    assert "<script>alert(2)</script>" in "".join(page.text)


def test_the_best_moment_is_shown_where_its_clip_is_there(reviewed):
    made = session(scores=(50.0,))
    (take,) = made.takes
    moment = replace(known(known(take.score).best), start_s=0.2, end_s=0.6)
    made = replace(made, takes=(replace(take, score=replace(known(take.score), best=moment)),))
    folder = journal.create(made)
    shutil.copyfile(reviewed.path, folder / "take-01.mov")
    (image,) = [a for tag, a in Page(read_session_page(folder)).tags if tag == "img"]
    assert known(image["alt"]).startswith("Best moment: take 1")


def test_takes_lead_to_their_reports_and_clips_where_they_are_there(reviewed):
    folder = journal.create(session(scores=(50.0, 60.0)))
    shutil.copyfile(reviewed.path, folder / "take-01.mov")
    (folder / "take-02.review.html").write_text("a page")
    links = [a["href"] for tag, a in Page(read_session_page(folder)).tags if tag == "a"]
    assert links == ["#main", "take-01.mov", "take-02.review.html"]


def test_a_session_without_a_scored_take_says_so():
    made = session(scores=())
    page = read_session_page(journal.create(made))
    assert "No take was scored" in page


def test_earlier_sessions_are_those_of_the_drill_that_count():
    kept(scores=(50.0,), counts=False)
    kept(scores=(55.0,), day=1)
    kept(drill="hip-3m", day=2)
    now = journal.read(kept(day=3))
    assert [row.overall for row in earlier(now, read_log().sessions)] == [55.0]
    assert now.started_at == FIRST + timedelta(days=3)


def test_a_session_on_the_emulator_is_marked_and_is_no_record():
    kept(scores=(50.0,))
    path = kept(scores=(99.0,), day=1, counts=False, emulated=True, not_counted=("emulated",))
    html = read_session_page(path)
    assert "Made on the emulator" in html
    assert "new best" not in html
    assert cells(html, "overall")[-1] == "50"
    assert "Made on the emulator" not in read_session_page(kept(scores=(60.0,), day=2))


def test_each_rule_of_the_drill_is_shown_with_what_was_measured():
    html = read_session_page(kept(scores=(90.0, 30.0)))
    assert cells(html, "keepers")[:3] == ["met", "60 % keepers", "50 % pass"]
    assert cells(html, "distance")[0] == "unknown"
