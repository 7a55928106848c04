"""Two processes at work on the same sessions, the one stopped before each of its steps while the other is let to each.

    python bench/interleavings.py

A drill writes its session down, clips are brought in, the index is made anew. For every pair of steps of two of them
the first goes up to the one, the second up to the other (or as far as a lock lets it), then the first to its end, then
the second. Each ends well or says that the other is at work; then all is looked at as a new process would, and what was
refused is done again: is anything lost?
"""

import argparse
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from pathlib import Path

from kept_work import BringIn, InPlace, KeepSession, at_home
from trial_folder import trial_folder

from rigcoach.base import disk
from rigcoach.base.disk import Step
from rigcoach.base.errors import RigcoachError
from rigcoach.journal import folder, index
from rigcoach.journal.states import TakeState

_LOOK_S, _STUCK_LOOKS = 0.02, 8  # one that says nothing and rests so often in a row waits for the other
_LONGEST_S = 240.0  # on a busy machine, too
_DONE, _REFUSED, _FAILED = 0, 3, 4


def _drill(root: Path) -> None:
    KeepSession().do(root)


def _ingest(root: Path) -> None:
    with InPlace() as scorer:
        BringIn(scorer).do(root)


def _rebuild(_root: Path) -> None:
    index.rebuild()


WORKS: dict[str, Callable[[Path], None]] = {"drill": _drill, "ingest": _ingest, "rebuild": _rebuild}
PAIRS = tuple(combinations_with_replacement(WORKS, 2))


@dataclass(slots=True)
class Tally:
    """What came of two works: how many pairs of steps, how often one was refused, and what was lost."""

    works: tuple[str, str]
    tries: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


class Stepping:
    """A process that does a work and stops before each step until it is let on."""

    def __init__(self, name: str, root: Path) -> None:
        self._told, tell = os.pipe()
        wait, self._let = os.pipe()
        self.ended: int | None = None
        self.steps = 0
        self._waits = False
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._told)
            os.close(self._let)
            _work(name, root, tell, wait)
        os.close(tell)
        os.close(wait)

    def go(self, until: int | None = None) -> None:
        """Let it on up to before that step, or to its end; returns early where it waits for another process."""
        looked, longest = 0, time.monotonic() + _LONGEST_S
        while self.ended is None:
            if self._waits:
                if until is not None and self.steps >= until:
                    return
                self._waits, self.steps = False, self.steps + 1
                os.write(self._let, b".")
            if not select.select([self._told], [], [], _LOOK_S)[0]:
                looked = 0 if self._is_at_work() else looked + 1
                if looked == _STUCK_LOOKS or time.monotonic() > longest:
                    return
                continue
            looked = 0
            self._waits = bool(os.read(self._told, 1))
            if not self._waits:
                self._reap()

    def _is_at_work(self) -> bool:
        """Whether it runs, would run if a core were free, or waits for a disk; elsewhere than on Linux nobody can tell.

        On a busy machine it is slow, and not to be taken for one that waits for a lock.
        """
        try:
            stats = [path.read_text() for path in Path(f"/proc/{self._pid}/task").glob("*/stat")]
        except OSError:  # a thread that ended meanwhile
            return True
        return any(stat.rpartition(")")[2].split()[0] in "RD" for stat in stats)

    def give_up(self) -> None:
        """End it where it is."""
        os.kill(self._pid, signal.SIGKILL)
        self._reap()

    def _reap(self) -> None:
        self.ended = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        os.close(self._told)
        os.close(self._let)


def finish(*processes: Stepping) -> None:
    """Let processes on to their ends, the first before the others as far as it comes.

    What says nothing for a while waits for another, or is slow on a busy machine: all are let on in turn, since one
    that was only slow holds what others wait for.
    """
    until = time.monotonic() + _LONGEST_S
    while going := [each for each in processes if each.ended is None]:
        for each in going:
            each.go()
            if each.ended is None and time.monotonic() > until:
                each.give_up()


