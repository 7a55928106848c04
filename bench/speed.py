"""How long scoring takes beside decoding: card, nobody, a box and people, at a high and a low bit rate.

    python bench/speed.py                                  # clips rendered on the spot: card, nobody, box
    python bench/speed.py --people CLIP                    # and footage of people, brought to 1920x1080
    python bench/speed.py --profile                        # and where the time goes, function by function
    python bench/speed.py ... --out docs/performance.md    # and write it into the page

Every figure is a ratio within one run: wall and processor time of measuring a clip, over those of FFmpeg decoding it to
nothing at nearly the same moment, the least of several turns. Install the learnt detectors first: people without them
cost more. PySceneDetect wants another build of OpenCV, so it is measured in an environment of its own. What clips cost
as they grow, and several at a time: `bench/growth.py`.
"""

import argparse
import cProfile
import io
import multiprocessing
import os
import platform
import pstats
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import av
import cv2
import numpy as np
import numpy.typing as npt
from page import table, write_measured

import rigcoach
from rigcoach.analysis.clip_analysis import analyse_clip
from rigcoach.analysis.results import ClipMeasurements, RigOptics, SubjectChoice
from rigcoach.scene.render import Renderer
from rigcoach.scene.spec import SceneSpec
from rigcoach.video.clip import read_clip, read_pictures

Rgb = npt.NDArray[np.uint8]

CORES = 2
SIZE = (1920, 1080)
FPS = 30
RATES_MBIT_S = (40, 8)
RENDERED_FRAMES = 24
BOX = (760.0, 340.0, 400.0, 400.0)
# So much noise makes a rendered picture as hard to pack as a camera's.
NOISE_LEVELS = 3.0
GOALS = {("card", 40): 1.5, ("people", 40): 1.8, ("box", 40): 1.3, ("nobody", 40): 1.3}
GOALS |= {("card", 8): 2.2, ("people", 8): 2.8, ("nobody", 8): 1.6}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock and of the processor."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Row:
    """A clip: what FFmpeg's decoder takes, how many times that PyAV, two peers and rigcoach take, and its memory."""

    name: str
    rate_mbit_s: float
    decode: Cost
    pyav: float
    blurdetect: float | None
    scenedetect: float | None
    wall: float
    cpu: float
    memory_mb: int | None
    found: float

    def cells(self) -> list[str]:
        """Return the row as it is printed."""
        goal = GOALS.get((self.name, round(self.rate_mbit_s)))
        return [
            f"{self.name}, {self.rate_mbit_s:.0f} Mbit/s",
            f"{self.decode.wall_s:.2f} s",
            f"{self.pyav:.2f}",
            "" if self.blurdetect is None else f"{self.blurdetect:.1f}",
            "" if self.scenedetect is None else f"{self.scenedetect:.1f}",
            f"**{self.wall:.2f}**",
            "" if goal is None else f"{goal}",
            f"{self.cpu:.2f}",
            "" if self.memory_mb is None else f"{self.memory_mb} MB",
            f"{100 * self.found:.0f} %",
        ]


HEAD = ["clip", "decode (FFmpeg)", "PyAV ×", "blurdetect ×", "PySceneDetect ×"]
HEAD += ["rigcoach ×", "goal", "processor ×", "memory", "subject in"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Path, help="footage of people")
    parser.add_argument("--scenedetect", type=Path, metavar="PYTHON", help="a Python that has PySceneDetect")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    keep_to_cores()
    cv2.setNumThreads(1)
    lines: list[str] = []

    def say(line: str = "") -> None:
        print(line, flush=True)
        lines.append(line)

    asked = "python bench/speed.py" + ("" if wanted.people is None else f" --people {wanted.people.name}")
    asked += ("" if wanted.scenedetect is None else " --scenedetect PYTHON") + (" --profile" if wanted.profile else "")
    say(f"By `{asked}`,")
    say(f"{wanted.seconds:.0f} s of {SIZE[0]}x{SIZE[1]} at {FPS} frames a second, on {machine()}.")
    say("Ratios are to the time FFmpeg takes to decode the same clip and discard it, by the clock, the best of")
    say(f"{wanted.turns} turns taken one after the other; so are those of PyAV's decoder, FFmpeg's blurdetect and")
    say("PySceneDetect's ContentDetector. *Processor* is the ratio of processor time, *memory* the most that a")
    say("process needs which only measures the clip, *subject in* the share of frames in which one was found.")
    say()
    with tempfile.TemporaryDirectory() as folder:
        clips = made(Path(folder), wanted.seconds, wanted.people)
        table(say, HEAD, [row(*clip, wanted.turns, wanted.scenedetect).cells() for clip in clips])
        parts = {"ratios": lines}
        if wanted.profile:
            parts["profile"] = lines = []
            for name, path, choice in clips:
                if path.stem.endswith("-8"):
                    profile(say, name, path, choice)
    if wanted.out is not None:
        write_measured(wanted.out, parts)


