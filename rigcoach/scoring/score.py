"""Scores and keepers out of measures, by the rules that docs/scoring.md publishes.

Every score has the same shape. A fault of size x scores ``100 * 2 ** -(x / half) ** 2``: no fault is 100, a fault of
`half` is 50, and every further step costs more than the last until little is left to lose. Faults that act together
add up in the exponent. Faults measured in pixels are those of a frame 1080 pixels high; other heights are scaled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from rigcoach.analysis.focus import SHARP_BLUR_PX, SHARP_MOTION_PX, Focus
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.measure.blur.blur_kind import UNCLEAR
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.framing import IN_THE_MIDDLE, Framing, WantedFrame
from rigcoach.optics.shots import SHOTS

# Faults that halve a score, and the free bands before a fault counts. A circle of confusion of 0.030 mm on a sensor
# 36 mm wide is a radius of 0.8 px in a frame 1920 pixels wide: four times that halves the score, twice that is a
# keeper's limit (`rigcoach.analysis.focus.SHARP_BLUR_PX`).
BLUR_HALF_PX = 2 * SHARP_BLUR_PX
OFFSET_HALF = 0.15
ROLL_FREE_DEG = IN_THE_MIDDLE.roll_free_deg
ROLL_HALF_DEG = 6.0
CUT_OFF_HALF_SIDES = 1.0
HEADROOM_HALF = 0.10
LEAD_ROOM_HALF = 0.15
SHOT_HALF_STEPS = 2.0
_PEOPLE = ("face", "person")
MOTION_HALF_PX = 2 * SHARP_MOTION_PX
SPEED_HALF_WIDTHS_PER_S = 0.35
MEAN_FREE = (0.25, 0.65)
MEAN_HALF = 0.15
CLIPPED_HIGH_HALF = 0.10
CLIPPED_LOW_HALF = 0.25

# A keeper stays within half of each half-score fault (it then scores 84 or more), and is not cut off.
KEEPER_SHARE = 0.5

WEIGHTS = {"focus": 0.35, "framing": 0.35, "steadiness": 0.20, "exposure": 0.10}


@dataclass(frozen=True, slots=True)
class FrameScore:
    """Scores of one frame from 0 to 100, `None` where a measure is missing, and whether it is a keeper."""

    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    keeper: bool


@dataclass(frozen=True, slots=True)
class ClipScore:
    """A clip's scores.

    Attributes
    ----------
    focus, framing, steadiness, exposure
        Means over the frames in which each could be measured; `None` where none could.
    overall
        Their geometric mean with `WEIGHTS`; `None` where focus or framing is missing.
    keeper_ratio
        Keepers over scored frames.
    longest_keeper_s
        Start and end of the longest unbroken run of keepers, in seconds; `None` without a keeper.
    reasons
        Why a score is missing, by the score's name.
    computed_from
        What each score was computed from, by the score's name.
    frames
        The scores frame by frame, in the order of the measures.
    """

    overall: float | None
    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    keeper_ratio: float
    longest_keeper_s: tuple[float, float] | None
    reasons: dict[str, str]
    computed_from: dict[str, str]
    frames: tuple[FrameScore, ...]


def halving(*faults: float) -> float:
    """Return the score of faults, each given as a multiple of the fault that halves a score.

    >>> halving(0.0), halving(1.0), round(halving(0.5), 1), halving(1.0, 1.0)
    (100.0, 50.0, 84.1, 25.0)
    """
    return float(100.0 * 2.0 ** -sum(fault**2 for fault in faults))


def score_frame(
    frame: FrameMeasurement, frame_size: tuple[int, int], fps: float, wanted: WantedFrame = IN_THE_MIDDLE
) -> FrameScore:
    """Score one frame, its offset being from the wanted place."""
    blur = focus_faults(frame.focus, frame_size[1])
    person = frame.subject is not None and frame.subject.kind in _PEOPLE
    framing = None if frame.framing is None else framing_faults(frame.framing, wanted, person=person)
    motion = steadiness_faults(frame, frame_size, fps)
    exposure = exposure_faults(frame.exposure)
    parts = (blur, framing, motion, exposure)
    focus_score, framing_score, steadiness_score, exposure_score = (
        None if faults is None else halving(*faults) for faults in parts
    )
    return FrameScore(
        focus=focus_score,
        framing=framing_score,
        steadiness=steadiness_score,
        exposure=exposure_score,
        keeper=blur is not None
        and framing is not None
        and all(fault <= KEEPER_SHARE for faults in parts if faults is not None for fault in faults),
    )


def focus_faults(focus: Focus, frame_height_px: int) -> list[float] | None:
    """Return the fault of a frame's focus; `None` where it isn't known, as under a smear that leaves it unclear."""
    if focus.blur_px is None or hidden_by_motion_blur(focus, frame_height_px):
        return None
    return [focus.blur_px * 1080 / frame_height_px / BLUR_HALF_PX]


def hidden_by_motion_blur(focus: Focus, frame_height_px: int) -> bool:
    """Return whether a smear beyond a keeper's limit leaves unclear whether focus was off too."""
    smear_px = 0.0 if focus.motion_blur_px is None else focus.motion_blur_px * 1080 / frame_height_px
    return focus.kind == UNCLEAR and smear_px > MOTION_HALF_PX * KEEPER_SHARE


