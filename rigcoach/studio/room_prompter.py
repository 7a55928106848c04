"""What a drill says, asks and waits for, on the page and the phone."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rigcoach.base.progress import Advance
from rigcoach.journal import folder
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import Guess
from rigcoach.live.cues import NOTHING_SAID, Cue, next_word
from rigcoach.practice.open_session import Prompter, nothing_meanwhile
from rigcoach.studio.drill_state import Phase, State, shown_take

MOST_SAID = 12
_TELL_EVERY_S = 0.15
_AWAKE_S = 0.25
_GUESS_S = 25.0


class DrillStopped(KeyboardInterrupt):
    """The drill was stopped on the page or the phone: it ends as on Ctrl-C, camera and takes in order."""


class StateKeeper(Protocol):
    """Keeps what is shown, and tells of each change."""

    @property
    def state(self) -> State:
        """What is going on, as of now."""

    def change(self, **values: Any) -> None:
        """Change what is shown, and tell of it."""

    def say(self, text: str, *, written: bool = True, **values: Any) -> None:
        """Have something said, and written unless it was before, and change what is shown with it."""


@dataclass(slots=True)
class Signals:
    """What the page and the phone say to the drill's thread."""

    go: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    guessed: threading.Event = field(default_factory=threading.Event)
    guess: Guess | None = None


class RoomEar:
    """Hears the live coach and has its words said on the page and the phone; an `Ear`."""

    def __init__(self, room: StateKeeper) -> None:
        self._room = room
        self._memory = NOTHING_SAID

    def hear(self, cue: Cue) -> None:
        """Say a word where one is due."""
        due, self._memory = next_word(cue, self._memory)
        if due is not None:
            self._room.say(due, phase=Phase.WARMING)
        elif self._room.state.phase is not Phase.WARMING:
            self._room.change(phase=Phase.WARMING)


class RoomGuesser:
    """Asks on the page and the phone how a take went; a `Guesser`. Who doesn't answer isn't kept waiting for long."""

    def __init__(self, room: StateKeeper, signals: Signals) -> None:
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

    def __init__(
        self,
        room: StateKeeper,
        signals: Signals,
        known: set[str],
        *,
        by_button: bool = False,
        path: Path | None = None,
    ) -> None:
        self._room, self._signals, self._known, self._by_button = room, signals, known, by_button
        self._path = path
        self._told_at = 0.0

    def say(self, text: str, *, written: bool = True) -> None:
        """Have something said, and written unless it was before."""
        self._check()
        self._said(text, written=written, phase=self._between())

    def call(self, text: str) -> None:
        """Have something said at once: the count, go, stop."""
        self._check()
        if text.isdigit():
            self._said(text, phase=Phase.COUNTING, count=int(text))
            return
        self._said(text, phase=Phase.RECORDING if text == "Go" else Phase.WORKING, count=0)

    def line(self, text: str) -> None:
        """Have something written."""
        self.look()
        self._room.change(log=(*self._room.state.log, text)[-MOST_SAID:])

    def await_ready(self, meanwhile: Callable[[], None]) -> None:
        """Wait for the button; the take that waits is the one after the last begun."""
        self.look()
        self._room.change(take=min(self._room.state.take + 1, len(self._room.state.takes)))
        if self._by_button:
            self.await_go(meanwhile)

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
        takes = tuple(shown_take(take, told=over or take.told is True) for take in session.takes)
        begun = [take.number for take in session.takes if take.state.value != "planned"]
        self._room.change(takes=takes, session=self._path.name, take=max(begun, default=0))

    def _between(self) -> Phase:
        phase = self._room.state.phase
        return phase if phase in (Phase.PREPARING, Phase.READY, Phase.RECORDING) else Phase.WORKING

    def _said(self, text: str, *, written: bool = True, **values: Any) -> None:
        self.look()
        self._room.say(text, written=written, **values)

    def await_go(self, meanwhile: Callable[[], None] = nothing_meanwhile) -> None:
        """Wait until the button is pressed."""
        self._signals.go.clear()
        self._room.change(phase=Phase.READY)
        while not self._signals.go.wait(_AWAKE_S):
            self._check()
            meanwhile()

    def _check(self) -> None:
        if self._signals.stop.is_set():
            raise DrillStopped
