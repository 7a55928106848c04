"""Which of several people is the main subject through the whole clip; the others are counted."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.people.frame_series import FrameSeries, counts_of
from rigcoach.measure.people.track import Track, TrackPoint, gaps, mixed, point_series, points_of, shares_within
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
_MEET = 0.1  # overlap of the end of one and the beginning of another, both of one person
_STEP_WIDTHS = 3.0  # how far somebody gets in that time, in widths
_EDGE_SHARE = 0.01  # of the frame's width: as near to its side a box is cut by it
_PASSING = 0.75  # of what is seen of somebody across: cut to less than this by a side they are walking through it
_PASSED_S = 2.0  # against what was seen for so long before, or after
_LEAST_TURN_S = 0.5  # whoever leads while the lead is outside does so for so long


@dataclass(frozen=True, slots=True)
class LeadingTrack:
    """The subject, frame by frame where it was seen, and how many others were there in each frame."""

    sightings: FrameSeries[TrackPoint]
    others: Mapping[int, int]


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
    company = _Company(tracks, fps)
    weights = [_weight(track, frame_size, wanted) for track in tracks]
    sizes = [_size(track) for track in tracks]
    chain: list[int] = []
    by_weight = sorted(range(len(tracks)), key=lambda number: -weights[number])
    for number in by_weight:
        if not chain or (company.may_join(number) and sizes[number] > _SMALLEST_NEXT * sizes[chain[0]]):
            chain.append(number)
            company.join(number)
    sightings = point_series()
    for number in chain:
        sightings.fill_in(tracks[number].sightings)
    beside = [number for number in by_weight if sizes[number] > _SMALLEST_NEXT * sizes[chain[0]]]
    _fill_turns(sightings, [tracks[number] for number in beside], frame_size, fps, wanted)
    _bridge(sightings, round(_BRIDGE_S * fps))
    there = [np.empty(0, np.int64)]
    for track in tracks:
        frames, boxes = _boxes(track)
        led = sightings.at(frames)
        there.append(frames[np.isnan(led[:, 0]) | (shares_within(led, boxes) < _SAME)])
    at, counts = np.unique(np.concatenate(there), return_counts=True)
    others = counts_of(at, counts)
    return LeadingTrack(sightings, others)


def _stitched(tracks: Sequence[Track], fps: float) -> list[Track]:
    """Return tracks with the pieces of those joined who were hidden for a while and came out where they were going.

    The nearest are joined first. Of an hour's thousand tracks only those are compared that are near in time.
    """
    pieces = dict(enumerate(tracks))
    spans = _Spans(tracks, 2 * len(tracks))
    nearest: list[tuple[float, int, int]] = []

    def compare(i: int, j: int) -> None:
        stray = _stray(pieces[i], pieces[j], fps)
        if stray < _STRAY_WIDTHS:
            heappush(nearest, (stray, i, j))

    for i in pieces:
        for j in spans.from_before(i, _HIDDEN_S * fps):
            compare(i, j)
    while nearest:
        _, i, j = heappop(nearest)
        if i not in pieces or j not in pieces:
            continue
        both = point_series()
        both.fill_in(pieces[i].sightings)
        both.fill_in(pieces[j].sightings)
        del pieces[i], pieces[j]
        spans.forget(i, j)
        joined = Track(both)
        number = spans.add(joined)
        pieces[number] = joined
        for k in spans.from_before(number, _HIDDEN_S * fps):
            compare(number, k)
        for k in spans.to_after(number, _HIDDEN_S * fps):
            compare(k, number)
    return list(pieces.values())


class _Spans:
    """The first and the last frames of tracks, by their numbers, with room for so many in all."""

    def __init__(self, tracks: Sequence[Track], most: int) -> None:
        # What there is none of begins after all others and ends before them.
        self._firsts, self._lasts = np.full(most, np.inf), np.full(most, -np.inf)
        self._count = 0
        for track in tracks:
            self.add(track)

    def add(self, track: Track) -> int:
        """Take another track; return its number."""
        number = self._count
        self._firsts[number], self._lasts[number] = track.first, track.last
        self._count += 1
        return number

    def forget(self, *numbers: int) -> None:
        """Let tracks go."""
        for number in numbers:
            self._firsts[number], self._lasts[number] = np.inf, -np.inf

    def from_before(self, number: int, frames: float) -> list[int]:
        """Return who begins and ends later than one, no later than so many frames after its end."""
        first, last = self._firsts[number], self._lasts[number]
        return _numbers((self._firsts > first) & (self._lasts > last) & (self._firsts <= last + frames))

    def to_after(self, number: int, frames: float) -> list[int]:
        """Return whom one begins and ends later than, no later than so many frames after their end."""
        first, last = self._firsts[number], self._lasts[number]
        return _numbers((self._firsts < first) & (self._lasts < last) & (self._lasts >= first - frames))

    def near(self, number: int, frames: float = 0.0) -> list[int]:
        """Return who else is there while one is, or so many frames before or after."""
        first, last = self._firsts[number], self._lasts[number]
        there = (self._firsts <= last + frames) & (self._lasts >= first - frames)
        there[number] = False
        return _numbers(there)


def _numbers(which: npt.NDArray[np.bool_]) -> list[int]:
    numbers: list[int] = np.flatnonzero(which).tolist()
    return numbers


def _stray(a: Track, b: Track, fps: float) -> float:
    """Return how far, in widths, `b` begins from where `a` was going; infinite where it can't be the same."""
    last, first = a.last, b.first
    gap = first - last
    if gap <= 0 and a.first < first and last < b.last and _brief(a, b) and _same(a, b):
        return 0.0
    if not 0 < gap <= _HIDDEN_S * fps:
        return math.inf
    end, begin = a.sightings[last].box, b.sightings[first].box
    if not 0.6 < end[3] / begin[3] < 1.7:
        return math.inf
    lately = range(math.ceil(last - _PACE_S * fps), last + 1)
    earlier = next(i for i in lately if i in a.sightings)
    (x, y), (u, v), (bx, by) = centre(end), centre(a.sightings[earlier].box), centre(begin)
    frames = max(last - earlier, 1)
    ahead = gap / frames if last > earlier else 0.0
    return math.hypot(x + (x - u) * ahead - bx, y + (y - v) * ahead - by) / max(end[2], begin[2])


