"""Pieces of work that a photographer would miss: each done on real files, looked at afterwards, done again."""

import hashlib
import json
import os
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from rigcoach.analysis.results import RigOptics
from rigcoach.base.progress import Advance, no_progress
from rigcoach.drills.files import keep as keep_drill
from rigcoach.drills.files import load_drill, read_drill
from rigcoach.journal import folder, index
from rigcoach.journal.folder import JournalError
from rigcoach.journal.session import TakeScore
from rigcoach.journal.states import SessionState, TakeState
from rigcoach.lens.calibrations import Calibration, calibration_path, load_calibration, save_calibration
from rigcoach.listing.model import Widget, WidgetType, listing_of
from rigcoach.measure.picture.framing import ANYWHERE
from rigcoach.optics.register_error import MarkRead, RegisterError
from rigcoach.practice.ingest import ingest
from rigcoach.practice.open_session import OpenSession, begun, new_session, resumed
from rigcoach.practice.scorer import Scorer
from rigcoach.practice.take_score import ScoringJob, TakeResult, score_take
from rigcoach.report.page import write
from rigcoach.report.session_page import read_session_page
from rigcoach.rig.gear import Rig
from rigcoach.rig.own_gear import keep_gear
from rigcoach.rig.profile import load_profile, read_profile
from rigcoach.rig.profile_text import keep as keep_profile
from rigcoach.tether.camera import Camera, CardFile
from rigcoach.tether.fetch import fetch
from rigcoach.tether.settings import snapshot

CARD = "/store_00010001/DCIM/100EOS5D"
_ISO = Widget("/main/imgsettings/iso", "ISO Speed", WidgetType.RADIO, "100", ("100", "200"))
_RING = {"name": "My ring", "lens_mount": "m42", "body_mount": "canon-ef", "electronic": False}


class Quiet:
    """A prompter that tells nobody."""

    def say(self, text: str, *, written: bool = True) -> None:
        """Say nothing."""

    def call(self, text: str) -> None:
        """Call nothing."""

    def line(self, text: str) -> None:
        """Write nothing."""

    def await_ready(self, meanwhile: Callable[[], None]) -> None:
        """Be ready at once."""

    @contextmanager
    def step(self, doing: str) -> Iterator[Advance]:
        """Show no progress."""
        yield no_progress


class Work(ABC):
    """A piece of work; `root` holds all that it is about, and may be a copy of the folder that it was prepared in."""

    name = ""

    @abstractmethod
    def prepare(self, root: Path) -> None:
        """Make what there was before."""

    @abstractmethod
    def do(self, root: Path) -> None:
        """Do it; what goes wrong is a `RigcoachError`."""

    @abstractmethod
    def wrong(self, root: Path) -> Iterator[str]:
        """Yield what a new process finds lost or half done, wherever the work was broken off."""

    @abstractmethod
    def lacking(self, root: Path) -> Iterator[str]:
        """Yield what is not there once the work was done again."""


