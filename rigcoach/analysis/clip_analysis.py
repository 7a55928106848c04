"""A clip's frames into measures: find the subject, then measure focus, framing, motion and exposure on it."""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from rigcoach.analysis.camera_sensors import sensors_of
from rigcoach.analysis.card_tracker import CardReader
from rigcoach.analysis.clip_roll import camera_path
from rigcoach.analysis.focus import Focus, of_one_field
from rigcoach.analysis.focus_over_time import blur_between, complete_focus
from rigcoach.analysis.main_subject import MainSubject, eye_detector
from rigcoach.analysis.measured_frames import SeenFrame, measure_again, measure_frames
from rigcoach.analysis.observation import Observation
from rigcoach.analysis.pace import at_pace, evenly, paces
from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement, RigOptics, SubjectChoice
from rigcoach.analysis.sequence import measure_sequence
from rigcoach.analysis.subject_reader import Reading, SubjectReader, observed, settled
from rigcoach.analysis.subject_search import ENOUGH_FRAMES, ENOUGH_SHARE, SubjectSearch
from rigcoach.base.memory import give_back
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.stored_sequence import stored
from rigcoach.measure.motion.motion_bands import motion_bands
from rigcoach.measure.motion.rolling_shutter import Skew, skew
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.flicker import flicker
from rigcoach.measure.picture.framing import with_heading
from rigcoach.measure.picture.heading import walks
from rigcoach.optics.permissible_blur import limit_scale
from rigcoach.optics.shots import YUNET_BOXES_PER_BODY
from rigcoach.video.clip import Clip

Item = TypeVar("Item")

# How many boxes, one on the other, are as high as a person, by what is boxed.
_BOXES_PER_BODY = {"person": 1.0, "face": YUNET_BOXES_PER_BODY}

_HEARD_EVERY = 256

_UNKNOWN_STEP = (math.nan, math.nan)


