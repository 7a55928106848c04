"""Moments of a clip worth looking at: small pictures with what was measured drawn over them as lines."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from rigcoach.analysis.results import ClipMeasurements, FrameMeasurement
from rigcoach.base.progress import Advance, no_progress
from rigcoach.base.units import distance_text, estimate_text
from rigcoach.measure.arrays import Rgb
from rigcoach.measure.picture.box import Box, centre, inside
from rigcoach.measure.picture.framing import Framing
from rigcoach.report.faces import FaceHider
from rigcoach.scoring import limits
from rigcoach.scoring.advice import faults
from rigcoach.scoring.batch import ScoredClip
from rigcoach.scoring.score import FrameScore
from rigcoach.video.clip import read_pictures

# Pictures in a page: one a quarter of a second, up to this many over the whole clip.
_MOST_MOMENTS = 72
_EVERY_S = 0.25
_PICTURE_WIDTH_PX = 640
_PLACES = {"front": "in front", "behind": "behind it", "on": "on it"}
# The focus patch is shown pixel for pixel.
PATCH_PX = 160
_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 72)


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """One frame to look at.

    Attributes
    ----------
    t_s, picture
        When it was, and the frame as a data URI.
    box
        The subject; `None` where it was not found.
    wanted
        Where the subject's centre was to be, as a point in pixels.
    keeper_reach
        Half axes in pixels of the ellipse round it in which a keeper's subject is centred.
    roll
        A line through the subject along its horizontal, as x1, y1, x2, y2; `None` where roll is not known.
    patch, patch_box
        The focus patch pixel for pixel as a data URI, and where it is; only of the best and worst moments.
    facts
        What was measured, as labels and values.
    faults
        What kept it from being a keeper.
    """

    index: int
    t_s: float
    picture: str
    box: Box | None
    wanted: tuple[float, float] | None
    keeper_reach: tuple[float, float]
    roll: tuple[float, float, float, float] | None
    keeper: bool
    facts: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    patch: str | None = None
    patch_box: Box | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments through the clip in order, and the best and the worst of it."""

    through: tuple[ShownMoment, ...]
    best: tuple[ShownMoment, ...]
    worst: tuple[ShownMoment, ...]


def wanted_place(measures: ClipMeasurements) -> tuple[float, float] | None:
    """Return where the subject's centre was to be, in pixels; `None` where any place would do."""
    if measures.wanted.place is None:
        return None
    x, y = measures.wanted.place
    return x * measures.clip.width, y * measures.clip.height


def best_and_worst(
    frames: Sequence[FrameMeasurement], scores: Sequence[FrameScore], count: int
) -> tuple[list[int], list[int]]:
    """Return the numbers of the best and of the worst frames, best and worst first, apart in time and in no set twice.

    A frame is as good as its overall score; a keeper is none of the worst. Of those that have no score, one whose
    subject was lost and one whose focus could not be told are among the worst, and no more.
    """
    if not frames:
        return [], []
    value = {i: each.overall for i, each in enumerate(scores) if each.overall is not None}
    apart_s = max(0.5, frames[-1].t_s / (4 * count))
    best = _apart(sorted(value, key=lambda i: (-value[i], i)), frames, count, apart_s, ())
    # One frame without the subject tells all that there is to see in them.
    lost = [i for i, each in enumerate(scores) if each.framing is None]
    untold = [i for i, each in enumerate(scores) if each.framing is not None and each.focus is None]
    seen = sorted((i for i in value if not scores[i].keeper), key=lambda i: (value[i], i))
    worst = _apart(lost, frames, 1, apart_s, best)
    worst = _apart(untold, frames, len(worst) + 1, apart_s, best, worst)
    return best, _apart(seen, frames, count, apart_s, best, worst)


def moments(
    scored: ScoredClip, *, each_way: int = 4, hide: FaceHider | None = None, advance: Advance = no_progress
) -> Moments:
    """Decode a clip once more, in colour, and return what to look at.

    Parameters
    ----------
    scored
        The clip.
    each_way
        How many best and how many worst moments.
    hide
        Makes the pictures fit to be shared.
    advance
        Told of the pictures made, and of how many.
    """
    frames = scored.measures.frames
    best, worst = best_and_worst(frames, scored.score.frames, each_way)
    through = _evenly(frames)
    wanted = wanted_place(scored.measures)
    made: dict[int, ShownMoment] = {}
    chosen = {*best, *worst, *through}
    for picture in read_pictures(scored.measures.clip, chosen):
        rgb = picture.rgb if hide is None else hide(picture.rgb, frames[picture.index].subject)
        made[picture.index] = _moment(scored, picture.index, rgb, wanted, close=picture.index in {*best, *worst})
        advance(len(made), len(chosen))
    return Moments(*(tuple(made[i] for i in numbers if i in made) for numbers in (through, best, worst)))


def _evenly(frames: Sequence[FrameMeasurement]) -> list[int]:
    if not frames:
        return []
    length_s = frames[-1].t_s
    count = int(min(_MOST_MOMENTS, max(1, length_s / _EVERY_S + 1), len(frames)))
    times = np.array([frame.t_s for frame in frames])
    wanted = np.linspace(0, length_s, count)
    return sorted({int(np.abs(times - t_s).argmin()) for t_s in wanted})


def _apart(
    order: list[int],
    frames: Sequence[FrameMeasurement],
    count: int,
    apart_s: float,
    taken: Sequence[int],
    begun: Sequence[int] = (),
) -> list[int]:
    """Return up to so many frames in this order, those `begun` with among them, none of them `taken`."""
    chosen = list(begun)
    for i in order:
        if len(chosen) == count:
            break
        if i not in taken and all(abs(frames[i].t_s - frames[j].t_s) >= apart_s for j in chosen):
            chosen.append(i)
    return chosen


