"""Pictures out of files, for tests that need one."""

from pathlib import Path

import cv2
import numpy as np
from known import known
from numpy.typing import NDArray


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Return a picture's luma, height x width."""
    return np.asarray(known(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)), np.uint8)


def read_bgr(path: Path) -> NDArray[np.uint8]:
    """Return a picture's blue, green and red, height x width x 3."""
    return np.asarray(known(cv2.imread(str(path))), np.uint8)
