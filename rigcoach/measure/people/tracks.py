"""From occasional detections to tracks of people in every frame, and which of them is the main subject.

Every find is joined to the track whose followed box it covers, or starts a new one. Between finds a track's box is
followed by the corners in it, for a bounded time. What was found clearly, again and again, in one place is kept;
the rest was none. All that is known of anybody is a box that moves.
"""

import math
import statistics
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.motion.median_flow import MedianFlowTracker
from rigcoach.measure.people.detector import NEAR_SHARE, Detection, Detector, apart, scaled
from rigcoach.measure.people.frame_series import FrameSeries, box_series, number_series
from rigcoach.measure.people.in_parts import are_small, small_ones, small_ones_near
from rigcoach.measure.people.track import Track, gaps, mixed, points_of, within
from rigcoach.measure.picture.box import Box, centre, overlap
from rigcoach.measure.picture.pyramid import Pyramid

_WHOLE_EVERY = 3  # every so manieth look goes over the whole frame, the others to where somebody is followed
_LONGEST_BRIDGE_S = 1.0  # without a sure find a track ends
_LONGEST_BLIND_S = 0.5  # places between two finds that could not be followed are put in straight lines, so far
_LEAD_IN_S, _LEAD_OUT_S = 0.4, 0.2  # followed before the first sure find, and after the last
_FEWEST_FINDS_SHARE = 0.4  # of the looks between a track's first and last find
_STRENGTH_QUANTILE = 0.75
_SAME = 0.25  # overlap of a find and a followed box
_NEAR = 0.7  # else their distance in widths
_MOST_GROWTH = 1.7
_SMOOTH_S = 0.4  # sizes are medians over so long either way
_FAINT = 0.5  # of what is sure; fainter finds start no track
_CROSSED = 0.15  # overlap from which two tracks hide one another's corners
_WITHIN = 0.6  # share of a box inside another from which both are of one person
_EDGE_SHARE = 0.01  # of the frame: as near to its edge a box is cut by it
_MOST_RECENT = 12  # tracks that ended, the last of them
_SETTLED_LOOKS = 5  # found clearly in so many looks, somebody needs fewer
_PACE_S = 0.4  # the pace of a track is taken over so long
_IDLE_S = 2.0  # nobody was found for so long ...
_IDLE_EVERY = 4  # ... then every so manieth look is enough
_PARTS_EVERY_S = 2.0  # large frames are searched in all their parts so often
_ONWARD_S = 0.2  # the way that boxes go on is that of so long before
_FOLLOWED_PER_S = 20.0  # in frames between, boxes go straight


@dataclass(slots=True)
class _Live:
    """A track in the making; boxes in pixels of the frames as they are followed."""

    box: Box
    follower: MedianFlowTracker | None
    last_find: int
    last_sure: int
    crossed: bool = False
    pace: tuple[float, float] = (0.0, 0.0)
    boxes: FrameSeries[Box] = field(default_factory=box_series)
    followed: FrameSeries[float] = field(default_factory=number_series)
    finds: FrameSeries[float] = field(default_factory=number_series)


