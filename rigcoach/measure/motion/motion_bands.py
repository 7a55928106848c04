"""What made a hand-held picture move: a turn, the bounce of walking, or a shake.

Each has its own pace. People take 1.8 to 2.0 steps a second on average (Pachi and Ji, "Frequency and velocity of people
walking", The Structural Engineer 83, 2005), and the body bobs once a step; the band of 1.4 to 2.4 Hz takes strolling
and hurrying in. A turn to another aim lasts longer than that, and a tremor of hands is quicker.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats

Cause = Literal["turn", "drift", "bounce", "shake"]

TURN_BELOW_HZ = 0.7
BOUNCE_HZ = (1.4, 2.4)
SHAKE_ABOVE_HZ = 4.0
SHORTEST_S = 2.0
LONGEST_S = 300.0
"""Of a longer clip, stretches of at most that length are looked at one by one, and their squares averaged."""

# A path that ends this share of its length away from its start kept its direction: a turn; else it drifted.
_STEADY = 0.7
# A picture that moves more slowly than this, at 1080 lines, is held still: 0.2 px of smear at 1/50 s.
_STILL_PX_S = 10.0
# Of the speed's square, that one cause must hold to be told as the one that dominates.
_DOMINANT = 0.5
_LONGEST_GAP_S = 0.15
_PADDING, _PADDED = 4, 5_000  # a path of more frames than that shows its frequencies finely enough


@dataclass(frozen=True, slots=True)
class MotionBands:
    """How far, and how fast, a picture moved in three bands of frequency; rms of both directions together.

    In a few seconds bands can't be parted sharply: up to a fifth of a bounce's displacement shows as a slow one too.
    Pixels are those of a frame of 1080 lines. All are `None` where the clip doesn't tell, with the `reason`.

    Attributes
    ----------
    turn_px, bounce_px, shake_px
        Displacement from the mean place (of a long clip, that of each five minutes or less): below 0.7 Hz, from 1.4 to
        2.4 Hz, and above 4 Hz.
    turn_px_s, bounce_px_s, shake_px_s
        Its speed, which is what smears.
    vertical_share
        Of the bounce's power, how much is vertical, 0 to 1.
    dominating
        The cause that holds at least half of the speed's square; a slow movement that doesn't keep its direction is a
        "drift", not a turn, and only a mostly vertical one is a "bounce". `None` where none does, or the picture was
        still.
    reason
        Why there are no figures; `None` where there are.
    """

    turn_px: float | None = None
    bounce_px: float | None = None
    shake_px: float | None = None
    turn_px_s: float | None = None
    bounce_px_s: float | None = None
    shake_px_s: float | None = None
    vertical_share: float | None = None
    dominating: Cause | None = None
    reason: str | None = None


NOT_FOLLOWED = MotionBands(reason="the movement was not followed")


def motion_bands(steps_px: npt.NDArray[np.floating], fps: float, frame_height_px: int) -> MotionBands:
    """Return what made the picture move.

    Parameters
    ----------
    steps_px
        (n, 2): how far the picture moved, right and down, into each of n frames since the one before; NaN where that
        isn't known. Short gaps are bridged, and the longest stretch without a longer one is told of.
    fps
        Frames a second.
    frame_height_px
        Of the frames that the steps are measured in.
    """
    if fps < 2.5 * SHAKE_ABOVE_HZ:
        return MotionBands(reason=f"{fps:.1f} frames a second are too few to tell a shake")
    steps = _longest(np.asarray(steps_px, dtype=np.float64), fps)
    if len(steps) + 1 < SHORTEST_S * fps:
        return MotionBands(reason=f"the movement could not be followed for {SHORTEST_S:.0f} s on end")
    pieces = np.array_split(steps, math.ceil(len(steps) / (LONGEST_S * fps)))
    parts = [_squares(piece * (1080 / frame_height_px), fps) for piece in pieces]
    told = np.average([part.squares for part in parts], axis=0, weights=[len(piece) for piece in pieces])
    turn, bounce, shake, turn_v, bounce_v, shake_v, vertical_v, whole_v = map(float, told)
    bands = MotionBands(
        turn_px=math.sqrt(turn),
        bounce_px=math.sqrt(bounce),
        shake_px=math.sqrt(shake),
        turn_px_s=math.sqrt(turn_v),
        bounce_px_s=math.sqrt(bounce_v),
        shake_px_s=math.sqrt(shake_v),
        vertical_share=vertical_v / max(bounce_v, 1e-12),
    )
    length = sum(part.slow_px for part in parts)
    steady = math.hypot(*np.sum([part.slow_way_px for part in parts], axis=0)) >= _STEADY * length
    return replace(bands, dominating=_dominating(bands, whole_v, steady))


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of a stretch, in pixels of a frame of 1080 lines and in those a second.

    `squares` are those of the displacement by turn, bounce and shake, of the speed by each, of the bounce's vertical
    speed and of the whole speed; `slow_way_px` leads from the slow path's beginning to its end, which is as long as
    `slow_px`.
    """

    squares: tuple[float, ...]
    slow_way_px: tuple[float, float]
    slow_px: float


