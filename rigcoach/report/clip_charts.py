"""The charts of a clip: its scores, place, roll, blur and focus over time."""

import math
from collections.abc import Callable, Sequence
from statistics import fmean

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.percent import percent
from rigcoach.base.units import distance_text, distance_unit, short_distance_text
from rigcoach.report.chart import Band, Chart, Line, Row, Values, mean_rows, styled_lines
from rigcoach.report.ring import LensOnPixels, ring_places
from rigcoach.scoring import limits
from rigcoach.scoring.limits import halving
from rigcoach.scoring.score import ClipScore, FrameScore

# A page draws no more points than a screen can tell apart many times over; longer clips are drawn by every nth frame.
_MOST_POINTS = 6000
# Rows of a table: a row a second, or of as many seconds as keep it readable.
_MOST_ROWS = 120
# Ring distances beyond this many times the subject's would flatten the chart; infinity is one of them.
_FARTHEST = 3.0


def clip_charts(measures: ClipMeasurements, scored: ClipScore, lens: LensOnPixels | None) -> tuple[Chart, ...]:
    """Return a clip's charts; those of what was never measured are left out."""
    step = math.ceil(len(measures.frames) / _MOST_POINTS) or 1
    frames, scores = measures.frames[::step], scored.frames[::step]
    times = tuple(round(frame.t_s, 3) for frame in frames)
    clip, wanted = measures.clip, measures.wanted
    blur_limit_px, roll_limit_deg = (
        each.keeper_in(clip.width, clip.height, wanted) for each in (limits.BLUR, limits.ROLL)
    )
    charts = (
        _scores(times, scores, keeper_runs(measures, scored)),
        _places(times, frames, wanted=wanted.place is not None),
        _rolls(times, frames, roll_limit_deg),
        _blurs(times, frames, blur_limit_px),
        _ring(times, frames, lens, blur_limit_px),
    )
    return tuple(chart for chart in charts if chart is not None)


def keeper_runs(measures: ClipMeasurements, scored: ClipScore) -> tuple[tuple[float, float], ...]:
    """Return the unbroken stretches of keepers, as starts and ends in seconds."""
    frame_s = 1 / float(measures.clip.fps)
    runs: list[tuple[float, float]] = []
    last = False
    for frame, each in zip(measures.frames, scored.frames, strict=True):
        if each.keeper:
            start = runs.pop()[0] if last else frame.t_s
            runs.append((start, frame.t_s + frame_s))
        last = each.keeper
    return tuple((round(start, 3), round(end, 3)) for start, end in runs)


def _scores(
    times: tuple[float, ...], scores: Sequence[FrameScore], keepers: tuple[tuple[float, float], ...]
) -> Chart | None:
    parts = ("focus", "framing", "steadiness", "exposure")
    lines = styled_lines({part: tuple(getattr(each, part) for each in scores) for part in parts})
    share = sum(each.keeper for each in scores) / max(len(scores), 1)
    alt_text = f"Scores of every frame from 0 to 100; {percent(share)} are keepers, in {_stretches(len(keepers))}."
    bands = (Band("keeper", halving(limits.KEEPER_SHARE), 100.0),)
    return _chart(
        "scores", "Scores", "", alt_text, times, lines, bands, low=0.0, high=100.0, marks=keepers, marks_label="keepers"
    )


def _places(times: tuple[float, ...], frames: Sequence[FrameMeasurement], *, wanted: bool) -> Chart | None:
    across = _each(frames, lambda f: None if f.framing is None else 100 * f.framing.offset[0])
    down = _each(frames, lambda f: None if f.framing is None else 100 * f.framing.offset[1])
    limit = 100 * limits.PLACE.keeper
    lines = (Line("right (+) or left (−)", across, 0), Line("low (+) or high (−)", down, 1, (10, 4)))
    of, title = ("target position", "Distance from target position") if wanted else ("frame's middle", "Position")
    alt_text = (
        f"How far the subject's centre was from the {of}, in percent of the frame's width and height: on "
        f"average {_mean(across):+.0f} % across and {_mean(down):+.0f} % down."
    )
    return _chart("place", title, "%", alt_text, times, lines, (Band("keeper", -limit, limit),) if wanted else ())


