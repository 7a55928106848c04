"""Every step that changes the disk, in whatever keeps a photographer's work, fails once.

    python bench/every_step.py

For each piece of work (`kept_work`), each of its steps in turn (a file made, written, synced, named, removed; a folder
made) fails once; fails and all after it, as on a full disk; is not reached, for the process is killed before it; or is
not reached and what was not synced by then is half, as in a power cut. Then all is looked at as a new process would,
and the work is done again: is anything lost?
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from kept_work import (
    BringIn,
    BringInFromCamera,
    FetchClip,
    KeepSession,
    KeepSettings,
    Work,
    WriteReport,
    WriteScores,
    at_home,
    digest,
)
from trial_folder import trial_folder

from rigcoach.base import disk
from rigcoach.base.disk import Step
from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.process import EmulatedBody
from rigcoach.practice.scorer import Scorer
from rigcoach.tether.camera import Camera
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record

_EIO, _ENOSPC = 5, 28
_KILLED = -9


@dataclass(slots=True)
class Tally:
    """What came of an attack on a piece of work: how often it was tried, and what was lost, step by step."""

    work: str
    attack: str
    tries: int = 0
    failures: list[str] = field(default_factory=list)

    def judge(self, work: Work, root: Path, told: str, before: str = "") -> None:
        """Look at what is left, do the work again, and look again."""
        self.tries += 1
        try:
            found = [before] if before else []
            found += work.wrong(root)
            work.do(root)
            found += work.lacking(root)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted here
            found = [f"{type(error).__name__}: {error}"]
        self.failures += [f"{told}: {each}" for each in found]


def attacked(work: Work, *, kill: bool = False, only: str = "", part: tuple[int, int] = (0, 1)) -> Iterator[Tally]:
    """Yield what comes of each attack on a piece of work that has the words `only` in its name.

    With `kill` processes are killed in earnest, too. `part` is a number and of how many: one of so many steps.
    """
    with trial_folder("rigcoach-steps-") as name:
        folder = Path(name)
        fresh = folder / "fresh"
        fresh.mkdir()
        with at_home(fresh):
            work.prepare(fresh)
        numbered = list(enumerate(_steps(work, _copy(fresh, folder / "dry"))))
        steps = numbered[part[0] :: part[1]]
        attacks: dict[str, Callable[[str], Tally]] = {
            "fails once": lambda name: _failing(work, fresh, folder, steps, name, lambda n, at: n == at, _EIO),
            "fails, and all after it": lambda name: _failing(
                work, fresh, folder, steps, name, lambda n, at: n >= at, _ENOSPC
            ),
            "killed before it": lambda name: _broken_off(work, fresh, folder, name, part, power=False),
            "power cut before it": lambda name: _broken_off(work, fresh, folder, name, part, power=True),
        }
        if kill:
            attacks["process killed (SIGKILL) before it"] = lambda name: _killed(work, fresh, folder, steps, name)
        for attack, make in attacks.items():
            if only in attack:
                yield make(attack)


def _steps(work: Work, root: Path) -> list[str]:
    """Return the steps of a piece of work that nothing attacks."""
    told: list[str] = []
    with at_home(root), disk.steps_hooked(lambda step, path: told.append(f"{step} {path.name}")):
        work.do(root)
    with at_home(root):
        lacking = list(work.lacking(root))
    if lacking:
        raise RuntimeError(f"{work.name}, left alone, lacks {lacking}")
    return told


def _failing(
    work: Work,
    fresh: Path,
    folder: Path,
    steps: Sequence[tuple[int, str]],
    attack: str,
    fails: Callable[[int, int], bool],
    code: int,
) -> Tally:
    tally = Tally(work.name, attack)
    for at, step in steps:
        root = _copy(fresh, folder / "tried")
        number = -1

        def watch(_step: Step, path: Path, at: int = at) -> None:
            nonlocal number
            number += 1
            if fails(number, at):
                raise OSError(code, "made to fail", str(path))

        with at_home(root):
            before = ""
            try:
                with disk.steps_hooked(watch):
                    work.do(root)
            except RigcoachError:
                pass
            except Exception as error:  # noqa: BLE001 - only our own errors are to come out
                before = f"it raised {type(error).__name__}: {error}"
            tally.judge(work, root, f"step {at}, {step}", before)
    return tally


def _broken_off(work: Work, fresh: Path, folder: Path, attack: str, part: tuple[int, int], *, power: bool) -> Tally:
    """Take a copy of all before each step: that is what a process killed there leaves."""
    root, left = _copy(fresh, folder / "whole"), folder / "left"
    unsynced: set[int] = set()  # by their numbers: a file that gets another name stays the same
    shutil.rmtree(left, ignore_errors=True)
    told: list[str] = []

    def leave() -> None:
        copy = _copy(root, left / str(len(told)))
        if power:
            for file in root.rglob("*"):
                if file.is_file() and file.stat().st_ino in unsynced:
                    there = copy / file.relative_to(root)
                    there.write_bytes(there.read_bytes()[: there.stat().st_size // 2])

    def watch(step: Step, path: Path) -> None:
        leave()
        told.append(f"{step} {path.name}")
        if step is Step.WRITE:
            unsynced.add(path.stat().st_ino)
        elif step is Step.SYNC:
            unsynced.discard(path.stat().st_ino)

    with at_home(root), disk.steps_hooked(watch):
        work.do(root)
    leave()
    tally = Tally(work.name, attack)
    for at, step in list(enumerate([*told, "the end"]))[part[0] :: part[1]]:
        with at_home(left / str(at)):
            tally.judge(work, left / str(at), f"step {at}, {step}")
    return tally


def _killed(work: Work, fresh: Path, folder: Path, steps: Sequence[tuple[int, str]], attack: str) -> Tally:
    """Have a process of its own do the work and kill itself before each step."""
    tally = Tally(work.name, attack)
    for at, step in steps:
        root = _copy(fresh, folder / "tried")
        command = [sys.executable, __file__, "--do", work.name, "--in", str(root), "--killed-before", str(at)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        before = "" if done.returncode == _KILLED else f"it ended with {done.returncode}: {done.stderr[-300:]}"
        with at_home(root):
            tally.judge(work, root, f"step {at}, {step}", before)
    return tally


def _copy(root: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    to.parent.mkdir(exist_ok=True)
    shutil.copytree(root, to, symlinks=True)
    return to


def _do_and_die(name: str, root: Path, at: int) -> None:
    import os
    import signal

    work = next(
        work for work in (KeepSession(), BringIn(), WriteReport(), WriteScores(), KeepSettings()) if work.name == name
    )
    number = -1

    def watch(_step: Step, _path: Path) -> None:
        nonlocal number
        number += 1
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    with at_home(root), disk.steps_hooked(watch):
        work.do(root)


def main() -> int:
    """Attack every piece of work and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", metavar="WORDS", default="", help="the pieces of work with these words in their names"
    )
    parser.add_argument("--attack", metavar="WORDS", default="", help="the attacks with these words in their names")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="only the Kth of N parts of the steps, from 0")
    parser.add_argument("--do", help=argparse.SUPPRESS)
    parser.add_argument("--in", dest="root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--killed-before", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.do:
        _do_and_die(asked.do, asked.root, asked.killed_before)
        return 1
    number, of = map(int, asked.part.split("/"))
    tallies: list[Tally] = []
    with ExitStack() as until_then:
        scorer = until_then.enter_context(Scorer())
        works: list[tuple[Work, bool]] = [
            (work, True) for work in (KeepSession(), KeepSettings(), WriteReport(), WriteScores(), BringIn(scorer))
        ]
        home = Path(until_then.enter_context(tempfile.TemporaryDirectory(prefix="rigcoach-home-")))
        with at_home(home):
            body = until_then.enter_context(EmulatedBody())
            camera = until_then.enter_context(Camera(body.port_path, model=body.model))
            first, second = record(camera, 1.0).file, record(camera, 1.0).file
            fetch(camera, first, home / "whole.mov")
        works += [(FetchClip(camera, first, digest(home / "whole.mov")), False)]
        works += [(BringInFromCamera(camera, (first, second), scorer), False)]
        for work, kill in (each for each in works if asked.only in each[0].name):
            for tally in attacked(work, kill=kill, only=asked.attack, part=(number, of)):
                tallies.append(tally)
                print(
                    f"| {tally.work} | each step {tally.attack} | {tally.tries} | {len(tally.failures)} |", flush=True
                )
                for failure in tally.failures[:5]:
                    print(f"    {failure}", file=sys.stderr, flush=True)
    return 1 if any(tally.failures for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
