"""What a detector finds in one frame, and what every detector is."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.box import Box

Luma = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Find:
    """Something found: its box in full-resolution pixels, and how clear the find is, 0 to 1, by the detector's measure.

    Confidences of different detectors don't compare.
    """

    box: Box
    confidence: float


class Finder(Protocol):
    """A detector of faces or of people.

    Attributes
    ----------
    looked_for
        What it looks for and how, as a photographer would be told.
    sure
        Finds of at least this confidence are worth following; weaker ones only bear out what is followed already.
    """

    looked_for: str
    sure: float

    def find(self, luma: Luma) -> tuple[Find, ...]:
        """Return what is in an upright HxW plane, clearest first."""
        ...


def reduced_to(luma: Luma, width_px: int) -> tuple[Luma, float]:
    """Return a plane no wider than `width_px`, and the factor that takes its pixels to those of `luma`."""
    factor = max(1.0, luma.shape[1] / width_px)
    if factor == 1.0:
        return luma, 1.0
    size = (round(luma.shape[1] / factor), round(luma.shape[0] / factor))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), factor


def scaled(box: Box, factor: float) -> Box:
    """Return a box with all its numbers times `factor`.

    >>> scaled((1.0, 2.0, 3.0, 4.0), 2)
    (2.0, 4.0, 6.0, 8.0)
    """
    x, y, w, h = box
    return (x * factor, y * factor, w * factor, h * factor)
