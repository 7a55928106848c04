"""A drill that is run from the page or the phone, and clips being imported: one thing at a time, in a thread."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from rigcoach.base.errors import RigcoachError
from rigcoach.journal import folder
from rigcoach.journal.session import Guess
from rigcoach.practice.ingest import ingest
from rigcoach.practice.open_session import OpenSession, resumed
from rigcoach.practice.run_plan import RunPlan
from rigcoach.practice.tethered import run_tethered
from rigcoach.practice.untethered import run_untethered
from rigcoach.studio.commands import Commands
from rigcoach.studio.drill_state import Phase, ShownTake, State, shown_take
from rigcoach.studio.room_prompter import MOST_SAID, DrillStopped, RoomEar, RoomGuesser, RoomPrompter, Signals
from rigcoach.tether.camera import Camera


class BusyError(RigcoachError):
    """Something that has to wait until the drill is over."""

    code = "studio.busy"


class Way(StrEnum):
    """How a drill is shot."""

    TETHERED = "tethered"
    UNTETHERED = "untethered"  # the rig is set on the cable, then unplugged
    BY_HAND = "by-hand"  # the rig was set by hand, without a cable
    SHEET = "sheet"  # at any time, from a printed running order


@dataclass(frozen=True, slots=True)
class Wish:
    """How a drill is wanted.

    Attributes
    ----------
    way
        How it is shot.
    by_button
        Whether each take waits until the button is pressed.
    test
        Whether it is the drill's test that is due.
    guesses
        Whether it is asked how a take went before that is told.
    warm_up
        Whether coached looks come before the takes, where the camera is on the cable.
    """

    way: Way = Way.TETHERED
    by_button: bool = True
    test: bool = False
    guesses: bool = True
    warm_up: bool = False


@dataclass(frozen=True, slots=True)
class BringIn:
    """Clips to be brought in.

    Attributes
    ----------
    session
        The folder of the session that they are for.
    source
        A folder with clips; None for the camera's card.
    chosen
        Clips that are named for takes, by the takes' numbers.
    give_up
        Whether to close the session without clips that are lost.
    guesses
        Whether it is asked how takes went of which that was not said.
    """

    session: Path
    source: Path | None
    chosen: Mapping[int, str]
    give_up: bool = False
    guesses: bool = True


class DrillRoom:
    """Runs one thing at a time in a thread of its own; every method may be called from any thread.

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
        self._signals = Signals()
        self._thread: threading.Thread | None = None
        self.camera = threading.Lock()
        """Held by whoever uses the camera."""

    @property
    def state(self) -> State:
        """What is going on, as of now."""
        return self._state

    def start(self, name: str, wish: Wish) -> None:
        """Begin a drill.

        Raises
        ------
        BusyError
            Something is running, or the camera is in use.
        rigcoach.base.errors.RigcoachError
            There is no such drill, or it cannot be used.
        """
        plan = self.commands.run_plan(name, wish.test)
        waiting = tuple(ShownTake(i, each.announcement, "planned") for i, each in enumerate(plan.stations, 1))
        shown = {"drill": plan.drill.name, "blind": plan.drill.blind, "takes": waiting}
        known = set(folder.session_ids())

        def rehearse(prompter: RoomPrompter) -> None:
            if wish.way is Way.TETHERED:
                self._tethered(plan, wish, prompter)
            else:
                self._untethered(plan, wish, prompter)

        self._begin(lambda signals: RoomPrompter(self, signals, known, by_button=wish.by_button), rehearse, **shown)

    def bring_in(self, wanted: BringIn) -> None:
        """Bring in a session's clips and score them.

        Raises
        ------
        BusyError
            Something is running.
        rigcoach.base.errors.RigcoachError
            The session cannot be read.
        """
        session = folder.read(wanted.session)
        takes = tuple(shown_take(take, told=take.told is True) for take in session.takes)
        shown = {"drill": session.drill.name, "takes": takes, "session": wanted.session.name, "phase": Phase.WORKING}

        def bring(prompter: RoomPrompter) -> None:
            guesser = RoomGuesser(self, self._signals) if wanted.guesses else None
            with resumed(wanted.session) as open_session, self._source(wanted) as source:
                ingest(open_session, source, prompter, wanted.chosen, give_up=wanted.give_up, guesser=guesser)
                self._finished(prompter, open_session)

        self._begin(lambda signals: RoomPrompter(self, signals, set(), path=wanted.session), bring, **shown)

    def go(self) -> bool:
        """Begin the take that waits; whether one did."""
        if self._state.phase is not Phase.READY:
            return False
        self._signals.go.set()
        return True

    def stop(self) -> bool:
        """Stop what is running; whether anything was."""
        if self._state.over:
            return False
        self._signals.stop.set()
        return True

    def close(self, timeout_s: float = 60.0) -> None:
        """Stop what is running, and wait until camera and session are in order."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._signals.stop.set()
            thread.join(timeout_s)

    def change(self, **values: Any) -> None:
        """Change what is shown, and tell of it."""
        with self._lock:
            self._state = replace(self._state, version=self._state.version + 1, **values)
        self._tell()

    def say(self, text: str, *, written: bool = True, **values: Any) -> None:
        """Have something said, and written unless it was before, and change what is shown with it."""
        with self._lock:
            state = self._state
            log = (*state.log, text)[-MOST_SAID:] if written else state.log
            self.change(said=text, said_number=state.said_number + 1, log=log, **values)

    def guess(self, number: int, guess: Guess | None) -> bool:
        """Answer how a take went, None for no answer; whether that was asked."""
        if self._state.guess != number:
            return False
        self._signals.guess = guess
        self._signals.guessed.set()
        return True

    def _begin(
        self, prompted: Callable[[Signals], RoomPrompter], work: Callable[[RoomPrompter], None], **shown: Any
    ) -> None:
        with self._lock:
            if not self._state.over:
                raise BusyError("a drill is running", next_step="Stop it first")
            self._signals = Signals()
            self._state = State(self._state.version + 1, **({"phase": Phase.PREPARING} | shown))
            arguments = (prompted(self._signals), work)
            self._thread = threading.Thread(target=self._run, args=arguments, name="drill", daemon=True)
            self._thread.start()
        self._tell()

    def _run(self, prompter: RoomPrompter, work: Callable[[RoomPrompter], None]) -> None:
        still = {"doing": "", "count": 0, "guess": 0}
        try:
            work(prompter)
        except DrillStopped:
            prompter.look(over=True)
            self.change(phase=Phase.STOPPED, error="", **still)
        except RigcoachError as error:
            prompter.look(over=True)
            self.change(phase=Phase.FAILED, error=error.line(), **still)
        except Exception as error:  # noqa: BLE001 - the page says it; nobody else would
            prompter.look(over=True)
            told = f"something went wrong inside rigcoach ({type(error).__name__}: {error})"
            self.change(phase=Phase.FAILED, error=told, **still)

    def _tethered(self, plan: RunPlan, wish: Wish, prompter: RoomPrompter) -> None:
        guesser = RoomGuesser(self, self._signals) if wish.guesses else None
        ears = (RoomEar(self),) if wish.warm_up and plan.session.schedule.purpose == "practice" else ()
        with self._camera() as camera:
            open_session = run_tethered(camera, replace(plan, guesser=guesser, warm_up_ears=ears), prompter)
        self._finished(prompter, open_session)

    def _untethered(self, plan: RunPlan, wish: Wish, prompter: RoomPrompter) -> None:
        def ready() -> None:
            if wish.way is Way.UNTETHERED:
                prompter.say("Unplug the camera. Press the button when you are ready")
                prompter.await_go()

        by_sheet = wish.way is Way.SHEET
        # Whoever shoots from a sheet says later how it went.
        guesser = RoomGuesser(self, self._signals) if wish.guesses and not by_sheet else None
        open_camera = self._camera if wish.way is Way.UNTETHERED else None
        plan = replace(plan, guesser=guesser)
        open_session = run_untethered(open_camera, plan, prompter, ready, by_sheet=by_sheet)
        prompter.look()
        self.change(phase=Phase.WAITING, doing="", count=0, guess=0, session=open_session.folder.name)

    @contextmanager
    def _camera(self) -> Iterator[Camera]:
        with self.camera, self.commands.opened_camera() as camera:
            yield camera

    def _source(self, wanted: BringIn) -> AbstractContextManager[Camera | Path]:
        return self._camera() if wanted.source is None else nullcontext(wanted.source)

    def _finished(self, prompter: RoomPrompter, open_session: OpenSession) -> None:
        self.change(phase=Phase.WORKING, session=open_session.folder.name)
        self.commands.finish(prompter, open_session)
        prompter.look(over=open_session.session.schedule.sums_up)
        self.change(phase=Phase.DONE, doing="", count=0, guess=0)
