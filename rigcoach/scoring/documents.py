"""The JSON documents that users' scripts read, made from what the parts return."""

import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from rigcoach.analysis.results import CameraReading, ClipMeasurements, FrameMeasurement, SensorsUsed
from rigcoach.base.documents import Document
from rigcoach.base.shown_text import printable_json
from rigcoach.measure.motion.motion_bands import MotionBands
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.scoring.batch import FailedClip, ScoredClip
from rigcoach.scoring.score import FrameScore, explained

_FRAMES_IN_A_PIECE = 100


def clip_text(result: ScoredClip | FailedClip) -> Iterator[str]:
    """Yield one clip's object with every frame's measures, as JSON on one line, in pieces: a few frames at a time."""
    text = _text(clip_document(result))
    if isinstance(result, FailedClip):
        yield text
        return
    yield text[:-1] + ', "frames": ['
    frames, separator = frame_documents(result), ""
    while piece := list(islice(frames, _FRAMES_IN_A_PIECE)):
        yield separator + _text(piece)[1:-1]
        separator = ", "
    yield "]}"


def _text(document: Any) -> str:
    return printable_json(json.dumps(document, ensure_ascii=False, allow_nan=False))


def clip_document(result: ScoredClip | FailedClip, *, per_frame: bool = False) -> Document:
    """Return one clip's object of the schema ``rigcoach.score/1``."""
    if isinstance(result, FailedClip):
        return {
            "schema": "rigcoach.score/1",
            "clip": result.name,
            "error": {"code": result.error.code, "text": result.error.line()},
        }
    measures, score = result.measures, result.score
    clip = measures.clip
    frame_count = len(measures.frames)
    document: Document = {
        "schema": "rigcoach.score/1",
        "clip": result.name,
        "width": clip.width,
        "height": clip.height,
        "transfer": clip.transfer,
        "range": "full" if clip.full_range else "limited",
        "fps": round(float(clip.fps), 3),
        "duration_s": round(measures.duration_s, 3),
        "frame_count": frame_count,
        "scored_frames": frame_count,
        "notes": list(measures.notes),
        "chapters": [str(chapter.path) for chapter in clip.chapters],
        "subject": {"kind": measures.subject_kind, "found_ratio": round(measures.found_ratio, 4)},
        "wanted": _wanted_document(measures.wanted),
        "score": {
            "overall": _round(score.overall, 1),
            "focus": _round(score.focus, 1),
            "framing": _round(score.framing, 1),
            "steadiness": _round(score.steadiness, 1),
            "exposure": _round(score.exposure, 1),
        },
        "mean": _round(score.mean, 1),
        "explained": explained(score) or None,
        "reasons": score.reasons,
        "computed_from": score.computed_from,
        "keeper_ratio": round(score.keeper_ratio, 4),
        "longest_keeper_s": None if score.longest_keeper_s is None else [round(t, 3) for t in score.longest_keeper_s],
        "flicker": None
        if measures.flicker is None
        else {"depth": round(measures.flicker.depth, 4), "frequency_hz": _round(measures.flicker.frequency_hz, 2)},
        "motion": _motion_document(measures.motion),
        "sensors": _sensors_document(measures.sensors),
        "sequence": _sequence_document(measures),
        "advice": [
            {
                "code": advice.code,
                "text": advice.text,
                "seconds": [[round(a, 2), round(b, 2)] for a, b in advice.seconds],
            }
            for advice in result.advice
        ],
    }
    if per_frame:
        document["frames"] = list(frame_documents(result))
    return document


def frame_documents(scored: ScoredClip) -> Iterator[Document]:
    """Yield what was measured on each frame."""
    for frame, score in zip(scored.measures.frames, scored.score.frames, strict=True):
        yield _frame_document(frame, score)


def _wanted_document(wanted: WantedFrame) -> Document | None:
    """Return the framing that was wanted; None where none was."""
    if wanted.place is None and wanted.headroom is None and not wanted.shot:
        return None
    return {
        "place": None if wanted.place is None else [round(each, 4) for each in wanted.place],
        "scale": wanted.shot or None,
        "headroom": None if wanted.headroom is None else list(wanted.headroom),
    }


