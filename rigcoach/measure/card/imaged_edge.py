"""Straight edges as they lie in the frame, and the pixels beside them.

Frame coordinates have their origin at the centre of the top left pixel, as in OpenCV.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, Luma
from rigcoach.measure.compiled import compiled
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
        return _strip_bounds(self.middle, self.along, self.length_px, self.paper_px, self.ink_px, share)


@compiled
def _strip_bounds(middle: Floats, along: Floats, length: Floats, paper: Floats, ink: Floats, share: float) -> Floats:
    bounds = np.empty((len(middle), 4))
    for i in range(len(middle)):
        x, y = along[i]
        wide, high = abs(x) * length[i] * share / 2, abs(y) * length[i] * share / 2
        # Paper lies against the normal (-y, x), ink along it.
        bounds[i, 0] = middle[i, 0] - wide - max(-y * paper[i], y * ink[i])
        bounds[i, 1] = middle[i, 1] - high - max(x * paper[i], -x * ink[i])
        bounds[i, 2] = middle[i, 0] + wide + max(y * paper[i], -y * ink[i])
        bounds[i, 3] = middle[i, 1] + high + max(-x * paper[i], x * ink[i])
    return bounds


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


def image_edges(
    edges: tuple[Edge, ...], homography: Floats, clear_mm: tuple[tuple[float, float], ...] | None = None
) -> ImagedEdges:
    """Return where edges of the card lie in the frame.

    Their clear distances are `clear_mm`, on paper and in ink, or `reach_mm` of each on both sides; in the frame they
    are the shorter ones of an edge's two ends.
    """
    return ImagedEdges(*_imaged(_on_sheet(edges, clear_mm), np.ascontiguousarray(homography)))


@cache
def _on_sheet(edges: tuple[Edge, ...], clear_mm: tuple[tuple[float, float], ...] | None) -> Floats:
    """Return, of edges, both ends on the line, and as far into paper and into ink as is clear: 6 x n x 2, in mm."""
    start = np.array([edge.start_mm for edge in edges])
    end = np.array([edge.end_mm for edge in edges])
    clear = np.array([(edge.reach_mm, edge.reach_mm) for edge in edges] if clear_mm is None else clear_mm)
    run = end - start
    into = np.stack((-run[:, 1], run[:, 0]), axis=1) / np.hypot(*run.T)[:, None]
    paper, ink = -into * clear[:, :1], into * clear[:, 1:]
    return np.stack((start, end, start + paper, end + paper, start + ink, end + ink))


@compiled
def projected(homography: Floats, x: float, y: float) -> tuple[float, float]:
    """Return a point put through a homography, for compiled functions (`rigcoach.measure.card.homography.project`)."""
    w = homography[2, 0] * x + homography[2, 1] * y + homography[2, 2]
    return (
        (homography[0, 0] * x + homography[0, 1] * y + homography[0, 2]) / w,
        (homography[1, 0] * x + homography[1, 1] * y + homography[1, 2]) / w,
    )


@compiled
def _imaged(sheet: Floats, homography: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return edges put through a homography: middles, directions, lengths, and what is clear on paper and in ink."""
    count = sheet.shape[1]
    middle, along = np.empty((count, 2)), np.empty((count, 2))
    length, paper, ink = np.empty(count), np.empty(count), np.empty(count)
    at = np.empty((6, 2))
    for i in range(count):
        for k in range(6):
            at[k, 0], at[k, 1] = projected(homography, sheet[k, i, 0], sheet[k, i, 1])
        run_x, run_y = at[1, 0] - at[0, 0], at[1, 1] - at[0, 1]
        length[i] = math.hypot(run_x, run_y)
        along[i, 0], along[i, 1] = run_x / length[i], run_y / length[i]
        middle[i, 0], middle[i, 1] = (at[0, 0] + at[1, 0]) / 2, (at[0, 1] + at[1, 1]) / 2
        # Across the imaged edge: a tilted card shears the normal.
        across = np.abs((at[2:, 1] - at[0, 1]) * along[i, 0] - (at[2:, 0] - at[0, 0]) * along[i, 1])
        paper[i], ink[i] = min(across[0], across[1]), min(across[2], across[3])
    return middle, along, length, paper, ink


