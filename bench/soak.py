"""Record and fetch take after take from one emulated body, and see what the tether leaks.

    python bench/soak.py --takes 1000

Prints what was held (files open, memory, processes) after the first takes and at the end, as JSON.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from small_movies import SMALL

from rigcoach.emulated.process import EmulatedBody
from rigcoach.tether.camera import Camera
from rigcoach.tether.fetch import fetch
from rigcoach.tether.record import record

# Caches fill and allocators settle during the first takes.
WARM_UP_TAKES = 5


@dataclass(frozen=True, slots=True)
class Held:
    """What a tether holds: open files and resident memory of owner and worker, and processes below the owner."""

    owner_files: int
    worker_files: int
    owner_mb: float
    worker_mb: float
    processes: int


@dataclass(frozen=True, slots=True)
class Soak:
    """What came of it; `takes` counts the clips that were not one another."""

    takes: int
    bytes_fetched: int
    slowest_take_s: float
    median_take_s: float
    workers: int
    warm: Held
    end: Held


def soak(takes: int, seconds: float, *, in_live_view: bool = False, say: bool = False) -> Soak:
    """Record and fetch so many takes of so many seconds.

    `in_live_view` leaves live view on between takes, which is quicker.

    Raises
    ------
    RigcoachError
        Where a take fails.
    """
    took_s: list[float] = []
    workers: set[int | None] = set()
    names: set[str] = set()
    fetched = 0
    warm = None
    with (
        tempfile.TemporaryDirectory() as folder,
        EmulatedBody(options=SMALL) as body,
        Camera(body.port_path, model=body.model) as camera,
    ):
        if in_live_view:
            camera.set("viewfinder", "1")
        for number in range(1, takes + 1):
            start = time.monotonic()
            to = Path(folder) / "take.mov"
            take = record(camera, seconds)
            fetch(camera, take.file, to)
            fetched += to.stat().st_size
            to.unlink()
            took_s.append(time.monotonic() - start)
            names.add(take.file.path)
            workers.add(camera.worker_pid)
            if number == min(WARM_UP_TAKES, takes):
                warm = held(camera)
            if say and number % 25 == 0:
                print(number, held(camera), file=sys.stderr, flush=True)
        end = held(camera)
    if warm is None:
        raise ValueError("at least one take")
    return Soak(len(names), fetched, round(max(took_s), 2), round(median(took_s), 2), len(workers), warm, end)


def held(camera: Camera) -> Held:
    """Return what is held now (Linux: /proc)."""
    owner, worker = os.getpid(), camera.worker_pid or os.getpid()
    return Held(_files(owner), _files(worker), _megabytes(owner), _megabytes(worker), len(_below(owner)))


def _files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _megabytes(pid: int) -> float:
    resident_pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(resident_pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def _below(pid: int) -> set[int]:
    children = {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return children.union(*(_below(child) for child in children))


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=0.5)
    wanted = parser.parse_args()
    print(json.dumps(asdict(soak(wanted.takes, wanted.seconds, say=True)), indent=2))


if __name__ == "__main__":
    main()
