"""A clip's frames into measures: find the subject, then measure focus, framing, motion and exposure on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rigcoach.clip import Clip, Luma, read_frames
from rigcoach.focusing import Focus as Focus
from rigcoach.focusing import FocusLook, FocusReader, settle_focus
from rigcoach.measure.box import Box
from rigcoach.measure.exposure import Exposure, exposure
from rigcoach.measure.face import FaceFinder, lead
from rigcoach.measure.focus_wedge import LensSetting
from rigcoach.measure.follow import Follower
from rigcoach.measure.framing import Framing, frame_box, frame_subject
from rigcoach.measure.shift import translation
from rigcoach.measure.target import TargetFind, distance_m, find_target
from rigcoach.measure.tone import bt709_to_light
from rigcoach.rig.profile import Profile
from rigcoach.target_card import CARDS, TargetCard

# A subject counts as the clip's own when it is seen this often: a cascade, or a marker, fires once on nothing.
_ENOUGH_FRAMES = 3
_ENOUGH_SHARE = 0.02
# Faces are looked for this often and followed in between, and for no longer than this after the last one seen.
_FACE_LOOKS_PER_S = 10.0
_FOLLOW_FACE_S = 0.5

# From coordinates that number pixels by their centres to distances from the frame's corner.
_TO_CORNER_PX = 0.5


@dataclass(frozen=True, slots=True)
class RigOptics:
    """What of a rig the measures use: for distance and focus its lens and sensor, for smear its shutter speed.

    `sensor_width_mm` is the width of sensor that the movie frame covers.
    """

    focal_length_mm: float | None = None
    sensor_width_mm: float | None = None
    shutter_s: float | None = None
    f_number: float | None = None


def rig_optics(profile: Profile) -> RigOptics:
    """Return what a profile knows of the rig that the measures can use."""
    lens, body = profile.rig.lens, profile.rig.body
    return RigOptics(
        focal_length_mm=None if lens is None else lens.focal_length_mm,
        sensor_width_mm=None if body is None or body.movie is None else body.movie.sensor_width_mm,
        shutter_s=profile.settings.shutter_s,
        f_number=profile.settings.aperture,
    )


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """What to score: `kind` is "auto", "target", "face" or "box"; a box is followed unless `fixed`."""

    kind: str = "auto"
    box: Box | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject in a frame: its box in pixels, and how sure the find is, from 0 to 1."""

    kind: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class FrameMeasures:
    """All that was measured on one frame; `shift_px` is how far the subject, or the picture, moved since the last."""

    t_s: float
    subject: Subject | None
    focus: Focus
    distance_m: float | None
    framing: Framing | None
    exposure: Exposure
    shift_px: float | None


@dataclass(frozen=True, slots=True)
class ClipMeasures:
    """A clip's frames, measured; `subject_kind` is `None` where none was found, `looked_for` says what was tried."""

    clip: Clip
    subject_kind: str | None
    looked_for: str
    frames: tuple[FrameMeasures, ...]

    @property
    def found_ratio(self) -> float:
        """Share of the frames in which the subject was found."""
        return sum(frame.subject is not None for frame in self.frames) / max(len(self.frames), 1)


@dataclass(frozen=True, slots=True)
class _Look:
    """One subject in one frame, measured."""

    subject: Subject
    focus: FocusLook
    framing: Framing
    distance_m: float | None
    shift_px: float | None


Advance = Callable[[float, float | None], None]
"""Is told how much is done, and of how much where that is known."""


class _Watch(Protocol):
    """Looks for one kind of subject through a clip, frame after frame in order."""

    kind: str
    looked_for: str

    def look(self, luma: Luma, t_s: float) -> _Look | None: ...


def unheeded(_done: float, _of: float | None) -> None:
    """Take how far the work has come, and tell nobody."""


