"""One kind of subject looked for through a clip, frame after frame in order, and measured where it is found."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from rigcoach.analysis.focus import Focus, FocusObservation, FocusReader
from rigcoach.analysis.main_subject import MainSubject
from rigcoach.analysis.results import RigOptics, Subject
from rigcoach.measure.arrays import Luma
from rigcoach.measure.card.card_pose import CardPose, card_pose
from rigcoach.measure.card.focus_wedge import LensSetting
from rigcoach.measure.card.target import CardDetection, distance_m, find_card, find_target
from rigcoach.measure.motion.median_flow import MedianFlowTracker
from rigcoach.measure.motion.shift import translation
from rigcoach.measure.people.eyes import EyeDetector, Eyes
from rigcoach.measure.people.face import YunetFaces
from rigcoach.measure.people.person_distance import PersonDistance, distance_of_body, distance_of_eyes
from rigcoach.measure.picture.box import Box, centre
from rigcoach.measure.picture.framing import Framing, frame_box, frame_subject
from rigcoach.measure.picture.heading import Side, looks
from rigcoach.measure.picture.roll import Roll, roll_from_lines
from rigcoach.measure.picture.tone import bt709_to_light
from rigcoach.optics.shots import Shot, shot_of_body, shot_of_face
from rigcoach.target_card import CARDS, TargetCard
from rigcoach.video.clip import Clip

# A card that can't be read for a moment is followed, no longer than this.
_FOLLOW_CARD_S = 0.4
# Straight lines take time to find, and roll changes slowly.
_ROLLS_PER_S = 4.0
# A look that tells nothing leaves the roll as the last one found it, no longer than this.
_ROLL_HOLDS_S = 0.5

# From coordinates that number pixels by their centres to distances from the frame's corner.
_TO_CORNER_PX = 0.5
_BODY_UNCERTAINTY = 0.008


@dataclass(frozen=True, slots=True)
class Observation:
    """One subject in one frame, measured; `camera_step_px` is how far what stands still moved since the last frame.

    `person` is how far away a person is by common sizes, `looks_to` the side that a face is turned to.
    """

    subject: Subject
    focus: FocusObservation
    framing: Framing
    distance_m: float | None
    shift_px: float | None
    pose: CardPose | None = None
    camera_step_px: tuple[float, float] | None = None
    person: PersonDistance | None = None
    looks_to: Side | None = None


class Pictures(Protocol):
    """The frames that are measured: a clip's, or those of a live view."""

    @property
    def width(self) -> int:
        """Of the upright frame, in pixels."""

    @property
    def height(self) -> int:
        """Of the upright frame, in pixels."""

    @property
    def fps(self) -> Fraction:
        """Frames a second."""


class SubjectTracker(Protocol):
    """Looks for one kind of subject through a clip, frame after frame in order."""

    kind: str
    looked_for: str

    def look(self, luma: Luma, t_s: float) -> Observation | None:
        """Return the subject in the next frame, measured; `None` where it isn't found."""


def _lens(rig: RigOptics, clip: Pictures) -> LensSetting | None:
    """Return the lens on the pixels of a clip; `None` where the rig doesn't tell."""
    if rig.focal_length_mm is None or rig.sensor_width_mm is None:
        return None
    return LensSetting(rig.focal_length_mm, rig.f_number, rig.sensor_width_mm / clip.width)


