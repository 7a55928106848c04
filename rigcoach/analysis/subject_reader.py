"""A face, a person or a box given by hand, measured in one frame: its edges give focus, its movement motion blur.

A reading depends on its frame and the one before and on nothing else, so that frames can be read in any order.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from threading import Lock
from typing import TypeVar

from rigcoach.analysis.clip_roll import CameraPath, rolls_by_lines
from rigcoach.analysis.focus import BACKGROUNDS_PER_S, FocusObservation, FocusReader
from rigcoach.analysis.observation import Observation, Pictures, lens_of
from rigcoach.analysis.results import RigOptics, Subject
from rigcoach.measure.arrays import Luma
from rigcoach.measure.motion.shift import Shift, translation
from rigcoach.measure.people.eyes import EyeDetector, Eyes
from rigcoach.measure.people.face import YunetFaces
from rigcoach.measure.people.person_distance import PersonDistance, distance_of_body, distance_of_eyes
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.exposure import Exposure, exposure
from rigcoach.measure.picture.framing import Framing, frame_box
from rigcoach.measure.picture.heading import looks
from rigcoach.measure.picture.line_segments import LineSegments, line_segments
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.measure.picture.roll import Roll
from rigcoach.optics.shots import Shot, shot_of_body, shot_of_face

# Blur changes over many frames: it is read in every second one at 24 frames a second, in every third one at 30.
_BLURS_PER_S = 10.0
# Straight lines take time to find, and roll changes slowly.
_ROLLS_PER_S = 2.0
# The same of a face's eyes.
_EYES_PER_S = 5.0
_EYES_HOLD_S = 0.45
_BODY_UNCERTAINTY = 0.008
# Below this a face's blur is told by what lies around it too: so much of its width on either side, of its height above,
# and of its heights in all. The strip lies within the shoulders, so that little of the background is in it.
_SMALL_FACE_PX = 160.0
_BESIDE, _ABOVE, _DOWN = 0.3, 0.15, 2.8


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BoxedSubject:
    """What is to be measured in a frame: what it is ("face", "person" or "box"), its box in pixels, how sure it is."""

    kind: str
    box: Box
    confidence: float = field(default=1.0, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A subject in its box, as one frame shows it; `lines` and `eyes` are looked for a few times a second.

    `roll` is what the lines of this frame and of those around it tell.
    """

    subject: BoxedSubject
    shift: Shift | None
    focus: FocusObservation
    exposure: Exposure
    eyes: Eyes | None
    lines: LineSegments | None = field(compare=False)
    roll: Roll | None = None


class SubjectReader:
    """Reads subjects in frames, from as many threads as come; `eyes` finds those of a face."""

    def __init__(self, rig: RigOptics, fps: float, eyes: EyeDetector | None, focus: FocusReader | None = None) -> None:
        self._focus = focus or FocusReader(fps, rig.shutter_s, rig.shutter_times)
        self._eyes = eyes
        self._eyes_in_use = Lock()
        self._blurs_per_s = fps / max(1, round(fps / _BLURS_PER_S))

    def read(
        self, before: Pyramid | None, picture: Pyramid, subject: BoxedSubject, t_s: float, before_s: float | None
    ) -> Reading:
        """Return what a frame at a time shows; `before` is the frame before, at its time."""
        luma = picture.luma
        shift = None if before is None else translation(before, picture, subject.box)
        eyes_due = subject.kind == "face" and is_due(_EYES_PER_S, t_s, before_s)
        return Reading(
            subject,
            shift,
            self._focus.subject(
                luma,
                subject.box,
                shift,
                t_s,
                with_blur=is_due(self._blurs_per_s, t_s, before_s),
                with_background=is_due(BACKGROUNDS_PER_S, t_s, before_s),
                larger=_head_and_chest(subject),
            ),
            exposure(luma, subject.box),
            self._find_eyes(luma, subject.box) if eyes_due else None,
            line_segments(luma) if is_due(_ROLLS_PER_S, t_s, before_s) else None,
        )

    def _find_eyes(self, luma: Luma, box: Box) -> Eyes | None:
        with self._eyes_in_use:
            return None if self._eyes is None else self._eyes.find(luma, box)


def _head_and_chest(subject: BoxedSubject) -> Box | None:
    """Return what is as far away as a face that is too small to tell its blur well; `None` for anything else."""
    x, y, width, height = subject.box
    if subject.kind != "face" or min(width, height) >= _SMALL_FACE_PX:
        return None
    return (x - _BESIDE * width, y - _ABOVE * height, (1 + 2 * _BESIDE) * width, _DOWN * height)


