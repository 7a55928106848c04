"""Fit one disc and one motion blur to the spread of many edges at once, by damped least squares.

Each edge keeps its own light of paper and ink and its own place; the disc's radius and the smear's vector are shared.
The smear is told from the disc by the edges' directions: it widens those across it only.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Floats, percentiles
from rigcoach.measure.card.spread_model import (
    SpreadGrid,
    disc_transfer,
    frequencies,
    smear_transfer,
    spread_grids,
    system_transfer,
)

_MOST_STEPS = 12
_DIFFERENCE_PX = 0.02  # for derivatives by differences
MIN_RADIUS_PX = 0.15  # the spread hardly depends on a smaller one; the fit would stand still there
_CONVERGED_PX = 0.004
_CONVERGED_GAIN = 0.1  # of the cost, or of a thousandth of it: less than noise makes of it
_PLATEAU_TRUST = 0.02  # relative: how much the light of paper and ink may differ from edge to edge


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """Profiles to fit: light at depths, edges x bins, weighted by `weight` (1/variance; 0 leaves a bin out).

    `normals` are the edges' unit normals, edges x 2.
    """

    depth_px: Floats
    light: Floats
    weight: Floats
    normals: Floats

    def only(self, chosen: NDArray[np.bool_]) -> "Spreads":
        """Return the profiles of the chosen edges."""
        return Spreads(self.depth_px[chosen], self.light[chosen], self.weight[chosen], self.normals[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class SpreadFit:
    """What fits best.

    `radius_px` of the disc; `smear_px`, a vector (either sign means the same); for each edge `place_px` along its
    normal, the light of `paper` and `ink`; `cost`, the weighted sum of squares, over `freedom` degrees of freedom;
    `covariance` of (radius, smear x, smear y), or of the radius alone where no smear was fitted. `edge_radius_px` is
    the radius that each edge by itself would step to. `grid` holds the fitted spreads.
    """

    radius_px: float
    smear_px: Floats
    place_px: Floats
    paper: Floats
    ink: Floats
    cost: float
    freedom: int
    covariance: Floats
    edge_radius_px: Floats
    grid: SpreadGrid


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Parameters: shared (radius, and smear's x and y if fitted) and, for each edge, (paper, ink, place)."""

    shared: Floats
    own: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """The normal equations at a state, edge by edge: own x own, own x shared, shared x shared, and right-hand sides."""

    own: Floats
    mixed: Floats
    shared: Floats
    own_pull: Floats
    shared_pull: Floats
    cost: float
    grid: SpreadGrid


def fit_spreads(
    spreads: Spreads,
    radius_px: float,
    smear_px: Floats | None,
    own: Floats,
    sigma_px: float,
    most_steps: int = _MOST_STEPS,
) -> SpreadFit:
    """Fit from a start.

    Parameters
    ----------
    spreads
        What was seen.
    radius_px, smear_px
        Where to start; no smear is fitted where that is `None`.
    own
        Start for each edge: light of paper, light of ink, place along the normal in pixels; edges x 3.
    sigma_px
        Gaussian part of the sharpest spread that the recording can hold.
    most_steps
        It stops after so many, converged or not.
    """
    system = _System(spreads.normals, sigma_px)
    start = np.array([radius_px]) if smear_px is None else np.array([radius_px, *smear_px])
    state = _State(start, own)
    terms = _terms(spreads, state, system)
    damping = 1e-3
    for _ in range(most_steps):
        step = _step(terms, damping)
        trial = _moved(state, step)
        trial_terms = _terms(spreads, trial, system)
        if trial_terms.cost > terms.cost:
            damping = max(damping * 30, 1e-2)
            if damping > 1e3:
                break
            continue
        moved = float(np.abs(trial.shared - state.shared).max())
        gained = terms.cost - trial_terms.cost
        state, terms, damping = trial, trial_terms, damping / 5
        if moved < _CONVERGED_PX or gained < _CONVERGED_GAIN * max(1.0, terms.cost / 1000):
            break
    return _result(spreads, state, terms)


def _moved(state: _State, step: _State) -> _State:
    shared = state.shared + step.shared
    shared[0] = max(abs(shared[0]), MIN_RADIUS_PX)
    return _State(shared, state.own + step.own)


@dataclass(slots=True, eq=False)
class _System:
    """The recording's own transfer along edges' normals, kept as long as its frequencies stay the same."""

    normals: Floats
    sigma_px: float
    _kept: tuple[Floats, Floats] | None = field(default=None, init=False)

    def at(self, frequency: Floats) -> Floats:
        """Return the transfer: edges x frequencies."""
        if self._kept is None or self._kept[0] is not frequency:
            self._kept = frequency, system_transfer(self.normals, self.sigma_px, frequency)
        return self._kept[1]


