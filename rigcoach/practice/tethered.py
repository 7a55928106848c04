"""A drill on the cable: the profile applied; each take counted in, recorded, fetched, scored while the next begins."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

from rigcoach.analysis.results import rig_optics
from rigcoach.base import disk
from rigcoach.base.clip_names import is_clip
from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.drills.model import Station
from rigcoach.journal.session import CardClip, Check, NotCounted
from rigcoach.listing.model import BodyListing
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.practice import preflight
from rigcoach.practice.coached import coach_loaded, coached
from rigcoach.practice.emulated_body import is_emulated
from rigcoach.practice.feedback import FeedbackPolicy, feedback_text, inside_limits
from rigcoach.practice.live_take import FrameListener, ignored, record_live_view
from rigcoach.practice.open_session import OpenSession, Prompter, begun, format_result
from rigcoach.practice.run_plan import RunPlan
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.screen import screen_check
from rigcoach.practice.take_score import ScoringJob, TakeResult
from rigcoach.practice.warm_up import warm_up
from rigcoach.rig.settings import setting_name
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.errors import CameraError
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import Applied, apply, put_back
from rigcoach.tether.settings.left_as import keep_as_left

CHECK_S = 1.0
"""How long the check take lasts, which tells whether takes can be measured."""

CHECK_CLIP = "check.mov"
"""Its clip in the session's folder, as long as it is needed."""

COUNT_FROM = 3
_MOST_FAILURES = 2  # takes in a row, after which something is wrong with more than a take
_LONGEST_SCORING_S = 0.5


def run_tethered(camera: Camera, wanted: RunPlan, prompter: Prompter) -> OpenSession:
    """Run a drill with the camera on the cable and return what came of it.

    Whatever happens, Ctrl-C too, the body is left stopped and with the settings that it had, and the takes so far are
    kept. A take that cannot be recorded, or does not come whole, is noted and the next one goes on.

    Raises
    ------
    PreflightError
        Where takes could not be measured.
    CameraError
        Where the camera is lost or refuses.
    JournalError
        Where the session cannot be written.
    """
    listing = camera.listing()
    wanted = wanted.within(preflight.battery_share(listing))
    if wanted.session.schedule.trimmed:
        prompter.line(wanted.session.schedule.trimmed)
    session = wanted.new_session(tethered=True)
    with begun(session, prompter) as open_session, Scorer() as scorer:
        source = "live-view" if wanted.ears else _source(listing)
        why = tuple(_not_counted(camera.port, listing, source, wanted))
        open_session.camera_found(listing.model or listing.body, source, *why)
        with prompter.step(f"Applying {wanted.profile.name}") as advance:
            applied = apply(camera, wanted.profile, advance, keep=snapshot.keep)
        run = _Run(camera, wanted, prompter, open_session, scorer)
        try:
            if applied.lost is not None:
                raise applied.lost
            checks = [*preflight.body_checks(applied.before.listing), preflight.profile_check(applied)]
            for setting in applied.by_hand:
                prompter.line(f"By hand: {setting_name(setting.setting)}: {setting.reason}")
            open_session.card_found(clips_on_card(camera))
            with coach_loaded(wanted.drill.frame.subject) if wanted.ears or wanted.warm_up_ears else nullcontext():
                run.check(checks)
            if wanted.warm_up_ears and not wanted.ears:
                warm_up(camera, open_session, wanted.profile, wanted.warm_up_ears, prompter)
            run.takes()
        finally:
            left = _put_back(camera, applied, prompter)
        if left is not None:
            open_session.battery_read(preflight.battery_share(listing), preflight.battery_share(left))
        run.finish()
    return open_session


def clips_on_card(camera: Camera) -> tuple[CardClip, ...]:
    """Return the movies on the camera's card."""
    return tuple(CardClip(file.path, file.size_bytes) for file in camera.files() if is_clip(file.name))


def _put_back(camera: Camera, applied: Applied, prompter: Prompter) -> BodyListing | None:
    """Give the body its settings back and return what it reports then; where it is gone, say how to later, and None.

    What else failed is not to be hidden.
    """
    try:
        for left in put_back(camera, applied):
            prompter.line(left)
        listing = camera.listing()
        keep_as_left(listing, applied.profile)
    except CameraError as error:
        prompter.line(f"The settings could not be put back: {error.what}. Later: rigcoach profile restore")
        return None
    return listing


def _source(listing: BodyListing) -> Literal["movie", "live-view"]:
    """Return where takes come from: a body that has neither widget records no movie over the cable."""
    can = any(listing.widget(name) is not None for name in ("movierecordtarget", "movie"))
    return "movie" if can else "live-view"