def is_due(times_per_s: float, t_s: float, before_s: float | None) -> bool:
    """Return whether what is done so often falls on this frame rather than on the one before.

    >>> [is_due(4.0, t_s, t_s - 0.1) for t_s in (0.1, 0.2, 0.3, 0.4, 0.5)]
    [False, False, True, False, True]
    """
    return before_s is None or math.floor(t_s * times_per_s + 1e-6) > math.floor(before_s * times_per_s + 1e-6)


def settled(
    times_s: Sequence[float], readings: Callable[[], Iterable[Reading | None]], path: CameraPath
) -> Iterator[Reading | None]:
    """Yield readings with what is looked at now and then: roll by the lines around, eyes as told last or in a moment.

    `readings` gives them from the first to the last each time that it is called; `path` is how the camera moved.
    """
    rolls = rolls_by_lines(times_s, (None if each is None else each.lines for each in readings()), path)
    eyes = _held(times_s, (None if each is None else each.eyes for each in readings()), _EYES_HOLD_S, 1 / _EYES_PER_S)
    for reading, roll, pair in zip(readings(), rolls, eyes, strict=True):
        yield None if reading is None else replace(reading, roll=roll, eyes=pair)


def _held(times_s: Sequence[float], told: Iterable[T | None], holds_s: float, ahead_s: float) -> Iterator[T | None]:
    """Yield what was told last, for so long; before it is told, what will be in a moment. Little waits meanwhile."""
    last, last_s = None, -math.inf
    waiting: deque[float] = deque()
    for t_s, value in zip(times_s, told, strict=True):
        if value is not None:
            while waiting:
                yield value if t_s - waiting.popleft() < ahead_s else None
            last, last_s = value, t_s
        if t_s - last_s < holds_s:
            yield last
            continue
        waiting.append(t_s)
        while waiting and t_s - waiting[0] >= ahead_s:
            waiting.popleft()
            yield None
    yield from repeat(None, len(waiting))


def observed(
    reading: Reading,
    pictures: Pictures,
    *,
    confidence: float,
    box: Box | None = None,
    state: str = "found",
    others: int = 0,
    rig: RigOptics | None = None,
    height_m: float | None = None,
    looked_for: str = "",
) -> Observation:
    """Return a reading as an observation.

    `box` is where the subject turned out to be, the reading's own without one. `looked_for` says how faces were looked
    for: boxes of different detectors aren't of one size for one head.
    `height_m` is how tall the person is, where that is known.
    """
    kind, box = reading.subject.kind, box or reading.subject.box
    framing = _framing(kind, box, reading.roll, pictures)
    if kind == "box":
        person = None
    else:
        person = _distance(reading, box, rig, pictures, height_m)
        framing = replace(framing, shot=_shot(kind, box, pictures.height, looked_for))
    return Observation(
        subject=Subject(kind, box, confidence, state, others),
        focus=reading.focus,
        framing=framing,
        distance_m=person.distance_m if person is not None and person.known else None,
        shift_px=None if reading.shift is None else reading.shift.length_px,
        person=person,
        looks_to=None if reading.eyes is None else looks(reading.eyes.turn),
    )


def _framing(kind: str, box: Box, roll: Roll | None, pictures: Pictures) -> Framing:
    # A network's boxes of people are true to about a hundredth of the frame.
    uncertainty_px = _BODY_UNCERTAINTY * pictures.height if kind == "person" else 0.0
    framing = frame_box(box, (pictures.width, pictures.height), uncertainty_px=uncertainty_px)
    if roll is None:
        return framing
    return replace(
        framing, roll_deg=roll.roll_deg, roll_deg_interval=roll.interval_deg, roll_confidence=roll.confidence
    )


def _distance(
    reading: Reading, box: Box, rig: RigOptics | None, pictures: Pictures, height_m: float | None
) -> PersonDistance | None:
    lens = None if rig is None else lens_of(rig, pictures)
    _, top, _, height = box
    if lens is None:
        return None
    if reading.eyes is not None:
        return distance_of_eyes(reading.eyes, lens.focal_length_mm, lens.pixel_pitch_mm)
    if reading.subject.kind != "person" or shot_of_body(top, height, pictures.height) is None:
        return None
    return distance_of_body(height, lens.focal_length_mm, lens.pixel_pitch_mm, height_m)


def _shot(kind: str, box: Box, frame_height_px: int, looked_for: str) -> Shot | None:
    _, top, _, height = box
    if kind == "person":
        return shot_of_body(top, height, frame_height_px)
    return shot_of_face(top, height, frame_height_px) if YunetFaces.description in looked_for else None
