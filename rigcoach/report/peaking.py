"""Focus peaking that goes by sharpness, not by contrast: which edges of a picture are in focus.

The blur of each edge is read from how much its gradient falls when the picture is blurred once more by a known amount
[Zhuo2011]_; the ratio of the two gradients doesn't change with the edge's contrast.

References
----------
.. [Zhuo2011] S. Zhuo, T. Sim, "Defocus map estimation from a single image", Pattern Recognition 44(9), 2011.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

# Smoothed by this first, so that a gradient is the same whichever way its edge runs.
_FIRST_PX = 0.8
_AGAIN_PX = 1.2
# Gradients below this, in levels of 255 a pixel, are noise as likely as edges.
_LEAST_GRADIENT = 8.0
# Blur that lens, sensor and encoder leave on the sharpest edge, as a Gaussian's sigma.
_RECORDING_PX = 0.9


def in_focus(luma: NDArray[np.uint8], blur_px: float) -> NDArray[np.bool_]:
    """Return which pixels lie on edges whose blur disc has at most a radius of `blur_px`.

    Parameters
    ----------
    luma
        HxW plane.
    blur_px
        The largest radius that counts as in focus; a disc of radius r has a standard deviation of r/2 along any axis.

    A step is in focus until it is blurred:

    >>> step = np.zeros((40, 40), np.uint8)
    >>> step[:, 20:] = 200
    >>> soft = cv2.GaussianBlur(step, (0, 0), 3)
    >>> bool(in_focus(step, 1.5).any()), bool(in_focus(soft, 1.5).any())
    (True, False)
    """
    plain = luma.astype(np.float32)
    gradient, again = _gradient(plain, _FIRST_PX), _gradient(plain, float(np.hypot(_FIRST_PX, _AGAIN_PX)))
    # A Gaussian edge of width s keeps s/sqrt(s² + again²) of its gradient.
    largest = float(np.sqrt((blur_px / 2) ** 2 + _RECORDING_PX**2 + _FIRST_PX**2))
    ratio = float(np.hypot(largest, _AGAIN_PX)) / largest
    return np.asarray((gradient > _LEAST_GRADIENT) & (gradient > ratio * again), dtype=np.bool_)


def _gradient(plain: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(plain, (0, 0), sigma_px)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=1, scale=0.5)
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)
