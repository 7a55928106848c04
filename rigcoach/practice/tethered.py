"""A drill on the cable: the profile applied; each take counted in, recorded, fetched, scored while the next begins."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from rigcoach.analysis.results import rig_optics
from rigcoach.base.errors import RigcoachError
from rigcoach.drills.model import Drill, FramingTarget, Station
from rigcoach.journal import folder
from rigcoach.journal.session import CardClip, Check, SessionState, TakeState
from rigcoach.listing.model import BodyListing
from rigcoach.live.coach import Ear
from rigcoach.practice import preflight
from rigcoach.practice.coached import coached
from rigcoach.practice.live_take import See, record_live_view, unseen
from rigcoach.practice.open_session import Advance, OpenSession, Prompter, kept_in_order, told_result
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.screen import screen_check
from rigcoach.practice.take_score import Job
from rigcoach.rig.profile import Profile
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.errors import CameraError
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record
from rigcoach.tether.settings import snapshot
from rigcoach.tether.settings.apply import Applied, apply, put_back

CHECK_S = 1.0
"""How long the check take lasts, which tells whether takes can be measured."""

CLIP_ENDINGS = (".mov", ".mp4", ".m4v", ".avi", ".mkv")
COUNT_FROM = 3
_MOST_FAILURES = 2  # takes in a row, after which something is wrong with more than a take
_LONGEST_SCORING_S = 0.5


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is to be rehearsed: a drill, its takes for this time, why they lean, and the profile.

    `anyway` goes on where the checks say that takes could not be measured; the session does not count then. `ears` hear
    of the frames while they are recorded: takes then come from the live view, and the session does not count.
    """

    drill: Drill
    stations: tuple[Station, ...]
    lean: str
    profile: Profile
    anyway: bool = False
    ears: tuple[Ear, ...] = ()


def run_tethered(camera: Camera, wanted: RunPlan, stage: Prompter) -> OpenSession:
    """Run a drill with the camera on the cable and return what came of it.

    Whatever happens, Ctrl-C too, the body is left stopped and with the settings that it had, and the takes so far are
    kept. A take that cannot be recorded, or does not come whole, is noted and the next one goes on.

    Raises
    ------
    GateError
        Where takes could not be measured.
    CameraError
        Where the camera is lost or refuses.
    JournalError
        Where the session cannot be written.
    """
    sitting = OpenSession.begin(wanted.drill, wanted.stations, wanted.lean, wanted.profile, tethered=True)
    with kept_in_order(sitting, stage), Scorer() as scorer:
        listing = camera.listing()
        source = "live-view" if wanted.ears else _source(listing)
        sitting.update(body=listing.model or listing.body, source=source, counts=not wanted.ears)
        with stage.step(f"Applying {wanted.profile.name}") as advance:
            applied = apply(camera, wanted.profile, advance, keep=snapshot.keep)
        run = _Run(camera, wanted, stage, sitting, scorer)
        try:
            if applied.lost is not None:
                raise applied.lost
            checks = [preflight.profile_check(applied)]
            for setting in applied.by_hand:
                stage.line(f"By hand: {setting.setting.replace('_', ' ')}: {setting.reason}")
            sitting.update(card_before=clips_on_card(camera))
            run.check(checks)
            run.takes()
        finally:
            _put_back(camera, applied, stage)
        run.finish()
    return sitting


def clips_on_card(camera: Camera) -> tuple[CardClip, ...]:
    """Return the movies on the camera's card."""
    return tuple(CardClip(file.path, file.size_bytes) for file in camera.files() if is_clip(file.name))


def is_clip(name: str) -> bool:
    """Whether a file is a movie, by its name.

    >>> is_clip("MVI_0001.MOV"), is_clip("MVI_0001.THM"), is_clip("._MVI_0001.MOV")
    (True, False, False)
    """
    return name.lower().endswith(CLIP_ENDINGS) and not name.startswith(".")


def _put_back(camera: Camera, applied: Applied, stage: Prompter) -> None:
    """Give the body its settings back; where it is gone, say how to later. What else failed is not to be hidden."""
    try:
        for left in put_back(camera, applied):
            stage.line(left)
    except CameraError as error:
        stage.line(f"The settings could not be put back: {error.what}. Later: rigcoach profile restore")


def _source(listing: BodyListing) -> str:
    """Return where takes come from: a body that has neither widget records no movie over the cable."""
    can = any(listing.widget(name) is not None for name in ("movierecordtarget", "movie"))
    return "movie" if can else "live-view"


