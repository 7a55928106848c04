"""The spread of a straight edge under defocus, motion and the pixel grid.

A lens out of focus spreads a point over an even disc, a smear of even speed over a line; a pixel gathers light over its
square. Across a straight edge each of them acts by its projection on the edge's normal, and their effects multiply as
functions of frequency (Goodman, *Introduction to Fourier Optics*, 3rd ed. 2005, section 6.4: the disc's is
2 J1(2 pi r f)/(2 pi r f); a line's or a square's side's is a sinc).
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.compiled import compiled

PLACES = 128
"""Places of a grid on which a spread is drawn, its middle at the middle one; `step_for` says how far apart they lie.

A transfer is told at half as many frequencies, and one more: `number / (PLACES * step_px)` cycles per pixel."""

_STEPS_PX = 1 / 8, 1 / 4, 1 / 2
# Beyond the disc and half the smear a spread ends within the pixel's square and the recording's own softness.
_BEYOND_PX = 3.0
_HALF = PLACES // 2
_TABLE_STEP = 0.05
_TABLE_END = 2 * np.pi * _HALF * _STEPS_PX[-1] / (2 * _STEPS_PX[0])


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What the transforms need, made once.

    `disc` is 2 J1(x)/x at steps of `_TABLE_STEP`; `cosines` take a transfer, which is real, to a line spread, which is
    even: frequencies x places from the middle on, weighted.
    """

    disc: Floats
    cosines: Floats


@cache
def tables() -> Tables:
    """Return the tables."""
    return Tables(_disc_table(), _cosines())


def _disc_table() -> Floats:
    """Return 2 J1(x)/x at steps of `_TABLE_STEP`: Gauss-Chebyshev sums of (2/pi) sqrt(1 - u^2) cos(x u) over -1..1."""
    half = int(_TABLE_END / 4) + 10  # half as many nodes as the fastest cosine needs: the other half mirrors them
    angle = np.pi * np.arange(1, half + 1) / (2 * half + 1)
    weight = np.sin(angle) ** 2
    x = np.arange(0, _TABLE_END + 2 * _TABLE_STEP, _TABLE_STEP)
    table = np.concatenate([np.cos(part[:, None] * np.cos(angle)) @ weight for part in np.array_split(x, 32)])
    return np.asarray(table / table[0], dtype=np.float64)


def _cosines() -> Floats:
    number = np.arange(_HALF + 1)
    cosines = np.cos(2 * np.pi / PLACES * (number[:, None] * number % PLACES)) * (2 / PLACES)
    # The mean and the highest frequency stand for themselves, the others for their mirrors too.
    cosines[[0, -1]] /= 2
    return np.asarray(cosines, dtype=np.float64)


@compiled
def step_for(half_width_px: float) -> float:
    """Return how far apart a grid's places lie, in pixels, to hold spreads that reach so far from their middle.

    None are wider than 29 px: of those that are, the outer part is left out.
    """
    for step_px in _STEPS_PX:
        if _HALF * step_px >= half_width_px + _BEYOND_PX:
            return step_px
    return _STEPS_PX[-1]


@compiled
def disc_transfer(radius_px: float, step_px: float, disc: Floats) -> Floats:
    """Return the transfer of an even disc along any line through its middle, at a grid's frequencies."""
    transfer = np.empty(_HALF + 1)
    last = len(disc) - 2
    for f in range(len(transfer)):
        place = min(2 * math.pi * radius_px / _TABLE_STEP * (f / (PLACES * step_px)), float(last))
        low = int(place)
        transfer[f] = disc[low] + (place - low) * (disc[low + 1] - disc[low])
    return transfer


@compiled
def smear_transfer(length_px: float, step_px: float) -> Floats:
    """Return the transfer of a smear, or of a pixel's side, whose projection is given, at a grid's frequencies."""
    transfer = np.ones(_HALF + 1)
    angle = math.pi * length_px / (PLACES * step_px)
    # Sines of evenly spaced angles, each by turning the one before.
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = 1.0, 0.0
    if angle > 1e-9:
        for f in range(1, len(transfer)):
            x, y = x * cos - y * sin, x * sin + y * cos
            transfer[f] = y / (angle * f)
    return transfer


@compiled
def system_transfer(normals: Floats, sigma_px: float, step_px: float) -> Floats:
    """Return the transfer of a square pixel seen along each normal (n x 2), times a Gaussian: n x frequencies."""
    transfer = np.empty((len(normals), _HALF + 1))
    gaussian = np.empty(_HALF + 1)
    for f in range(len(gaussian)):
        gaussian[f] = math.exp(-2 * (math.pi * sigma_px * (f / (PLACES * step_px))) ** 2)
    for i in range(len(normals)):
        across, down = smear_transfer(abs(normals[i, 0]), step_px), smear_transfer(abs(normals[i, 1]), step_px)
        for f in range(_HALF + 1):
            transfer[i, f] = across[f] * down[f] * gaussian[f]
    return transfer


@compiled
def edge_spread(
    system: Floats, smear: Floats, disc: Floats, step_px: float, cosines: Floats, spread: Floats, slope: Floats
) -> None:
    """Write the edge spread of three transfers, from 0 on paper to 1 in ink, and its slope per pixel, `PLACES` each."""
    line, share = np.empty(_HALF + 1), np.empty(_HALF + 1)
    for f in range(_HALF + 1):
        share[f] = system[f] * smear[f] * disc[f] / step_px
    for k in range(_HALF + 1):
        line[k] = share[_HALF] * cosines[_HALF, k]
    # Four frequencies at a time: the line is fetched and put back a quarter as often.
    for f in range(0, _HALF, 4):
        first, second, third, fourth = share[f], share[f + 1], share[f + 2], share[f + 3]
        for k in range(_HALF + 1):
            line[k] += (first * cosines[f, k] + second * cosines[f + 1, k]) + (
                third * cosines[f + 2, k] + fourth * cosines[f + 3, k]
            )
    for k in range(_HALF):
        slope[_HALF + k] = line[k]
        slope[_HALF - k] = line[k]
    slope[0] = line[_HALF]
    risen = 0.0
    for p in range(PLACES):
        spread[p] = (risen + 0.5 * slope[p]) * step_px
        risen += slope[p]


@compiled
def place_of(depth_px: float, step_px: float) -> tuple[int, float]:
    """Return the place in a grid just before a depth, and how far it is on the way to the next; ends hold beyond."""
    place = min(max(depth_px / step_px + _HALF, 0.0), PLACES - 1.001)
    low = int(place)
    return low, place - low


@compiled
def spread_at(spread: Floats, slope: Floats, step_px: float, low: int, part: float) -> tuple[float, float]:
    """Return spread and slope at a place."""
    here = slope[low]
    bend = slope[low + 1] - here
    # Between two places the slope runs straight, so the spread is a parabola.
    return spread[low] + part * step_px * (here + 0.5 * part * bend), here + part * bend
