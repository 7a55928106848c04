"""People: where they are, from any side, never who.

`HogPeople` is the detector of [Dalal2005]_ that comes with OpenCV: people upright and whole, from the front, the
back or the side, at least about a fifth of the frame high; where it finds any, others look again. `YoloxPeople` is the
network of [Ge2021]_, whose weights are installed apart; it finds people that the frame cuts, too, and bends its boxes
to them.

References
----------
.. [Dalal2005] N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
.. [Ge2021] Z. Ge, S. Liu, F. Wang, Z. Li, J. Sun, "YOLOX: exceeding YOLO series in 2021", arXiv:2107.08430.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, scaled, visible_part
from rigcoach.measure.people.person_check import PersonCheck
from rigcoach.measure.picture.box import Box, overlap
from rigcoach.measure.picture.reduced import reduced_to

# The trained window is 64 x 128 with a person of about 96 in the middle of it.
_HOG_WINDOW_SHARE = (0.62, 0.82)
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
_MOST_OVERLAP = 0.45

_YOLOX_SIDE_PX = 416
_YOLOX_STRIDES = (8, 16, 32)
_YOLOX_GREY = 114.0
_YOLOX_WEAK = 0.25
_PERSON = 5  # column of the class "person", after a box's four numbers and its objectness


class HogPeople:
    """Finds people by histograms of gradients; holds the detectors and nothing between pictures.

    Windows of many sizes and places see the same person. Where they are most and clearest other detectors look, too
    (`rigcoach.measure.people.person_check`); a find's confidence is the probability that comes of it.

    Pictures are searched at two reductions, 320 and 480 pixels wide: near people are found whole in the smaller, where
    the larger shows parts that look like people; far ones, from a third of the frame's height, only in the larger.
    """

    description = "people by HOG"
    min_confidence = 0.5
    min_mean_confidence = 0.5  # likelier somebody than not
    # Folds, hands and window frames look like somebody for less than this, mostly.
    lasting_s = 1.4

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
            wide, high = w * _HOG_WINDOW_SHARE[0], h * _HOG_WINDOW_SHARE[1]
            person = (x + (w - wide) / 2 - margin, y + (h - high) / 2 - margin, wide, high)
            visible = visible_part(person, small.shape)
            evidence = sum(w.confidence - _HOG_WEAK for w in seen if overlap(w.box, best.box) > _HOG_AGREES)
            if visible is not None and evidence > _HOG_FAINT:
                finds.append(Detection(scaled(visible, factor), evidence))
        return finds


class YoloxPeople:
    """Finds people with YOLOX; boxes hold what of a person the frame shows.

    Parameters
    ----------
    weights
        The network's ONNX file, for pictures of 416 x 416.
    """

    description = "people by YOLOX"
    min_confidence = 0.5
    min_mean_confidence = 0.0
    lasting_s = 0.4

    def __init__(self, weights: Path) -> None:
        self._network = cv2.dnn.readNetFromONNX(str(weights))
        self._grid, self._stride = _yolox_grid()

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the people in an upright HxW plane, clearest first."""
        factor = max(luma.shape) / _YOLOX_SIDE_PX
        size = (round(luma.shape[1] / factor), round(luma.shape[0] / factor))
        way = cv2.INTER_AREA if factor > 1 else cv2.INTER_LINEAR
        square = np.full((1, 3, _YOLOX_SIDE_PX, _YOLOX_SIDE_PX), _YOLOX_GREY, np.float32)
        square[:, :, : size[1], : size[0]] = cv2.resize(luma, size, interpolation=way)
        self._network.setInput(square)
        rows = np.asarray(self._network.forward(), dtype=np.float64)[0]
        score = rows[:, 4] * rows[:, _PERSON]
        likely = np.nonzero(score > _YOLOX_WEAK)[0]
        middle = (rows[likely, :2] + self._grid[likely]) * self._stride[likely, None]
        side = np.exp(rows[likely, 2:4]) * self._stride[likely, None]
        finds = []
        for (x, y), (w, h), confidence in zip(middle, side, score[likely], strict=True):
            visible = visible_part((x - w / 2, y - h / 2, w, h), (size[1], size[0]))
            if visible is not None:
                finds.append(Detection(scaled(visible, factor), float(confidence)))
        return apart(finds)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - it looks everywhere
        """Return the people in an upright HxW plane, clearest first: a part costs as much as the whole."""
        return self.find(luma)


def _yolox_grid() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the cell (x, y) and the stride of each of the network's rows."""
    cells, strides = [], []
    for stride in _YOLOX_STRIDES:
        count = _YOLOX_SIDE_PX // stride
        y, x = np.mgrid[:count, :count]
        cells.append(np.column_stack((x.ravel(), y.ravel())))
        strides.append(np.full(count * count, stride))
    return np.concatenate(cells).astype(np.float64), np.concatenate(strides).astype(np.float64)


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