@contextmanager
def at_home(root: Path) -> Iterator[None]:
    """Have rigcoach keep all that it keeps below a folder."""
    before = os.environ.get("RIGCOACH_HOME")
    os.environ["RIGCOACH_HOME"] = str(root / "home")
    try:
        yield
    finally:
        if before is None:
            del os.environ["RIGCOACH_HOME"]
        else:
            os.environ["RIGCOACH_HOME"] = before


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def small_clip(path: Path, shade: int, frames: int = 6) -> Path:
    """Write a small clip of one shade of grey."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96), shade, np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def a_session(takes: int, *, tethered: bool = True) -> OpenSession:
    """Make a session of so many takes."""
    drill = load_drill("still-2m")
    stations = tuple(replace(drill.stations[n % len(drill.stations)], seconds=0.24) for n in range(takes))
    path = folder.create(new_session(drill, stations, "", load_profile("hip-video"), tethered=tethered))
    return OpenSession(path, folder.read(path))


def wrong_in_journal() -> Iterator[str]:
    """Yield what is wrong with any session, or with the index over them."""
    for name in folder.session_ids():
        try:
            folder.read(folder.folder_of(name))
        except JournalError as error:
            yield error.line()
    for name, why in folder.strays():
        yield f"{name}: {why}"
    log = index.read_log()
    if log.odd or log.trouble:
        yield f"the index: {log.odd or log.trouble}"
    if sorted(row.id for row in log.sessions) != sorted(folder.session_ids()):
        yield "the index holds other sessions than the folders"
    unfinished = [path.name for path in folder.sessions_folder().rglob("session.json") if not path.stat().st_size]
    yield from unfinished


def only_session() -> OpenSession:
    """Return the one session there is, as it stands."""
    (name,) = folder.session_ids()
    return session_called(name)


def session_called(name: str) -> OpenSession:
    """Return a session as it stands."""
    path = folder.folder_of(name)
    return OpenSession(path, folder.read(path))


class InPlace(Scorer):
    """Scores takes in this process, not in one of its own."""

    def one(self, job: ScoringJob, tick: Callable[[], None]) -> TakeResult:
        """Score one take."""
        tick()
        return score_take(job)


class KeepSession(Work):
    """A drill's session, written down step by step."""

    name = "a session written down"

    def prepare(self, root: Path) -> None:
        """Have an earlier session."""
        session = a_session(1)
        session.closed()
        index.update()
        earlier = session.folder / folder.SESSION_FILE
        (root / "earlier").write_text(f"{earlier.parent.name} {digest(earlier)}")

    def do(self, root: Path) -> None:
        """Go through a drill of two takes, as far as the journal is concerned."""
        drill = load_drill("thirds")
        session = new_session(drill, drill.stations[:2], "", load_profile("hip-video"), tethered=True)
        with begun(session, Quiet()) as open_session:
            open_session.camera_found("Canon EOS 5D Mark II", "movie")
            for number in (1, 2):
                open_session.begin_take(number)
                open_session.recorded(number, f"{CARD}/MVI_000{number}.MOV", 10, 1.0)
            open_session.stopped()

    def wrong(self, root: Path) -> Iterator[str]:
        """Look at all sessions."""
        name, was = (root / "earlier").read_text().split()
        if digest(folder.folder_of(name) / folder.SESSION_FILE) != was:
            yield "the earlier session is another"
        yield from wrong_in_journal()

    def lacking(self, root: Path) -> Iterator[str]:
        """Look for a session with both takes."""
        sessions = [folder.read(folder.folder_of(name)) for name in folder.session_ids()]
        if not any(sum(take.state is TakeState.RECORDED for take in session.takes) == 2 for session in sessions):
            yield "no session has both takes"
        yield from (f"{path} is left" for path in (root / "home").rglob(".new-*"))