def machine() -> str:
    """Say what this ran on."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        name = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), name
        )
    versions = f"Python {platform.python_version()}, OpenCV {cv2.__version__}, PyAV {av.__version__}"
    return f"{CORES} cores of {name}; rigcoach {rigcoach.__version__}, {versions}"


def keep_to_cores() -> None:
    """Use no more than `CORES` cores from here on, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def made(folder: Path, seconds: float, people: Path | None) -> list[tuple[str, Path, SubjectChoice]]:
    """Make the clips: one of a high bit rate each, and one of a low rate made from it."""
    count = round(seconds * FPS)
    scene = SceneSpec(seed=21, card_distance_m=2.4, focus_distance_m=2.3)
    sources: dict[str, Iterator[Rgb]] = {
        "card": back_and_forth(rendered(scene), count),
        # Turned so far away that the card is out of the frame.
        "nobody": back_and_forth(rendered(SceneSpec(seed=22, aim=(2.5, 0.0))), count),
    }
    if people is not None:
        sources["people"] = back_and_forth(list(footage(people)), count)
    clips = []
    for name, frames in sources.items():
        high, low = (folder / f"{name}-{rate}.mp4" for rate in RATES_MBIT_S)
        encode(high, frames, RATES_MBIT_S[0])
        encode(low, (picture.rgb for picture in read_pictures(read_clip(high))), RATES_MBIT_S[1])
        clips += [(name, path, SubjectChoice()) for path in (high, low)]
        if name == "card":
            clips.append(("box", high, SubjectChoice("box", box=BOX)))
    return clips


def rendered(spec: SceneSpec) -> list[Rgb]:
    """Return a scene's first frames."""
    renderer = Renderer(spec)
    return [np.repeat(renderer.frame(i).luma[..., None], 3, axis=2) for i in range(RENDERED_FRAMES)]


