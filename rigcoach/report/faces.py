"""Pictures fit to be shared: faces found and made unrecognisable, nobody identified.

A face that is missed would be shown, a hand taken for one does no harm: everything that any of the detectors takes for
a face, turned either way, is hidden, and room around it; so are the face or the head of the clip's own subject. The
detectors are OpenCV's boosted cascades [Viola2001]_, and YuNet [Wu2023]_ where it is installed. Faces that none of them
finds stay visible.

References
----------
.. [Viola2001] P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001.
.. [Wu2023] W. Wu, H. Peng, S. Yu, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20,
   2023.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from rigcoach.clip import Picture
from rigcoach.clip_measures import FrameMeasures, Subject
from rigcoach.measure.box import Box, inside

Rgb = NDArray[np.uint8]

FACED = ("face", "person")
"""The kinds of subject that have a face."""

_FRONTAL, _PROFILE = "haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml"
_SEARCH_WIDTH_PX = 480
_SCALE_STEP = 1.12
# In a clip every third frame is searched; what is found in one is hidden from the one searched before to the next.
_EVERY = 3
_YUNET_LEAST = 0.4
# Room around a find, as a share of its size on each side: chin, ears and hair.
_ROOM = 0.35
# The part of a person's box that holds the head, whatever the pose.
_HEAD = 0.3
# A face is painted over as this many flat tiles across, then smoothed.
_TILES = 5


class FaceHider:
    """Hides faces in pictures; call it with one. Holds the loaded detectors.

    Parameters
    ----------
    yunet
        The weights of YuNet, where they are installed.
    """

    def __init__(self, yunet: Path | None = None) -> None:
        folder = Path(cv2.data.haarcascades)
        self._frontal = cv2.CascadeClassifier(str(folder / _FRONTAL))
        self._profile = cv2.CascadeClassifier(str(folder / _PROFILE))
        self._yunet = (
            None if yunet is None else cv2.FaceDetectorYN.create(str(yunet), "", (320, 320), _YUNET_LEAST, 0.3, 100)
        )

    def __call__(self, rgb: Rgb, subject: Subject | None, found: Iterable[Box] | None = None) -> Rgb:
        """Return a copy of an HxWx3 picture of a subject with its faces hidden; they are searched unless `found`."""
        hidden = rgb.copy()
        for box in (*(self.find(rgb) if found is None else found), *_own_face(subject)):
            _paint_over(hidden, box)
        return hidden

    def clip(self, pictures: Iterable[Picture], frames: Sequence[FrameMeasures]) -> Iterator[Picture]:
        """Yield all pictures of a clip in order, with their faces hidden."""
        waiting: list[Picture] = []
        before: tuple[Box, ...] = ()
        for picture in pictures:
            if picture.index % _EVERY == 0:
                now = self.find(picture.rgb)
                yield from (self._hidden(each, frames, (*before, *now)) for each in waiting)
                waiting, before = [], now
            waiting.append(picture)
        yield from (self._hidden(each, frames, before) for each in waiting)

    def _hidden(self, picture: Picture, frames: Sequence[FrameMeasures], found: tuple[Box, ...]) -> Picture:
        return Picture(picture.index, picture.t_s, self(picture.rgb, frames[picture.index].subject, found))

    def find(self, rgb: Rgb) -> tuple[Box, ...]:
        """Return everything that may be a face, with room around it."""
        factor = max(1.0, rgb.shape[1] / _SEARCH_WIDTH_PX)
        size = (round(rgb.shape[1] / factor), round(rgb.shape[0] / factor))
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return tuple(_roomy(box, factor) for box in self._in(small))

    def _in(self, small: Rgb) -> Iterator[tuple[float, float, float, float]]:
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        for x, y, w, h in self._frontal.detectMultiScale(grey, _SCALE_STEP, 3, minSize=(16, 16)):
            yield float(x), float(y), float(w), float(h)
        for mirrored in (False, True):
            view = cv2.flip(grey, 1) if mirrored else grey
            for x, y, w, h in self._profile.detectMultiScale(view, _SCALE_STEP, 3, minSize=(20, 20)):
                yield float(grey.shape[1] - x - w if mirrored else x), float(y), float(w), float(h)
        if self._yunet is not None:
            self._yunet.setInputSize((small.shape[1], small.shape[0]))
            _, found = self._yunet.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
            for x, y, w, h in [] if found is None else found[:, :4]:
                yield float(x), float(y), float(w), float(h)


def _own_face(subject: Subject | None) -> tuple[Box, ...]:
    """Return where the face of the frame's own subject is: a face's box, or the upper part of a person's."""
    if subject is None or subject.kind not in FACED:
        return ()
    x, y, w, h = subject.box
    return (_roomy((x, y, w, h if subject.kind == "face" else _HEAD * h), 1.0),)


def _roomy(box: Box, factor: float) -> Box:
    x, y, w, h = (part * factor for part in box)
    return (x - _ROOM * w, y - _ROOM * h, w * (1 + 2 * _ROOM), h * (1 + 2 * _ROOM))


def _paint_over(rgb: Rgb, box: Box) -> None:
    region = inside(box, rgb.shape)
    if region is None:
        return
    left, top, right, bottom = region
    part = rgb[top:bottom, left:right]
    size = (right - left, bottom - top)
    tiles = cv2.resize(part, (_TILES, _TILES), interpolation=cv2.INTER_AREA)
    rgb[top:bottom, left:right] = cv2.resize(tiles, size, interpolation=cv2.INTER_LINEAR)
