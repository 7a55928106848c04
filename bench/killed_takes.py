"""`kill -9` at random moments of real commands: tethered drills, clips brought in and fetched, settings put back.

    python bench/killed_takes.py --kills 40

Each command runs against an emulated body with libgphoto2's real driver and is killed, by itself or with all of its
processes, at a moment drawn from the time that it takes. Then all is looked at as a new process would, the command or
`rigcoach ingest` is run again, and what a photographer would miss is counted.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from kept_work import BringIn, at_home, digest, session_called, wrong_in_journal
from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody
from rigcoach.journal import folder
from rigcoach.journal.states import TakeState
from rigcoach.tether.camera import Camera
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record
from rigcoach.tether.settings import snapshot

_LONGEST_S = 240.0
_IN_ORDER_S = 90.0
_SETTINGS = ("iso", "shutterspeed", "whitebalance", "focusmode", "autoexposuremode")
_RECORDED = (TakeState.RECORDED, TakeState.FETCHED, TakeState.SCORED)
_DRILL = "seconds = 0.5\ntakes = 2\npause_s = 0\n"


@dataclass(slots=True)
class Tally:
    """What came of so many kills: how many found the command at work, and what was lost."""

    name: str
    kills: int = 0
    struck: int = 0
    failures: list[str] = field(default_factory=list)


class Attack(ABC):
    """A command on a body, below a folder of its own."""

    name = ""

    def __init__(self, root: Path, body: EmulatedBody) -> None:
        self.root, self.body = root, body

    @abstractmethod
    def prepare(self) -> None:
        """Make what there is before the command."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return its words."""

    @abstractmethod
    def wrong(self) -> Iterator[str]:
        """Yield what a new process finds lost or half done."""

    @abstractmethod
    def again(self) -> Iterator[str]:
        """Run what the photographer would then, and yield what is lacking."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of rigcoach's to its end."""
        return subprocess.run(_rigcoach(words), capture_output=True, text=True, timeout=_LONGEST_S, check=False)


class DrillKilled(Attack):
    """A drill of two takes on the cable."""

    name = "a tethered drill"

    def prepare(self) -> None:
        """Note how the body stands."""
        (self.root / "short.toml").write_text(_DRILL)
        self._before = _settings(self.body)
        with at_home(self.root):
            self._sessions = set(folder.session_ids())

    def command(self) -> Sequence[str]:
        """Return the drill's."""
        return ("drill", "run", str(self.root / "short.toml"), "--camera", self.body.port_path, "--quiet")

    def wrong(self) -> Iterator[str]:
        """Look at the body, which is to be left neither recording nor in live view, and at the journal."""
        until = time.monotonic() + _IN_ORDER_S
        while (status := self.body.status()).recording or status.live_view:
            if time.monotonic() > until:
                yield f"the body was left {'recording' if status.recording else 'in live view'}"
                break
            time.sleep(0.3)
        yield from wrong_in_journal()
        self._recorded = {
            (name, take.number): take.size_bytes
            for name in set(folder.session_ids()) - self._sessions
            for take in folder.read(folder.folder_of(name)).takes
            if take.state in _RECORDED
        }

    def again(self) -> Iterator[str]:
        """Bring in what is on the card, and put the settings back."""
        for name in set(folder.session_ids()) - self._sessions:
            done = self.run("ingest", "--camera", self.body.port_path, "--session", name)
            if done.returncode not in (0, 1) or "Traceback" in done.stderr:
                yield f"ingest ended with {done.returncode}: {done.stderr[-300:]}"
            session = session_called(name)
            for take in session.session.takes:
                if (name, take.number) in self._recorded and take.state is not TakeState.SCORED:
                    yield f"take {take.number} was recorded and is {take.state}: {take.error}; {done.stderr[-300:]}"
                if take.clip is not None and (session.folder / take.clip).stat().st_size != take.size_bytes:
                    yield f"{take.clip} is not whole"
            yield from (f"{path.name} is left" for path in session.folder.rglob("*.part"))
        yield from wrong_in_journal()
        restored = self.run("profile", "restore", "--camera", self.body.port_path)
        now = _settings(self.body)
        if now != self._before and any(True for _ in snapshot.kept()):
            yield f"the body has {now}, not {self._before}: {restored.stderr[-200:]}"