class CardTracker:
    """Looks for a target card."""

    kind = "target"
    looked_for = "the target card's markers"

    def __init__(self, clip: Pictures, rig: RigOptics, focus: FocusReader | None = None) -> None:
        self._clip = clip
        self._rig = rig
        self._to_light = bt709_to_light()
        self._card: TargetCard | None = None
        self._last: CardDetection | None = None
        self._follower: MedianFlowTracker | None = None
        self._found_s = 0.0
        self._followed: tuple[CardDetection, Box] | None = None
        self._focus = focus or FocusReader(float(clip.fps), rig.shutter_s)

    def look(self, luma: Luma, t_s: float) -> Observation | None:
        """Return the card in the next frame, measured; `None` where it isn't found."""
        last = self._last
        find = self._find(luma)
        self._last = find
        if find is None or self._card is None:
            return self._follow(luma, t_s)
        self._follower, self._found_s, self._followed = MedianFlowTracker(luma, find.box), t_s, (find, find.box)
        card_m = self._distance_m(find, self._card)
        step = None
        if last is not None:
            step = (find.centre_px[0] - last.centre_px[0], find.centre_px[1] - last.centre_px[1])
        return Observation(
            subject=Subject("target", find.box, find.confidence),
            focus=replace(
                self._focus.card(luma, find, self._card, t_s, card_m, _lens(self._rig, self._clip)),
                step_px=step,
            ),
            framing=frame_subject(
                (find.centre_px[0] + _TO_CORNER_PX, find.centre_px[1] + _TO_CORNER_PX),
                float(find.outline_px[:, 1].min()) + _TO_CORNER_PX,
                find.height_px,
                (self._clip.width, self._clip.height),
                roll_deg=find.roll_deg,
                cut_off=find.cut_off,
            ),
            distance_m=card_m,
            shift_px=None if step is None else math.hypot(*step),
            pose=self._pose(find, self._card),
            camera_step_px=step,
        )

    def seen(self, luma: Luma) -> bool:
        """Return whether the card is in a frame, and keep no memory of it."""
        return find_card(luma, CARDS, to_light=self._to_light) is not None

    def _follow(self, luma: Luma, t_s: float) -> Observation | None:
        """Return where the card went that could be read a moment ago; its blur and roll aren't known."""
        if self._follower is None or self._followed is None or t_s - self._found_s > _FOLLOW_CARD_S:
            return None
        followed = self._follower.step(luma)
        if followed is None:
            self._follower = None
            return None
        find, was = self._followed
        growth = followed.box[3] / was[3]
        (x, y), (u, v) = centre(followed.box), centre(was)
        # What isn't in the box, such as the part of the card beyond the frame, moves and grows with it.
        cx = x + growth * (find.centre_px[0] + _TO_CORNER_PX - u)
        cy = y + growth * (find.centre_px[1] + _TO_CORNER_PX - v)
        size = (self._clip.width, self._clip.height)
        top = y + growth * (float(find.outline_px[:, 1].min()) + _TO_CORNER_PX - v)
        return Observation(
            subject=Subject("target", followed.box, followed.confidence, state="followed"),
            focus=FocusObservation(Focus(reason="the card could not be read, only followed"), on_card=True),
            framing=frame_subject((cx, cy), top, growth * find.height_px, size, cut_off=find.cut_off),
            distance_m=None,
            shift_px=None,
        )

    def _find(self, luma: Luma) -> CardDetection | None:
        if self._card is not None:
            return find_target(luma, self._card, near=self._last, to_light=self._to_light)
        found = find_card(luma, CARDS, to_light=self._to_light)
        if found is None:
            return None
        self._card = found[0]
        return found[1]

    def _distance_m(self, find: CardDetection, card: TargetCard) -> float | None:
        lens = _lens(self._rig, self._clip)
        return None if lens is None else distance_m(find, card, lens.focal_length_mm, lens.pixel_pitch_mm)

    def _pose(self, find: CardDetection, card: TargetCard) -> CardPose | None:
        lens, size = _lens(self._rig, self._clip), (self._clip.width, self._clip.height)
        return None if lens is None else card_pose(find, card, lens.focal_length_mm, lens.pixel_pitch_mm, size)


class BoxedTracker:
    """What a face and a box given by hand share: edges inside the box tell focus, its movement the smear."""

    kind = ""

    def __init__(self, clip: Pictures, rig: RigOptics, focus: FocusReader | None = None) -> None:
        self._clip = clip
        self._rig = rig
        self._previous: Luma | None = None
        self._roll: Roll | None = None
        self._next_roll_s = 0.0
        self._roll_holds_until_s = 0.0
        self._focus = focus or FocusReader(float(clip.fps), rig.shutter_s)

    def _measure(self, luma: Luma, box: Box, confidence: float, t_s: float) -> Observation:
        shift = None if self._previous is None else translation(self._previous, luma, box)
        moved = None if shift is None else shift.length_px
        return Observation(
            subject=Subject(self.kind, box, confidence),
            focus=self._focus.subject(luma, box, shift, t_s),
            framing=self._framing(luma, box, t_s),
            distance_m=None,
            shift_px=moved,
        )

    def _framing(self, luma: Luma, box: Box, t_s: float) -> Framing:
        if t_s >= self._next_roll_s:
            self._next_roll_s = t_s + 1 / _ROLLS_PER_S
            found = roll_from_lines(luma)
            if found is not None:
                self._roll_holds_until_s = t_s + _ROLL_HOLDS_S
            if found is not None or t_s > self._roll_holds_until_s:
                self._roll = found
        size = (self._clip.width, self._clip.height)
        # A network's boxes of people are true to about a hundredth of the frame.
        uncertainty_px = _BODY_UNCERTAINTY * self._clip.height if self.kind == "person" else 0.0
        framing = frame_box(box, size, uncertainty_px=uncertainty_px)
        if self._roll is None:
            return framing
        return replace(framing, roll_deg=self._roll.roll_deg, roll_confidence=self._roll.confidence)


