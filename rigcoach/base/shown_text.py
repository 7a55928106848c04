"""Text from outside, such as a file's name, made fit to be shown."""

import unicodedata

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    r"""Return text without what would steer a terminal, or could not be written to it.

    Control characters, and bytes of a name that are no UTF-8 (which Python keeps as lone surrogates), become U+FFFD.

    >>> printable("take\x1b[31m 1.mov"), printable("z\udcfcrich.mov")
    ('take�[31m 1.mov', 'z�rich.mov')
    """
    return "".join(_REPLACEMENT if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" else c for c in text)
