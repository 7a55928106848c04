"""The gradients of a region at one level of a pyramid: how strong they are each way, and how much of them is noise.

The smallest scale at which noise lets a gradient be trusted is after [Elder1998]_; the noise estimate is
[Immerkaer1996]_'s with a median for his mean.

References
----------
.. [Elder1998] J. H. Elder, S. W. Zucker, "Local scale control for edge detection and blur estimation", IEEE PAMI 20(7),
   1998.
.. [Immerkaer1996] J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64(2), 1996.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Plane

Area = tuple[int, int, int, int]

_MANY_PIXELS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The smoothed gradients of a plane, and what those in an area `(left, top, right, bottom)` of it tell.

    Planes, all HxW: `smooth`, with a Gaussian of `smoothing_px` taken over it; `gx` and `gy`, its slope in levels per
    pixel; `squared`, the squared length of that. Of the area: `noise`, in levels; `tensor`, the mean
    (gx gx, gx gy, gy gy); `peak`, the 98th percentile of the squared length.
    """

    area: Area
    smooth: Plane
    gx: Plane
    gy: Plane
    squared: Plane
    noise: float
    smoothing_px: float
    tensor: npt.NDArray[np.float64]
    peak: float

    @property
    def inner(self) -> Plane:
        """The squared lengths in the area."""
        left, top, right, bottom = self.area
        return self.squared[top:bottom, left:right]


def gradients_in(luma: Plane, area: Area) -> Gradients:
    """Return the gradients of a plane (0 to 255), smoothed as the noise of an area of it asks for."""
    left, top, right, bottom = area
    noise = noise_level(luma[top:bottom, left:right])
    smoothing_px = smoothing_for(noise)
    smooth = np.asarray(cv2.GaussianBlur(luma, (0, 0), smoothing_px), dtype=np.float32)
    gx: Plane = np.asarray(cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32), dtype=np.float32)
    gy: Plane = np.asarray(cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32), dtype=np.float32)
    squared = gx * gx
    squared += gy * gy
    own_x, own_y = (np.ravel(each[top:bottom, left:right]) for each in (gx, gy))
    return Gradients(
        area,
        smooth,
        gx,
        gy,
        squared,
        noise,
        smoothing_px,
        tensor=np.array([own_x @ own_x, own_x @ own_y, own_y @ own_y], np.float64) / own_x.size,
        peak=percentile(squared[top:bottom, left:right], 0.98),
    )


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
