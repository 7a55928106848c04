"""The coach's rules as documented, and what a clip's result is called."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rigcoach.drills.files import load_drill
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.scoring.advice import Advice, advise, headline
from rigcoach.scoring.rules import RULES, table
from rigcoach.scoring.score import ClipScore
from rigcoach.scoring.sequence_rules import sequence_table

DOCS = Path(__file__).parents[2] / "docs" / "coaching.md"


def test_the_page_prints_the_table_in_its_order():
    assert table() in DOCS.read_text(), "make it anew with rigcoach.scoring.rules.table"
    assert re.findall(r"^\| `(.+?)` \|", table(), re.MULTILINE) == [rule.code for rule in RULES]


def test_the_page_prints_the_table_of_sequences():
    assert sequence_table() in DOCS.read_text(), "make it anew with rigcoach.scoring.sequence_rules.sequence_table"


def test_every_drill_that_is_named_ships():
    for name in {rule.drill for rule in RULES if rule.drill}:
        assert load_drill(name).name == name


def advice(code: str, share: float, short: str) -> Advice:
    return Advice(code, "cause", "fix", ((0.0, 1.0),), share, short)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((), "52 % keepers"),
        (
            (advice("a", 0.7, "too low"), advice("b", 0.3, "4° clockwise")),
            "52 % keepers: mostly too low and 4° clockwise",
        ),
        ((advice("a", 0.3, "too low"),), "52 % keepers: at times too low"),
        ((advice("a", 1.0, "no subject found"),), "52 % keepers: no subject found"),
    ],
)
def test_the_headline_says_the_score_in_words(found, told):
    score = ClipScore(70, 70, 70, 70, 70, 0.52, None, {}, {}, ())
    assert headline(score, found) == told


def test_the_scene_gets_the_advice_that_it_was_made_for(reviewed):
    told = {each.code: each for each in reviewed.scored.advice}
    assert {"framing.low", "framing.roll-clockwise"} <= set(told)
    assert "framing.high" not in told
    assert told["framing.low"].text.endswith("; drill: hip-3m")
    assert told["framing.low"].share > 0.5


def test_advice_with_many_frames_comes_first_and_then_the_tables_order(reviewed):
    measures = reviewed.scored.measures
    # All frames low; a few smeared on top, which stands higher in the table but concerns too few.
    smeared = tuple(
        replace(
            frame,
            focus=replace(frame.focus, motion_blur_px=9.0 if i < 4 else 0.0),
            framing=replace(frame.framing, roll_deg=0.0),
        )
        for i, frame in enumerate(measures.frames)
    )
    codes = [each.code for each in advise(replace(measures, frames=smeared))]
    assert codes.index("framing.low") < codes.index("steadiness.smear")
    every = tuple(replace(frame, focus=replace(frame.focus, motion_blur_px=9.0)) for frame in smeared)
    codes = [each.code for each in advise(replace(measures, frames=every))]
    assert codes.index("steadiness.smear") < codes.index("framing.low")


@pytest.mark.parametrize(
    ("headroom", "code"), [((0.0, 0.1), "framing.headroom-much"), ((0.9, 1.0), "framing.headroom-little")]
)
def test_headroom_is_told_against_what_the_drill_wants(reviewed, headroom, code):
    measures = replace(reviewed.scored.measures, wanted=WantedFrame(headroom=headroom))
    # It is the room above a person: above a card any will do.
    assert not any("headroom" in each.code for each in advise(measures))
    people = tuple(f and replace(f, subject=f.subject and replace(f.subject, kind="person")) for f in measures.frames)
    codes = [each.code for each in advise(replace(measures, frames=people))]
    assert code in codes
    assert sum("headroom" in each for each in codes) == 1


def test_a_drill_that_allows_more_roll_is_not_told_of_it(reviewed):
    # The scene is turned by 6 degrees.
    measures = replace(reviewed.scored.measures, wanted=WantedFrame(roll_free_deg=5.0))
    assert "framing.roll-clockwise" not in [each.code for each in advise(measures)]