class BringIn(Work):
    """A session's clips: one recorded on the cable, one told by its time, one of nobody's, one half way in before."""

    name = "clips brought in from a folder"

    def __init__(self, scorer: Scorer | None = None, *, measured: bool = False) -> None:
        """With `measured` what is measured of the clips is kept from before: only the rest is to be done anew."""
        self._scorer, self._measured = scorer, measured

    def prepare(self, root: Path) -> None:
        """Make the session, and a card as a reader shows it."""
        self._make(root)
        if self._measured:
            once = root / "once"
            shutil.copytree(root, once, symlinks=True)
            with at_home(once):
                self.do(once)
            shutil.copytree(once / "home" / "measurements", root / "home" / "measurements")
            shutil.rmtree(once)

    def _make(self, root: Path) -> None:
        session = a_session(2)
        card = root / "card" / "DCIM" / "100EOS5D"
        first = small_clip(card / "MVI_0001.MOV", 60)
        session.begin_take(1)
        session.recorded(1, f"{CARD}/MVI_0001.MOV", first.stat().st_size, 0.24)
        session.begin_take(2)
        begun_at = session.take(2).started_at
        assert begun_at is not None  # noqa: S101 - it has just begun
        second = small_clip(card / "MVI_0002.MOV", 90)
        other = small_clip(card / "MVI_0003.MOV", 120)
        for path, after_s in ((second, 0.24), (other, 60.0)):
            at = begun_at.timestamp() + after_s
            os.utime(path, (at, at))
        left = session.folder / folder.SCORES_FOLDER
        left.mkdir()
        (left / "take-01.json.999999.part").write_text("{")
        (session.folder / "take-02.mov").write_bytes(b"what somebody put there")
        (root / "session").write_text(session.folder.name)
        (root / "digests").write_text(json.dumps([digest(path) for path in (first, second, other)]))

    def do(self, root: Path) -> None:
        """Bring them in."""
        name = (root / "session").read_text()
        with resumed(folder.folder_of(name)) as open_session:
            ingest(open_session, root / "card", Quiet(), scorer=self._scorer)

    def wrong(self, root: Path) -> Iterator[str]:
        """Look at card, session and clips."""
        of = json.loads((root / "digests").read_text())
        for path, was in zip(sorted((root / "card").rglob("*.MOV")), of, strict=True):
            if digest(path) != was:
                yield f"{path.name} on the card is another"
        yield from wrong_in_journal()
        session = session_called((root / "session").read_text())
        for take in session.session.takes:
            if take.clip is not None and digest(session.folder / take.clip) != of[take.number - 1]:
                yield f"take {take.number} has another clip"
            if take.number == 1 and take.state not in (TakeState.RECORDED, TakeState.FETCHED, TakeState.SCORED):
                yield f"take 1 is {take.state}"
        kept = [path for path in session.folder.rglob("*.mov") if not path.name.endswith(".part")]
        if b"what somebody put there" not in [path.read_bytes() for path in kept]:
            yield "what somebody put there is gone"
        for path in kept:
            if digest(path) not in of and path.read_bytes() != b"what somebody put there":
                yield f"{path.name} is half a clip"

    def lacking(self, root: Path) -> Iterator[str]:
        """Look for both clips."""
        session = session_called((root / "session").read_text())
        if session.session.state is not SessionState.CLOSED:
            yield f"the session is {session.session.state}"
        for take in session.session.takes:
            if take.state is not TakeState.SCORED:
                yield f"take {take.number} is {take.state}: {take.error}"
            if not (session.folder / folder.SCORES_FOLDER / f"{take.stem}.json").is_file():
                yield f"take {take.number} has no scores of its frames"
        yield from (f"{path.name} is left" for path in session.folder.rglob("*.part"))
        yield from self.wrong(root)


class FetchClip(Work):
    """A clip on the camera's card."""

    name = "a clip fetched from the camera"

    def __init__(self, camera: Camera, file: CardFile, whole: str) -> None:
        self._camera, self._file, self._whole = camera, file, whole

    def prepare(self, root: Path) -> None:
        """Make the folder."""
        (root / "out").mkdir()

    def do(self, root: Path) -> None:
        """Fetch it, unless it is there."""
        if not (root / "out" / "clip.mov").exists():
            fetch(self._camera, self._file, root / "out" / "clip.mov")

    def wrong(self, root: Path) -> Iterator[str]:
        """Look whether what has its name is whole."""
        clip = root / "out" / "clip.mov"
        if clip.exists() and digest(clip) != self._whole:
            yield "the clip is not whole"

    def lacking(self, root: Path) -> Iterator[str]:
        """Look for the clip."""
        if [path.name for path in (root / "out").iterdir() if not path.name.endswith(".part")] != ["clip.mov"]:
            yield "there is no clip"
        yield from self.wrong(root)


class BringInFromCamera(Work):
    """A session whose clips are on the camera's card: one known, one to be told by its order, left by a kill."""

    name = "clips brought in from the camera"

    def __init__(self, camera: Camera, files: tuple[CardFile, CardFile], scorer: Scorer | None = None) -> None:
        self._camera, self._files, self._scorer = camera, files, scorer

    def prepare(self, root: Path) -> None:
        """Make the session."""
        session = a_session(2)
        session.begin_take(1)
        session.recorded(1, self._files[0].path, self._files[0].size_bytes, 1.0)
        session.begin_take(2)

    def do(self, root: Path) -> None:
        """Bring them in."""
        (name,) = folder.session_ids()
        with resumed(folder.folder_of(name)) as open_session:
            ingest(open_session, self._camera, Quiet(), scorer=self._scorer)

    def wrong(self, root: Path) -> Iterator[str]:
        """Look at the session and its clips."""
        yield from wrong_in_journal()
        session = only_session()
        sizes = {file.size_bytes for file in self._files}
        for path in session.folder.rglob("*"):
            if path.suffix.lower() == ".mov" and path.stat().st_size not in sizes:
                yield f"{path.name} is half a clip"
        if session.take(1).state not in (TakeState.RECORDED, TakeState.FETCHED, TakeState.SCORED):
            yield f"take 1 is {session.take(1).state}"

    def lacking(self, root: Path) -> Iterator[str]:
        """Look for both clips."""
        session = only_session()
        for take, file in zip(session.session.takes, self._files, strict=True):
            if take.state is not TakeState.SCORED or take.size_bytes != file.size_bytes:
                yield f"take {take.number} is {take.state}: {take.error}"
        yield from self.wrong(root)


