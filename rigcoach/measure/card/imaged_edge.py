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
        edges = np.column_stack((self.middle, self.along, self.length_px, self.paper_px, self.ink_px))
        return np.array([strip_bounds(edge, share) for edge in edges]).reshape(-1, 4)


def image_edges(
    edges: tuple[Edge, ...], homography: Floats, clear_mm: tuple[tuple[float, float], ...] | None = None
) -> ImagedEdges:
    """Return where edges of the card lie in the frame.

    Their clear distances are `clear_mm`, on paper and in ink, or `reach_mm` of each on both sides; in the frame they
    are the shorter ones of an edge's two ends.
    """
    each = imaged(on_sheet(edges, clear_mm), np.ascontiguousarray(homography))
    return ImagedEdges(each[:, :2], each[:, 2:4], each[:, 4], each[:, 5], each[:, 6])


@cache
def on_sheet(edges: tuple[Edge, ...], clear_mm: tuple[tuple[float, float], ...] | None = None) -> Floats:
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
def imaged(sheet: Floats, homography: Floats) -> Floats:
    """Return edges put through a homography, n x 7: middle, direction, length, and what is clear on paper and in ink.

    `sheet` holds both ends of each, and as far into paper and into ink as is clear: 6 x n x 2, in mm.
    """
    count = sheet.shape[1]
    edges, at = np.empty((count, 7)), np.empty((6, 2))
    for i in range(count):
        for k in range(6):
            at[k, 0], at[k, 1] = projected(homography, sheet[k, i, 0], sheet[k, i, 1])
        run_x, run_y = at[1, 0] - at[0, 0], at[1, 1] - at[0, 1]
        length = math.hypot(run_x, run_y)
        x, y = run_x / length, run_y / length
        edges[i, 0], edges[i, 1] = (at[0, 0] + at[1, 0]) / 2, (at[0, 1] + at[1, 1]) / 2
        edges[i, 2], edges[i, 3], edges[i, 4] = x, y, length
        # Across the imaged edge: a tilted card shears the normal.
        for side in range(2):
            first, second = at[2 + 2 * side], at[3 + 2 * side]
            across = abs((first[1] - at[0, 1]) * x - (first[0] - at[0, 0]) * y)
            edges[i, 5 + side] = min(across, abs((second[1] - at[0, 1]) * x - (second[0] - at[0, 0]) * y))
    return edges


@compiled
def strip_bounds(edge: Floats, share: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the strip beside the middle `share` of an edge as `imaged` returns it."""
    middle_x, middle_y, x, y, length, paper, ink = edge
    wide, high = abs(x) * length * share / 2, abs(y) * length * share / 2
    # Paper lies against the normal (-y, x), ink along it.
    return (
        middle_x - wide - max(-y * paper, y * ink),
        middle_y - high - max(x * paper, -x * ink),
        middle_x + wide + max(y * paper, -y * ink),
        middle_y + high + max(-x * paper, x * ink),
    )


@compiled
def strip_inside(edge: Floats, share: float, height: int, width: int) -> bool:
    """Return whether the strip beside the middle `share` of an edge lies inside a plane."""
    left, top, right, bottom = strip_bounds(edge, share)
    return left >= 0 and top >= 0 and right <= width - 1 and bottom <= height - 1


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
def gather(
    luma: Luma,
    to_light: ToLight,
    edge: Floats,
    share: float,
    on_paper: int,
    bin_px: float,
    profile: Floats,
) -> tuple[float, float]:
    """Gather the light across the middle `share` of an edge inside the frame; return its shares at white and at black.

    No pixel is interpolated: each counts where its own centre lies, as in the slanted-edge method of ISO 12233.

    Parameters
    ----------
    luma, to_light
        HxW plane, and the table of 256 from its codes to linear light.
    edge
        As `imaged` returns it.
    on_paper, bin_px
        How many of the bins lie on paper, and how deep each is.
    profile
        What is written to, 4 x slices along the edge x bins: the number of pixels in a bin, their mean distance into
        the ink (negative on paper), their mean light, its variance within the bin. An empty bin holds its middle depth
        and no light.
    """
    middle_x, middle_y, along_x, along_y, length, paper, ink = edge
    length *= share
    left, top, right, bottom = strip_bounds(edge, share)
    first_row, last_row = max(math.floor(top), 0), min(math.ceil(bottom) + 1, luma.shape[0])
    first_column, last_column = max(math.floor(left), 0), min(math.ceil(right) + 1, luma.shape[1])
    count, depths, lights, squares = profile[0], profile[1], profile[2], profile[3]
    slices, bins = count.shape
    for at in range(slices):
        for of in range(bins):
            count[at, of] = depths[at, of] = lights[at, of] = squares[at, of] = 0.0
    pixels, white, black = 0, 0, 0
    for row in range(first_row, last_row):
        y = row - middle_y
        # Between which columns this row crosses the strip, to the pixel.
        begin, end = float(first_column), float(last_column - 1)
        if abs(along_y) > 1e-6:
            one, other = (y * along_x + paper) / along_y, (y * along_x - ink) / along_y
            begin = max(begin, middle_x + min(one, other) - 1)
            end = min(end, middle_x + max(one, other) + 1)
        if abs(along_x) > 1e-6:
            one, other = (-length / 2 - y * along_y) / along_x, (length / 2 - y * along_y) / along_x
            begin = max(begin, middle_x + min(one, other) - 1)
            end = min(end, middle_x + max(one, other) + 1)
        if begin > end:
            continue
        for column in range(int(begin), int(end) + 1):
            x = column - middle_x
            depth = y * along_x - x * along_y
            place = x * (along_x / length) + (y * (along_y / length) + 0.5)
            if -paper < depth < ink and 0 < place < 1:
                at, of = min(int(place * slices), slices - 1), int(depth / bin_px + on_paper)
                value = np.float64(to_light[luma[row, column]])
                count[at, of] += 1
                depths[at, of] += depth
                lights[at, of] += value
                squares[at, of] += value * value
                if value >= 1:
                    white += 1
                if value <= 0:
                    black += 1
                pixels += 1
    for at in range(slices):
        for of in range(bins):
            held = count[at, of]
            if held == 0:
                depths[at, of] = (of - on_paper + 0.5) * bin_px
                continue
            depths[at, of] /= held
            lights[at, of] /= held
            squares[at, of] = max(squares[at, of] / held - lights[at, of] ** 2, 0.0)
    return white / max(pixels, 1), black / max(pixels, 1)
