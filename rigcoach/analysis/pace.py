"""Unevenly timed frames: movement between frames at one pace, so that a dropped frame does not look like a jerk.

Phones and screen recorders write a frame when they have one. What moves as fast as before goes twice as far into a
frame that comes twice as late.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rigcoach.analysis.observation import Observation
from rigcoach.measure.arrays import Floats

# Clocks are rounded: in Matroska to a millisecond, a quarter of a frame at 240 a second.
_EVEN = 0.3
_LEAST_PACE, _MOST_PACE = 0.1, 100.0


def paces(times_s: Sequence[float], fps: float) -> list[float] | None:
    """Return how long after the one before each frame came, in mean frame times; `None` where all come evenly.

    >>> [round(pace, 3) for pace in paces([0.0, 0.04, 0.08, 0.16], 25)]
    [1.0, 1.0, 1.0, 2.0]
    >>> paces([0.0, 0.033, 0.067, 0.1], 30) is None
    True
    """
    if len(times_s) < 2:
        return None
    between = np.diff(np.asarray(times_s, dtype=np.float64)) * fps
    if np.abs(between - 1).max() <= _EVEN:
        return None
    return [1.0, *map(float, np.clip(between, _LEAST_PACE, _MOST_PACE))]


def at_pace(look: Observation | None, pace: float) -> Observation | None:
    """Return a look whose movement since the frame before is that in a mean frame time."""
    if look is None:
        return None
    step = look.focus.step_px
    focus = look.focus if step is None else replace(look.focus, step_px=(step[0] / pace, step[1] / pace))
    return replace(look, focus=focus, shift_px=None if look.shift_px is None else look.shift_px / pace)


def evenly(times_s: Sequence[float], values: npt.ArrayLike, fps: float) -> Floats:
    """Return values, of n frames or n x m, as they are at even times from the first frame to the last.

    >>> evenly([0.0, 1.0, 3.0], [0.0, 1.0, 3.0], 1.0).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    given = np.asarray(values, dtype=np.float64)
    times = np.asarray(times_s, dtype=np.float64)
    even = np.arange(round((times[-1] - times[0]) * fps) + 1) / fps + times[0]
    columns = [np.interp(even, times, column) for column in given.reshape(len(times), -1).T]
    return np.stack(columns, axis=-1).reshape(len(even), *given.shape[1:])
