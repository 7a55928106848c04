"""A session's takes, scored again from their clips: as they were for the journal, and with all that was measured."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rigcoach.analysis.results import RigOptics, rig_optics
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance, no_progress
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session, Take
from rigcoach.journal.states import TakeState
from rigcoach.practice.open_session import OpenSession
from rigcoach.practice.take_score import score_job
from rigcoach.rig.profile import Profile, load_profile
from rigcoach.scoring.batch import ScoredClip, part_of_all


@dataclass(frozen=True, slots=True)
class ScoredTake:
    """A take's number, and its clip as it was scored."""

    number: int
    scored: ScoredClip


def score_takes(
    folder: Path, session: Session, tell: Callable[[str], None], advance: Advance = no_progress
) -> tuple[ScoredTake, ...]:
    """Score every take of a session whose clip is in its folder; the journal stays as it is.

    Parameters
    ----------
    folder, session
        The session, and where its clips lie.
    tell
        Told of every take that is left out, and why.
    advance
        Told of the takes scored and the part of the present one, and of how many there are.

    Raises
    ------
    JournalError
        Where there is no take with a clip that can be scored.
    """
    open_session, rig = OpenSession(folder, session), _rig(session, tell)
    takes = [take for take in session.takes if take.state is not TakeState.PLANNED]
    found = []
    for i, take in enumerate(takes):
        why = _missing(folder, take)
        if not why:
            result = score_job(open_session.job(take.number, rig), part_of_all(i, len(takes), advance))
            if isinstance(result, ScoredClip):
                found.append(ScoredTake(take.number, result))
                continue
            why = result.error.line()
        tell(f"Take {take.number} is left out: {why}")
    if not found:
        raise JournalError(
            f"no take of {session.id} can be scored",
            why="none of their clips is in its folder and whole",
            next_step=f"Import them: rigcoach ingest FOLDER --session {session.id}",
            code="journal.no-clips",
        )
    return tuple(found)


def _missing(folder: Path, take: Take) -> str:
    """Return why a take's clip cannot be had; empty where it is there. Only what lies in the folder is opened."""
    if not take.files or any(Path(name).name != name for name in take.files):
        return "it has no clip"
    missing = [name for name in take.files if not (folder / name).is_file()]
    return f"{missing[0]} is not there" if missing else ""


def known_profile(session: Session) -> Profile | None:
    """Return the profile that a session was shot with; None where it is no longer there or cannot be used."""
    try:
        return load_profile(session.profile)
    except RigcoachError:
        return None  # who scores its takes tells why


def _rig(session: Session, tell: Callable[[str], None]) -> RigOptics:
    try:
        return rig_optics(load_profile(session.profile))
    except RigcoachError as error:
        tell(f"{error.line()} Without it, distances and motion blur are not measured")
        return RigOptics()
