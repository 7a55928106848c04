"""How noisy a plane is, and how much to smooth it.

The estimate is [Immerkaer1996]_'s with a median for his mean; the smallest scale at which noise lets an edge be trusted
is after [Elder1998]_.

References
----------
.. [Elder1998] J. H. Elder, S. W. Zucker, "Local scale control for edge detection and blur estimation", IEEE PAMI 20(7),
   1998.
.. [Immerkaer1996] J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996.
"""

import math

import cv2
import numpy as np

from rigcoach.measure.arrays import Plane

_MANY_PIXELS = 10_000


def noise_level(luma: Plane) -> float:
    """Return the standard deviation of a plane's noise, in its own levels."""
    second = np.array([1, -2, 1], np.float32)
    response = np.asarray(cv2.sepFilter2D(luma, cv2.CV_32F, second, second / 6), dtype=np.float32)
    return percentile(np.abs(_enough(response)), 0.5) / 0.6745


def smoothing_for(noise: float) -> float:
    """Return the deviation in pixels of the Gaussian under which an edge stands clear of noise of this deviation.

    >>> [round(smoothing_for(noise), 2) for noise in (0.5, 4.8, 50)]
    [0.8, 1.6, 2.5]
    """
    return min(max(0.8 * math.sqrt(noise / 1.2), 0.8), 2.5)


def percentile(values: Plane, share: float) -> float:
    """Return the value that a share of a plane's values, 0 to 1, lie below."""
    flat = _enough(values).ravel()
    place = min(int(share * flat.size), flat.size - 1)
    return float(np.partition(flat, place)[place])


def _enough(values: Plane) -> Plane:
    """Return every second row and column of a large plane, which tell as much as all; a small one whole."""
    return values[::2, ::2] if values.size > _MANY_PIXELS else values
