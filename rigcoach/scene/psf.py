"""Point spread functions: the disc of a thin lens out of focus, and the smear of a path.

Both kernels have the second moments of the continuous function that they stand for: convolving with them widens an
edge by as much as the disc or the smear itself, however small, and adds no softness of the raster's own.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Plane
from rigcoach.scene import coverage


@lru_cache(maxsize=512)
def disc_kernel(radius_px: float) -> Plane:
    """Return the kernel of a uniform disc: square, odd, sum 1, variance radius²/4 along each axis.

    A disc drawn by area coverage has the pixel's own variance on top; a slightly smaller disc is drawn so that the
    sum is right.
    """
    if radius_px == 0:
        return np.ones((1, 1), np.float32)
    size = 2 * int(np.ceil(max(radius_px, 1.0) - 0.5)) + 3
    low, high = 0.0, radius_px + 0.5
    for _ in range(30):
        drawn = (low + high) / 2
        if _variance(coverage.disc(size, drawn)) < radius_px**2 / 4:
            low = drawn
        else:
            high = drawn
    kernel = coverage.disc(size, high)
    while len(kernel) > 1 and not kernel[0].any():
        kernel = kernel[1:-1, 1:-1]
    return np.asarray(kernel / kernel.sum(), np.float32)


def smear_kernel(points_px: NDArray[np.float64]) -> Plane:
    """Return the kernel of a path of the picture, points evenly spaced in time, shape (n, 2): odd size, sum 1.

    For correlation (`cv2.filter2D`): a point is drawn where the picture comes from. Each point is set on 3 by 3 pixels
    with the weights of quadratic interpolation, which keep mean and variance.
    """
    if not points_px.any():
        return np.ones((1, 1), np.float32)
    points = -points_px
    reach = int(np.ceil(np.abs(points).max() - 0.5)) + 1
    whole = np.rint(points).astype(np.intp)
    rest = points - whole
    weights = np.stack([rest * (rest - 1) / 2, 1 - rest**2, rest * (rest + 1) / 2])
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for j in (-1, 0, 1):
        for i in (-1, 0, 1):
            place = (whole[:, 1] + j + reach, whole[:, 0] + i + reach)
            np.add.at(kernel, place, weights[j + 1, :, 1] * weights[i + 1, :, 0])
    return np.asarray(kernel / kernel.sum(), np.float32)


def convolve(plane: Plane, kernel: Plane, *, border: int = cv2.BORDER_CONSTANT) -> Plane:
    """Correlate each channel with a kernel; beyond the border lies nothing, unless OpenCV's `border` says otherwise."""
    if kernel.size == 1:
        return plane
    return np.asarray(cv2.filter2D(plane, -1, kernel, borderType=border), np.float32)


def _variance(kernel: NDArray[np.float64]) -> float:
    total = float(kernel.sum())
    if total == 0:
        return 0.0
    place = np.arange(len(kernel)) - (len(kernel) - 1) / 2
    return float((kernel.sum(axis=0) * place**2).sum()) / total
