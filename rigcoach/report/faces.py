"""Pictures fit to be shared: faces found and made unrecognisable, nobody identified.

A face that is missed would be shown, a hand taken for one does no harm: everything that any of the detectors takes for
a face, turned either way, is hidden, and room around it; so are the face or the head of the clip's own subject, and the
head of everybody whom the detector of people finds, faces turned away included. The detectors of faces are OpenCV's
boosted cascades [Viola2001]_, and YuNet [Wu2023]_ where it is installed, which looks once more with the noise smoothed
away. Of somebody whom the frame cuts at the neck there is no head to hide. Faces that none of them finds stay visible:
how many, `bench/share_recall.py` counts.

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

from rigcoach.analysis.detector_weights import installed
from rigcoach.analysis.main_subject import learned_person_detector
from rigcoach.analysis.results import FrameMeasurement, Subject
from rigcoach.measure.arrays import Rgb
from rigcoach.measure.people.detector import Detector
from rigcoach.measure.picture.box import Box, centre, inside
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
# YuNet sees faces of a 60th of the width that it looks at; of a smoothed copy it sees those that noise hides.
_YUNET_WIDTH_PX = 1280
_SMOOTHING_PX = 1.2
# So sure a find of a person must be to have its head hidden.
_PERSON_LEAST = 0.4
# Nearer to the frame's upper edge than this, a person is cut by it; and lower than so many widths, without a head.
_CUT_SHARE, _HEADLESS_WIDTHS = 0.01, 1.1
# Room around a find, as a share of its size on each side: chin, ears and hair.
_ROOM = 0.35
# The part of a person's box that holds the head, whatever the pose; of somebody seen whole it is not so wide.
_HEAD = 0.3
_WHOLE_WIDTHS = 1.8
# A face is painted over as this many flat tiles across, then smoothed.
_TILES = 5


class FaceHider:
    """Hides faces in pictures; call it with one. Holds the loaded detectors.

    Parameters
    ----------
    yunet
        The weights of YuNet, where they are installed.
    people
        A detector of people, where one that finds them from any side is installed.
    """

    def __init__(self, yunet: Path | None = None, people: Detector | None = None) -> None:
        self._people = people
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
        for box in (*(self.find(rgb) if found is None else found), *_own_face(subject, rgb.shape[0])):
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
        found: list[Box] = []
        for tilt_deg in _TILTS_DEG if tilted and self._yunet is None else (0.0,):
            found += self._by_cascades(grey, tilt_deg)
        faces = [*(_roomy(box, factor) for box in found), *self._by_yunet(rgb)]
        return (*faces, *self._heads(rgb, faces))

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

    def _by_yunet(self, rgb: Rgb) -> Iterator[Box]:
        if self._yunet is None:
            return
        factor = max(1.0, max(rgb.shape) / _YUNET_WIDTH_PX)
        size = (max(1, round(rgb.shape[1] / factor)), max(1, round(rgb.shape[0] / factor)))
        bgr = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
        self._yunet.setInputSize(size)
        for picture in (bgr, cv2.GaussianBlur(bgr, (0, 0), _SMOOTHING_PX)):
            _, found = self._yunet.detect(picture)
            for x, y, w, h in [] if found is None else found[:, :4]:
                yield _roomy((float(x), float(y), float(w), float(h)), factor)

    def _heads(self, rgb: Rgb, faces: Sequence[Box]) -> Iterator[Box]:
        """Yield where the heads of people are whose faces weren't found, from whichever side they are seen."""
        if self._people is None:
            return
        for find in self._people.find(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)):
            head = _head(find.box, rgb.shape[0]) if find.confidence >= _PERSON_LEAST else None
            if head is not None and not any(_middle_in(face, head) for face in faces):
                yield head


def face_hider() -> FaceHider:
    """Return what hides faces, with the best detectors that are installed.

    Raises
    ------
    rigcoach.analysis.detector_weights.ModelError
        An installed detector is damaged.
    """
    return FaceHider(installed("yunet"), learned_person_detector())


def _own_face(subject: Subject | None, frame_height_px: int) -> tuple[Box, ...]:
    """Return where the face of the frame's own subject is: a face's box, or the upper part of a person's."""
    if subject is None or subject.kind not in FACED:
        return ()
    face = _roomy(subject.box, 1.0) if subject.kind == "face" else _head(subject.box, frame_height_px)
    return () if face is None else (face,)


def _head(person: Box, frame_height_px: int) -> Box | None:
    """Return where a person's head is, with room around it; `None` where the frame cuts it off.

    What the frame's upper edge cuts and is no taller than wide is a body without a head.
    """
    x, y, w, h = person
    if y <= _CUT_SHARE * frame_height_px and h < _HEADLESS_WIDTHS * w:
        return None
    if h >= _WHOLE_WIDTHS * w:
        return _roomy((x, y, w, min(_HEAD * h, w)), 1.0)
    return _roomy((x, y, w, _HEAD * h), 1.0)


def _middle_in(inner: Box, outer: Box) -> bool:
    (x, y), (left, top, w, h) = centre(inner), outer
    return left <= x <= left + w and top <= y <= top + h


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
