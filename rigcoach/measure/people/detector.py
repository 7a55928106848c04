"""What a detector finds in one frame, and what every detector is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rigcoach.measure.arrays import Luma
from rigcoach.measure.picture.box import Box, inside, overlap

_MOST_OVERLAP = 0.45


@dataclass(frozen=True, slots=True)
class Detection:
    """Something found: its box in full-resolution pixels, and how clear the find is, 0 to 1, by the detector's measure.

    Confidences of different detectors don't compare.
    """

    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class TrackRules:
    """How often a detector looks, and which of what it finds is believed.

    Attributes
    ----------
    min_confidence
        Finds of at least this confidence are worth following; weaker ones only bear out what is followed already.
    looks_per_s
        How often it looks.
    fewest_finds
        Who was found less often was nobody.
    lasting_s
        Finds go on for at least so many seconds, or throughout the clip.
    min_mean_confidence
        A track is believed where its finds' mean confidence is at least this.
    min_mean_confidence_near
        The same of a track at least `NEAR_SHARE` of the frame high: what is near is seen clearly, or isn't it.
    min_mean_confidence_headless
        The same of one that the frame's upper edge cuts besides: it may be a hand.
    mostly_sure
        Whether a quarter of the finds, at the least, must be of `min_confidence`.
    in_parts
        Whether small ones are looked for in parts of a large frame: in several at once, so that `find` must be able to
        run on several threads.
    """

    min_confidence: float
    looks_per_s: float = 10.0
    fewest_finds: int = 5
    lasting_s: float = 0.4
    min_mean_confidence: float = 0.0
    min_mean_confidence_near: float = 0.0
    min_mean_confidence_headless: float = 0.0
    mostly_sure: bool = True
    in_parts: bool = False


NEAR_SHARE = 0.4


class Detector(Protocol):
    """A detector of faces or of people.

    Attributes
    ----------
    description
        What it looks for and how, as a photographer would be told.
    rules
        How its finds become tracks.
    """

    description: str
    rules: "TrackRules"

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


def apart(finds: list[Detection]) -> tuple[Detection, ...]:
    """Return finds, clearest first, without those that cover much of a clearer one.

    >>> finds = [Detection((1, 0, 9, 9), 0.5), Detection((0, 0, 9, 9), 0.8), Detection((40, 0, 9, 9), 0.6)]
    >>> [find.confidence for find in apart(finds)]
    [0.8, 0.6]
    """
    kept: list[Detection] = []
    for find in sorted(finds, key=lambda find: -find.confidence):
        if all(overlap(find.box, other.box) < _MOST_OVERLAP for other in kept):
            kept.append(find)
    return tuple(kept)
