"""How soon the live coach answers: from a frame's arrival to its cue, on two cores.

    python bench/coach_latency.py                   # the emulated body through libgphoto2: a target card
    python bench/coach_latency.py --clip CLIP       # a clip's frames as live view, at 30 a second: faces and people

Frames come at the pace of live view. A frame that comes while another is measured is dropped if a newer one comes
before its turn.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
from speed import CORES, keep_to_cores

from rigcoach.analysis.live_meter import LiveMeter
from rigcoach.analysis.results import SubjectChoice, rig_optics
from rigcoach.emulated.process import EmulatedBody
from rigcoach.live.coach import LiveCoach
from rigcoach.live.cues import Cue, CueTarget
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera
from rigcoach.tether.live_view import frames, live_view
from rigcoach.video.clip import read_clip, read_frames

FPS = 30
SIZE = (1024, 576)


class Silence:
    """Hears every cue and does nothing."""

    def hear(self, cue: Cue) -> None:
        """Take a cue."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, help="frames from this clip instead of the emulated body's")
    parser.add_argument("--subject", default="auto", choices=("auto", "target", "face", "person"))
    parser.add_argument("--seconds", type=float, default=20.0)
    wanted = parser.parse_args()
    keep_to_cores()
    cv2.setNumThreads(CORES)
    profile = load_profile("hip-video")
    meter = LiveMeter(SubjectChoice(wanted.subject), rig_optics(profile), (1920, 1080))
    coach = LiveCoach(meter, CueTarget(), [Silence()])
    with coach:
        if wanted.clip is None:
            see_camera(coach, wanted.seconds)
        else:
            for jpeg in paced(clip_jpegs(wanted.clip, wanted.seconds)):
                coach.see(jpeg)
    tally = coach.tally
    latencies_ms = sorted(1000 * each for each in tally.latencies_s)
    p95 = latencies_ms[int(0.95 * (len(latencies_ms) - 1))]
    print(f"{tally.came} frames came, {tally.measured} measured, {tally.dropped} dropped, subject in {tally.found}")
    print(f"from arrival to cue: median {statistics.median(latencies_ms):.1f} ms, 95th percentile {p95:.1f} ms")


def see_camera(coach: LiveCoach, seconds: float) -> None:
    """Look through the emulated body."""
    with EmulatedBody() as body, Camera(body.port_path, model=body.model) as camera:
        camera.set("shutterspeed", "1/50")
        camera.set("iso", "400")
        with live_view(camera, camera.listing()):
            for jpeg in frames(camera, seconds):
                coach.see(jpeg)


def clip_jpegs(path: Path, seconds: float) -> list[bytes]:
    """Return a clip's frames as live view would show them."""
    found: list[bytes] = []
    for frame in read_frames(read_clip(path)):
        small = cv2.resize(frame.luma, SIZE, interpolation=cv2.INTER_AREA)
        found.append(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
        if len(found) >= seconds * FPS:
            break
    return found


def paced(jpegs: list[bytes]) -> Iterator[bytes]:
    """Yield frames at the pace of live view."""
    start = time.monotonic()
    for number, jpeg in enumerate(jpegs):
        time.sleep(max(0.0, start + number / FPS - time.monotonic()))
        yield jpeg


if __name__ == "__main__":
    main()
