"""Which state of a take or a session may follow which, on what: one table, and the diagram that is made of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rigcoach.base.errors import RigcoachError


class TakeState(StrEnum):
    """How far a take has come."""

    PLANNED = "planned"
    RECORDING = "recording"  # begun, or off the cable: the photographer was told to
    RECORDED = "recorded"  # its clip is on the camera's card
    FETCHED = "fetched"  # its clip is in the session's folder
    SCORED = "scored"
    FAILED = "failed"
    MISSING = "missing"  # no clip was found for it


class SessionState(StrEnum):
    """How a session stands."""

    OPEN = "open"  # it is running; or it was, and was killed
    WAITING = "waiting"  # its clips are to be brought in
    STOPPED = "stopped"  # by the photographer, or by something that failed
    CLOSED = "closed"


class IllegalStepError(RigcoachError):
    """A step that does not follow from the state a take or a session is in."""

    code = "journal.illegal-step"


State = TypeVar("State", TakeState, SessionState)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """On an event, a state follows those `before`; where `after` is None the state stays as it is."""

    event: str
    before: tuple[State, ...]
    after: State | None


_T, _S = TakeState, SessionState

TAKE_STEPS: tuple[Step[TakeState], ...] = (
    Step("begun", (_T.PLANNED,), _T.RECORDING),
    Step("recorded on the card", (_T.RECORDING,), _T.RECORDED),
    # Off the cable a clip comes for what was only told to begin, or stands on a printed sheet; late, for what had
    # failed or was missing.
    # Noted before the clip gets its name: should that be the last thing done, the next run knows the file for its clip.
    Step("clip arriving", (_T.PLANNED, _T.RECORDING, _T.RECORDED, _T.FAILED, _T.MISSING), None),
    Step("clip fetched", (_T.PLANNED, _T.RECORDING, _T.RECORDED, _T.FAILED, _T.MISSING), _T.FETCHED),
    Step("scored", (_T.FETCHED, _T.SCORED), _T.SCORED),
    Step("scoring failed", (_T.FETCHED, _T.SCORED), None),
    Step("failed", (_T.PLANNED, _T.RECORDING), _T.FAILED),
    # Its clip is on the card still, and can be fetched later.
    Step("fetching failed", (_T.RECORDED,), None),
    Step("no clip found", (_T.PLANNED, _T.RECORDING, _T.FAILED, _T.MISSING), _T.MISSING),
    # What was recorded is missed only when somebody says that it is lost.
    Step("given up", (_T.RECORDED,), _T.MISSING),
)

SESSION_STEPS: tuple[Step[SessionState], ...] = (
    Step("takes shot untethered", (_S.OPEN,), _S.WAITING),
    Step("stopped", (_S.OPEN, _S.WAITING, _S.STOPPED), _S.STOPPED),
    Step("all takes accounted for", (_S.OPEN, _S.WAITING, _S.STOPPED, _S.CLOSED), _S.CLOSED),
)


def state_after(steps: tuple[Step[State], ...], state: State, event: str) -> State:
    """Return the state that follows on an event.

    Raises
    ------
    IllegalStepError
        Where the event cannot happen in that state.

    >>> str(state_after(TAKE_STEPS, TakeState.RECORDING, "recorded on the card"))
    'recorded'
    """
    step = next(step for step in steps if step.event == event)
    if state not in step.before:
        raise IllegalStepError(
            f"a session or take that is {state} cannot become {event}",
            why=f"that follows on {', '.join(step.before)}",
            next_step="Report this: `rigcoach log show` tells how the session stands",
        )
    return state if step.after is None else step.after


def diagram(steps: tuple[Step[State], ...]) -> str:
    """Return the steps as a state diagram in Mermaid's language, for the documentation."""
    lines = ["stateDiagram-v2"]
    for step in steps:
        lines += [f"    {before} --> {step.after or before}: {step.event}" for before in step.before]
    return "\n".join(lines)
