"""All words of the pages, of reports and the studio, in one catalogue for each language (Fluent)."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from markupsafe import Markup

from rigcoach.base.errors import RigcoachError
from rigcoach.report.told import JOINT, PREFIX, Recogniser

LANGUAGES = ("en", "de")
"""The languages there is a whole catalogue of; the first is what is spoken where no other is wanted."""
_NO_LETTERS = re.compile(r"[^a-z]+")
_WORD = re.compile(r"[^\W\d_]{3,}|\b(?:to|of|at|on|up)\b")
# What two parts of a text are joined by, and the message that says it where it is a word.
_JOINTS = {"; ": "", ": ": "", ". ": "", "? ": "", ", ": "", " · ": "", " and ": JOINT}
# Values that are names of somebody's own, or words that no catalogue has.
_NAMES = frozenset(
    {"drill", "profile", "session", "name", "other", "id", "body", "lens", "camera", "who", "device", "file"}
    | {"place", "option", "options", "setting", "settings"}
)


class Words:
    """The words of one language, by their names in the catalogue."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._bundle = _bundle(language)

    def __call__(self, name: str, /, **values: Any) -> str:
        """Return a text with its values put in.

        Raises
        ------
        LookupError
            The catalogue has no such text, or it lacks a value.
        """
        return text_of(self._bundle, name, values)

    def label(self, text: str) -> str:
        """Return the name of something that is measured; one that the catalogue doesn't have stays as it is.

        >>> Words("de").label("steadiness"), Words("de").label("hip-3m")
        ('Ruhe', 'hip-3m')
        """
        name = f"label-{_NO_LETTERS.sub('-', text.lower()).strip('-')}"
        # English names are what the catalogue has them by.
        return self(name) if self.language != LANGUAGES[0] and self._bundle.has_message(name) else text

    def told(self, text: str) -> str:
        """Return what is told of a clip, a take or a camera in this language; what the catalogue lacks stays English.

        >>> Words("de").told("52 % keepers: mostly too low and 4° clockwise")
        '52 % brauchbar: meist zu tief und 4° im Uhrzeigersinn'
        """
        return text if self.language == LANGUAGES[0] else _told(self.language, " ".join(text.split()))[0]

    def knows(self, text: str) -> bool:
        """Whether all of a text that is told can be said in this language."""
        return self.language == LANGUAGES[0] or _told(self.language, text)[1]

    def error(self, error: RigcoachError) -> str:
        """Return an error as one line in this language."""
        what, why, next_step = (self.told(part) for part in (error.what, error.why, error.next_step))
        return RigcoachError(what, why=why, next_step=next_step).line()

    def data(self, *names: str) -> Markup:
        """Return texts as JSON that cannot end the attribute it stands in, for a page's script."""
        text = json.dumps({name: self(name) for name in names}, ensure_ascii=True)
        for letter in "<>&'":
            text = text.replace(letter, f"\\u{ord(letter):04x}")
        return Markup(text)  # noqa: S704 - nothing in it can end an attribute


def text_of(bundle: FluentBundle, name: str, values: dict[str, Any]) -> str:
    """Return a text of a catalogue; raises as `Words`."""
    message = bundle.get_message(name) if bundle.has_message(name) else None
    if message is None or message.value is None:
        raise LookupError(f"no text {name}")
    text, errors = bundle.format_pattern(message.value, values)
    if errors:
        raise LookupError(f"{name}: {errors[0]}")
    return str(text)


@lru_cache(maxsize=4096)
def _told(language: str, text: str) -> tuple[str, bool]:
    """Return a text in a language, and whether all of it could be said there."""
    if not any(letter.isalpha() for letter in text):
        return text, True
    partly = text
    for message in _recogniser().messages(text):
        values = {name: _told(language, value) for name, value in message.values}
        told = text_of(_bundle(language), message.name, {name: value for name, (value, _) in values.items()})
        if all(known for name, (_, known) in values.items() if name not in _NAMES):
            return told, True
        partly = told if partly is text else partly
    label = Words(language).label(text)
    if label != text:
        return label, True
    if not _WORD.search(text):
        return text, True  # a number with its unit
    joined, whole = _joined(language, text)
    return (joined, whole) if whole or joined != text else (partly, False)


def _joined(language: str, text: str) -> tuple[str, bool]:
    """Return a text that is two parts or more, each of which is told by itself."""
    if text.endswith("."):
        first, known = _told(language, text[:-1])
        if known:
            return f"{first}.", True
    for joint, said in _JOINTS.items():
        said = text_of(_bundle(language), said, {}) if said else joint
        for found in re.finditer(re.escape(joint), text):
            (first, known), (second, known_too) = (
                _told(language, part) for part in (text[: found.start()], text[found.end() :])
            )
            if known and known_too:
                return f"{first}{said}{second}", True
    # What failed can be said; why may be in the words of the system.
    for joint in (": ", ". "):
        start, found_joint, rest = text.partition(joint)
        if found_joint and _told(language, start)[1]:
            return f"{_told(language, start)[0]}{joint}{_told(language, rest)[0]}", False
    return text, False


@cache
def _recogniser() -> Recogniser:
    return Recogniser(catalogue(LANGUAGES[0]))


@cache
def _bundle(language: str) -> FluentBundle:
    # Isolating marks around values would stand in labels and titles as letters that nobody wrote.
    bundle = FluentBundle([language], use_isolating=False)
    # What is told is English to begin with: only other languages have to say it, and it takes long to read.
    kinds = ("",) if language == LANGUAGES[0] else ("", PREFIX)
    bundle.add_resource(FluentResource(catalogue(language, kinds)))
    return bundle


def catalogue(language: str, kinds: tuple[str, ...] = ("", PREFIX)) -> str:
    """Return a language's catalogue as it stands in its files: the pages' own words, then what is told on them."""
    words = files("rigcoach.report").joinpath("words")
    return "\n".join(words.joinpath(f"{kind}{language}.ftl").read_text(encoding="utf-8") for kind in kinds)