def assess(
    clip: Clip,
    choice: SubjectChoice,
    rig: RigOptics,
    advance: Advance = unheeded,
) -> ClipMeasures:
    """Measure every frame of a clip.

    Parameters
    ----------
    clip
        The clip, opened by `rigcoach.clip.read_clip`.
    choice
        The subject to score. With "auto" it is the target card where there is one, else the most prominent face.
    rig
        What is known of the rig; without it there are no distances, and no smear but that seen on a target card.
    advance
        Called with the seconds measured and the clip's length as the work goes on.

    Raises
    ------
    rigcoach.clip.ClipError
        The clip is damaged or ends early.
    """
    watches = _watches(clip, choice, rig)
    looks: dict[str, list[_Look | None]] = {watch.kind: [] for watch in watches}
    times: list[float] = []
    whole: list[tuple[Exposure, Exposure | None, float | None]] = []
    previous: Luma | None = None
    for frame in read_frames(clip):
        luma = np.ascontiguousarray(frame.luma)
        seen: _Look | None = None
        for watch in watches:
            # What comes first on the list is what the clip is about, once it is there for sure.
            settled = seen is not None or any(
                sum(look is not None for look in looks[other.kind]) >= _ENOUGH_FRAMES
                for other in watches[: watches.index(watch)]
            )
            look = None if settled else watch.look(luma, frame.t_s)
            looks[watch.kind].append(look)
            seen = seen or look
        times.append(frame.t_s)
        moved = None
        if seen is None and previous is not None:
            shift = translation(previous, luma)
            moved = None if shift is None else shift.length_px
        on_subject = exposure(luma, clip.full_range, seen.subject.box) if seen is not None else None
        whole.append((exposure(luma, clip.full_range), on_subject, moved))
        previous = luma
        advance(frame.t_s, clip.duration_s)
    kind = _settle(watches, looks)
    chosen = looks[kind] if kind is not None else [None] * len(times)
    read = [None if look is None else look.focus for look in chosen]
    focuses = settle_focus(read, float(clip.fps), rig.shutter_s, clip.height)
    return ClipMeasures(
        clip=clip,
        subject_kind=kind,
        looked_for="; ".join(watch.looked_for for watch in watches),
        frames=tuple(
            _frame_measures(t_s, look, focus, *rest)
            for t_s, look, focus, rest in zip(times, chosen, focuses, whole, strict=True)
        ),
    )


def _frame_measures(
    t_s: float,
    look: _Look | None,
    focus: Focus | None,
    in_frame: Exposure,
    on_subject: Exposure | None,
    moved: float | None,
) -> FrameMeasures:
    if look is None or focus is None:
        return FrameMeasures(t_s, None, Focus(reason="no subject in the frame"), None, None, in_frame, moved)
    return FrameMeasures(t_s, look.subject, focus, look.distance_m, look.framing, on_subject or in_frame, look.shift_px)


def _settle(watches: list[_Watch], looks: dict[str, list[_Look | None]]) -> str | None:
    for watch in watches:
        found = sum(look is not None for look in looks[watch.kind])
        frames = len(looks[watch.kind])
        if found and found >= min(_ENOUGH_FRAMES, frames) and found >= _ENOUGH_SHARE * frames:
            return watch.kind
    return None


def _watches(clip: Clip, choice: SubjectChoice, rig: RigOptics) -> list[_Watch]:
    if choice.kind == "box":
        if choice.box is None:
            raise ValueError("a box is needed")
        return [_BoxWatch(clip, choice.box, choice.fixed, rig)]
    watches: list[_Watch] = []
    if choice.kind in ("auto", "target"):
        watches.append(_TargetWatch(clip, rig))
    if choice.kind in ("auto", "face"):
        watches.append(_FaceWatch(clip, rig))
    return watches


