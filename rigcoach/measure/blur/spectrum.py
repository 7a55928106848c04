"""The power of a region's detail by its fineness, in all directions and along two.

Blur takes fine detail before coarse; a region's mean power over overlapping windows [Welch1967]_, band by band, says
how much is left of each.

References
----------
.. [Welch1967] P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Transactions
   on Audio and Electroacoustics 15(2), 1967.
"""

from functools import cache

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats, Plane
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
    tiles = _tiles(luma, area)
    tiles = (tiles - tiles.mean(axis=(1, 2), keepdims=True)) * _window()
    waves = np.fft.rfft2(tiles)
    power = (waves.real**2 + waves.imag**2) / TILE_PX**2
    member, angle = _bands()
    flat = power.reshape(len(tiles), -1)
    each = flat @ (member / member.sum(axis=0))
    rows = [each.mean(axis=0)]
    mean = flat.mean(axis=0)
    for direction in directions_rad:
        inside = member * (np.abs(np.cos(angle - direction)) > np.cos(np.radians(_SECTOR_DEG)))[:, None]
        rows.append(mean @ inside / np.maximum(inside.sum(axis=0), 1e-9))
    share = each / (each[:, :4].sum(axis=1, keepdims=True) + 1.0)
    return np.array(rows), np.asarray(np.quantile(share, _CLEAREST, axis=0), dtype=np.float64)


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
    return np.stack([region[y : y + TILE_PX, x : x + TILE_PX] for y in rows for x in columns])


@cache
def _window() -> Plane:
    return np.outer(np.hanning(TILE_PX), np.hanning(TILE_PX)).astype(np.float32)


@cache
def _bands() -> tuple[Floats, Floats]:
    """Return which frequencies of a tile, flattened, belong to which band, with their weight; and their directions."""
    fy = np.fft.fftfreq(TILE_PX, 1 / TILE_PX)[:, None]
    fx = np.fft.rfftfreq(TILE_PX, 1 / TILE_PX)[None, :]
    band = np.searchsorted(_ENDS, np.hypot(fy, fx)) - 1
    # Of a real picture's spectrum half is kept: what has a mirrored other half counts twice.
    weight = np.full(band.shape, 2.0)
    weight[:, [0, -1]] = 1.0
    member = (band[..., None] == np.arange(BANDS)) * weight[..., None]
    return member.reshape(-1, BANDS), np.broadcast_to(np.arctan2(fy, fx), band.shape).ravel()