def _moment(
    scored: ScoredClip, index: int, rgb: Rgb, wanted: tuple[float, float] | None, *, close: bool
) -> ShownMoment:
    clip, frame, each = scored.measures.clip, scored.measures.frames[index], scored.score.frames[index]
    size = (clip.width, clip.height)
    box = None if frame.subject is None else frame.subject.box
    patch_box = _patch_box(rgb, box) if close and box is not None else None
    return ShownMoment(
        index=index,
        t_s=frame.t_s,
        picture=jpeg(reduced(rgb)),
        box=box,
        wanted=wanted if frame.subject is not None else None,
        keeper_reach=(size[0] * limits.PLACE.keeper, size[1] * limits.PLACE.keeper),
        roll=roll_line(frame),
        keeper=each.keeper,
        facts=_facts(frame, each),
        faults=faults(frame, scored.measures),
        patch=None if patch_box is None else jpeg(_cut(rgb, patch_box)),
        patch_box=patch_box,
    )


def roll_line(frame: FrameMeasurement) -> tuple[float, float, float, float] | None:
    """Return a line through the subject along its horizontal; `None` where its roll is not known."""
    if frame.subject is None or frame.framing is None or frame.framing.roll_deg is None:
        return None
    cx, cy = centre(frame.subject.box)
    reach, turn = 0.75 * frame.subject.box[2], np.radians(frame.framing.roll_deg)
    dx, dy = float(reach * np.cos(turn)), float(reach * np.sin(turn))
    return (cx - dx, cy - dy, cx + dx, cy + dy)


def _facts(frame: FrameMeasurement, each: FrameScore) -> tuple[tuple[str, str], ...]:
    focus, framing = frame.focus, frame.framing
    facts: list[tuple[str, str | None]] = [
        ("focus", None if each.focus is None else f"{each.focus:.0f}"),
        ("framing", None if each.framing is None else f"{each.framing:.0f}"),
        ("steadiness", None if each.steadiness is None else f"{each.steadiness:.0f}"),
        ("exposure", None if each.exposure is None else f"{each.exposure:.0f}"),
        ("blur", None if focus.blur_px is None else f"{focus.blur_px:.1f} px"),
        ("kind", focus.kind),
        ("focused", None if focus.place is None else _PLACES[focus.place.side]),
        ("motion blur", None if focus.smear_px is None else f"{focus.smear_px:.1f} px"),
        ("roll", _roll(frame)),
        ("distance", _distance(frame)),
        ("shot", _shot(framing)),
        ("room ahead", None if framing is None or framing.lead_room is None else f"{100 * framing.lead_room:.0f} %"),
    ]
    return tuple((name, value) for name, value in facts if value is not None)


def _roll(frame: FrameMeasurement) -> str | None:
    if frame.framing is None or frame.framing.roll_deg is None:
        return None
    interval = frame.framing.roll_deg_interval
    spread = "" if interval is None else f" ± {(interval[1] - interval[0]) / 2:.1f}°"
    return f"{frame.framing.roll_deg:+.1f}°{spread}{' by gravity' if frame.roll_by == 'gravity' else ''}"


def _patch_box(rgb: Rgb, box: Box) -> Box | None:
    """Return the square of the subject with the strongest edges: there focus is seen best."""
    region = inside(box, rgb.shape)
    if region is None:
        return None
    left, top, right, bottom = region
    side = min(PATCH_PX, *rgb.shape[:2])
    luma = cv2.cvtColor(rgb[top:bottom, left:right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    strength = np.hypot(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    # Sums over every square that lies in the box; one sum where the box is smaller than the square.
    across, down = min(side, luma.shape[1]), min(side, luma.shape[0])
    total = cv2.integral(strength)
    summed = total[down:, across:] - total[:-down, across:] - total[down:, :-across] + total[:-down, :-across]
    y, x = np.unravel_index(int(np.argmax(summed)), summed.shape)
    x0 = int(np.clip(left + x - (side - across) // 2, 0, rgb.shape[1] - side))
    y0 = int(np.clip(top + y - (side - down) // 2, 0, rgb.shape[0] - side))
    return (float(x0), float(y0), float(side), float(side))


def _cut(rgb: Rgb, box: Box) -> Rgb:
    x, y, w, h = (round(part) for part in box)
    return rgb[y : y + h, x : x + w]


def reduced(rgb: Rgb) -> Rgb:
    """Return a picture made small enough for a page."""
    height, width = rgb.shape[:2]
    if width <= _PICTURE_WIDTH_PX:
        return rgb
    size = (_PICTURE_WIDTH_PX, round(height * _PICTURE_WIDTH_PX / width))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def jpeg(rgb: Rgb) -> str:
    """Return a picture as a data URI; nothing of its file comes along."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), _JPEG)
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def _distance(frame: FrameMeasurement) -> str | None:
    """Return how far away the subject is, and how good that is where it is an estimate."""
    if frame.away_m is None:
        return None
    away_m, sd_m = frame.away_m
    return distance_text(away_m, 2) if frame.person is None else estimate_text(away_m, sd_m)


def _shot(framing: Framing | None) -> str | None:
    """Return how much of a person the frame shows, and where it cuts."""
    if framing is None or framing.shot is None:
        return None
    cut = framing.shot.cut
    return framing.shot.scale if cut is None or cut.name == "full" else f"{framing.shot.scale}, cut at the {cut.name}"