def _motion_document(motion: MotionBands) -> Document:
    return {
        "turn_px": _round(motion.turn_px, 2),
        "bounce_px": _round(motion.bounce_px, 2),
        "shake_px": _round(motion.shake_px, 2),
        "turn_px_s": _round(motion.turn_px_s, 1),
        "bounce_px_s": _round(motion.bounce_px_s, 1),
        "shake_px_s": _round(motion.shake_px_s, 1),
        "bounce_vertical_share": _round(motion.vertical_share, 2),
        "dominating": motion.dominating,
        "reason": motion.reason,
    }


def _frame_document(frame: FrameMeasurement, score: FrameScore) -> Document:
    subject, focus, framing, exposure = frame.subject, frame.focus, frame.framing, frame.exposure
    return {
        "t_s": round(frame.t_s, 4),
        "state": "lost" if subject is None else subject.state,
        "subject": None
        if subject is None
        else {
            "kind": subject.kind,
            "box": [round(v) for v in subject.box],
            "confidence": round(subject.confidence, 3),
            "state": subject.state,
            "others": subject.others,
        },
        "focus": {
            "blur_px": _round(focus.blur_px, 3),
            "motion_px": _round(focus.motion_blur_px, 2),
            "motion_by": frame.motion_by,
            "direction_deg": _round(focus.direction_deg, 1),
            "reason": focus.reason,
            "blur_px_interval": None
            if focus.blur_px_interval is None
            else [round(v, 3) for v in focus.blur_px_interval],
            "kind": focus.kind,
            "confidence": _round(focus.confidence, 3),
            "side": None if focus.place is None else focus.place.side,
            "offset_m": None if focus.place is None else _finite(focus.place.offset_m),
            "background_blur_px": _round(focus.background_blur_px, 3),
            "motion_moved_px": _round(focus.motion_moved_px, 2),
            "motion_pictured_px": _round(focus.motion_pictured_px, 2),
        },
        "distance_m": _round(frame.distance_m, 3),
        "distance_sd_m": None if frame.distance_m is None or frame.away_m is None else _round(frame.away_m[1], 3),
        "distance_estimate": None
        if frame.person is None
        else {
            "distance_m": round(frame.person.distance_m, 3),
            "sd_m": round(frame.person.sd_m, 3),
            "by": frame.person.by,
        },
        "pose": None
        if frame.pose is None
        else {
            "pitch_deg": round(frame.pose.pitch_deg, 2),
            "yaw_deg": round(frame.pose.yaw_deg, 2),
            "pitch_sd_deg": round(frame.pose.pitch_sd_deg, 2),
            "yaw_sd_deg": round(frame.pose.yaw_sd_deg, 2),
        },
        "framing": None
        if framing is None
        else {
            "offset": [round(v, 5) for v in framing.offset],
            "size": round(framing.size, 4),
            "headroom": round(framing.headroom, 4),
            "roll_deg": _round(framing.roll_deg, 3),
            "roll_deg_interval": None
            if framing.roll_deg_interval is None
            else [round(v, 3) for v in framing.roll_deg_interval],
            "roll_by": frame.roll_by,
            "roll_confidence": _round(framing.roll_confidence, 2),
            "cut_off": list(framing.cut_off),
            "heading": framing.heading,
            "lead_room": _round(framing.lead_room, 4),
            "shot": None if framing.shot is None else framing.shot.scale,
            "cut_at": None
            if framing.shot is None or framing.shot.cut is None
            else {
                "name": framing.shot.cut.name,
                "clean": framing.shot.cut.clean,
                "confidence": round(framing.shot.cut.confidence, 2),
            },
        },
        "exposure": {
            "mean": round(exposure.mean, 4),
            "clipped_high": round(exposure.clipped_high, 5),
            "clipped_low": round(exposure.clipped_low, 5),
        },
        "rolling_shutter": None
        if frame.skew is None
        else {
            "skew_px": round(frame.skew.skew_px, 2),
            "skew_deg": round(frame.skew.skew_deg, 3),
            "stretch": round(frame.skew.stretch, 5),
        },
        "camera": _camera_document(frame.camera),
        "keeper": score.keeper,
    }