class FolderIngestKilled(Attack):
    """Clips brought in from a card reader."""

    name = "ingest from a card reader"

    def prepare(self) -> None:
        """Make a session and its card."""
        self._work = BringIn()
        with at_home(self.root):
            self._work.prepare(self.root)

    def command(self) -> Sequence[str]:
        """Return the ingest."""
        return ("ingest", str(self.root / "card"), "--session", (self.root / "session").read_text(), "--quiet")

    def wrong(self) -> Iterator[str]:
        """Look at card and session."""
        yield from self._work.wrong(self.root)

    def again(self) -> Iterator[str]:
        """Bring them in again."""
        done = self.run(*self.command())
        if done.returncode != 0:
            yield f"ingest again ended with {done.returncode}: {done.stderr[-300:]}"
        yield from self._work.lacking(self.root)


class CameraIngestKilled(Attack):
    """Clips brought in from the camera: of two takes, one known and one told by its order."""

    name = "ingest from the camera"

    def prepare(self) -> None:
        """Record two clips, and make a session that has neither."""
        from kept_work import a_session

        with at_home(self.root):
            with Camera(self.body.port_path, model=self.body.model) as camera:
                files = [record(camera, 0.5).file, record(camera, 0.5).file]
            session = a_session(2)
            session.begin_take(1)
            session.recorded(1, files[0].path, files[0].size_bytes, 0.5)
            session.begin_take(2)
            session.recorded(2, files[1].path, files[1].size_bytes, 0.5)
        self._session, self._sizes = session.folder.name, [file.size_bytes for file in files]

    def command(self) -> Sequence[str]:
        """Return the ingest."""
        return ("ingest", "--camera", self.body.port_path, "--session", self._session, "--quiet")

    def wrong(self) -> Iterator[str]:
        """Look at the session and its clips."""
        yield from wrong_in_journal()
        session = session_called(self._session)
        for path in session.folder.rglob("*"):
            if path.suffix.lower() == ".mov" and path.stat().st_size not in self._sizes:
                yield f"{path.name} is half a clip"

    def again(self) -> Iterator[str]:
        """Bring them in again."""
        done = self.run(*self.command())
        if done.returncode != 0:
            yield f"ingest again ended with {done.returncode}: {done.stderr[-300:]}"
        session = session_called(self._session)
        for take, size in zip(session.session.takes, self._sizes, strict=True):
            if take.state is not TakeState.SCORED or take.size_bytes != size:
                yield f"take {take.number} is {take.state}: {take.error}"
        yield from (f"{path.name} is left" for path in session.folder.rglob("*.part"))
        yield from self.wrong()


class FetchKilled(Attack):
    """All clips of the card fetched into a folder."""

    name = "camera fetch"

    def prepare(self) -> None:
        """Record clips, once, and fetch them to know what they are."""
        whole = self.root.parent / "whole"
        with at_home(self.root):
            if not whole.is_dir():
                whole.mkdir()
                with Camera(self.body.port_path, model=self.body.model) as camera:
                    for _ in range(4):
                        file = record(camera, 0.5).file
                        fetch(camera, file, whole / file.name)
        self._whole = {path.name: digest(path) for path in whole.iterdir()}
        (self.root / "out").mkdir()

    def command(self) -> Sequence[str]:
        """Return the fetch."""
        return ("camera", "fetch", "--new", "--out", str(self.root / "out"), "--camera", self.body.port_path, "--quiet")

    def wrong(self) -> Iterator[str]:
        """Look whether what has its name is whole."""
        for path in (self.root / "out").iterdir():
            if not path.name.endswith(".part") and digest(path) != self._whole.get(path.name):
                yield f"{path.name} is not whole"

    def again(self) -> Iterator[str]:
        """Fetch again."""
        done = self.run(*self.command())
        if done.returncode != 0:
            yield f"fetch again ended with {done.returncode}: {done.stderr[-300:]}"
        if {path.name: digest(path) for path in (self.root / "out").iterdir()} != self._whole:
            yield f"there are {sorted(path.name for path in (self.root / 'out').iterdir())}"


