"""The memory that scoring a take needs, by the length of its clip: for an hour as for a minute.

    python bench/long_clip.py --minutes 1 60
    python bench/long_clip.py --minutes 1 60 --made card --fps 10
    python bench/long_clip.py --minutes 1 60 --made gyro --fps 10
    python bench/long_clip.py --minutes 1 60 --made log --fps 10
    python bench/long_clip.py --minutes 1 60 --clip sign-walk.mkv --size 200x150 --subject face --models FOLDER

A clip is shown again and again, without being coded anew, until it is as long. What is made is a plain texture, the
card, or what a camera sees that turns, with what its gyro and its accelerometer tell: in tracks of the file, or in a
log beside it. With --size a clip is made so
small first, and shown forwards and backwards, so that whoever is in it never leaves. --models are a folder's detectors.
It is scored as a drill's take is, in a process of its own, its frames' measures written into the session's scores file;
the most memory that the process ever had is the system's count.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from video.gpmf_files import add_telemetry
from video.movies import write_movie
from video.turning_camera import GRAVITY_M_S2, GYRO_HZ, Turning, draw, scene, telemetry

from rigcoach.practice.take_score import ScoringJob, score_take
from rigcoach.scene.spec import SceneSpec
from rigcoach.scene.video import write_clip

_FPS = 30
_SIZE = (128, 96)
_CARD_SIZE = (320, 180)
_TURNS_S = 10  # after which the camera that turns is where it was
_SCORES = """
import sys
from pathlib import Path
import cv2
from long_clip import score
cv2.setNumThreads(1)
sys.exit(score(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
"""
_INSTALLS = "import sys; from pathlib import Path; from judged import installed_from; installed_from(Path(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Measured:
    """What scoring took: the clip's minutes and frames, the most memory, the size of the scores, seconds."""

    minutes: float
    frames: int
    peak_mb: float
    scores_mb: float
    took_s: float


def textured_clip(path: Path, fps: int = _FPS, seconds: float = 10.0) -> Path:
    """Write a small clip of a picture that moves, coded so that it can be shown again and again."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=fps, options={"bf": "0", "g": str(fps)})
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        across, down = np.meshgrid(np.arange(_SIZE[0]), np.arange(_SIZE[1]))
        for number in range(round(seconds * fps)):
            waves = np.sin((across + 3 * np.sin(number / 9)) / 3) + np.cos((down + np.cos(number / 7)) / 5)
            frame = av.VideoFrame.from_ndarray((128 + 50 * waves).astype(np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def card_clip(path: Path, fps: int = _FPS) -> Path:
    """Write a small clip of the card, rendered."""
    width, height = _CARD_SIZE
    write_clip(SceneSpec(width=width, height=height, fps=Fraction(fps), sway_deg=0.3), _TURNS_S * fps, path)
    return path


def turning_clip(path: Path, fps: int = _FPS) -> Path:
    """Write a small clip of what a camera sees that turns, and is where it was in the end."""
    turning, wall = Turning(), scene()
    pictures = (draw(wall, turning, number / fps) for number in range(_TURNS_S * fps))
    small = [np.asarray(cv2.resize(each, _CARD_SIZE, interpolation=cv2.INTER_AREA), np.uint8) for each in pictures]
    return write_movie(path, small, fps=Fraction(fps))


_MADE: dict[str, Callable[[Path, int], Path]] = {
    "texture": textured_clip,
    "card": card_clip,
    "gyro": turning_clip,
    "log": turning_clip,
}
_LOG_HEAD = "GYROFLOW IMU LOG\nversion,1.3\norientation,XYZ\ntscale,1\ngscale,1\nascale,1\nt,gx,gy,gz,ax,ay,az\n"


def there_and_back(clip: Path, to: Path, size: tuple[int, int], fps: int = _FPS) -> Path:
    """Write the first three seconds of a clip small, forwards and then backwards, so that they can be repeated."""
    frames = []
    with av.open(str(clip)) as given:
        every = round((given.streams.video[0].average_rate or fps) / fps)
        for frame in list(given.decode(given.streams.video[0]))[::every]:
            frames.append(cv2.resize(frame.to_ndarray(format="bgr24"), size, interpolation=cv2.INTER_AREA))
            if len(frames) == 3 * fps:
                break
    with av.open(str(to), "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=fps, options={"bf": "0", "g": str(fps), "crf": "20"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate([*frames, *reversed(frames)]):
            shown = av.VideoFrame.from_ndarray(np.asarray(picture, np.uint8), format="bgr24")
            shown = shown.reformat(format="yuv420p")
            shown.pts, shown.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(shown))
        container.mux(stream.encode())
    return to


def repeated(clip: Path, to: Path, seconds: float) -> int:
    """Show a clip again and again until it is so long; return how many frames that is."""
    with av.open(str(clip)) as given, av.open(str(to), "w") as container:
        source = given.streams.video[0]
        stream = container.add_stream_from_template(source)
        rate, unit = source.average_rate or Fraction(_FPS), source.time_base or Fraction(1, 1000)
        packets = [packet for packet in given.demux(source) if packet.pts is not None]
        kept = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        first = min(pts for pts, _ in kept)
        step = round(1 / (rate * unit))
        length = max(pts for pts, _ in kept) - first + step
        count = 0
        while count * unit * length < seconds * len(packets):
            shift = count // len(packets) * length - first
            for packet, (pts, dts) in zip(packets, kept, strict=True):
                packet.pts, packet.dts = pts + shift, dts + shift
                packet.stream = stream
                container.mux(packet)
            count += len(packets)
    return count


def score(clip: Path, subject: str, peak: Path) -> int:
    """Score a take of a clip into the scores beside it, and write down the most memory that this process had."""
    from rigcoach.analysis.results import RigOptics
    from rigcoach.measure.picture.framing import ANYWHERE

    job = ScoringJob(
        take=1,
        clip=clip,
        scores=clip.with_suffix(".json"),
        subject=subject,
        wanted=ANYWHERE,
        rig=RigOptics(shutter_s=1 / 50),
    )
    result = score_take(job)
    peak.write_text(f"{_peak_mb()}")
    if result.score is None:
        sys.stderr.write(f"{result.error}\n")
    return 0 if result.score is not None else 1


def write_log(path: Path, seconds: float) -> None:
    """Write what a logger on the camera that turns would, up, left and back, from a minute before it on."""
    times_s = np.arange(0, _TURNS_S, 1 / GYRO_HZ)
    turning = Turning()
    felt_g = -turning.gravity(times_s) * GRAVITY_M_S2 / 9.80665
    rows = [",".join(f"{-row[axis]:.5f}" for axis in (1, 0, 2, 4, 3, 5))
            for row in np.hstack((turning.turning_rad_s(times_s), felt_g))]  # fmt: skip
    with path.open("w") as file:
        file.write(_LOG_HEAD)
        for number in range(round((seconds + 60) * GYRO_HZ)):
            file.write(f"{number / GYRO_HZ:.4f},{rows[number % len(rows)]}\n")


def measured(
    clip: Path,
    minutes: float,
    subject: str,
    models: Path | None = None,
    recorded: Sequence[bytes] = (),
    *,
    logged: bool = False,
) -> Measured:
    """Score so many minutes of a clip in a process of its own, with a folder's detectors; return what it took.

    `recorded` is what the camera's sensors recorded in each of so many seconds, again and again; with `logged` there is
    a log of them instead.
    """
    with tempfile.TemporaryDirectory(prefix="rigcoach-long-") as name:
        path = Path(name) / f"long{clip.suffix}"
        frames = repeated(clip, path, 60 * minutes)
        if recorded:
            add_telemetry(path, list(recorded) * math.ceil(60 * minutes / len(recorded)), 1000)
        if logged:
            write_log(path.with_suffix(".gcsv"), 60 * minutes)
        begun = time.monotonic()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
        environment["RIGCOACH_HOME"] = name  # nothing is measured yet
        if models is not None:
            subprocess.run([sys.executable, "-c", _INSTALLS, str(models)], env=environment, check=True)
        peak = Path(name) / "peak"
        subprocess.run([sys.executable, "-c", _SCORES, str(path), subject, str(peak)], env=environment, check=True)
        size_mb = path.with_suffix(".json").stat().st_size / 1e6
        return Measured(minutes, frames, float(peak.read_text()), size_mb, time.monotonic() - begun)


def _peak_mb() -> float:
    """Return the most memory that this process had, in MB; Linux's rusage counts in what it was made from."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def growth(lengths: Sequence[Measured]) -> float:
    """Return by what share of a minute's an hour's memory would be more, by the longest and the shortest."""
    short, long = lengths[0], lengths[-1]
    per_minute = (long.peak_mb - short.peak_mb) / (long.minutes - short.minutes)
    return 59 * per_minute / short.peak_mb


def _size(text: str) -> tuple[int, int]:
    width, height = map(int, text.split("x"))
    return width, height


def main() -> int:
    """Score each length and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1.0, 60.0])
    parser.add_argument("--made", choices=_MADE, default="texture", help="a small clip that is made")
    parser.add_argument("--clip", type=Path, help="a clip to show again and again instead")
    parser.add_argument("--fps", type=int, default=_FPS, help="of what is made, or made small")
    parser.add_argument("--size", type=_size, help="of the pictures of --clip, such as 200x150")
    parser.add_argument("--subject", default="target")
    parser.add_argument("--models", type=Path, help="a folder of detectors; by default none are installed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "made.mov"
        clip = asked.clip or _MADE[asked.made](made, asked.fps)
        recorded = telemetry(Turning(), gravity=False, seconds=_TURNS_S) if asked.made == "gyro" else ()
        if asked.clip is not None and asked.size is not None:
            clip = there_and_back(asked.clip, made, asked.size, asked.fps)
        print("| minutes | frames | most memory, MB | scores file, MB | took, s |\n|---|---|---|---|---|")
        lengths = []
        for minutes in asked.minutes:
            lengths.append(
                each := measured(clip, minutes, asked.subject, asked.models, recorded, logged=asked.made == "log")
            )
            counts = f"{each.frames} | {each.peak_mb:.0f} | {each.scores_mb:.1f} | {each.took_s:.0f}"
            print(f"| {minutes:g} | {counts} |", flush=True)
    if len(lengths) > 1:
        print(f"an hour takes {100 * growth(lengths):.0f} % more than the shortest")
    return 0


if __name__ == "__main__":
    sys.exit(main())
