"""All words of the pages, of reports and the studio, in one catalogue for each language (Fluent)."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from markupsafe import Markup

LANGUAGES = ("en", "de")
"""The languages there is a whole catalogue of; the first is what is spoken where no other is wanted."""
_NO_LETTERS = re.compile(r"[^a-z]+")


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


@cache
def _bundle(language: str) -> FluentBundle:
    # Isolating marks around values would stand in labels and titles as letters that nobody wrote.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(catalogue(language)))
    return bundle


def catalogue(language: str) -> str:
    """Return a language's catalogue as it stands in its file."""
    return files("rigcoach.report").joinpath(f"words/{language}.ftl").read_text(encoding="utf-8")
