"""Fit one disc and one motion blur to the spread of many edges at once, by damped least squares.

Each edge keeps its own light of paper and ink and its own place; the disc's radius and the smear's vector are shared.
The smear is told from the disc by the edges' directions: it widens those across it only.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats
from rigcoach.measure.card.spread_model import (
    PLACES,
    disc_transfer,
    edge_spread,
    place_of,
    smear_transfer,
    spread_at,
    step_for,
    system_transfer,
)
from rigcoach.measure.compiled import compiled
from rigcoach.measure.compiled_algebra import inverse, median, solved

MOST_STEPS = 12
_DIFFERENCE_PX = 0.02  # for derivatives by differences
MIN_RADIUS_PX = 0.15  # the spread hardly depends on a smaller one; the fit would stand still there
_CONVERGED_PX = 0.004
_CONVERGED_GAIN = 0.1  # of the cost, or of a thousandth of it: less than noise makes of it
_PLATEAU_TRUST = 0.02  # relative: how much the light of paper and ink may differ from edge to edge
_OWN = 3  # unknowns of each edge: paper, ink, place


class SpreadFit(NamedTuple):
    """What fits best.

    `shared` holds the radius of the disc and, where a smear was fitted, its vector (either sign means the same); `own`,
    edges x 3, the light of paper and of ink, and the place along the edge's normal; `cost` is the weighted sum of
    squares, over `freedom` degrees of freedom; `left`, what each edge leaves of the normal equations for the shared
    unknowns, the radius first, and how it pulls at them: edges x shared x (shared + 1). `spread` and `slope` are the
    fitted edge spreads, edges x places of a grid (`rigcoach.measure.card.spread_model`) that lie `step_px` apart.
    """

    shared: Floats
    own: Floats
    cost: float
    freedom: int
    left: Floats
    spread: Floats
    slope: Floats
    step_px: float


@compiled
def covariance(fit: SpreadFit) -> Floats:
    """Return that of (radius, smear x, smear y), or of the radius alone where no smear was fitted.

    By the sandwich over edges: how far the edges pull apart, not how noisy pixels are. White (1980), "A
    heteroskedasticity-consistent covariance matrix estimator", Econometrica 48, with the edges as clusters; this
    also bears what no noise explains: bent paper, a codec's ringing, an edge printed soft.
    """
    left = fit.left
    edges, size = left.shape[:2]
    # Three by three, each unknown in its own scale; a radius alone stands beside what has nothing to do with it.
    bread, scale = np.zeros((3, 3)), np.ones(3)
    for k in range(3):
        bread[k, k] = 1.0
    for k in range(size):
        whole = 1e-9
        for i in range(edges):
            whole += left[i, k, k]
        scale[k] = math.sqrt(whole)
    for k in range(size):
        for m in range(size):
            if k != m:
                bread[k, m] = 0.0
                for i in range(edges):
                    bread[k, m] += left[i, k, m] / (scale[k] * scale[m])
    bread = inverse(bread)
    out = np.zeros((size, size))
    for i in range(edges):
        moved = np.zeros(size)
        for k in range(size):
            for m in range(size):
                moved[k] += bread[k, m] * left[i, m, size] / (scale[k] * scale[m])
        for k in range(size):
            for m in range(size):
                out[k, m] += moved[k] * moved[m] * edges / max(edges - size, 1)
    return out


@compiled
def fit_spreads(
    seen: Floats,
    counts: NDArray[np.int64],
    normals: Floats,
    shared: Floats,
    own: Floats,
    sigma_px: float,
    disc: Floats,
    cosines: Floats,
    most_steps: int,
) -> SpreadFit:
    """Fit from a start.

    Parameters
    ----------
    seen, counts
        The profiles, as `rigcoach.measure.card.edge_strips.merged` returns them.
    normals
        The edges' unit normals, edges x 2.
    shared
        Where to start: the radius, and the smear's vector where one is to be fitted.
    own
        Start for each edge: light of paper, light of ink, place along the normal in pixels; edges x 3.
    sigma_px
        Gaussian part of the sharpest spread that the recording can hold.
    disc, cosines
        The tables of `rigcoach.measure.card.spread_model`.
    most_steps
        It stops after so many, converged or not.
    """
    products, cost, spread, slope, step_px = _terms(seen, counts, normals, shared, own, sigma_px, disc, cosines)
    damping = 1e-3
    for _ in range(most_steps):
        moved, moved_own = _step(products, damping, shared, own)
        there = _terms(seen, counts, normals, moved, moved_own, sigma_px, disc, cosines)
        if there[1] > cost:
            damping = max(damping * 30, 1e-2)
            if damping > 1e3:
                break
            continue
        went, gained, before = 0.0, cost - there[1], cost
        for k in range(len(shared)):
            went = max(went, abs(moved[k] - shared[k]))
        shared, own, damping = moved, moved_own, damping / 5
        products, cost, spread, slope, step_px = there
        if went < _CONVERGED_PX or gained < _CONVERGED_GAIN * max(1.0, before / 1000):
            break
    bins = 0
    for i in range(len(counts)):
        bins += counts[i]
    return SpreadFit(
        shared, own, cost, max(bins - _OWN * len(own) - len(shared), 1), _left(products), spread, slope, step_px
    )


@compiled
def _terms(
    seen: Floats,
    counts: NDArray[np.int64],
    normals: Floats,
    shared: Floats,
    own: Floats,
    sigma_px: float,
    disc: Floats,
    cosines: Floats,
) -> tuple[Floats, float, Floats, Floats, float]:
    """Return the normal equations of each edge, their cost, the edges' spreads, their slopes, and the grid's step.

    The equations are edges x n x n: products of the slopes by paper, ink, place and the shared unknowns, and by what
    the model leaves (last).
    """
    edges, _, bins = seen.shape
    smeared = len(shared) > 1
    across, widest = np.zeros(edges), 0.0
    if smeared:
        for i in range(edges):
            across[i] = normals[i, 0] * shared[1] + normals[i, 1] * shared[2]
            widest = max(widest, abs(across[i]))
    step_px = step_for(shared[0] + widest / 2)
    recording = system_transfer(normals, sigma_px, step_px)
    radius = disc_transfer(shared[0], step_px, disc)
    larger = disc_transfer(shared[0] + _DIFFERENCE_PX, step_px, disc)
    spread, slope = np.empty((edges, PLACES)), np.empty((edges, PLACES))
    grown, wider, unused = np.zeros(PLACES), np.zeros(PLACES), np.empty(PLACES)
    columns = _OWN + len(shared) + 1
    by, products = np.empty((bins, columns)), np.zeros((edges, columns, columns))
    cost = 0.0
    for i in range(edges):
        smear = smear_transfer(abs(across[i]), step_px)
        edge_spread(recording[i], smear, radius, step_px, cosines, spread[i], slope[i])
        edge_spread(recording[i], smear, larger, step_px, cosines, grown, unused)
        if smeared:
            longer = smear_transfer(abs(across[i]) + _DIFFERENCE_PX, step_px)
            edge_spread(recording[i], longer, radius, step_px, cosines, wider, unused)
        paper, ink, place = own[i, 0], own[i, 1], own[i, 2]
        rise, side = ink - paper, 1.0 if across[i] >= 0 else -1.0
        # What light does under each unknown, and what the model leaves of it.
        for n in range(counts[i]):
            low, part = place_of(seen[i, 0, n] - place, step_px)
            risen, steep = spread_at(spread[i], slope[i], step_px, low, part)
            by[n, 0], by[n, 1], by[n, 2] = 1 - risen, risen, -rise * steep
            by[n, 3] = rise * _less(grown, spread[i], low, part) / _DIFFERENCE_PX
            if smeared:
                widening = rise * _less(wider, spread[i], low, part) / _DIFFERENCE_PX * side
                by[n, 4], by[n, 5] = normals[i, 0] * widening, normals[i, 1] * widening
            by[n, columns - 1] = seen[i, 1, n] - paper - rise * risen
        for n in range(counts[i]):
            for k in range(columns):
                weighted = seen[i, 2, n] * by[n, k]
                for m in range(k, columns):
                    products[i, k, m] += weighted * by[n, m]
        for k in range(columns):
            for m in range(k):
                products[i, k, m] = products[i, m, k]
        cost += products[i, columns - 1, columns - 1]
    # Paper is paper and ink is ink: each edge's light is drawn to the card's own, so that a short or much blurred
    # edge, whose plateaus are hardly seen, still has them.
    trust = 1 / (_PLATEAU_TRUST * max(median(own[:, 0] - own[:, 1]), 1e-3)) ** 2
    for k in range(2):
        middle = median(own[:, k])
        for i in range(edges):
            apart = middle - own[i, k]
            products[i, k, k] += trust
            products[i, k, columns - 1] += trust * apart
            cost += trust * apart**2
    return products, cost, spread, slope, step_px


@compiled
def _less(one: Floats, other: Floats, low: int, part: float) -> float:
    """Return by how much one spread differs from another at a place."""
    here: float = one[low] - other[low]
    after: float = one[low + 1] - other[low + 1]
    return here + part * (after - here)


@compiled
def _reduced(products: Floats, damping: float) -> tuple[Floats, Floats]:
    """Eliminate an edge's own unknowns: return what is left for the shared ones and their pull, and the inverse used.

    The first is shared x (shared + 1), its last column the pull.
    """
    size = len(products) - _OWN - 1
    inverse = _inverse(products, damping)
    left = np.empty((size, size + 1))
    for k in range(size):
        for m in range(size + 1):
            left[k, m] = products[_OWN + k, _OWN + m]
            for a in range(_OWN):
                for b in range(_OWN):
                    left[k, m] -= products[a, _OWN + k] * inverse[a, b] * products[b, _OWN + m]
    return left, inverse


@compiled
def _inverse(products: Floats, damping: float) -> Floats:
    """Return the inverse of an edge's own part of the equations, which is symmetric, 3 x 3."""
    a, b, c = products[0, 0] * (1 + damping) + 1e-9, products[0, 1], products[0, 2]
    d, e = products[1, 1] * (1 + damping) + 1e-9, products[1, 2]
    f = products[2, 2] * (1 + damping) + 1e-9
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    whole = a * first + b * second + c * third
    inverse = np.empty((3, 3))
    inverse[0, 0], inverse[1, 1], inverse[2, 2] = first / whole, (a * f - c * c) / whole, (a * d - b * b) / whole
    inverse[0, 1] = inverse[1, 0] = second / whole
    inverse[0, 2] = inverse[2, 0] = third / whole
    inverse[1, 2] = inverse[2, 1] = (b * c - a * e) / whole
    return inverse


