"""`rigcoach drill run`: rehearse, on the cable or off it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.base.progress import Advance
from rigcoach.cli import completing
from rigcoach.cli.cameras import at_emulator, opened_camera
from rigcoach.cli.coaching import BOTH, OFF, TONES, WORDS, coach_option
from rigcoach.cli.detector_offer import models_option, offer_detector
from rigcoach.cli.options import CommandOptions, camera_option, json_option, talk_options
from rigcoach.cli.output import kept_when_stopped, note, print_json, progress
from rigcoach.cli.plain_table import print_line

if TYPE_CHECKING:
    from rigcoach.live.sounds import Speaker
    from rigcoach.live.voice import Voice
    from rigcoach.practice.open_session import OpenSession, Prompter
    from rigcoach.practice.run_plan import RunPlan
    from rigcoach.tether.camera import Camera


class TakesShortError(RigcoachError):
    """A session of which takes are missing or have no score."""

    code = "drill.takes-short"


class SpokenPrompter:
    """What the photographer hears and reads: on standard error, for results alone go to standard output."""

    def __init__(self, settings: CommandOptions, voice: "Voice", speaker: "Speaker | None" = None) -> None:
        self._settings = settings
        self._voice = voice
        self._speaker = speaker

    @property
    def is_heard(self) -> bool:
        """Whether there is a voice."""
        return not self._voice.why_silent

    def say(self, text: str, *, written: bool = True) -> None:
        """Say and write something, once what is being said is over."""
        self._voice.say(text, written=written)

    def call(self, text: str) -> None:
        """Say and write something at once, with a beep where there is sound."""
        if self._speaker is not None:
            from rigcoach.live.sounds import BEEP

            self._speaker.hear(BEEP)
        self._voice.call(text)

    def line(self, text: str) -> None:
        """Write something."""
        note(self._settings, text)

    def await_ready(self, meanwhile: Callable[[], None]) -> None:
        """Return at once: whoever is at the rig hears the count, and has no key at hand."""

    def step(self, doing: str) -> AbstractContextManager[Advance]:
        """Open a display of progress."""
        return progress(self._settings, doing)


@click.command("run")
@click.argument("name", shell_complete=completing.drills)
@click.option(
    "--takes",
    type=click.IntRange(1, 100),
    help="Number of takes, in place of the drill's; with one or two the session does not count.",
)
@click.option("--profile", "profile_name", metavar="PROFILE", help="Profile to apply, in place of the drill's.")
@click.option(
    "--no-lean", is_flag=True, help="Use the drill's takes as they are, not weighted towards your weak points."
)
@click.option(
    "--anyway",
    is_flag=True,
    help="Continue although the checks say that takes cannot be measured; the session won't count.",
)
@click.option("--untethered", is_flag=True, help="Untethered: set the rig, unplug, and be told when to record.")
@click.option("--sheet", is_flag=True, help="Untethered and untimed: print the running order to shoot from.")
@click.option("--no-camera", is_flag=True, help="Untethered, with the rig already set by hand.")
@models_option
@click.option("--silent", is_flag=True, help="Prompts as text only.")
@click.option("--test", is_flag=True, help="Take the test of this drill that is due: no feedback until the end.")
@click.option(
    "--feedback",
    type=click.Choice(["bandwidth", "every", "faded", "summary", "none"]),
    help="When takes are commented on, in place of the drill's.",
)
@click.option("--no-guess", is_flag=True, help="Don't ask how a take went before its result.")
@click.option(
    "--warm-up",
    "warm_up",
    type=click.Choice([OFF, TONES, WORDS, BOTH]),
    help="Cues in the warm-up before the takes: words where they can be heard, unless given.",
)
@coach_option("Audible cues while you shoot; takes then come from live view, and the session does not count.")
@camera_option
@json_option
@talk_options
@click.pass_obj
def run_drill(
    settings: CommandOptions,
    name: str,
    *,
    takes: int | None,
    profile_name: str | None,
    no_lean: bool,
    anyway: bool,
    untethered: bool,
    sheet: bool,
    no_camera: bool,
    models: str | None,
    silent: bool,
    test: bool,
    feedback: str | None,
    no_guess: bool,
    warm_up: str | None,
    coach: str,
) -> None:
    """Run a drill: NAME is a drill's name or the path of one.

    The rig is set and read back, a short take checks that takes can be measured, up to three coached tries warm you up,
    and then each take is counted in, recorded on the card, fetched and scored while the next one is set up. You are
    asked how it went before you hear the result; how often you hear one is the drill's feedback, and the last takes are
    silent. Ctrl-C at any point leaves the camera stopped and with its own settings, and keeps the takes so far:
    `rigcoach log show`.

    Untethered, the rig is set, read back, disconnected and read once more, to see what is kept after unplugging. You
    record by hand, when told to or from a printed sheet; `rigcoach ingest` imports the clips and scores them.
    """
    if coach != OFF and (untethered or sheet or no_camera):
        raise click.UsageError("The coach needs live view, so the camera must be tethered.")
    from dataclasses import replace

    from rigcoach.cli.coaching import hearing
    from rigcoach.cli.guessing import key_guesser
    from rigcoach.practice.tethered import run_tethered

    if test and (takes is not None or feedback is not None):
        raise click.UsageError("A test has the drill's takes and no feedback; run it without --takes and --feedback.")
    wanted = run_plan(
        settings, name, takes, profile_name, weighted=not no_lean, anyway=anyway, test=test, feedback=feedback
    )
    if not sheet:
        offer_detector(settings, models, wanted.drill.frame.subject)
    kept = kept_when_stopped(
        lambda: "the takes so far are kept: rigcoach log show; what is on the card: rigcoach ingest"
    )
    with kept, prompter_of(settings, silent=silent or sheet) as prompter:
        if wanted.session.weighting:
            prompter.line(f"Takes weighted towards your weak points: {wanted.session.weighting}")
        wanted = replace(wanted, guesser=None if no_guess else key_guesser())
        if untethered or sheet or no_camera:
            _run_untethered(settings, wanted, prompter, sheet=sheet, no_camera=no_camera)
            return
        if warm_up is None:
            # Guidance that can only be read is none for who looks at a subject.
            warm_up = WORDS if prompter.is_heard and wanted.session.schedule.purpose == "practice" else OFF
        with (
            opened_camera(settings) as camera,
            hearing(settings, coach) as heard,
            hearing(settings, OFF if coach != OFF else warm_up) as before,
        ):
            wanted = replace(wanted, ears=tuple(heard.ears), warm_up_ears=tuple(before.ears))
            open_session = run_tethered(camera, wanted, prompter)
        print_session(settings, prompter, open_session)
    _check(open_session)


@contextmanager
def _camera_to_set(settings: CommandOptions) -> "Iterator[Camera]":
    """Open the camera; where there is none, say that it can be set by hand, too."""
    from rigcoach.tether.errors import CameraNotFoundError

    try:
        with opened_camera(settings) as camera:
            yield camera
    except CameraNotFoundError as error:
        by_hand = "or set it by hand and give --no-camera"
        raise CameraNotFoundError(error.what, why=error.why, next_step=f"{error.next_step}; {by_hand}") from error


def _run_untethered(
    settings: CommandOptions, wanted: "RunPlan", prompter: SpokenPrompter, *, sheet: bool, no_camera: bool
) -> None:
    from rigcoach.journal.documents import session_document
    from rigcoach.practice.untethered import run_untethered, running_order

    def ready() -> None:
        if no_camera or not sys.stdin.isatty():
            return
        prompter.say("Unplug the camera. Press Enter when ready")
        click.pause("", err=True)

    open_camera = None if no_camera else lambda: _camera_to_set(settings)
    open_session = run_untethered(open_camera, wanted, prompter, ready, by_sheet=sheet)
    if settings.json:
        print_json(session_document(open_session.session, open_session.folder))
    elif sheet:
        for line in running_order(open_session):
            print_line(line, 2)


def run_plan(
    settings: CommandOptions,
    name: str,
    takes: int | None,
    profile_name: str | None,
    *,
    weighted: bool,
    anyway: bool,
    test: bool,
    feedback: str | None,
) -> "RunPlan":
    """Return what is to be rehearsed of a drill, as its journal has it."""
    from rigcoach.drills.files import load_drill
    from rigcoach.journal.counted import counted
    from rigcoach.journal.due import due, retention_tests
    from rigcoach.journal.folder import now
    from rigcoach.journal.index import read_log
    from rigcoach.journal.session import NOT_COUNTED
    from rigcoach.practice.run_plan import RunPlan
    from rigcoach.practice.session_plan import practice_plan, retention_plan
    from rigcoach.rig.profile import load_profile

    drill = load_drill(name)
    if drill.fixed and (takes is not None or profile_name is not None or feedback is not None):
        raise click.UsageError(f"{name} is a fixed test: with other takes or settings, results could not be compared.")
    # What is practised on the emulator follows on what was practised there.
    profile = load_profile(profile_name or drill.profile)
    log, today = counted(read_log(), emulated=at_emulator(settings)), now().date()
    if test:
        lens = profile.rig.ids.get("lens")
        session = retention_plan(drill, log, today, lens=lens)
        if len(session.transfer) == len(session.stations):
            note(settings, f"A test of what is kept with another lens: {name} was not practised with {lens}.")
    else:
        session = practice_plan(drill, log, takes=takes, weighted=weighted, feedback=feedback)
        if session.is_short(drill):
            note(settings, f"This session will not count: {NOT_COUNTED['short']}.")
        for waiting in due(retention_tests(log.sessions, today)):
            if waiting.drill == drill.name:
                note(settings, f"{waiting.sentence}: rigcoach drill run {name} --test")
    return RunPlan(drill, session, profile, anyway)


@contextmanager
def prompter_of(settings: CommandOptions, *, silent: bool) -> Iterator[SpokenPrompter]:
    """Open voice and sound for as long as they are needed."""
    from rigcoach.base.preferences import preferences
    from rigcoach.live.sounds import SoundError, Speaker
    from rigcoach.live.voice import Voice

    silent = silent or preferences().voice == "off"
    with ExitStack() as until_then:
        voice = until_then.enter_context(Voice(lambda text: note(settings, text), aloud=not silent))
        speaker = None
        if not silent:
            if voice.why_silent:
                note(settings, f"Prompts as text only: {voice.why_silent}")
            try:
                speaker = until_then.enter_context(Speaker())
            except SoundError as error:
                note(settings, f"No beeps: {error.line()}")
        yield SpokenPrompter(settings, voice, speaker)


def print_session(settings: CommandOptions, prompter: SpokenPrompter, open_session: "OpenSession") -> None:
    """Print a session and say what it came to."""
    from rigcoach.cli.session_text import print_session, summary_lines
    from rigcoach.journal.documents import session_document
    from rigcoach.journal.summary import summarise

    session, summary = open_session.session, summarise(open_session.session)
    if settings.json:
        print_json(session_document(session, open_session.folder))
    elif session.schedule.sums_up:
        print_session(session, open_session.folder)
    if not session.schedule.sums_up:
        # Nothing is told, not even now; it is there for who looks.
        prompter.say(f"That was the last take. Its results: rigcoach log show {open_session.folder.name}")
        return
    sys.stdout.flush()
    lines = summary_lines(session, summary)
    spoken = [line for line in lines if not line.startswith("Keepers by take")]
    prompter.say(" ".join(spoken), written=settings.json)
    write_report(prompter, open_session)
    print_next(settings, open_session)


def write_report(prompter: "Prompter", open_session: "OpenSession") -> None:
    """Write the session's report into its folder; nothing of it is shown."""
    from rigcoach.report.page import write
    from rigcoach.report.session_page import read_session_page

    if not open_session.session.scored:
        return
    to = open_session.folder / "report.html"
    try:
        write(to, read_session_page(open_session.folder))
    except RigcoachError as error:
        prompter.line(error.line())
    except OSError as error:
        prompter.line(
            f"{to} was not written: {error.strerror or error}. Later: rigcoach review {open_session.folder.name}"
        )
    else:
        prompter.line(f"Report: {to}")


def print_next(settings: CommandOptions, open_session: "OpenSession") -> None:
    """Say which drill to go on with, where it is another one."""
    from rigcoach.drills.files import readable_drills
    from rigcoach.journal.counted import counted
    from rigcoach.journal.index import read_log
    from rigcoach.journal.progress import next_drill

    drills = readable_drills(lambda error: note(settings, error.line()))
    # What is practised on the emulator leads on there.
    log = counted(read_log(), emulated=open_session.session.emulated)
    following = next_drill(log.sessions, drills)
    if following is not None and following.drill != open_session.session.drill.name:
        note(settings, f"Rehearse next: {following.drill} ({following.why})")


def _check(open_session: "OpenSession") -> None:
    unscored = [take for take in open_session.session.takes if take.score is None]
    if unscored:
        raise TakesShortError(
            f"{len(unscored)} of {len(open_session.session.takes)} takes have no score",
            why=unscored[0].error or "",
            next_step="Import what is on the card with `rigcoach ingest`",
        )
