"""Scores into advice: what cost the most frames, how much of it there was, when, and what to do about it.

Each rule looks at one measure of a frame against the keeper limits of `rigcoach.score`. Advice comes in the order of
the frames it is about, the most first.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rigcoach import score
from rigcoach.assess import ClipMeasures, FrameMeasures

# Fewer frames than this share of the clip are an accident, not something to practise.
_SMALLEST_SHARE = 0.05
# Lets rounding not lose a fault that points exactly to a corner.
_NEARLY = 0.999
# Runs closer together than this are told as one.
_JOIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to work on: a code for scripts, a sentence, and the seconds of the clip it is about."""

    code: str
    text: str
    seconds: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    applies: Callable[[FrameMeasures], bool]
    text: Callable[[list[FrameMeasures], float], str]


def advise(measures: ClipMeasures) -> tuple[Advice, ...]:
    """Return the advice for a clip, what concerns most of its frames first."""
    frames = measures.frames
    if not frames:
        return ()
    if measures.subject_kind is None:
        text = (
            f"No subject was found (looked for: {measures.looked_for}). Hold a target card in the scene, "
            "or point at the subject with --subject box:X,Y,W,H"
        )
        return (Advice("subject.none", text, ((frames[0].t_s, frames[-1].t_s),)),)
    told: list[tuple[int, Advice]] = []
    for rule in _rules(measures):
        hit = [rule.applies(frame) for frame in frames]
        count = sum(hit)
        if count >= max(1.0, _SMALLEST_SHARE * len(frames)):
            concerned = [frame for frame, yes in zip(frames, hit, strict=True) if yes]
            text = rule.text(concerned, count / len(frames))
            told.append((count, Advice(rule.code, text, _runs(frames, hit, 1 / float(measures.clip.fps)))))
    told.sort(key=lambda pair: -pair[0])
    return tuple(advice for _, advice in told)


