"""How much of each pixel a shape covers; pixel i reaches from i to i + 1 here, and shapes may leave the raster."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats, Plane
from rigcoach.target_card import Point

# Rows are integrated by midpoints, columns exactly: a slanted edge is off by at most slope/(2 * ROWS) of a pixel.
ROWS = 16
# Rows of pixels of a polygon at a time, which stay in the processor's cache.
BAND_PX = 16


@dataclass(frozen=True, slots=True)
class Covered:
    """Where in a raster something lies, rows and columns, and how much of each pixel it covers there."""

    place: tuple[slice, slice]
    cover: Plane


def rectangle(height: int, width: int, left: float, top: float, right: float, bottom: float) -> Covered:
    """Return the exact coverage of an upright rectangle in a raster of `height` by `width`.

    >>> rectangle(1, 3, 0.5, 0, 2.25, 1).cover.tolist()
    [[0.5, 1.0, 0.25]]
    """
    return mosaic(height, width, np.array([left, right]), np.array([top, bottom]), np.ones((1, 1)))


def mosaic(height: int, width: int, xs: Floats, ys: Floats, values: Floats) -> Covered:
    """Return a grid of upright cells, each pixel the exact mean of what covers it.

    `values[j, i]` fills the cell from `xs[i]` to `xs[i + 1]` and from `ys[j]` to `ys[j + 1]`; 0 lies around them.
    """
    x0, y0 = (max(math.floor(edges[0]), 0) for edges in (xs, ys))
    x1, y1 = (min(math.ceil(edges[-1]), size) for edges, size in ((xs, width), (ys, height)))
    if x1 <= x0 or y1 <= y0:
        return _NOTHING
    rows = _span(y1 - y0, ys[:-1] - y0, ys[1:] - y0).astype(np.float32)
    columns = _span(x1 - x0, xs[:-1] - x0, xs[1:] - x0).astype(np.float32)
    return Covered((slice(y0, y1), slice(x0, x1)), rows.T @ (values.astype(np.float32) @ columns))


def convex_polygon(height: int, width: int, corners: Sequence[Point]) -> Covered:
    """Return the coverage of a convex polygon in a raster of `height` by `width`."""
    xs, ys = np.array(corners, np.float64).T
    x0, y0 = max(int(np.floor(xs.min())), 0), max(int(np.floor(ys.min())), 0)
    x1, y1 = min(int(np.ceil(xs.max())), width), min(int(np.ceil(ys.max())), height)
    if x1 <= x0 or y1 <= y0:
        return _NOTHING
    lines = y0 + (np.arange((y1 - y0) * ROWS) + 0.5) / ROWS
    left, right = np.full(len(lines), np.inf), np.full(len(lines), -np.inf)
    for i in range(len(xs)):
        ax, ay, bx, by = xs[i - 1], ys[i - 1], xs[i], ys[i]
        if ay == by:
            continue
        crossed = (lines >= min(ay, by)) & (lines < max(ay, by))
        x = ax + (lines[crossed] - ay) * (bx - ax) / (by - ay)
        left[crossed] = np.minimum(left[crossed], x)
        right[crossed] = np.maximum(right[crossed], x)
    cover = np.empty((y1 - y0, x1 - x0), np.float32)
    for top in range(0, y1 - y0, BAND_PX):
        bottom = min(top + BAND_PX, y1 - y0)
        some = slice(top * ROWS, bottom * ROWS)
        inside = _span(x1 - x0, left[some] - x0, right[some] - x0)
        cover[top:bottom] = inside.reshape(bottom - top, ROWS, x1 - x0).mean(axis=1)
    return Covered((slice(y0, y1), slice(x0, x1)), cover)


def disc(size: int, radius: float) -> Floats:
    """Return the coverage of a disc at the middle of a raster of `size` by `size`."""
    lines = (np.arange(size * ROWS) + 0.5) / ROWS - size / 2
    half = np.sqrt(np.maximum(radius**2 - lines**2, 0))
    cover = _span(size, size / 2 - half, size / 2 + half)
    return np.asarray(cover.reshape(size, ROWS, size).mean(axis=1))


def _span(count: int, start: Floats, end: Floats) -> Floats:
    """Return the length of [start, end] that lies in each of `count` pixels, shape (len(start), count)."""
    pixel = np.arange(count)
    covered = np.minimum(end[:, None], pixel + 1) - np.maximum(start[:, None], pixel)
    return np.asarray(np.clip(covered, 0, 1))


_NOTHING = Covered((slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.float32))
