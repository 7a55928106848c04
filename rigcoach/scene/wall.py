"""The wall behind the card: a dead-leaves texture, drawn once and blurred by the disc of its distance.

Dead leaves (overlapping shapes with sizes of a power law) have the edges, and with the fractal light laid over them
the 1/f spectrum, of photographs [LeeMumfordHuang2001]_.

References
----------
.. [LeeMumfordHuang2001] A. B. Lee, D. Mumford, J. Huang, "Occlusion models for natural images: a statistical study of
   a scale-invariant dead leaves model", International Journal of Computer Vision 41 (2001).
"""

import math
import threading
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Plane
from rigcoach.scene import psf
from rigcoach.scene.spec import SceneSpec

# Reflectances between these give a signal of about 0.2 to 0.5 after the BT.709 curve at 0 EV.
LEAF_REFLECTANCE = (0.05, 0.27)
# Radii in fractions of the frame's width. The largest are laid first, as a ground; few small ones hide many large.
LEAF_RADIUS = (0.0025, 0.09)
LEAVES = 9000
# How far the wall reaches beyond the frame on each side, in fractions of its width; past it the picture is mirrored. A
# still sees no more than its one moment of it, and has leaves for no more.
MARGIN, STILL_MARGIN = 0.2, 0.04
# A wall is blurred at its own radius to this step, so that a moving focus re-uses walls.
BLUR_STEP_PX = 0.1
KEPT_BLURS = 4
# Frames wider than any movie's are painted with one texel a pixel, a quarter of the work: a wall is seen out of focus.
FINE_TEXEL_PX, STILL_TEXEL_PX = 0.5, 1.0
WIDEST_FINE_PX = 2048
# The light is kept a quarter as wide and high as the leaves; so many rows of them are put together at a time.
LIGHT_TEXELS = 4
BAND_TEXELS = 16 * LIGHT_TEXELS


def grid_step(blur_px: float) -> int:
    """Return how many pixels apart a wall of this blur is sampled: 2 where the disc leaves nothing finer."""
    return 2 if blur_px >= 5 else 1


def rendered_blur_px(blur_px: float) -> float:
    """Return the radius with which a wall is drawn that should have `blur_px`: to the nearest tenth."""
    return round(blur_px / BLUR_STEP_PX) * BLUR_STEP_PX


@dataclass(frozen=True, slots=True)
class _Part:
    """Which part of which wall is seen, whatever the exposure and the focus."""

    seed: int
    width: int
    height: int
    magnification: float
    off_centre_px: tuple[float, float]


def wall_of(spec: SceneSpec) -> "Wall":
    """Return a scene's wall: the last one again where it is the same, as in live view with another exposure."""
    part = _Part(spec.seed, spec.width, spec.height, spec.magnification, spec.off_centre_px)
    # A still's is too large to be kept.
    return _last_wall(part) if spec.width <= WIDEST_FINE_PX else Wall(part)


@lru_cache(maxsize=1)
def _last_wall(part: _Part) -> "Wall":
    return Wall(part)


class Wall:
    """The wall's texture, at any radius of blur."""

    def __init__(self, part: _Part) -> None:
        self._finest_px = FINE_TEXEL_PX if part.width <= WIDEST_FINE_PX else STILL_TEXEL_PX
        self._leaves, self._reduced_light = _paint(part, round(1 / self._finest_px))
        self._sharp: dict[float, Plane] = {}
        self._blurred: dict[float, tuple[Plane, float]] = {}
        self._lock = threading.Lock()

    def blurred(self, blur_px: float) -> tuple[Plane, float]:
        """Return the texture as a disc of `blur_px` blurs it, and its texels per pixel.

        The texture's centre is the wall's. Together with bilinear sampling, and the enlarging of a coarser grid, the
        softness on top of the disc has the variance of a pixel.
        """
        with self._lock:
            if blur_px not in self._blurred:
                if len(self._blurred) >= KEPT_BLURS:
                    del self._blurred[next(iter(self._blurred))]
                self._blurred[blur_px] = self._blur(blur_px)
            return self._blurred[blur_px]

    def _blur(self, blur_px: float) -> tuple[Plane, float]:
        texel_px = self._finest_px if blur_px < 1.2 else float(grid_step(blur_px))
        if texel_px not in self._sharp:
            self._sharp[texel_px] = _lit(self._leaves, self._reduced_light, round(texel_px / self._finest_px))
        texture = self._sharp[texel_px]
        # Variances: a texel's box, bilinear sampling at any phase, the enlarging of a coarse grid; less a pixel's box.
        enlarging = texel_px**2 / 6 if texel_px > 1 else 0.0
        own = texel_px**2 / 12 + texel_px**2 / 6 + enlarging - 1 / 12
        radius_px = math.sqrt(max(blur_px**2 - 4 * own, 0.0))
        kernel = psf.disc_kernel(round(radius_px / texel_px, 3))
        return psf.convolve(texture, kernel, border=cv2.BORDER_REFLECT_101), 1 / texel_px


@dataclass(frozen=True, slots=True)
class _Canvas:
    """What is painted, in texels: its size, and how much larger and how far from the whole wall's centre it is."""

    width: int
    height: int
    frame_width: int
    magnification: float
    off_centre: tuple[float, float]