def _camera_document(camera: CameraReading | None) -> Document | None:
    """Return what a camera's sensors tell of a frame, each with its source."""
    if camera is None:
        return None
    return {
        "level": None
        if camera.pitch_deg is None
        else {"roll_deg": _round(camera.roll_deg, 3), "pitch_deg": _round(camera.pitch_deg, 3), "by": "gravity"},
        "rotation": _rotation_document(camera.turn_deg_s, "gyro"),
        "rotation_pictured": _rotation_document(camera.pictured_turn_deg_s, "picture"),
        "exposure_time": None if camera.exposure_s is None else {"s": camera.exposure_s, "by": "camera"},
        "motion": None if camera.motion_px is None else {"px": round(camera.motion_px, 3), "by": "gyro"},
    }


def _rotation_document(turn_deg_s: tuple[float, float, float] | None, by: str) -> Document | None:
    if turn_deg_s is None:
        return None
    pitch, yaw, roll = (round(value, 3) for value in turn_deg_s)
    return {"pitch_deg_s": pitch, "yaw_deg_s": yaw, "roll_deg_s": roll, "by": by}


def _sequence_document(measures: ClipMeasurements) -> Document | None:
    """Return what was measured on a folder of stills; None for a clip."""
    sequence, stills = measures.sequence, measures.clip.stills
    if sequence is None:
        return None
    worst = sequence.worst_flicker
    return {
        "pictures": len(stills),
        "first": stills[0].path.name,
        "last": stills[-1].path.name,
        "interval_s": _round(sequence.interval_s, 3),
        "missed": [{"after": stills[each.after].path.name, "pictures": each.pictures} for each in sequence.missed],
        "exposure_steps": [
            {
                "at": stills[each.at].path.name,
                "asked_ev": round(each.asked_ev, 2),
                "pictured_ev": round(each.pictured_ev, 2),
            }
            for each in sequence.steps
        ],
        "flicker_ev": _round(sequence.flicker_ev, 3),
        "worst_flicker": None if worst is None else {"at": stills[worst[0]].path.name, "ev": round(worst[1], 3)},
        "unasked_ev": _round(sequence.unasked_ev, 2),
        "blur_px": _ends(sequence.blur_px),
        "roll_deg": _ends(sequence.roll_deg),
        "jitter_px": _round(sequence.jitter_px, 2),
        "jumps": [stills[i].path.name for i in sequence.jumps],
        "reasons": dict(sequence.reasons),
    }


def _ends(ends: tuple[float, float] | None) -> Document | None:
    return None if ends is None else {"start": round(ends[0], 2), "end": round(ends[1], 2)}


def _sensors_document(sensors: SensorsUsed | None) -> Document | None:
    """Return which of a camera's sensors were used, and how well the gyro agrees with the picture."""
    if sensors is None:
        return None
    gyro = sensors.gyro
    return {
        "source": sensors.source,
        "exposure_s": sensors.exposure_s,
        "readout_s": sensors.readout_s,
        "gravity_from": sensors.gravity,
        "gyro": None
        if gyro is None
        else {
            "agreement": round(gyro.agreement, 4),
            "rms_error_deg_s": round(gyro.rms_error_deg_s, 3),
            "clock_offset_s": round(gyro.offset_s, 4),
            "focal_length_px": round(gyro.focal_px, 1),
        },
        "refused": list(sensors.refused),
    }


def _finite(value: float | None) -> float | None:
    """Return a distance to a millimetre; none for infinity, which JSON can't hold."""
    return None if value is None or not math.isfinite(value) else round(value, 3)


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
