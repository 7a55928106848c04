"""The gradients of a region at one level of a pyramid: how strong they are each way, and how much of them is noise."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Plane
from rigcoach.measure.picture.noise import noise_level, percentile, smoothing_for

Area = tuple[int, int, int, int]


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
