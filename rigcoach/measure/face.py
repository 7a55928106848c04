"""Faces turned to the camera, found by the boosted cascade of [Viola2001]_ in OpenCV's trained form [Lienhart2003]_.

The cascade finds upright faces, turned or tilted by up to some 20 degrees. It finds no profiles and nothing in badly
blurred pictures, and now and then it takes a print, a knee or a hand for a face: one find alone proves little, several
in one place do. OpenCV's profile cascade isn't used: it cost three times the time and found arms rather than faces.

References
----------
.. [Viola2001] P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001.
.. [Lienhart2003] R. Lienhart, A. Kuranov, V. Pisarevsky, "Empirical analysis of detection cascades of boosted
   classifiers for rapid object detection", DAGM 2003 (`haarcascade_frontalface_alt2.xml`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import cv2.data
import numpy as np
import numpy.typing as npt

from rigcoach.measure.box import Box, centre

_CASCADE = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"
_SCALE_STEP = 1.05
_FEWEST_NEIGHBOURS = 4
# The size of the window that the cascade was trained on.
_SMALLEST_FACE_PX = 20
# How far a face may move between two looks at it, in widths of its box, and how much its size may change.
_LARGEST_MOVE = 1.0
_LARGEST_GROWTH = 1.6


@dataclass(frozen=True, slots=True)
class FaceFind:
    """A face: its box in full-resolution pixels, brows to chin, about as wide as the face.

    `confidence` says how clearly the cascade's last stage was passed: 0 when its votes only just sufficed, 1 when each
    of its classifiers voted for a face. Faces score 0.1 to 0.35, and things that look like faces no less.
    """

    box: Box
    confidence: float


class FaceFinder:
    """Finds faces; holds the loaded cascade and nothing between pictures.

    Parameters
    ----------
    width
        Width in pixels to which a picture is reduced first. The smallest face found is a 20th to a 24th of the width
        of the picture for the default of 480.
    """

    def __init__(self, width: int = 480) -> None:
        self._width = width
        self._cascade = cv2.CascadeClassifier(str(_CASCADE))
        self._fewest_votes, self._most_votes = _last_stage_votes(_CASCADE)

    def find(self, luma: npt.NDArray[np.uint8]) -> tuple[FaceFind, ...]:
        """Return the faces in an upright HxW plane, largest first."""
        factor = max(1.0, luma.shape[1] / self._width)
        size = (round(luma.shape[1] / factor), round(luma.shape[0] / factor))
        small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA) if factor > 1 else luma
        boxes, _, votes = self._cascade.detectMultiScale3(
            small,
            scaleFactor=_SCALE_STEP,
            minNeighbors=_FEWEST_NEIGHBOURS,
            minSize=(_SMALLEST_FACE_PX, _SMALLEST_FACE_PX),
            outputRejectLevels=True,
        )
        finds = []
        for (x, y, w, h), vote in zip(boxes, votes, strict=True):
            passed = (float(vote) - self._fewest_votes) / (self._most_votes - self._fewest_votes)
            box = (float(x * factor), float(y * factor), float(w * factor), float(h * factor))
            finds.append(FaceFind(box, min(max(passed, 0.0), 1.0)))
        return tuple(sorted(finds, key=_area, reverse=True))


def lead(finds: Iterable[FaceFind], previous_box: Box | None = None) -> FaceFind | None:
    """Return the face to go by: the largest, or once there is a lead, the one that is still in its place.

    With `previous_box` a find counts when its centre moved by no more than a width of the box and its size by no more
    than 1.6 times; the nearest wins. Nobody else takes over: where none counts there is no lead, and it is for the
    caller to say after how long a lead is given up.
    """
    if previous_box is None:
        return max(finds, key=_area, default=None)
    there = centre(previous_box)

    def move(find: FaceFind) -> float:
        cx, cy = centre(find.box)
        return float(np.hypot(cx - there[0], cy - there[1])) / previous_box[2]

    def stays(find: FaceFind) -> bool:
        growth = find.box[2] / previous_box[2]
        return move(find) <= _LARGEST_MOVE and 1 / _LARGEST_GROWTH <= growth <= _LARGEST_GROWTH

    return min(filter(stays, finds), key=move, default=None)


def _area(find: FaceFind) -> float:
    return find.box[2] * find.box[3]


def _last_stage_votes(cascade: Path) -> tuple[float, float]:
    """Return the sum of votes that passes a cascade's last stage and the largest sum possible."""
    # Nodes don't keep their storage alive.
    storage = cv2.FileStorage(str(cascade), cv2.FILE_STORAGE_READ)
    stages = storage.getNode("cascade").getNode("stages")
    last = stages.at(int(stages.size()) - 1)
    classifiers = last.getNode("weakClassifiers")
    leaves = [classifiers.at(i).getNode("leafValues") for i in range(int(classifiers.size()))]
    most = sum(max(leaf.at(i).real() for i in range(int(leaf.size()))) for leaf in leaves)
    fewest = float(last.getNode("stageThreshold").real())
    storage.release()
    return fewest, float(most)