def _squares(steps: Floats, fps: float) -> _Squares:
    path = np.vstack((np.zeros(2), np.cumsum(steps, axis=0)))
    slow = _slow(path, fps)
    slow_v = np.diff(slow, axis=0) * fps
    rest_v = np.diff(path - slow, axis=0) * fps
    frequency, seen = _power(rest_v, fps)
    # The steps of a quick movement between frames fall short of its speed: of a wave seen at two moments only.
    far = seen / np.maximum(2 * fps * np.sin(math.pi * frequency / fps), 1e-9)[:, None] ** 2
    power = far * (2 * math.pi * frequency[:, None]) ** 2
    bounce = (frequency >= BOUNCE_HZ[0]) & (frequency <= BOUNCE_HZ[1])
    shake = frequency > SHAKE_ABOVE_HZ
    bounce_power = power[bounce].sum(0)
    turn_power = (slow_v**2).mean(0).sum()
    squares = (
        slow.var(0).sum(),
        far[bounce].sum(),
        far[shake].sum(),
        turn_power,
        bounce_power.sum(),
        power[shake].sum(),
        bounce_power[1],
        turn_power + power.sum(),
    )
    (x0, y0), (x1, y1) = slow[0], slow[-1]
    return _Squares(tuple(map(float, squares)), (x1 - x0, y1 - y0), float(np.hypot(*np.diff(slow, axis=0).T).sum()))


def _dominating(told: MotionBands, whole: float, steady: bool) -> Cause | None:
    """Return the cause that holds most of the mean square speed `whole`."""
    speeds: tuple[tuple[float | None, Cause], ...] = (
        (told.turn_px_s, "turn" if steady else "drift"),
        (told.bounce_px_s, "bounce"),
        (told.shake_px_s, "shake"),
    )
    speed, cause = max((speed or 0.0, cause) for speed, cause in speeds)
    if whole < _STILL_PX_S**2 or speed**2 < _DOMINANT * whole:
        return None
    return None if cause == "bounce" and (told.vertical_share or 0.0) <= 0.5 else cause


def _longest(steps: Floats, fps: float) -> Floats:
    """Return the longest stretch of steps without a long gap, its short ones filled by straight lines."""
    known = np.flatnonzero(np.isfinite(steps).all(1))
    if len(known) == 0:
        return np.empty((0, 2))
    runs = np.split(known, np.flatnonzero(np.diff(known) > max(1.0, _LONGEST_GAP_S * fps) + 1) + 1)
    run = max(runs, key=lambda run: int(run[-1] - run[0]))
    every = np.arange(run[0], run[-1] + 1)
    return np.stack([np.interp(every, run, steps[run, axis]) for axis in (0, 1)], axis=1)


def _slow(path: Floats, fps: float) -> Floats:
    """Return the part of a path below `TURN_BELOW_HZ`: a straight line, and cosines fitted to what it leaves.

    The line is fitted to the middle more than to the ends, where a quick movement may break off half-way.
    """
    n = len(path)
    along = (np.arange(n) + 0.5) / n
    weight = np.sin(math.pi * along)[:, None]
    line = np.column_stack((np.ones(n), along))
    steady = line @ np.linalg.lstsq(line * weight, path * weight, rcond=None)[0]
    # The cosines are those of the discrete cosine transform, which a path and its mirror image have none but.
    rest = path - steady
    spectrum = np.fft.rfft(np.concatenate((rest, rest[::-1])), axis=0)
    spectrum[int(2 * n / fps * TURN_BELOW_HZ) + 1 :] = 0
    return np.asarray(steady + np.fft.irfft(spectrum, 2 * n, axis=0)[:n], dtype=np.float64)


def _power(speed: Floats, fps: float) -> tuple[Floats, Floats]:
    """Return frequencies and how much of the mean square speed each holds, (m, 2), seen through Hann's window."""
    n = len(speed)
    window = np.hanning(n + 2)[1:-1]
    size = max(n, _PADDING * min(n, _PADDED))
    spectrum = np.abs(np.fft.rfft(speed * window[:, None], size, axis=0)) ** 2
    # Each but the first, and the last of an even number, stands for its mirror image too.
    spectrum[1 : -1 if size % 2 == 0 else None] *= 2
    frequency = np.asarray(np.fft.rfftfreq(size, 1 / fps), dtype=np.float64)
    return frequency, np.asarray(spectrum / (size * (window**2).sum()), dtype=np.float64)