class PersonTracker(BoxedTracker):
    """The face or person that leads the clip, known before.

    `height_m` is how tall the person is, where that is known, and `eyes` finds those of a face.
    """

    def __init__(
        self,
        clip: Clip,
        lead: MainSubject,
        rig: RigOptics,
        *,
        height_m: float | None = None,
        eyes: EyeDetector | None = None,
    ) -> None:
        super().__init__(clip, rig)
        self.kind = lead.kind
        self.looked_for = lead.looked_for
        self._lead = lead
        self._height_m = height_m
        self._eyes = eyes

    def look(self, luma: Luma, t_s: float) -> Observation | None:
        """Return the lead in the next frame, measured; `None` where it wasn't seen."""
        sighting = self._lead.sightings.get(t_s)
        look = None if sighting is None else self._measure(luma, sighting.box, sighting.confidence, t_s)
        if look is not None and sighting is not None:
            state, others = "found" if sighting.found else "followed", self._lead.others.get(t_s, 0)
            eyes = None
            if self.kind == "face" and self._eyes is not None:
                eyes = self._eyes.find(luma, sighting.box)
            person = self._distance(sighting.box, eyes)
            look = replace(
                look,
                subject=replace(look.subject, state=state, others=others),
                framing=replace(look.framing, shot=self._shot(sighting.box)),
                distance_m=person.distance_m if person is not None and person.known else None,
                person=person,
                looks_to=None if eyes is None else looks(eyes.turn),
            )
        self._previous = luma
        return look

    def _distance(self, box: Box, eyes: Eyes | None) -> PersonDistance | None:
        lens = _lens(self._rig, self._clip)
        if lens is None:
            return None
        if eyes is not None:
            return distance_of_eyes(eyes, lens.focal_length_mm, lens.pixel_pitch_mm)
        if self.kind != "person" or shot_of_body(box[1], box[3], self._clip.height) is None:
            return None
        return distance_of_body(box[3], lens.focal_length_mm, lens.pixel_pitch_mm, self._height_m)

    def _shot(self, box: Box) -> Shot | None:
        _, top, _, height = box
        if self.kind == "person":
            return shot_of_body(top, height, self._clip.height)
        # The cascade's boxes aren't of one size for one head.
        return shot_of_face(top, height, self._clip.height) if YunetFaces.description in self.looked_for else None


class BoxTracker(BoxedTracker):
    """Follows a box, or keeps to it where it is `fixed`."""

    kind = "box"
    looked_for = "the box given"

    def __init__(self, clip: Pictures, box: Box, fixed: bool, rig: RigOptics, focus: FocusReader | None = None) -> None:
        super().__init__(clip, rig, focus)
        self._box: Box | None = box
        self._fixed = fixed
        self._follower: MedianFlowTracker | None = None

    def look(self, luma: Luma, t_s: float) -> Observation | None:
        """Return what is in the box in the next frame, measured; `None` once it is lost."""
        confidence = 1.0
        if not self._fixed:
            if self._previous is None and self._box is not None:
                self._follower = MedianFlowTracker(luma, self._box)
            elif self._follower is not None:
                followed = self._follower.step(luma)
                self._box = None if followed is None else followed.box
                confidence = 0.0 if followed is None else followed.confidence
                self._follower = None if followed is None else self._follower
        look = None if self._box is None else self._measure(luma, self._box, confidence, t_s)
        self._previous = luma
        return look
