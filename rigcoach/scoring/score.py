"""Scores and keepers out of measures, by the limits of `rigcoach.scoring.limits`; docs/scoring.md publishes them.

Faults that act together add up in the exponent. Faults measured in pixels are those of a 1080p frame; larger frames
are scaled (`rigcoach.optics.permissible_blur`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, fmean

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.percent import percent
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.picture.framing import ANYWHERE, WantedFrame
from rigcoach.optics.permissible_blur import limit_scale
from rigcoach.scoring import limits
from rigcoach.scoring.frame_faults import exposure_faults, focus_faults, framing_faults, motion_faults, speed_fault
from rigcoach.scoring.limits import KEEPER_SHARE, halving

WEIGHTS = {"focus": 0.35, "framing": 0.35, "steadiness": 0.20, "exposure": 0.10}


@dataclass(frozen=True, slots=True)
class FrameScore:
    """Scores of one frame from 0 to 100, `None` where a measure is missing, and whether it is a keeper.

    `spoilt` is whether a measured fault keeps it from being one: a frame of which too little is known is neither.
    """

    focus: float | None
    framing: float | None
    steadiness: float | None
    exposure: float | None
    keeper: bool
    spoilt: bool = False

    @property
    def measured(self) -> bool:
        """Whether enough is known to say that it is a keeper, or none: its focus and its framing."""
        return self.focus is not None and self.framing is not None

    @property
    def overall(self) -> float | None:
        """The four as one; `None` without focus or framing."""
        return overall({part: getattr(self, part) for part in WEIGHTS})


@dataclass(frozen=True, slots=True)
class ClipScore:
    """A clip's scores.

    Attributes
    ----------
    focus, framing, steadiness, exposure
        Means over the frames in which each could be measured; `None` where none could.
    overall
        Their geometric mean with `WEIGHTS`, held down where few frames are keepers; `None` where focus or framing is
        missing, or too few frames were measured to speak for the clip.
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
    mean
        The geometric mean before it was held down; `None` as for `overall`.
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
    frames: Sequence[FrameScore]
    mean: float | None = None

    @property
    def rejected(self) -> bool:
        """Whether no frame is a keeper, and half of them or more are none for a fault that was measured."""
        return not self.keeper_ratio and 2 * sum(each.spoilt for each in self.frames) >= len(self.frames) > 0

    @property
    def measured_ratio(self) -> float:
        """Share of the frames in which both focus and framing could be measured."""
        return sum(each.measured for each in self.frames) / max(len(self.frames), 1)


def score_frame(
    frame: FrameMeasurement, frame_size: tuple[int, int], fps: float, wanted: WantedFrame = ANYWHERE
) -> FrameScore:
    """Score one frame, its offset being from the wanted place."""
    scale = limit_scale(*frame_size)
    blur = focus_faults(frame.focus, scale, wanted)
    framing = None if frame.framing is None else framing_faults(frame, wanted)
    motion = motion_faults(frame, scale)
    speed = speed_fault(frame, frame_size, fps)
    exposure = exposure_faults(frame)
    # How fast something moves tells no smear: it scores, and spoils no keeper.
    spoiling = [fault for faults in (blur, framing, motion, exposure) for fault in faults or ()]
    spoilt = any(fault > KEEPER_SHARE for fault in spoiling)
    steadiness = motion if motion is not None else None if speed is None else [speed]
    return FrameScore(
        focus=None if blur is None else halving(*blur),
        framing=None if framing is None else halving(*framing),
        steadiness=None if steadiness is None else halving(*steadiness),
        exposure=halving(*exposure),
        keeper=blur is not None and framing is not None and not spoilt,
        spoilt=spoilt,
    )


def score_clip(measures: ClipMeasurements) -> ClipScore:
    """Score a clip from the measures of its frames."""
    clip = measures.clip
    frames = stored(
        score_frame(frame, (clip.width, clip.height), float(clip.fps), measures.wanted) for frame in measures.frames
    )
    parts = {part: _mean(getattr(frame, part) for frame in frames) for part in WEIGHTS}
    keeper_ratio = sum(frame.keeper for frame in frames) / len(frames) if frames else 0.0
    measured = sum(frame.measured for frame in frames)
    mean = overall(parts) if measured >= limits.FEWEST_MEASURED * len(frames) else None
    return ClipScore(
        overall=None if mean is None else held(mean, keeper_ratio),
        **parts,
        keeper_ratio=keeper_ratio,
        longest_keeper_s=_longest_run(measures, [frame.keeper for frame in frames]),
        reasons=_reasons(measures, parts, measured),
        computed_from=_computed_from(measures, parts),
        frames=frames,
        mean=mean,
    )