def framing_faults(framing: Framing, wanted: WantedFrame = IN_THE_MIDDLE, *, person: bool = True) -> list[float]:
    """Return the faults of a framing, each as a multiple of what halves a score.

    They are place, roll, sides cut off, headroom, shot and lead room. Headroom is a `person`'s: above a card it says
    nothing.
    """
    roll_deg = 0.0 if framing.roll_deg is None else max(0.0, abs(framing.roll_deg) - wanted.roll_free_deg)
    x, y = framing.offset
    return [
        (x**2 + y**2) ** 0.5 / OFFSET_HALF,
        roll_deg / ROLL_HALF_DEG,
        len(framing.cut_off) / CUT_OFF_HALF_SIDES,
        _beyond(framing.headroom, wanted.headroom if person else None) / HEADROOM_HALF,
        _steps_off(framing, wanted) / SHOT_HALF_STEPS,
        _beyond(framing.lead_room, wanted.lead_room) / LEAD_ROOM_HALF,
    ]


def _beyond(room: float | None, band: tuple[float, float] | None) -> float:
    """Return how far a room is beyond the band that is wanted; 0 where there is none of either."""
    return 0.0 if room is None or band is None else max(0.0, band[0] - room, room - band[1])


def _steps_off(framing: Framing, wanted: WantedFrame) -> int:
    """Return how many scales a shot is off the wanted one; 0 where it can't be told, or any will do."""
    if framing.shot is None or not wanted.shot:
        return 0
    return abs(SHOTS.index(framing.shot.scale) - SHOTS.index(wanted.shot))


def steadiness_faults(frame: FrameMeasurement, frame_size: tuple[int, int], fps: float) -> list[float] | None:
    """Return the fault of a frame's motion: its smear where that is known, else how fast the picture moves."""
    width, height = frame_size
    if frame.focus.motion_blur_px is not None:
        return [frame.focus.motion_blur_px * 1080 / height / MOTION_HALF_PX]
    if frame.shift_px is not None:
        return [frame.shift_px * fps / width / SPEED_HALF_WIDTHS_PER_S]
    return None


def exposure_faults(exposure: Exposure) -> list[float]:
    """Return the faults of an exposure: too dark or bright, highlights clipped, shadows clipped."""
    low, high = MEAN_FREE
    off = max(0.0, low - exposure.mean, exposure.mean - high)
    return [
        off / MEAN_HALF,
        exposure.clipped_high / CLIPPED_HIGH_HALF,
        exposure.clipped_low / CLIPPED_LOW_HALF,
    ]


