"""How much of each pixel a shape covers; pixel i reaches from i to i + 1 here, and shapes may leave the raster."""

import math
from collections.abc import Sequence

import numpy as np

from rigcoach.measure.arrays import Floats, Plane
from rigcoach.target_card import Point

# Rows are integrated by midpoints, columns exactly: a slanted edge is off by at most slope/(2 * ROWS) of a pixel.
ROWS = 16


def rectangle(height: int, width: int, left: float, top: float, right: float, bottom: float) -> Plane:
    """Return the exact coverage of an upright rectangle, shape (height, width).

    >>> rectangle(1, 3, 0.5, 0, 2.25, 1).tolist()
    [[0.5, 1.0, 0.25]]
    """
    return mosaic(height, width, np.array([left, right]), np.array([top, bottom]), np.ones((1, 1)))


def mosaic(height: int, width: int, xs: Floats, ys: Floats, values: Floats) -> Plane:
    """Return a grid of upright cells, each pixel the exact mean of what covers it, shape (height, width).

    `values[j, i]` fills the cell from `xs[i]` to `xs[i + 1]` and from `ys[j]` to `ys[j + 1]`; 0 lies around them.
    """
    cover = np.zeros((height, width), np.float32)
    x0, y0 = (max(math.floor(edges[0]), 0) for edges in (xs, ys))
    x1, y1 = (min(math.ceil(edges[-1]), size) for edges, size in ((xs, width), (ys, height)))
    if x1 <= x0 or y1 <= y0:
        return cover
    rows = _span(y1 - y0, ys[:-1] - y0, ys[1:] - y0).astype(np.float32)
    columns = _span(x1 - x0, xs[:-1] - x0, xs[1:] - x0).astype(np.float32)
    cover[y0:y1, x0:x1] = rows.T @ (values.astype(np.float32) @ columns)
    return cover


def convex_polygon(height: int, width: int, corners: Sequence[Point]) -> Plane:
    """Return the coverage of a convex polygon, shape (height, width)."""
    xs, ys = np.array(corners, np.float64).T
    x0, y0 = max(int(np.floor(xs.min())), 0), max(int(np.floor(ys.min())), 0)
    x1, y1 = min(int(np.ceil(xs.max())), width), min(int(np.ceil(ys.max())), height)
    cover = np.zeros((height, width), np.float32)
    if x1 <= x0 or y1 <= y0:
        return cover
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
    inside = _span(x1 - x0, left - x0, right - x0)
    cover[y0:y1, x0:x1] = inside.reshape(y1 - y0, ROWS, x1 - x0).mean(axis=1)
    return cover


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
