"""Measures of one frame into a cue that can be followed without looking: where to turn, how far off, how sharp.

The ticks are those of a car's parking sensor: they come faster the nearer the framing is to the wanted one, and run
together into a quiet steady tone once it is there. They come from the side to turn to, rise or fall for up and down,
and their pitch is higher the sharper the subject is. Times come in with the frames; there is no clock here.
"""

import math
from dataclasses import dataclass, replace

from rigcoach.analysis.results import FrameMeasurement
from rigcoach.measure.picture.framing import Framing
from rigcoach.scoring import limits
from rigcoach.scoring.frame_faults import focus_faults

LOST, SOFT, STEADY, GOOD = "lost", "soft", "steady", "good"

_FASTEST_TICK_S, _SLOWEST_TICK_S = 0.10, 0.80
_FARTHEST = 6.0  # limits off the wanted framing, from where ticks come no slower
_FULL_PAN = 0.25  # of the frame's width; there a tick comes from one side alone
_FULL_GLIDE = 0.25  # of the frame's height
_HIGHEST_HZ, _OCTAVES, _SOFTEST = 880.0, 2.0, 4.0  # pitch falls so far until the blur is so many limits
_THERE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CueTarget:
    """The framing that is wanted, and how far off it may be before something is said.

    Attributes
    ----------
    place
        Of the subject's centre, in fractions of the frame's width and height.
    offset_limit
        How far from it still counts as there, in the same fractions.
    roll_limit_deg
        How far off level still counts as level.
    blur_limit_px
        Radius of blur up to which the subject counts as sharp, in pixels of a frame 1080 pixels high.
    distance_m
        The nearest and the farthest that the subject should be; None where any distance will do or none is known.
    """

    place: tuple[float, float] = (0.5, 0.5)
    offset_limit: float = 0.05
    roll_limit_deg: float = limits.ROLL.keeper
    blur_limit_px: float = limits.BLUR.keeper
    distance_m: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """What is to be heard of one frame.

    Attributes
    ----------
    t_s
        The frame's time.
    turn
        Where to turn the camera, right and down positive: the subject's place from the wanted one, in fractions of the
        frame's width and height. None without a subject, as are the next three.
    off
        How far the framing is from the wanted one, in limits: up to 1 it is there.
    roll_deg
        How far the picture appears turned clockwise; None where that isn't known.
    blur_px
        The subject's blur in pixels of a frame 1080 pixels high; None where it isn't known.
    tick_s
        From one tick to the next; 0 for a steady tone, None for silence.
    pan
        Where the tick comes from, -1 (left) to 1 (right).
    glide
        How it falls (below 0) or rises (above 0) for down and up, -1 to 1.
    pitch_hz
        Its pitch; None for a knock without one, where the blur isn't known.
    word
        The word that would help most; None where nothing is to be said.
    """

    t_s: float
    turn: tuple[float, float] | None = None
    off: float | None = None
    roll_deg: float | None = None
    blur_px: float | None = None
    tick_s: float | None = None
    pan: float = 0.0
    glide: float = 0.0
    pitch_hz: float | None = None
    word: str | None = None


def cue(frame: FrameMeasurement, wanted: CueTarget, frame_height_px: int) -> Cue:
    """Return the cue of a frame that was measured; its offset is from the middle of the frame."""
    if frame.framing is None:
        return Cue(frame.t_s, word=LOST)
    x, y = _turn(frame.framing, wanted)
    blur_px = blur_1080_px(frame, frame_height_px)
    helpful = _framing_words(frame, (x, y), wanted)
    off = math.hypot(*(amount for amount, _ in helpful))
    there = all(amount <= _THERE for amount, _ in helpful)
    return Cue(
        t_s=frame.t_s,
        turn=(x, y),
        off=off,
        roll_deg=frame.framing.roll_deg,
        blur_px=blur_px,
        tick_s=0.0 if there else tick_s(off),
        pan=_clamped(x / _FULL_PAN),
        glide=_clamped(-y / _FULL_GLIDE),
        pitch_hz=None if blur_px is None else pitch_hz(blur_px / wanted.blur_limit_px),
        word=_most_helpful(frame, blur_px, helpful, wanted, frame_height_px),
    )


def blur_1080_px(frame: FrameMeasurement, frame_height_px: int) -> float | None:
    """Return a frame's blur in pixels of a frame 1080 pixels high; None where it isn't known, or hidden by a smear."""
    if focus_faults(frame.focus, frame_height_px / 1080) is None or frame.focus.blur_px is None:
        return None
    return frame.focus.blur_px * 1080 / frame_height_px


