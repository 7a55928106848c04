"""The target card through frames that come in order: found, followed where it can't be read for a moment, measured."""

import math
from dataclasses import dataclass, replace

from rigcoach.analysis.focus import Focus, FocusObservation, FocusReader
from rigcoach.analysis.observation import Observation, Pictures, lens_of
from rigcoach.analysis.results import RigOptics, Subject
from rigcoach.measure.arrays import Luma
from rigcoach.measure.card.card_pose import CardPose, card_pose
from rigcoach.measure.card.card_roll import card_roll
from rigcoach.measure.card.target import CardDetection, distance_m, find_card, find_target
from rigcoach.measure.motion.median_flow import Followed, MedianFlowTracker
from rigcoach.measure.picture.box import centre
from rigcoach.measure.picture.framing import Framing, frame_subject
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.measure.picture.tone import bt709_to_light
from rigcoach.target_card import CARDS, TargetCard
from rigcoach.video.clip import Clip

# A card that can't be read for a moment is followed, no longer than this.
_FOLLOW_CARD_S = 0.4
# Where there is none it is looked for so often at half the frame's size, at least; and at all of it.
LOOKS_PER_S, _CLOSE_LOOKS_PER_S = 3.0, 0.5
_LARGE_PX = 1_000_000
# A card that was lost is looked for where it was, and in all of the frame, for so long.
_REMEMBERED_S = 2.0
# From coordinates that number pixels by their centres to distances from the frame's corner.
_TO_CORNER_PX = 0.5
# Sensors of cameras that film take 5 to 35 ms to read; twice this is longer than nearly all.
_USUAL_READOUT_S = 0.018


@dataclass(frozen=True, slots=True)
class CardSighting:
    """The card in one frame: as it was read or, where `followed` says to where, as it was read a moment ago."""

    card: TargetCard
    find: CardDetection
    followed: Followed | None = None


class CardFinder:
    """Finds the card in frames that come in order; where there is none it looks now and then only.

    Parameters
    ----------
    looks_per_s
        How often. Where the frames passed over can be looked at later, fewer looks lose nothing.
    """

    def __init__(self, looks_per_s: float = LOOKS_PER_S) -> None:
        self._looks_per_s = looks_per_s
        self._to_light = bt709_to_light()
        self._card: TargetCard | None = None
        self._last: tuple[CardDetection, Pyramid] | None = None
        self._follower: MedianFlowTracker | None = None
        self._found_s = -math.inf
        self._due_s = self._close_due_s = -math.inf
        self.looked = False

    def look(self, picture: Pyramid, t_s: float) -> CardSighting | None:
        """Return the card in the next frame; `None` where it isn't found, or wasn't looked for (`looked`)."""
        near = None if self._last is None else self._last[0]
        lost = t_s - self._found_s > _FOLLOW_CARD_S
        due = t_s >= self._due_s
        self.looked = not lost or due
        if not self.looked:
            return None
        forgotten = t_s - self._found_s > _REMEMBERED_S
        find = self._find(picture.luma, t_s, None if forgotten else near, everywhere=due)
        if due and find is None:
            self._due_s = t_s + 1 / self._looks_per_s
        if find is not None and self._card is not None:
            self._last, self._follower, self._found_s, self._due_s = (find, picture), None, t_s, -math.inf
            return CardSighting(self._card, find)
        return None if lost else self._follow(picture)

    def look_back(self, luma: Luma, found: CardSighting) -> CardSighting | None:
        """Return the card in a frame that comes before one in which it was found, and was passed over."""
        find = find_target(luma, found.card, near=found.find, elsewhere=False, to_light=self._to_light)
        return None if find is None else CardSighting(found.card, find)

    def _find(self, luma: Luma, t_s: float, near: CardDetection | None, *, everywhere: bool) -> CardDetection | None:
        if self._card is not None and near is not None:
            return find_target(luma, self._card, near=near, elsewhere=everywhere, to_light=self._to_light)
        # A small frame is searched whole in no time.
        quick = t_s < self._close_due_s and luma.size > _LARGE_PX
        if not quick:
            self._close_due_s = t_s + 1 / _CLOSE_LOOKS_PER_S
        found = find_card(luma, CARDS if self._card is None else (self._card,), quick=quick, to_light=self._to_light)
        if found is None:
            return None
        self._card = found[0]
        return found[1]

    def _follow(self, picture: Pyramid) -> CardSighting | None:
        """Return where the card went that could be read a moment ago."""
        if self._card is None or self._last is None:
            return None
        find, before = self._last
        if self._follower is None:
            self._follower = MedianFlowTracker(before, find.box)
        followed = self._follower.step(picture)
        if followed is None:
            return None
        return CardSighting(self._card, find, followed)


