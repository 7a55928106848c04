"""One exposure of a flat thing: where it was while the shutter was open, smeared and blurred in linear light."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Plane
from rigcoach.scene import psf
from rigcoach.scene.artwork import Artwork

Matrix = NDArray[np.float64]

# Samples a pixel, across and down, below a radius of blur. The sharper the picture, the finer it must be drawn for an
# edge to rise as the pixel's box and the disc make it rise; kernels stay within what is cheap to convolve with.
SAMPLES_BELOW_PX = ((0.8, 4), (1.3, 3), (4.5, 2), (math.inf, 1))
# Texels per sample: what is drawn then tiles the pixel, so no edge rises in stairs, and is hardly wider than one.
TEXELS_PER_SAMPLE = 2**0.5


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the frame, even in place and size, and what was seen there: light (premultiplied) and cover."""

    x: int
    y: int
    layers: Plane

    def part_of(self, frame: Plane) -> Plane:
        """Return a view of the frame's part where the region lies."""
        return frame[self.y : self.y + self.layers.shape[0], self.x : self.x + self.layers.shape[1]]


@dataclass(frozen=True, slots=True)
class Strip:
    """A flat thing, or the rows of it from `top_mm` to `bottom_mm`, with one radius of blur."""

    artwork: Artwork
    top_mm: float
    bottom_mm: float
    blur_px: float


def expose(strip: Strip, projections: Matrix, path_px: Matrix, frame_size: tuple[int, int]) -> Region | None:
    """Return what a flat thing leaves in the frame, or None where it leaves nothing.

    Parameters
    ----------
    strip
        The thing.
    projections
        Shape (n, 3, 3): from homogeneous millimetres on the artwork to pixels, at n moments that count alike.
    path_px
        Shape (m, 2): a motion that the whole thing makes on top, about its mean; a single point for none.
    frame_size
        Width and height.
    """
    corners = _corners_px(strip, projections)
    bounds = _bounds(corners, strip.blur_px + float(np.abs(path_px).max()), frame_size)
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    samples = next(samples for below_px, samples in SAMPLES_BELOW_PX if strip.blur_px < below_px)
    px_per_mm = float(np.linalg.norm(corners[0, 1] - corners[0, 0])) / strip.artwork.width_mm
    drawing, texels_per_mm = strip.artwork.drawn(px_per_mm * samples * TEXELS_PER_SAMPLE)
    first, last = (round(edge_mm * texels_per_mm) for edge_mm in (strip.top_mm, strip.bottom_mm))
    rows = drawing[first:last]
    if not len(rows):
        return None
    to_texel = np.array([[texels_per_mm, 0, -0.5], [0, texels_per_mm, -0.5 - first], [0, 0, 1.0]])
    # A pixel's samples lie evenly within it: sample (i + 0.5) / samples - 0.5 from its centre.
    aside = 0.5 / samples - 0.5
    to_px = np.array([[1 / samples, 0, left + aside], [0, 1 / samples, top + aside], [0, 0, 1.0]])
    size = ((right - left) * samples, (bottom - top) * samples)
    seen = _warp(rows, to_texel @ np.linalg.inv(projections[0]) @ to_px, size)
    for projection in projections[1:]:
        seen += _warp(rows, to_texel @ np.linalg.inv(projection) @ to_px, size)
    if len(projections) > 1:
        seen /= len(projections)
    seen = psf.convolve(seen, psf.smear_kernel(path_px * samples))
    softness = sampling_variance(samples, px_per_mm / texels_per_mm) - 1 / 12
    radius_px = math.sqrt(max(strip.blur_px**2 - 4 * softness, 0))
    seen = psf.convolve(seen, psf.disc_kernel(round(radius_px * samples, 3)))
    if samples > 1:
        seen = np.asarray(cv2.resize(seen, (right - left, bottom - top), interpolation=cv2.INTER_AREA), np.float32)
    return _cropped(Region(left, top, seen), frame_size)


