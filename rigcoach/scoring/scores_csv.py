"""Clips' scores as comma-separated values (RFC 4180), a clip a line."""

import csv
import io

from rigcoach.scoring.batch import FailedClip, ScoredClip
from rigcoach.scoring.documents import clip_document

COLUMNS = (
    "clip",
    "overall",
    "focus",
    "framing",
    "steadiness",
    "exposure",
    "keeper_ratio",
    "longest_keeper_start_s",
    "longest_keeper_end_s",
    "subject",
    "found_ratio",
    "duration_s",
    "frame_count",
    "fps",
    "width",
    "height",
    "advice",
    "error",
)


def header_line() -> str:
    """Return the line of names."""
    return _line(COLUMNS)


def clip_line(result: ScoredClip | FailedClip) -> str:
    """Return a clip's line: numbers as in ``score --json``; what cannot be given is empty.

    `advice` holds the codes, separated by blanks; `error` is filled for a clip that could not be scored, and only then.
    """
    document = clip_document(result)
    if isinstance(result, FailedClip):
        return _line((result.name, *[""] * (len(COLUMNS) - 2), document["error"]["text"]))
    start, end = document["longest_keeper_s"] or (None, None)
    found = {
        **document,
        **document["score"],
        "longest_keeper_start_s": start,
        "longest_keeper_end_s": end,
        "subject": document["subject"]["kind"],
        "found_ratio": document["subject"]["found_ratio"],
        "advice": " ".join(advice["code"] for advice in document["advice"]),
        "error": None,
    }
    return _line(["" if found[column] is None else found[column] for column in COLUMNS])


def _line(cells: "list[object] | tuple[object, ...]") -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()
