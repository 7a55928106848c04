"""Exposure of a picture or of a part of it, from its normalised luma (`rigcoach.measure.picture.tone`)."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.picture.box import Box, inside
from rigcoach.measure.picture.tone import bt709_to_light

CLIPPED_HIGH = 250 / 255
"""Signal from which a pixel counts as blown out, as a fraction of nominal white.

The sensor's clipping is a pile of pixels at white; an encoder's ringing and rounding scatter the pile by a few levels
downwards, so the threshold stands 2 % below it. On a picture that isn't clipped few pixels come so near to white.
"""

_BELOW_HIGHLIGHTS = 0.99
_ENOUGH_ROWS = 250

CLIPPED_LOW = 5 / 255
"""Signal down to which a pixel counts as blocked up, as a fraction of nominal white; 2 % for the same reason."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of a region; all are fractions from 0 to 1.

    `mean` is the mean luma signal between black and diffuse white on BT.709's curve, whatever the file's (18 % grey
    lies near 0.41); `clipped_high` and `clipped_low` are the shares of pixels at white and at black. `light` is the
    mean linear light, by the inverse of the BT.709 curve. `highlight` is the signal that the brightest hundredth of the
    pixels lies above.
    """

    mean: float
    clipped_high: float
    clipped_low: float
    light: float = 0.0
    highlight: float = 1.0


def exposure(luma: npt.NDArray[np.uint8], box: Box | None = None) -> Exposure:
    """Return the exposure of a luma plane, or of a box in it.

    Parameters
    ----------
    luma
        HxW plane of normalised luma: black at 0, diffuse white at 255.
    box
        Region to measure; the whole plane without one.

    Raises
    ------
    ValueError
        The box covers no pixel of the plane.
    """
    region = inside(box, luma.shape)
    if region is None:
        raise ValueError(f"the box {box} lies outside a frame of {luma.shape[1]}x{luma.shape[0]}")
    left, top, right, bottom = region
    # Of a large region some of the rows tell as much.
    every = max(1, (bottom - top) // _ENOUGH_ROWS)
    counts = cv2.calcHist([luma[top:bottom:every, left:right]], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    shares = counts / counts.sum()
    mean, clipped_high, clipped_low, light = (_weights() @ shares).tolist()
    highlight = int(np.searchsorted(np.cumsum(shares), _BELOW_HIGHLIGHTS)) / 255
    return Exposure(mean, clipped_high, clipped_low, light, highlight)


@cache
def _weights() -> Floats:
    """Return what codes count of the mean signal, of white, of black and of light, of shape (4, 256)."""
    signal = np.arange(256) / 255
    return np.stack((signal, signal >= CLIPPED_HIGH, signal <= CLIPPED_LOW, bt709_to_light()))