def _mean(scores: Iterable[float | None]) -> float | None:
    try:
        return fmean(score for score in scores if score is not None)
    except StatisticsError:  # there were none
        return None


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


def held(mean: float, keeper_ratio: float) -> float:
    """Return a mean score as it counts: held down where few of the frames are keepers.

    >>> held(92.0, 0.25), held(92.0, 0.9)
    (65.0, 92.0)
    """
    return min(mean, limits.CEILING + limits.PER_KEEPER * keeper_ratio)


def explained(score: ClipScore) -> str:
    """Return what the overall score is made of, in one line with both its ends; empty where there is none."""
    if score.overall is None or score.mean is None:
        return ""
    kept = f"{percent(score.keeper_ratio)} of the frames are keepers"
    if score.longest_keeper_s is not None:
        start_s, end_s = score.longest_keeper_s
        kept += f", up to {end_s - start_s:.1f} s in a row"
    if score.overall < score.mean:
        return f"The frames score {score.mean:.0f} on average; limited to {score.overall:.0f} because {kept}"
    return f"The frames score {score.mean:.0f} on average, and {kept}"


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


def _reasons(measures: ClipMeasurements, parts: dict[str, float | None], measured: int) -> dict[str, str]:
    reasons = {}
    if measures.subject_kind is None:
        reasons = dict.fromkeys(("focus", "framing", "overall"), f"no subject was found ({measures.looked_for})")
    elif parts["focus"] is None:
        why = next((frame.focus.reason for frame in measures.frames if frame.focus.reason), "nothing to measure")
        reasons = {"focus": why, "overall": f"focus could not be measured: {why}"}
    elif measured < limits.FEWEST_MEASURED * len(measures.frames):
        share = percent(measured / len(measures.frames))
        reasons = {"overall": f"only {share} of the frames could be measured, too few to score the clip"}
    if parts["steadiness"] is None:
        reasons["steadiness"] = "the picture shows nothing whose motion could be followed"
    return reasons


def _computed_from(measures: ClipMeasurements, parts: dict[str, float | None]) -> dict[str, str]:
    on = {"target": "the target card", "face": "the face", "person": "the person", "box": "the box given"}.get(
        measures.subject_kind or "", ""
    )
    edges = "straight edges of the card" if measures.subject_kind == "target" else f"edges inside {on}"
    by_motion_blur = any(frame.focus.smear_px is not None for frame in measures.frames)
    sources = {
        "focus": f"blur of the {edges}" if parts["focus"] is not None else None,
        "framing": _framing_from(on, measures) if parts["framing"] is not None else None,
        "steadiness": f"motion blur during the exposure{_timed(measures)}"
        if by_motion_blur
        else "speed of the picture from frame to frame",
        "exposure": {
            "target": "brightness of the target card",
            "box": "brightness of the box given",
            "face": "brightness of the face",
            "person": "highlights and shadows of the whole frame",
        }.get(measures.subject_kind or "", "brightness of the whole frame"),
    }
    return {name: text for name, text in sources.items() if text and parts[name] is not None}


def _timed(measures: ClipMeasurements) -> str:
    exposed = measures.sensors is not None and measures.sensors.exposure_s is not None
    return ", which the camera timed" if exposed and measures.subject_kind != "target" else ""


def _framing_from(on: str, measures: ClipMeasurements) -> str:
    place = measures.wanted.place
    level = "level by gravity" if any(frame.roll_by == "gravity" for frame in measures.frames) else "level"
    if place is None:
        return f"{level} and how the frame holds {on}; no target position was set"
    by_gravity = f", {level}" if level != "level" else ""
    return f"position of {on}{by_gravity}; target: {_told(place)}"


def _told(place: tuple[float, float]) -> str:
    """Return where the subject is wanted, in words."""
    if place == (0.5, 0.5):
        return "in the middle of the frame"
    return f"{100 * place[0]:.0f} % from the frame's left and {100 * place[1]:.0f} % from its top"
