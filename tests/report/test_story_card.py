"""The card to share: what it says is the journal's, and nothing else is in it."""

import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from journal.made_sessions import kept, scored, session
from PIL import Image

from rigcoach.cli.main import main
from rigcoach.journal import folder as journal
from rigcoach.journal.folder import JournalError
from rigcoach.journal.index import read_log
from rigcoach.journal.session import Fault
from rigcoach.report.story_card import SIZE_PX, card_html, card_png, story


def test_the_week_is_the_last_one_and_its_change_what_came_first_most_often():
    kept("hip-3m", (90.0,), day=0)  # long before
    kept("still-2m", (40.0, 60.0), day=30)
    kept("still-2m", (50.0, 70.0, 80.0), day=33)
    high = scored(70.0)
    high = replace(high, faults=(Fault("framing.high", "The subject sits high", 2.0, "too high"),))
    made = session("still-2m", (70.0,), day=34)
    journal.create(replace(made, takes=(replace(made.takes[0], score=high),)))
    told = story(read_log())
    assert told.days == "31 Mar 2026 to 4 Apr 2026: 3 sessions"
    assert told.change == "To change: framing.low"
    assert told.measured[0] == "It came first in 5 of 6 takes"
    # The mean of the sessions' means: 50, 66.7 and 70 %.
    assert told.measured[1] == "62 % of the frames were keepers, in 6 takes"
    assert told.measured[2].startswith("Keepers in still-2m: ")


def test_takes_without_a_fault_are_counted_among_those_it_is_said_of():
    made = session("still-2m", (90.0, 90.0, 90.0, 60.0))
    faultless = tuple(replace(take, score=replace(scored(90.0), faults=())) for take in made.takes[:3])
    journal.create(replace(made, takes=(*faultless, made.takes[3])))
    assert story(read_log()).measured[0] == "It came first in 1 of 4 takes"


def test_the_picture_has_its_size_its_text_and_no_more():
    folder = kept("still-2m", (40.0,), body="<b>secret body</b>")
    told = story(read_log())
    image = Image.open(io.BytesIO(card_png(told)))
    assert image.size == SIZE_PX
    assert image.info == {"Software": "rigcoach card", "Description": told.text}
    colours = image.getcolors(100_000)
    assert colours is not None
    assert len(colours) > 20  # letters, with their edges
    for text in (card_html(told), told.text):
        assert "secret" not in text
        assert folder.name not in text


def test_without_a_session_there_is_no_card():
    with pytest.raises(JournalError, match="no week"):
        story(read_log())


def test_the_command_writes_either_and_nothing_of_others(tmp_path):
    kept("still-2m", (40.0,))
    for name in ("card.png", "card.html"):
        out = tmp_path / name
        result = CliRunner().invoke(main, ["log", "card", "--out", str(out), "--json"])
        assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["files"] == [str(out)]
        assert CliRunner().invoke(main, ["log", "card", "--out", str(out)]).exit_code == 0
    (tmp_path / "mine.png").write_bytes(b"mine")
    assert CliRunner().invoke(main, ["log", "card", "--out", str(tmp_path / "mine.png")]).exit_code == 1
    assert (tmp_path / "mine.png").read_bytes() == b"mine"
    assert CliRunner().invoke(main, ["log", "card", "--out", str(tmp_path / "card.gif")]).exit_code == 2