def _paint(part: _Part, texels_per_px: int) -> tuple[NDArray[np.uint8], Plane]:
    """Return the leaves with so many texels a pixel, and the light on them at a quarter of the width and height."""
    rng = np.random.default_rng([part.seed, 2])
    margin = MARGIN if part.width <= WIDEST_FINE_PX else STILL_MARGIN
    width, height = (round(texels_per_px * (size + 2 * margin * part.width)) for size in (part.width, part.height))
    count = round(LEAVES * _area(part, margin) / _area(part, MARGIN))
    across, down = (texels_per_px * off for off in part.off_centre_px)
    canvas = _Canvas(
        width - width % LIGHT_TEXELS,
        height - height % LIGHT_TEXELS,
        texels_per_px * part.width,
        part.magnification,
        (across, down),
    )
    return _leaves(rng, canvas, count), _fractal_light(rng, canvas)


def _lit(leaves: NDArray[np.uint8], reduced_light: Plane, coarser: int) -> Plane:
    """Return the wall with leaves and light, sharp, each texel the mean of `coarser` by `coarser` of the leaves'.

    It is put together a few rows at a time, which stay in the processor's cache: whole, with leaves of half a pixel, it
    would be the largest thing in memory, and of a wall out of focus nobody needs it so fine.
    """
    height, width = leaves.shape
    low, high = LEAF_REFLECTANCE
    reflectance = np.arange(256, dtype=np.float32) * np.float32((high - low) / 255) + np.float32(low)
    whole = np.empty((height // coarser, width // coarser), np.float32)
    band = np.empty((BAND_TEXELS, width), np.float32)
    for top in range(0, height, BAND_TEXELS):
        rows = leaves[top : top + BAND_TEXELS]
        bottom = top + len(rows)
        np.take(reflectance, rows, out=band[: len(rows)], mode="clip")
        # A row more of light on either side, so that it is enlarged as it would be in one piece.
        first, last = max(top // LIGHT_TEXELS - 1, 0), bottom // LIGHT_TEXELS + 1
        some = reduced_light[first:last]
        light = cv2.resize(some, (width, LIGHT_TEXELS * len(some)), interpolation=cv2.INTER_LINEAR)
        band[: len(rows)] *= np.asarray(light, np.float32)[top - LIGHT_TEXELS * first :][: len(rows)]
        done = whole[top // coarser : bottom // coarser]
        cv2.resize(band[: len(rows)], done.shape[::-1], done, interpolation=cv2.INTER_AREA)
    return whole


def _area(part: _Part, margin: float) -> float:
    """Return the wall's area in pixels with a margin in fractions of the frame's width."""
    return (part.width * (1 + 2 * margin)) * (part.height + 2 * margin * part.width)


def _leaves(rng: np.random.Generator, canvas: _Canvas, count: int) -> NDArray[np.uint8]:
    """Return `count` overlapping discs and squares of even shade, uint8."""
    smallest, largest = LEAF_RADIUS
    # Radii with a density of r^-2, by inversion.
    radii = np.sort(smallest / (1 - rng.random(count) * (1 - smallest / largest)))[::-1] * canvas.frame_width
    # Sorted, the small would all lie on top: a shuffle within octaves keeps ground below and lets leaves hide leaves.
    radii = radii[np.argsort(-np.log2(radii) + rng.normal(0, 1.0, count))]
    xs, ys = rng.random(count) * canvas.width, rng.random(count) * canvas.height
    turns, shades = rng.random(count) * math.pi, rng.integers(0, 256, count)
    square = rng.random(count) < 0.4
    if canvas.magnification > 1:
        radii = radii * canvas.magnification
        xs, ys = (
            (places - size / 2) * canvas.magnification - off + size / 2
            for places, size, off in zip((xs, ys), (canvas.width, canvas.height), canvas.off_centre, strict=True)
        )
    painted = np.full((canvas.height, canvas.width), 128, np.uint8)
    # All leaves' places at once, in OpenCV's sixteenths of a texel: there are thousands.
    shift = 4
    angles = turns[:, None] + np.arange(4) * (math.pi / 2)
    arms = radii[:, None, None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    corners = np.rint((np.stack([xs, ys], axis=-1)[:, None] + arms) * 2**shift).astype(np.int32)
    circles = np.rint(np.column_stack([xs, ys, radii]) * 2**shift).astype(np.int64).tolist()
    leaves = zip(corners, circles, shades.tolist(), square.tolist(), strict=True)
    for points, (x, y, radius), shade, is_square in leaves:
        if is_square:
            cv2.fillConvexPoly(painted, points, shade, cv2.LINE_AA, shift)
        else:
            cv2.circle(painted, (x, y), radius, shade, -1, cv2.LINE_AA, shift)
    return painted


def _fractal_light(rng: np.random.Generator, canvas: _Canvas) -> Plane:
    """Return a field around 1 with equal contrast in each octave, as a 1/f spectrum has, reduced by `LIGHT_TEXELS`.

    Its finest octave is two cells of the reduced field: there is nothing more to draw at full size.
    """
    reduced = np.zeros((canvas.height // LIGHT_TEXELS, canvas.width // LIGHT_TEXELS), np.float32)
    rows, columns = reduced.shape
    for octave in range(1, 9):
        cell = 2**octave
        coarse = rng.standard_normal((rows // cell + 3, columns // cell + 3), np.float32)
        grown = cv2.resize(coarse, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
        reduced += np.asarray(grown, np.float32)[cell : cell + rows, cell : cell + columns]
    light = np.exp(reduced * np.float32(0.06))
    if canvas.magnification > 1:
        scale = 1 / canvas.magnification
        across, down = (
            size / 2 * (1 - scale) + off / LIGHT_TEXELS * scale
            for size, off in zip((columns, rows), canvas.off_centre, strict=True)
        )
        part = np.array([[scale, 0, across], [0, scale, down]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        light = np.asarray(
            cv2.warpAffine(light, part, (columns, rows), flags=flags, borderMode=cv2.BORDER_REFLECT_101), np.float32
        )
    return np.asarray(light, np.float32)
