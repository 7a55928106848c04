"""A face, a person or a box given by hand, measured in one frame: edges inside the box tell focus, its movement smear.

A reading depends on its frame and the one before and on nothing else, so that frames can be read in any order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rigcoach.analysis.focus import BACKGROUNDS_PER_S, FocusObservation, FocusReader
from rigcoach.analysis.observation import Observation, Pictures, lens_of
from rigcoach.analysis.results import RigOptics, Subject
from rigcoach.measure.motion.shift import Shift, translation
from rigcoach.measure.people.eyes import EyeDetector, Eyes
from rigcoach.measure.people.face import YunetFaces
from rigcoach.measure.people.person_distance import PersonDistance, distance_of_body, distance_of_eyes
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.exposure import Exposure, exposure
from rigcoach.measure.picture.framing import Framing, frame_box
from rigcoach.measure.picture.heading import looks
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.measure.picture.roll import Roll, roll_from_lines
from rigcoach.optics.shots import Shot, shot_of_body, shot_of_face

# Straight lines take time to find, and roll changes slowly.
_ROLLS_PER_S = 4.0
# A look that tells nothing leaves the roll as the last one found it, no longer than this.
_ROLL_HOLDS_S = 0.5
_BODY_UNCERTAINTY = 0.008


@dataclass(frozen=True, slots=True)
class BoxedSubject:
    """What is to be measured in a frame: what it is ("face", "person" or "box"), its box in pixels, how sure it is."""

    kind: str
    box: Box
    confidence: float = field(default=1.0, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A subject in its box, as one frame shows it; `roll` was looked for where `roll_due`."""

    subject: BoxedSubject
    shift: Shift | None
    focus: FocusObservation
    exposure: Exposure
    eyes: Eyes | None
    roll: Roll | None
    roll_due: bool


class SubjectReader:
    """Reads subjects in frames; `eyes` finds those of a face."""

    def __init__(self, rig: RigOptics, fps: float, eyes: EyeDetector | None, focus: FocusReader | None = None) -> None:
        self._focus = focus or FocusReader(fps, rig.shutter_s)
        self._eyes = eyes

    def read(
        self, before: Pyramid | None, picture: Pyramid, subject: BoxedSubject, t_s: float, before_s: float | None
    ) -> Reading:
        """Return what a frame at a time shows; `before` is the frame before, at its time."""
        luma = picture.luma
        shift = None if before is None else translation(before, picture, subject.box)
        roll_due = is_due(_ROLLS_PER_S, t_s, before_s)
        return Reading(
            subject,
            shift,
            self._focus.subject(
                luma, subject.box, shift, t_s, with_background=is_due(BACKGROUNDS_PER_S, t_s, before_s)
            ),
            exposure(luma, subject.box),
            self._eyes.find(luma, subject.box) if subject.kind == "face" and self._eyes is not None else None,
            roll_from_lines(luma) if roll_due else None,
            roll_due,
        )


def is_due(times_per_s: float, t_s: float, before_s: float | None) -> bool:
    """Return whether what is done so often falls on this frame rather than on the one before.

    >>> [is_due(4.0, t_s, t_s - 0.1) for t_s in (0.1, 0.2, 0.3, 0.4, 0.5)]
    [False, False, True, False, True]
    """
    return before_s is None or math.floor(t_s * times_per_s + 1e-6) > math.floor(before_s * times_per_s + 1e-6)


def holds(told_s: float, t_s: float) -> bool:
    """Return whether a roll told at one time still holds at another, where looks since told nothing."""
    return t_s - told_s < _ROLL_HOLDS_S + 1 / _ROLLS_PER_S


def rolls(times_s: Sequence[float], readings: Sequence[Reading | None]) -> list[Roll | None]:
    """Return the roll of every frame: as it was last told, a moment ago or, at the beginning, in a moment."""
    told: list[Roll | None] = []
    roll, told_s, waiting = None, -math.inf, 0
    for t_s, reading in zip(times_s, readings, strict=True):
        if reading is not None and reading.roll is not None:
            roll, told_s = reading.roll, t_s
            for i in range(len(told) - waiting, len(told)):
                told[i] = roll if t_s - times_s[i] < 1 / _ROLLS_PER_S else None
        elif not holds(told_s, t_s):
            roll = None
        waiting = waiting + 1 if roll is None and reading is not None and not reading.roll_due else 0
        told.append(roll)
    return told


def observed(
    reading: Reading,
    roll: Roll | None,
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
    framing = _framing(kind, box, roll, pictures)
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
    return replace(framing, roll_deg=roll.roll_deg, roll_confidence=roll.confidence)


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
