"""Where a take's subject is in a frame, from the take's scores in the session's folder.

The file is the one that `rigcoach.scoring.documents` describes (``rigcoach.score/1``), but whoever passed the folder on
may have written it: whatever is not as it should be makes the subject unknown.
"""

import json
import math
from pathlib import Path
from typing import Any

from rigcoach.analysis.results import Subject
from rigcoach.base.errors import RigcoachError
from rigcoach.journal.folder import SCORES_FOLDER
from rigcoach.journal.session import Take
from rigcoach.measure.picture.box import Box
from rigcoach.report.faces import FACED

_MOST_BYTES = 200_000_000


class UnknownSubjectError(RigcoachError):
    """A take whose scores don't tell where its subject is."""

    code = "session.subject-unknown"


def subject_at(folder: Path, take: Take, index: int) -> Subject | None:
    """Return a take's subject in the frame of a number; `None` where it is not in it, or has no face.

    Raises
    ------
    UnknownSubjectError
        The subject has a face, and the take's scores don't tell where it is.
    """
    if take.score is None or take.score.subject_kind not in FACED:
        return None
    path = folder / SCORES_FOLDER / f"{take.stem}.json"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnknownSubjectError(f"{path.name} contains no scores", why="it is too large")
        found = json.loads(path.read_bytes())["frames"][index]["subject"]
        return None if found is None else Subject(str(found["kind"]), _box(found["box"]), 1.0)
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise UnknownSubjectError(
            f"take {take.number}'s subject is not known", why=f"{path.name} does not say where it is"
        ) from error


def _box(numbers: list[Any]) -> Box:
    x, y, width, height = (float(number) for number in numbers)
    if not all(map(math.isfinite, (x, y, width, height))):
        raise ValueError("a box without bounds")
    return (x, y, width, height)
