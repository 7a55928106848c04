"""What scoring costs as a clip grows: longer, larger, with more people in it; and several clips at a time.

    python bench/growth.py                        # length, size of the picture, jobs, memory
    python bench/growth.py --people CLIP          # and people: footage with one person in it, brought to 1920x1080
    python bench/growth.py --out docs/growth.md   # tables into the page, plots into the pictures beside it

Install the learnt detectors first: people without them cost otherwise. Cost is processor time, FFmpeg's for decoding
the same clip beside it. Jobs are measured by the clock: one clip after the other on one core first, then so many at a
time; FFmpeg decodes the same clips in the same way. So is one clip alone, on one core and on two.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from unittest.mock import patch

import cv2
import numpy as np
from page import printed, write_measured
from speed import (
    BOX,
    CORES,
    FPS,
    RATES_MBIT_S,
    SIZE,
    Rgb,
    back_and_forth,
    encode,
    footage,
    keep_to_cores,
    machine,
    made,
    most_memory_mb,
    remade,
    rendered,
    row,
)

from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import RigOptics, SubjectChoice
from rigcoach.base.user_data import user_folder
from rigcoach.report.chart import DASHES, Chart, Line, Row
from rigcoach.report.chart_svg import svg
from rigcoach.scene.spec import SceneSpec
from rigcoach.video.clip import read_clip

LENGTHS_S = (1.0, 2.0, 4.0, 8.0)
SIZES = ((854, 480), (1280, 720), (1920, 1080), (3840, 2160))
SIZES_S = 2.5
MOST_PEOPLE = 5
PEOPLE_S = 3.0
JOBS = (1, 2, 4)
JOB_S = 3.0
ALONE_S = 20.0
SCORE = [sys.executable, "-m", "rigcoach", "score", "--jsonl", "--quiet", "--models", "never"]


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured at one place of an axis: processor seconds of FFmpeg's decoder and of rigcoach, its memory."""

    at: float
    told: str
    decode_s: float
    rigcoach_s: float
    memory_mb: int | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How cost grows along an axis: as a plot, and as the lines that were printed."""

    chart: Chart
    lines: list[str]


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, help="footage with one person in it")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--out", type=Path, help="page to write the tables into, and the plots beside")
    parser.add_argument("--only", choices=("length", "size", "people", "jobs", "alone", "memory"))
    wanted = parser.parse_args()
    keep_to_cores()
    cv2.setNumThreads(1)
    print(f"On {machine()}.\n")
    # What is loaded for the first card is no clip's; and the processes whose memory is measured load this module, too.
    from rigcoach.measure.card.warm_up import warm_up

    warm_up()

    def is_wanted(growth: str) -> bool:
        return wanted.only in (None, growth)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "card.mp4"
        scene = SceneSpec(seed=21, card_distance_m=2.4, focus_distance_m=2.3)
        lengths_s = {"length": LENGTHS_S[-1], "alone": ALONE_S}
        longest_s = max((seconds for growth, seconds in lengths_s.items() if is_wanted(growth)), default=JOB_S)
        encode(source, back_and_forth(rendered(scene), round(longest_s * FPS)), RATES_MBIT_S[0])
        grown: list[Growth] = []
        if is_wanted("length"):
            grown.append(length(folder, source, wanted.turns))
        if is_wanted("size"):
            grown.append(size(folder, source, wanted.turns))
        if wanted.people is not None and is_wanted("people"):
            grown.append(people(folder, wanted.people, wanted.turns))
        if is_wanted("jobs"):
            grown.append(jobs(folder, source, wanted.turns))
        most = {"memory": memory(folder, wanted.people)} if is_wanted("memory") else {}
        if is_wanted("alone"):
            most["alone"] = alone(folder, source, wanted.people, wanted.turns)
    if wanted.out is not None:
        write_measured(wanted.out, {each.chart.id.removeprefix("growth-"): each.lines for each in grown} | most)
        for each in grown:
            (wanted.out.parent / "pictures" / f"{each.chart.id}.svg").write_text(svg(each.chart), encoding="utf-8")


def length(folder: Path, source: Path, turns: int) -> Growth:
    """Measure clips of several lengths."""
    points = []
    for seconds in LENGTHS_S:
        path = folder / f"long-{seconds}.mp4"
        remade(source, path, seconds, SIZE)
        points.append(measured(seconds, f"{seconds:g} s", path, turns))
    return charted(
        "growth-length", "Processor time by length", "s", "the length of the clip in seconds", "length", points
    )


def size(folder: Path, source: Path, turns: int) -> Growth:
    """Measure clips of several sizes of the picture."""
    points = []
    for width, height in SIZES:
        path = folder / f"wide-{width}.mp4"
        remade(source, path, SIZES_S, (width, height))
        points.append(measured(width * height / 1e6, f"{width}x{height}", path, turns))
    return charted(
        "growth-size", "Processor time by size of the picture", "Mpx", "megapixels a frame", f"{SIZES_S:g} s of", points
    )


def people(folder: Path, given: Path, turns: int) -> Growth:
    """Measure clips with several people: a strip of footage with one person in it, so many times side by side."""
    frames = list(footage(given))
    measures = analyse_clip(read_clip(written(folder / "one.mp4", frames)), SubjectChoice("person"), RigOptics())
    boxes = [frame.subject.box for frame in measures.frames if frame.subject is not None]
    if not boxes:
        raise SystemExit(f"nobody is found in the middle of {given}")
    middle_px = median(x + width / 2 for x, _, width, _ in boxes)
    points = []
    for count in range(MOST_PEOPLE + 1):
        path = written(folder / f"people-{count}.mp4", [side_by_side(frame, middle_px, count) for frame in frames])
        points.append(measured(count, f"{count} {'person' if count == 1 else 'people'}", path, turns))
    head = f"{PEOPLE_S:g} s at {RATES_MBIT_S[1]} Mbit/s with"
    title = "Processor time by people in the frame"
    return charted("growth-people", title, "people", "people in the frame", head, points)


def written(path: Path, frames: list[Rgb]) -> Path:
    """Write frames, back and forth."""
    encode(path, back_and_forth(frames, round(PEOPLE_S * FPS)), RATES_MBIT_S[1])
    return path


def side_by_side(frame: Rgb, middle_px: float, count: int) -> Rgb:
    """Return a frame with so many of the strips around a place, over what is blurred beyond recognition."""
    strip_px = frame.shape[1] // MOST_PEOPLE
    left = int(np.clip(middle_px - strip_px / 2, 0, frame.shape[1] - strip_px))
    strip = frame[:, left : left + strip_px]
    result = np.asarray(cv2.GaussianBlur(frame, (0, 0), 60), np.uint8)
    for number in range(count):
        result[:, number * strip_px : (number + 1) * strip_px] = strip
    return result


def measured(at: float, told: str, path: Path, turns: int) -> Point:
    """Measure a clip."""
    one = row(told, path, SubjectChoice(), turns)
    return Point(at, told, one.decode.cpu_s, one.cpu * one.decode.cpu_s, one.memory_mb)


def charted(name: str, title: str, axis: str, told: str, head: str, points: Sequence[Point]) -> Growth:
    """Print points and return them."""
    cells = [
        [each.told, f"{each.decode_s:.2f} s", f"{each.rigcoach_s:.2f} s", told_mb(each.memory_mb)] for each in points
    ]
    lines_told = printed([head, "decode (FFmpeg)", "rigcoach", "memory"], cells)
    lines = (
        Line("rigcoach", tuple(each.rigcoach_s for each in points), 0, digits=2),
        Line("FFmpeg", tuple(each.decode_s for each in points), 1, DASHES[1], digits=2),
    )
    alt = f"processor seconds of rigcoach and of FFmpeg's decoder over {told}"
    rows = tuple(Row(each.told, (f"{each.rigcoach_s:.2f}", f"{each.decode_s:.2f}")) for each in points)
    chart = Chart(name, title, "(s)", alt, tuple(each.at for each in points), lines, rows, axis=axis, low=0.0)
    return Growth(chart, lines_told)


def told_mb(memory_mb: int | None) -> str:
    """Return an amount of memory as it is told."""
    return "" if memory_mb is None else f"{memory_mb} MB"


def memory(folder: Path, people: Path | None) -> list[str]:
    """Print the most memory that each kind of clip takes at each of two sizes, and return the lines."""
    rows = []
    for name, path, choice in made(folder, SIZES_S, people):
        if not path.stem.endswith(f"-{RATES_MBIT_S[0]}"):
            continue
        large = folder / f"{name}-large.mp4"
        remade(path, large, SIZES_S, SIZES[-1])
        scale = SIZES[-1][0] / SIZE[0]
        there = choice
        if choice.box is not None:
            x, y, width, height = (scale * edge for edge in choice.box)
            there = replace(choice, box=(x, y, width, height))
        rows.append([name, told_mb(most_memory_mb(path, choice)), told_mb(most_memory_mb(large, there))])
    sizes = [f"{width}x{height}" for width, height in (SIZE, SIZES[-1])]
    return printed([f"{SIZES_S:g} s of", *sizes], rows)


def jobs(folder: Path, source: Path, turns: int) -> Growth:
    """Measure clips one after the other on one core, then several at a time on all."""
    clip = folder / "job.mp4"
    remade(source, clip, JOB_S, SIZE)
    count = 2 * max(JOBS)
    clips = [folder / f"job-{number}.mp4" for number in range(count)]
    for number, path in enumerate(clips):
        # A box that is read over makes each another file: what was measured once is not measured again.
        path.write_bytes(clip.read_bytes() + struct.pack(">I4sQ", 16, b"free", number))
    begin = [*SCORE, "--subject", box_option(), "--fixed", "--jobs"]

    def scored(at_a_time: int) -> float:
        with empty_cache():
            return clock(lambda: run([*begin, str(at_a_time), *map(str, clips)]))

    def decoded(at_a_time: int) -> float:
        with ThreadPoolExecutor(at_a_time) as pool:
            command = ["ffmpeg", "-loglevel", "error", "-threads", "1", "-i"]
            return clock(lambda: list(pool.map(lambda path: run([*command, str(path), "-f", "null", "-"]), clips)))

    def both(at_a_time: int) -> tuple[float, float]:
        each = [(scored(at_a_time), decoded(at_a_time)) for _ in range(turns)]
        return min(took_s for took_s, _ in each), min(decode_s for _, decode_s in each)

    with on_one_core():
        alone_s, decode_alone_s = both(1)
    rows, rates, decode_rates = [], [], []
    for at_a_time in JOBS:
        took_s, decode_s = both(at_a_time)
        rates.append(60 * count / took_s)
        decode_rates.append(60 * count / decode_s)
        used = min(at_a_time, CORES)
        gained = efficiencies(alone_s / took_s / used, decode_alone_s / decode_s / used)
        rows.append([str(at_a_time), f"{took_s:.1f} s", *gained])
    told_lines = printed(
        ["jobs", "by the clock", "efficiency", "of decoding alone", "ratio"],
        rows,
        f"{count} clips of {JOB_S:g} s at {RATES_MBIT_S[0]} Mbit/s, a box given by hand; on one core {alone_s:.1f} s, "
        f"decoding alone {decode_alone_s:.1f} s.",
        "",
    )
    lines = (
        Line("rigcoach", tuple(rates), 0),
        Line("FFmpeg / 10", tuple(each / 10 for each in decode_rates), 1, DASHES[1]),
    )
    alt = "clips a minute by rigcoach, and a tenth of those that FFmpeg decodes, over the number of jobs"
    title = f"Clips a minute by jobs, on {CORES} cores"
    told = tuple(Row(cells[0], tuple(cells[1:])) for cells in rows)
    chart = Chart("growth-jobs", title, "", alt, tuple(map(float, JOBS)), lines, told, axis="jobs", low=0.0)
    return Growth(chart, told_lines)


def alone(folder: Path, source: Path, people: Path | None, turns: int) -> list[str]:
    """Measure how much sooner one clip is scored on two cores than on one, and decoded."""
    clips = {"card": ([], source), "box": (["--subject", box_option()], source)}
    if people is not None:
        walker = folder / "walker.mp4"
        encode(walker, back_and_forth(list(footage(people)), round(ALONE_S * FPS)), RATES_MBIT_S[0])
        clips["people"] = ([], walker)
    rows = []
    for name, (options, path) in clips.items():
        clip = folder / f"alone-{name}.mp4"
        remade(path, clip, ALONE_S, SIZE)
        score = [*SCORE, *options, str(clip)]
        decode = ["ffmpeg", "-loglevel", "error", "-i", str(clip), "-f", "null", "-"]

        def both(score: list[str] = score, decode: list[str] = decode) -> tuple[float, float]:
            took, decoded = [], []
            for _ in range(turns):
                with empty_cache():
                    took.append(clock(partial(run, score)))
                decoded.append(clock(partial(run, decode)))
            return min(took), min(decoded)

        with on_one_core():
            one_s, decode_one_s = both()
        two_s, decode_two_s = both()
        gained = efficiencies(one_s / two_s / CORES, decode_one_s / decode_two_s / CORES)
        rows.append([name, f"{one_s:.1f} s", f"{two_s:.1f} s", *gained])
    return printed(
        ["subject", "one core", "two cores", "efficiency", "of decoding alone", "ratio"],
        rows,
        f"One clip of {ALONE_S:g} s at {RATES_MBIT_S[0]} Mbit/s; the whole command, by the clock.",
        "",
    )


def efficiencies(scoring: float, decoding: float) -> list[str]:
    """Return the cells of how well scoring uses the cores, how well decoding does, and the one over the other."""
    return [f"{scoring:.2f}", f"{decoding:.2f}", f"**{scoring / decoding:.2f}**"]


def box_option() -> str:
    """Return the box as `--subject` takes it."""
    return f"box:{','.join(f'{edge:g}' for edge in BOX)}"


@contextmanager
def empty_cache() -> Iterator[None]:
    """Have commands find nothing that was measured before, but the detectors that are installed."""
    models = user_folder("models")
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, RIGCOACH_HOME=home):
        if models.is_dir():
            (Path(home) / "models").symlink_to(models.absolute())
        yield


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this process, and what it starts, to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def run(command: list[str]) -> None:
    """Run a command; what it prints is nobody's."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def clock(work: Callable[[], object]) -> float:
    """Return how long work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