def tick_s(off: float) -> float:
    """Return the time between ticks for a framing so many limits off: every limit nearer makes as much of a difference.

    >>> tick_s(1.0), tick_s(6.0), tick_s(20.0)
    (0.1, 0.8, 0.8)
    """
    share = min(max((off - 1.0) / (_FARTHEST - 1.0), 0.0), 1.0)
    return round(_FASTEST_TICK_S * math.pow(_SLOWEST_TICK_S / _FASTEST_TICK_S, share), 6)


def pitch_hz(blur: float) -> float:
    """Return the pitch for a blur of so many limits: an octave for every two limits, and no lower than two octaves.

    >>> pitch_hz(0.0), pitch_hz(2.0), pitch_hz(9.0)
    (880.0, 440.0, 220.0)
    """
    return _HIGHEST_HZ * math.exp2(-_OCTAVES * min(blur / _SOFTEST, 1.0))


def _turn(framing: Framing, wanted: CueTarget) -> tuple[float, float]:
    x, y = framing.offset
    return x - (wanted.place[0] - 0.5), y - (wanted.place[1] - 0.5)


def _framing_words(
    frame: FrameMeasurement, turn: tuple[float, float], wanted: CueTarget
) -> tuple[tuple[float, str], ...]:
    """Return what is wrong with a framing: how many limits each fault is, and the word that mends it."""
    x, y = turn
    helpful = [
        (abs(x) / wanted.offset_limit, "left" if x < 0 else "right"),
        (abs(y) / wanted.offset_limit, "up" if y < 0 else "down"),
    ]
    roll_deg = None if frame.framing is None else frame.framing.sure_roll_deg
    if roll_deg is not None:
        # What appears turned clockwise is seen by a camera turned the other way.
        helpful.append((abs(roll_deg) / wanted.roll_limit_deg, "tilt right" if roll_deg > 0 else "tilt left"))
    if frame.distance_m is not None and wanted.distance_m is not None:
        nearest_m, farthest_m = wanted.distance_m
        middle_m, half_m = (nearest_m + farthest_m) / 2, (farthest_m - nearest_m) / 2
        away_m = frame.distance_m - middle_m
        helpful.append((abs(away_m) / half_m, "closer" if away_m > 0 else "back"))
    return tuple(helpful)


def _most_helpful(
    frame: FrameMeasurement,
    blur_px: float | None,
    helpful: tuple[tuple[float, str], ...],
    wanted: CueTarget,
    frame_height_px: int,
) -> str | None:
    amount, word = max(helpful)
    if amount > _THERE:
        return word
    smear_px = frame.focus.smear_px
    if smear_px is not None and smear_px * 1080 / frame_height_px > limits.MOTION_BLUR.keeper:
        return STEADY
    return SOFT if blur_px is not None and blur_px > wanted.blur_limit_px else None


def _clamped(value: float) -> float:
    return min(max(value, -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """When a word is said, so that it helps and doesn't nag.

    Attributes
    ----------
    lasting_s
        A fault has to last so long before its word is said, and a framing before it is called good.
    lost_s
        The same for a subject that isn't found: it takes a moment to find one.
    apart_s
        From one word to the next, at least.
    again_s
        Before the same word is said once more, while its fault lasts; each time half as long again.
    """

    lasting_s: float = 0.4
    lost_s: float = 1.0
    apart_s: float = 1.4
    again_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and what is waiting to be: the memory from one frame to the next."""

    due: str | None = None
    since_s: float = -math.inf
    word: str | None = None
    at_s: float = -math.inf
    times: int = 0


NOTHING_SAID = Said()


def next_word(now: Cue, said: Said, patience: Patience = Patience()) -> tuple[str | None, Said]:
    """Return the word to say with a cue, if any, and what to remember for the next.

    >>> first, said = next_word(Cue(0.0, word="left"), NOTHING_SAID)
    >>> next_word(Cue(0.5, word="left"), said)[0], first
    ('left', None)
    """
    if now.word != said.due:
        said = replace(said, due=now.word, since_s=now.t_s)
    lasting_s = patience.lost_s if now.word == LOST else patience.lasting_s
    if now.t_s - said.since_s < lasting_s or now.t_s - said.at_s < patience.apart_s:
        return None, said
    # Good is said once, and only where something was wrong before.
    due = now.word or (GOOD if said.word not in (None, GOOD) else None)
    if due is None:
        return None, said
    times = said.times + 1 if due == said.word else 1
    if due == said.word and now.t_s - said.at_s < patience.again_s * 1.5 ** (times - 2):
        return None, said
    return due, replace(said, word=due, at_s=now.t_s, times=times)
