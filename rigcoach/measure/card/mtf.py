"""Modulation transfer across a straight edge: the slanted-edge method of ISO 12233 (e-SFR).

Pixels beside the edge are sorted by their distance from it, which samples the edge's spread at quarters of a pixel
[Burns2000]_; its derivative is the line spread, the transform of which is the MTF. The derivative's and the bins' own
transfers are divided out. The window over the line spread is no wider than the spread needs: noise beyond it would only
blur the result (Masaoka, "Accuracy and precision of edge-based modulation transfer function measurement for sampled
imaging systems", IEEE Access 6, 2018, on where the method's errors come from).

References
----------
.. [Burns2000] P. D. Burns, "Slanted-edge MTF for digital camera and scanner analysis", IS&T PICS 2000.
"""

import math
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats

BIN_PX = 0.125
_SLICES = 12
_ROUNDS = 4
_FEWEST_PIXELS = 400
_LEAST_CONTRAST = 0.03
_FREQUENCIES = np.linspace(0.0, 1.0, 401)
# The window in widths of the edge (10 % to 90 %): flat to the first, down to nothing at the second.
_FLAT_WIDTHS, _END_WIDTHS = 1.2, 2.4
_LEAST_WIDTH_PX = 1.3
# Beyond so many widths paper and ink are even; their means make the contrast.
_PLATEAU_WIDTHS = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class EdgeResponse:
    """What an edge passes on.

    `mtf50_cycles_px`, the frequency at which half the contrast is left, `None` where more than half is left at one
    cycle a pixel; `frequency_cycles_px` and `mtf` of shape (n,); `width_px`, the spread's rise from 10 % to 90 %.
    """

    mtf50_cycles_px: float | None
    frequency_cycles_px: Floats
    mtf: Floats
    width_px: float


def edge_response(depth_px: Floats, along_px: Floats, light: Floats) -> EdgeResponse | None:
    """Return the response of an edge; `None` where there is too little of one to measure.

    Parameters
    ----------
    depth_px, along_px, light
        Of shape (n,): each pixel's distance from the edge's supposed line, its place along it, and its linear light.
        The line may be off by a pixel or two, and by a degree or two: it is found anew.
    """
    if len(depth_px) < _FEWEST_PIXELS:
        return None
    reach = min(-float(depth_px.min()), float(depth_px.max()))
    kept = np.abs(depth_px) < reach
    depth, along, value = depth_px[kept], along_px[kept], light[kept]
    far = np.abs(depth) > 0.6 * reach
    low, high = (float(value[far & side].mean()) for side in (depth < 0, depth > 0))
    if abs(high - low) < _LEAST_CONTRAST:
        return None
    risen = (value - low) / (high - low)
    depth = _straightened(depth, along, risen, reach)
    return _response(depth, risen, reach)


def _straightened(depth: Floats, along: Floats, risen: Floats, reach: float) -> Floats:
    """Return depths from the line through the edge's middle, slice by slice along it."""
    edges = np.linspace(along.min(), along.max() + 1e-9, _SLICES + 1)
    slot = np.clip(np.searchsorted(edges, along, side="right") - 1, 0, _SLICES - 1)
    near = reach * 0.9
    for _ in range(_ROUNDS):
        centres, places = [], []
        for i in range(_SLICES):
            mine = (slot == i) & (np.abs(depth) < near)
            spread = _binned(depth[mine], risen[mine], near, 1.0)
            if spread is None:
                continue
            # The middle of the line spread, by parts: where an ideal step would have the same area.
            centres.append(near - float(spread.sum()) * (2 * near / len(spread)))
            places.append(float(along[mine].mean()))
        turn, shift = np.polyfit(places, centres, 1)
        depth = depth - (turn * along + shift)
        near = max(min(near, 4 * _width(depth, risen, reach) + 4), 4.0)
    return depth


