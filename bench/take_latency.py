"""How long after a take's end its result is there, in a drill on an emulated body, step by step.

    python bench/take_latency.py                     # two takes of six seconds of the shipped drill still-2m
    python bench/take_latency.py --takes 3 --pause 2

The emulated body renders and packs its clips on the same computer: until it has closed its file the time is the body's,
and from there on the tether's and the scorer's, as with a real one.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from page import table
from speed import machine

from rigcoach.base.progress import Advance, no_progress
from rigcoach.drills.files import load_drill
from rigcoach.emulated.process import EmulatedBody
from rigcoach.journal.folder import SCORES_FOLDER
from rigcoach.journal.index import read_log
from rigcoach.practice.open_session import OpenSession
from rigcoach.practice.run_plan import RunPlan
from rigcoach.practice.session_plan import practice_plan
from rigcoach.practice.take_score import TakeResult
from rigcoach.practice.tethered import run_tethered
from rigcoach.rig.profile import load_profile
from rigcoach.tether.camera import Camera


class Clock:
    """Hears what a photographer hears, and notes when: `at` holds seconds by what happened to which take."""

    def __init__(self, *, loud: bool) -> None:
        self.at: dict[tuple[str, int], float] = {}
        self._take = 0
        self._loud = loud
        self._begun = time.monotonic()

    def note(self, what: str, take: int) -> None:
        """Note that something happened now."""
        self.at[what, take] = time.monotonic()

    def say(self, text: str, *, written: bool = True) -> None:
        """Hear what is said."""
        del written
        self.line(text)

    def call(self, text: str) -> None:
        """Hear what is called."""
        if text == "Stop":
            self.note("stop", self._take)

    def line(self, text: str) -> None:
        """Hear what is written."""
        if self._loud:
            print(f"{time.monotonic() - self._begun:6.1f} s  {text}", flush=True)

    def await_ready(self, meanwhile: Callable[[], None]) -> None:
        """Be ready at once."""

    @contextmanager
    def step(self, doing: str) -> Iterator[Advance]:
        """Hear when a step begins and ends."""
        words = doing.split()
        if words[0] == "Take":
            self._take = int(words[1])
        self.line(f"{doing}...")
        yield no_progress
        self.line(f"{doing}: done")
        if words[0] == "Take":
            self.note("recorded", self._take)
        if doing.startswith("Fetching take"):
            self.note("fetched", self._take)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--pause", type=float, default=5.0)
    parser.add_argument("--loud", action="store_true", help="say what happens when")
    wanted = parser.parse_args()
    clock = Clock(loud=wanted.loud)
    results: dict[int, TakeResult] = {}
    noted = OpenSession.scored

    def scored(session: OpenSession, outcome: TakeResult) -> None:
        noted(session, outcome)
        clock.note("told", outcome.take)
        results[outcome.take] = outcome

    with tempfile.TemporaryDirectory() as home, patch.object(OpenSession, "scored", scored):
        os.environ["RIGCOACH_HOME"] = home
        drill = replace(load_drill("still-2m"), pause_s=wanted.pause)
        plan = practice_plan(drill, read_log(), takes=wanted.takes)
        plan = replace(plan, stations=tuple(replace(each, seconds=wanted.seconds) for each in plan.stations))
        with EmulatedBody() as body, Camera(body.port_path, model=body.model) as camera:
            begun = time.monotonic()
            session = run_tethered(camera, RunPlan(drill, plan, load_profile(drill.profile), anyway=True), clock)
            took_s = time.monotonic() - begun
        written = {
            number: (session.folder / SCORES_FOLDER / f"{session.take(number).stem}.json").stat().st_mtime
            for number in results
        }
    wall = time.time() - time.monotonic()
    rows = []
    for number in sorted(results):
        end = clock.at["stop", number]
        rows.append(
            [
                str(number),
                *(f"{clock.at[what, number] - end:.1f} s" for what in ("recorded", "fetched")),
                f"{written[number] - wall - end:.1f} s",
                f"**{written[number] - wall - clock.at['recorded', number]:.1f} s**",
                f"{clock.at['told', number] - end:.1f} s",
            ]
        )
    print(f"{wanted.takes} takes of {wanted.seconds:.0f} s, {wanted.pause:.0f} s between them, on {machine()}.")
    print(f"The whole drill took {took_s:.0f} s.\n")
    table(
        print,
        [
            "take",
            "the body has closed its file",
            "fetched",
            "measured",
            "from the closed file to the measured take",
            "told",
        ],
        rows,
    )


if __name__ == "__main__":
    main()
