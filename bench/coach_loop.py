"""The coach in a closed loop: a simulated hand hears the cues, moves the scene, and hears what that did.

    python bench/coach_loop.py [--aims 400]

The cues are the coach's own (`cue`, `next_word`); the hand is a model: it reacts after 250 ms, trembles at 8 to 12 Hz,
and a movement takes what Fitts' law says (0.1 s and 0.15 s a bit). A word takes 0.35 s to hear and tells a side, not
how far: the hand tries a step and halves it where it overshot. A tone tells side and, roughly, how far. How well a side
and a rise are heard is what nobody measured on this task, so two listeners are shown: one hears them with an error of
20 % of the full scale, the other of 60 %. In silence the hand aims once, by feel, with an error of 8 % of the frame.
"""

import argparse
import math
from dataclasses import dataclass
from statistics import median

import numpy as np

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.results import FrameMeasurement
from rigcoach.live.cues import NOTHING_SAID, Cue, CueTarget, cue, next_word
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import Framing

FRAME_S, LATENCY_S, REACTION_S, WORD_S = 1 / 15, 0.08, 0.25, 0.35
TREMOR = 0.004
FEEL = 0.08
LONGEST_S = 20.0
HELD_S = 0.5
FITTS_A_S, FITTS_B_S = 0.1, 0.15
SIDES = {"left": (0, -1.0), "right": (0, 1.0), "up": (1, -1.0), "down": (1, 1.0)}
TARGET = CueTarget()


@dataclass(slots=True)
class Hand:
    """A hand that aims: how far the subject stands from the wanted place, and what it hears."""

    off: np.ndarray
    rng: np.random.Generator
    hearing_error: float
    step: np.ndarray

    def moved(self, by: np.ndarray) -> float:
        """Turn by so much and return how long that takes."""
        distance = float(np.hypot(*by))
        self.off = self.off - by * (1 + self.rng.normal(0, 0.08, 2))
        width = 2 * TARGET.offset_limit
        return FITTS_A_S + FITTS_B_S * math.log2(max(1.0, 2 * distance / width) + 1e-9) if distance else 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aims", type=int, default=400)
    count = parser.parse_args().aims
    print("| coach | listener's error | got there | median time to get there | median final error |")
    print("|---|---|---|---|---|")
    for coach, errors in (("silence", (0.0,)), ("words", (0.0,)), ("tones", (0.2, 0.6)), ("both", (0.2, 0.6))):
        for error in errors:
            rng = np.random.default_rng(12)
            results = [aim(coach, error, rng) for _ in range(count)]
            times = [time_s for time_s, _ in results if time_s is not None]
            there = f"{100 * len(times) / count:.0f} %"
            time = f"{median(times):.1f} s" if times and coach != "silence" else "–"
            final = f"{100 * median(off for _, off in results):.1f} %"
            print(f"| {coach} | {f'{100 * error:.0f} %' if error else '–'} | {there} | {time} | {final} |")


def aim(coach: str, hearing_error: float, rng: np.random.Generator) -> tuple[float | None, float]:
    """Return when a hand was there to stay, and how far off it was in the end."""
    bearing = rng.uniform(0, 2 * math.pi)
    start = rng.uniform(0.15, 0.35) * np.array([math.cos(bearing), math.sin(bearing)])
    hand = Hand(start, rng, hearing_error, np.array([0.12, 0.12]))
    if coach == "silence":
        hand.off = rng.normal(0, FEEL, 2)
        off = float(np.hypot(*hand.off))
        return (0.0 if off <= TARGET.offset_limit else None), off
    phase, hertz = rng.uniform(0, 2 * math.pi), rng.uniform(8, 12)
    said, busy_until, there_since, next_tick = NOTHING_SAID, 0.0, None, 0.0
    last_word: dict[int, float] = {}
    t_s = 0.0
    while t_s < LONGEST_S:
        shake = TREMOR * math.sin(2 * math.pi * hertz * t_s + phase)
        heard = cue(frame(t_s, hand.off + shake), TARGET, 1080)
        word, said = next_word(heard, said)
        inside = bool((np.abs(hand.off) <= TARGET.offset_limit).all())
        there_since = (t_s if there_since is None else there_since) if inside else None
        if there_since is not None and t_s - there_since >= HELD_S and t_s >= busy_until:
            return there_since, float(np.hypot(*hand.off))
        if t_s >= busy_until:
            by, delay_s = heeded(coach, heard, word, hand, last_word, ticks=t_s >= next_tick)
            if by is not None:
                busy_until = t_s + LATENCY_S + delay_s + REACTION_S + hand.moved(by)
            if t_s >= next_tick and heard.tick_s:
                next_tick = t_s + heard.tick_s
        t_s += FRAME_S
    return None, float(np.hypot(*hand.off))


def heeded(
    coach: str, heard: Cue, word: str | None, hand: Hand, last_word: dict[int, float], *, ticks: bool
) -> tuple[np.ndarray | None, float]:
    """Return the turn that a cue brings about, None for none, and how long it takes to hear it."""
    if coach in ("tones", "both") and ticks and heard.tick_s:
        noise = hand.rng.normal(0, hand.hearing_error, 2)
        by = 0.25 * np.array([heard.pan + noise[0], -heard.glide + noise[1]])
        if coach == "both":
            if word in SIDES:
                last_word.clear()
                last_word.update([SIDES[word]])
            for axis, sign in last_word.items():  # a side that was said is surer than one that was heard in a tone
                by[axis] = sign * abs(by[axis])
        return 0.8 * by, 0.06
    if coach == "both" and word in SIDES:
        last_word.clear()
        last_word.update([SIDES[word]])
    if coach == "words" and word in SIDES:
        axis, sign = SIDES[word]
        if last_word.get(axis, sign) != sign:
            hand.step[axis] /= 2
        last_word[axis] = sign
        by = np.zeros(2)
        by[axis] = sign * hand.step[axis]
        return by, WORD_S
    return None, 0.0


def frame(t_s: float, off: np.ndarray) -> FrameMeasurement:
    """Return what the coach measures of a subject that stands so far off the middle, sharp and level."""
    framing = Framing(offset=(float(off[0]), float(off[1])), size=0.3, headroom=0.1, roll_deg=0.0, cut_off=())
    return FrameMeasurement(
        t_s=t_s,
        subject=None,
        focus=Focus(0.5, 0.0),
        distance_m=None,
        framing=framing,
        exposure=Exposure(0.4, 0.0, 0.0),
        shift_px=None,
    )


if __name__ == "__main__":
    main()
