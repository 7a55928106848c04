"""Text from outside, such as a file's name, made fit to be shown."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_LAID_OUT = frozenset(map(ord, "\n\t"))
# Control characters; bytes of a name that are no UTF-8, which Python keeps as lone surrogates; and what turns the text
# after it round, so that a name shows as another.
_UNFIT = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_IN_NAMES = dict.fromkeys(_UNFIT, _REPLACEMENT)
_IN_TEXT = {code: _REPLACEMENT for code in _UNFIT if code not in _LAID_OUT}
_IN_JSON = {code: f"\\u{code:04x}" for code in _IN_TEXT}


def printable(text: str) -> str:
    r"""Return text without what would steer a terminal, or could not be written to it: U+FFFD takes its place.

    >>> printable("take\x1b[31m 1.mov"), printable("z\udcfcrich.mov")
    ('take�[31m 1.mov', 'z�rich.mov')
    """
    return text.translate(_IN_TEXT)


def printable_name(name: str) -> str:
    r"""Return a file's name as it can be shown within a line.

    >>> printable_name("new\nline.mov")
    'new�line.mov'
    """
    return name.translate(_IN_NAMES)


def storable(name: str) -> str:
    r"""Return a file's name as text that any file can hold, other names as other texts.

    >>> storable("z\udcfcrich.mov"), storable("Zürich.mov")
    ('z\\xfcrich.mov', 'Zürich.mov')
    """
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def printable_json(text: str) -> str:
    r"""Return JSON in which what cannot be shown is written as JSON's own escapes: nothing of a name is lost.

    >>> printable_json('"z\udcfcrich.mov"'), printable_json('"\x9b31m"')
    ('"z\\udcfcrich.mov"', '"\\u009b31m"')
    """
    return text.translate(_IN_JSON)
