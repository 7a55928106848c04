"""The gradients of a region at one level of a pyramid: how strong they are each way, and how much of them is noise."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Plane
from rigcoach.measure.picture.noise import noise_level, percentile, smoothing_for

Area = tuple[int, int, int, int]

# So many rows are gone through at once: what is only needed in between stays in the processor's own memory.
_ROWS = 96


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The smoothed gradients of an area `(left, top, right, bottom)` of a plane.

    `smooth` is the whole plane, with a Gaussian of `smoothing_px` taken over it. Of the area: `gx` and `gy`, the slope
    in levels per pixel; `noise`, in levels; `tensor`, the mean (gx gx, gx gy, gy gy); `peak`, the 98th percentile of
    the squared length. `squared`, the squared length, is that of `around`: of the area and one pixel more to each side,
    as far as the plane goes.
    """

    area: Area
    around: Area
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
        return _part(self.squared, self.area, self.around)


def gradients_in(luma: Plane, area: Area) -> Gradients:
    """Return the gradients of an area of a plane (0 to 255), smoothed as the area's noise asks for."""
    left, top, right, bottom = area
    noise = noise_level(luma[top:bottom, left:right])
    smoothing_px = smoothing_for(noise)
    smooth = np.asarray(cv2.GaussianBlur(luma, (0, 0), smoothing_px), dtype=np.float32)
    around = _grown(area, 1, luma.shape)
    gx, gy = (np.empty((bottom - top, right - left), np.float32) for _ in range(2))
    squared = np.empty((around[3] - around[1], around[2] - around[0]), np.float32)
    for start in range(around[1], around[3], _ROWS):
        band = (around[0], start, around[2], min(start + _ROWS, around[3]))
        seen = _grown(band, 1, luma.shape)
        x, y = _slopes(smooth[seen[1] : seen[3], seen[0] : seen[2]])
        own = (left, max(start, top), right, min(band[3], bottom))
        for slope, kept in ((x, gx), (y, gy)):
            kept[own[1] - top : own[3] - top] = _part(slope, own, seen)
        x, y = _part(x, band, seen), _part(y, band, seen)
        part = squared[start - around[1] : band[3] - around[1]]
        np.multiply(x, x, out=part)
        part += y * y
    flat_x, flat_y = gx.ravel(), gy.ravel()
    return Gradients(
        area,
        around,
        smooth,
        gx,
        gy,
        squared,
        noise,
        smoothing_px,
        tensor=np.array([flat_x @ flat_x, flat_x @ flat_y, flat_y @ flat_y], np.float64) / flat_x.size,
        peak=percentile(_part(squared, area, around), 0.98),
    )


def _slopes(smooth: Plane) -> tuple[Plane, Plane]:
    """Return the slopes to the right and down, in levels per pixel."""
    x, y = (cv2.Scharr(smooth, cv2.CV_32F, 1 - down, down, scale=1 / 32) for down in (0, 1))
    return np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)


def _grown(area: Area, by: int, shape: tuple[int, ...]) -> Area:
    """Return an area with so much more to each side, as far as a plane goes."""
    left, top, right, bottom = area
    return max(left - by, 0), max(top - by, 0), min(right + by, shape[1]), min(bottom + by, shape[0])


def _part(values: Plane, area: Area, of: Area) -> Plane:
    """Return the part that an area is, of the values of a larger one."""
    return values[area[1] - of[1] : area[3] - of[1], area[0] - of[0] : area[2] - of[0]]
