"""Which clip belongs to which take: by the slate in the picture, by the clocks, by their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

_QUARTER_HOUR_S = 900.0  # time zones differ by whole ones, and a camera's clock knows none
_MOST_QUARTERS = 56  # 14 hours
_LOOSEST_S, _TIGHTEST_S = 30.0, 3.0
_SHORTEST_SHARE = 0.4  # of a take's length; a clip shorter than that was stopped by mistake, or is another


@dataclass(frozen=True, slots=True)
class Expected:
    """A take that a clip is looked for: when it began by the computer's clock, if it was timed, and how long it was."""

    number: int
    started_at: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A clip: when it began by its own word (the camera's clock), if it tells, its length, the slate seen in it."""

    name: str
    recorded_at: datetime | None
    seconds: float
    slate: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A take and its clip, by its place among those found, and how it was told: "slate", "time" or "order"."""

    number: int
    clip: int
    how: str


@dataclass(frozen=True, slots=True)
class Matching:
    """What belongs together.

    `leftovers` are clips of no take, by their places; `missing` the numbers of takes without a clip; `offset_s` how far
    the camera's clock was ahead, where clips were matched by time.
    """

    matches: tuple[Match, ...]
    leftovers: tuple[int, ...]
    missing: tuple[int, ...]
    offset_s: float | None


def match(takes: Sequence[Expected], clips: Sequence[ClipInfo], offset_s: float | None = None) -> Matching:
    """Match clips to takes.

    A slate decides. Of the rest, what can be told by time is: with the clocks' known difference, give or take whole
    quarters of an hour for time zones; where it is not known, with the difference under which the most takes find a
    clip, if those are at least two, or else with none. What has no time is matched by order, if there are as many clips
    as takes; where there are more or fewer, nothing is guessed.

    Parameters
    ----------
    takes
        In their order.
    clips
        In their order: the first recorded first.
    offset_s
        How far the camera's clock was ahead of the computer's; None where it is not known.
    """
    matches = _by_slate(takes, clips)
    offset = None
    left, free = _left(takes, clips, matches)
    timed = [take for take in left if take.started_at is not None]
    dated = [at for at in free if clips[at].recorded_at is not None]
    if timed and dated:
        by_time, offset = _by_time(timed, dated, clips, offset_s)
        matches += by_time
        left, free = _left(takes, clips, matches)
    # Clips with a time that fits no take are another's: order says nothing of them.
    undated = [at for at in free if clips[at].recorded_at is None or not timed]
    if len(undated) == len(left):
        matches += [Match(take.number, at, "order") for take, at in zip(left, undated, strict=True)]
        left, free = _left(takes, clips, matches)
    matches.sort(key=lambda each: each.number)
    return Matching(tuple(matches), tuple(free), tuple(take.number for take in left), offset)


def _left(
    takes: Iterable[Expected], clips: Sequence[ClipInfo], matches: Iterable[Match]
) -> tuple[list[Expected], list[int]]:
    taken, used = {each.number for each in matches}, {each.clip for each in matches}
    return [take for take in takes if take.number not in taken], [at for at in range(len(clips)) if at not in used]


def _by_slate(takes: Iterable[Expected], clips: Sequence[ClipInfo]) -> list[Match]:
    """Return the takes whose number one clip alone shows."""
    matches = []
    for take in takes:
        showing = [at for at, clip in enumerate(clips) if clip.slate == take.number]
        if len(showing) == 1:
            matches.append(Match(take.number, showing[0], "slate"))
    return matches


def _by_time(
    takes: Sequence[Expected], dated: Sequence[int], clips: Sequence[ClipInfo], known_s: float | None
) -> tuple[list[Match], float | None]:
    """Return what matches by time under the best difference of the clocks, and that difference."""
    tolerance_s = _tolerance_s(takes)
    if known_s is not None:
        quarters = sorted(range(-_MOST_QUARTERS, _MOST_QUARTERS + 1), key=abs)
        candidates, enough = [known_s + _QUARTER_HOUR_S * quarter for quarter in quarters], 1
    else:
        candidates, enough = sorted({_ahead_s(clips[at], take) for take in takes for at in dated}, key=abs), 2
    best: list[Match] = []
    best_offset, least_s = None, 0.0
    for offset_s in candidates:
        found, away_s = _under(offset_s, takes, dated, clips, tolerance_s)
        # Of known clocks the zone that is nearest wins, of unknown ones the closest fit.
        closer = known_s is None and len(found) == len(best) and away_s < least_s
        if len(found) >= enough and (len(found) > len(best) or closer):
            best, best_offset, least_s = found, offset_s, away_s
    if not best and known_s is None:
        # Too few for a rhythm; but what fits to the seconds by clocks that nobody compared fits by no accident.
        best, _ = _under(0.0, takes, dated, clips, tolerance_s)
        best_offset = 0.0 if best else None
    return best, best_offset


def _under(
    offset_s: float, takes: Sequence[Expected], dated: Sequence[int], clips: Sequence[ClipInfo], tolerance_s: float
) -> tuple[list[Match], float]:
    """Return what matches if the camera's clock is ahead by so much, nearest first, and how far off it all is."""
    pairs = []
    for take in takes:
        for at in dated:
            away_s = abs(_ahead_s(clips[at], take) - offset_s)
            if away_s <= tolerance_s and clips[at].seconds >= _SHORTEST_SHARE * take.seconds:
                pairs.append((away_s, take.number, at))
    matches: list[Match] = []
    total_s = 0.0
    for away_s, number, at in sorted(pairs):
        if all(each.number != number and each.clip != at for each in matches):
            matches.append(Match(number, at, "time"))
            total_s += away_s
    return matches, total_s


def _ahead_s(clip: ClipInfo, take: Expected) -> float:
    if clip.recorded_at is None or take.started_at is None:
        raise ValueError("a time is missing")
    return (clip.recorded_at - take.started_at).total_seconds()


def _tolerance_s(takes: Sequence[Expected]) -> float:
    """Return how far off a clip may be: less than half the time from one take to the next."""
    starts = sorted(take.started_at for take in takes if take.started_at is not None)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
    return min(_LOOSEST_S, max(_TIGHTEST_S, 0.45 * min(gaps, default=_LOOSEST_S)))