def _work(name: str, root: Path, tell: int, wait: int) -> None:
    """Do a work in a process that was made for it."""
    import cv2

    cv2.setNumThreads(1)

    def watch(_step: Step, _path: Path) -> None:
        os.write(tell, b".")
        os.read(wait, 1)

    code = _FAILED
    try:
        with at_home(root), disk.steps_hooked(watch):
            WORKS[name](root)
        code = _DONE
    except RigcoachError as error:
        code = _REFUSED if error.code == "journal.in-use" else _FAILED
        if code == _FAILED:
            sys.stderr.write(f"    {name}: {error.line()}\n")
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        sys.stderr.write(f"    {name}: {type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def prepare(root: Path, *, measured: bool) -> None:
    """Make sessions of before, one closed and one that waits for clips, in a process of its own.

    What is measured of the clips may be kept from before.
    """
    pid = os.fork()
    if pid == 0:
        try:
            with at_home(root):
                KeepSession().prepare(root)
                with InPlace() as scorer:
                    BringIn(scorer, measured=measured).prepare(root)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("the sessions could not be made")


def alone(name: str, root: Path) -> int:
    """Have one process do a work from its first step to its last; return how many steps it took."""
    one = Stepping(name, root)
    finish(one)
    if one.ended != _DONE:
        raise RuntimeError(f"{name}, left alone, ended with {one.ended}")
    return one.steps


def interleaved(works: tuple[str, str], part: tuple[int, int] = (0, 1), *, measured: bool = False) -> Tally:
    """Return what comes of two works at each pair of their steps.

    `part` is a number and of how many: one of so many steps of the first. Where clips are `measured` before, the steps
    of keeping what is measured are left out.
    """
    tally = Tally(works)
    with trial_folder("rigcoach-two-") as name:
        fresh, root = Path(name) / "fresh", Path(name) / "tried"
        fresh.mkdir()
        prepare(fresh, measured=measured)
        counts = []
        for work in works:
            shutil.copytree(fresh, root)
            counts.append(alone(work, root))
            shutil.rmtree(root)
        for i in range(part[0], counts[0], part[1]):
            for j in range(counts[1] + 1):
                shutil.copytree(fresh, root)
                came = _pair(tally, root, i, j)
                shutil.rmtree(root)
                if came < j:
                    break  # a lock, or its end, lets it no further, however far it may
    return tally


def _pair(tally: Tally, root: Path, i: int, j: int) -> int:
    """Do two works so far; return how many steps the second came while the first stood still."""
    tally.tries += 1
    first, second = (Stepping(work, root) for work in tally.works)
    first.go(i)
    second.go(j)
    came = second.steps
    finish(first, second)
    ended = (first.ended, second.ended)
    tally.refused += ended.count(_REFUSED)
    told = f"{tally.works[0]} before step {i}, {tally.works[1]} before step {j}"
    tally.failures += [f"{told}: {each}" for each in _wrong(tally.works, root, ended)]
    return came


def _wrong(works: tuple[str, str], root: Path, ended: tuple[int | None, int | None]) -> Iterator[str]:
    for work, code in zip(works, ended, strict=True):
        if code not in (_DONE, _REFUSED):
            yield f"{work} ended with {code}"
    with at_home(root):
        yield from KeepSession().wrong(root)
        yield from BringIn().wrong(root)
        sessions = [folder.read(folder.folder_of(name)) for name in folder.session_ids()]
        drills = [work for work, code in zip(works, ended, strict=True) if (work, code) == ("drill", _DONE)]
        whole = [
            session
            for session in sessions
            if session.drill.name == "thirds" and all(take.state is TakeState.RECORDED for take in session.takes)
        ]
        if len(whole) < len(drills):
            yield f"{len(drills)} drills were written down, {len(whole)} are there"
    if "ingest" in works:
        again = Stepping("ingest", root)
        finish(again)
        if again.ended != _DONE:
            yield f"ingest again ended with {again.ended}"
        with at_home(root):
            yield from BringIn().lacking(root)


def main() -> int:
    """Interleave every pair of works and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORK-WORK", help="only these, such as drill-ingest")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="only the Kth of N parts, from 0")
    asked = parser.parse_args()
    number, of = map(int, asked.part.split("/"))
    failures = 0
    for works in PAIRS:
        if asked.only in "-".join(works):
            tally = interleaved(works, (number, of))
            failures += len(tally.failures)
            counts = f"{tally.tries} | {tally.refused} | {len(tally.failures)}"
            print(f"| {works[0]} and {works[1]}, at each pair of steps | {counts} |", flush=True)
            for failure in tally.failures[:20]:
                print(f"    {failure}", file=sys.stderr, flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
