"""What an archive of clips takes on a cluster: per clip, at the scheduler, and with workers killed on the way.

    python bench/archive.py                       # clips rendered on the spot: the card, nobody
    python bench/archive.py --people CLIP         # and footage of people, brought to 1920x1080
    python bench/archive.py --no-ops 10000        # how many clips the scheduler hands out in a second
    python bench/archive.py --killed 200          # so many small clips, half of four workers ended with SIGKILL
    python bench/archive.py ... --out docs/scale.md

Cost is said in core-hours; what one costs is --price's.
"""

import argparse
import math
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
from page import printed, write_measured
from speed import RATES_MBIT_S, made
from worker_processes import workers_of

from rigcoach.analysis.measurement_store import clear_store
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base.progress import no_progress
from rigcoach.base.user_data import user_folder
from rigcoach.cluster.archive_run import score_batches
from rigcoach.cluster.clip_addresses import ClipAddress
from rigcoach.cluster.clip_row import ClipRow
from rigcoach.cluster.clip_task import score_address
from rigcoach.cluster.dask_cluster import LOCAL, cluster_client
from rigcoach.cluster.manifest import CLIPS_PER_FILE, ClipBatch, HowScored, scored_here
from rigcoach.cluster.parquet_rows import parquet_bytes
from rigcoach.measure.picture.framing import ANYWHERE

MILLION = 1_000_000
TURNS = 2
CORES = (100, 1000)
WORKERS = 4
SMALL = (320, 240)


