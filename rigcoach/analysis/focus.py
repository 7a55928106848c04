"""Focus and motion blur of a clip's subject, frame by frame: by the picture, and by movement and shutter speed.

Frames are read in order; what only later frames can tell (how a hand's shake went on) is filled in by `complete_focus`.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from rigcoach.analysis.shutter_times import ShutterTimes
from rigcoach.measure.arrays import Interval, Luma
from rigcoach.measure.blur.blur_kind import BOTH, MOVED, Estimate
from rigcoach.measure.blur.natural_blur import KnownMotionBlur, natural_blur, together
from rigcoach.measure.card.focus_wedge import FocusPlace, LensSetting, focus_place, read_wedge
from rigcoach.measure.card.picture_style import PLAIN, PictureStyle
from rigcoach.measure.card.target import CardDetection
from rigcoach.measure.motion.shift import Shift
from rigcoach.measure.picture.box import Box, inside
from rigcoach.target_card import TargetCard

# Slower than this, in pixels a frame, a subject is still whatever the shutter speed.
_STILL_PX = 0.7
_DEVIATIONS = 2 * 1.645
# How much less surely blur is told where a frame was drawn anew from one of its fields.
_FIELD_PX = 0.2
# The wedge is read, and the background looked at, this often.
_PLACES_PER_S = 5.0
BACKGROUNDS_PER_S = 0.5
NOT_READ = "focus was not read in this frame"
_LEAST_BACKGROUND_PX = 96
# A card's picture style is read so often at most: again on a card that is sharper by so much.
_MOST_STYLES, _SHARPER = 4, 0.6


@dataclass(frozen=True, slots=True)
class Focus:
    """Blur on the subject in full-resolution pixels: the disc's radius, and the smear's length and direction.

    What could not be measured is `None`; `reason` says why there is no `blur_px`. The interval holds the true radius in
    nine of ten cases. `kind` is "sharp", "defocused", "moved", "both" or "unclear", and `confidence` how likely it is.
    `place` says where the lens was focused, where a card's wedge tells it; `background_blur_px` is the blur of what
    surrounds the subject, looked at now and then. `motion_blur_px` is the better of two ways to know the smear, which
    stand beside it: `motion_moved_px` from the movement through the frames around and the shutter speed,
    `motion_pictured_px` from what the picture shows.
    """

    blur_px: float | None = None
    motion_blur_px: float | None = None
    direction_deg: float | None = None
    reason: str | None = None
    blur_px_interval: Interval | None = None
    kind: str | None = None
    confidence: float | None = None
    place: FocusPlace | None = None
    background_blur_px: float | None = None
    motion_moved_px: float | None = None
    motion_pictured_px: float | None = None

    @property
    def smear_px(self) -> float | None:
        """The smear that counts: `motion_blur_px`, else what the picture shows where it is told as one that moved."""
        if self.motion_blur_px is None and self.kind in (MOVED, BOTH):
            return self.motion_pictured_px
        return self.motion_blur_px


@dataclass(frozen=True, slots=True)
class FocusObservation:
    """One frame as it was read: its focus so far, and how the subject moved since the last frame.

    `pictured` is the smear that the picture shows, and `blur_alone` the radius of defocus without knowing of movement.
    """

    focus: Focus
    step_px: tuple[float, float] | None = None
    pictured: Estimate | None = None
    on_card: bool = False
    blur_alone: Estimate | None = None

    @property
    def stands_still(self) -> bool:
        """Whether a natural subject stayed where it was in the frame before."""
        return not self.on_card and self.step_px is not None and math.hypot(*self.step_px) <= _STILL_PX


@dataclass(slots=True)
class FocusReader:
    """Reads the focus of a clip's frames, which come in order."""

    fps: float
    shutter_s: float | None
    shutter_times: ShutterTimes | None = None
    _next_place_s: float = field(default=0.0, init=False)
    _style: PictureStyle = field(default=PLAIN, init=False)
    _style_blur_px: float = field(default=math.inf, init=False)
    _styles_left: int = field(default=_MOST_STYLES, init=False)

    def subject(
        self,
        luma: Luma,
        box: Box,
        shift: Shift | None,
        t_s: float,
        *,
        with_blur: bool = True,
        with_background: bool = False,
        larger: Box | None = None,
    ) -> FocusObservation:
        """Return the focus of a natural subject in its box, which moved by `shift` since the last frame.

        It depends on nothing that was read before. Without its blur only the movement is told. `larger` is what else is
        as far away, where the box is small.
        """
        step = None if shift is None else (shift.dx_px, shift.dy_px)
        if not with_blur:
            return FocusObservation(Focus(reason=NOT_READ), step)
        blur = natural_blur(luma, box, self._known(step, t_s))
        if larger is not None:
            blur = together(blur, natural_blur(luma, larger, self._known(step, t_s)))
        focus = Focus(blur.blur_px, reason=blur.reason, blur_px_interval=blur.blur_px_interval)
        if blur.blur_px is not None and with_background:
            focus = replace(focus, background_blur_px=background_blur_px(luma, box, self._known(None, t_s)))
        pictured = None
        if blur.motion_blur_px is not None and blur.motion_blur_px_interval is not None:
            pictured = Estimate(blur.motion_blur_px, blur.motion_blur_px_interval)
        return FocusObservation(focus, step, pictured, blur_alone=blur.blur_alone)

    def card(
        self,
        luma: Luma,
        find: CardDetection,
        card: TargetCard,
        t_s: float,
        distance_m: float | None,
        lens: LensSetting | None,
    ) -> FocusObservation:
        """Return the focus of a target card at a distance, and where the lens was focused if the lens is known."""
        from rigcoach.measure.card.edge_spread import measure_edges, read_style  # compiled: loaded for cards only

        spread = measure_edges(luma, find, card, style=self._style)
        if self._styles_left and spread.blur_px is not None and spread.blur_px < _SHARPER * self._style_blur_px:
            # The picture style stays, and a sharp card tells it best.
            self._styles_left -= 1
            self._style, self._style_blur_px = read_style(luma, find, card), spread.blur_px
            spread = measure_edges(luma, find, card, style=self._style)
        focus = Focus(
            spread.blur_px,
            spread.motion_blur_px,
            spread.direction_deg,
            spread.reason,
            blur_px_interval=spread.blur_px_interval,
        )
        pictured = None
        if spread.motion_blur_px is not None and spread.motion_blur_px_interval is not None:
            pictured = Estimate(spread.motion_blur_px, spread.motion_blur_px_interval)
        if distance_m is not None and lens is not None and focus.blur_px is not None and t_s >= self._next_place_s:
            self._next_place_s = t_s + 1 / _PLACES_PER_S
            focus = replace(focus, place=_place(luma, find, card, self._style, distance_m, lens, focus))
        return FocusObservation(focus, None, pictured, on_card=True)

    def _known(self, step: tuple[float, float] | None, t_s: float) -> KnownMotionBlur | None:
        """Return the smear as far as one step and the shutter speed tell it."""
        if step is None:
            return None
        length = float(np.hypot(*step))
        direction = float(np.degrees(np.arctan2(step[1], step[0])) % 180.0)
        shutter_s = self.shutter_s if self.shutter_times is None else self.shutter_times.at(t_s)
        if shutter_s is not None:
            return KnownMotionBlur(length * min(self.fps * shutter_s, 1.0), direction)
        return KnownMotionBlur(length / 2, direction) if length <= _STILL_PX else None