def _rolls(times: tuple[float, ...], frames: Sequence[FrameMeasurement], limit: float) -> Chart | None:
    rolls = _each(frames, lambda f: None if f.framing is None else f.framing.roll_deg)
    # A turn of uprights alone: clockwise where their feet go left.
    skews = _each(frames, lambda f: None if f.skew is None else -f.skew.skew_deg)
    alt_text = f"Roll in degrees, positive clockwise as seen in the frame: on average {_mean(rolls):+.1f}°."
    lines = [Line("roll", rolls, 2)]
    if any(value is not None for value in skews):
        lines.append(Line("rolling-shutter skew", skews, 1, (3, 3), digits=2))
        worst = max(abs(value) for value in skews if value is not None)
        alt_text += f" The rolling shutter skews uprights by up to another {worst:.1f}° at the most."
    return _chart("roll", "Roll", "°", alt_text, times, tuple(lines), (Band("keeper", -limit, limit),))


def _blurs(times: tuple[float, ...], frames: Sequence[FrameMeasurement], limit: float) -> Chart | None:
    blur = _each(frames, lambda f: f.focus.blur_px)
    motion = _each(frames, lambda f: f.focus.smear_px)
    other, told_by = _other_smear(frames)
    lines = tuple(
        line
        for line in (
            Line("defocus", blur, 0, digits=2),
            Line("motion blur", motion, 1, (3, 3), digits=2),
            Line(f"motion blur {told_by}", other, 2, (), digits=2, dots=True),
        )
        if any(value is not None for value in line.values)
    )
    alt_text = (
        "Radius of the blur disc on the subject, and length of the motion blur during the exposure, in pixels of the "
        f"frame: blur is {_mean(blur):.1f} px on average, and {limit:.1f} px is a keeper's limit."
    )
    return _chart(
        "blur", "Defocus and motion blur", "px", alt_text, times, lines, (Band("keeper", 0.0, limit),), low=0.0
    )


def _other_smear(frames: Sequence[FrameMeasurement]) -> tuple[Values, str]:
    """Return the smear by the way of knowing it that `motion_blur_px` isn't from, and which that is."""
    card = any(frame.subject is not None and frame.subject.kind == "target" for frame in frames)
    if card:
        return _each(frames, lambda f: f.focus.motion_moved_px), "(from movement)"
    return _each(frames, lambda f: f.focus.motion_pictured_px), "(in the picture)"


def _ring(
    times: tuple[float, ...], frames: Sequence[FrameMeasurement], lens: LensOnPixels | None, limit_px: float
) -> Chart | None:
    """Return where the subject was, which ring distances would have kept it sharp, and which the blur tells of."""
    subject = _each(frames, lambda f: None if f.away_m is None else f.away_m[0])
    if lens is None or all(value is None for value in subject):
        return None
    farthest_m = _FARTHEST * max(value for value in subject if value is not None)
    sharp = [None if m is None else ring_places(lens, m, limit_px) for m in subject]
    blurs = [frame.focus.blur_px for frame in frames]
    was = [
        None if m is None or blur is None else ring_places(lens, m, blur)
        for m, blur in zip(subject, blurs, strict=True)
    ]

    unit = distance_unit()

    def capped(values: Sequence[float | None]) -> Values:
        return tuple(None if value is None else round(min(value, farthest_m) / unit.metres, 3) for value in values)

    sides = [None if frame.focus.place is None else frame.focus.place.side for frame in frames]
    near = capped([p.near_m if p and side != "behind" else None for p, side in zip(was, sides, strict=True)])
    far = capped([p.far_m if p and side != "front" else None for p, side in zip(was, sides, strict=True)])
    lines = (
        Line("subject", capped(subject), 2, digits=2),
        Line("sharp from", capped([p.near_m if p else None for p in sharp]), 3, (2, 4), digits=2),
        Line("sharp to", capped([p.far_m if p else None for p in sharp]), 3, (2, 4), digits=2),
        Line("ring setting, if too near", near, 0, (), digits=2, dots=True),
        Line("ring setting, if too far", far, 1, (), digits=2, dots=True),
    )
    alt_text = (
        f"Distance of the subject in {unit.name}, the depth of field as the ring's distances that would have kept it "
        f"sharp, and where the ring stood by the blur. {_ring_says(capped(subject), near, far)} "
        f"{distance_text(farthest_m, 1)} stands for all beyond.{_estimated(frames)}"
    )
    bands = (Band("depth of field", lines=(1, 2)),)
    return _chart("ring", "Focus distance", unit.sign, alt_text, times, lines, bands, low=0.0)


