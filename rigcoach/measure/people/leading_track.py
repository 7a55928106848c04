"""Who of several is the subject: one lead through the whole clip, the others counted."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rigcoach.measure.people.frame_series import FrameSeries
from rigcoach.measure.people.tracks import Track, TrackPoint, mix, point_series, within
from rigcoach.measure.picture.box import Box, centre, overlap

_FAR = 0.45  # from the wanted place, in frame widths and heights; there a subject counts 1/e
_CUT_SHARE = 0.3  # what one counts that the frame's left or right edge cuts
_SAME = 0.55  # share of one box inside another from which both are of one person
_BRIEF = 0.5  # of the shorter track; two that share fewer frames ...
_SAME_BRIEFLY = 0.2  # ... are of one person from this share on
_SMALLEST_NEXT = 0.4  # of the lead's size: whoever comes after the lead has gone
_HIDDEN_S = 1.5  # somebody may be hidden for so long and still be known by pace and size
_STRAY_WIDTHS = 1.0  # and come out so far from where the pace led
_PACE_S = 0.5
_BRIDGE_S = 1.0
_STEP_WIDTHS = 3.0  # how far somebody gets in that time, in widths
_EDGE_SHARE = 0.01  # of the frame's width: as near to its side a box is cut by it
_PASSING = 0.75  # of what is seen of somebody across: cut to less than this by a side they are walking through it
_PASSED_S = 2.0  # against what was seen for so long before, or after
_LEAST_TURN_S = 0.5  # whoever leads while the lead is outside does so for so long


@dataclass(frozen=True, slots=True)
class LeadingTrack:
    """The subject, frame by frame where it was seen, and how many others were there in each frame."""

    sightings: Mapping[int, TrackPoint]
    others: dict[int, int]


def leading_track(
    tracks: Sequence[Track], frame_size: tuple[int, int], fps: float, wanted: tuple[float, float] = (0.5, 0.5)
) -> LeadingTrack:
    """Return the subject of a clip.

    It is who is largest and nearest to the wanted place for the longest time. Whoever was there beside the lead stays
    a bystander, even when the lead is lost; who comes after the lead has gone may be the next. Where the lead walked
    out by a side of the frame, or has yet to walk in by one, whoever else is there leads meanwhile.

    Parameters
    ----------
    tracks
        All that was tracked; boxes in pixels of the frame.
    frame_size
        Width and height of the frame.
    fps
        Frames per second.
    wanted
        Where the subject should be, in fractions of width and height.
    """
    tracks = _stitched(tracks, fps)
    by_weight = sorted(tracks, key=lambda track: -_weight(track, frame_size, wanted))
    chain: list[Track] = []
    for track in by_weight:
        if not chain or (_belongs(track, chain, tracks, fps) and _size(track) > _SMALLEST_NEXT * _size(chain[0])):
            chain.append(track)
    sightings = point_series()
    for track in chain:
        sightings = point_series(track.sightings.items(), sightings.items())
    beside = [track for track in by_weight if chain and _size(track) > _SMALLEST_NEXT * _size(chain[0])]
    sightings = _bridged(_with_turns(sightings, beside, frame_size, fps, wanted), round(_BRIDGE_S * fps))
    others: dict[int, int] = {}
    for track in tracks:
        for index, sighting in track.sightings.items():
            led = sightings.get(index)
            if led is None or within(led.box, sighting.box) < _SAME:
                others[index] = others.get(index, 0) + 1
    return LeadingTrack(sightings, others)


def _stitched(tracks: Sequence[Track], fps: float) -> list[Track]:
    """Return tracks with the pieces of those joined who were hidden for a while and came out where they were going."""
    joined = list(tracks)
    while True:
        pairs = [
            (stray, i, j)
            for i, a in enumerate(joined)
            for j, b in enumerate(joined)
            if (stray := _stray(a, b, fps)) < _STRAY_WIDTHS
        ]
        if not pairs:
            return joined
        _, i, j = min(pairs)
        both = Track(point_series(joined[j].sightings.items(), joined[i].sightings.items()))
        joined = [track for k, track in enumerate(joined) if k not in (i, j)] + [both]


def _stray(a: Track, b: Track, fps: float) -> float:
    """Return how far, in widths, `b` begins from where `a` was going; infinite where it can't be the same."""
    gap = b.first - a.last
    if gap <= 0 and a.first < b.first and a.last < b.last and _brief(a, b) and _same(a, b):
        return 0.0
    if not 0 < gap <= _HIDDEN_S * fps:
        return math.inf
    end, begin = a.sightings[a.last].box, b.sightings[b.first].box
    if not 0.6 < end[3] / begin[3] < 1.7:
        return math.inf
    earlier = min(i for i in a.sightings if i >= a.last - _PACE_S * fps)
    (x, y), (u, v), (bx, by) = centre(end), centre(a.sightings[earlier].box), centre(begin)
    frames = max(a.last - earlier, 1)
    ahead = gap / frames if a.last > earlier else 0.0
    return math.hypot(x + (x - u) * ahead - bx, y + (y - v) * ahead - by) / max(end[2], begin[2])


def _weight(track: Track, frame_size: tuple[int, int], wanted: tuple[float, float]) -> float:
    return sum(_prominence(sighting, frame_size, wanted) for sighting in track.sightings.values())