def _boxes(track: Track) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return a track's frames (n,) and its boxes in them (n, 4)."""
    frames, numbers = track.sightings.table()
    return frames, numbers[:, :4]


def _weight(track: Track, frame_size: tuple[int, int], wanted: tuple[float, float]) -> float:
    """Return how prominent somebody is, over all the frames they are in."""
    x, y, w, h = _boxes(track)[1].T
    width, height = frame_size
    away = np.hypot((x + w / 2) / width - wanted[0], ((y + h / 2) / height - wanted[1]) / 2)
    cut = (x <= _EDGE_SHARE * width) | (x + w >= (1 - _EDGE_SHARE) * width)
    area = w * h / (width * height)
    return float(np.sum(area * np.exp(-((away / _FAR) ** 2)) * np.where(cut, _CUT_SHARE, 1.0)))


def _size(track: Track) -> float:
    boxes = _boxes(track)[1]
    return float(np.median(np.sqrt(boxes[:, 2] * boxes[:, 3])))


class _Company:
    """Who of a clip's tracks was there beside whom, and who of them lead it, one after the other."""

    def __init__(self, tracks: Sequence[Track], fps: float) -> None:
        self._tracks, self._fps = tracks, fps
        self._spans = _Spans(tracks, len(tracks))
        self._compared: dict[tuple[int, int], bool | None] = {}
        self._led: dict[int, int] = {}  # since when in the chain
        self._bystanders: set[int] = set()

    def join(self, number: int) -> None:
        """Let a track lead, too; whoever is there beside it is a bystander."""
        self._led[number] = len(self._led)
        self._bystanders.update(other for other in self._spans.near(number) if self._same(other, number) is False)

    def may_join(self, number: int) -> bool:
        """Return whether a track may be the lead where nobody is yet: another piece of one, or who comes next."""
        for led in sorted(
            (other for other in self._spans.near(number) if other in self._led), key=self._led.__getitem__
        ):
            same = self._same(number, led)
            if same is not None:
                return same
        near = self._spans.near(number, 2 * self._fps)
        return not any(self._continues(other, number) for other in near if other in self._bystanders)

    def _same(self, i: int, j: int) -> bool | None:
        pair = (min(i, j), max(i, j))
        if pair not in self._compared:
            self._compared[pair] = _same(self._tracks[i], self._tracks[j])
        return self._compared[pair]

    def _continues(self, i: int, j: int) -> bool:
        """Return whether two tracks are likely of one person: they meet in time and place, or run side by side."""
        same = self._same(i, j)
        if same is not None:
            return same
        a, b = self._tracks[i], self._tracks[j]
        earlier, later = (a, b) if a.last < b.first else (b, a)
        gap = later.first - earlier.last
        meet = overlap(earlier.sightings[earlier.last].box, later.sightings[later.first].box)
        return gap <= 2 * self._fps and meet > _MEET


