"""A body that means no good, at libgphoto2's real driver: names that lead elsewhere, counts beyond all, spoilt answers.

    python bench/hostile_body.py --tries 300

The driver's process may crash or be ended; rigcoach may refuse. Nothing may be written outside the folder that was
named for it, nothing in it written over, no other error than rigcoach's own may come out, within bounded time.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from emulated.reel import Reel
from kept_work import at_home

from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.card import COMPACT_FLASH, Card, CardObject
from rigcoach.emulated.eos import eos5d2
from rigcoach.emulated.eos.eos_body import EosBody
from rigcoach.emulated.nikon import nikon_d750
from rigcoach.emulated.nikon.nikon_body import NikonBody
from rigcoach.emulated.ptp.faults import Delivery, FaultyBody
from rigcoach.emulated.ptp.operations import ObjectFormat, Operation, OperationCode, PtpEvent
from rigcoach.emulated.ptp.server import LOOPBACK, Server
from rigcoach.tether.camera import Camera
from rigcoach.tether.card_selection import choose, in_folder
from rigcoach.tether.fetch import fetch

LONGEST_S = 60.0
"""How long all that is asked of one body may take."""

_TAKEN = datetime(2008, 11, 22, 12, 0)
_MODEL = "PTP/IP Camera"
_NAMES = (
    "../../../../../../tmp/rigcoach-outside.MOV",
    "..",
    "/etc/rigcoach-outside.MOV",
    "a\0b.MOV",
    "bell\a\x1b[2J.MOV",
    "MVI_0001.MOV",
    "MVI_0001.MOV",
    "mvi_0001.mov",
    "x" * 250 + ".MOV",
    ".hidden.MOV",
    "",
    "con.MOV",
    "-rf.MOV",
    "\u202egnp.MOV",
    "%n%s%x.MOV",
    "🎬.MOV",
)
# Canon's own listing has room for twelve letters.
_SHORT_NAMES = (
    "../../x.MOV",
    "..",
    "/etc/x.MOV",
    "a\0b.MOV",
    "bell\a.MOV",
    *2 * ("MVI_0001.MOV",),
    ".hid.MOV",
    "",
    "-f",
)


class HostileBody:
    """An emulated body whose answers are spoilt.

    `how` is "names" (a Nikon's), "short names" (an EOS's), "counts" or "answers".
    """

    def __init__(self, how: str, seed: int, folder: Path) -> None:
        card, reel = Card(_TAKEN, nikon_d750.CARD if how == "names" else COMPACT_FLASH), Reel(folder)
        body: EosBody | NikonBody
        if how == "names":
            body = NikonBody(nikon_d750.model(nikon_d750.LENSES["af-s-24-85mm"]), card, reel)
        else:
            body = EosBody(eos5d2.model(eos5d2.LENSES["adapted"]), card, reel)
        clip = folder / "clip"
        clip.write_bytes(bytes(range(256)) * 100)
        names = {"names": _NAMES, "short names": _SHORT_NAMES}.get(how, ("MVI_0001.MOV", "MVI_0002.MOV"))
        for number, name in enumerate(names):
            size = clip.stat().st_size
            handle = 0x9191_0100 + number
            card._objects[handle] = CardObject(handle, card.pictures.handle, name, ObjectFormat.MOV, _TAKEN, size, clip)
        self.name = body.name
        self._inner = FaultyBody(body)
        self._how, self._draw = how, np.random.default_rng(seed)

    def hang_up(self) -> None:
        """Take note that the computer is gone."""
        self._inner.hang_up()

    def events_due(self) -> tuple[PtpEvent, ...]:
        """Return what the body tells by itself, unspoilt."""
        return self._inner.events_due()

    def deliver(self, operation: Operation) -> Delivery:
        """Answer as the body would, and spoil it."""
        delivery = self._inner.deliver(operation)
        response = delivery.response
        if response is None or not response.data or "names" in self._how:
            return delivery
        if operation.code == OperationCode.GET_DEVICE_INFO and self._draw.random() < 0.8:
            return delivery  # or else it is taken for another maker's most of the time
        if self._draw.random() < 0.5:
            return delivery
        spoil = self._counts if self._how == "counts" else self._bytes
        return replace(delivery, response=replace(response, data=spoil(response.data)))

    def _counts(self, data: bytes) -> bytes:
        spoilt = bytearray(data)
        at = int(self._draw.choice((0, 0, 4, 8, 12)))
        spoilt[at : at + 4] = int(self._draw.choice((0xFFFFFFFF, 0x7FFFFFFF, 0x10000000, 0))).to_bytes(4, "little")
        return bytes(spoilt)

    def _bytes(self, data: bytes) -> bytes:
        spoilt = bytearray(data)
        match self._draw.integers(4):
            case 0:
                del spoilt[int(self._draw.integers(len(spoilt))) :]
            case 1:
                spoilt += self._draw.bytes(int(self._draw.integers(1, 5000)))
            case _:
                for _ in range(self._draw.choice((1, 4, 32))):
                    spoilt[self._draw.integers(len(spoilt))] = self._draw.integers(256)
        return bytes(spoilt)


def serve(how: str, seed: int, folder: Path) -> None:
    """Be such a body until standard input is closed; say the port first."""
    server = Server(HostileBody(how, seed, folder))
    sys.stdout.write(f"ptpip:{LOOPBACK}:{server.port}:{server.port}\n")
    sys.stdout.flush()
    server.when_readable(sys.stdin.fileno(), lambda: bool(os.read(sys.stdin.fileno(), 1)))
    while server.step(0.25):
        pass


@contextmanager
def hostile(how: str, seed: int, folder: Path) -> Iterator[str]:
    """Yield the port of such a body, in a process of its own."""
    command = [sys.executable, __file__, "--serve", how, "--seed", str(seed), "--folder", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe
        yield process.stdout.readline().strip()
        process.kill()


@dataclass(slots=True)
class Tally:
    """What came of so many bodies."""

    tries: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    restarted: int = 0
    failures: list[str] = field(default_factory=list)
    longest_s: float = 0.0


def attack(how: str, seed: int, tally: Tally) -> None:
    """Ask everything of one such body, and look at what it left."""
    tally.tries += 1
    told = f"{how}, seed {seed}"
    with tempfile.TemporaryDirectory(prefix="rigcoach-hostile-") as name:
        root = Path(name)
        inside, card = root / "deep" / "inside" / "clips", root / "card"
        inside.mkdir(parents=True)
        card.mkdir()
        mine = inside / "MVI_0001.MOV"
        mine.write_bytes(b"mine")
        begun = time.monotonic()
        with at_home(root), hostile(how, seed, card) as port:
            before = _all_but(root, inside)
            _ask_all(port, inside, tally, told)
            after = _all_but(root, inside)
        spent_s = time.monotonic() - begun
        tally.longest_s = max(tally.longest_s, spent_s)
        if spent_s > LONGEST_S:
            tally.failures.append(f"{told}: it took {spent_s:.0f} s")
        if before != after:
            tally.failures.append(f"{told}: outside the folder: {sorted(set(before.items()) ^ set(after.items()))}")
        if mine.read_bytes() != b"mine":
            tally.failures.append(f"{told}: a file was written over")
        if any(Path(path).exists() for path in ("/tmp/rigcoach-outside.MOV", "/etc/rigcoach-outside.MOV")):  # noqa: S108
            tally.failures.append(f"{told}: a file was written elsewhere")
        left = [path.name for path in inside.iterdir() if path.name.endswith(".part") or not path.name.isprintable()]
        if left:
            tally.failures.append(f"{told}: left {left}")


def _all_but(root: Path, inside: Path) -> dict[str, str]:
    """Return what lies below a folder, but for one in it and for what the driver keeps of its own."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and inside not in path.parents and not {"gphoto", "locks"} & set(path.parts)
    }