class RestoreKilled(Attack):
    """A body's settings put back."""

    name = "profile restore"

    def prepare(self) -> None:
        """Apply a profile."""
        self._before = _settings(self.body)
        done = self.run("profile", "apply", "hip-video", "--camera", self.body.port_path)
        if self._before == _settings(self.body):
            raise RuntimeError(f"the profile changed nothing: {done.stderr}")

    def command(self) -> Sequence[str]:
        """Return the restore."""
        return ("profile", "restore", "--camera", self.body.port_path, "--quiet")

    def wrong(self) -> Iterator[str]:
        """Look whether the snapshot is there."""
        if not [snapshot.read(path) for path in snapshot.kept()]:
            yield "there is no snapshot"

    def again(self) -> Iterator[str]:
        """Put them back again."""
        done = self.run(*self.command())
        if (now := _settings(self.body)) != self._before:
            yield f"the body has {now}, not {self._before}: {done.stderr[-300:]}"


ATTACKS: tuple[type[Attack], ...] = (DrillKilled, FolderIngestKilled, CameraIngestKilled, FetchKilled, RestoreKilled)


def _rigcoach(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "rigcoach", *words]


def _settings(body: EmulatedBody) -> dict[str, str]:
    with Camera(body.port_path, model=body.model) as camera:
        return {name: camera.read_back(name).current for name in _SETTINGS}


def killed(kind: type[Attack], kills: int, draw: np.random.Generator) -> Tally:
    """Kill a command so often, each time at another moment."""
    tally = Tally(kind.name)
    with tempfile.TemporaryDirectory(prefix="rigcoach-killed-") as name:
        body: EmulatedBody | None = None
        takes_s = 0.0
        for number in range(-1, kills):
            root = Path(name) / f"try-{number}"
            root.mkdir()
            with at_home(root):
                if body is None or number % 10 == 0:  # a card with ever more clips is ever slower
                    if body is not None:
                        body.__exit__(None, None, None)
                        shutil.rmtree(Path(name) / "whole", ignore_errors=True)
                    body = EmulatedBody(options=SMALL).__enter__()
                attack = kind(root, body)
                attack.prepare()
                begun = time.monotonic()
                if number < 0:
                    done = attack.run(*attack.command())
                    takes_s = time.monotonic() - begun
                    if done.returncode != 0 or list(attack.wrong()) or list(attack.again()):
                        raise RuntimeError(f"{kind.name}, left alone, ended with {done.returncode}: {done.stderr}")
                    continue
                at_s, all_of_it = float(draw.uniform(0.15, 1.0)) * takes_s, bool(draw.integers(2))
                tally.kills += 1
                tally.struck += _kill(attack.command(), at_s, all_of_it=all_of_it)
                told = f"try {number}, {at_s:.2f} of {takes_s:.2f} s{', with all its processes' if all_of_it else ''}"
                try:
                    found = [*attack.wrong(), *attack.again()]
                except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted here
                    found = [f"{type(error).__name__}: {error}"]
                tally.failures += [f"{told}: {each}" for each in found]
            shutil.rmtree(root)
        if body is not None:
            body.__exit__(None, None, None)
    return tally


def _kill(words: Sequence[str], after_s: float, *, all_of_it: bool) -> bool:
    """Start a command and kill it after some time; return whether it was still at work."""
    with subprocess.Popen(
        _rigcoach(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        if process.poll() is not None:
            return False
        if all_of_it:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        return True


def main() -> int:
    """Kill, look, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="of each command")
    parser.add_argument("--only", default="", metavar="WORDS", help="the commands with these words in their names")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    failures = 0
    for kind in ATTACKS:
        if asked.only in kind.name:
            tally = killed(kind, asked.kills, np.random.default_rng(asked.seed))
            failures += len(tally.failures)
            counts = f"{tally.kills} ({tally.struck} at work) | {len(tally.failures)}"
            print(f"| {tally.name}, `kill -9` at a random moment | {counts} |", flush=True)
            for failure in tally.failures:
                print(f"    {failure}", file=sys.stderr, flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