def score_clip(measures: ClipMeasurements) -> ClipScore:
    """Score a clip from the measures of its frames."""
    clip = measures.clip
    frames = tuple(
        score_frame(frame, (clip.width, clip.height), float(clip.fps), measures.wanted) for frame in measures.frames
    )
    focus = _mean(frame.focus for frame in frames)
    framing = _mean(frame.framing for frame in frames)
    steadiness = _mean(frame.steadiness for frame in frames)
    exposure = _mean(frame.exposure for frame in frames)
    parts = {"focus": focus, "framing": framing, "steadiness": steadiness, "exposure": exposure}
    return ClipScore(
        overall=overall(parts),
        **parts,
        keeper_ratio=sum(frame.keeper for frame in frames) / len(frames) if frames else 0.0,
        longest_keeper_s=_longest_run(measures, [frame.keeper for frame in frames]),
        reasons=_reasons(measures, parts),
        computed_from=_computed_from(measures, parts),
        frames=frames,
    )


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return fmean(known) if known else None


def overall(parts: dict[str, float | None]) -> float | None:
    """Return the weighted geometric mean of the scores that are known; `None` without focus or framing.

    >>> overall({"focus": 100.0, "framing": 25.0, "steadiness": None, "exposure": None})
    50.0
    """
    if parts["focus"] is None or parts["framing"] is None:
        return None
    known = {name: score for name, score in parts.items() if score is not None}
    weight = sum(WEIGHTS[name] for name in known)
    product = 1.0
    for name, score in known.items():
        product *= (score / 100) ** (WEIGHTS[name] / weight)
    return 100 * product


def _longest_run(measures: ClipMeasurements, keepers: list[bool]) -> tuple[float, float] | None:
    frame_s = 1 / float(measures.clip.fps)
    best: tuple[float, float] | None = None
    start: float | None = None
    for frame, keeper in zip(measures.frames, keepers, strict=True):
        if not keeper:
            start = None
            continue
        start = frame.t_s if start is None else start
        if best is None or frame.t_s + frame_s - start > best[1] - best[0]:
            best = (start, frame.t_s + frame_s)
    return best


def _reasons(measures: ClipMeasurements, parts: dict[str, float | None]) -> dict[str, str]:
    reasons = {}
    if measures.subject_kind is None:
        reasons = dict.fromkeys(("focus", "framing", "overall"), f"no subject was found ({measures.looked_for})")
    elif parts["focus"] is None:
        why = next((frame.focus.reason for frame in measures.frames if frame.focus.reason), "nothing to measure")
        reasons = {"focus": why, "overall": f"focus could not be measured: {why}"}
    if parts["steadiness"] is None:
        reasons["steadiness"] = "the picture shows nothing whose motion could be followed"
    return reasons


def _computed_from(measures: ClipMeasurements, parts: dict[str, float | None]) -> dict[str, str]:
    on = {"target": "the target card", "face": "the face", "person": "the person", "box": "the box given"}.get(
        measures.subject_kind or "", ""
    )
    edges = "straight edges of the card" if measures.subject_kind == "target" else f"edges inside {on}"
    by_motion_blur = any(frame.focus.motion_blur_px is not None for frame in measures.frames)
    sources = {
        "focus": f"blur of the {edges}" if parts["focus"] is not None else None,
        "framing": f"place of {on}, wanted {_told(measures.wanted.place)}" if parts["framing"] is not None else None,
        "steadiness": "smear during the exposure" if by_motion_blur else "speed of the picture from frame to frame",
        "exposure": f"brightness of {on}" if measures.subject_kind else "brightness of the whole frame",
    }
    return {name: text for name, text in sources.items() if text and parts[name] is not None}


def _told(place: tuple[float, float]) -> str:
    """Return where the subject is wanted, in words."""
    if place == (0.5, 0.5):
        return "in the middle of the frame"
    return f"{100 * place[0]:.0f} % from the frame's left and {100 * place[1]:.0f} % from its top"
