"""The power of a region's detail by its fineness, in all directions and along two.

Blur takes fine detail before coarse; a region's mean power over overlapping windows [Welch1967]_, band by band, says
how much is left of each.

References
----------
.. [Welch1967] P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Transactions
   on Audio and Electroacoustics 15(2), 1967.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats, Plane, percentiles
from rigcoach.measure.blur.gradients import Area

TILE_PX = 64
_STEP_PX = 48
# No more tiles than this a side are looked at, spread evenly: in a large region they tell as much as all would.
_MOST_TILES = 6
# Ends of the bands, in periods a tile.
_ENDS = np.array([0.8, 1.8, 2.8, 4.0, 5.6, 7.6, 10.0, 13.0, 17.0, 21.0, 25.5, 29.0, 32.01])
BANDS = len(_ENDS) - 1
_SECTOR_DEG = 30.0
# The clearest tiles, by how much of their power is fine: a sharp thing on a soft ground.
_CLEAREST = 0.85


def spectrum(luma: Plane, area: Area, directions_rad: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Return the power in bands from coarse to fine, and how fine the detail of the clearest tiles is.

    Parameters
    ----------
    luma
        HxW plane, 0 to 255.
    area
        `(left, top, right, bottom)` in it; where that is smaller than a tile, what lies around is taken with it.
    directions_rad
        Sectors about these directions are told apart beside all directions together.

    Returns
    -------
    power of shape (1 + directions, `BANDS`)
        In squared levels.
    share of shape (`BANDS`,)
        Of the power of a tile's coarsest bands, at the clearest tiles.
    """
    squares = _squares(_tiles(luma, area))
    bins = _bins()
    each = squares @ bins.of_packed
    rows = [each.mean(axis=0, dtype=np.float64)]
    mean = squares.mean(axis=0)
    power = (mean[bins.real] + mean[bins.imaginary] * bins.has_imaginary) * bins.weight
    for direction in directions_rad:
        inside = np.abs(np.cos(bins.angle - direction)) > np.cos(np.radians(_SECTOR_DEG))
        band = bins.band[inside]
        count = np.bincount(band, bins.weight[inside], BANDS)
        rows.append(np.bincount(band, power[inside], BANDS) / np.maximum(count, 1e-9))
    share = each / (each[:, :4].sum(axis=1, keepdims=True) + 1.0)
    return np.array(rows), percentiles(share, (_CLEAREST,))[0]


def _tiles(luma: Plane, area: Area) -> Plane:
    height, width = luma.shape
    spans = []
    for first, last, whole in ((area[1], area[3], height), (area[0], area[2], width)):
        start = first if last - first >= TILE_PX else min((first + last - TILE_PX) // 2, whole - TILE_PX)
        spans.append((max(start, 0), min(max(last, max(start, 0) + TILE_PX), whole)))
    (top, bottom), (left, right) = spans
    region = luma[top:bottom, left:right]
    short = [max(TILE_PX - side, 0) for side in region.shape]
    if any(short):
        region = np.asarray(cv2.copyMakeBorder(region, 0, short[0], 0, short[1], cv2.BORDER_REFLECT_101), np.float32)
    rows, columns = (
        np.linspace(0, side - TILE_PX, min(round((side - TILE_PX) / _STEP_PX) + 1, _MOST_TILES)).astype(int)
        for side in region.shape
    )
    tiles = np.empty((len(rows) * len(columns), TILE_PX, TILE_PX), np.float32)
    for i, (y, x) in enumerate(product(rows.tolist(), columns.tolist())):
        tiles[i] = region[y : y + TILE_PX, x : x + TILE_PX]
    return tiles


def _squares(tiles: Plane) -> Plane:
    """Return the squares of what the Fourier transform of each tile, less its mean, holds, as OpenCV packs it.

    That is real and imaginary parts beside each other, none of them twice; at the left and right end, those of no
    frequency across and of the highest, one below the other. Of shape (n, `TILE_PX` x `TILE_PX`), in squared levels.
    """
    tiles -= tiles.mean(axis=(1, 2), keepdims=True)
    tiles *= _window()
    for tile in tiles:
        cv2.dft(tile, dst=tile)
    tiles *= tiles
    return tiles.reshape(len(tiles), -1)


@cache
def _window() -> Plane:
    return (np.outer(np.hanning(TILE_PX), np.hanning(TILE_PX)) / TILE_PX).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Bins:
    """The frequencies of a tile that belong to a band, arrays of shape (n,), and what of a packed transform is theirs.

    `band` and `angle`, their direction; `weight`, 2 for those whose mirrored other half a transform leaves out; `real`
    and `imaginary`, where these parts are in a packed one, flattened, and whether there is the latter. `of_packed`, of
    shape (packed, bands), turns squares into the mean power of each band.
    """

    band: npt.NDArray[np.intp]
    angle: Floats
    weight: Floats
    real: npt.NDArray[np.intp]
    imaginary: npt.NDArray[np.intp]
    has_imaginary: npt.NDArray[np.bool_]
    of_packed: Plane


@cache
def _bins() -> _Bins:
    half = TILE_PX // 2
    fy, fx = (each.ravel() for each in np.meshgrid(np.arange(-half, half), np.arange(half + 1), indexing="ij"))
    band = np.searchsorted(_ENDS, np.hypot(fy, fx)) - 1
    held = (band >= 0) & (band < BANDS)
    fy, fx, band = fy[held], fx[held], band[held]
    # At either side the frequencies up and down are mirrors of each other, and one of them is kept.
    side, down = (fx == 0) | (fx == half), np.abs(fy)
    real = np.where(side, np.maximum(2 * down - 1, 0), fy % TILE_PX) * TILE_PX + np.maximum(2 * fx - 1, 0)
    imaginary = real + np.where(side, TILE_PX, 1)
    has_imaginary = ~side | ((down > 0) & (down < half))
    imaginary[~has_imaginary] = 0
    weight = np.where(side, 1.0, 2.0)
    of_packed = np.zeros((TILE_PX * TILE_PX, BANDS))
    share = weight / np.bincount(band, weight, BANDS)[band]
    np.add.at(of_packed, (real, band), share)
    np.add.at(of_packed, (imaginary, band), share * has_imaginary)
    angle = np.arctan2(fy, fx)
    return _Bins(band, angle, weight, real, imaginary, has_imaginary, of_packed.astype(np.float32))