class _TargetWatch:
    kind = "target"
    looked_for = "the target card's markers"

    def __init__(self, clip: Clip, rig: RigOptics) -> None:
        self._clip = clip
        self._rig = rig
        self._to_light = bt709_to_light(clip.full_range)
        self._card: TargetCard | None = None
        self._last: TargetFind | None = None
        self._focus = FocusReader(float(clip.fps), rig.shutter_s)

    def look(self, luma: Luma, t_s: float) -> _Look | None:
        last = self._last
        find = self._find(luma)
        self._last = find
        if find is None or self._card is None:
            return None
        card_m = self._distance_m(find, self._card)
        moved = None
        if last is not None:
            moved = float(np.hypot(find.centre_px[0] - last.centre_px[0], find.centre_px[1] - last.centre_px[1]))
        return _Look(
            subject=Subject("target", find.box, find.confidence),
            focus=self._focus.card(luma, find, self._card, self._to_light, t_s, card_m, self._lens()),
            framing=frame_subject(
                (find.centre_px[0] + _TO_CORNER_PX, find.centre_px[1] + _TO_CORNER_PX),
                float(find.outline_px[:, 1].min()) + _TO_CORNER_PX,
                find.height_px,
                (self._clip.width, self._clip.height),
                roll_deg=find.roll_deg,
                cut_off=find.cut_off,
            ),
            distance_m=card_m,
            shift_px=moved,
        )

    def _find(self, luma: Luma) -> TargetFind | None:
        for card in CARDS if self._card is None else (self._card,):
            find = find_target(luma, card, near=self._last, to_light=self._to_light)
            if find is not None:
                self._card = card
                return find
        return None

    def _lens(self) -> LensSetting | None:
        rig = self._rig
        if rig.focal_length_mm is None or rig.sensor_width_mm is None:
            return None
        return LensSetting(rig.focal_length_mm, rig.f_number, rig.sensor_width_mm / self._clip.width)

    def _distance_m(self, find: TargetFind, card: TargetCard) -> float | None:
        rig = self._rig
        if rig.focal_length_mm is None or rig.sensor_width_mm is None:
            return None
        return distance_m(find, card, rig.focal_length_mm, rig.sensor_width_mm / self._clip.width)


class _BoxedWatch:
    """What a face and a box given by hand share: edges inside the box tell focus, its movement the smear."""

    kind = ""

    def __init__(self, clip: Clip, rig: RigOptics) -> None:
        self._clip = clip
        self._rig = rig
        self._previous: Luma | None = None
        self._focus = FocusReader(float(clip.fps), rig.shutter_s)

    def _measure(self, luma: Luma, box: Box, confidence: float, t_s: float) -> _Look:
        shift = None if self._previous is None else translation(self._previous, luma, box)
        moved = None if shift is None else shift.length_px
        return _Look(
            subject=Subject(self.kind, box, confidence),
            focus=self._focus.subject(luma, box, shift, t_s),
            framing=frame_box(box, (self._clip.width, self._clip.height)),
            distance_m=None,
            shift_px=moved,
        )


class _FaceWatch(_BoxedWatch):
    kind = "face"
    looked_for = "faces by Haar cascade"

    def __init__(self, clip: Clip, rig: RigOptics) -> None:
        super().__init__(clip, rig)
        self._finder = FaceFinder()
        self._follower: Follower | None = None
        self._box: Box | None = None
        self._next_look_s = 0.0
        self._seen_s = -_FOLLOW_FACE_S

    def look(self, luma: Luma, t_s: float) -> _Look | None:
        box, confidence = self._find(luma, t_s)
        look = None if box is None else self._measure(luma, box, confidence, t_s)
        self._previous = luma
        return look

    def _find(self, luma: Luma, t_s: float) -> tuple[Box | None, float]:
        followed = None if self._follower is None else self._follower.step(luma)
        if t_s >= self._next_look_s:
            self._next_look_s = t_s + 1 / _FACE_LOOKS_PER_S
            found = lead(self._finder.find(luma), self._box)
            if found is not None:
                self._seen_s = t_s
                self._box = found.box
                self._follower = Follower(luma, found.box)
                return found.box, found.confidence
        if followed is None or t_s - self._seen_s > _FOLLOW_FACE_S:
            self._follower = None
            return None, 0.0
        self._box = followed.box
        return followed.box, followed.confidence


class _BoxWatch(_BoxedWatch):
    kind = "box"
    looked_for = "the box given"

    def __init__(self, clip: Clip, box: Box, fixed: bool, rig: RigOptics) -> None:
        super().__init__(clip, rig)
        self._box: Box | None = box
        self._fixed = fixed
        self._follower: Follower | None = None

    def look(self, luma: Luma, t_s: float) -> _Look | None:
        confidence = 1.0
        if not self._fixed:
            if self._previous is None and self._box is not None:
                self._follower = Follower(luma, self._box)
            elif self._follower is not None:
                followed = self._follower.step(luma)
                self._box = None if followed is None else followed.box
                confidence = 0.0 if followed is None else followed.confidence
                self._follower = None if followed is None else self._follower
        look = None if self._box is None else self._measure(luma, self._box, confidence, t_s)
        self._previous = luma
        return look
