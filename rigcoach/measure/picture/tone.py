"""From the luma that a file holds back to light.

References
----------
.. [BT709] Recommendation ITU-R BT.709-6 (2015), item 1.2, opto-electronic transfer characteristics, and item 4.6
   for the quantization of the narrow-range signal.
.. [SRGB] IEC 61966-2-1:1999, the sRGB colour space.
"""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ToLight = NDArray[np.float32]
"""Light, relative to nominal white, for each of the 256 luma codes."""

# Light at which the curve's straight part ends, with the slope there: see the reference.
_BETA, _ALPHA, _LINEAR_SLOPE, _EXPONENT = 0.018, 1.099, 4.5, 0.45


Transfer = Literal["bt709", "srgb"]
"""Curves from light to signal: BT.709's, which BT.601 shares, and sRGB's."""


def to_light(transfer: Transfer, full_range: bool) -> ToLight:
    """Return the table from 8-bit luma codes to relative light for a file's own curve and range."""
    return srgb_to_light(full_range) if transfer == "srgb" else bt709_to_light(full_range)


@cache
def srgb_to_light(full_range: bool = True) -> ToLight:
    """Return the table from 8-bit luma codes to relative light, by the inverse of the sRGB curve [SRGB]_.

    >>> round(float(srgb_to_light()[128]), 4)
    0.2159
    """
    black, white = (0, 255) if full_range else (16, 235)
    signal = (np.arange(256) - black) / (white - black)
    curved = ((np.maximum(signal, 0.0) + 0.055) / 1.055) ** 2.4
    light = np.where(signal <= 0.04045, signal / 12.92, curved).astype(np.float32)
    light.flags.writeable = False
    return light


@cache
def bt709_to_light(full_range: bool = True) -> ToLight:
    """Return the table from 8-bit luma codes to relative light, by the inverse of the BT.709 curve [BT709]_.

    Parameters
    ----------
    full_range
        Whether black is 0 and white 255; otherwise black is 16 and white 235.

    Returns
    -------
    array of shape (256,)
        Light from 0 at nominal black to 1 at nominal white; codes beyond them are extrapolated, not cut off.

    >>> table = bt709_to_light()
    >>> float(table[0]), float(table[255])
    (0.0, 1.0)
    >>> round(float(bt709_to_light(full_range=False)[126]), 3)
    0.262
    """
    black, white = (0, 255) if full_range else (16, 235)
    signal = (np.arange(256) - black) / (white - black)
    curved = ((np.maximum(signal, 0.0) + _ALPHA - 1) / _ALPHA) ** (1 / _EXPONENT)
    light = np.where(signal < _LINEAR_SLOPE * _BETA, signal / _LINEAR_SLOPE, curved).astype(np.float32)
    light.flags.writeable = False
    return light