def _terms(spreads: Spreads, state: _State, system: _System) -> _Terms:
    paper, ink, place = state.own.T
    grid, larger, *wider = spread_grids(*_transfers(state.shared, system))
    depth = spreads.depth_px - place[:, None]
    spread, slope = grid.at(depth)
    rise = (ink - paper)[:, None]
    # What light does under each unknown, and what the model leaves of it: all their products at once.
    slopes = np.empty((len(spread), 4 + len(state.shared), spread.shape[1]))
    slopes[:, 0], slopes[:, 1], slopes[:, 2] = 1 - spread, spread, -rise * slope
    slopes[:, 3] = rise * larger.less(grid, depth) / _DIFFERENCE_PX
    for grown in wider:
        across = np.sign(spreads.normals @ state.shared[1:])[:, None] * spreads.normals
        widening = rise * grown.less(grid, depth) / _DIFFERENCE_PX
        slopes[:, 4:6] = across[:, :, None] * widening[:, None]
    slopes[:, -1] = spreads.light - paper[:, None] - rise * spread
    products = (slopes * spreads.weight[:, None]) @ slopes.transpose(0, 2, 1)
    own_own, own_pull = products[:, :3, :3], products[:, :3, -1]
    # Paper is paper and ink is ink: each edge's light is drawn to the card's own, so that a short or much blurred
    # edge, whose plateaus are hardly seen, still has them.
    cost = float(products[:, -1, -1].sum())
    trust = 1 / (_PLATEAU_TRUST * max(float(percentiles(paper - ink, (0.5,))[0]), 1e-3)) ** 2
    for i, light in enumerate((paper, ink)):
        apart = float(percentiles(light, (0.5,))[0]) - light
        own_own[:, i, i] += trust
        own_pull[:, i] += trust * apart
        cost += float(trust * (apart**2).sum())
    return _Terms(
        own=own_own,
        mixed=products[:, :3, 3:-1],
        shared=products[:, 3:-1, 3:-1],
        own_pull=own_pull,
        shared_pull=products[:, 3:-1, -1],
        cost=cost,
        grid=grid,
    )


def _transfers(shared: Floats, system: _System) -> list[Floats]:
    """Return the transfer as it is, with a larger radius and, where there is a smear, with wider ones."""
    radius_px, smear_px = float(shared[0]), shared[1:]
    across = np.abs(system.normals @ smear_px) if len(smear_px) else None
    frequency = frequencies(radius_px + (0.0 if across is None else float(across.max()) / 2))
    disc, larger = disc_transfer(radius_px, frequency), disc_transfer(radius_px + _DIFFERENCE_PX, frequency)
    own = system.at(frequency)
    if across is None:
        return [own * disc, own * larger]
    smeared = own * smear_transfer(across, frequency)
    return [smeared * disc, smeared * larger, own * disc * smear_transfer(across + _DIFFERENCE_PX, frequency)]


def _reduced(terms: _Terms, damping: float) -> tuple[Floats, Floats, Floats]:
    """Eliminate each edge's own unknowns: what is left for the shared ones (edge by edge), and the inverses used."""
    diagonal = np.eye(3) * (terms.own * np.eye(3)).sum(2)[:, None, :]
    inverse = np.linalg.inv(terms.own + damping * diagonal + 1e-9 * np.eye(3))
    through = terms.mixed.transpose(0, 2, 1) @ inverse
    matrix = terms.shared - through @ terms.mixed
    pull = terms.shared_pull - (through @ terms.own_pull[..., None])[..., 0]
    return matrix, pull, np.asarray(inverse, dtype=np.float64)


def _step(terms: _Terms, damping: float) -> _State:
    matrices, pulls, inverse = _reduced(terms, damping)
    matrix = matrices.sum(0)
    matrix = matrix + np.diag(damping * np.diag(terms.shared.sum(0)) + 1e-9)
    shared = np.linalg.solve(matrix, pulls.sum(0))
    own = (inverse @ (terms.own_pull - terms.mixed @ shared)[..., None])[..., 0]
    return _State(np.asarray(shared, dtype=np.float64), own)


def _result(spreads: Spreads, state: _State, terms: _Terms) -> SpreadFit:
    """Give the fit its covariance by the sandwich over edges: how far the edges pull apart, not how noisy pixels are.

    White (1980), "A heteroskedasticity-consistent covariance matrix estimator", Econometrica 48, with the edges as
    clusters; this also bears what no noise explains: bent paper, a codec's ringing, an edge printed soft.
    """
    matrices, pulls, _ = _reduced(terms, 0.0)
    size = len(state.shared)
    bread = np.linalg.pinv(matrices.sum(0) + 1e-9 * np.eye(size), hermitian=True)
    edges = len(pulls)
    covariance = bread @ (pulls.T @ pulls) @ bread * edges / max(edges - size, 1)
    paper, ink, place = state.own.T
    return SpreadFit(
        radius_px=float(state.shared[0]),
        smear_px=state.shared[1:] if size > 1 else np.zeros(2),
        place_px=place,
        paper=paper,
        ink=ink,
        cost=terms.cost,
        freedom=max(int((spreads.weight > 0).sum()) - 3 * edges - size, 1),
        covariance=np.asarray(covariance, dtype=np.float64),
        edge_radius_px=state.shared[0] + pulls[:, 0] / np.maximum(matrices[:, 0, 0], 1e-9),
        grid=terms.grid,
    )
