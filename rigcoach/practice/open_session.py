"""A session while it goes on: every step is written down as it is taken."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from rigcoach.analysis.results import RigOptics
from rigcoach.base.percent import percent
from rigcoach.base.progress import Advance
from rigcoach.drills.model import Drill, Station
from rigcoach.journal import folder, index
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import (
    AS_LISTED,
    CardClip,
    Check,
    Guess,
    NotCounted,
    Schedule,
    Session,
    StudyPlace,
    Take,
    WarmUp,
)
from rigcoach.journal.states import SESSION_STEPS, TAKE_STEPS, IllegalStepError, SessionState, TakeState, state_after
from rigcoach.practice.take_score import ScoringJob, TakeResult
from rigcoach.rig.profile import Profile


class Prompter(Protocol):
    """How the photographer hears of things."""

    def say(self, text: str, *, written: bool = True) -> None:
        """Say and write something, once what is being said is over."""

    def call(self, text: str) -> None:
        """Say and write something at once."""

    def line(self, text: str) -> None:
        """Write something."""

    def await_ready(self, meanwhile: Callable[[], None]) -> None:
        """Return once the photographer is ready for the next take; call `meanwhile` often until then."""

    def step(self, doing: str) -> AbstractContextManager[Advance]:
        """Open a display of progress."""


def nothing_meanwhile() -> None:
    """Do nothing while the photographer is waited for."""


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
        self._to_score_again: set[int] = set()

    def _write(self, session: Session) -> None:
        """Write the session down, and only then take it for true.

        Raises
        ------
        JournalError
            Where it cannot be written.
        """
        folder.write(self.folder, session)
        self.session = session

    def take(self, number: int) -> Take:
        """Return a take by its number."""
        return self.session.takes[number - 1]

    def _write_take(self, take: Take) -> None:
        takes = list(self.session.takes)
        takes[take.number - 1] = take
        self._write(replace(self.session, takes=tuple(takes)))

    def camera_found(self, body: str, source: Literal["movie", "live-view"], *not_counted: NotCounted) -> None:
        """Note which body records, where its takes come from, and why they do not count, where they don't."""
        self._write(_left_out(replace(self.session, body=body, source=source), not_counted))

    def battery_read(self, before: float | None, after: float | None) -> None:
        """Note how full the battery was before and after."""
        self._write(replace(self.session, battery_before=before, battery_after=after))

    def card_found(self, clips: Iterable[CardClip]) -> None:
        """Note the clips on the card that are none of the takes'."""
        self._write(replace(self.session, card_before=tuple(clips)))

    def prepared(
        self,
        body: str,
        checks: Iterable[Check],
        clock_offset_s: float | None,
        clips: Iterable[CardClip],
        *not_counted: NotCounted,
    ) -> None:
        """Note what a body that will be off the cable was found to be, all at once."""
        session = replace(self.session, body=body, checks=tuple(checks), clock_offset_s=clock_offset_s)
        self._write(_left_out(replace(session, card_before=tuple(clips)), not_counted))

    def checked(self, checks: Iterable[Check]) -> None:
        """Note what was checked before the takes."""
        self._write(replace(self.session, checks=tuple(checks)))

    def does_not_count(self, why: NotCounted) -> None:
        """Note that the session does not count for trends and progress."""
        self._write(_left_out(self.session, (why,)))

    def warmed_up(self, looks: Iterable[WarmUp]) -> None:
        """Note what was coached before the takes."""
        self._write(replace(self.session, warm_up=tuple(looks)))

    def guessed(self, number: int, guess: Guess) -> None:
        """Note how the photographer said that a take went."""
        self._write_take(replace(self.take(number), guess=guess))

    def told(self, number: int, *, told: bool) -> None:
        """Note whether a take's result was said."""
        self._write_take(replace(self.take(number), told=told))

    def begin_take(self, number: int) -> None:
        """Note that a take begins."""
        self._write_take(replace(self._after(number, "begun"), started_at=folder.now()))

    def recorded(self, number: int, card_path: str, size_bytes: int, seconds: float) -> None:
        """Note that a take's clip is on the card."""
        take = self._after(number, "recorded on the card")
        self._write_take(
            replace(
                take, recorded_s=round(seconds, 3), card_path=card_path, size_bytes=size_bytes, matched_by="recorded"
            )
        )

    def fetched(
        self,
        number: int,
        clip: str,
        size_bytes: int,
        *,
        seconds: float | None = None,
        card_path: str | None = None,
        sha256: str | None = None,
        matched_by: str | None = None,
    ) -> None:
        """Note that a take's clip is in the session's folder; what is None stays as it was known."""
        take = self._after(number, "clip fetched")
        self._write_take(
            replace(
                take,
                clip=clip,
                size_bytes=size_bytes,
                recorded_s=take.recorded_s if seconds is None else round(seconds, 3),
                card_path=card_path or take.card_path,
                sha256=sha256 or take.sha256,
                matched_by=matched_by or take.matched_by,
                error=None,
            )
        )

    def arriving(
        self,
        number: int,
        sha256: str,
        size_bytes: int,
        card_path: str,
        matched_by: str,
        chapters: tuple[str, ...] = (),
    ) -> None:
        """Note which clip is about to get its name in the session's folder as a take's."""
        take = self._after(number, "clip arriving")
        come = replace(take, sha256=sha256, size_bytes=size_bytes, card_path=card_path, matched_by=matched_by)
        self._write_take(replace(come, chapters=chapters))

    def failed(self, number: int, error: str) -> None:
        """Note that a take could not be recorded, or its clip not fetched: that can be done later."""
        on_card = self.take(number).state is TakeState.RECORDED
        self._write_take(replace(self._after(number, "fetching failed" if on_card else "failed"), error=error))

    def missing(self, number: int) -> None:
        """Note that no clip was found for a take."""
        self._write_take(replace(self._after(number, "no clip found"), error="no clip found"))

    def given_up(self, number: int) -> None:
        """Note that a take's clip, which was recorded, is lost."""
        self._write_take(replace(self._after(number, "given up"), error="its clip was recorded and is lost"))

    def set_leftovers(self, origins: Iterable[str]) -> None:
        """Note the clips that belong to no take."""
        self._write(replace(self.session, leftovers=tuple(origins)))

    def waiting(self) -> None:
        """Note that the takes are shot, and their clips to be brought in."""
        self._write(replace(self.session, state=self._session_after("takes shot untethered")))

    def stopped(self) -> None:
        """Note that the session did not come to its end; when it ended stays as it was noted first."""
        ended_at = self.session.ended_at or folder.now()
        self._write(replace(self.session, state=self._session_after("stopped"), ended_at=ended_at))

    def closed(self, *, anyway: bool = False) -> None:
        """Note that the session is over; when it ended stays as it was noted first.

        Where scoring failed that may succeed another time, and unless `anyway`, it only stopped: the next import goes
        on with it.
        """
        if self._to_score_again and not anyway and self.session.state is not SessionState.CLOSED:
            self.stopped()
            return
        state = self._session_after("all takes accounted for")
        self._write(replace(self.session, state=state, ended_at=self.session.ended_at or folder.now()))

    def _after(self, number: int, event: str) -> Take:
        take = self.take(number)
        return replace(take, state=state_after(TAKE_STEPS, take.state, event))

    def _session_after(self, event: str) -> SessionState:
        return state_after(SESSION_STEPS, self.session.state, event)

    def job(self, number: int, rig: RigOptics) -> ScoringJob:
        """Return what is to be scored of a take whose clip is in the folder."""
        take = self.take(number)
        return ScoringJob(
            take=number,
            clip=self.folder / Path(take.clip or "").name,
            chapters=tuple(self.folder / Path(name).name for name in take.chapters),
            scores=self.folder / folder.SCORES_FOLDER / f"{take.stem}.json",
            subject=self.session.drill.frame.subject,
            wanted=self.session.drill.wanted_at(take.station),
            rig=rig,
        )

    def scored(self, outcome: TakeResult) -> None:
        """Note what came of scoring a take."""
        self._to_score_again.discard(outcome.take)
        if outcome.may_succeed:
            self._to_score_again.add(outcome.take)
        if outcome.score is not None:
            self._write_take(replace(self._after(outcome.take, "scored"), score=outcome.score, error=None))
        else:
            self._write_take(replace(self._after(outcome.take, "scoring failed"), error=outcome.error))


