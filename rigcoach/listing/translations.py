"""libgphoto2's translated texts, back into the English that its drivers are written in.

Listings come in the language of whoever made them: labels of values are translated, and so is ``Unknown value 0008``.
The catalogues of translations come with python-gphoto2, or with the system's libgphoto2; without either, English alone
is understood.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import util
from pathlib import Path

_SYSTEM = (Path("/usr/share/locale"), Path("/usr/local/share/locale"), Path("/opt/homebrew/share/locale"))
_UNKNOWN_VALUE = "Unknown value %04x"
_HEXADECIMAL = "([0-9A-Fa-f]+)"


def english(label: str) -> tuple[str, ...]:
    """Return what a label may be in English: itself, then all that translates to it in any language.

    >>> english("Langzeitbelichtung")[0]
    'Langzeitbelichtung'
    """
    return (label, *_catalogue().get(label, ()))


def unnamed(label: str) -> int | None:
    """Return the number in a label that says that libgphoto2 has no name for a value; None for any other label.

    >>> unnamed("Unknown value 00dd"), unnamed("Unknown value 0x0087"), unnamed("Standard")
    (221, 135, None)
    """
    for shape in _unnamed():
        if match := shape.fullmatch(label.strip()):
            return int(match[1], 16)
    return None


@cache
def _unnamed() -> tuple[re.Pattern[str], ...]:
    shapes = {_UNKNOWN_VALUE}
    for translations in _catalogues():
        shapes.update(translations.get(_UNKNOWN_VALUE, ()))
    fitting = sorted(shape for shape in shapes if shape.count("%04x") == 1)
    patterns = (re.escape(shape).replace("%04x", f"(?:0x)?{_HEXADECIMAL}") for shape in fitting)
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


@cache
def _catalogue() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for translations in _catalogues():
        for original, translated in translations.items():
            for each in translated:
                found[each][original] = None
    return {translated: tuple(originals) for translated, originals in found.items()}


@cache
def _catalogues() -> tuple[dict[str, tuple[str, ...]], ...]:
    return tuple(dict(_read(path.read_bytes())) for path in _files())


def _files() -> list[Path]:
    package = util.find_spec("gphoto2")
    places = [Path(package.origin).parent / "libgphoto2" / "locale"] if package and package.origin else []
    for place in (*places, *_SYSTEM):
        # In the order of languages, so that the same is found each time.
        if found := sorted(place.glob("*/LC_MESSAGES/libgphoto2-6.mo")):
            return found
    return []


def _read(data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read a compiled catalogue (GNU gettext manual, "The Format of GNU MO Files")."""
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, originals_at, translated_at = struct.unpack_from(f"{order}3I", data, 8)
    for number in range(count):
        texts = []
        for table_at in (originals_at, translated_at):
            length, at = struct.unpack_from(f"{order}2I", data, table_at + 8 * number)
            texts.append(data[at : at + length].decode("utf-8", errors="replace"))
        original, translated = texts
        # A context stands before its text, forms of the plural stand one behind the other.
        yield original.rsplit("\x04", 1)[-1].split("\0", 1)[0], tuple(translated.split("\0"))
