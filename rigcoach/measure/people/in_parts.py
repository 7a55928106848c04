"""Small people in large frames, looked for part by part.

A network sees a frame reduced to its own few hundred pixels, in which somebody far off is a few pixels high. In a part
of the frame the same person is two to three times as large. Parts overlap, so that whoever is small is whole in one.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rigcoach.measure.arrays import Luma
from rigcoach.measure.people.detector import Detection, Detector, apart
from rigcoach.measure.picture.box import Box, centre

# Of the frame's height: higher ones are seen in the whole frame, and in a part they are parts of something.
SMALL_SHARE = 0.25
# Width and height of a part, over the frame's, and where parts begin.
_PART = (0.4, 0.62)
_LEFTS, _TOPS = (0.0, 0.3, 0.6), (0.0, 0.38)
_MOST_NEAR = 2
# Of a part: as near to its edge a box is cut by it.
_EDGE_SHARE = 0.01
# So many parts are looked at side by side; each more takes memory of its own.
_AT_ONCE = 2


def are_small(boxes: Iterable[Box], height_px: int) -> bool:
    """Return whether all of some boxes in a frame of that height are small enough to be looked for in parts.

    >>> are_small([(0, 0, 40, 100)], 1080), are_small([(0, 0, 40, 100), (0, 0, 200, 500)], 1080)
    (True, False)
    """
    return all(box[3] < SMALL_SHARE * height_px for box in boxes)


def small_ones(detector: Detector, luma: Luma) -> tuple[Detection, ...]:
    """Return who is small in an upright HxW plane, clearest first, by all its parts."""
    return _in_parts(detector, luma, ((left, top) for top in _TOPS for left in _LEFTS))


def small_ones_near(detector: Detector, luma: Luma, boxes: Sequence[Box]) -> tuple[Detection, ...]:
    """Return who is small in an upright HxW plane about where some boxes are, clearest first; it costs less."""
    return _in_parts(detector, luma, _parts_around(boxes, luma.shape))


def _parts_around(boxes: Sequence[Box], shape: tuple[int, ...]) -> Iterator[tuple[float, float]]:
    """Yield where parts begin that have boxes in their middle, and others with them; the largest box first."""
    left_over = sorted(boxes, key=lambda box: -box[2] * box[3])
    for _ in range(_MOST_NEAR):
        if not left_over:
            return
        x, y = centre(left_over[0])
        left, top = (
            min(max(at / side - share / 2, 0.0), 1 - share)
            for at, side, share in zip((x, y), (shape[1], shape[0]), _PART, strict=True)
        )
        yield left, top
        left_over = [box for box in left_over[1:] if not _holds((left, top), box, shape)]


def _holds(corner: tuple[float, float], box: Box, shape: tuple[int, ...]) -> bool:
    return all(
        begin * side <= at and at + size <= (begin + share) * side
        for begin, share, at, size, side in zip(corner, _PART, box[:2], box[2:], (shape[1], shape[0]), strict=True)
    )


def _in_parts(detector: Detector, luma: Luma, corners: Iterable[tuple[float, float]]) -> tuple[Detection, ...]:
    height, width = luma.shape
    across, down = round(_PART[0] * width), round(_PART[1] * height)
    begins = [(round(left * width), round(top * height)) for left, top in corners]
    parts = (np.ascontiguousarray(luma[top : top + down, left : left + across]) for left, top in begins)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="part") as pool:
        found = list(pool.map(detector.find, parts))
    finds = []
    for (left, top), part_finds in zip(begins, found, strict=True):
        for find in part_finds:
            x, y, w, h = find.box
            # What the frame's upper edge cuts is a hand more often than somebody small.
            cut = (
                (x <= _EDGE_SHARE * across and left > 0)
                or (x + w >= (1 - _EDGE_SHARE) * across and left + across < width)
                or y <= _EDGE_SHARE * down
                or (y + h >= (1 - _EDGE_SHARE) * down and top + down < height)
            )
            if not cut and h < SMALL_SHARE * height:
                finds.append(Detection((x + left, y + top, w, h), find.confidence))
    return apart(finds)