def analyse_clip(
    clip: Clip,
    choice: SubjectChoice,
    rig: RigOptics,
    advance: Advance = no_progress,
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
    # A pool for the small products that are taken here costs twice what it saves, and cores that others wait for.
    with threadpool_limits(limits=1, user_api="blas"):
        measures = _analysed(clip, choice, rig, advance, place)
    give_back()
    return measures


def _analysed(
    clip: Clip, choice: SubjectChoice, rig: RigOptics, advance: Advance, place: tuple[float, float]
) -> ClipMeasurements:
    if rig.shutter_s is None:
        rig = replace(rig, shutter_s=clip.shutter_s)
    if clip.stills:
        # How fast stills are shown says nothing of how far the picture moved while one was exposed, or read.
        rig = replace(rig, shutter_s=None, readout_s=None)
    if rig.log_curve is not None and clip.transfer == "bt709":
        clip = replace(clip, transfer=rig.log_curve)
    if choice.kind == "box" and choice.box is None:
        raise ValueError("a box is needed")
    sensors, sensor_notes = sensors_of(clip, rig)
    if sensors is not None:
        rig = sensors.rig(rig)
    search = SubjectSearch(clip, choice, place)
    reader = SubjectReader(rig, float(clip.fps), eye_detector() if choice.kind in ("auto", "face") else None)
    # What is known of each frame is put aside: of a long clip only a part is in memory at a time.
    with closing(measure_frames(clip, search, reader, CardReader(clip, rig), advance, sensors)) as measured:
        seen = stored(measured)
    lead, looked_for, search_notes = search.lead(), search.looked_for, search.notes
    # The detectors, and the file, took more memory than all that follows.
    del search
    give_back()
    kind = _chosen(seen, lead)
    chosen: Iterable[Observation | None]
    if kind == "target":
        chosen = (frame.card for frame in seen)
    elif kind is None:
        chosen = (None for _ in seen)
    elif lead is not None:
        seen = measure_again(clip, reader, seen, lead, advance)
        chosen = _on_lead(seen, lead, clip, rig, choice.height_m)
    else:
        chosen = _on_box(seen, clip)
    times, steps, light = _series(seen)
    pace = paces(times, float(clip.fps))
    if pace is not None:
        steps = steps / np.reshape(pace, (-1, 1))
        chosen = (at_pace(look, each) for look, each in zip(chosen, pace, strict=True))
    looks = _with_headings(stored(_heard(chosen, clip, advance)), steps, clip)
    read = blur_between(stored(None if look is None else look.focus for look in looks), float(clip.fps))
    shutter_s = rig.shutter_s if rig.shutter_times is None else array("d", map(rig.shutter_times.at, times))
    focuses = complete_focus(read, float(clip.fps), shutter_s, limit_scale(clip.width, clip.height))
    frames = (
        replace(
            frame_measurement(
                frame.t_s,
                look,
                of_one_field(focus) if clip.interlaced else focus,
                frame.picture,
                frame.card_exposure if frame.reading is None else frame.reading.exposure,
                None if look is not None or not math.isfinite(step[0]) else math.hypot(*step),
            ),
            skew=_skew(step, clip, rig.readout_s),
        )
        for frame, look, focus, step in zip(_heard(seen, clip, advance), looks, focuses, map(tuple, steps), strict=True)
    )
    measures = ClipMeasurements(
        clip=clip,
        subject_kind=kind,
        looked_for=looked_for,
        frames=stored(frames),
        flicker=flicker(light if pace is None else evenly(times, light, float(clip.fps)), float(clip.fps)),
        motion=motion_bands(
            steps if pace is None else evenly(times, steps, float(clip.fps)), float(clip.fps), clip.height
        ),
        sensor_notes=sensor_notes,
        sequence=measure_sequence(clip, light, steps) if clip.stills else None,
        search_notes=search_notes if kind not in ("target", "box") else (),
    )
    return measures if sensors is None else sensors.applied(measures)


def _heard(items: Iterable[Item], clip: Clip, advance: Advance) -> Iterator[Item]:
    """Yield items of frames that were measured; of a long clip they take a while: who waits hears that it goes on."""
    for number, item in enumerate(items):
        if number % _HEARD_EVERY == 0:
            advance(clip.duration_s or 0.0, clip.duration_s)
        yield item


def _chosen(seen: Sequence[SeenFrame], lead: MainSubject | None) -> str | None:
    """Return the kind of subject that the clip is about; `None` where none was there often enough."""
    cards = boxes = 0
    for frame in seen:
        cards += frame.card is not None
        boxes += frame.reading is not None
    for kind, found in (
        ("target", cards),
        ("box", boxes) if lead is None else (lead.kind, len(lead.sightings)),
    ):
        if found and found >= min(ENOUGH_FRAMES, len(seen)) and found >= ENOUGH_SHARE * len(seen):
            return kind
    return None


def _series(
    seen: Sequence[SeenFrame],
) -> tuple[Sequence[float], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the frames' times, how far the picture moved into each (n, 2), and their light."""
    times, steps, light = array("d"), np.empty((len(seen), 2)), np.empty(len(seen))
    for i, frame in enumerate(seen):
        times.append(frame.t_s)
        steps[i] = _UNKNOWN_STEP if frame.step_px is None else frame.step_px
        light[i] = frame.picture.light
    return times, steps, light


def _on_lead(
    seen: Sequence[SeenFrame], lead: MainSubject, clip: Clip, rig: RigOptics, height_m: float | None
) -> Iterator[Observation | None]:
    for i, reading in enumerate(_settled(seen, clip)):
        point = lead.sightings.get(i)
        if point is None or reading is None:
            yield None
            continue
        yield observed(
            reading,
            clip,
            confidence=point.confidence,
            box=point.box,
            state="found" if point.found else "followed",
            others=lead.others.get(i, 0),
            rig=rig,
            height_m=height_m,
            looked_for=lead.looked_for,
        )


def _on_box(seen: Sequence[SeenFrame], clip: Clip) -> Iterator[Observation | None]:
    for reading in _settled(seen, clip):
        yield None if reading is None else observed(reading, clip, confidence=reading.subject.confidence)


def _settled(seen: Sequence[SeenFrame], clip: Clip) -> Iterator[Reading | None]:
    times = array("d")

    def steps() -> Iterator[tuple[float, float, float] | None]:
        for frame in seen:
            times.append(frame.t_s)
            yield None if frame.step_px is None or frame.turn_deg is None else (*frame.step_px, frame.turn_deg)

    path = camera_path(steps(), clip.height)
    return settled(times, lambda: (frame.reading for frame in seen), path)


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
) -> Sequence[Observation | None]:
    """Return looks with the way that people walk, or else look, and the room that they have there."""
    middles, heights = np.full(len(looks), math.nan), np.full(len(looks), math.nan)
    kind = ""
    for i, look in enumerate(looks):
        if look is not None and look.subject.kind in _BOXES_PER_BODY:
            kind, (x, _, width, height) = look.subject.kind, look.subject.box
            middles[i], heights[i] = x + width / 2, height
    if not kind:
        return looks
    ways = walks(middles, steps[:, 0], heights, float(clip.fps), _BOXES_PER_BODY[kind])
    return stored(
        look
        if look is None
        else replace(look, framing=with_heading(look.framing, way or look.looks_to, look.subject.box, clip.width))
        for look, way in zip(looks, ways, strict=True)
    )
