"""All words of the studio's pages, in one catalogue for each language (Fluent)."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from markupsafe import Markup

LANGUAGES = ("en", "de")
"""The languages there is a whole catalogue of; the first is what is spoken where no other is wanted."""

_WANTED = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([0-9.]+)\s*)?")


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


def wanted_language(accepted: str) -> str:
    """Return the language to speak to a browser, by its Accept-Language (RFC 9110, 12.5.4).

    >>> wanted_language("fr-CH, de;q=0.8, en;q=0.7"), wanted_language("de-AT"), wanted_language("")
    ('de', 'de', 'en')
    """
    found: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        match = _WANTED.fullmatch(part)
        if match and match[1].lower() in LANGUAGES:
            try:
                weight = float(match[2] or 1)
            except ValueError:
                continue
            found.append((-weight, match[1].lower()))
    return min(found, key=lambda each: each[0], default=(0.0, LANGUAGES[0]))[1]


@cache
def _bundle(language: str) -> FluentBundle:
    # Isolating marks around values would stand in labels and titles as letters that nobody wrote.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(catalogue(language)))
    return bundle


def catalogue(language: str) -> str:
    """Return a language's catalogue as it stands in its file."""
    return files("rigcoach.studio").joinpath(f"words/{language}.ftl").read_text(encoding="utf-8")
