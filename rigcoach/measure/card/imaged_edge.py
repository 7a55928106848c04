"""Straight edges as they lie in the frame, and the pixels beside them.

Frame coordinates have their origin at the centre of the top left pixel, as in OpenCV.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.picture.tone import ToLight
from rigcoach.target_card import Edge

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ImagedEdges:
    """Edges of ink in the frame, pixels; n of them.

    `middle`, n x 2, of each edge; `along`, n x 2, the unit vector in which the ink lies on the right; `length_px`.
    `paper_px` and `ink_px` are the clear distances on either side before anything else is printed.
    """

    middle: Floats
    along: Floats
    length_px: Floats
    paper_px: Floats
    ink_px: Floats

    def __len__(self) -> int:
        return len(self.length_px)

    @property
    def into_ink(self) -> Floats:
        """Unit normals, n x 2, from paper into ink (y runs down, so right of `along` is a quarter turn on)."""
        return np.stack((-self.along[:, 1], self.along[:, 0]), axis=1)

    @property
    def clear_px(self) -> Floats:
        """The shorter one of each edge's clear distances."""
        return np.minimum(self.paper_px, self.ink_px)

    def only(self, chosen: Flags) -> "ImagedEdges":
        """Return the chosen edges."""
        return ImagedEdges(
            self.middle[chosen], self.along[chosen], self.length_px[chosen], self.paper_px[chosen], self.ink_px[chosen]
        )

    def inside(self, shape: tuple[int, ...], share: float) -> Flags:
        """Return of which edges the strip beside the middle `share` lies inside a plane of `shape`."""
        left, top, right, bottom = self.strip_bounds(share).T
        return np.asarray((left >= 0) & (top >= 0) & (right <= shape[1] - 1) & (bottom <= shape[0] - 1), np.bool_)

    def strip_bounds(self, share: float) -> Floats:
        """Return left, top, right and bottom of the strips beside the middle `share` of edges, n x 4."""
        half = self.length_px * share / 2
        along_x, along_y = self.along.T
        # Paper lies against the normal (-along_y, along_x), ink along it.
        right = np.maximum(along_y * self.paper_px, -along_y * self.ink_px)
        left = np.maximum(-along_y * self.paper_px, along_y * self.ink_px)
        bottom = np.maximum(-along_x * self.paper_px, along_x * self.ink_px)
        top = np.maximum(along_x * self.paper_px, -along_x * self.ink_px)
        (x, y), wide, high = self.middle.T, np.abs(along_x) * half, np.abs(along_y) * half
        return np.stack((x - wide - left, y - high - top, x + wide + right, y + high + bottom), axis=1)


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
) -> ImagedEdges:
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
    return ImagedEdges((p[0] + p[1]) / 2, along, length, across[:2].min(0), across[2:].min(0))


def edge_profiles(
    luma: Luma, edges: ImagedEdges, to_light: ToLight, *, share: float, slices: int, bin_px: float
) -> EdgeProfiles:
    """Gather the light across the middle `share` of edges inside the frame, in `slices` along each.

    No pixel is interpolated: each counts where its own centre lies, as in the slanted-edge method of ISO 12233.
    """
    on_paper = math.ceil(float(edges.paper_px.max()) / bin_px)
    bins = on_paper + math.ceil(float(edges.ink_px.max()) / bin_px)
    places, depths, codes = [], [], []
    for i, (depth, place_along, code) in enumerate(strip_pixels(luma, edges, share)):
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


def strip_pixels(luma: Luma, edges: ImagedEdges, share: float) -> Iterator[tuple[Floats, Floats, Luma]]:
    """Yield, of the pixels beside each edge, the depth into the ink, the place along the middle (0 to 1), the code."""
    bounds = edges.strip_bounds(share)
    firsts = np.maximum(np.floor(bounds[:, :2]), 0).astype(int).tolist()
    lasts = np.ceil(bounds[:, 2:]).astype(int).tolist()
    clear = np.stack((-edges.paper_px, edges.ink_px), axis=1).tolist()
    lines = np.concatenate((edges.middle, edges.along, edges.length_px[:, None] * share), axis=1).tolist()
    for (first_x, first_y), (last_x, last_y), (paper, ink), line in zip(firsts, lasts, clear, lines, strict=True):
        middle_x, middle_y, along_x, along_y, length = line
        region = luma[first_y : last_y + 1, first_x : last_x + 1]
        x = np.arange(first_x, first_x + region.shape[1]) - middle_x
        y = (np.arange(first_y, first_y + region.shape[0]) - middle_y)[:, None]
        depth = y * along_x - x * along_y
        place = x * (along_x / length) + (y * (along_y / length) + 0.5)
        chosen = (depth > paper) & (depth < ink) & (place > 0) & (place < 1)
        yield depth[chosen], place[chosen], region[chosen]