def sampling_variance(samples: int, texel_px: float) -> float:
    """Return the variance that drawing itself gives a point, in pixels², along an axis.

    That of `samples` in a row within a pixel, of the texel, and of reading between texels at any place (the mean of
    the variance f (1 - f) over the place f). A pixel's own box has 1/12; what is more is taken off the disc.
    """
    return (1 - 1 / samples**2) / 12 + texel_px**2 / 12 + texel_px**2 / 6


def over(light: Plane, cover: Plane, region: Region) -> None:
    """Lay what was seen over the frame's light, in place; `cover` gathers how much of each pixel is covered."""
    seen = region.part_of(light)
    through = 1 - region.layers[..., 1]
    seen *= through
    seen += region.layers[..., 0]
    covered = region.part_of(cover)
    covered *= through
    covered += region.layers[..., 1]


def joined(regions: Sequence[Region | None]) -> Region | None:
    """Return strips that share their edges as one thing: their blurred covers add up to the whole's."""
    seen = [region for region in regions if region is not None]
    if not seen:
        return None
    left, top = min(region.x for region in seen), min(region.y for region in seen)
    right = max(region.x + region.layers.shape[1] for region in seen)
    bottom = max(region.y + region.layers.shape[0] for region in seen)
    whole = np.zeros((bottom - top, right - left, 2), np.float32)
    for region in seen:
        Region(region.x - left, region.y - top, region.layers).part_of(whole)[...] += region.layers
    return Region(left, top, whole)


def hidden(region: Region, nearer: Region) -> Region:
    """Return what is left of a region behind a nearer one."""
    height, width = region.layers.shape[:2]
    through = np.ones((height, width, 1), np.float32)
    rows = slice(max(nearer.y - region.y, 0), max(nearer.y - region.y + nearer.layers.shape[0], 0))
    columns = slice(max(nearer.x - region.x, 0), max(nearer.x - region.x + nearer.layers.shape[1], 0))
    part = through[rows, columns]
    top, left = max(region.y - nearer.y, 0), max(region.x - nearer.x, 0)
    part -= nearer.layers[top : top + part.shape[0], left : left + part.shape[1], 1:]
    return Region(region.x, region.y, region.layers * through)


def _corners_px(strip: Strip, projections: Matrix) -> Matrix:
    """Return the strip's corners at each moment, shape (n, 4, 2), clockwise from the top left."""
    width, top, bottom = strip.artwork.width_mm, strip.top_mm, strip.bottom_mm
    corners = np.array([[0, top, 1], [width, top, 1], [width, bottom, 1], [0, bottom, 1.0]])
    projected = corners @ projections.transpose(0, 2, 1)
    return np.asarray(projected[..., :2] / projected[..., 2:])


def _bounds(corners: Matrix, spread_px: float, frame_size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of the pixels to draw: all that can reach the frame, from an even place on."""
    reach = spread_px + 2
    low = np.maximum(corners.min(axis=(0, 1)) - reach, -reach)
    high = np.minimum(corners.max(axis=(0, 1)) + reach, np.array(frame_size) + reach)
    if not (low < high).all():
        return None
    left, top = (int(edge) for edge in np.floor(low / 2) * 2)
    right, bottom = (int(edge) for edge in np.ceil(high / 2) * 2)
    return left, top, right, bottom


def _cropped(region: Region, frame_size: tuple[int, int]) -> Region | None:
    left, top = max(region.x, 0), max(region.y, 0)
    right = min(region.x + region.layers.shape[1], frame_size[0])
    bottom = min(region.y + region.layers.shape[0], frame_size[1])
    if right <= left or bottom <= top:
        return None
    return Region(left, top, region.layers[top - region.y : bottom - region.y, left - region.x : right - region.x])


def _warp(texture: Plane, from_destination: Matrix, size: tuple[int, int]) -> Plane:
    matrix = from_destination / from_destination[2, 2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if abs(matrix[2, 0]) + abs(matrix[2, 1]) < 1e-12:
        return np.asarray(cv2.warpAffine(texture, matrix[:2], size, flags=flags), np.float32)
    return np.asarray(cv2.warpPerspective(texture, matrix, size, flags=flags), np.float32)
