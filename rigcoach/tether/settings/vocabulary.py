"""The words that bodies use, in libgphoto2's spelling, and what they mean to a photographer."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

# A maker's own way of saying it, where the English word is missing: Fujifilm's AUTO1 and P, Panasonic's auto ISO,
# and the white balance to which an Olympus lets set a temperature.
_MAKERS_OWN: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("iso", "auto", "fuji"): ("-1",),
    ("iso", "auto", "panasonic"): ("65535", "4294967295", "-1"),
    ("exposure_mode", "program", "fuji"): ("Action",),
    ("white_balance", "kelvin", "olympus"): ("Custom",),
}
_AUTO_ISO = ("Auto", "Auto ISO", "ISO Auto")


def spellings(setting: str, word: str, maker: str = "") -> tuple[str, ...]:
    """Return how bodies spell `word` of a setting, best first; empty where the vocabulary has no such word.

    Parameters
    ----------
    setting, word
        As in a profile: ``"white_balance"``, ``"shade"``.
    maker
        The maker's short name: `rigcoach.listing.maker.maker_of`.
    """
    own = next((own for key, own in _MAKERS_OWN.items() if key == (setting, word, maker)), ())
    if (setting, word) == ("iso", "auto"):
        return (*_AUTO_ISO, *_table()["white_balance"]["auto"], *own)
    return (*_table().get(setting, {}).get(word, ()), *own)


def word_of(setting: str, spelling: str, maker: str = "") -> str | None:
    """Return the photographer's word for what a body says; None where it says something else.

    Parameters
    ----------
    setting, spelling
        As in a profile, and as on the body.
    maker
        The maker's short name, for values without a name: `rigcoach.listing.maker.maker_of`.
    """
    for word, spelled in _table().get(setting, {}).items():
        if fold(spelling) in map(fold, spelled):
            return word
    code = code_of(spelling)
    words = _codes().get(maker, {}).get(setting, {})
    return None if code is None else next((word for word, codes in words.items() if code in codes), None)


def find_unnamed(choices: tuple[str, ...], setting: str, word: str, maker: str) -> str | None:
    """Return the choice without a name that stands for a word on bodies of this maker, if there is one."""
    wanted = _codes().get(maker, {}).get(setting, {}).get(word, [])
    coded = {code_of(choice): choice for choice in reversed(choices)}
    return next((coded[code] for code in wanted if code in coded), None)


def code_of(value: str) -> int | None:
    """Return the code in a value that libgphoto2 has no name for; None for any other value.

    >>> code_of("Unknown value 0087"), code_of("Unbekannter Wert 8006"), code_of("1/50")
    (135, 32774, None)
    """
    matches = (pattern.fullmatch(value.strip()) for pattern in _unnamed())
    return next((int(match[1], 16) for match in matches if match), None)


def has_no_way_back(value: str) -> bool:
    """Whether libgphoto2 shows a value, but sends another for it.

    From 2.5.32 on it writes a kind of file that it has no name for as its code, and leaves it out when it sends the
    format (``camlibs/ptp2/config.c``, _put_Canon_EOS_ImageFormat).

    >>> has_no_way_back("RAW + 0x50"), has_no_way_back("RAW + L")
    (True, False)
    """
    return re.search(r"\b0x[0-9a-fA-F]+$", value) is not None


def fold(text: str) -> str:
    """Return text for comparing: without regard to case, width of blanks, and how accents are encoded."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def is_known(text: str) -> bool:
    """Whether a word is one that bodies use for any setting, in any language."""
    return fold(text) in _all_words()


def find(choices: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    """Return the first of the wanted spellings that is among the choices, letter for letter as listed there."""
    listed = {fold(choice): choice for choice in reversed(choices)}
    return next((listed[fold(spelling)] for spelling in wanted if fold(spelling) in listed), None)


def is_unnamed(value: str) -> bool:
    """Whether libgphoto2 has no name for a value: ``Unknown value 0087``, in any language."""
    return code_of(value) is not None


def is_no_aperture(value: str) -> bool:
    """Whether an aperture's value says that the lens reports none: ``implicit auto``, 0, ``(null)`` and such."""
    text = fold(value)
    if text in ("", "(null)", "auto") or text in map(fold, _table()["blank"]["no_aperture"]):
        return True
    return is_unnamed(value)


@cache
def _all_words() -> frozenset[str]:
    return frozenset(fold(each) for words in _table().values() for spelled in words.values() for each in spelled)


@cache
def _unnamed() -> tuple[re.Pattern[str], ...]:
    shapes = _table()["blank"]["unnamed"]
    codes = (re.escape(shape).replace(r"\*", "([0-9a-fA-F]+)").replace(r"\ ", r"\s") for shape in shapes)
    return tuple(map(re.compile, codes))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = _load("vocabulary.toml")
    return table


@cache
def _codes() -> dict[str, dict[str, dict[str, list[int]]]]:
    codes: dict[str, dict[str, dict[str, list[int]]]] = _load("vocabulary_codes.toml")
    return codes


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("rigcoach.tether.settings").joinpath(name).read_text(encoding="utf-8"))
