"""Straight edges as they lie in the frame, and the pixels beside them.

Frame coordinates have their origin at the centre of the top left pixel, as in OpenCV.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.tone import ToLight
from rigcoach.target_card import Edge


@dataclass(frozen=True, slots=True, eq=False)
class ImagedEdge:
    """An edge of ink in the frame, pixels.

    `middle` of the edge; `along`, the unit vector in which the ink lies on the right; `length_px`. `paper_px` and
    `ink_px` are the clear distances on either side before anything else is printed.
    """

    middle: Floats
    along: Floats
    length_px: float
    paper_px: float
    ink_px: float

    @property
    def into_ink(self) -> Floats:
        """Unit normal that points from paper into ink (y runs down, so right of `along` is a quarter turn on)."""
        return np.array((-self.along[1], self.along[0]))


@dataclass(frozen=True, slots=True, eq=False)
class EdgeProfiles:
    """Light across edges, gathered from whole pixels into bins of depth; arrays of edges x slices x bins.

    `count` is the number of pixels in a bin, `depth_px` their mean distance into the ink (negative on paper), `light`
    their mean linear light, `variance` its variance within the bin. Empty bins have a count of 0 and hold the bin's
    middle depth and no light. `white` and `black` are, for each edge, the shares of its pixels at nominal white or
    beyond, and at black.
    """

    count: Floats
    depth_px: Floats
    light: Floats
    variance: Floats
    white: Floats
    black: Floats


def project(homography: Floats, points: Iterable[tuple[float, float]] | Floats) -> Floats:
    """Return points, Nx2, put through a homography."""
    xy = np.asarray(list(points) if not isinstance(points, np.ndarray) else points, dtype=np.float64)
    mapped = xy @ homography[:, :2].T + homography[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)


def image_edges(
    edges: Sequence[Edge], homography: Floats, clear_mm: Sequence[tuple[float, float]] | None = None
) -> list[ImagedEdge]:
    """Return where edges of the card lie in the frame.

    Their clear distances are `clear_mm`, on paper and in ink, or `reach_mm` of each on both sides; in the frame they
    are the shorter ones of an edge's two ends.
    """
    start = np.array([edge.start_mm for edge in edges])
    end = np.array([edge.end_mm for edge in edges])
    clear = np.array([(edge.reach_mm, edge.reach_mm) for edge in edges] if clear_mm is None else clear_mm)
    run = end - start
    into = np.stack((-run[:, 1], run[:, 0]), axis=1) / np.hypot(*run.T)[:, None]
    paper, ink = -into * clear[:, :1], into * clear[:, 1:]
    p = project(homography, np.concatenate((start, end, start + paper, end + paper, start + ink, end + ink)))
    p = p.reshape(6, len(edges), 2)
    length = np.hypot(*(p[1] - p[0]).T)
    along = (p[1] - p[0]) / length[:, None]
    # Across the imaged edge: a tilted card shears the normal.
    offsets = p[2:] - p[0]
    across = np.abs(offsets[..., 1] * along[:, 0] - offsets[..., 0] * along[:, 1])
    paper_px, ink_px = across[:2].min(0), across[2:].min(0)
    return [
        ImagedEdge((p[0, i] + p[1, i]) / 2, along[i], float(length[i]), float(paper_px[i]), float(ink_px[i]))
        for i in range(len(edges))
    ]


def strip_bounds(edge: ImagedEdge, share: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the strip beside the middle `share` of an edge."""
    (x, y), (along_x, along_y) = edge.middle.tolist(), edge.along.tolist()
    half = edge.length_px * share / 2
    # Paper lies against the normal (-along_y, along_x), ink along it.
    right = max(along_y * edge.paper_px, -along_y * edge.ink_px)
    left = max(-along_y * edge.paper_px, along_y * edge.ink_px)
    bottom = max(-along_x * edge.paper_px, along_x * edge.ink_px)
    top = max(along_x * edge.paper_px, -along_x * edge.ink_px)
    wide, high = abs(along_x) * half, abs(along_y) * half
    return x - wide - left, y - high - top, x + wide + right, y + high + bottom


def inside_frame(edge: ImagedEdge, shape: tuple[int, ...], share: float) -> bool:
    """Return whether the strip beside the middle `share` of an edge lies inside a plane of `shape`."""
    left, top, right, bottom = strip_bounds(edge, share)
    return left >= 0 and top >= 0 and right <= shape[1] - 1 and bottom <= shape[0] - 1


def edge_profiles(
    luma: Luma, edges: Sequence[ImagedEdge], to_light: ToLight, *, share: float, slices: int, bin_px: float
) -> EdgeProfiles:
    """Gather the light across the middle `share` of edges inside the frame, in `slices` along each.

    No pixel is interpolated: each counts where its own centre lies, as in the slanted-edge method of ISO 12233.
    """
    on_paper = math.ceil(max(edge.paper_px for edge in edges) / bin_px)
    bins = on_paper + math.ceil(max(edge.ink_px for edge in edges) / bin_px)
    places, depths, codes = [], [], []
    for i, edge in enumerate(edges):
        depth, place_along, code = strip_pixels(luma, edge, share)
        slot = np.minimum((place_along * slices).astype(np.intp), slices - 1)
        places.append((i * slices + slot) * bins + (depth / bin_px + on_paper).astype(np.intp))
        depths.append(depth)
        codes.append(code)
    shape = (len(edges), slices, bins)
    place, size = np.concatenate(places), len(edges) * slices * bins
    light = to_light[np.concatenate(codes)].astype(np.float64)
    which = np.repeat(np.arange(len(edges)), [len(code) for code in codes])
    pixels = np.maximum(np.bincount(which, minlength=len(edges)), 1)
    count = np.bincount(place, minlength=size).reshape(shape).astype(np.float64)
    held = np.maximum(count, 1)
    mean = np.bincount(place, light, size).reshape(shape) / held
    square = np.bincount(place, light * light, size).reshape(shape) / held
    depth_px = np.bincount(place, np.concatenate(depths), size).reshape(shape) / held
    middles = (np.arange(bins) - on_paper + 0.5) * bin_px
    return EdgeProfiles(
        count=count,
        depth_px=np.where(count > 0, depth_px, middles),
        light=mean,
        variance=np.maximum(square - mean * mean, 0.0),
        white=np.bincount(which, light >= 1, len(edges)) / pixels,
        black=np.bincount(which, light <= 0, len(edges)) / pixels,
    )


def strip_pixels(luma: Luma, edge: ImagedEdge, share: float) -> tuple[Floats, Floats, Luma]:
    """Return, of the pixels beside an edge, the depth into the ink, the place along the middle (0 to 1), the code."""
    left, top, right, bottom = strip_bounds(edge, share)
    first_x, first_y = max(math.floor(left), 0), max(math.floor(top), 0)
    region = luma[first_y : math.ceil(bottom) + 1, first_x : math.ceil(right) + 1]
    (along_x, along_y), length = edge.along.tolist(), edge.length_px * share
    x = np.arange(first_x, first_x + region.shape[1]) - edge.middle[0]
    y = (np.arange(first_y, first_y + region.shape[0]) - edge.middle[1])[:, None]
    depth = y * along_x - x * along_y
    place = x * (along_x / length) + (y * (along_y / length) + 0.5)
    chosen = (depth > -edge.paper_px) & (depth < edge.ink_px) & (place > 0) & (place < 1)
    return depth[chosen], place[chosen], region[chosen]
