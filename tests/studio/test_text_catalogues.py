"""The catalogues: one for each language, whole, with the same values in the same texts."""

import re
from functools import cache
from importlib.resources import files

import pytest
from fluent.syntax import FluentParser, ast
from known import known

from rigcoach.report.catalogue import LANGUAGES, Words, catalogue
from rigcoach.report.told import PREFIX


@cache
def texts(language: str) -> dict[str, set[str]]:
    """Each text's name, and the values that are put into it, as the library's own parser reads them."""
    found = {}
    whole = catalogue(language)
    for entry in FluentParser().parse(whole).body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice"
            found[entry.id.name] = set(re.findall(r"\$(\w+)", line_of(whole, entry)))
    return found


def line_of(whole: str, entry: ast.Message) -> str:
    span = known(entry.span)
    return whole[span.start : span.end]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_language_has_all_texts_with_the_same_values(language):
    assert texts(language) == texts(LANGUAGES[0])


def test_pages_use_texts_that_are_there_and_no_text_is_left_over():
    studio = files("rigcoach.studio")
    folders = (studio / "templates", files("rigcoach.report") / "templates")
    pages = "".join(path.read_text() for folder in folders for path in folder.iterdir())
    code = "".join(path.read_text() for path in studio.iterdir() if path.name.endswith(".py"))
    scripts = "".join(path.read_text() for path in (studio / "assets").iterdir() if path.name.endswith(".js"))
    quoted = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', pages + code + scripts)) | set(
        re.findall(r"words\.(\w+)", scripts)
    )
    known = set(texts(LANGUAGES[0]))
    # Names that are put together of a kind and a value, as t("kind-" ~ each.kind).
    for kind in re.findall(r'\bt\("([\w-]+-)" ~', pages):
        made = {name for name in known if name.startswith(kind)}
        assert made
        quoted |= made
    called = set(re.findall(r'\bt\("([\w-]+\w)"', pages)) | set(re.findall(r'\bwords\("([\w-]+)"', code))
    assert called <= known
    # What is told is held to the code by the reports' tests.
    assert {name for name in known if not name.startswith(("label-", PREFIX))} <= quoted


def test_a_text_that_is_not_there_or_lacks_its_value_is_an_error():
    with pytest.raises(LookupError):
        Words("en")("nothing-of-the-kind")
    with pytest.raises(LookupError):
        Words("de")("camera-ready")
    assert Words("de")("camera-ready", model="EOS") == "EOS ist bereit."
