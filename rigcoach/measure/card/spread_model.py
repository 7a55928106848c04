"""The spread of a straight edge under defocus, motion and the pixel grid.

A lens out of focus spreads a point over an even disc, a smear of even speed over a line; a pixel gathers light over its
square. Across a straight edge each of them acts by its projection on the edge's normal, and their effects multiply as
functions of frequency (Goodman, *Introduction to Fourier Optics*, 3rd ed. 2005, section 6.4: the disc's is
2 J1(2 pi r f)/(2 pi r f); a line's or a square's side's is a sinc).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats

STEP_PX = 1 / 8
_SIZES = 128, 256, 512
# Beyond the disc and half the smear a spread ends within the pixel's square and the recording's own softness.
_BEYOND_PX = 3.0
_TABLE_STEP = 0.05
_WIDEST_PX = _SIZES[-1] * STEP_PX / 2
_TABLE_END = 2 * np.pi * _WIDEST_PX / (2 * STEP_PX)


def frequencies(half_width_px: float) -> Floats:
    """Return the frequencies, cycles per pixel, that hold spreads which end so far on either side of their middle.

    None are wider than 29 px: of those that are, the outer part is left out.
    """
    return _frequencies(next((n for n in _SIZES if n * STEP_PX / 2 >= half_width_px + _BEYOND_PX), _SIZES[-1]))


@cache
def _frequencies(size: int) -> Floats:
    return np.asarray(np.fft.rfftfreq(size, STEP_PX), dtype=np.float64)


@cache
def _disc_table() -> Floats:
    """Return 2 J1(x)/x at steps of `_TABLE_STEP`: Gauss-Chebyshev sums of (2/pi) sqrt(1 - u^2) cos(x u) over -1..1."""
    half = int(_TABLE_END / 4) + 10  # half as many nodes as the fastest cosine needs: the other half mirrors them
    angle = np.pi * np.arange(1, half + 1) / (2 * half + 1)
    weight = np.sin(angle) ** 2
    x = np.arange(0, _TABLE_END + 2 * _TABLE_STEP, _TABLE_STEP)
    table = np.concatenate([np.cos(part[:, None] * np.cos(angle)) @ weight for part in np.array_split(x, 32)])
    return np.asarray(table / table[0], dtype=np.float64)


def disc_transfer(radius_px: float, frequency: Floats) -> Floats:
    """Return the transfer of an even disc at frequencies, along any line through its middle."""
    table = _disc_table()
    place = np.minimum(2 * np.pi * radius_px / _TABLE_STEP * frequency, len(table) - 2)
    low = place.astype(np.intp)
    return np.asarray(table[low] + (place - low) * (table[low + 1] - table[low]), dtype=np.float64)


def smear_transfer(lengths_px: Floats, frequency: Floats) -> Floats:
    """Return the transfer of smears whose projections on each edge's normal are given: edges x frequencies."""
    return np.asarray(np.sinc(lengths_px[:, None] * frequency), dtype=np.float64)


def system_transfer(normals: Floats, sigma_px: float, frequency: Floats) -> Floats:
    """Return the transfer of a square pixel seen along each normal, times a Gaussian of `sigma_px`."""
    gaussian = np.exp(-2 * (np.pi * sigma_px * frequency) ** 2)
    sides = np.sinc(np.abs(normals[:, 0, None]) * frequency) * np.sinc(np.abs(normals[:, 1, None]) * frequency)
    return np.asarray(sides * gaussian, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class SpreadGrid:
    """Edge spread functions, rising from 0 on paper to 1 in ink, and their slopes per pixel: edges x grid places."""

    spread: Floats
    slope: Floats

    def at(self, depth_px: Floats) -> tuple[Floats, Floats]:
        """Return spread and slope at depths, edges x anything; beyond the grid its end values hold."""
        low, part = _places(depth_px, self.spread.shape[-1])
        here = self.slope.ravel()[low]
        bend = self.slope.ravel()[low + 1] - here
        # Between two places the slope runs straight, so the spread is a parabola.
        return (
            self.spread.ravel()[low] + part * STEP_PX * (here + 0.5 * part * bend),
            here + part * bend,
        )

    def less(self, other: "SpreadGrid", depth_px: Floats) -> Floats:
        """Return by how much the spreads differ from those of `other` at depths, edges x anything."""
        low, part = _places(depth_px, self.spread.shape[-1])
        apart = (self.spread - other.spread).ravel()
        here = apart[low]
        return np.asarray(here + part * (apart[low + 1] - here), dtype=np.float64)


def spread_grids(*transfers: Floats) -> tuple[SpreadGrid, ...]:
    """Return the edge spreads of transfers, each edges x frequencies."""
    stacked = np.stack(transfers)
    # Every other sign turned moves a spread's middle from the grid's first place to its middle one.
    stacked[..., 1::2] *= -1
    slopes = np.fft.irfft(stacked, axis=-1) / STEP_PX
    risen = np.cumsum(slopes, axis=-1)
    risen -= 0.5 * slopes
    risen *= STEP_PX
    return tuple(SpreadGrid(spread, slope) for spread, slope in zip(risen, slopes, strict=True))


def _places(depth_px: Floats, size: int) -> tuple[NDArray[np.intp], Floats]:
    """Return the place in the flattened grid just before each depth, and how far it is on the way to the next."""
    place = np.clip(depth_px / STEP_PX + size / 2, 0, size - 1.001)
    low = place.astype(np.intp)
    part = place - low
    low += (np.arange(len(depth_px)) * size).reshape(-1, *[1] * (depth_px.ndim - 1))
    return low, part
