"""English sentences recognised as messages of the catalogue.

Advice, results and errors are made, kept in sessions and printed in English. A page in another language knows them by
the catalogue's English sentences: which message a text is, and which values stand in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fluent.syntax import FluentParser, ast

PREFIX = "told-"
"""What the names of such messages begin with."""

JOINT = f"{PREFIX}and"
"""The one among them that is no sentence: what joins two."""

# Values that stand for nothing but what they are called; any other may be any text.
_SHAPES = {
    **dict.fromkeys(("count", "number", "all", "more", "minutes", "before"), r"\d+"),
    **dict.fromkeys(("from", "to"), r"\d+"),
    **dict.fromkeys(("first", "last"), r"\d[^,;:]*"),
    "length": r"[\d.]+ s",
    "distance": r"[\d.,]+ \w+",
    **dict.fromkeys(("drill", "profile", "session"), r"[\w.-]+"),
    "d": r"\d\d?",
    "y": r"\d{4}",
    "hm": r"\d\d:\d\d",
    "weekday": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    "month": r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)",
}
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the catalogue by its name, and its values as they stand in the English text."""

    name: str
    values: tuple[tuple[str, str], ...] = ()


class Recogniser:
    """Finds which messages a text may be.

    Parameters
    ----------
    catalogue
        The English catalogue, as Fluent.
    """

    def __init__(self, catalogue: str) -> None:
        found = []
        for entry in FluentParser().parse(catalogue).body:
            if not isinstance(entry, ast.Message) or entry.value is None:
                continue
            if entry.id.name.startswith(PREFIX) and entry.id.name != JOINT:
                literal = sum(len(part.value) for part in entry.value.elements if isinstance(part, ast.TextElement))
                found.append((-literal, entry.id.name, _pattern(entry.value)))
        # What says most comes first: a sentence is none of the short ones that it holds.
        self._patterns = tuple((name, pattern) for _, name, pattern in sorted(found, key=lambda each: each[:2]))

    def messages(self, text: str) -> Iterator[Message]:
        """Return which messages a text may be, what says most of it first."""
        if len(text) > _LONGEST:
            return
        for name, pattern in self._patterns:
            if match := pattern.fullmatch(text):
                yield Message(name, tuple(match.groupdict().items()))


def _pattern(value: ast.Pattern) -> re.Pattern[str]:
    parts = []
    for part in value.elements:
        if isinstance(part, ast.TextElement):
            parts.append(re.escape(part.value))
        else:
            name = _variable(part)
            zero = "0?" if name == "d" else ""
            parts.append(f"{zero}(?P<{name}>{_SHAPES.get(name, '.+?')})")
    return re.compile("".join(parts), re.DOTALL)


def _variable(part: ast.Placeable) -> str:
    """Return the value that is put in at a place; a sentence that is to be recognised has nothing else."""
    if not isinstance(part.expression, ast.VariableReference):
        raise TypeError("only values can be recognised in a text")
    return part.expression.id.name
