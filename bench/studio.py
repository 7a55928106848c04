"""How long the studio takes from the button to recording, and from a take's end to its result, on the emulated body.

    python bench/studio.py [--takes 3] [--seconds 4]

The count-in is the drill's, and what the emulated body takes to render its clip is told apart: a camera needs neither.
"""

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rigcoach.cli.options import CommandOptions


def main() -> None:
    """Run a drill by the button and print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RIGCOACH_HOME"] = folder
        drills = Path(folder) / "drills"
        drills.mkdir()
        text = f"seconds = {given.seconds}\ntakes = {given.takes}\npause_s = 0\nfeedback = 'every'\n"
        (drills / "timed.toml").write_text(text)
        _run()


def _run() -> None:
    from rigcoach.cli.studio import commands
    from rigcoach.studio.drill_room import DrillRoom, Wish
    from rigcoach.studio.drill_state import Phase, State

    seen: list[tuple[float, State]] = []
    with ExitStack() as until_then:
        given = until_then.enter_context(commands(CommandOptions(camera="emulated", quiet=True)))
        room: DrillRoom = DrillRoom(given, lambda: seen.append((time.monotonic(), room.state)))
        room.start("timed", Wish(guesses=False))
        pressed: list[float] = []
        while not room.state.over:
            if room.state.phase is Phase.READY and room.go():
                pressed.append(time.monotonic())
                while room.state.phase is Phase.READY and not room.state.over:
                    time.sleep(0.002)
            time.sleep(0.01)
        room.close()
    if room.state.error:
        raise SystemExit(room.state.error)
    counting = _after(seen, pressed, lambda state: state.phase is Phase.COUNTING)
    recording = _after(seen, pressed, lambda state: state.phase is Phase.RECORDING)
    ends = [at for (at, state), (_, before) in zip(seen[1:], seen, strict=False) if _ended(before, state)]
    fetched = [_when(seen, end, n, ("fetched", "scored")) for n, end in enumerate(ends, 1)]
    scored = [_when(seen, end, n, ("scored",)) for n, end in enumerate(ends, 1)]
    print(f"{len(pressed)} takes; medians")
    print(f"button to count            {1000 * median(counting):6.0f} ms")
    print(f"button to recording        {median(recording):6.2f} s (3 s of it are the count)")
    print(f"end of take to clip here   {median(fetched):6.2f} s (the emulated body renders it meanwhile)")
    print(f"clip here to result        {median(s - f for s, f in zip(scored, fetched, strict=True)):6.2f} s")


def _after(seen, pressed, holds) -> list[float]:  # type: ignore[no-untyped-def]
    return [next(at for at, state in seen if at >= press and holds(state)) - press for press in pressed]


def _ended(before, state) -> bool:  # type: ignore[no-untyped-def]
    return before.phase == "recording" and state.phase != "recording"


def _when(seen, end: float, take: int, states: tuple[str, ...]) -> float:  # type: ignore[no-untyped-def]
    return next(at for at, state in seen if at >= end and state.takes[take - 1].state in states) - end


if __name__ == "__main__":
    main()
