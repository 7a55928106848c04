"""A session while it goes on: every step is written down as it is taken."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, Self

from rigcoach.analysis.results import RigOptics
from rigcoach.drills.model import Drill, Station
from rigcoach.journal import folder, index
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Session, SessionState, Take, TakeState
from rigcoach.practice.take_score import Job, TakeResult
from rigcoach.rig.profile import Profile

Advance = Callable[[float, float | None], None]


class Prompter(Protocol):
    """How the photographer hears of things."""

    def say(self, text: str, *, written: bool = True) -> None:
        """Say and write something, once what is being said is over."""

    def call(self, text: str) -> None:
        """Say and write something at once."""

    def line(self, text: str) -> None:
        """Write something."""

    def step(self, doing: str) -> AbstractContextManager[Advance]:
        """Open a display of progress."""


class OpenSession:
    """A session and its folder.

    Attributes
    ----------
    folder
        Where it lies.
    session
        As it was written last.
    """

    def __init__(self, path: Path, session: Session) -> None:
        self.folder = path
        self.session = session

    @classmethod
    def begin(cls, drill: Drill, stations: tuple[Station, ...], lean: str, profile: Profile, *, tethered: bool) -> Self:
        """Make the folder of a new session.

        Raises
        ------
        JournalError
            Where it cannot be written.
        """
        session = Session(
            id="",
            drill=drill,
            state=SessionState.OPEN,
            started_at=folder.now(),
            tethered=tethered,
            profile=profile.name,
            body_id=profile.rig.ids.get("body"),
            lens_id=profile.rig.ids.get("lens"),
            adapter_id=profile.rig.ids.get("adapter"),
            lean=lean,
            takes=tuple(Take(number=number, station=station) for number, station in enumerate(stations, 1)),
        )
        path = folder.create(session)
        return cls(path, replace(session, id=path.name))

    def update(self, **changes: Any) -> None:
        """Change the session, and write it down.

        Raises
        ------
        JournalError
            Where it cannot be written.
        """
        session = replace(self.session, **changes)
        folder.write(self.folder, session)
        self.session = session

    def take(self, number: int) -> Take:
        """Return a take by its number."""
        return self.session.takes[number - 1]

    def update_take(self, number: int, **changes: Any) -> None:
        """Change a take, and write the session down."""
        takes = list(self.session.takes)
        takes[number - 1] = replace(takes[number - 1], **changes)
        self.update(takes=tuple(takes))

    def job(self, number: int, rig: RigOptics) -> Job:
        """Return what is to be scored of a take whose clip is in the folder."""
        take = self.take(number)
        return Job(
            take=number,
            clip=self.folder / Path(take.clip or "").name,
            scores=self.folder / folder.SCORES_FOLDER / f"{take.stem}.json",
            station=take.station,
            frame=self.session.drill.frame,
            rig=rig,
        )

    def scored(self, outcome: TakeResult) -> None:
        """Note what came of scoring a take."""
        if outcome.score is not None:
            self.update_take(outcome.take, state=TakeState.SCORED, score=outcome.score, error=None)
        else:
            self.update_take(outcome.take, error=outcome.error)


@contextmanager
def kept_in_order(sitting: OpenSession, stage: Prompter) -> Iterator[None]:
    """Hold a session's folder while it goes on; leave the session stopped where it does not come to its end.

    The index follows whatever happens; where it cannot, that is said, and the session is whole all the same.
    """
    with folder.held(sitting.folder):
        try:
            yield
        except BaseException:
            try:
                sitting.update(state=SessionState.STOPPED, ended_at=folder.now())
            except JournalError as error:
                # What failed first is what is told in the end.
                stage.line(error.line())
            raise
        finally:
            try:
                index.update()
            except JournalError as error:
                stage.line(error.line())


def told_result(outcome: TakeResult) -> str:
    """Return what is said of a take that was scored.

    >>> told_result(TakeResult(2, None, "clip.mov is damaged"))
    'Take 2 has no score: clip.mov is damaged'
    """
    score = outcome.score
    if score is None:
        return f"Take {outcome.take} has no score: {outcome.error}"
    short = next((fault.short for fault in score.faults if fault.short), "")
    fault = f". Mostly {short}" if short else ""
    if score.overall is None:
        why = next(iter(score.reasons.values()), "nothing could be measured")
        return f"Take {outcome.take}: no score, {why}"
    return f"Take {outcome.take}: {score.overall:.0f}, {100 * score.keeper_ratio:.0f} % keepers{fault}"
