"""The words that bodies use, in libgphoto2's spelling, and what they mean to a photographer."""

import re
import tomllib
from functools import cache
from importlib import resources

# A maker's own way of saying it, where the English word is missing: Fujifilm's AUTO1 and P, Panasonic's auto ISO.
_MAKERS_OWN: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("iso", "auto", "fuji"): ("-1",),
    ("iso", "auto", "panasonic"): ("65535",),
    ("exposure_mode", "program", "fuji"): ("Action",),
}
_AUTO_ISO = ("Auto", "Auto ISO", "ISO Auto")


def spellings(setting: str, word: str, maker: str = "") -> tuple[str, ...]:
    """Return how bodies spell `word` of a setting, best first; empty where the vocabulary has no such word.

    Parameters
    ----------
    setting, word
        As in a profile: ``"white_balance"``, ``"shade"``.
    maker
        The manufacturer as the body states it.
    """
    own = next((own for key, own in _MAKERS_OWN.items() if key[:2] == (setting, word) and key[2] in maker.lower()), ())
    if (setting, word) == ("iso", "auto"):
        return (*_AUTO_ISO, *_table()["white_balance"]["auto"], *own)
    return (*_table().get(setting, {}).get(word, ()), *own)


def word_of(setting: str, spelling: str) -> str | None:
    """Return the photographer's word for what a body says; None where it says something else."""
    for word, spelled in _table().get(setting, {}).items():
        if fold(spelling) in map(fold, spelled):
            return word
    return None


def fold(text: str) -> str:
    """Return text for comparing: without regard to case and width of blanks."""
    return " ".join(text.split()).casefold()


def find(choices: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    """Return the first of the wanted spellings that is among the choices, letter for letter as listed there."""
    listed = {fold(choice): choice for choice in reversed(choices)}
    return next((listed[fold(spelling)] for spelling in wanted if fold(spelling) in listed), None)


def is_unnamed(value: str) -> bool:
    """Whether libgphoto2 has no name for a value: ``Unknown value 0087``, in any language."""
    return any(pattern.fullmatch(value.strip()) for pattern in _unnamed())


def is_no_aperture(value: str) -> bool:
    """Whether an aperture's value says that the lens reports none: ``implicit auto``, 0, ``(null)`` and such."""
    text = fold(value)
    if text in ("", "(null)", "auto") or text in map(fold, _table()["blank"]["no_aperture"]):
        return True
    return is_unnamed(value)


@cache
def _unnamed() -> tuple[re.Pattern[str], ...]:
    shapes = _table()["blank"]["unnamed"]
    return tuple(re.compile(re.escape(shape).replace(r"\*", "[0-9a-fA-F]+").replace(r"\ ", r"\s")) for shape in shapes)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = resources.files("rigcoach.tether").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return table
