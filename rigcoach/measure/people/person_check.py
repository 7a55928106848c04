"""A closer look at what may be a person: four detectors that know different things, in one probability.

Whatever looks upright draws windows of the detector that searches a picture: a hand on a table, a chair's back. Other
detectors are drawn by other things, and a person draws all of them. The place is read again, at its own size, by the
detector of [Dalal2005]_ in finer steps, by the one of [Enzweiler2009]_, which was trained on other people and reads
other cells, and by the cascades for whole and upper bodies of [Kruppa2003]_. The four agree to the extent of a logistic
function whose weights were fitted to walkers and to pictures without people.

References
----------
.. [Dalal2005] N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
.. [Enzweiler2009] M. Enzweiler, D. Gavrila, "Monocular pedestrian detection: survey and experiments", PAMI 31, 2009
   (OpenCV's `getDaimlerPeopleDetector`).
.. [Kruppa2003] H. Kruppa, M. Castrillon-Santana, B. Schiele, "Fast and robust face finding via local context",
   VS-PETS 2003 (`haarcascade_fullbody.xml`, `haarcascade_upperbody.xml`).
"""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, visible_part
from rigcoach.measure.picture.box import Box, overlap

DALAL_SHARE = (0.62, 0.82)
"""What part of the window of Dalal and Triggs' detector a person fills, across and down: 64 x 128, 96 of them high."""

_DAIMLER_SHARE = (0.6, 0.75)
# A person is brought to so many pixels' height, with so much of the surroundings across and down, in heights.
_DALAL_HEIGHT_PX = 110
_DAIMLER_HEIGHT_PX = 80
_BODY_HEIGHT_PX = 100
_AROUND = (0.34, 0.35)
_AROUND_BODY = (0.23, 0.25)
_FINE_STRIDE = (4, 4)
_FINE_STEP = 1.06
_NOTHING = -2.5  # distance from the deciding plane where no window is near
_SAME = 0.5
_BODY_STEP = 1.1
_UPPER_BODY_PX = ((40, 33), (99, 81))
_WHOLE_BODY_PX = ((25, 50), (75, 150))
_MOST_MARGIN = (2.5, 3.5)  # clearer than this is no clearer


@dataclass(frozen=True, slots=True)
class PersonEvidence:
    """What the detectors say of one place.

    `dalal` and `daimler` are the distances from their deciding planes, at most 2.5 and 3.5; `whole_body` and
    `upper_body` say whether those cascades found one. `box` is where the first sees the person.
    """

    box: Box
    dalal: float
    daimler: float
    whole_body: bool
    upper_body: bool

    @property
    def probability(self) -> float:
        """How likely it is a person, where people and what is none are equally likely beforehand."""
        bias, dalal, daimler, whole, upper = _WEIGHTS
        odds = bias + dalal * self.dalal + daimler * self.daimler + whole * self.whole_body + upper * self.upper_body
        return 1 / (1 + math.exp(-odds))


# By logistic regression on some 2000 places that draw the searching detector, every scene counting alike: walkers and a
# juggler; hands, photographs without people, empty parts of clips. Bias, then the detectors in their order above.
_WEIGHTS = (-4.7, 1.85, 1.15, 2.0, 0.9)


class PersonCheck:
    """Reads places that may hold a person; holds the detectors and nothing between pictures."""

    def __init__(self) -> None:
        self._dalal = cv2.HOGDescriptor()
        self._dalal.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector(), dtype=np.float32))
        self._daimler = cv2.HOGDescriptor((48, 96), (16, 16), (8, 8), (8, 8), 9)
        self._daimler.setSVMDetector(np.array(cv2.HOGDescriptor.getDaimlerPeopleDetector(), dtype=np.float32))
        folder = Path(cv2.data.haarcascades)
        self._whole_body = cv2.CascadeClassifier(str(folder / "haarcascade_fullbody.xml"))
        self._upper_body = cv2.CascadeClassifier(str(folder / "haarcascade_upperbody.xml"))

    def find(self, luma: Luma, box: Box) -> Detection:
        """Return the person in or near a box of an HxW plane; the confidence is the probability that there is one."""
        evidence = self.evidence(luma, box)
        return Detection(evidence.box, evidence.probability)

    def evidence(self, luma: Luma, box: Box) -> PersonEvidence:
        """Return what the detectors say of a box of an HxW plane."""
        dalal, seen = _best(self._dalal, luma, box, _DALAL_HEIGHT_PX, DALAL_SHARE)
        daimler, _ = _best(self._daimler, luma, box, _DAIMLER_HEIGHT_PX, _DAIMLER_SHARE)
        body = _cut_out(luma, box, _BODY_HEIGHT_PX, _AROUND_BODY)
        return PersonEvidence(
            box=seen,
            dalal=min(dalal, _MOST_MARGIN[0]),
            daimler=min(daimler, _MOST_MARGIN[1]),
            whole_body=_fires(self._whole_body, body, _WHOLE_BODY_PX),
            upper_body=_fires(self._upper_body, body, _UPPER_BODY_PX),
        )


def _best(
    detector: cv2.HOGDescriptor, luma: Luma, box: Box, height_px: int, share: tuple[float, float]
) -> tuple[float, Box]:
    """Return the largest distance from the deciding plane of windows about a box, and where that sees the person."""
    picture = _cut_out(luma, box, height_px, _AROUND)
    zoom = height_px / box[3]
    left, top = box[0] - _AROUND[0] * box[3], box[1] - _AROUND[1] * box[3]
    windows, scores = detector.detectMultiScale(
        picture, hitThreshold=_NOTHING, winStride=_FINE_STRIDE, scale=_FINE_STEP, groupThreshold=0
    )
    best, seen = _NOTHING, box
    for window, score in zip(windows, np.ravel(scores), strict=True):
        x, y, w, h = (float(side) / zoom for side in window)
        wide, high = w * share[0], h * share[1]
        person = visible_part((left + x + (w - wide) / 2, top + y + (h - high) / 2, wide, high), luma.shape)
        if score > best and person is not None and overlap(person, box) > _SAME:
            best, seen = float(score), person
    return best, seen


def _cut_out(luma: Luma, box: Box, height_px: int, around: tuple[float, float]) -> Luma:
    """Return a box with its surroundings, brought to a height; beyond the frame its rim is drawn out."""
    zoom = height_px / box[3]
    x, y = box[0] - around[0] * box[3], box[1] - around[1] * box[3]
    w, h = box[2] + 2 * around[0] * box[3], (1 + 2 * around[1]) * box[3]
    left, top = max(int(x), 0), max(int(y), 0)
    near = luma[top : math.ceil(y + h), left : math.ceil(x + w)]
    # Without going down in whole steps first, what is brought down far would glitter.
    coarser = max(1, int(1 / zoom))
    size = (max(near.shape[1] // coarser, 1), max(near.shape[0] // coarser, 1))
    small = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
    zoom_x, zoom_y = zoom * near.shape[1] / size[0], zoom * near.shape[0] / size[1]
    to = np.array([[zoom_x, 0, (left - x) * zoom], [0, zoom_y, (top - y) * zoom]], dtype=np.float32)
    shape = (round(w * zoom), round(h * zoom))
    rim = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(small, to, shape, flags=cv2.INTER_LINEAR, borderMode=rim), dtype=np.uint8)


def _fires(cascade: cv2.CascadeClassifier, picture: Luma, sizes_px: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    return len(cascade.detectMultiScale(picture, _BODY_STEP, 0, 0, *sizes_px)) > 0
