"""Straight edges as they lie in the frame, and the pixels beside them.

Frame coordinates have their origin at the top left corner of the top left pixel: its centre is (0.5, 0.5).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.tone import ToLight
from rigcoach.target_card import Edge

Luma = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ImagedEdge:
    """An edge of ink in the frame, pixels; going from `start` to `end` the ink lies on the right.

    `reach_px` is the clear distance on either side before anything else is printed.
    """

    start: Floats
    end: Floats
    reach_px: float

    @property
    def length_px(self) -> float:
        """Length, pixels."""
        return float(np.hypot(*(self.end - self.start)))

    @property
    def along(self) -> Floats:
        """Unit vector from start to end."""
        return np.asarray((self.end - self.start) / self.length_px, dtype=np.float64)

    @property
    def into_ink(self) -> Floats:
        """Unit normal that points from paper into ink (y runs down, so right of `along` is a quarter turn on)."""
        x, y = self.along
        return np.array((-y, x))


@dataclass(frozen=True, slots=True, eq=False)
class EdgeProfiles:
    """Light across edges, gathered from whole pixels into bins of depth; arrays of edges x slices x bins.

    `count` is the number of pixels in a bin, `depth_px` their mean distance into the ink (negative on paper), `light`
    their mean linear light, `variance` its variance within the bin. Empty bins have a count of 0 and hold the bin's
    middle depth and no light. `clipped` is, for each edge, the share of its pixels at the darkest or brightest code.
    """

    count: Floats
    depth_px: Floats
    light: Floats
    variance: Floats
    clipped: Floats


def project(homography: Floats, points: Iterable[tuple[float, float]] | Floats) -> Floats:
    """Return points, Nx2, put through a homography."""
    xy = np.asarray(list(points) if not isinstance(points, np.ndarray) else points, dtype=np.float64)
    mapped = xy @ homography[:, :2].T + homography[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)


def image_edges(edges: Sequence[Edge], homography: Floats) -> list[ImagedEdge]:
    """Return where edges of the card lie in the frame; the reach of each is the shorter one at its two ends."""
    start = np.array([edge.start_mm for edge in edges])
    end = np.array([edge.end_mm for edge in edges])
    reach = np.array([edge.reach_mm for edge in edges])
    run = end - start
    into = np.stack((-run[:, 1], run[:, 0]), axis=1) * (reach / np.hypot(*run.T))[:, None]
    p = project(homography, np.concatenate((start, end, start + into, start - into, end + into, end - into)))
    p = p.reshape(6, len(edges), 2)
    along = (p[1] - p[0]) / np.hypot(*(p[1] - p[0]).T)[:, None]
    # Across the imaged edge: a tilted card shears the normal.
    offsets = p[2:] - p[0]
    reach_px = np.abs(offsets[..., 1] * along[:, 0] - offsets[..., 0] * along[:, 1]).min(0)
    return [ImagedEdge(p[0, i], p[1, i], float(reach_px[i])) for i in range(len(edges))]


def inside_frame(edge: ImagedEdge, shape: tuple[int, ...], share: float) -> bool:
    """Return whether the middle `share` of an edge's strip lies inside a plane of `shape`."""
    middle = (edge.start + edge.end) / 2
    spread = np.abs(edge.along) * (edge.length_px * share / 2) + np.abs(edge.into_ink) * edge.reach_px
    low, high = middle - spread, middle + spread
    return bool(low.min() >= 1 and high[0] <= shape[1] - 1 and high[1] <= shape[0] - 1)


def edge_profiles(
    luma: Luma, edges: Sequence[ImagedEdge], to_light: ToLight, *, share: float, slices: int, bin_px: float
) -> EdgeProfiles:
    """Gather the light across the middle `share` of edges inside the frame, in `slices` along each.

    No pixel is interpolated: each counts where its own centre lies, as in the slanted-edge method of ISO 12233.
    """
    bins = 2 * math.ceil(max(edge.reach_px for edge in edges) / bin_px)
    places, depths, codes, clipped = [], [], [], []
    for i, edge in enumerate(edges):
        depth, place_along, code = _strip(luma, edge, share)
        slot = np.minimum((place_along * slices).astype(np.intp), slices - 1)
        places.append((i * slices + slot) * bins + np.floor(depth / bin_px).astype(np.intp) + bins // 2)
        depths.append(depth)
        codes.append(code)
        clipped.append(float(np.mean((code == 0) | (code == 255))))
    shape = (len(edges), slices, bins)
    place, size = np.concatenate(places), len(edges) * slices * bins
    light = to_light[np.concatenate(codes)].astype(np.float64)
    count = np.bincount(place, minlength=size).reshape(shape).astype(np.float64)
    held = np.maximum(count, 1)
    mean = np.bincount(place, light, size).reshape(shape) / held
    square = np.bincount(place, light * light, size).reshape(shape) / held
    depth_px = np.bincount(place, np.concatenate(depths), size).reshape(shape) / held
    middles = (np.arange(bins) - bins // 2 + 0.5) * bin_px
    return EdgeProfiles(
        count=count,
        depth_px=np.where(count > 0, depth_px, middles),
        light=mean,
        variance=np.maximum(square - mean * mean, 0.0),
        clipped=np.array(clipped),
    )


def _strip(luma: Luma, edge: ImagedEdge, share: float) -> tuple[Floats, Floats, Luma]:
    """Return, of the pixels beside an edge, the depth into the ink, the place along the middle (0 to 1), the code."""
    middle, along, into = (edge.start + edge.end) / 2, edge.along, edge.into_ink
    length = edge.length_px * share
    spread = np.abs(along) * (length / 2) + np.abs(into) * edge.reach_px
    left, top = (max(int(low), 0) for low in middle - spread)
    right, bottom = (math.ceil(high) for high in middle + spread)
    region = luma[top:bottom, left:right]
    x = np.arange(left, left + region.shape[1]) + (0.5 - middle[0])
    y = (np.arange(top, top + region.shape[0]) + (0.5 - middle[1]))[:, None]
    depth = x * into[0] + y * into[1]
    place = x * (along[0] / length) + (y * (along[1] / length) + 0.5)
    chosen = (np.abs(depth) < edge.reach_px) & (np.abs(place - 0.5) < 0.5)
    return depth[chosen], place[chosen], region[chosen]