def _not_counted(port: str, listing: BodyListing, source: str, wanted: RunPlan) -> Iterator[NotCounted]:
    if is_emulated(port, listing):
        yield "emulated"
    if wanted.study is not None:
        yield "study"
    if wanted.ears:
        yield "coached"
    elif source == "live-view":
        yield "live-view"


class _Run:
    """A drill that is being run."""

    def __init__(
        self, camera: Camera, wanted: RunPlan, prompter: Prompter, open_session: OpenSession, scorer: Scorer
    ) -> None:
        self._camera = camera
        self._wanted = wanted
        self._prompter = prompter
        self._open_session = open_session
        self._scorer = scorer
        plan = wanted.session
        self._to_say: deque[str] = deque()
        self._feedback = FeedbackPolicy(plan.schedule.feedback, len(plan.stations), plan.first_session)

    def check(self, checks: list[Check]) -> None:
        """Make sure that takes can be measured, by what the body tells and by a short take."""
        camera, prompter, open_session = self._camera, self._prompter, self._open_session
        listing, cards = camera.listing(), camera.cards()
        checks += preflight.camera_checks(camera.port, listing, cards)
        if self._wanted.drill.blind:
            checks.append(screen_check(camera, listing))
        if open_session.session.source == "live-view":
            why = "this camera cannot start movies over USB"
            if self._wanted.ears:
                why = "the coach uses it, so the session does not count"
            text = f"takes are recorded from live view ({why}). Its frames are"
            checks.append(Check("source", None, f"{text} smaller than a movie's, so slight blur is missed"))
        if preflight.failed(checks) is None:
            checks += self._check_take()
        open_session.checked(checks)
        for check in checks:
            if check.ok is not True:
                prompter.line(f"{check.text}. {check.next_step}" if check.next_step else check.text)
        error = preflight.failed(checks)
        if error is None:
            prompter.line("; ".join(check.text for check in checks if check.ok))
            return
        open_session.does_not_count("checks")
        if not self._wanted.anyway:
            prompter.say(error.what)
            raise error
        prompter.say("This session will not count")

    def _check_take(self) -> tuple[Check, ...]:
        """Record, fetch and score a short take that counts for nothing."""
        prompter, folder_ = self._prompter, self._open_session.folder
        self._scorer.warm_up()
        prompter.say("A short test take to check light and subject. Aim")
        clip = folder_ / CHECK_CLIP
        try:
            with prompter.step("Recording the check take") as advance:
                file, seconds = self._record(CHECK_S, clip, advance)
            if file is not None:
                of_card = CardClip(file.path, file.size_bytes)
                self._open_session.card_found((*self._open_session.session.card_before, of_card))
                with prompter.step("Fetching the check take") as advance:
                    fetch(self._camera, file, clip, advance)
            size = clip.stat().st_size
            job = ScoringJob(
                take=0,
                clip=clip,
                scores=None,
                subject=self._wanted.drill.frame.subject,
                wanted=WantedFrame(self._wanted.stations[0].place),
                rig=rig_optics(self._wanted.profile),
            )
            with prompter.step("Measuring the check take") as advance:
                outcome = self._scorer.one(job, lambda: advance(0, None))
        finally:
            disk.remove(clip, missing_ok=True)
        total_s = sum(station.seconds for station in self._wanted.stations)
        cards = () if file is None else self._camera.cards()
        room = preflight.room_checks(size / max(seconds, 0.1), total_s, cards, folder_)
        return (
            *preflight.measured_checks(outcome, self._wanted.profile),
            *(r for r in room if file or r.code != "card.room"),
        )

    def takes(self) -> None:
        """Record all takes, one after the other."""
        failures = 0
        ended = time.monotonic() - self._wanted.drill.pause_s
        for number, station in enumerate(self._wanted.stations, 1):
            self._prompter.say(f"Take {number} of {len(self._wanted.stations)}. {station.announcement}")
            try:
                self._wait(ended + self._wanted.drill.pause_s)
                self._take(number, station)
                failures = 0
            except CameraError as error:
                failures += 1
                self._failed(number, error)
                if failures >= _MOST_FAILURES:
                    raise
            ended = time.monotonic()
            self._tell_scored()

    def _take(self, number: int, station: Station) -> None:
        open_session, prompter = self._open_session, self._prompter
        prompter.await_ready(self._meanwhile)
        for count in range(COUNT_FROM, 0, -1):
            prompter.call(str(count))
            self._idle(1.0)
        clip = f"{open_session.take(number).stem}.mov"
        open_session.begin_take(number)
        with prompter.step(f"Take {number}") as advance, self._coached(station) as see:
            told = self._noting(_calling(prompter, advance))
            file, seconds = self._record(station.seconds, open_session.folder / clip, told, see)
        if file is not None:
            open_session.recorded(number, file.path, file.size_bytes, seconds)
            path = file.path

            def note(sha256: str, size_bytes: int) -> None:
                open_session.arriving(number, sha256, size_bytes, path, "recorded")

            with prompter.step(f"Fetching take {number}") as advance:
                fetch(self._camera, file, open_session.folder / clip, self._noting(advance), note)
        size = (open_session.folder / clip).stat().st_size
        open_session.fetched(number, clip, size, seconds=seconds)
        self._scorer.submit(open_session.job(number, rig_optics(self._wanted.profile)))
        if self._wanted.guesser is not None:
            guess = self._wanted.guesser.ask(number, prompter)
            if guess is not None:
                open_session.guessed(number, guess)

    def _coached(self, station: Station) -> AbstractContextManager[FrameListener]:
        wanted = self._wanted
        return coached(wanted.drill, station, wanted.profile, wanted.ears) if wanted.ears else nullcontext(ignored)

    def _record(
        self, seconds: float, clip: Path, advance: Advance, see: FrameListener = ignored
    ) -> tuple[CardFile | None, float]:
        """Record; return the file on the card, or None for a live view that is in `clip` already, and how long."""
        if self._open_session.session.source == "live-view":
            record_live_view(self._camera, self._camera.listing(), seconds, clip, advance, see)
            return None, seconds
        take = record(self._camera, seconds, advance)
        return take.file, take.recorded_s

    def _failed(self, number: int, error: RigcoachError) -> None:
        self._open_session.failed(number, error.line())
        self._prompter.say(f"Take {number} failed: {error.what}")
        self._prompter.line(error.line())

    def _wait(self, until: float) -> None:
        """Wait for the next take; keep the camera awake, and tell of takes that were scored meanwhile."""
        while (left := until - time.monotonic()) > 0:
            self._tell_scored()
            self._camera.next_event(min(left, _LONGEST_SCORING_S))

    def _meanwhile(self) -> None:
        """Keep the camera awake while the photographer is waited for, and tell of takes that were scored."""
        self._tell_scored()
        self._camera.next_event(0.0)

    def _idle(self, seconds: float) -> None:
        """Let time pass in which nothing is to be said; write of takes that were scored."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._scorer.waiting:
                self._note_scored(left)
            else:
                time.sleep(left)

    def _noting(self, advance: Advance) -> Advance:
        """Return what hears of a step's progress, notes takes that were scored meanwhile, and passes it on."""

        def progress(done: float, of: float | None) -> None:
            advance(done, of)
            self._note_scored()

        return progress

    def _note_scored(self, timeout_s: float = 0.0) -> None:
        """Note what came of takes, and write what is due of it: it is said once nothing else is to be heard."""
        for outcome in self._scorer.collect(timeout_s):
            text = self._scored(outcome)
            if text:
                self._prompter.line(text)
                self._to_say.append(text)

    def _tell_scored(self) -> None:
        """Note what came of takes, and say what is due of it."""
        self._note_scored()
        while self._to_say:
            self._prompter.say(self._to_say.popleft(), written=False)

    def _scored(self, outcome: TakeResult) -> str:
        """Note what came of a take; return what is to be said of it: what has no score always is."""
        open_session, drill = self._open_session, self._wanted.drill
        open_session.scored(outcome)
        if outcome.score is None:
            return format_result(outcome)
        take = open_session.take(outcome.take)
        tells = self._feedback.tells(outcome.take, inside=inside_limits(drill, take))
        open_session.told(outcome.take, told=tells)
        return feedback_text(drill, take, outcome, self._feedback.schedule) if tells else ""

    def finish(self) -> None:
        """Wait until every take is scored, and close the session."""
        with self._prompter.step("Scoring") as advance:
            total = self._scorer.waiting
            while (waiting := self._scorer.waiting) > 0:
                advance(total - waiting, total)
                self._note_scored(_LONGEST_SCORING_S)
                self._tell_scored()
        self._open_session.closed()


def _calling(prompter: Prompter, advance: Advance) -> Advance:
    """Return what hears of a recording's progress, says when it begins and ends, and passes it on."""
    said: list[str] = []

    def progress(done: float, of: float | None) -> None:
        if of is not None and not said:
            said.append("go")
            prompter.call("Go")
        elif (of is None or done >= of) and len(said) == 1:
            said.append("stop")
            prompter.call("Stop")
        advance(done, of)

    return progress
