"""Every fault against everything that is done with a camera: what the user is told, what is left, what recovers.

    python bench/fault_matrix.py --out docs/camera-faults.md

Each cell is run for itself: libgphoto2's real driver, an emulated EOS 5D Mark II, and one thing that goes wrong in the
middle of one operation.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from small_movies import SMALL

from rigcoach.base.errors import RigcoachError
from rigcoach.emulated.eos.eos_properties import PropertyCode
from rigcoach.emulated.process import EmulatedBody
from rigcoach.emulated.ptp.faults import FAULTS, FaultKind, InjectedFault
from rigcoach.emulated.shooting import Options
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.tether.fetch import fetch
from rigcoach.tether.live_view import frames, live_view
from rigcoach.tether.record import record
from rigcoach.tether.settings.apply import Applied, apply
from rigcoach.tether.settings.resolution import is_fine
from rigcoach.tether.settings.restore import RestoreOutcome, restore
from rigcoach.tether.settings.snapshot import Snapshot

LONGEST_S = 15.0
_RECOVERY_S = 60.0
_WRITING_S = 4.0
_PROFILE = "hip-video"

Strike = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Row:
    """Something that goes wrong; `amid` the operation, or from before it on."""

    name: str
    what: str
    strike: Callable[[EmulatedBody, Camera], object]
    amid: bool = True


def _injected(name: str) -> Callable[[EmulatedBody, Camera], object]:
    return lambda body, _camera: body.inject(FAULTS[name])


def _next_iso(body: EmulatedBody, _camera: Camera) -> None:
    body.inject(InjectedFault(FaultKind.NEAREST, property=PropertyCode.ISO_SPEED, times=None))


def _crash(_body: EmulatedBody, camera: Camera) -> None:
    if camera.worker_pid is not None:
        os.kill(camera.worker_pid, signal.SIGSEGV)


ROWS = (
    Row("busy-for-a-while", "the body is busy three times", _injected("busy-for-a-while"), amid=False),
    Row("busy-for-ever", "the body stays busy", _injected("busy-for-ever"), amid=False),
    Row("refused", "the body refuses every setting", _injected("refused"), amid=False),
    Row("set-ignored", "the body agrees to settings and does not take them", _injected("set-ignored"), amid=False),
    Row("nearest-taken", "the body takes the ISO next to the one it is sent", _next_iso, amid=False),
    Row("events-busy", "the body is busy when asked for news", _injected("events-busy")),
    Row("live-view-busy", "no frame of live view is ever ready", _injected("live-view-busy"), amid=False),
    Row("late", "an answer comes after 3 s", _injected("late")),
    Row("stall", "an answer never comes", _injected("stall")),
    Row("stall-for-ever", "no answer ever comes again", _injected("stall-for-ever")),
    Row("cable-loose", "the cable comes loose within a file", _injected("cable-loose"), amid=False),
    Row("cable-loose-at-a-setting", "the cable comes loose at a setting", _injected("cable-loose-at-a-setting")),
    Row("cable-out", "the cable comes loose", _injected("cable-out")),
    Row("switched-off", "the body is switched off", lambda body, _camera: body.switch_off()),
    Row("asleep", "the body falls asleep", lambda body, _camera: body.fall_asleep()),
    Row("battery-empty", "the battery gets empty", lambda body, _camera: body.set_battery(0)),
    Row("card-full", "the card is full", lambda body, _camera: body.insert_card(free_bytes=0), amid=False),
    Row("card-out", "the card is taken out", lambda body, _camera: body.remove_card()),
    Row("dial", "the mode dial is turned to Av", lambda body, _camera: body.turn_dial("Av")),
    Row("driver-crash", "libgphoto2 crashes", _crash),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one operation and one fault.

    `failed` says whether the operation was given up; `left` are the names of the files in the user's folder, `whole`
    whether they are as long as on the card; `on_card` how many clips the card holds in the end.
    """

    operation: str
    fault: str
    told: str
    failed: bool
    seconds: float
    left: tuple[str, ...]
    whole: bool
    on_card: int
    recovered: bool
    in_order: bool


@dataclass(slots=True)
class _Bench:
    """One body, the camera on it, and where the user's files go."""

    body: EmulatedBody
    camera: Camera
    folder: Path
    is_struck_before: bool


def _apply(bench: _Bench, strike: Strike) -> str:
    def progress(number: float, _of: float | None) -> None:
        if number == 1:
            strike()

    return _told_of(apply(bench.camera, load_profile(_PROFILE), progress))