class Tracker:
    """Tracks what a detector finds through the frames of a clip, in order.

    Parameters
    ----------
    finder
        The detector.
    fps
        Frames per second.
    factor
        What takes the frames' pixels to those that tracks are told in.
    """

    def __init__(self, finder: Detector, fps: float, factor: float = 1.0) -> None:
        self._detector = finder
        self._fps = fps
        self._rules = finder.rules
        self._every = max(1, round(fps / self._rules.looks_per_s))
        self._follow_every = max(1, round(fps / _FOLLOWED_PER_S))
        self._index = -1
        self._looks = array("q")
        self._last_sure = 0
        self._parts_due = 0
        self._factor = factor
        self._height = 0
        self._live: list[_Live] = []
        self._ended: list[_Live] = []  # for good, of the clip's whole length
        self._ended_lately: deque[_Live] = deque()
        longest = max(math.ceil(_LEAD_IN_S * fps), _IDLE_EVERY * self._every)
        self._recent: deque[tuple[int, Pyramid]] = deque(maxlen=1 + math.ceil(longest / self._follow_every))

    def skip(self, frames: int = 1) -> None:
        """Let frames go by: nobody is followed into them, and whoever was ends."""
        self._index += frames
        self._end(self._live)
        self._live = []
        self._recent.clear()

    def step(self, picture: Pyramid, closer: Luma | None = None) -> None:
        """Take the next frame, and the same frame larger where small ones may be looked for in its parts."""
        self._index += 1
        self._height = picture.shape[0]
        due = self._is_due()
        follows = due or self._index % self._follow_every == 0
        if follows:
            for live in self._live:
                _follow(live, picture, self._index)
        self._part_crossing()
        if due:
            self._looks.append(self._index)
            self._join(picture, self._look(picture.luma, closer if self._rules.in_parts else None))
        longest = _LONGEST_BRIDGE_S * self._fps
        self._end([live for live in self._live if self._index - live.last_sure > longest])
        self._live = [live for live in self._live if self._index - live.last_sure <= longest]
        if follows:
            self._recent.append((self._index, picture))

    def _end(self, over: Iterable[_Live]) -> None:
        for live in over:
            live.follower = None  # it keeps a picture
            self._ended_lately.append(live)
        while len(self._ended_lately) > _MOST_RECENT:
            over_long = self._ended_lately.popleft()
            # What comes later makes nobody of what was nobody; there is much of that in an hour.
            if self._is_somebody(over_long, 0):
                self._ended.append(over_long)

    def tracks(self) -> tuple[Track, ...]:
        """Return what was there for sure, in the order in which it appeared."""
        return _in_order(self._finish(live, 0) for live in (*self._ended, *self._ended_lately, *self._live))

    def tracks_since(self, first: int) -> tuple[Track, ...]:
        """Return what `tracks` would if the clip had begun at a frame and ended at the last one taken.

        Whoever is followed still is taken to stay, though the last sure find be a moment ago. It costs no more for a
        long clip than for a short one.
        """
        ended = [self._finish(self._since(live, first), first) for live in self._ended_lately]
        live = [self._finish(self._since(live, first), first, stays=True) for live in self._live]
        return _in_order((*ended, *live))

    def _since(self, live: _Live, first: int) -> _Live:
        every: tuple[FrameSeries[Any], ...] = (live.boxes, live.followed, live.finds)
        boxes, followed, finds = (series.between(first, self._index) for series in every)
        return replace(live, boxes=boxes, followed=followed, finds=finds)

    def _is_due(self) -> bool:
        """Return whether to look: less often while nobody is there, and while all are found look after look."""
        turn, between = divmod(self._index, self._every)
        if between:
            return False
        if self._index - self._last_sure > _IDLE_S * self._fps:
            return turn % _IDLE_EVERY == 0
        return turn % 2 == 0 or not all(self._is_settled(live) for live in self._live)

    def _is_settled(self, live: _Live) -> bool:
        found = [live.finds.get(look, 0.0) >= self._rules.min_confidence for look in self._looks[-_SETTLED_LOOKS:]]
        return len(found) == _SETTLED_LOOKS and all(found) and live.follower is not None and not live.crossed

    def _look(self, luma: Luma, closer: Luma | None) -> Sequence[Detection]:
        """Look where somebody is followed; over the whole frame now and then, and where the last look found nobody."""
        last = self._looks[-2] if len(self._looks) > 1 else 0
        if len(self._looks) % _WHOLE_EVERY == 1 or any(live.last_find < last for live in self._live):
            finds = self._detector.find(luma)
            return finds if closer is None else self._with_small_ones(finds, luma, closer)
        if not self._live:
            return ()
        boxes = [live.box for live in self._live]
        if closer is None or not are_small(boxes, luma.shape[0]):
            return self._detector.find_near(luma, boxes)
        factor = closer.shape[0] / luma.shape[0]
        near = small_ones_near(self._detector, closer, [scaled(box, factor) for box in boxes])
        return [Detection(scaled(find.box, 1 / factor), find.confidence) for find in near]

    def _with_small_ones(self, finds: Sequence[Detection], luma: Luma, closer: Luma) -> Sequence[Detection]:
        """Return finds with those in parts of the frame, unless somebody large is there: then that is whom it shows."""
        sure = [find.box for find in finds if find.confidence >= self._rules.min_confidence]
        followed = [live.box for live in self._live]
        if not are_small([*sure, *followed], luma.shape[0]):
            return finds
        factor = closer.shape[0] / luma.shape[0]
        if self._index >= self._parts_due:
            small, self._parts_due = small_ones(self._detector, closer), self._index + round(_PARTS_EVERY_S * self._fps)
        else:
            small = small_ones_near(self._detector, closer, [scaled(box, factor) for box in followed])
        return apart([*finds, *(Detection(scaled(find.box, 1 / factor), find.confidence) for find in small)])

    def _part_crossing(self) -> None:
        """Let tracks that cross go straight on: one hides the other, and following would take them for one."""
        crossing = {
            id(live)
            for live in self._live
            for other in self._live
            if live is not other and overlap(live.box, other.box) > _CROSSED
        }
        for live in self._live:
            live.crossed = id(live) in crossing
            if live.crossed:
                ahead = self._index - live.last_find
                x, y, w, h = live.boxes[live.last_find]
                live.box = (x + ahead * live.pace[0], y + ahead * live.pace[1], w, h)
                live.boxes[self._index] = live.box

    def _join(self, picture: Pyramid, finds: Sequence[Detection]) -> None:
        free = list(finds)
        if any(find.confidence >= self._rules.min_confidence for find in finds):
            self._last_sure = self._index
        pairs = [(_likeness(live, find), live, find) for live in self._live for find in free]
        taken: list[_Live] = []
        for likeness, live, find in sorted(pairs, key=lambda pair: -pair[0]):
            if likeness > 0 and find in free and not any(live is other for other in taken):
                taken.append(live)
                free.remove(find)
                self._update(live, picture, find)
        for find in free:
            part = any(within(find.box, live.box) > _WITHIN for live in taken)
            if find.confidence >= _FAINT * self._rules.min_confidence and not part:
                self._start(picture, find)

    def _update(self, live: _Live, picture: Pyramid, find: Detection) -> None:
        live.box = live.boxes[self._index] = find.box
        live.finds[self._index] = find.confidence
        live.last_find = self._index
        if find.confidence >= self._rules.min_confidence:
            live.last_sure = self._index
        lately = range(self._index - math.floor(_PACE_S * self._fps), self._index)
        before = next((i for i in lately if i in live.finds), None)
        if before is not None and not live.crossed:
            then, now = centre(live.boxes[before]), centre(find.box)
            frames = self._index - before
            live.pace = ((now[0] - then[0]) / frames, (now[1] - then[1]) / frames)
        live.follower = MedianFlowTracker(picture, find.box)

    def _start(self, picture: Pyramid, find: Detection) -> None:
        live = _Live(find.box, MedianFlowTracker(picture, find.box), self._index, self._index)
        live.boxes[self._index] = find.box
        live.finds[self._index] = find.confidence
        self._live.append(live)
        backwards = MedianFlowTracker(picture, find.box)
        since = self._led_in(self._index)
        for index, before in reversed(self._recent):
            if index < since:
                break
            followed = backwards.step(before)
            if followed is None:
                break
            live.boxes[index], live.followed[index] = followed.box, followed.confidence

    def _led_in(self, found: int) -> float:
        """Return from where on somebody is followed who was first found in a frame: since the last look, at least."""
        at = bisect_left(self._looks, found)
        return min(found - _LEAD_IN_S * self._fps, self._looks[at - 1] if at else math.inf)

    def _least_mean(self, live: _Live, between: Iterable[int]) -> float:
        """Return the mean confidence that a track must have: more where it is near, for there it is seen clearly."""
        top, high = (float(np.median([live.boxes[i][side] for i in between])) for side in (1, 3))
        if high < NEAR_SHARE * self._height:
            return self._rules.min_mean_confidence
        headless = top <= _EDGE_SHARE * self._height
        return self._rules.min_mean_confidence_headless if headless else self._rules.min_mean_confidence_near

    def _sure(self, live: _Live) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the frames of the finds from the first to the last that are sure, and how sure each is."""
        frames, confidences = live.finds.frames(), np.fromiter(live.finds.values(), np.float64)
        sure = np.flatnonzero(confidences >= self._rules.min_confidence)
        between = slice(sure[0], sure[-1] + 1) if len(sure) else slice(0, 0)
        return frames[between], confidences[between]

    def _is_somebody(self, live: _Live, began: int) -> bool:
        """Return whether a track was found often, clearly and long enough, in a clip that began at a frame."""
        frames, strength = self._sure(live)
        at = bisect_left(self._looks, began)
        fewest = min(self._rules.fewest_finds, len(self._looks) - at)
        if not len(frames) or len(frames) < fewest:
            return False
        first, last = int(frames[0]), int(frames[-1])
        looks = bisect_right(self._looks, last) - max(bisect_left(self._looks, first), at)
        if len(frames) < _FEWEST_FINDS_SHARE * looks:
            return False
        if last - first < min(self._rules.lasting_s * self._fps, self._looks[-1] - self._looks[at]):
            return False
        if self._rules.mostly_sure and np.quantile(strength, _STRENGTH_QUANTILE) < self._rules.min_confidence:
            return False
        return bool(np.mean(strength) >= self._least_mean(live, frames.tolist()))

    def _finish(self, live: _Live, began: int, *, stays: bool = False) -> Track | None:
        """Return the track between its first and last sure find, and a little beyond; `None` where it was nothing."""
        if not self._is_somebody(live, began):
            return None
        frames, strength = self._sure(live)
        first, last = int(frames[0]), int(frames[-1])
        # Whoever was found when it was last looked is there until the end.
        stays = stays or self._looks[-1] <= last
        since, until = self._led_in(first), self._index if stays else last + _LEAD_OUT_S * self._fps
        at, boxes = live.boxes.table()
        kept = (since <= at) & (at <= until)
        at, boxes = _bridged(at[kept], boxes[kept], round(_LONGEST_BLIND_S * self._fps))
        if stays and self._index - at[-1] <= self._every:
            # Until the next look nobody is gone who could no longer be followed: boxes go on as they went.
            last = int(at[-1])
            at, boxes = _gone_on(at, boxes, self._index, max(round(_ONWARD_S * self._fps), 1))
        boxes = _steady_sizes(at, boxes, frames, round(_SMOOTH_S * self._fps))
        finds, followed = live.finds.at(at)[:, 0], live.followed.at(at)[:, 0]
        faint = float(np.median(strength)) * np.where(np.isnan(followed), 0.5, followed)
        is_find = ~np.isnan(finds)
        found = is_find & (first <= at) & (at <= last)
        return Track(points_of(at, np.column_stack((boxes * self._factor, np.where(is_find, finds, faint), found))))


def _in_order(tracks: Iterable[Track | None]) -> tuple[Track, ...]:
    return tuple(sorted((track for track in tracks if track is not None), key=lambda track: track.first))


def _follow(live: _Live, picture: Pyramid, index: int) -> None:
    if live.follower is None:
        return
    followed = live.follower.step(picture)
    if followed is None:
        live.follower = None
        return
    live.box = live.boxes[index] = followed.box
    live.followed[index] = followed.confidence


def _likeness(live: _Live, find: Detection) -> float:
    """Return how well a find continues a track, above 0 where it may."""
    shared = overlap(live.box, find.box)
    growth = math.sqrt(find.box[2] * find.box[3] / (live.box[2] * live.box[3]))
    if not 1 / _MOST_GROWTH <= growth <= _MOST_GROWTH:
        return 0.0
    if shared >= _SAME:
        return 1.0 + shared
    reach = _NEAR if live.follower is not None else 2 * _NEAR
    (x, y), (u, v) = centre(live.box), centre(find.box)
    away = math.hypot(x - u, y - v) / max(min(live.box[2], live.box[3]), 1.0)
    return max(0.0, 1.0 - away / reach)


def _bridged(at: npt.NDArray[np.int64], boxes: Floats, longest: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return frames and boxes with short gaps filled by straight lines."""
    frames, filled = [at], [boxes]
    for a, b in gaps(at, longest):
        first, second = boxes[np.searchsorted(at, (a, b))]
        between = np.arange(a + 1, b)
        frames.append(between)
        filled.append(mixed(first, second, (between - a) / (b - a)))
    order = np.argsort(all_frames := np.concatenate(frames), kind="stable")
    return all_frames[order], np.concatenate(filled)[order]


