"""What everybody sees of the drill that runs: one state, sent whole."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rigcoach.base.percent import percent
from rigcoach.journal.session import Take
from rigcoach.report.catalogue import Words


class Phase(StrEnum):
    """What is going on."""

    IDLE = "idle"
    PREPARING = "preparing"  # profile, checks
    READY = "ready"  # a take waits for the button
    COUNTING = "counting"
    RECORDING = "recording"
    WORKING = "working"  # fetching, scoring, the pause
    WARMING = "warming"  # a coached look, of which nothing is recorded
    WAITING = "waiting"  # shot off the cable: the clips are to be brought in
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


_OVER = (Phase.IDLE, Phase.WAITING, Phase.DONE, Phase.STOPPED, Phase.FAILED)


@dataclass(frozen=True, slots=True)
class ShownTake:
    """A take as the page lists it; results are words and numbers, never pictures."""

    number: int
    wants: str
    state: str
    overall: float | None = None
    keepers: str = ""
    fault: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All that a page or a phone shows of the drill; whoever comes late is sent the whole of it.

    Attributes
    ----------
    version
        Grows with each change.
    said, said_number
        The last thing said, and how many were before it: a phone speaks each once.
    count
        What is counted, 3 to 1; 0 when none is.
    guess
        The take of which it is asked how it went; 0 when nothing is asked.
    doing, done, of
        A step that takes time, how far it is, and of how much where that is known.
    """

    version: int = 0
    phase: Phase = Phase.IDLE
    drill: str = ""
    blind: bool = False
    session: str = ""
    take: int = 0
    takes: tuple[ShownTake, ...] = ()
    count: int = 0
    said: str = ""
    said_number: int = 0
    log: tuple[str, ...] = ()
    doing: str = ""
    done: float = 0.0
    of: float | None = None
    error: str = ""
    guess: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing is going on."""
        return self.phase in _OVER


def state_document(state: State, words: Words) -> dict[str, Any]:
    """Return what is sent to pages and phones, told in their language."""
    told: dict[str, Any] = {name: words.told(getattr(state, name)) for name in ("said", "doing", "error")}
    told["log"] = [words.told(line) for line in state.log]
    told["takes"] = [
        asdict(take) | {name: words.told(getattr(take, name)) for name in ("wants", "fault", "error")}
        for take in state.takes
    ]
    return {"schema": "rigcoach.studio-state/1", "over": state.over, **asdict(state), **told}


def shown_take(take: Take, *, told: bool) -> ShownTake:
    """Return a take as the page lists it, with its result where that is told."""
    score = take.score if told else None
    return ShownTake(
        take.number,
        take.station.announcement,
        take.state.value,
        None if score is None else score.overall,
        "" if score is None else percent(score.keeper_ratio),
        "" if score is None else next((fault.short or fault.text for fault in score.faults), ""),
        take.error or "",
    )
