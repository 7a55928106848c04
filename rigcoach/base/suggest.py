"""Suggestions for a misspelt word."""

from collections.abc import Iterable

_MOST_BEGUN = 3


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question such as ``did you mean `shutter`?`` where a known word is close, or begins so, else nothing.

    >>> did_you_mean("shuter", ["iso", "shutter"])
    'did you mean `shutter`?'
    >>> did_you_mean("hip", ["hip-video", "hip-stills", "frame-grabs"])
    'did you mean `hip-video` or `hip-stills`?'
    """
    import difflib  # only where somebody misspelt

    words = list(known)
    meant = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    meant = meant or [each for each in words if word and each.startswith(word.lower())][:_MOST_BEGUN]
    return f"did you mean {' or '.join(f'`{each}`' for each in meant)}?" if meant else ""
