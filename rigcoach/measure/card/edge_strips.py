"""The strips beside the card's edges, cut to what is clear of corners and neighbours, and made ready to be fitted.

Profiles are arrays of edges x 4 x slices x bins: of each edge, what `rigcoach.measure.card.imaged_edge.gather` writes.
`used`, edges x slices x bins, says which bins count. Edges are as `rigcoach.measure.card.imaged_edge.imaged` returns
them.
"""

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.imaged_edge import Flags
from rigcoach.measure.card.spread_model import place_of, spread_at
from rigcoach.measure.compiled import compiled

_FAR = 0.6  # of the reach: beyond, the first guess of paper's and ink's light is taken
_TAIL = 0.85  # of a spread's half-width: the rest of its tail weighs next to nothing
_LEAST = 0.6  # of a spread's half-width: what must be seen of it on both sides
_FLOOR = 0.004  # of the contrast: how sure a bin's light can be, however many pixels it holds
_MAX_SHIFT_PX = 1.0
# Up to this share of the contrast off it a bin is paper, or ink; so many pixels tell their noise, else this is taken.
_PURE, _ENOUGH_PIXELS, _USUAL_NOISE = 0.03, 50, 1e-5


@compiled
def plateaus(profile: Floats, paper_px: float, ink_px: float) -> tuple[float, float]:
    """Return a first guess at an edge's light of paper and ink: the means far from it. `profile` is that edge's."""
    count, depth, light = profile[0], profile[1], profile[2]
    paper, ink, on_paper, on_ink = 0.0, 0.0, 0.0, 0.0
    for k in range(count.shape[0]):
        for n in range(count.shape[1]):
            if depth[k, n] < -_FAR * paper_px:
                on_paper += count[k, n]
                paper += count[k, n] * light[k, n]
            elif depth[k, n] > _FAR * ink_px:
                on_ink += count[k, n]
                ink += count[k, n] * light[k, n]
    return paper / max(on_paper, 1.0), ink / max(on_ink, 1.0)


@compiled
def clear_of(profile: Floats, used: Flags, edge: Floats, share: float, radius_px: float, smear_px: Floats) -> bool:
    """Leave bins of an edge out into which a corner or a neighbour is blurred; return whether it is used at all.

    It is not if too little remains to show the better part of its spread. `share` is the part of the edge that the
    slices cover; `profile` and `used` are that edge's.
    """
    slices, bins = used.shape
    _, _, x, y, length, paper, ink = edge
    # The normal is (-y, x).
    half_across = radius_px + abs(-y * smear_px[0] + x * smear_px[1]) / 2
    half_along = radius_px + abs(-y * smear_px[1] - x * smear_px[0]) / 2
    tail, least = _TAIL * half_across + 0.5, _LEAST * half_across + 1.0
    paper, ink = paper - tail, ink - tail
    free, held, kept = np.zeros(slices, np.bool_), 0, False
    for k in range(slices):
        # Farthest end of the slice from the edge's middle, as a share of the edge's length.
        end = (abs(k + 0.5 - slices / 2) + 0.5) / slices * share
        free[k] = (0.5 - end) * length >= _TAIL * half_along + 0.5
        held += free[k]
    wide_enough = min(paper, ink) >= least and held >= 2
    for k in range(slices):
        for n in range(bins):
            used[k, n] = used[k, n] and wide_enough and free[k] and -paper <= profile[1, k, n] <= ink
            kept = kept or used[k, n]
    return kept


@compiled
def merged(profiles: Floats, used: Flags, own: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Put the slices of each edge together, weighted by how sure each bin is; `own` begins with the edges' light.

    Returns the bins of each edge that count, edges x (depth, light, weight) x bins, and how many they are. A pixel's
    noise is taken from what bins hold apart, separately for paper and ink, for light is noisier.
    """
    edges, slices, bins = used.shape
    seen, counts = np.empty((edges, 3, bins)), np.zeros(edges, np.int64)
    held, shares = np.zeros((edges, bins)), np.zeros((edges, bins))
    # The variance of one pixel's light on paper and in ink, and the pixels that tell it.
    noise, pixels = np.zeros(2), np.zeros(2)
    for i in range(edges):
        paper, contrast = own[i, 0], max(own[i, 0] - own[i, 1], 1e-6)
        for n in range(bins):
            pixels_here, depth, light, summed = 0.0, 0.0, 0.0, 0.0
            for k in range(slices):
                if used[i, k, n]:
                    count = profiles[i, 0, k, n]
                    pixels_here += count
                    depth += count * profiles[i, 1, k, n]
                    light += count * profiles[i, 2, k, n]
                    summed += count * profiles[i, 3, k, n]
            if pixels_here == 0:
                continue
            at = counts[i]
            counts[i] += 1
            held[i, at] = pixels_here
            seen[i, 0, at], seen[i, 1, at] = depth / pixels_here, light / pixels_here
            shares[i, at] = min(max((paper - seen[i, 1, at]) / contrast, 0.0), 1.0)
            if shares[i, at] < _PURE or shares[i, at] > 1 - _PURE:
                side = 0 if shares[i, at] < _PURE else 1
                noise[side] += summed
                pixels[side] += pixels_here
    for side in range(2):
        noise[side] = noise[side] / pixels[side] if pixels[side] > _ENOUGH_PIXELS else _USUAL_NOISE
    for i in range(edges):
        floor = (_FLOOR * max(own[i, 0] - own[i, 1], 1e-6)) ** 2
        for n in range(counts[i]):
            seen[i, 2, n] = 1 / ((noise[0] + (noise[1] - noise[0]) * shares[i, n]) / held[i, n] + floor)
    return seen, counts


@compiled
def straighten(profiles: Floats, used: Flags, own: Floats, spread: Floats, slope: Floats, step_px: float) -> None:
    """Move each slice to where the line through all slices of its edge puts it.

    `own`, `spread`, `slope` and `step_px` are those of a fit (`rigcoach.measure.card.spread_fit`).
    """
    edges, slices, bins = used.shape
    shift, sure = np.zeros(slices), np.zeros(slices)
    for i in range(edges):
        count, depth, light = profiles[i, 0], profiles[i, 1], profiles[i, 2]
        paper, ink, place_px = own[i]
        rise = ink - paper
        for k in range(slices):
            pull, bend, sure[k] = 0.0, 0.0, 0.0
            for n in range(bins):
                if not used[i, k, n]:
                    continue
                low, part = place_of(depth[k, n] - place_px, step_px)
                risen, steep = spread_at(spread[i], slope[i], step_px, low, part)
                weight = count[k, n] * steep
                bend += weight * steep * rise
                pull += weight * (light[k, n] - paper - rise * risen)
                sure[k] += weight * steep
            shift[k] = -pull / (bend if abs(bend) > 1e-9 else 1.0)
        turn, least = 0.0, 1e-9
        for k in range(slices):
            place = k - (slices - 1) / 2
            turn += sure[k] * shift[k] * place
            least += sure[k] * place**2
        for k in range(slices):
            line = turn / least * (k - (slices - 1) / 2)
            off = min(max(line, -_MAX_SHIFT_PX), _MAX_SHIFT_PX)
            for n in range(bins):
                depth[k, n] -= off