@compiled
def _step(products: Floats, damping: float, shared: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Return where the shared unknowns, and each edge's own, should move to."""
    edges = len(products)
    size = products.shape[1] - _OWN - 1
    matrix, pull = np.zeros((size, size)), np.zeros(size)
    inverses = np.empty((edges, _OWN, _OWN))
    for i in range(edges):
        left, inverse = _reduced(products[i], damping)
        for k in range(size):
            for m in range(size):
                matrix[k, m] += left[k, m]
            matrix[k, k] += damping * products[i, _OWN + k, _OWN + k]
            pull[k] += left[k, size]
        for a in range(_OWN):
            for b in range(_OWN):
                inverses[i, a, b] = inverse[a, b]
    for k in range(size):
        matrix[k, k] += 1e-9
    step = solved(matrix, pull)
    moved, moved_own = np.empty(size), own.copy()
    for k in range(size):
        moved[k] = shared[k] + step[k]
    moved[0] = max(abs(moved[0]), MIN_RADIUS_PX)
    for i in range(edges):
        for b in range(_OWN):
            pulled = products[i, b, _OWN + size]
            for k in range(size):
                pulled -= products[i, b, _OWN + k] * step[k]
            for a in range(_OWN):
                moved_own[i, a] += inverses[i, a, b] * pulled
    return moved, moved_own


@compiled
def _left(products: Floats) -> Floats:
    """Return what each edge leaves for the shared unknowns, edges x shared x (shared + 1), the last column the pull."""
    edges, columns, _ = products.shape
    left = np.empty((edges, columns - _OWN - 1, columns - _OWN))
    for i in range(edges):
        reduced, _ = _reduced(products[i], 0.0)
        for k in range(len(reduced)):
            for m in range(len(reduced) + 1):
                left[i, k, m] = reduced[k, m]
    return left