def _ask_all(port: str, inside: Path, tally: Tally, told: str) -> None:
    def done(what: str, ask: Callable[[], object]) -> object:
        try:
            answer = ask()
        except RigcoachError as error:
            tally.refused[error.code] += 1
            if not error.line().isprintable():
                tally.failures.append(f"{told}, {what}: it says {error.line()!r}")
            return None
        except Exception as error:  # noqa: BLE001 - what else comes out is what is looked for
            tally.failures.append(f"{told}, {what}: {type(error).__name__}: {error}")
            return None
        tally.done[what] += 1
        return answer

    camera = done("open", lambda: Camera(port, model=_MODEL))
    if not isinstance(camera, Camera):
        return
    with camera:
        pid = camera.worker_pid
        done("listing", camera.listing)
        done("cards", camera.cards)
        done("event", lambda: camera.next_event(0.05))
        files = done("files", camera.files)
        done("preview", camera.preview)
        done("get", lambda: camera.get("iso"))
        done("set", lambda: _set(camera))
        if isinstance(files, tuple):
            for wanted in in_folder(choose(files[:20], ()), inside):
                if not wanted.is_there:
                    done("fetch", lambda wanted=wanted: fetch(camera, wanted.file, wanted.to))  # type: ignore[misc]
        tally.restarted += camera.worker_pid not in (pid, None)


def _set(camera: Camera) -> None:
    try:
        camera.set("iso", "400")
    except ValueError as error:  # it lists no such value
        raise RigcoachError(str(error), code="camera.no-such-value") from error


def main() -> int:
    """Attack, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.seed, asked.folder)
        return 0
    failures = 0
    print("| a body whose | tries | driver restarted | failures | longest, s |\n|---|---|---|---|---|")
    ways = {
        "names": "names mean harm (Nikon)",
        "short names": "names mean harm (EOS)",
        "counts": "counts are wrong",
        "answers": "answers are spoilt",
    }
    for how, says in ways.items():
        tally = Tally()
        for number in range(1 if "names" in how else asked.tries // 2):
            attack(how, asked.seed + number, tally)
        failures += len(tally.failures)
        counts = f"{tally.tries} | {tally.restarted} | {len(tally.failures)} | {tally.longest_s:.0f}"
        print(f"| {says} | {counts} |", flush=True)
        print(f"    done: {dict(tally.done)}; refused: {dict(tally.refused)}", file=sys.stderr)
        for failure in tally.failures:
            print(f"    {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