def _left_out(session: Session, why: Iterable[NotCounted]) -> Session:
    """Return a session that does not count for these reasons; without any, as it is."""
    reasons = tuple(dict.fromkeys((*session.not_counted, *why)))
    emulated = session.emulated or "emulated" in reasons
    return replace(session, counts=session.counts and not reasons, not_counted=reasons, emulated=emulated)


def new_session(
    drill: Drill,
    stations: tuple[Station, ...],
    weighting: str,
    profile: Profile,
    *,
    tethered: bool,
    schedule: Schedule = AS_LISTED,
    transfer: frozenset[int] = frozenset(),
    study: StudyPlace | None = None,
    not_counted: tuple[NotCounted, ...] = (),
) -> Session:
    """Return a session that begins now; `transfer` are the numbers of takes that ask for what was not practised."""
    return Session(
        id="",
        drill=drill,
        state=SessionState.OPEN,
        started_at=folder.now(),
        tethered=tethered,
        profile=profile.name,
        body_id=profile.rig.ids.get("body"),
        lens_id=profile.rig.ids.get("lens"),
        adapter_id=profile.rig.ids.get("adapter"),
        weighting=weighting,
        schedule=schedule,
        study=study,
        counts=not not_counted,
        not_counted=not_counted,
        takes=tuple(
            Take(number=number, station=station, transfer=number in transfer)
            for number, station in enumerate(stations, 1)
        ),
    )


@contextmanager
def begun(session: Session, prompter: Prompter) -> Iterator[OpenSession]:
    """Make the folder of a new session and hold it while it goes on; leave it stopped where it comes to no end.

    The index follows whatever happens; where it cannot, that is said, and the session is whole all the same.

    Raises
    ------
    JournalError
        Where it cannot be written.
    """
    with folder.created(session) as path:
        open_session = OpenSession(path, replace(session, id=path.name))
        try:
            yield open_session
        except BaseException:
            try:
                open_session.stopped()
            except (JournalError, IllegalStepError) as error:
                # What failed first is what is told in the end.
                prompter.line(error.line())
            raise
        finally:
            bring_index_up_to_date(prompter)


@contextmanager
def resumed(path: Path) -> Iterator[OpenSession]:
    """Hold a session that was begun before, and read it when nobody else can be at work on it any more.

    Raises
    ------
    JournalError
        Where somebody is, or it cannot be read.
    """
    with folder.held(path):
        yield OpenSession(path, folder.read(path))


def bring_index_up_to_date(prompter: Prompter) -> None:
    """Have the index follow the sessions; where it cannot, or was odd, that is said: the sessions are whole."""
    try:
        odd = index.update()
    except JournalError as error:
        prompter.line(error.line())
    else:
        if odd:
            prompter.line(f"The index of sessions was rebuilt from their folders: {odd}")


def format_result(outcome: TakeResult) -> str:
    """Return what is said of a take that was scored.

    >>> format_result(TakeResult(2, None, "clip.mov is damaged"))
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
    return f"Take {outcome.take}: {score.overall:.0f}, {percent(score.keeper_ratio)} keepers{fault}"
