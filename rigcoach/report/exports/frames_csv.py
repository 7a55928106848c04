"""Every frame's measures and scores as comma-separated values (RFC 4180)."""

import csv
import io
from collections.abc import Sequence

from rigcoach.analysis.results import FrameMeasurement
from rigcoach.base.shown_text import storable
from rigcoach.report.exports.footage import Footage
from rigcoach.scoring.score import FrameScore
from rigcoach.video.stills import Still

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
    "distance_estimate_m",
    "lead_room",
    "skew_deg",
    "roll_low_deg",
    "roll_high_deg",
)


_OF_STILLS = ("picture", "taken_s", "asked_ev")


def frames_csv(footage: Sequence[Footage]) -> str:
    """Return the clips' frames, one a line under a line of names; what could not be measured is empty.

    `keeper` is 1 or 0; scores run from 0 to 100; the rest is in the units of `rigcoach score --json`. Takes of a
    session have their number in a first column, `take`; of several recordings it is `clip`, the file's name. Of a
    sequence of stills each line begins with `picture`, its file's name, `taken_s`, by the camera's clock since the
    first one, and `asked_ev`, how bright its exposure was to make it, in stops.
    """
    of_takes = any(each.take is not None for each in footage)
    of_clips = not of_takes and sum(each.starts_s == 0 for each in footage) > 1
    of_stills = any(each.scored.measures.clip.stills for each in footage)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    named = ["take"] if of_takes else ["clip"] if of_clips else []
    writer.writerow([*named, *(_OF_STILLS if of_stills else ()), *COLUMNS])
    for clip in footage:
        first = [clip.take] if of_takes else [storable(clip.name)] if of_clips else []
        stills = clip.scored.measures.clip.stills
        for i, (frame, each) in enumerate(zip(clip.scored.measures.frames, clip.scored.score.frames, strict=True)):
            of_still = _still(stills, i) if of_stills else ()
            writer.writerow([*first, *of_still, *(_cell(value) for value in _values(frame, each, clip.starts_s))])
    return text.getvalue()


def _still(stills: Sequence[Still], i: int) -> tuple[str, str, str]:
    began_s, taken_s = stills[0].taken_s, stills[i].taken_s
    since_s = None if began_s is None or taken_s is None else round(taken_s - began_s, 2)
    return (storable(stills[i].path.name), "" if since_s is None else f"{since_s:g}", _cell(stills[i].asked_ev))


def _values(frame: FrameMeasurement, each: FrameScore, starts_s: float) -> tuple[float | None, ...]:
    framing, exposure = frame.framing, frame.exposure
    box = (None,) * 4 if frame.subject is None else frame.subject.box
    placed: tuple[float | None, ...] = (None,) * 5
    if framing is not None:
        placed = (*framing.offset, framing.size, framing.headroom, framing.roll_deg)
    return (
        starts_s + frame.t_s,
        int(each.keeper),
        each.focus,
        each.framing,
        each.steadiness,
        each.exposure,
        *box,
        frame.focus.blur_px,
        frame.focus.motion_blur_px,
        *placed,
        frame.distance_m,
        exposure.mean,
        exposure.clipped_high,
        exposure.clipped_low,
        None if frame.person is None else frame.person.distance_m,
        None if framing is None else framing.lead_room,
        None if frame.skew is None else frame.skew.skew_deg,
        *((None, None) if framing is None else framing.roll_deg_interval or (None, None)),
    )


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"