def _rules(measures: ClipMeasures) -> tuple[_Rule, ...]:
    height = measures.clip.height
    px = height / 1080
    blur_limit = score.BLUR_HALF_PX * score.KEEPER_SHARE * px
    motion_limit = score.MOTION_HALF_PX * score.KEEPER_SHARE * px
    speed_limit = score.SPEED_HALF_WIDTHS_PER_S * score.KEEPER_SHARE
    per_s = float(measures.clip.fps) / measures.clip.width
    offset_limit = score.OFFSET_HALF * score.KEEPER_SHARE
    roll_limit = score.ROLL_FREE_DEG + score.ROLL_HALF_DEG * score.KEEPER_SHARE
    white_limit = score.CLIPPED_HIGH_HALF * score.KEEPER_SHARE
    black_limit = score.CLIPPED_LOW_HALF * score.KEEPER_SHARE
    low, high = score.MEAN_FREE
    mean_limit = score.MEAN_HALF * score.KEEPER_SHARE

    def offset_rule(code: str, axis: int, sign: int, says: str) -> _Rule:
        return _Rule(
            code,
            # Out of place by more than the limit, and this way for at least as much as any other.
            lambda f: (
                f.framing is not None
                and math.hypot(*f.framing.offset) > offset_limit
                and sign * f.framing.offset[axis] >= math.hypot(*f.framing.offset) / math.sqrt(2) * _NEARLY
            ),
            lambda fs, share: (
                f"The subject sits {_percent(_mean_offset(fs, axis))} of the frame too {says} "
                f"in {_percent(share)} of the frames"
            ),
        )

    return (
        _Rule(
            "subject.lost",
            lambda f: f.subject is None,
            lambda _fs, share: (
                f"The subject was not found in {_percent(share)} of the frames: out of the frame, "
                "or too blurred to be recognised"
            ),
        ),
        _Rule(
            "focus.soft",
            lambda f: f.focus.blur_px is not None and f.focus.blur_px > blur_limit,
            lambda fs, share: (
                f"Out of focus in {_percent(share)} of the frames: blur of {_blur(fs):.1f} px, "
                f"sharp enough is {blur_limit:.1f}. Check the distance on the ring against the subject's"
            ),
        ),
        _Rule(
            "steadiness.smear",
            lambda f: f.focus.motion_px is not None and f.focus.motion_px > motion_limit,
            lambda fs, share: (
                f"Smeared by {_motion(fs):.0f} px in {_percent(share)} of the frames. "
                "Elbows to the ribs, stop before the take, or a shorter shutter speed"
            ),
        ),
        _Rule(
            "steadiness.fast",
            lambda f: f.focus.motion_px is None and f.shift_px is not None and f.shift_px * per_s > speed_limit,
            lambda fs, share: (
                f"The subject crosses {_percent(_speed(fs) * per_s)} of the frame's width a second "
                f"in {_percent(share)} of the frames. Follow it with the whole body, or let it come to a stop"
            ),
        ),
        _Rule(
            "focus.unknown",
            lambda f: f.subject is not None and f.focus.blur_px is None,
            lambda fs, share: (
                f"Focus could not be measured in {_percent(share)} of the frames: "
                f"{fs[0].focus.reason or 'nothing to measure it on'}"
            ),
        ),
        offset_rule("framing.low", 1, 1, "low: tip the lens down"),
        offset_rule("framing.high", 1, -1, "high: tip the lens up"),
        offset_rule("framing.right", 0, 1, "far right: turn to the right"),
        offset_rule("framing.left", 0, -1, "far left: turn to the left"),
        _Rule(
            "framing.roll-clockwise",
            lambda f: (f.framing.roll_deg or 0.0) > roll_limit if f.framing is not None else False,
            lambda fs, share: (
                f"The picture is turned {_roll(fs):.0f}° clockwise in {_percent(share)} of the frames: "
                "lower the camera's right side"
            ),
        ),
        _Rule(
            "framing.roll-counterclockwise",
            lambda f: (f.framing.roll_deg or 0.0) < -roll_limit if f.framing is not None else False,
            lambda fs, share: (
                f"The picture is turned {-_roll(fs):.0f}° counter-clockwise in {_percent(share)} of the "
                "frames: lower the camera's left side"
            ),
        ),
        _Rule(
            "framing.cut-off",
            lambda f: f.framing is not None and bool(f.framing.cut_off),
            lambda fs, share: (
                f"Cut off at the {_sides(fs)} in {_percent(share)} of the frames: "
                "step back, or aim closer to the subject's middle"
            ),
        ),
        _Rule(
            "exposure.dark",
            lambda f: f.exposure.mean < low - mean_limit or f.exposure.clipped_low > black_limit,
            lambda _fs, share: f"Too dark in {_percent(share)} of the frames: open the aperture or raise the ISO",
        ),
        _Rule(
            "exposure.bright",
            lambda f: f.exposure.mean > high + mean_limit or f.exposure.clipped_high > white_limit,
            lambda _fs, share: f"Too bright in {_percent(share)} of the frames: close the aperture or lower the ISO",
        ),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _mean_offset(frames: list[FrameMeasures], axis: int) -> float:
    return abs(fmean(frame.framing.offset[axis] for frame in frames if frame.framing is not None))


def _blur(frames: list[FrameMeasures]) -> float:
    return fmean(frame.focus.blur_px for frame in frames if frame.focus.blur_px is not None)


def _motion(frames: list[FrameMeasures]) -> float:
    return fmean(frame.focus.motion_px for frame in frames if frame.focus.motion_px is not None)


def _speed(frames: list[FrameMeasures]) -> float:
    return fmean(frame.shift_px for frame in frames if frame.shift_px is not None)


def _roll(frames: list[FrameMeasures]) -> float:
    return fmean(f.framing.roll_deg for f in frames if f.framing is not None and f.framing.roll_deg is not None)


def _sides(frames: list[FrameMeasures]) -> str:
    sides = {side for frame in frames if frame.framing is not None for side in frame.framing.cut_off}
    return " and ".join(side for side in ("left", "top", "right", "bottom") if side in sides)


def _runs(frames: Sequence[FrameMeasures], hit: list[bool], frame_s: float) -> tuple[tuple[float, float], ...]:
    """Return the stretches of time that the frames marked in `hit` cover, small gaps closed."""
    runs: list[tuple[float, float]] = []
    for frame, yes in zip(frames, hit, strict=True):
        if not yes:
            continue
        if runs and frame.t_s - runs[-1][1] <= _JOIN_S:
            runs[-1] = (runs[-1][0], frame.t_s + frame_s)
        else:
            runs.append((frame.t_s, frame.t_s + frame_s))
    return tuple(runs)