def _binned(depth: Floats, value: Floats, reach: float, bin_px: float) -> Floats | None:
    """Return the means of values in bins of depth from -reach to reach, each put to its bin's middle."""
    count = round(2 * reach / bin_px)
    size = 2 * reach / count
    place = np.floor((depth + reach) / size).astype(np.intp)
    kept = (place >= 0) & (place < count)
    place, depth, value = place[kept], depth[kept], value[kept]
    held = np.bincount(place, minlength=count).astype(np.float64)
    filled = held > 0
    if filled.sum() < 0.6 * count:
        return None
    middle = (np.arange(count) + 0.5) * size - reach
    mean_depth = np.bincount(place, depth, count)[filled] / held[filled]
    mean_value = np.bincount(place, value, count)[filled] / held[filled]
    return np.asarray(np.interp(middle, mean_depth, mean_value), dtype=np.float64)


def _width(depth: Floats, risen: Floats, reach: float) -> float:
    spread = _binned(depth, risen, reach, BIN_PX)
    if spread is None:
        return reach
    # Steadied against noise before it is read at two levels.
    steady = np.convolve(np.pad(spread, 2, mode="edge"), np.ones(5) / 5, "valid")
    middle = len(steady) // 2
    low = np.flatnonzero(steady[:middle] < 0.1)
    high = np.flatnonzero(steady[middle:] > 0.9)
    if not len(low) or not len(high):
        return reach
    return float((middle + high[0] - low[-1]) * 2 * reach / len(spread))


def _response(depth: Floats, risen: Floats, reach: float) -> EdgeResponse | None:
    width = max(_width(depth, risen, reach), _LEAST_WIDTH_PX)
    plateau = _PLATEAU_WIDTHS * width + 0.5
    on_low, on_high = depth < -plateau, depth > plateau
    if min(on_low.sum(), on_high.sum()) > 50:
        low, high = float(risen[on_low].mean()), float(risen[on_high].mean())
        risen = (risen - low) / (high - low)
    spread = _binned(depth, risen, reach, BIN_PX)
    if spread is None:
        return None
    size = 2 * reach / len(spread)
    middle = (np.arange(len(spread)) + 0.5) * size - reach
    # Central differences lie on the bins' middles.
    line = np.zeros_like(spread)
    line[1:-1] = (spread[2:] - spread[:-2]) / (2 * size)
    flat, end = _FLAT_WIDTHS * width + 0.5, min(_END_WIDTHS * width + 1.0, reach - size)
    taper = np.clip((np.abs(middle) - flat) / max(end - flat, size), 0, 1)
    line *= 0.5 + 0.5 * np.cos(np.pi * taper)
    phase = np.exp(-2j * np.pi * _FREQUENCIES[:, None] * middle)
    own = np.sinc(2 * size * _FREQUENCIES) * np.sinc(size * _FREQUENCIES)
    # The contrast is the plateaus', 1, not the noisy sum of the line.
    mtf = np.abs(phase @ line) * size / own
    return EdgeResponse(_first_below(mtf, 0.5), _FREQUENCIES, mtf, width)


def _first_below(mtf: Floats, level: float) -> float | None:
    below = np.flatnonzero(mtf < level)
    if not len(below) or below[0] == 0:
        return None
    i = int(below[0])
    share = (mtf[i - 1] - level) / (mtf[i - 1] - mtf[i])
    return float(_FREQUENCIES[i - 1] + share * (_FREQUENCIES[i] - _FREQUENCIES[i - 1]))


def line_pairs_per_mm(cycles_px: float, pixel_pitch_mm: float) -> float:
    """Return a frequency on the sensor, for pixels of the frame so wide.

    >>> line_pairs_per_mm(0.25, 36 / 1920)
    13.333333333333334
    """
    return cycles_px / pixel_pitch_mm


def edge_angle_deg(normal: tuple[float, float]) -> float:
    """Return how far an edge lies off the nearer of the pixel grid's axes, in degrees, 0 to 45.

    >>> edge_angle_deg((math.cos(math.radians(5)), math.sin(math.radians(5))))
    5.0
    """
    turn = math.degrees(math.atan2(normal[1], normal[0])) % 90.0
    return round(min(turn, 90.0 - turn), 9)