def footage(path: Path) -> Iterator[Rgb]:
    """Yield frames from the middle of a clip, at the size of the others."""
    clip = read_clip(path)
    first = round((clip.duration_s or 0.0) * float(clip.fps) / 2)
    for picture in read_pictures(clip, range(first, first + 2 * RENDERED_FRAMES)):
        yield np.asarray(cv2.resize(picture.rgb, SIZE, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def back_and_forth(frames: list[Rgb], count: int) -> Iterator[Rgb]:
    """Yield so many frames, forwards and backwards in turn, so that nothing jumps."""
    rng = np.random.default_rng(5)
    noise = rng.normal(0, NOISE_LEVELS, (SIZE[1] * 2, SIZE[0] * 2, 1)).astype(np.float32)
    for i in range(count):
        at = i % (2 * len(frames) - 2) if len(frames) > 1 else 0
        picture = frames[at if at < len(frames) else 2 * len(frames) - 2 - at]
        y, x = rng.integers(0, SIZE[1]), rng.integers(0, SIZE[0])
        grain = noise[y : y + SIZE[1], x : x + SIZE[0]]
        yield np.clip(np.rint(picture + grain), 0, 255).astype(np.uint8)


def encode(path: Path, frames: Iterator[Rgb], rate_mbit_s: float) -> None:
    """Write a clip of limited range at a bit rate, as cameras do."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=Fraction(FPS))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        rate = f"{rate_mbit_s:.0f}M"
        stream.bit_rate = int(rate_mbit_s * 1e6)
        stream.options = {"preset": "ultrafast", "maxrate": rate, "minrate": rate, "bufsize": rate, "g": "15"}
        for rgb in frames:
            output.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        output.mux(stream.encode())


def row(name: str, path: Path, choice: SubjectChoice, turns: int, scenedetect: Path | None = None) -> Row:
    """Measure a clip, everything in turn."""
    clip = read_clip(path)
    costs: dict[str, list[Cost]] = {}
    results: list[ClipMeasurements] = []
    for _ in range(turns):
        costs.setdefault("ffmpeg", []).append(ffmpeg(path))
        costs.setdefault("pyav", []).append(clocked(lambda: decode(path)))
        if shutil.which("ffmpeg"):
            costs.setdefault("blurdetect", []).append(ffmpeg(path, "-vf", "blurdetect"))
        if scenedetect is not None:
            costs.setdefault("scenedetect", []).append(detect_scenes(scenedetect, path))
        costs.setdefault("rigcoach", []).append(
            clocked(lambda: results.append(analyse_clip(clip, choice, RigOptics())))
        )
    least = {key: Cost(min(c.wall_s for c in each), min(c.cpu_s for c in each)) for key, each in costs.items()}
    base = least["ffmpeg"]
    peers = {name: least[name].wall_s / base.wall_s for name in ("blurdetect", "scenedetect") if name in least}
    rate = path.stat().st_size * 8e-6 / max(clip.duration_s or 1.0, 0.1)
    return Row(
        name,
        min(RATES_MBIT_S, key=lambda each: abs(each - rate)),
        base,
        least["pyav"].wall_s / base.wall_s,
        peers.get("blurdetect"),
        peers.get("scenedetect"),
        least["rigcoach"].wall_s / base.wall_s,
        least["rigcoach"].cpu_s / base.cpu_s,
        most_memory_mb(path, choice),
        results[0].found_ratio,
    )


def ffmpeg(path: Path, *filters: str) -> Cost:
    """Run FFmpeg to nothing; PyAV, which carries its libraries, where there is no such program."""
    if not shutil.which("ffmpeg"):
        return clocked(lambda: decode(path))
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), *filters, "-f", "null", "-"]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def decode(path: Path) -> None:
    """Decode a clip's frames and do nothing with them."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass


def detect_scenes(python: Path, path: Path) -> Cost:
    """Look for cuts as PySceneDetect does, in every frame; `python` has it."""
    code = """
import sys, time
from scenedetect import ContentDetector, detect
begun, cpu = time.perf_counter(), time.process_time()
detect(sys.argv[1], ContentDetector())
print(time.perf_counter() - begun, time.process_time() - cpu)
"""
    told = subprocess.run([str(python), "-c", code, str(path)], check=True, capture_output=True, text=True).stdout
    return Cost(*map(float, told.split()))


def most_memory_mb(path: Path, choice: SubjectChoice) -> int | None:
    """Return the most memory that a process of its own takes for measuring a clip; `None` where it can't be told."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measured_alone, path, choice).result()


def measured_alone(path: Path, choice: SubjectChoice) -> int | None:
    """Measure a clip, and return what most memory this process had, in MB, where the system tells it (Linux)."""
    cv2.setNumThreads(1)
    analyse_clip(read_clip(path), choice, RigOptics())
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    most = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return round(int(most.split()[1]) / 1024)


def clocked(work: Callable[[], object]) -> Cost:
    """Return what work costs."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - begun, time.process_time() - cpu)


def remade(source: Path, path: Path, seconds: float, size: tuple[int, int]) -> None:
    """Write the first seconds of a clip at another size, at the same number of bits a pixel."""
    with av.open(str(source)) as given, av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=Fraction(FPS))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.bit_rate = int(RATES_MBIT_S[0] * 1e6 * size[0] * size[1] / (SIZE[0] * SIZE[1]))
        stream.options = {"preset": "veryfast", "g": "15"}
        for i, frame in enumerate(given.decode(video=0)):
            if i >= seconds * FPS:
                break
            output.mux(stream.encode(frame.reformat(width=size[0], height=size[1], format="yuv420p")))
        output.mux(stream.encode())


def named(function: str) -> str:
    """Return the name of a function of a library as its callers write it.

    >>> named("<method 'detect' of 'cv2.LineSegmentDetector' objects>"), named("<built-in method lib.run>")
    ('cv2.LineSegmentDetector.detect', 'lib.run')
    """
    method = re.fullmatch(r"<method '(\w+)' of '([\w.]+)' objects>", function)
    return f"{method[2]}.{method[1]}" if method else function.strip("<>").removeprefix("built-in method ")


def profile(say: Callable[[str], None], name: str, path: Path, choice: SubjectChoice) -> None:
    """Print where the time goes, everything on one thread."""
    profiler = cProfile.Profile(time.thread_time)
    with (
        patch("rigcoach.analysis.measured_frames.read_ahead", lambda items, _: (item for item in items)),
        patch("rigcoach.analysis.measured_frames.map_ahead", lambda work, items, _: (work(item) for item in items)),
    ):
        profiler.runcall(analyse_clip, read_clip(path), choice, RigOptics())
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    total = stats.total_tt  # type: ignore[attr-defined]
    shares: dict[str, float] = {}
    for (file, _, function), (_, _, own_s, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        where = named(function) if file == "~" else Path(file).stem
        shares[where] = shares.get(where, 0.0) + own_s
    top = sorted(shares.items(), key=lambda pair: -pair[1])[:10]
    say(f"Where the time goes, {name} at {RATES_MBIT_S[1]} Mbit/s (without decoding in other threads):")
    say()  # type: ignore[call-arg]
    table(say, ["module or library function", "share"], [[f"`{key}`", f"{100 * s / total:.0f} %"] for key, s in top])


if __name__ == "__main__":
    main()