def _told_of(applied: Applied) -> str:
    if applied.lost is not None:
        raise applied.lost
    lacking = [setting for setting in applied.settings if not is_fine(setting.status)]
    if not lacking:
        return "done"
    named = ", ".join(setting.setting for setting in lacking)
    raise RigcoachError(f"not on the body: {named}", why=lacking[0].reason)


def _live(bench: _Bench, strike: Strike) -> str:
    with live_view(bench.camera, bench.camera.listing()):
        for number, _frame in enumerate(frames(bench.camera, 1.0)):
            if number == 3:
                strike()
    return "done"


def _record(bench: _Bench, strike: Strike) -> str:
    def progress(done: float, of: float | None) -> None:
        if of is not None and done > 0.4:
            strike()

    take = record(bench.camera, 1.0, progress)
    return f"done: {take.file.name}, {take.recorded_s:.1f} s"


def _fetch(bench: _Bench, strike: Strike) -> str:
    (file,) = bench.camera.files()

    def progress(done: float, _of: float | None) -> None:
        if done > 0:
            strike()

    fetch(bench.camera, file, bench.folder / "take.mov", progress)
    return "done"


def _restore(bench: _Bench, strike: Strike) -> str:
    before: list[Snapshot] = []
    apply(bench.camera, load_profile(_PROFILE), keep=before.append)

    def progress(number: float, _of: float | None) -> None:
        if number == 1:
            strike()

    if bench.is_struck_before:
        strike()
    restored = restore(bench.camera, before[0], progress)
    if restored.lost is not None:
        raise restored.lost
    lacking = [widget for widget in restored.widgets if widget.outcome is not RestoreOutcome.PUT_BACK]
    if lacking:
        named = ", ".join(widget.widget.rsplit("/", 1)[-1] for widget in lacking)
        raise RigcoachError(f"not as it was: {named}", why=lacking[0].reason)
    return "done"


OPERATIONS: dict[str, Callable[[_Bench, Strike], str]] = {
    "apply": _apply,
    "live view": _live,
    "record": _record,
    "fetch": _fetch,
    "restore": _restore,
}


@contextmanager
def _bench(operation: str, row: Row) -> Iterator[_Bench]:
    with (
        tempfile.TemporaryDirectory() as folder,
        # What happens in the middle of a fetch happens between its pieces: a small clip comes in one.
        EmulatedBody(options=Options(movie_px=(1280, 720)) if operation == "fetch" else SMALL) as body,
        Camera(body.port_path, model=body.model) as camera,
    ):
        if operation == "fetch":
            record(camera, 0.5)
        yield _Bench(body, camera, Path(folder), is_struck_before=not row.amid)


def run(operation: str, row: Row) -> Cell:
    """Run one cell; anything but a `RigcoachError` that comes out of it is a fault of ours and is not caught."""
    with _bench(operation, row) as bench:
        struck_at: list[float] = []

        def strike() -> None:
            if not struck_at:
                struck_at.append(time.monotonic())
                row.strike(bench.body, bench.camera)

        if not row.amid and operation != "restore":
            strike()
        try:
            told, failed = OPERATIONS[operation](bench, strike), False
        except RigcoachError as error:
            told, failed = error.line(), True
        seconds = time.monotonic() - struck_at[0] if struck_at else 0.0
        left = tuple(sorted(path.name for path in bench.folder.iterdir()))
        status = _mend(bench.body)
        recovered = _answers(bench.camera)
        clips = _clips(bench.camera, operation) if recovered else {}
        whole = all((bench.folder / name).stat().st_size in clips.values() for name in left)
        # What the body was left in is judged before anything was mended, unless it was off.
        return Cell(operation, row.name, told, failed, seconds, left, whole, len(clips), recovered, status)


def _mend(body: EmulatedBody) -> bool:
    """Make everything well again; return whether the body neither recorded nor showed live view before."""
    # It hears in its own time that whoever used it is gone.
    until = time.monotonic() + LONGEST_S
    while ((status := body.status()).recording or status.live_view) and time.monotonic() < until:
        time.sleep(0.1)
    body.clear_faults()
    body.switch_on()
    body.press("shutter-half")
    body.set_battery(100)
    body.insert_card()
    body.turn_dial("M")
    return not status.recording and not status.live_view