@dataclass(frozen=True, slots=True)
class PerClip:
    """What one clip takes: seconds of one core, bytes read, bytes of its row in Parquet and as a message."""

    name: str
    cpu_s: float
    read_bytes: int
    row_bytes: float
    message_bytes: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, help="footage of people")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each clip")
    parser.add_argument("--price", type=float, default=0.04, help="of a core-hour")
    parser.add_argument("--no-ops", type=int, default=0)
    parser.add_argument("--killed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="page to write the tables into")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    detectors = user_folder("models")
    with tempfile.TemporaryDirectory() as folder:
        # Nothing is measured yet there; the detectors are those that are installed.
        os.environ["RIGCOACH_HOME"] = f"{folder}/home"
        if detectors.is_dir():
            shutil.copytree(detectors, user_folder("models"))
        if wanted.killed:
            killed(Path(folder), wanted.killed)
            return
        if wanted.no_ops:
            parts = {"scheduler": no_ops(Path(folder), wanted.no_ops)}
        else:
            made_here = made(Path(folder), wanted.seconds, wanted.people)
            each = [per_clip(*clip) for clip in made_here if clip[1].stem.endswith(f"-{RATES_MBIT_S[1]}")]
            parts = {"million": print_million(each, wanted.seconds, wanted.price)}
    if wanted.out is not None:
        write_measured(wanted.out, parts)


def per_clip(name: str, path: Path, choice: SubjectChoice) -> PerClip:
    """Score a clip as a worker does, in turns; the least counts."""
    how = scored_here(choice, RigOptics(), ANYWHERE)
    cpu_s = math.inf
    for _ in range(TURNS):
        clear_store()  # what was measured once is not measured again
        begun = time.process_time()
        row = score_address(ClipAddress(str(path)), how)
        cpu_s = min(cpu_s, time.process_time() - begun)
    many = [replace(row, clip=f"/archive/{number:07}.mp4") for number in range(CLIPS_PER_FILE)]
    return PerClip(name, cpu_s, path.stat().st_size, len(parquet_bytes(many)) / len(many), len(pickle.dumps(row)))


def print_million(each: list[PerClip], seconds: float, price: float) -> list[str]:
    """Print what a million such clips take; return the lines."""
    head = [
        "clip",
        "core-seconds",
        "read",
        "row in Parquet",
        "as a message",
        "a million: core-hours",
        f"at {price} each",
    ]
    head += [f"hours on {cores:,} cores" for cores in CORES]
    rows = []
    for clip in each:
        hours = clip.cpu_s * MILLION / 3600
        rows.append(
            [
                f"{clip.name}, {seconds:.0f} s",
                f"{clip.cpu_s:.1f}",
                f"{clip.read_bytes / 1e6:.1f} MB",
                f"{clip.row_bytes:.0f} B",
                f"{clip.message_bytes} B",
                f"{hours:,.0f}",
                f"{hours * price:,.0f}",
                *(f"{hours / cores:.1f}" for cores in CORES),
            ]
        )
    return printed(head, rows)


def no_ops(folder: Path, count: int) -> list[str]:
    """Have workers return the row of a clip at once; print how many the scheduler hands out in a second."""
    path = small_clips(folder, 1)[0]
    how = scored_here(SubjectChoice("box", box=(100.0, 60.0, 120.0, 120.0), fixed=True), RigOptics(), ANYWHERE)
    row = score_address(ClipAddress(str(path)), how)

    def score(clip: ClipAddress, _how: HowScored) -> ClipRow:
        return replace(row, clip=clip.address)

    clips = [ClipAddress(f"/archive/2024/clip-{number:07}.mp4") for number in range(count)]
    batches = [
        ClipBatch(f"{first}.parquet", tuple(clips[first : first + CLIPS_PER_FILE]))
        for first in range(0, count, CLIPS_PER_FILE)
    ]
    with cluster_client(LOCAL, 2) as client:
        begun, cpu = time.perf_counter(), time.process_time()
        written = 0
        for _, rows in score_batches(client, batches, how, no_progress, print, score):
            written += len(parquet_bytes(rows))
        took_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    head = ["tasks that do nothing", "message", "seconds", "a second", "processor time of scheduler and command, each"]
    rows_told = [
        f"{count:,}",
        f"{len(pickle.dumps(row))} B",
        f"{took_s:.1f}",
        f"{count / took_s:.0f}",
        f"{1000 * cpu_s / count:.2f} ms",
    ]
    lines = printed(head, [rows_told])
    print(f"The rows took {written / 1e6:.2f} MB of Parquet.")
    return lines


def small_clips(folder: Path, count: int) -> list[Path]:
    """Write clips of four frames, each of another picture."""
    (folder / "clips").mkdir()
    paths = []
    for number in range(count):
        coarse = np.random.default_rng(number).integers(40, 210, (15, 20), dtype=np.uint8)
        grey = cv2.resize(coarse, SMALL, interpolation=cv2.INTER_CUBIC)
        paths.append(folder / "clips" / f"clip-{number:04}.mp4")
        with av.open(str(paths[-1]), "w") as output:
            stream = output.add_stream("libx264", rate=25, options={"crf": "4", "preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = *SMALL, "yuv420p"
            for shift in range(4):
                rgb = np.repeat(np.roll(grey, shift, axis=1)[..., None], 3, axis=2).astype(np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
            output.mux(stream.encode())
    return paths


def killed(folder: Path, count: int) -> None:
    """Score small clips with half the workers killed on the way, and in one process; print whether the rows differ."""
    paths = small_clips(folder, count)
    box = ["--subject", "box:100,60,120,120", "--fixed", "--quiet"]
    command = [sys.executable, "-m", "rigcoach", "score", str(paths[0].parent), *box]
    cluster = ["--cluster", "local", "--jobs", str(WORKERS), "--output", str(folder / "rows")]
    home = Path(os.environ["RIGCOACH_HOME"])
    begun = time.perf_counter()
    with subprocess.Popen([*command, *cluster], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and len(list((home / "measurements").glob("*.gz"))) < count // 4:
            time.sleep(0.02)
        ended = workers_of(process.pid)[: WORKERS // 2]
        for pid in ended:
            os.kill(pid, signal.SIGKILL)
    print(
        f"{count} clips, {WORKERS} workers, {len(ended)} of them killed: {time.perf_counter() - begun:.1f} s, "
        f"exit status {process.returncode}"
    )
    shutil.rmtree(home)
    choice = SubjectChoice("box", box=(100.0, 60.0, 120.0, 120.0), fixed=True)
    how = scored_here(choice, RigOptics(), ANYWHERE)
    begun = time.perf_counter()
    rows = [score_address(ClipAddress(str(path)), how) for path in sorted(paths)]
    print(f"one process: {time.perf_counter() - begun:.1f} s")
    files = [parquet_bytes(rows[first : first + CLIPS_PER_FILE]) for first in range(0, count, CLIPS_PER_FILE)]
    written = [path.read_bytes() for path in sorted((folder / "rows").glob("*.parquet"))]
    print(f"files: {len(written)}, byte for byte the same: {written == files}")


if __name__ == "__main__":
    main()
