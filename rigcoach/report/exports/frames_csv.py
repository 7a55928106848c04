"""Every frame's measures and scores as comma-separated values (RFC 4180)."""

import csv
import io

from rigcoach.batch import ScoredClip
from rigcoach.clip_measures import FrameMeasures
from rigcoach.score import FrameScore

COLUMNS = (
    "t_s",
    "keeper",
    "focus",
    "framing",
    "steadiness",
    "exposure",
    "box_x",
    "box_y",
    "box_width",
    "box_height",
    "blur_px",
    "motion_px",
    "offset_x",
    "offset_y",
    "size",
    "headroom",
    "roll_deg",
    "distance_m",
    "brightness",
    "clipped_high",
    "clipped_low",
)


def frames_csv(scored: ScoredClip) -> str:
    """Return a clip's frames, one a line under a line of names; what could not be measured is empty.

    `keeper` is 1 or 0; scores run from 0 to 100; the rest is in the units of `rigcoach score --json`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for frame, each in zip(scored.measures.frames, scored.score.frames, strict=True):
        writer.writerow([_cell(value) for value in _values(frame, each)])
    return text.getvalue()


def _values(frame: FrameMeasures, each: FrameScore) -> tuple[float | None, ...]:
    framing, exposure = frame.framing, frame.exposure
    box = (None,) * 4 if frame.subject is None else frame.subject.box
    placed: tuple[float | None, ...] = (None,) * 5
    if framing is not None:
        placed = (*framing.offset, framing.size, framing.headroom, framing.roll_deg)
    return (
        frame.t_s,
        int(each.keeper),
        each.focus,
        each.framing,
        each.steadiness,
        each.exposure,
        *box,
        frame.focus.blur_px,
        frame.focus.motion_px,
        *placed,
        frame.distance_m,
        exposure.mean,
        exposure.clipped_high,
        exposure.clipped_low,
    )


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"
