"""Reports in the languages of the catalogue: the page's own words are that language's, all of them."""

import re
from functools import cache
from html import unescape

import pytest
from fluent.syntax import FluentParser, ast
from journal.made_sessions import kept

from rigcoach.base.preferences import KEYS, put
from rigcoach.report.catalogue import LANGUAGES, catalogue
from rigcoach.report.page import PageFrame
from rigcoach.report.session_page import read_session_page


@cache
def plain(language: str) -> frozenset[str]:
    """The language's texts that nothing is put into, long enough to stand nowhere by chance."""
    found = set()
    for entry in FluentParser().parse(catalogue(language)).body:
        if isinstance(entry, ast.Message) and entry.value is not None:
            parts = entry.value.elements
            if len(parts) == 1 and isinstance(parts[0], ast.TextElement) and len(parts[0].value) > 6:
                found.add(parts[0].value)
    return frozenset(found)


def test_the_language_that_is_configured_is_one_of_the_catalogue() -> None:
    (key,) = (each for each in KEYS if each.name == "language")
    assert key.choices == LANGUAGES
    folder = kept(scores=(61.0, 80.0))
    assert '<html lang="en">' in read_session_page(folder)
    put("language", "de")
    assert '<html lang="de">' in read_session_page(folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_speaks_one_language(language: str) -> None:
    page = read_session_page(kept(scores=(61.0, 80.0, None)), frame=PageFrame(language))
    assert f'<html lang="{language}">' in page
    shown = unescape(re.sub(r"<(script|style).*?</\1>|<[^>]*>", "\n", page, flags=re.DOTALL))
    lines = {line.strip() for line in shown.split("\n")}
    others = set().union(*(plain(each) for each in LANGUAGES if each != language)) - plain(language)
    assert lines & others == set()
    assert len(lines & plain(language)) > 15