def _prominence(sighting: TrackPoint, frame_size: tuple[int, int], wanted: tuple[float, float]) -> float:
    (x, _, w, h), (width, height) = sighting.box, frame_size
    cx, cy = centre(sighting.box)
    away = math.hypot(cx / width - wanted[0], (cy / height - wanted[1]) / 2)
    cut = x <= 0.01 * width or x + w >= 0.99 * width
    area = w * h / (width * height)
    return area * math.exp(-((away / _FAR) ** 2)) * (_CUT_SHARE if cut else 1.0)


def _size(track: Track) -> float:
    return float(np.median([math.sqrt(s.box[2] * s.box[3]) for s in track.sightings.values()]))


def _belongs(track: Track, chain: Iterable[Track], tracks: Iterable[Track], fps: float) -> bool:
    """Return whether a track may be the lead where the chain has none: another piece of it, or who comes next."""
    for led in chain:
        same = _same(track, led)
        if same is not None:
            return same
    bystanders = [other for other in tracks if any(_same(other, led) is False for led in chain)]
    return not any(_continues(other, track, fps) for other in bystanders)


def _with_turns(
    led: FrameSeries[TrackPoint],
    tracks: Iterable[Track],
    frame_size: tuple[int, int],
    fps: float,
    wanted: tuple[float, float],
) -> FrameSeries[TrackPoint]:
    """Return who leads, and while the lead is outside of the frame whoever of these tracks counts most then."""
    spans = [(track.first, track.last, track) for track in tracks]
    outside = list(_outside(led, frame_size[0], fps))
    led = point_series(led.items())
    while outside:
        since, until = outside.pop()
        turns = [
            Track(point_series((i, point) for i, point in track.sightings.items() if since < i < until))
            for first, last, track in spans
            if min(last, until) - max(first, since) >= _LEAST_TURN_S * fps
        ]
        turns = [turn for turn in turns if len(turn.sightings) >= _LEAST_TURN_S * fps]
        if turns:
            best = max(turns, key=lambda turn: _weight(turn, frame_size, wanted)).sightings
            led.update(best)
            outside.append((since, min(best)))
            if _walks_out(list(best.values())[-math.ceil(_PASSED_S * fps) :], frame_size[0]):
                outside.append((max(best), until))
    return led


def _outside(led: Mapping[int, TrackPoint], width_px: int, fps: float) -> Iterator[tuple[float, float]]:
    """Yield between which frames nobody leads as the lead walked out before, or walked in only afterwards."""
    at, points, reach = list(led), list(led.values()), math.ceil(_PASSED_S * fps)
    if at and _walks_out(points[:reach][::-1], width_px):
        yield -math.inf, at[0]
    for k, (i, until) in enumerate(pairwise([*at, math.inf]), 1):
        if until - i > 1 and _walks_out(points[max(0, k - reach) : k], width_px):
            yield i, until


def _walks_out(points: Sequence[TrackPoint], width_px: int) -> bool:
    """Return whether a side of the frame cuts off much of the last of these boxes, and more than of those before."""
    boxes = [point.box for point in points]
    x, _, w, _ = boxes[-1]
    cut = x <= _EDGE_SHARE * width_px or x + w >= (1 - _EDGE_SHARE) * width_px
    seen = [min(x + w, width_px) - max(x, 0.0) for x, _, w, _ in boxes]
    return cut and seen[-1] < _PASSING * float(np.median(seen))


def _same(a: Track, b: Track) -> bool | None:
    """Return whether two tracks that have frames in common are of one person; `None` where they have none."""
    both = a.sightings.keys() & b.sightings.keys()
    if not both:
        return None
    share = float(np.median([within(a.sightings[i].box, b.sightings[i].box) for i in both]))
    # One that ends while the other begins is likely handed over: a detector's boxes differ while somebody turns.
    return share > (_SAME_BRIEFLY if _brief(a, b) else _SAME)


def _brief(a: Track, b: Track) -> bool:
    both = a.sightings.keys() & b.sightings.keys()
    return len(both) < _BRIEF * min(len(a.sightings), len(b.sightings))


def _continues(a: Track, b: Track, fps: float) -> bool:
    """Return whether two tracks are likely of one person: they meet in time and place, or run beside one another."""
    same = _same(a, b)
    if same is not None:
        return same
    earlier, later = (a, b) if a.last < b.first else (b, a)
    gap = later.first - earlier.last
    return gap <= 2 * fps and overlap(earlier.sightings[earlier.last].box, later.sightings[later.first].box) > 0.1


def _bridged(sightings: Mapping[int, TrackPoint], longest: int) -> FrameSeries[TrackPoint]:
    """Return sightings with gaps filled by straight lines where one person can have gone so far in the time."""
    filled = point_series(sightings.items())
    known = sorted(sightings)
    for a, b in pairwise(known):
        first, second = sightings[a], sightings[b]
        if 1 < b - a <= longest and _reachable(first.box, second.box):
            for i in range(a + 1, b):
                t = (i - a) / (b - a)
                confidence = min(first.confidence, second.confidence) / 2
                filled[i] = TrackPoint(mix(first.box, second.box, t), confidence, found=False)
    return filled


def _reachable(a: Box, b: Box) -> bool:
    (x, y), (u, v) = centre(a), centre(b)
    return math.hypot(x - u, y - v) < _STEP_WIDTHS * max(a[2], b[2]) and 0.6 < a[3] / b[3] < 1.7
