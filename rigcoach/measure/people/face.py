"""Faces: where they are, never whose.

`YunetFaces` is the small network of [Wu2023]_, whose weights are installed apart; it finds turned and tilted faces.
`HaarFaces` is the boosted cascade of [Viola2001]_ in OpenCV's trained form [Lienhart2003]_: upright faces turned by up
to some 20 degrees, no profiles, nothing in badly blurred pictures, and now and then a print, a knee or a hand. One
find alone proves little, several in one place do. OpenCV's profile cascade isn't used: it cost three times the time and
found arms rather than faces.

References
----------
.. [Viola2001] P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001.
.. [Lienhart2003] R. Lienhart, A. Kuranov, V. Pisarevsky, "Empirical analysis of detection cascades of boosted
   classifiers for rapid object detection", DAGM 2003 (`haarcascade_frontalface_alt2.xml`).
.. [Wu2023] W. Wu, H. Peng, S. Yu, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20,
   2023.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import cv2
import cv2.data
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, TrackRules, scaled
from rigcoach.measure.picture.box import Box, inside
from rigcoach.measure.picture.noise import noise_level, smoothing_for
from rigcoach.measure.picture.reduced import reduced_to

_CASCADE = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"
_SCALE_STEP = 1.05
_FEWEST_NEIGHBOURS = 4
# The size of the window that the cascade was trained on.
_SMALLEST_FACE_PX = 20
# Near a face that is followed it is looked for so far away, in its widths and heights, and at most so much larger.
_REACH = 0.6
_GROWTH = 1.5
# YuNet's own threshold for a face is 0.9, which loses half-turned and soft ones; dots on cloth reach 0.6.
_YUNET_WEAK = 0.5
_YUNET_SURE = 0.7
_YUNET_OVERLAP = 0.3
_MOST_FACES = 100
# Noise of 20 levels hides half of all faces from YuNet, and hardly any once it is smoothed away. Smoothed by more than
# two pixels, small faces go with it.
_NOISY = 4.0
_MOST_SMOOTHING_PX = 2.0
_OFTEN = 0.5


class HaarFaces:
    """Finds faces by cascade; holds the loaded cascade and nothing between pictures.

    A find's confidence says how clearly the cascade's last stage was passed: 0 when its votes only just sufficed, 1
    when each of its classifiers voted for a face. Faces score 0.1 to 0.35, and things that look like faces no less.

    Parameters
    ----------
    width_px
        Width to which a picture is reduced first. The smallest face found is a 20th to a 24th of the width of the
        picture for the default.
    """

    description = "faces by Haar cascade"
    rules = TrackRules(min_confidence=0.1)

    def __init__(self, width_px: int = 480) -> None:
        self._width_px = width_px
        self._cascade = cv2.CascadeClassifier(str(_CASCADE))
        self._fewest_votes, self._most_votes = _last_stage_votes(_CASCADE)

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the faces in an upright HxW plane, clearest first; boxes run from brows to chin."""
        small, factor = reduced_to(luma, self._width_px)
        finds = self._faces(small, _SMALLEST_FACE_PX, max(small.shape))
        return tuple(Detection(scaled(find.box, factor), find.confidence) for find in finds)

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
        """Return the faces in an upright HxW plane about where some boxes are and of about their size."""
        small, factor = reduced_to(luma, self._width_px)
        finds = []
        for near in boxes:
            x, y, w, h = scaled(near, 1 / factor)
            around = (x - _REACH * w, y - _REACH * h, (1 + 2 * _REACH) * w, (1 + 2 * _REACH) * h)
            region = inside(around, small.shape)
            if region is None:
                continue
            left, top, right, bottom = region
            smallest, largest = max(_SMALLEST_FACE_PX, round(h / _GROWTH)), round(h * _GROWTH)
            for find in self._faces(np.ascontiguousarray(small[top:bottom, left:right]), smallest, largest):
                u, v, wide, high = find.box
                finds.append(Detection(scaled((u + left, v + top, wide, high), factor), find.confidence))
        return tuple(sorted(finds, key=lambda find: -find.confidence))

    def _faces(self, luma: Luma, smallest_px: int, largest_px: int) -> list[Detection]:
        boxes, _, votes = self._cascade.detectMultiScale3(
            luma,
            scaleFactor=_SCALE_STEP,
            minNeighbors=_FEWEST_NEIGHBOURS,
            minSize=(smallest_px, smallest_px),
            maxSize=(largest_px, largest_px),
            outputRejectLevels=True,
        )
        finds = []
        for (x, y, w, h), vote in zip(boxes, votes, strict=True):
            passed = (float(vote) - self._fewest_votes) / (self._most_votes - self._fewest_votes)
            finds.append(Detection((float(x), float(y), float(w), float(h)), min(max(passed, 0.0), 1.0)))
        return sorted(finds, key=lambda find: -find.confidence)


class YunetFaces:
    """Finds faces with YuNet; boxes run from the hairline to the chin.

    Where a picture is noisy, faces are looked for in a smoothed copy; where fine texture is everywhere, as on a meadow,
    too: one picture does not tell the one from the other, and faces stand out of either.

    Parameters
    ----------
    weights
        The network's ONNX file.
    width_px
        Width to which a picture is reduced first. Faces of a 60th of it and more are found.
    """

    description = "faces by YuNet"
    rules = TrackRules(min_confidence=_YUNET_SURE, looks_per_s=5.0, fewest_finds=3)

    def __init__(self, weights: Path, width_px: int = 640) -> None:
        self._width_px = width_px
        self._network = cv2.FaceDetectorYN.create(
            str(weights), "", (width_px, width_px), _YUNET_WEAK, _YUNET_OVERLAP, _MOST_FACES
        )
        self._pictures = self._smoothed = 0

    @property
    def saw_grain(self) -> bool:
        """Whether most of the pictures so far were smoothed, for noise or for fine texture that looks like it."""
        return self._smoothed > _OFTEN * self._pictures

    def find(self, luma: Luma) -> tuple[Detection, ...]:
        """Return the faces in an upright HxW plane, clearest first."""
        small, factor = reduced_to(luma, self._width_px)
        noise = noise_level(small.astype(np.float32))
        self._pictures += 1
        if noise > _NOISY:
            self._smoothed += 1
            smoothing_px = min(smoothing_for(noise), _MOST_SMOOTHING_PX)
            small = np.asarray(cv2.GaussianBlur(small, (0, 0), smoothing_px), dtype=np.uint8)
        self._network.setInputSize((small.shape[1], small.shape[0]))
        # The stub doesn't know that there may be none.
        rows = cast(npt.NDArray[np.float32] | None, self._network.detect(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR))[1])
        if rows is None:
            return ()
        # A row is a box, five points of two numbers, and the confidence.
        finds = [
            Detection(scaled((float(x), float(y), float(w), float(h)), factor), float(r)) for x, y, w, h, *_, r in rows
        ]
        return tuple(sorted(finds, key=lambda find: -find.confidence))

    def find_near(self, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:  # noqa: ARG002 - it looks everywhere
        """Return the faces in an upright HxW plane, clearest first: the whole costs little."""
        return self.find(luma)


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
