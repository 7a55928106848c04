"""A clip's frames into measures: find the subject, then measure focus, framing, motion and exposure on it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rigcoach.analysis.focus import Focus, complete_focus, of_one_field
from rigcoach.analysis.main_subject import eye_detector, find_main_subject
from rigcoach.analysis.pace import at_pace, evenly, paces
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.analysis.trackers import BoxTracker, CardTracker, Observation, PersonTracker, SubjectTracker
from rigcoach.base.progress import Advance, unheeded
from rigcoach.measure.arrays import Luma
from rigcoach.measure.motion.motion_bands import motion_bands
from rigcoach.measure.motion.rolling_shutter import Skew, skew
from rigcoach.measure.motion.shift import translation
from rigcoach.measure.picture.exposure import Exposure, exposure
from rigcoach.measure.picture.flicker import flicker
from rigcoach.measure.picture.framing import with_heading
from rigcoach.measure.picture.heading import walks
from rigcoach.optics.permissible_blur import limit_scale
from rigcoach.optics.shots import YUNET_BOXES_PER_BODY
from rigcoach.video.clip import Clip, read_frames

# A subject counts as the clip's own when it is seen this often: a cascade, or a marker, fires once on nothing.
_ENOUGH_FRAMES = 3
_ENOUGH_SHARE = 0.02
# Before a face or a person is looked for, a card is, so often.
_CARD_LOOKS_PER_S = 5.0

# How many boxes, one on the other, are as high as a person, by what is boxed.
_BOXES_PER_BODY = {"person": 1.0, "face": YUNET_BOXES_PER_BODY}

_UNKNOWN_STEP = (math.nan, math.nan)


def analyse_clip(
    clip: Clip,
    choice: SubjectChoice,
    rig: RigOptics,
    advance: Advance = unheeded,
    *,
    place: tuple[float, float] = (0.5, 0.5),
) -> ClipMeasurements:
    """Measure every frame of a clip.

    Parameters
    ----------
    clip
        The clip, opened by `rigcoach.video.clip.read_clip`.
    choice
        The subject to score. With "auto" it is the target card where there is one, else the most prominent face.
    rig
        What is known of the rig; without it there are no distances, and no smear but that seen on a target card.
    advance
        Called with the seconds measured and the clip's length as the work goes on.
    place
        Where the subject is wanted, in fractions of the frame's width and height: who stands there leads. Offsets are
        from the frame's middle nevertheless.

    Raises
    ------
    rigcoach.video.clip.ClipError
        The clip is damaged or ends early.
    rigcoach.analysis.detector_weights.ModelError
        An installed detector is damaged.
    """
    if rig.shutter_s is None:
        rig = replace(rig, shutter_s=clip.shutter_s)
    if rig.log_curve is not None and clip.transfer == "bt709":
        clip = replace(clip, transfer=rig.log_curve)
    watches = _watches(clip, choice, rig, place)
    looks: dict[str, list[Observation | None]] = {watch.kind: [] for watch in watches}
    times: list[float] = []
    whole: list[tuple[Exposure, Exposure | None, float | None]] = []
    steps: list[tuple[float, float]] = []
    previous: Luma | None = None
    for frame in read_frames(clip):
        luma = np.ascontiguousarray(frame.luma)
        seen: Observation | None = None
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
        step = None if seen is None else seen.camera_step_px
        if step is None and previous is not None:
            shift = translation(previous, luma)
            step = None if shift is None else (shift.dx_px, shift.dy_px)
        steps.append(step or _UNKNOWN_STEP)
        moved = None if seen is not None or step is None else math.hypot(*step)
        on_subject = exposure(luma, seen.subject.box) if seen is not None else None
        whole.append((exposure(luma), on_subject, moved))
        previous = luma
        advance(frame.t_s, clip.duration_s)
    kind = choose_subject(watches, looks)
    chosen = looks[kind] if kind is not None else [None] * len(times)
    light = np.array([in_frame.light for in_frame, _, _ in whole])
    pace = paces(times, float(clip.fps))
    if pace is not None:
        steps = [(x / each, y / each) for (x, y), each in zip(steps, pace, strict=True)]
        chosen = [at_pace(look, each) for look, each in zip(chosen, pace, strict=True)]
        whole = [
            (in_frame, on_subject, None if moved is None else moved / each)
            for (in_frame, on_subject, moved), each in zip(whole, pace, strict=True)
        ]
    paths = np.reshape(steps, (-1, 2))
    chosen = _with_headings(chosen, paths, clip)
    read = [None if look is None else look.focus for look in chosen]
    focuses = complete_focus(read, float(clip.fps), rig.shutter_s, limit_scale(clip.width, clip.height))
    if clip.interlaced:
        focuses = [of_one_field(focus) for focus in focuses]
    frames = (
        replace(frame_measurement(t_s, look, focus, *rest), skew=_skew(step, clip, rig.readout_s))
        for t_s, look, focus, rest, step in zip(times, chosen, focuses, whole, steps, strict=True)
    )
    return ClipMeasurements(
        clip=clip,
        subject_kind=kind,
        looked_for="; ".join(watch.looked_for for watch in watches),
        frames=tuple(frames),
        flicker=flicker(light if pace is None else evenly(times, light, float(clip.fps)), float(clip.fps)),
        motion=motion_bands(
            paths if pace is None else evenly(times, paths, float(clip.fps)), float(clip.fps), clip.height
        ),
    )


def frame_measurement(
    t_s: float,
    look: Observation | None,
    focus: Focus | None,
    in_frame: Exposure,
    on_subject: Exposure | None,
    moved: float | None,
) -> FrameMeasurement:
    """Return all that was measured on a frame: on its subject, where there is one, and in the whole frame."""
    if look is None or focus is None:
        lost = Focus(reason="no subject in the frame")
        return FrameMeasurement(t_s, None, lost, None, None, in_frame, moved, picture=in_frame)
    return FrameMeasurement(
        t_s,
        look.subject,
        focus,
        look.distance_m,
        look.framing,
        on_subject or in_frame,
        look.shift_px,
        look.pose,
        look.person,
        picture=in_frame,
    )


def _skew(step_px: tuple[float, float], clip: Clip, readout_s: float | None) -> Skew | None:
    if readout_s is None or not all(map(math.isfinite, step_px)):
        return None
    return skew(step_px, float(clip.fps), readout_s, clip.height)


def _with_headings(
    looks: Sequence[Observation | None], steps: npt.NDArray[np.float64], clip: Clip
) -> list[Observation | None]:
    """Return looks with the way that people walk, or else look, and the room that they have there."""
    boxes = [None if look is None or look.subject.kind not in _BOXES_PER_BODY else look.subject.box for look in looks]
    kinds = {look.subject.kind for look in looks if look is not None}
    if not any(boxes):
        return list(looks)
    middles = np.array([math.nan if box is None else box[0] + box[2] / 2 for box in boxes])
    heights = np.array([math.nan if box is None else box[3] for box in boxes])
    ways = walks(middles, steps[:, 0], heights, float(clip.fps), _BOXES_PER_BODY[kinds.pop()])
    return [
        look
        if look is None or box is None
        else replace(look, framing=with_heading(look.framing, way or look.looks_to, box, clip.width))
        for look, box, way in zip(looks, boxes, ways, strict=True)
    ]


def choose_subject(watches: list[SubjectTracker], looks: dict[str, list[Observation | None]]) -> str | None:
    """Return the kind of subject that the clip is about; `None` where none was there often enough."""
    for watch in watches:
        found = sum(look is not None for look in looks[watch.kind])
        frames = len(looks[watch.kind])
        if found and found >= min(_ENOUGH_FRAMES, frames) and found >= _ENOUGH_SHARE * frames:
            return watch.kind
    return None


def _watches(clip: Clip, choice: SubjectChoice, rig: RigOptics, place: tuple[float, float]) -> list[SubjectTracker]:
    if choice.kind == "box":
        if choice.box is None:
            raise ValueError("a box is needed")
        return [BoxTracker(clip, choice.box, choice.fixed, rig)]
    watches: list[SubjectTracker] = []
    if choice.kind in ("auto", "target"):
        watches.append(CardTracker(clip, rig))
    if choice.kind != "target":
        kinds = ("face", "person") if choice.kind == "auto" else (choice.kind,)
        give_up = _card_seen(clip) if choice.kind == "auto" else None
        lead = find_main_subject(clip, kinds, give_up=give_up, wanted=place)
        watches.append(PersonTracker(clip, lead, rig, height_m=choice.height_m, eyes=eye_detector()))
    return watches


def _card_seen(clip: Clip) -> Callable[[Luma], bool]:
    """Return what is shown frame after frame and says when the card was there often enough to be the subject."""
    watch = CardTracker(clip, RigOptics())
    every = max(1, round(float(clip.fps) / _CARD_LOOKS_PER_S))
    frames = found = 0

    def seen(luma: Luma) -> bool:
        nonlocal frames, found
        found += frames % every == 0 and watch.seen(luma)
        frames += 1
        return found >= _ENOUGH_FRAMES

    return seen
