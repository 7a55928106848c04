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

from rigcoach.analysis.results import FrameMeasurement, Subject
from rigcoach.measure.arrays import Rgb
from rigcoach.measure.picture.box import Box, inside
from rigcoach.video.clip import Picture

FACED = ("face", "person")
"""The kinds of subject that have a face."""

_FRONTAL, _PROFILE = "haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml"
_SCALE_STEP = 1.12
# Cascades alone must take more for a face than where YuNet helps: their search's width, and how many finds must agree.
_ALONE, _HELPED = (640, 2), (480, 3)
# They miss heads held askew; a still picture is searched turned, too.
_TILTS_DEG = (-25.0, 0.0, 25.0)
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
        self._search_width_px, self._fewest_agreeing = _ALONE if yunet is None else _HELPED
        self._yunet = (
            None if yunet is None else cv2.FaceDetectorYN.create(str(yunet), "", (320, 320), _YUNET_LEAST, 0.3, 100)
        )

    def __call__(self, rgb: Rgb, subject: Subject | None, found: Iterable[Box] | None = None) -> Rgb:
        """Return a copy of an HxWx3 picture of a subject with its faces hidden; they are searched unless `found`."""
        hidden = rgb.copy()
        for box in (*(self.find(rgb) if found is None else found), *_own_face(subject)):
            _paint_over(hidden, box)
        return hidden

    def clip(self, pictures: Iterable[Picture], frames: Sequence[FrameMeasurement]) -> Iterator[Picture]:
        """Yield all pictures of a clip in order, with their faces hidden."""
        waiting: list[Picture] = []
        before: tuple[Box, ...] = ()
        for picture in pictures:
            if picture.index % _EVERY == 0:
                now = self.find(picture.rgb, tilted=False)
                yield from (self._hidden(each, frames, (*before, *now)) for each in waiting)
                waiting, before = [], now
            waiting.append(picture)
        yield from (self._hidden(each, frames, before) for each in waiting)

    def _hidden(self, picture: Picture, frames: Sequence[FrameMeasurement], found: tuple[Box, ...]) -> Picture:
        return Picture(picture.index, picture.t_s, self(picture.rgb, frames[picture.index].subject, found))

    def find(self, rgb: Rgb, *, tilted: bool = True) -> tuple[Box, ...]:
        """Return everything that may be a face, with room around it; heads held askew too where `tilted`."""
        factor = max(1.0, rgb.shape[1] / self._search_width_px)
        size = (round(rgb.shape[1] / factor), round(rgb.shape[0] / factor))
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        grey = np.asarray(cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)), dtype=np.uint8)
        found = [*self._by_yunet(small)]
        for tilt_deg in _TILTS_DEG if tilted and self._yunet is None else (0.0,):
            found += self._by_cascades(grey, tilt_deg)
        return tuple(_roomy(box, factor) for box in found)

    def _by_cascades(self, grey: NDArray[np.uint8], tilt_deg: float) -> Iterator[Box]:
        """Yield what the cascades take for a face held askew by so much, as upright boxes around its middle."""
        size = (grey.shape[1], grey.shape[0])
        turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), tilt_deg, 1.0)
        back = cv2.invertAffineTransform(turn)
        turned = cv2.warpAffine(grey, turn, size, borderMode=cv2.BORDER_REFLECT) if tilt_deg else grey
        for cascade, mirrored in ((self._frontal, False), (self._profile, False), (self._profile, True)):
            view = cv2.flip(turned, 1) if mirrored else turned
            smallest = (16, 16) if cascade is self._frontal else (20, 20)
            for x, y, w, h in cascade.detectMultiScale(view, _SCALE_STEP, self._fewest_agreeing, minSize=smallest):
                left = size[0] - x - w if mirrored else x
                u, v = back @ (left + w / 2, y + h / 2, 1.0)
                yield (float(u - w / 2), float(v - h / 2), float(w), float(h))

    def _by_yunet(self, small: Rgb) -> Iterator[Box]:
        if self._yunet is None:
            return
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