def _fill_turns(
    led: FrameSeries[TrackPoint],
    tracks: Iterable[Track],
    frame_size: tuple[int, int],
    fps: float,
    wanted: tuple[float, float],
) -> None:
    """While the lead is outside of the frame, let whoever of these tracks counts most then lead."""
    spans = [(track.first, track.last, track) for track in tracks]
    outside = list(_outside(led, frame_size[0], fps))
    while outside:
        since, until = outside.pop()
        turns = [
            Track(track.sightings.between(since + 1, until - 1))
            for first, last, track in spans
            if min(last, until) - max(first, since) >= _LEAST_TURN_S * fps
        ]
        turns = [turn for turn in turns if len(turn.sightings) >= _LEAST_TURN_S * fps]
        if turns:
            best = max(turns, key=lambda turn: _weight(turn, frame_size, wanted)).sightings
            led.fill_in(best)
            outside.append((since, best.first))
            if _walks_out(best.table()[1][-math.ceil(_PASSED_S * fps) :, :4], frame_size[0]):
                outside.append((best.last, until))


def _outside(led: FrameSeries[TrackPoint], width_px: int, fps: float) -> Iterator[tuple[float, float]]:
    """Yield between which frames nobody leads as the lead walked out before, or walked in only afterwards."""
    (at, numbers), reach = led.table(), math.ceil(_PASSED_S * fps)
    boxes = numbers[:, :4]
    if len(at) and _walks_out(boxes[:reach][::-1], width_px):
        yield -math.inf, int(at[0])
    for k in (np.flatnonzero(np.diff(at, append=np.iinfo(at.dtype).max) > 1) + 1).tolist():
        if _walks_out(boxes[max(0, k - reach) : k], width_px):
            yield int(at[k - 1]), int(at[k]) if k < len(at) else math.inf


def _walks_out(boxes: Floats, width_px: int) -> bool:
    """Return whether a side of the frame cuts off much of the last of these boxes, and more than of those before."""
    x, _, w, _ = boxes[-1].tolist()
    if _EDGE_SHARE * width_px < x and x + w < (1 - _EDGE_SHARE) * width_px:
        return False
    seen = np.minimum(boxes[:, 0] + boxes[:, 2], width_px) - np.maximum(boxes[:, 0], 0.0)
    return bool(seen[-1] < _PASSING * np.median(seen))


def _same(a: Track, b: Track) -> bool | None:
    """Return whether two tracks that have frames in common are of one person; `None` where they have none."""
    frames, mine, theirs = a.sightings.both(b.sightings)
    if not len(frames):
        return None
    # One that ends while the other begins is likely handed over: a detector's boxes differ while somebody turns.
    least = _SAME_BRIEFLY if _is_brief(len(frames), a, b) else _SAME
    return float(np.median(shares_within(mine, theirs))) > least


def _brief(a: Track, b: Track) -> bool:
    return _is_brief(len(a.sightings.both(b.sightings)[0]), a, b)


def _is_brief(frames: int, a: Track, b: Track) -> bool:
    return frames < _BRIEF * min(len(a.sightings), len(b.sightings))


def _bridge(sightings: FrameSeries[TrackPoint], longest: int) -> None:
    """Fill gaps by straight lines where one person can have gone so far in the time."""
    for a, b in gaps(sightings.frames(), longest):
        first, second = sightings[a], sightings[b]
        if _reachable(first.box, second.box):
            between = np.arange(a + 1, b)
            boxes = mixed(first.box, second.box, (between - a) / (b - a))
            faint = np.full(len(between), min(first.confidence, second.confidence) / 2)
            sightings.fill_in(points_of(between, np.column_stack((boxes, faint, np.zeros_like(faint)))))


def _reachable(a: Box, b: Box) -> bool:
    (x, y), (u, v) = centre(a), centre(b)
    return math.hypot(x - u, y - v) < _STEP_WIDTHS * max(a[2], b[2]) and 0.6 < a[3] / b[3] < 1.7
