"""Interlaced video: two fields woven into each frame, half a frame's time apart.

What is woven is taken apart by FFmpeg's estdif filter: the lines of the field that came first are kept, those between
are drawn along the edges that the others show, from that field alone. Nothing of another instant comes in, as it does
with bwdif and yadif, whose frames show a vertical smear of up to two lines where something moves. There is one frame
for each of the file's, at its own time. Frames in which nothing moves stay woven: they are whole.

Cameras also write whole frames in an interlaced file (25p in 50i), or some whole and some woven (24 frames a second in
60 fields), and some recorders fields without saying so: the pictures decide, where enough moves to tell.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Luma
from rigcoach.video.colour import normalised_luma

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

FRAMES_LOOKED_AT = 12
"""So many frames at a clip's start show how it was scanned."""

# Sums of differences, by which is told: fields apart in time differ more from the far field than from the near one.
_APART, _TOGETHER = 1.15, 0.77
# Of 24 frames a second in 60 fields two frames of five are woven.
_FEWEST, _WOVEN_SHARE = 2, 0.25
# So many levels are movement; so much of a picture has to move for it to tell, and so little for it to be still.
_MOVED, _LEAST_MOVING, _STILL = 8, 0.002, 0.0002
_EVERY_COLUMN = 4
_MOST_LINES, _MOST_FPS = 1152, 31
# Moving drawings, which no camera writes.
_NEVER_IN_FIELDS = frozenset(("gif", "apng", "webp"))


class Scan(StrEnum):
    """How a clip's frames were scanned: whole, or as two fields of which the top or the bottom one came first."""

    PROGRESSIVE = "progressive"
    TOP_FIRST = "tff"
    BOTTOM_FIRST = "bff"
    AS_FLAGGED = "auto"  # in fields, of which each frame says which came first


def may_be_interlaced(height: int, fps: Fraction, codec: str) -> bool:
    """Whether pictures of that height and rate may be woven of fields: no larger or faster ones ever were."""
    return height <= _MOST_LINES and fps <= _MOST_FPS and codec not in _NEVER_IN_FIELDS


def reduced(luma: Luma) -> Luma:
    """Return what `scan_of` needs of a frame's luma: all lines, a part of the columns, to keep."""
    return luma[:, ::_EVERY_COLUMN].copy()


def scan_of(flagged: bool, lumas: Sequence[Luma]) -> Scan:
    """Return how a clip was scanned, by what its first frames show, or else by what they say.

    Parameters
    ----------
    flagged
        Whether a frame says that it is interlaced.
    lumas
        The first frames in their order, `reduced`.
    """
    seen = scans_seen(lumas)
    woven = [told for told in seen if told is not Scan.PROGRESSIVE]
    if len(woven) >= _FEWEST and len(set(woven)) == 1 and len(woven) >= _WOVEN_SHARE * len(seen):
        return woven[0]
    if len(seen) >= _FEWEST and not woven:
        return Scan.PROGRESSIVE
    return Scan.AS_FLAGGED if flagged else Scan.PROGRESSIVE


def scans_seen(lumas: Sequence[Luma]) -> tuple[Scan, ...]:
    """Return how frames in a row were scanned, as far as enough moves in them to tell; they are `reduced`."""
    return tuple(told for told in map(_scanned, lumas, lumas[1:], lumas[2:]) if told is not None)


def _scanned(before: Luma, now: Luma, after: Luma) -> Scan | None:
    """Return how three frames in a row were scanned; `None` where too little moves to tell.

    By how well lines of the field before, of the same frame and of the field after fit between a frame's lines, as
    FFmpeg's idet filter does (libavfilter/vf_idet.c).
    """
    rows = (now.shape[0] - 2) // 2 * 2
    if rows < 4:
        return None
    earlier, here, later = (each[: rows + 2].astype(np.int16) for each in (before, now, after))
    # What stands still fits whenever it was taken.
    moves = _moves(earlier, later)[1:-1]
    if moves.mean() < _LEAST_MOVING:
        return None
    around = here[:-2] + here[2:]
    by_before, by_same, by_after = (np.abs(around - 2 * each[1:-1]) * moves for each in (earlier, here, later))
    # The first of these lines has number 1: it is of the bottom field. With the top field first, the bottom field
    # before is as near in time as the one of the same frame, and so is the top field after.
    near_top_first = int(by_before[::2].sum()) + int(by_after[1::2].sum())
    near_bottom_first = int(by_before[1::2].sum()) + int(by_after[::2].sum())
    same, nearest = int(by_same.sum()), min(near_top_first, near_bottom_first)
    if same < _TOGETHER * nearest:
        return Scan.PROGRESSIVE
    if max(near_top_first, near_bottom_first) > _APART * nearest and nearest < _APART * same:
        return Scan.TOP_FIRST if near_top_first < near_bottom_first else Scan.BOTTOM_FIRST
    return None


def progressive(frames: "Iterable[VideoFrame]", scan: Scan) -> "Iterator[VideoFrame]":
    """Return frames with their fields taken apart, each at its own time; whole frames pass as they are."""
    if scan is Scan.PROGRESSIVE:
        yield from frames
        return
    graph: av.filter.Graph | None = None
    woven: deque[tuple[VideoFrame, Luma]] = deque()
    before: Luma | None = None
    for frame in chain(frames, (None,)):
        if frame is not None:
            graph = graph or _graph(frame, scan)
            woven.append((frame, reduced(normalised_luma(frame, "bt709"))))
        if graph is None:
            return
        graph.vpush(frame)
        # The filter keeps a frame back, so that the one after is known here.
        for apart in _pulled(graph):
            whole, now = woven.popleft()
            after = woven[0][1] if woven else None
            yield whole if _is_whole(before, now, after) else apart
            before = now


def _is_whole(before: Luma | None, now: Luma, after: Luma | None) -> bool:
    """Whether nothing moves between a frame's fields: nothing at all, or they were taken together."""
    around = [other for other in (before, after) if other is not None]
    if around and all(_is_still(now, other) for other in around):
        return True
    return before is not None and after is not None and _scanned(before, now, after) is Scan.PROGRESSIVE


def _is_still(one: Luma, other: Luma) -> bool:
    return bool(_moves(one, other).mean() < _STILL)


def _moves(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(one.astype(np.int16) - other) > _MOVED)


def _graph(frame: "VideoFrame", scan: Scan) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    which = "interlaced" if scan is Scan.AS_FLAGGED else "all"
    taken_apart = graph.add("estdif", f"mode=frame:parity={scan}:deint={which}")
    graph.link_nodes(source, taken_apart, graph.add("buffersink")).configure()
    return graph


def _pulled(graph: av.filter.Graph) -> "Iterator[VideoFrame]":
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
