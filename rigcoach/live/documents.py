"""What the live coach did and what was read of live view, for JSON documents."""

from collections.abc import Mapping, Sequence

from rigcoach.base.documents import Document, rounded
from rigcoach.live.coach import Tally
from rigcoach.live.focus_assist import FocusReading, FocusWord


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


def focus_assist_document(zoom: int, readings: Sequence[FocusReading]) -> Document:
    """Return what `rigcoach focus assist --json` prints."""
    read = [each for each in readings if each.blur_px is not None]
    return {
        "schema": "rigcoach.focus-assist/1",
        "zoom": zoom,
        **blur_read(readings),
        "there": bool(read) and read[-1].word is FocusWord.THERE,
        "readings": [
            {
                "t_s": rounded(each.t_s - readings[0].t_s, 3),
                "blur_px": rounded(each.blur_px, 2),
                "interval_px": None if each.interval_px is None else [rounded(end, 2) for end in each.interval_px],
                "word": str(each.word),
            }
            for each in readings
        ],
    }


def blur_read(readings: Sequence[FocusReading]) -> Document:
    """Return the last blur that was read, and the sharpest."""
    read = [each for each in readings if each.blur_px is not None]
    return {
        "blur_px": rounded(read[-1].blur_px, 2) if read else None,
        "sharpest_px": rounded(read[-1].sharpest_px, 2) if read else None,
    }
