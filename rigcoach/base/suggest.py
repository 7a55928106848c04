"""What somebody may have meant who misspelt a word."""

import re
from collections.abc import Iterable

_FOCAL_LENGTH = re.compile(r"\d+(?=mm)")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question such as ``did you mean `shutter`?`` where a known word is close, else nothing."""
    import difflib  # only where somebody misspelt

    # A 24 mm lens is no misspelt 28 mm lens.
    lengths = set(_FOCAL_LENGTH.findall(word))
    alike = [each for each in known if lengths <= set(_FOCAL_LENGTH.findall(each))]
    close = difflib.get_close_matches(word.lower(), alike, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
