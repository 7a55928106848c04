"""A drill that is run from the page or the phone: a thread that rehearses, and what everybody sees of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Guess, Take
from rigcoach.practice.open_session import OpenSession, Prompter
from rigcoach.practice.tethered import COUNT_FROM, RunPlan, run_tethered
from rigcoach.studio.commands import Commands

_TELL_EVERY_S = 0.15
_MOST_SAID = 12
_AWAKE_S = 0.25
_GUESS_S = 25.0


class DrillStopped(KeyboardInterrupt):
    """The drill was stopped on the page or the phone: it ends as on Ctrl-C, camera and takes in order."""


class BusyError(RigcoachError):
    """Something that has to wait until the drill is over."""

    code = "studio.busy"


class Phase(StrEnum):
    """What is going on."""

    IDLE = "idle"
    PREPARING = "preparing"  # profile, checks
    READY = "ready"  # a take waits for the button
    COUNTING = "counting"
    RECORDING = "recording"
    WORKING = "working"  # fetching, scoring, the pause
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


_OVER = (Phase.IDLE, Phase.DONE, Phase.STOPPED, Phase.FAILED)


@dataclass(frozen=True, slots=True)
class ShownTake:
    """A take as the page lists it; results are words and numbers, never pictures."""

    number: int
    wants: str
    state: str
    overall: float | None = None
    keepers: float | None = None
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


def state_document(state: State) -> dict[str, Any]:
    """Return what is sent to pages and phones."""
    return {"schema": "rigcoach.studio-state/1", "over": state.over, **asdict(state)}


@dataclass(slots=True)
class _Signals:
    go: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    guessed: threading.Event = field(default_factory=threading.Event)
    guess: Guess | None = None


class DrillRoom:
    """Runs one drill at a time in a thread of its own; every method may be called from any thread.

    Parameters
    ----------
    commands
        What the drill command calls.
    tell
        Called after each change of `state`, from the thread that made it.
    """

    def __init__(self, commands: Commands, tell: Callable[[], None]) -> None:
        self.commands, self._tell = commands, tell
        self._lock = threading.RLock()
        self._state = State()
        self._signals = _Signals()
        self._thread: threading.Thread | None = None
        self.camera = threading.Lock()
        """Held by whoever uses the camera."""

    @property
    def state(self) -> State:
        """What is going on, as of now."""
        return self._state

    def start(self, name: str, *, by_button: bool, test: bool = False, guesses: bool = True) -> None:
        """Begin a drill; with `by_button` each take waits until the button is pressed.

        With `test` it is the drill's test that is due; with `guesses` it is asked how a take went before that is told.

        Raises
        ------
        BusyError
            One is running, or the camera is in use.
        rigcoach.base.errors.RigcoachError
            There is no such drill, or it cannot be used.
        """
        plan = self.commands.run_plan(name, test)
        with self._lock:
            if not self._state.over:
                raise BusyError("a drill is running", next_step="Stop it first")
            self._signals = _Signals()
            waiting = tuple(ShownTake(i, each.announcement, "planned") for i, each in enumerate(plan.stations, 1))
            self._state = State(
                self._state.version + 1, Phase.PREPARING, plan.drill.name, plan.drill.blind, takes=waiting
            )
            self._thread = threading.Thread(
                target=self._run, args=(plan, by_button, guesses), name="drill", daemon=True
            )
            self._thread.start()
        self._tell()

    def go(self) -> bool:
        """Begin the take that waits; whether one did."""
        if self._state.phase is not Phase.READY:
            return False
        self._signals.go.set()
        return True

    def stop(self) -> bool:
        """Stop the drill; whether one was running."""
        if self._state.over:
            return False
        self._signals.stop.set()
        return True

    def close(self, timeout_s: float = 60.0) -> None:
        """Stop the drill, and wait until camera and session are in order."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._signals.stop.set()
            thread.join(timeout_s)

    def change(self, **values: Any) -> None:
        """Change what is shown, and tell of it."""
        with self._lock:
            self._state = replace(self._state, version=self._state.version + 1, **values)
        self._tell()

    def guess(self, number: int, guess: Guess | None) -> bool:
        """Answer how a take went, None for no answer; whether that was asked."""
        if self._state.guess != number:
            return False
        self._signals.guess = guess
        self._signals.guessed.set()
        return True

    def _run(self, plan: RunPlan, by_button: bool, guesses: bool) -> None:
        known = set(folder.session_ids())
        prompter = RoomPrompter(self, self._signals, known, by_button=by_button)
        if guesses:
            plan = replace(plan, guesser=RoomGuesser(self, self._signals))
        try:
            with self.camera, self.commands.opened_camera() as camera:
                open_session = run_tethered(camera, plan, prompter)
            self._finished(prompter, open_session)
        except DrillStopped:
            prompter.look(over=True)
            self.change(phase=Phase.STOPPED, doing="", count=0, guess=0, error="")
        except RigcoachError as error:
            prompter.look(over=True)
            self.change(phase=Phase.FAILED, doing="", count=0, guess=0, error=error.line())
        except Exception as error:  # noqa: BLE001 - the page says it; nobody else would
            prompter.look(over=True)
            told = f"something went wrong inside rigcoach ({type(error).__name__}: {error})"
            self.change(phase=Phase.FAILED, doing="", count=0, guess=0, error=told)

    def _finished(self, prompter: "RoomPrompter", open_session: OpenSession) -> None:
        self.change(phase=Phase.WORKING, session=open_session.folder.name)
        self.commands.finish(prompter, open_session)
        silent = open_session.session.schedule.feedback == "none"
        prompter.look(over=not silent)
        self.change(phase=Phase.DONE, doing="", count=0, guess=0)