def _estimated(frames: Sequence[FrameMeasurement]) -> str:
    """Return how good the subject's distance is where it is but an estimate."""
    shares = [frame.person.sd_m / frame.person.distance_m for frame in frames if frame.person is not None]
    return f" The subject's distance is an estimate by its size, good to {percent(fmean(shares))}." if shares else ""


def _ring_says(subject: Values, near: Values, far: Values) -> str:
    """Return how far off the ring stood; where blur alone is known it may have been either way."""
    too_near = _mean([s - n for s, n in zip(subject, near, strict=True) if s is not None and n is not None])
    too_far = _mean([n - s for s, n in zip(subject, far, strict=True) if s is not None and n is not None])
    known_near, known_far = (any(value is not None for value in values) for values in (near, far))
    if known_near and known_far:
        either = f"On average it was {_off(too_near)} too near or {_off(too_far)} too far"
        return f"{either}; where both are drawn, blur alone cannot tell which."
    if not known_near and not known_far:
        return "It could not be determined."
    off, way = (too_near, "near") if known_near else (too_far, "far")
    return f"On average it was {_off(off)} too {way}; the wedge beside the card shows which."


def _off(distance: float) -> str:
    return short_distance_text(distance * distance_unit().metres)


def _chart(
    id: str,  # noqa: A002 - the field's name
    title: str,
    unit: str,
    alt_text: str,
    times: tuple[float, ...],
    lines: tuple[Line, ...],
    bands: tuple[Band, ...] = (),
    *,
    low: float | None = None,
    high: float | None = None,
    marks: tuple[tuple[float, float], ...] = (),
    marks_label: str = "",
) -> Chart | None:
    if not any(value is not None for line in lines for value in line.values):
        return None
    rows = _rows(times, lines)
    lines = tuple(
        Line(line.label, _rounded(line.values), line.colour, line.dash, line.digits, line.dots) for line in lines
    )
    return Chart(id, title, unit, alt_text, times, lines, rows, bands, low, high, marks=marks, marks_label=marks_label)


def _rows(times: tuple[float, ...], lines: tuple[Line, ...]) -> tuple[Row, ...]:
    """Return means over whole seconds, or over as many as make the table no longer than it should be."""
    row_s = max(1, math.ceil((times[-1] - times[0]) / _MOST_ROWS)) if times else 1
    numbers: dict[int, list[int]] = {}
    for i, t_s in enumerate(times):
        numbers.setdefault(int(t_s // row_s), []).append(i)
    labelled = {f"{number * row_s}–{(number + 1) * row_s}": members for number, members in sorted(numbers.items())}
    return mean_rows(labelled, lines)


def _stretches(count: int) -> str:
    return "one stretch" if count == 1 else f"{count} stretches"


def _each(frames: Sequence[FrameMeasurement], of: Callable[[FrameMeasurement], float | None]) -> Values:
    return tuple(of(frame) for frame in frames)


def _rounded(values: Values) -> Values:
    return tuple(None if value is None else round(value, 3) for value in values)


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if known else 0.0