def edge_profiles(
    luma: Luma, edges: ImagedEdges, to_light: ToLight, *, share: float, slices: int, bin_px: float
) -> EdgeProfiles:
    """Gather the light across the middle `share` of edges inside the frame, in `slices` along each.

    No pixel is interpolated: each counts where its own centre lies, as in the slanted-edge method of ISO 12233.
    """
    on_paper = math.ceil(float(edges.paper_px.max()) / bin_px)
    bins = on_paper + math.ceil(float(edges.ink_px.max()) / bin_px)
    return EdgeProfiles(
        *_gathered(luma, to_light, *_lines(luma, edges, share), slices, bins, on_paper, bin_px),
    )


def strip_pixels(luma: Luma, edges: ImagedEdges, share: float) -> Iterator[tuple[Floats, Floats, Luma]]:
    """Yield, of the pixels beside each edge, the depth into the ink, the place along the middle (0 to 1), the code."""
    for region, line in zip(*_lines(luma, edges, share), strict=True):
        yield _beside(luma, region, line)


def _lines(luma: Luma, edges: ImagedEdges, share: float) -> tuple[NDArray[np.int64], Floats]:
    """Return of each edge the left, top, right and bottom of the pixels to look at, and its line for `_beside`."""
    bounds = edges.strip_bounds(share)
    regions = np.empty(bounds.shape, np.int64)
    regions[:, :2] = np.maximum(np.floor(bounds[:, :2]), 0)
    regions[:, 2:] = np.minimum(np.ceil(bounds[:, 2:]) + 1, (luma.shape[1], luma.shape[0]))
    length = edges.length_px * share
    return regions, np.column_stack((edges.middle, edges.along, length, -edges.paper_px, edges.ink_px))


@compiled
def _beside(luma: Luma, region: NDArray[np.int64], line: Floats) -> tuple[Floats, Floats, Luma]:
    """Return depth, place along and code of the pixels beside a line.

    The line is its middle's x and y, its direction's, the length, and the depths on paper and in ink between which they
    lie.
    """
    left, top, right, bottom = region
    middle_x, middle_y, along_x, along_y, length, paper, ink = line
    most = (right - left) * (bottom - top)
    depths, places, codes = np.empty(most), np.empty(most), np.empty(most, np.uint8)
    count = 0
    for row in range(top, bottom):
        y = row - middle_y
        for column in range(left, right):
            x = column - middle_x
            depth = y * along_x - x * along_y
            place = x * (along_x / length) + (y * (along_y / length) + 0.5)
            if paper < depth < ink and 0 < place < 1:
                depths[count], places[count], codes[count] = depth, place, luma[row, column]
                count += 1
    return depths[:count], places[:count], codes[:count]


@compiled
def _gathered(
    luma: Luma,
    to_light: ToLight,
    regions: NDArray[np.int64],
    lines: Floats,
    slices: int,
    bins: int,
    on_paper: int,
    bin_px: float,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return count, depth, light and variance of bins, and of edges the shares at white and at black."""
    edges = len(lines)
    count, depth = np.zeros((edges, slices, bins)), np.zeros((edges, slices, bins))
    light, square = np.zeros((edges, slices, bins)), np.zeros((edges, slices, bins))
    white, black = np.zeros(edges), np.zeros(edges)
    for i in range(edges):
        depths, places, codes = _beside(luma, regions[i], lines[i])
        for k in range(len(codes)):
            at = min(int(places[k] * slices), slices - 1)
            of = int(depths[k] / bin_px + on_paper)
            value = np.float64(to_light[codes[k]])
            count[i, at, of] += 1
            depth[i, at, of] += depths[k]
            light[i, at, of] += value
            square[i, at, of] += value * value
            white[i] += value >= 1
            black[i] += value <= 0
        white[i] /= max(len(codes), 1)
        black[i] /= max(len(codes), 1)
        for at in range(slices):
            for of in range(bins):
                held = count[i, at, of]
                if held == 0:
                    depth[i, at, of] = (of - on_paper + 0.5) * bin_px
                    continue
                depth[i, at, of] /= held
                light[i, at, of] /= held
                square[i, at, of] = max(square[i, at, of] / held - light[i, at, of] ** 2, 0.0)
    return count, depth, light, square, white, black