def _gone_on(at: npt.NDArray[np.int64], boxes: Floats, until: int, back: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return frames and boxes up to a frame, going on as they went over so many frames before."""
    last = int(at[-1])
    earlier = int(np.searchsorted(at, last - back))
    before = boxes[earlier] if at[earlier] == last - back else boxes[-1]
    onward = np.arange(last + 1, until + 1)
    boxes = np.concatenate((boxes, mixed(before, boxes[-1], 1 + (onward - last) / back)))
    return np.concatenate((at, onward)), boxes


def _steady_sizes(at: npt.NDArray[np.int64], boxes: Floats, finds: npt.NDArray[np.int64], reach: int) -> Floats:
    """Return boxes whose widths and heights are medians of the finds around: detectors jump from size to size."""
    found = boxes[np.searchsorted(at, finds), 2:].T.tolist()
    begins: list[int] = np.searchsorted(finds, at - reach, "left").tolist()
    ends: list[int] = np.searchsorted(finds, at + reach, "right").tolist()
    sizes = boxes[:, 2:].copy()
    told, size = (0, 0), (0.0, 0.0)
    for i, near in enumerate(zip(begins, ends, strict=True)):
        if near[0] < near[1]:
            if near != told:
                told, size = near, tuple(statistics.median(side[near[0] : near[1]]) for side in found)
            sizes[i] = size
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    return np.concatenate((middles - sizes / 2, sizes), axis=1)
