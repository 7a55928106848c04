"""Flicker: how much the light of a clip goes up and down from frame to frame.

Lamps on alternating current go through their cycle twice a period; where the frame rate doesn't divide that, their
light beats with it, and the whole picture pulses. Slow changes, as of a cloud or a pan, are taken out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats

_FEWEST_FRAMES = 12
# What changes more slowly than this is no flicker: a straight line through so many seconds is taken out.
_SLOW_S = 0.6
# Of the variance, that a single frequency must hold to be told.
_TELLING_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Flicker:
    """`depth` is the depth of modulation, (highest - lowest)/(highest + lowest) light of a sine of the same power.

    `frequency_hz` is the beat's, as far as the frame rate shows it; `None` where no single one stands out.
    """

    depth: float
    frequency_hz: float | None


def flicker(light: npt.NDArray[np.floating], fps: float) -> Flicker | None:
    """Return the flicker of frames' mean light (linear, shape (n,)), at `fps`; `None` for too few frames or no light.

    >>> t = np.arange(50) / 25
    >>> flicker(0.4 * (1 + 0.1 * np.sin(2 * np.pi * 8 * t)), 25)
    Flicker(depth=0.1039, frequency_hz=8.0)
    """
    values = np.asarray(light, dtype=np.float64)
    if len(values) < _FEWEST_FRAMES or values.mean() <= 0:
        return None
    slow = _slow(values, fps)
    ripple = (values - slow) / np.maximum(slow, 1e-6)
    del slow
    ripple -= ripple.mean()
    # A sine of depth m has a deviation of m / sqrt 2.
    depth = float(np.sqrt(2) * ripple.std())
    power = np.abs(np.fft.rfft(ripple * np.hanning(len(ripple)))) ** 2
    frequencies = np.fft.rfftfreq(len(ripple), 1 / fps)
    strongest = int(np.argmax(power))
    share = power[max(strongest - 2, 0) : strongest + 3].sum() / max(power.sum(), 1e-30)
    told = share >= _TELLING_SHARE and depth > 1e-4
    return Flicker(round(depth, 4), round(float(frequencies[strongest]), 2) if told else None)


def _slow(values: Floats, fps: float) -> Floats:
    """Return the line fitted around each frame over `_SLOW_S`, the same number of frames on both sides."""
    half = max(round(_SLOW_S * fps / 2), 4)
    out = np.empty_like(values)
    for i in range(len(values)):
        low, high = max(0, i - half), min(len(values), i + half + 1)
        places = np.arange(low, high)
        out[i] = np.polyval(np.polyfit(places - i, values[low:high], 1), 0)
    return out
