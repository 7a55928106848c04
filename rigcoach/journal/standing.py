"""A session's state, in a few words."""

from rigcoach.journal.folder import folder_of, is_held
from rigcoach.journal.index import COPY, SessionRow
from rigcoach.journal.states import SessionState

_PASSED = {True: "passed", False: "not passed", None: "–"}


def standing(row: SessionRow) -> str:
    """Return how a session stands: running or interrupted, waiting for its clips, stopped, or how it was passed."""
    match row.state:
        case SessionState.OPEN:
            return "running" if is_held(folder_of(row.id)) else "interrupted"
        case SessionState.WAITING:
            return "waiting for clips"
        case SessionState.CLOSED:
            if row.not_counted == COPY:
                return "a copy"
            return _PASSED[row.passed] if row.counts else "not counted"
    return row.state
