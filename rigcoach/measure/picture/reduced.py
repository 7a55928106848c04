"""Smaller copies of a picture, for detectors of what is large in it."""

import cv2
import numpy as np

from rigcoach.measure.arrays import Luma


def reduced_to(luma: Luma, width_px: int) -> tuple[Luma, float]:
    """Return a plane no wider than `width_px`, and the factor that takes its pixels to those of `luma`."""
    factor = max(1.0, luma.shape[1] / width_px)
    if factor == 1.0:
        return luma, 1.0
    size = (round(luma.shape[1] / factor), round(luma.shape[0] / factor))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), factor