def _shown(take: Take, *, told: bool) -> ShownTake:
    score = take.score if told else None
    return ShownTake(
        take.number,
        take.station.announcement,
        take.state.value,
        None if score is None else score.overall,
        None if score is None else score.keeper_ratio,
        "" if score is None else next((fault.short or fault.text for fault in score.faults), ""),
        take.error or "",
    )


class RoomGuesser:
    """Asks on the page and the phone how a take went; a `Guesser`. Who doesn't answer isn't kept waiting for long."""

    def __init__(self, room: DrillRoom, signals: _Signals) -> None:
        self._room, self._signals = room, signals

    def ask(self, number: int, prompter: Prompter) -> Guess | None:
        """Ask about a take by its number."""
        self._signals.guessed.clear()
        self._signals.guess = None
        prompter.say(f"Take {number}: how was it?")
        self._room.change(guess=number, phase=Phase.WORKING)
        until = time.monotonic() + _GUESS_S
        while time.monotonic() < until and not self._signals.guessed.wait(_AWAKE_S):
            if self._signals.stop.is_set():
                raise DrillStopped
        self._room.change(guess=0)
        return self._signals.guess


class RoomPrompter:
    """What a drill says and does, as changes of the room's state; a `Prompter`.

    Each of its methods may raise `DrillStopped`: there the drill ends as it does on Ctrl-C.
    """

    def __init__(self, room: DrillRoom, signals: _Signals, known: set[str], *, by_button: bool) -> None:
        self._room, self._signals, self._known, self._by_button = room, signals, known, by_button
        self._path: Path | None = None
        self._told_at = 0.0

    def say(self, text: str, *, written: bool = True) -> None:  # noqa: ARG002 - all is written here
        """Have something said."""
        self._check()
        self._said(text, phase=self._between())

    def call(self, text: str) -> None:
        """Have something said at once: the count, go, stop."""
        self._check()
        if text == str(COUNT_FROM):
            self._await_button()
        if text.isdigit():
            self._said(text, phase=Phase.COUNTING, count=int(text))
            return
        self._said(text, phase=Phase.RECORDING if text == "Go" else Phase.WORKING, count=0)

    def line(self, text: str) -> None:
        """Have something written."""
        state = self._room.state
        self._room.change(log=(*state.log, text)[-_MOST_SAID:])

    @contextmanager
    def step(self, doing: str) -> Iterator[Advance]:
        """Show a step that takes time."""
        self._check()
        self.look()
        self._room.change(doing=doing, done=0.0, of=None)

        def advance(done: float, of: float | None) -> None:
            self._check()
            now = time.monotonic()
            if now - self._told_at >= _TELL_EVERY_S or done == of:
                self._told_at = now
                self._room.change(done=round(done, 2), of=None if of is None else round(of, 2))

        try:
            yield advance
        finally:
            self.look()
            self._room.change(doing="", done=0.0, of=None)

    def look(self, *, over: bool = False) -> None:
        """Read how the session's takes stand from its folder; what was not told is shown once all is over."""
        try:
            if self._path is None:
                new = [name for name in folder.session_ids() if name not in self._known]
                if not new:
                    return
                self._path = folder.folder_of(new[-1])
            session = folder.read(self._path)
        except JournalError:
            return  # it is being written; the next look finds it
        takes = tuple(_shown(take, told=over or take.told is True) for take in session.takes)
        begun = [take.number for take in session.takes if take.state.value != "planned"]
        self._room.change(takes=takes, session=self._path.name, take=max(begun, default=0))

    def _between(self) -> Phase:
        phase = self._room.state.phase
        return phase if phase in (Phase.PREPARING, Phase.RECORDING) else Phase.WORKING

    def _said(self, text: str, **values: Any) -> None:
        state = self._room.state
        log = (*state.log, text)[-_MOST_SAID:]
        self.look()
        self._room.change(said=text, said_number=state.said_number + 1, log=log, **values)

    def _await_button(self) -> None:
        """Wait for the button; the take that waits is the one after the last begun."""
        self.look()
        self._room.change(take=min(self._room.state.take + 1, len(self._room.state.takes)))
        if not self._by_button:
            return
        self._signals.go.clear()
        self._room.change(phase=Phase.READY)
        while not self._signals.go.wait(_AWAKE_S):
            self._check()

    def _check(self) -> None:
        if self._signals.stop.is_set():
            raise DrillStopped
