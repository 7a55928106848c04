"""What somebody may have meant who misspelt a word."""

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question such as ``did you mean `shutter`?`` where a known word is close, else nothing."""
    import difflib  # only where somebody misspelt

    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
