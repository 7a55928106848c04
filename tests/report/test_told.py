"""What is told in other languages: the catalogue's sentences are the code's, and no English is left on a page."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import pytest
from journal.made_sessions import kept
from report.code_texts import PACKAGE, all_texts, texts_told_by

from rigcoach.drills.files import readable_drills
from rigcoach.journal.index import read_log
from rigcoach.journal.session import NOT_COUNTED
from rigcoach.report import catalogue
from rigcoach.report.catalogue import LANGUAGES, Words
from rigcoach.report.clip_page import clip_page
from rigcoach.report.moments import moments
from rigcoach.report.overview_page import overview_clip, overview_page
from rigcoach.report.page import PageFrame, _environment
from rigcoach.report.session_page import read_session_page
from rigcoach.report.story_card import card_html, card_png, story
from rigcoach.report.told import Recogniser
from rigcoach.report.trend_page import trend_page
from rigcoach.scoring.rules import RULES
from rigcoach.scoring.sequence_rules import SEQUENCE_RULES

OTHERS = LANGUAGES[1:]
TOLD_BY = (
    "practice/candidates.py",
    "practice/ingest.py",
    "practice/live_take.py",
    "practice/open_session.py",
    "practice/preflight.py",
    "practice/screen.py",
    "practice/session_plan.py",
    "practice/tethered.py",
    "practice/trip.py",
    "practice/untethered.py",
    "practice/verified_copy.py",
    "practice/warm_up.py",
    "studio/bring_in_pages.py",
    "studio/drill_room.py",
    "studio/hot_folder.py",
    "studio/room_prompter.py",
    "studio/strip.py",
    "studio/today.py",
    "lens/rig_pages.py",
    "tether/camera.py",
    "tether/diagnosis.py",
    "tether/errors.py",
    "tether/fetch.py",
    "tether/holders.py",
    "tether/live_view.py",
    "tether/record.py",
    "tether/process/lock.py",
    "tether/process/ports.py",
)
"""Modules whose every sentence a page may show."""

PIECES = (
    "7, too dark to measure in",
    "7, too bright to measure in",
    "no subject was found7 (7)",
    "no subject was found7",
    "7 smaller than a movie's, so slight blur is missed",
    "7 was not matched to a take; if it belongs to one, add --take NUMBER=7",
)
"""Sentences that are put together of others."""

ENGLISH = re.compile(r"\b(?:the|of|is|and|to|was|not|are|for|with|from|takes|frames|it)\b")


@cache
def code() -> frozenset[str]:
    return frozenset(all_texts())


@pytest.fixture
def left_over(monkeypatch) -> Iterator[set[str]]:
    """What pages were to tell, and told in English."""
    found: set[str] = set()
    tell = Words.told

    def noted(words: Words, text: str) -> str:
        told = tell(words, text)
        if not words.knows(text) and ENGLISH.search(told):
            found.add(text)
        return told

    monkeypatch.setattr(Words, "told", noted)
    _environment.cache_clear()
    yield found
    _environment.cache_clear()
    assert found == set()


@pytest.mark.slow
def test_no_sentence_of_the_catalogue_is_left_over():
    """Each is a sentence of the code, or has all its words in the texts of one module: such are put together there."""
    names = resources.files("rigcoach.report").joinpath("words/told-en.ftl").read_text().partition("# Advice")[0]
    words_of_modules = [
        set(re.findall(r"[^\W\d_]+", path.read_text(encoding="utf-8").lower())) for path in PACKAGE.rglob("*.py")
    ]
    for name, pattern in Recogniser(catalogue.catalogue("en"))._patterns:
        if f"{name} =" in names or pattern.pattern.replace("\\", "") in code():
            continue
        if any(pattern.fullmatch(text) for text in code()):
            continue
        words = set(re.findall(r"[^\W\d_]+", re.sub(r"\(\?P<.*?>.*?\)|\\", "", pattern.pattern).lower()))
        assert any(words <= module for module in words_of_modules), name


@pytest.mark.parametrize("language", OTHERS)
def test_what_modules_tell_is_in_the_catalogue(language):
    words = Words(language)
    unknown = {text for name in TOLD_BY for text in texts_told_by(PACKAGE / name) if not words.knows(text)}
    assert unknown - set(PIECES) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_advice_rules_and_drills_are_in_the_catalogue(language):
    words = Words(language)
    filled = {"value": "2.1 px", "share": "40 %", "limit": "1.6 px", "count": "3"}
    details = {
        "focus.front": "about 12 cm in front of",
        "focus.behind": "far behind",
        "framing.cut-off": "left and top",
    }
    told = set(NOT_COUNTED.values())
    for rule in RULES:
        detail = details.get(rule.code, "medium shot" if rule.code.startswith("framing.too-") else "chin")
        detail = "too little detail on the subject to tell focus by" if rule.code == "focus.unknown" else detail
        told |= {text.format(**filled, detail=detail) for text in (rule.cause, rule.fix, rule.short)}
    for each in SEQUENCE_RULES:
        told |= {text.format(**filled) for text in (each.cause, each.fix, each.short)}
    for drill in readable_drills():
        told |= {drill.description, *(station.announcement for station in drill.stations)}
    assert {text for text in told if not words.knows(text)} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_clips_pages_tell_nothing_in_english(language, reviewed, page, tmp_path, left_over):
    frame = PageFrame(language)
    rig = reviewed.profile.rig
    shown = clip_page(reviewed.scored, reviewed.profile, frame=frame)
    assert reviewed.scored.advice[0].cause not in shown
    line = overview_clip(reviewed.scored, moments(reviewed.scored), page, tmp_path / "overview.html")
    assert Words(language).told(line.headline) != line.headline
    overview_page("a day", [line], [])
    left_over -= {part.name for part in (rig.body, rig.lens, rig.adapter) if part is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_sessions_and_practice_over_time_tell_nothing_in_english(language, left_over):
    frame = PageFrame(language)
    for day in range(8):
        last = kept("hip-3m", (50.0 + 5 * day, 55.0 + 5 * day, None), day=day)
        kept("distances", (60.0, 62.0), day=day + 0.5)
    read_session_page(last, frame=frame)
    log = read_log()
    trend_page(log, frame=frame, following=None, weak=())
    told = story(log)
    assert told.change not in card_html(told, frame)
    assert card_png(told, frame) != card_png(told, PageFrame("en"))
    del left_over


@pytest.mark.slow
def test_english_stays_to_the_letter():
    assert all(Words("en").told(text) == text for text in code())
