"""People without an installed detector: upright and whole, seen from the front, the back or the side.

`HogPeople` is the detector of [Dalal2005]_ that comes with OpenCV, for people of at least about a fifth of the frame;
where it finds any, others look again. It is what is left where `rigcoach.measure.people.learned_person` isn't there.

References
----------
.. [Dalal2005] N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, TrackRules, apart, scaled, visible_part
from rigcoach.measure.people.person_check import DALAL_SHARE, PersonCheck
from rigcoach.measure.picture.box import Box, overlap
from rigcoach.measure.picture.reduced import reduced_to

_HOG_WEAK = -0.3
_HOG_STEP = 1.1
_HOG_WIDTHS_PX = (320, 480)
# A find this much inside a taller one is a part of it.
_PART_SHARE = 0.7
_PART_HEIGHT = 1.4
_PART_CONFIDENCE = 0.3
_HOG_AGREES = 0.4
# The sum of what a find's windows exceed the threshold by, from which a closer look is worth it; and at so many.
_HOG_FAINT = 0.5
_HOG_MOST_CHECKS = 6
_FAINT = 0.12
# A margin above and below what the detector reads sees people whose heads touch the frame's edge.
_HOG_MARGIN = 0.12


class HogPeople:
    """Finds people by histograms of gradients; holds the detectors and nothing between pictures.

    Windows of many sizes and places see the same person. Where they are most and clearest other detectors look, too
    (`rigcoach.measure.people.person_check`); a find's confidence is the probability that comes of it.

    Pictures are searched at two reductions, 320 and 480 pixels wide: near people are found whole in the smaller, where
    the larger shows parts that look like people; far ones, from a third of the frame's height, only in the larger.
    """

    description = "people by HOG"
    # Likelier somebody than not; and folds, hands and window frames look like somebody for less than so long, mostly.
    rules = TrackRules(min_confidence=0.5, min_mean_confidence=0.5, lasting_s=1.4)

    def __init__(self) -> None:
        self._check = PersonCheck()
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector(), dtype=np.float32))

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the people in an upright HxW plane, clearest first; boxes run from crown to soles."""
        places = [place for width_px in _HOG_WIDTHS_PX for place in self._places(luma, width_px)]
        clearest = sorted(places, key=lambda place: -place.confidence)[:_HOG_MOST_CHECKS]
        return self.find_near(luma, [place.box for place in clearest])

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
        """Return the people in an upright HxW plane about where some boxes are, clearest first."""
        finds = []
        for box in boxes:
            shown = visible_part(box, luma.shape)
            find = None if shown is None else self._check.find(luma, shown)
            if find is not None and find.confidence > _FAINT:
                finds.append(find)
        return apart([find for find in finds if not any(_part(find, other) for other in finds)])

    def _places(self, luma: Luma, width_px: int) -> list[Detection]:
        """Return where people may be, with what speaks for it in the place of a confidence."""
        small, factor = reduced_to(luma, width_px)
        margin = round(_HOG_MARGIN * small.shape[0])
        padded = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        if padded.shape[1] < self._hog.winSize[0] or padded.shape[0] < self._hog.winSize[1]:
            return []  # OpenCV reads beyond the picture's memory there
        # No grouping: it throws away lone windows, and with them people whom following would bear out.
        windows, scores = self._hog.detectMultiScale(
            padded, hitThreshold=_HOG_WEAK, winStride=(8, 8), scale=_HOG_STEP, groupThreshold=0
        )
        seen = [Detection(_box(window), float(score)) for window, score in zip(windows, np.ravel(scores), strict=True)]
        finds = []
        for best in apart(seen):
            x, y, w, h = best.box
            wide, high = w * DALAL_SHARE[0], h * DALAL_SHARE[1]
            person = (x + (w - wide) / 2 - margin, y + (h - high) / 2 - margin, wide, high)
            visible = visible_part(person, small.shape)
            evidence = sum(w.confidence - _HOG_WEAK for w in seen if overlap(w.box, best.box) > _HOG_AGREES)
            if visible is not None and evidence > _HOG_FAINT:
                finds.append(Detection(scaled(visible, factor), evidence))
        return finds


def _box(numbers: Sequence[int]) -> Box:
    x, y, w, h = (float(number) for number in numbers)
    return (x, y, w, h)


def _part(find: Detection, whole: Detection) -> bool:
    """Return whether a find is but a part of another, such as a back and a head of somebody seen near."""
    (x, y, w, h), (u, v, wide, high) = find.box, whole.box
    if high < _PART_HEIGHT * h or whole.confidence < _PART_CONFIDENCE:
        return False
    shared = max(min(x + w, u + wide) - max(x, u), 0) * max(min(y + h, v + high) - max(y, v), 0)
    return shared > _PART_SHARE * w * h