class WriteReport(Work):
    """A session's report, in place of an earlier one."""

    name = "a report written"

    def prepare(self, root: Path) -> None:
        """Make a session that was scored, with a report."""
        session = a_session(1)
        score = TakeScore(50.0, 50.0, 50.0, 50.0, 50.0, 0.5, 1.0, 1.0, "target", 1.0)
        take = replace(session.take(1), state=TakeState.SCORED, score=score)
        folder.write(session.folder, replace(session.session, takes=(take,), state=SessionState.CLOSED))
        self.do(root)

    def do(self, root: Path) -> None:
        """Write it."""
        session = only_session()
        write(session.folder / "report.html", read_session_page(session.folder))

    def wrong(self, root: Path) -> Iterator[str]:
        """Look whether it is whole."""
        if not (only_session().folder / "report.html").read_text().rstrip().endswith("</html>"):
            yield "the report is not whole"
        yield from wrong_in_journal()

    def lacking(self, root: Path) -> Iterator[str]:
        """Look whether anything is left over."""
        yield from (f"{path.name} is left" for path in only_session().folder.glob("*.part"))
        yield from self.wrong(root)


class WriteScores(Work):
    """The scores of a take's frames."""

    name = "a take's scores written"

    def prepare(self, root: Path) -> None:
        """Make the clip."""
        small_clip(root / "take-01.mov", 80)

    def do(self, root: Path) -> None:
        """Score it."""
        job = ScoringJob(
            take=1,
            clip=root / "take-01.mov",
            scores=root / "scores" / "take-01.json",
            subject="target",
            wanted=ANYWHERE,
            rig=RigOptics(),
        )
        score_take(job)

    def wrong(self, root: Path) -> Iterator[str]:
        """Look whether they are whole."""
        path = root / "scores" / "take-01.json"
        if path.exists() and len(json.loads(path.read_bytes())["frames"]) != 6:
            yield "not every frame has its scores"

    def lacking(self, root: Path) -> Iterator[str]:
        """Look for them."""
        if [path.name for path in (root / "scores").iterdir()] != ["take-01.json"]:
            yield "there are no scores, or more"
        yield from self.wrong(root)


class KeepSettings(Work):
    """A profile, a drill, gear, a calibration and a body's settings."""

    name = "profile, drill, gear, calibration, snapshot kept"

    def prepare(self, root: Path) -> None:
        """Have earlier ones."""
        self.do(root)

    def do(self, root: Path) -> None:
        """Keep each, in place of the earlier one."""
        keep_profile(replace(load_profile("hip-video"), name="mine", description=str(time.monotonic())), replace=True)
        keep_drill(replace(load_drill("still-2m"), name="mine"), replace=True)
        keep_gear("adapter", _RING, replace=True)
        register = RegisterError(0.1, 0.01, (MarkRead(2.0, 2.1, 0.01),))
        save_calibration(Rig(None, None, None), Calibration(register, date(2026, 3, 1)))
        kept = snapshot.Snapshot(datetime(2026, 3, 1, tzinfo=UTC), "mine", (), listing_of("body", [_ISO]))
        snapshot.keep(kept)

    def wrong(self, root: Path) -> Iterator[str]:
        """Look whether each can be read."""
        read_profile(root / "home" / "profiles" / "mine.toml")
        read_drill(root / "home" / "drills" / "mine.toml")
        if load_calibration(Rig(None, None, None)) is None:
            yield "the calibration is gone"
        for path in snapshot.kept():
            snapshot.read(path)

    def lacking(self, root: Path) -> Iterator[str]:
        """Look whether anything is left over."""
        yield from (f"{path.name} is left" for path in (root / "home").rglob("*.part"))
        if not calibration_path(Rig(None, None, None)).exists():
            yield "there is no calibration"
        yield from self.wrong(root)
