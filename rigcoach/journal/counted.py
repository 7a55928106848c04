"""The part of a journal that counts: real sessions, measured as they should be; or the emulator's, kept apart."""

from dataclasses import replace

from rigcoach.journal.index import Log, SessionRow

EMULATOR_ONLY = "emulated"


def counted(log: Log, *, emulated: bool = False) -> Log:
    """Return a journal with nothing in it but what counts.

    With `emulated` it is that of the emulator instead: sessions that would count, had they not been made on it. They
    are given out as if they did, so that everything that is made of a journal can be looked at without a camera;
    whoever shows it says so.
    """
    rows = tuple(row for row in (_as_emulated(row) if emulated else row for row in log.sessions) if row.counts)
    ids = {row.id for row in rows}
    return replace(log, sessions=rows, takes=tuple(take for take in log.takes if take.session_id in ids))


def _as_emulated(row: SessionRow) -> SessionRow:
    if row.not_counted == EMULATOR_ONLY:
        return replace(row, counts=row.met is not None, passed=row.met)
    return replace(row, counts=False, passed=None)
