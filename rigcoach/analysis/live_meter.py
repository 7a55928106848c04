"""Live view measured frame by frame as it comes, by the trackers that measure clips.

What a clip's measures take from frames yet to come has to do without them: who leads is settled by the finds so far,
and the smear by the frames before. Focus, the slowest measure, is read a few times a second and holds until it is read
again. Pixels are those of the live view; it is coarser than a clip, so the finest blur is not seen.
"""

import math
from collections import deque
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np

from rigcoach.analysis.card_tracker import CardTracker
from rigcoach.analysis.clip_analysis import frame_measurement as all_measures
from rigcoach.analysis.clip_roll import ROLL_HOLDS_S
from rigcoach.analysis.focus import NOT_READ, Focus, FocusObservation, FocusReader
from rigcoach.analysis.focus_over_time import complete_focus
from rigcoach.analysis.main_subject import face_detector, person_detector
from rigcoach.analysis.observation import Observation
from rigcoach.analysis.results import FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.analysis.subject_reader import BoxedSubject, SubjectReader, observed
from rigcoach.analysis.subject_search import BoxFollower
from rigcoach.base.errors import RigcoachError
from rigcoach.measure.arrays import Luma
from rigcoach.measure.card.focus_wedge import LensSetting
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.motion.median_flow import MedianFlowTracker
from rigcoach.measure.motion.shift import Shift
from rigcoach.measure.people.detector import Detection, Detector, scaled
from rigcoach.measure.picture.box import Box, centre, overlap
from rigcoach.measure.picture.exposure import exposure
from rigcoach.measure.picture.pyramid import Pyramid, level_of
from rigcoach.measure.picture.roll import Roll, roll_of_segments
from rigcoach.optics.permissible_blur import size_in_full_hd
from rigcoach.target_card import TargetCard

LIVE_FPS = Fraction(30)

_FOCUS_READS_PER_S = 4.0
_FOCUS_HOLDS_S = 0.6
_SMEAR_FRAMES = 9

# How often a detector looks, by what it looks for: people take longest to find.
_LOOKS_PER_S = {"face": 5.0, "person": 2.0}
_FEWEST_FINDS = 2
_BRIDGE_S = 1.0
_FOLLOW_WIDTH_PX = 640
_SAME = 0.25
_FAR = 0.4  # from the frame's middle, in its widths and heights; there a find counts 1/e
_GIVE_UP_S = 2.0
_CARD_LOOKS_PER_S = 2.0


class LiveFrameError(RigcoachError):
    """A frame of live view that is no picture."""

    code = "live.frame"


@dataclass(frozen=True, slots=True)
class LivePictures:
    """The frames as they are measured: the part of each that a clip would show."""

    width: int
    height: int
    fps: Fraction = LIVE_FPS


