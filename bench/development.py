"""How long an emulated body takes for a still, from the shot that is asked for to the file that is told.

    python bench/development.py [--stills N]

Each body is asked for one still, then for N more, by libgphoto2's own driver: the median of the times between asking
and being told, and the processor time that each of the N cost the body (a run of one
still is taken off).
"""

import argparse
import os
import resource
import statistics
import tempfile
import time

from rigcoach.emulated.process import EmulatedBody
from rigcoach.tether.camera import Camera

BODIES = {
    "canon-eos-5d-mark-ii": (("imageformat", "L"), ("imageformat", "RAW + L")),
    "nikon-d750": (("imagequality", "JPEG Fine"), ("imagequality", "NEF+Fine")),
}


def run(body: str, setting: tuple[str, str], stills: int) -> tuple[list[float], float]:
    """Return how long each still took, and the processor time of the body and all that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    times_s = []
    with EmulatedBody(body) as emulated, Camera(emulated.port_path, model=emulated.model) as camera:
        camera.set(*setting)
        for _ in range(stills):
            start = time.monotonic()
            camera.capture()
            times_s.append(time.monotonic() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stills", type=int, default=6, metavar="N")
    stills = parser.parse_args().stills
    print("| body | written as | from asking to being told, median | processor time of a still |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        os.environ["RIGCOACH_HOME"] = home
        for body, settings in BODIES.items():
            for setting in settings:
                _, alone_s = run(body, setting, 1)
                times_s, cpu_s = run(body, setting, stills + 1)
                each_s = (cpu_s - alone_s) / stills
                told_s = statistics.median(times_s[1:])
                print(f"| {body} | {setting[1]} | {told_s:.2f} s | {each_s:.2f} s |", flush=True)


if __name__ == "__main__":
    main()