class _Run:
    """A drill that is being run."""

    def __init__(self, camera: Camera, wanted: RunPlan, stage: Prompter, sitting: OpenSession, scorer: Scorer) -> None:
        self._camera = camera
        self._wanted = wanted
        self._stage = stage
        self._sitting = sitting
        self._scorer = scorer

    def check(self, checks: list[Check]) -> None:
        """Make sure that takes can be measured, by what the body tells and by a short take."""
        camera, stage, sitting = self._camera, self._stage, self._sitting
        listing, cards = camera.listing(), camera.cards()
        checks += preflight.camera_checks(camera.port, listing, cards)
        if self._wanted.drill.blind:
            checks.append(screen_check(camera, listing))
        if sitting.session.source == "live-view":
            why = "this body's movies cannot be started over the cable"
            if self._wanted.ears:
                why = "the coach listens to it, so that the session does not count"
            text = f"takes come from the live view: {why}. Its frames are"
            checks.append(Check("source", None, f"{text} smaller than a movie's, so fine blur is not seen"))
        if preflight.failed(checks) is None:
            checks += self._check_take()
        sitting.update(checks=tuple(checks))
        for check in checks:
            if check.ok is not True:
                stage.line(f"{check.text}. {check.next_step}" if check.next_step else check.text)
        error = preflight.failed(checks)
        if error is None:
            stage.line("; ".join(check.text for check in checks if check.ok))
            return
        sitting.update(counts=False)
        if not self._wanted.anyway:
            stage.say(error.what)
            raise error
        stage.say("This session will not count")

    def _check_take(self) -> tuple[Check, ...]:
        """Record, fetch and score a short take that counts for nothing."""
        stage, folder_ = self._stage, self._sitting.folder
        stage.say("A short take to check light and subject. Aim")
        clip = folder_ / "check.mov"
        try:
            file, seconds = self._record(CHECK_S, clip, lambda _done, _of: None)
            if file is not None:
                of_card = CardClip(file.path, file.size_bytes)
                self._sitting.update(card_before=(*self._sitting.session.card_before, of_card))
                with stage.step("Fetching the check take") as advance:
                    fetch(self._camera, file, clip, advance)
            size = clip.stat().st_size
            job = Job(
                take=0,
                clip=clip,
                scores=None,
                station=self._wanted.stations[0],
                frame=FramingTarget(subject=self._wanted.drill.frame.subject),
                rig=rig_optics(self._wanted.profile),
            )
            with stage.step("Measuring the check take") as advance:
                outcome = self._scorer.one(job, lambda: advance(0, None))
        finally:
            clip.unlink(missing_ok=True)
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
            self._stage.say(f"Take {number} of {len(self._wanted.stations)}. {station.told()}")
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
        sitting, stage = self._sitting, self._stage
        for count in range(COUNT_FROM, 0, -1):
            stage.call(str(count))
            time.sleep(1.0)
        clip = f"{sitting.take(number).stem}.mov"
        sitting.update_take(number, state=TakeState.RECORDING, started_at=folder.now())
        with stage.step(f"Take {number}") as advance, self._coached(station) as see:
            file, seconds = self._record(station.seconds, sitting.folder / clip, _told(stage, advance), see)
        if file is not None:
            sitting.update_take(
                number,
                state=TakeState.RECORDED,
                recorded_s=round(seconds, 3),
                card_path=file.path,
                size_bytes=file.size_bytes,
                matched_by="recorded",
            )
            with stage.step(f"Fetching take {number}") as advance:
                fetch(self._camera, file, sitting.folder / clip, advance)
        size = (sitting.folder / clip).stat().st_size
        sitting.update_take(number, state=TakeState.FETCHED, clip=clip, size_bytes=size, recorded_s=round(seconds, 3))
        self._scorer.submit(sitting.job(number, rig_optics(self._wanted.profile)))

    def _coached(self, station: Station) -> AbstractContextManager[See]:
        wanted = self._wanted
        return coached(wanted.drill, station, wanted.profile, wanted.ears) if wanted.ears else nullcontext(unseen)

    def _record(
        self, seconds: float, clip: Path, progress: Advance, see: See = unseen
    ) -> tuple[CardFile | None, float]:
        """Record; return the file on the card, or None for a live view that is in `clip` already, and how long."""
        if self._sitting.session.source == "live-view":
            record_live_view(self._camera, self._camera.listing(), seconds, clip, progress, see)
            return None, seconds
        take = record(self._camera, seconds, progress)
        return take.file, take.recorded_s

    def _failed(self, number: int, error: RigcoachError) -> None:
        take = self._sitting.take(number)
        # A clip that is on the card can still be fetched.
        state = take.state if take.state is TakeState.RECORDED else TakeState.FAILED
        self._sitting.update_take(number, state=state, error=error.line())
        self._stage.say(f"Take {number} failed: {error.what}")
        self._stage.line(error.line())

    def _wait(self, until: float) -> None:
        """Wait for the next take; keep the camera awake, and tell of takes that were scored meanwhile."""
        while (left := until - time.monotonic()) > 0:
            self._tell_scored()
            self._camera.next_event(min(left, _LONGEST_SCORING_S))

    def _tell_scored(self) -> None:
        for outcome in self._scorer.collect():
            self._sitting.scored(outcome)
            self._stage.say(told_result(outcome))

    def finish(self) -> None:
        """Wait until every take is scored, and close the session."""
        with self._stage.step("Scoring") as advance:
            total = self._scorer.waiting
            while (waiting := self._scorer.waiting) > 0:
                advance(total - waiting, total)
                for outcome in self._scorer.collect(_LONGEST_SCORING_S):
                    self._sitting.scored(outcome)
                    self._stage.say(told_result(outcome))
        self._sitting.update(state=SessionState.CLOSED, ended_at=folder.now())


def _told(stage: Prompter, advance: Advance) -> Callable[[float, float | None], None]:
    """Return what hears of a recording's progress, says when it begins and ends, and passes it on."""
    said: list[str] = []

    def progress(done: float, of: float | None) -> None:
        if of is not None and not said:
            said.append("go")
            stage.call("Go")
        elif (of is None or done >= of) and len(said) == 1:
            said.append("stop")
            stage.call("Stop")
        advance(done, of)

    return progress
