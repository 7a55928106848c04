"""What the live coach did, for JSON documents."""

from collections.abc import Mapping

from rigcoach.base.documents import Document, rounded
from rigcoach.live.coach import Tally


def tally_document(tally: Tally, words: Mapping[str, int]) -> Document:
    """Return what the coach did; `words` are those said, and how often."""
    return {
        "frames_measured": tally.measured,
        "frames_dropped": tally.dropped,
        "frames_unreadable": tally.unreadable,
        "frames_with_subject": tally.found,
        "median_latency_s": rounded(tally.median_latency_s, 4),
        "words": dict(words),
    }
