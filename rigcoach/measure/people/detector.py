"""What a detector finds in one frame, and what every detector is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.box import Box, inside


@dataclass(frozen=True, slots=True)
class Detection:
    """Something found: its box in full-resolution pixels, and how clear the find is, 0 to 1, by the detector's measure.

    Confidences of different detectors don't compare.
    """

    box: Box
    confidence: float


class Detector(Protocol):
    """A detector of faces or of people.

    Attributes
    ----------
    description
        What it looks for and how, as a photographer would be told.
    min_confidence
        Finds of at least this confidence are worth following; weaker ones only bear out what is followed already.
    min_mean_confidence
        What is followed is believed where its finds' mean confidence is at least this ...
    lasting_s
        ... and they go on for at least so many seconds, or throughout the clip.
    """

    description: str
    min_confidence: float
    min_mean_confidence: float
    lasting_s: float

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return what is in an upright HxW plane, clearest first."""
        ...

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
        """Return what is in an upright HxW plane about where some boxes are, clearest first; it costs less."""
        ...


def scaled(box: Box, factor: float) -> Box:
    """Return a box with all its numbers times `factor`.

    >>> scaled((1.0, 2.0, 3.0, 4.0), 2)
    (2.0, 4.0, 6.0, 8.0)
    """
    x, y, w, h = box
    return (x * factor, y * factor, w * factor, h * factor)


def visible_part(box: Box, shape: tuple[int, ...]) -> Box | None:
    """Return what of a box lies in a plane of `shape`; `None` where it covers no pixel of it.

    >>> visible_part((-10, 5, 30, 10), (100, 200))
    (0.0, 5.0, 20.0, 10.0)
    """
    if inside(box, shape) is None:
        return None
    x, y, w, h = (float(side) for side in box)
    left, top = max(x, 0.0), max(y, 0.0)
    return (left, top, min(x + w, float(shape[1])) - left, min(y + h, float(shape[0])) - top)