class LiveMeter:
    """Measures the frames of a live view in order; frames may be left out.

    Parameters
    ----------
    choice
        The subject.
    rig
        What is known of the rig.
    clip_size
        Width and height of the rig's clips: what of a frame's top and bottom, or sides, they don't show is left out.
        The whole frame is measured where it isn't known.

    Attributes
    ----------
    pictures
        What is measured of each frame; None before the first.
    """

    def __init__(self, choice: SubjectChoice, rig: RigOptics, clip_size: tuple[int, int] | None = None) -> None:
        self._choice = choice
        self._rig = rig
        self._clip_size = clip_size
        self.pictures: LivePictures | None = None
        self._search: _Search | None = None
        self._focus = _FocusNowAndThen(float(LIVE_FPS), rig.shutter_s)
        self._looks: deque[tuple[float, FocusObservation | None]] = deque(maxlen=_SMEAR_FRAMES)
        self._read: tuple[float, Focus] | None = None

    def measure(self, jpeg: bytes, t_s: float) -> FrameMeasurement:
        """Return the measures of a frame that came at a time.

        Raises
        ------
        LiveFrameError
            It is no JPEG, or not of the size of those before.
        """
        picture = Pyramid(self._luma(jpeg))
        luma = picture.luma
        if self._search is None:
            self.pictures = LivePictures(luma.shape[1], luma.shape[0])
            self._search = _Search(self._choice, self.pictures, self._rig, self._focus)
        if self._looks:
            self._focus.fps = 1 / max(t_s - self._looks[-1][0], 1e-3)
        look = self._search.look(picture, t_s)
        focus = self._settled(look, t_s, luma)
        on_subject = None if look is None else exposure(luma, look.subject.box)
        return all_measures(t_s, look, focus, exposure(luma), on_subject, None)

    def _luma(self, jpeg: bytes) -> Luma:
        data = np.frombuffer(jpeg, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
        if picture is None:
            raise LiveFrameError("a frame of live view cannot be read", why=f"its {len(jpeg)} bytes are no JPEG")
        luma = np.ascontiguousarray(_as_in_clip(np.asarray(picture, dtype=np.uint8), self._clip_size))
        if self.pictures is not None and luma.shape != (self.pictures.height, self.pictures.width):
            raise LiveFrameError("a frame of live view has another size than those before")
        return luma

    def _settled(self, look: Observation | None, t_s: float, luma: Luma) -> Focus | None:
        """Return a look's focus, with the smear that the frames before tell, and the last blur that was read."""
        self._looks.append((t_s, None if look is None else look.focus))
        if look is None:
            self._read = None
            return None
        span_s = self._looks[-1][0] - self._looks[0][0]
        fps = (len(self._looks) - 1) / span_s if span_s > 0 else float(LIVE_FPS)
        # A live view is the clip's frame made smaller, and its blur with it.
        scale = size_in_full_hd(luma.shape[1], luma.shape[0])
        focus = complete_focus([each for _, each in self._looks], fps, self._rig.shutter_s, scale)[-1]
        if focus is None or focus.reason != NOT_READ:
            self._read = None if focus is None else (t_s, focus)
            return focus
        if self._read is None or t_s - self._read[0] > _FOCUS_HOLDS_S:
            return focus
        read = self._read[1]
        motion = focus if focus.motion_blur_px is not None else read
        return replace(read, motion_blur_px=motion.motion_blur_px, direction_deg=motion.direction_deg)


def _as_in_clip(luma: Luma, clip_size: tuple[int, int] | None) -> Luma:
    """Return the middle of a frame that has the shape of the clip's."""
    if clip_size is None:
        return luma
    height, width = luma.shape
    new_height = min(height, round(width * clip_size[1] / clip_size[0]))
    new_width = min(width, round(height * clip_size[0] / clip_size[1]))
    top, left = (height - new_height) // 2, (width - new_width) // 2
    return luma[top : top + new_height, left : left + new_width]


class _FocusNowAndThen(FocusReader):
    """Reads the focus a few times a second."""

    def __init__(self, fps: float, shutter_s: float | None) -> None:
        super().__init__(fps, shutter_s)
        self._styles_left = 0  # nor a picture style: it takes too long between two frames
        self._due_s = -math.inf

    def subject(
        self,
        luma: Luma,
        box: Box,
        shift: Shift | None,
        t_s: float,
        *,
        with_blur: bool = True,  # noqa: ARG002 - it is due as time goes
        with_background: bool = False,  # noqa: ARG002 - what surrounds the subject isn't asked live
        larger: Box | None = None,
    ) -> FocusObservation:
        if self._is_due(t_s):
            return super().subject(luma, box, shift, t_s, larger=larger)
        return FocusObservation(Focus(reason=NOT_READ), None if shift is None else (shift.dx_px, shift.dy_px))

    def card(
        self,
        luma: Luma,
        find: CardDetection,
        card: TargetCard,
        t_s: float,
        distance_m: float | None,
        lens: LensSetting | None,  # noqa: ARG002 - where the lens was focused isn't asked live
    ) -> FocusObservation:
        if self._is_due(t_s):
            return super().card(luma, find, card, t_s, distance_m, None)
        return FocusObservation(Focus(reason=NOT_READ), None, on_card=True)

    def _is_due(self, t_s: float) -> bool:
        if t_s < self._due_s:
            return False
        self._due_s = t_s + 1 / _FOCUS_READS_PER_S
        return True


class _Search:
    """Finds the subject, stays with it, and looks again once it is lost."""

    def __init__(self, choice: SubjectChoice, pictures: LivePictures, rig: RigOptics, focus: _FocusNowAndThen) -> None:
        self._watches: list[CardTracker | _BoxNow | _LeadNow] = []
        if choice.kind == "box" and choice.box is not None:
            self._watches.append(_BoxNow(choice.box, choice.fixed, pictures, rig, focus))
        if choice.kind in ("auto", "target"):
            self._watches.append(CardTracker(pictures, rig, focus))
        if choice.kind in ("auto", "face"):
            self._watches.append(_LeadNow("face", face_detector(), pictures, rig, focus))
        if choice.kind in ("auto", "person"):
            self._watches.append(_LeadNow("person", person_detector(), pictures, rig, focus))
        self._leading: CardTracker | _BoxNow | _LeadNow | None = None
        self._led_s = -math.inf
        self._card_due_s = -math.inf
        self._turn = 0

    def look(self, picture: Pyramid, t_s: float) -> Observation | None:
        """Look for who leads; where nobody does, for one kind of subject a frame, in turn."""
        if self._leading is not None and t_s - self._led_s > _GIVE_UP_S:
            self._leading = None
        watch = self._leading
        if watch is None:
            self._turn += 1
            watch = self._watches[self._turn % len(self._watches)]
        elif watch is not self._watches[0] and len(self._watches) > 1 and t_s >= self._card_due_s:
            # A card that is held up later is the subject.
            self._card_due_s = t_s + 1 / _CARD_LOOKS_PER_S
            look = self._watches[0].look(picture, t_s)
            if look is not None:
                self._leading, self._led_s = self._watches[0], t_s
                return look
        look = watch.look(picture, t_s)
        if look is not None:
            self._leading, self._led_s = watch, t_s
        return look


class _BoxedNow:
    """What is in a box, measured frame by frame."""

    def __init__(self, kind: str, pictures: LivePictures, rig: RigOptics, focus: _FocusNowAndThen) -> None:
        self.kind = kind
        self._pictures = pictures
        self._reader = SubjectReader(rig, float(pictures.fps), None, focus)
        self._before: tuple[Pyramid, float] | None = None
        self._roll: Roll | None = None
        self._roll_told_s = -math.inf

    def _measure(
        self, picture: Pyramid, box: Box, confidence: float, t_s: float, *, state: str = "found", others: int = 0
    ) -> Observation:
        before, before_s = (None, None) if self._before is None else self._before
        reading = self._reader.read(before, picture, BoxedSubject(self.kind, box), t_s, before_s)
        roll = None if reading.lines is None else roll_of_segments(reading.lines)
        if roll is not None:
            self._roll, self._roll_told_s = roll, t_s
        elif t_s - self._roll_told_s > ROLL_HOLDS_S:
            self._roll = None
        reading = replace(reading, roll=self._roll)
        return observed(reading, self._pictures, confidence=confidence, state=state, others=others)


class _BoxNow(_BoxedNow):
    """A box given by hand: followed, or kept to where it is `fixed`."""

    def __init__(self, box: Box, fixed: bool, pictures: LivePictures, rig: RigOptics, focus: _FocusNowAndThen) -> None:
        super().__init__("box", pictures, rig, focus)
        self._follower = BoxFollower(box, fixed)

    def look(self, picture: Pyramid, t_s: float) -> Observation | None:
        """Return what is in the box in the next frame, measured; None once it is lost."""
        subject = self._follower.step(picture)
        look = None if subject is None else self._measure(picture, subject.box, subject.confidence, t_s)
        self._before = (picture, t_s)
        return look


class _LeadNow(_BoxedNow):
    """The face or person that leads so far: found now and then, followed in between."""

    def __init__(
        self, kind: str, finder: Detector, pictures: LivePictures, rig: RigOptics, focus: _FocusNowAndThen
    ) -> None:
        super().__init__(kind, pictures, rig, focus)
        self._size = (pictures.width, pictures.height)
        self._detector = finder
        self._due_s = -math.inf
        self._found_s = -math.inf
        self._finds = 0
        self._others = 0
        self._lead: Detection | None = None
        self._follower: MedianFlowTracker | None = None

    def look(self, picture: Pyramid, t_s: float) -> Observation | None:
        """Return the lead in the next frame, measured; None while nobody was found twice, and once they are lost."""
        level = level_of(picture.shape[1] / _FOLLOW_WIDTH_PX)
        small, factor = picture.beneath(level), float(2**level)
        self._follow(small, factor)
        found = False
        if t_s >= self._due_s:
            self._due_s = t_s + 1 / _LOOKS_PER_S[self.kind]
            found = self._find(picture.luma, small, factor, t_s)
        if t_s - self._found_s > _BRIDGE_S:
            self._lead, self._follower, self._finds = None, None, 0
        look = None
        if self._lead is not None and self._follower is not None and self._finds >= _FEWEST_FINDS:
            state = "found" if found else "followed"
            look = self._measure(picture, self._lead.box, self._lead.confidence, t_s, state=state, others=self._others)
        self._before = (picture, t_s)
        return look

    def _follow(self, small: Pyramid, factor: float) -> None:
        followed = None if self._follower is None else self._follower.step(small)
        if followed is None:
            # Lost, unless it is found again where it was.
            self._follower = None
        elif self._lead is not None:
            self._lead = replace(self._lead, box=scaled(followed.box, factor))

    def _find(self, luma: Luma, small: Pyramid, factor: float, t_s: float) -> bool:
        """Look with the detector; return whether the lead was found."""
        finds = self._detector.find(luma)
        lead = self._lead
        same = [find for find in finds if lead is not None and overlap(find.box, lead.box) > _SAME]
        sure = [find for find in finds if find.confidence >= self._detector.rules.min_confidence]
        if same and lead is not None:
            find = max(same, key=lambda each: overlap(each.box, lead.box))
        elif sure and self._finds < _FEWEST_FINDS:
            find, self._finds = max(sure, key=self._weight), 0
        else:
            return False
        self._lead, self._found_s, self._others = find, t_s, len(sure) - (find in sure)
        self._finds += 1
        self._follower = MedianFlowTracker(small, scaled(find.box, 1 / factor))
        return True

    def _weight(self, find: Detection) -> float:
        """Return how much a find looks like the subject: large, and near the middle."""
        (x, y), (width, height) = centre(find.box), self._size
        away = math.hypot(x / width - 0.5, y / height - 0.5)
        return math.sqrt(find.box[2] * find.box[3]) * math.exp(-away / _FAR)