def of_one_field(focus: Focus | None) -> Focus | None:
    """Return the focus of a frame of which one field was measured: with an interval wide enough for half the lines."""
    if focus is None or focus.blur_px_interval is None:
        return focus
    low, high = focus.blur_px_interval
    return replace(focus, blur_px_interval=(max(low - _FIELD_PX, 0.0), high + _FIELD_PX))


def background_blur_px(luma: Luma, box: Box, known: KnownMotionBlur | None = None) -> float | None:
    """Return the blur of the sharpest of four regions around a subject's box; `None` where none can be measured."""
    region = inside(box, luma.shape)
    if region is None:
        return None
    left, top, right, bottom = region
    height, width = luma.shape
    side = max(right - left, bottom - top, 2 * _LEAST_BACKGROUND_PX)
    around: tuple[Box, ...] = (
        (max(left - side, 0), top, min(side, left), bottom - top),
        (right, top, min(side, width - right), bottom - top),
        (left, max(top - side, 0), right - left, min(side, top)),
        (left, bottom, right - left, min(side, height - bottom)),
    )
    blurs = [natural_blur(luma, each, known) for each in around if min(each[2:]) >= _LEAST_BACKGROUND_PX]
    return min((blur.blur_px for blur in blurs if blur.blur_px is not None), default=None)


def _place(
    luma: Luma,
    find: CardDetection,
    card: TargetCard,
    style: PictureStyle,
    distance_m: float,
    lens: LensSetting,
    focus: Focus,
) -> FocusPlace | None:
    """Return where the lens was focused, by the card's wedge."""
    if focus.blur_px is None or focus.blur_px_interval is None:
        return None
    low, high = focus.blur_px_interval
    reading = read_wedge(style.undone(luma, find), find, card, distance_m, lens, style.to_light)
    return focus_place(reading, distance_m, focus.blur_px, (high - low) / _DEVIATIONS, lens)