class CardReader:
    """Measures the card where it was found; frames come in order."""

    def __init__(self, pictures: Pictures, rig: RigOptics, focus: FocusReader | None = None) -> None:
        self._pictures = pictures
        self._rig = rig
        self._lens = lens_of(rig, pictures)
        self._last: tuple[float, float] | None = None
        self._focus = focus or FocusReader(float(pictures.fps), rig.shutter_s)
        # How fast stills are shown says nothing of how far the picture moved while one was read.
        stills = isinstance(pictures, Clip) and bool(pictures.stills)
        self._readout_frames = 0.0 if stills else float(pictures.fps) * (rig.readout_s or _USUAL_READOUT_S)

    def read(self, luma: Luma, sighting: CardSighting | None, t_s: float) -> Observation | None:
        """Return the card in the next frame, measured."""
        if sighting is None or sighting.followed is not None:
            self._last = None
            return None if sighting is None else self._followed(sighting)
        find, card, lens = sighting.find, sighting.card, self._lens
        size = (self._pictures.width, self._pictures.height)
        card_m = None if lens is None else distance_m(find, card, lens.focal_length_mm, lens.pixel_pitch_mm)
        last, self._last = self._last, find.centre_px
        step = None if last is None else (find.centre_px[0] - last[0], find.centre_px[1] - last[1])
        pose = None if lens is None else card_pose(find, card, lens.focal_length_mm, lens.pixel_pitch_mm, size)
        return Observation(
            subject=Subject("target", find.box, find.confidence),
            focus=replace(self._focus.card(luma, find, card, t_s, card_m, lens), step_px=step),
            framing=self._framing(find, card, pose, 0.0 if step is None else abs(step[0]) * self._readout_frames),
            distance_m=card_m,
            shift_px=None if step is None else math.hypot(*step),
            pose=pose,
            camera_step_px=step,
        )

    def _framing(self, find: CardDetection, card: TargetCard, pose: CardPose | None, moved_px: float) -> Framing:
        """Return where the card is, and the camera's roll by it, not the card's own where it is seen askew."""
        size = (self._pictures.width, self._pictures.height)
        framing = frame_subject(
            (find.centre_px[0] + _TO_CORNER_PX, find.centre_px[1] + _TO_CORNER_PX),
            float(find.outline_px[:, 1].min()) + _TO_CORNER_PX,
            find.height_px,
            size,
            roll_deg=find.roll_deg,
            cut_off=find.cut_off,
        )
        roll = card_roll(find, card, size, pose, moved_px=moved_px)
        if roll is None:
            return framing
        return replace(
            framing, roll_deg=roll.roll_deg, roll_deg_interval=roll.interval_deg, roll_confidence=roll.confidence
        )

    def _followed(self, sighting: CardSighting) -> Observation | None:
        """Return where the card went; its blur and roll aren't known."""
        find, followed = sighting.find, sighting.followed
        if followed is None:
            return None
        growth = followed.box[3] / find.box[3]
        (x, y), (u, v) = centre(followed.box), centre(find.box)
        # What isn't in the box, such as the part of the card beyond the frame, moves and grows with it.
        cx = x + growth * (find.centre_px[0] + _TO_CORNER_PX - u)
        cy = y + growth * (find.centre_px[1] + _TO_CORNER_PX - v)
        top = y + growth * (float(find.outline_px[:, 1].min()) + _TO_CORNER_PX - v)
        size = (self._pictures.width, self._pictures.height)
        return Observation(
            subject=Subject("target", followed.box, followed.confidence, state="followed"),
            focus=FocusObservation(Focus(reason="the card could not be read, only followed"), on_card=True),
            framing=frame_subject((cx, cy), top, growth * find.height_px, size, cut_off=find.cut_off),
            distance_m=None,
            shift_px=None,
        )


class CardTracker:
    """Looks for a target card in live view and measures it."""

    kind = "target"

    def __init__(self, pictures: Pictures, rig: RigOptics, focus: FocusReader | None = None) -> None:
        from rigcoach.measure.card.warm_up import warm_up  # compiled: loaded for cards only

        # Live view does not wait for it.
        warm_up()
        self._finder = CardFinder()
        self._reader = CardReader(pictures, rig, focus)

    def look(self, picture: Pyramid, t_s: float) -> Observation | None:
        """Return the card in the next frame, measured; `None` where it isn't found."""
        return self._reader.read(picture.luma, self._finder.look(picture, t_s), t_s)