def _answers(camera: Camera) -> bool:
    until = time.monotonic() + _RECOVERY_S
    while time.monotonic() < until:
        with suppress(RigcoachError):
            return bool(camera.read_back("iso").current)
        time.sleep(0.2)
    return False


def _clips(camera: Camera, operation: str) -> dict[str, int]:
    # A clip that was cut off is still being written.
    until = time.monotonic() + (_WRITING_S if operation in ("record", "fetch") else 0)
    while not (found := camera.files()) and time.monotonic() < until:
        time.sleep(0.2)
    return {file.path: file.size_bytes for file in found}


def run_all(rows: Sequence[Row], *, say: bool = False) -> list[Cell]:
    """Run these faults against every operation."""
    cells = []
    for operation in OPERATIONS:
        for row in rows:
            cells.append(run(operation, row))
            if say:
                print(cells[-1], file=sys.stderr, flush=True)
    return cells


def broken_promises(cells: Sequence[Cell], longest_s: float = LONGEST_S) -> list[str]:
    """Return what must never be and was: a hang, half a file, a lost clip, a body left recording, no recovery.

    What takes longer than `longest_s` is a hang.
    """
    promises: tuple[tuple[str, Callable[[Cell], bool]], ...] = (
        (f"took longer than {longest_s:.0f} s", lambda cell: cell.seconds > longest_s),
        ("left half a file", lambda cell: not cell.whole or any(name.endswith(".part") for name in cell.left)),
        ("lost the clip", lambda cell: cell.operation == "fetch" and cell.on_card == 0),
        ("left the body recording or in live view", lambda cell: not cell.in_order),
        ("did not recover", lambda cell: not cell.recovered),
        ("failed without a word", lambda cell: cell.failed and not cell.told.strip()),
    )
    return [f"{cell.operation} x {cell.fault}: {what}" for cell in cells for what, is_so in promises if is_so(cell)]


def as_markdown(cells: Sequence[Cell]) -> str:
    """Return the document."""
    words = {row.name: row.what for row in ROWS}
    parts = [_INTRODUCTION.format(cells=len(cells), slowest=max(cell.seconds for cell in cells))]
    for operation in OPERATIONS:
        parts.append(f"## {operation.capitalize()}\n")
        parts.append(
            "| what goes wrong | what you are told | s | files left | clips on the card |\n|---|---|---|---|---|"
        )
        for cell in cells:
            if cell.operation == operation:
                told = cell.told.replace("|", "\\|")
                told = f"`rigcoach: {told}`" if cell.failed else told
                left = ", ".join(cell.left) or "–"
                parts.append(f"| {words[cell.fault]} | {told} | {cell.seconds:.1f} | {left} | {cell.on_card} |")
        parts.append("")
    return "\n".join(parts)


_INTRODUCTION = """# When a camera, a cable or a card fails

Find what went wrong in the tables below, and see what you are told and what is left on the card. In short: no clip is
lost, and after the fault the same command works again. Every fault was made to happen in the middle of everything that
rigcoach does with a camera: {cells} cells, each run by
`python bench/fault_matrix.py --out docs/camera-faults.md` with libgphoto2's real driver on an emulated EOS 5D Mark II.
In all of them:

- nothing took longer than 15 s from the fault to the message about it (the slowest: {slowest:.1f} s);
- no incomplete file was left behind, and no clip was lost: a clip that was not fetched is still on the card;
- the body was left neither recording nor in live view;
- once the fault was gone, the same connection worked again, without restarting.

`s` is the time from the fault to the end of the operation. The settings are those of the profile `hip-video`. "Done"
means that the fault was overcome, or did not affect the operation. If the body ends a recording of 1 s too early
(empty battery, full card), the command says so and ends with status 1. A real body differs: USB gives other errors and
may take longer.
"""


def main() -> int:
    """Run it from the command line; the exit status is 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument("--only", metavar="FAULT", choices=[row.name for row in ROWS])
    wanted = parser.parse_args()
    rows = [row for row in ROWS if wanted.only in (None, row.name)]
    with tempfile.TemporaryDirectory() as home:
        os.environ["RIGCOACH_HOME"] = home
        cells = run_all(rows, say=True)
    broken = broken_promises(cells)
    if wanted.out is not None and not broken:
        wanted.out.write_text(as_markdown(cells), encoding="utf-8")
    print("\n".join(broken) or f"{len(cells)} cells, every promise kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
