"""Training of the networks of `rigcoach.measure.blur.blur_network`: quantile regression by Adam, in numpy.

Koenker and Bassett, "Regression quantiles", Econometrica 46(1), 1978; Kingma and Ba, "Adam: a method for stochastic
optimization", ICLR 2015; Bishop, "Training with noise is equivalent to Tikhonov regularization", Neural Computation
7(1), 1995. What is of one place is learnt in pairs, so that more blur is not told as less.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rigcoach.measure.blur.blur_network import OUTPUTS, SMALLEST_SPREAD_PX, Layer

Numbers = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

COVERAGE = 0.9
_HIDDEN = (160, 64)
_STEPS, _BATCH, _RATE, _DECAY = 30000, 512, 5e-3, 1e-2
# The network that widens intervals is small, and held back more: it is to tell what holds of any photograph.
_WIDENING_HIDDEN, _WIDENING_STEPS, _WIDENING_BATCH, _WIDENING_RATE, _WIDENING_DECAY = 12, 5000, 2048, 3e-3, 5e-2
# Noise on the inputs, in their deviations: what a photograph shows is not to be learnt by heart.
_JITTER = 0.15
# A pixel of smear weighs less than a pixel of defocus: smears are longer. Sharp is told from soft by small radii.
_SMEAR_WEIGHT, _SMALL_PX, _SMALL_WEIGHT = 0.4, 4.0, 1.5
# Of two of one place, the outputs must differ by so much of the truth, or are drawn apart so strongly.
_LEAST_STEP, _ORDER_WEIGHT = 0.6, 0.5


def scaling(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return mean and deviation of inputs (n, inputs)."""
    return numbers.mean(axis=0), numbers.std(axis=0) + 1e-6


def logistic(scaled: Numbers, yes: npt.NDArray[np.bool_], ridge: float = 1e-3) -> Layer:
    """Return the logistic regression of yes or no, both weighted alike, by Newton's method with a small ridge."""
    inputs = np.column_stack((scaled, np.ones(len(scaled))))
    weight = np.where(yes, 0.5 / yes.sum(), 0.5 / (~yes).sum())
    solution = np.zeros(inputs.shape[1])
    for _ in range(40):
        likely = 1 / (1 + np.exp(-inputs @ solution))
        bend = (inputs * (weight * likely * (1 - likely))[:, None]).T @ inputs + ridge * np.eye(len(solution))
        solution += np.linalg.solve(bend, inputs.T @ (weight * (yes - likely)) - ridge * solution)
    return Layer(solution[:-1, None], solution[-1:])


def train(
    scaled: Singles, targets: Singles, pairs: npt.NDArray[np.int64], weight: Numbers, seed: int
) -> tuple[Layer, ...]:
    """Return a network for scaled inputs (n, inputs) and targets (n, 2): radius and smear in pixels.

    `pairs`, of shape (m, 2), are rows of one place with different radii, the smaller first; only these are learnt from,
    each as often as its `weight`, of shape (m,), tells.
    """
    rng = np.random.default_rng(seed)
    sides = (scaled.shape[1], *_HIDDEN, OUTPUTS)
    parameters: list[Singles] = []
    for inputs, outputs in pairwise(sides):
        drawn = rng.normal(0, 1 / np.sqrt(inputs), (inputs, outputs))
        parameters += [drawn.astype(np.float32), np.zeros(outputs, np.float32)]
    parameters[-1][:] = (5, 0, 0, 4, 0, 0)
    up_to = np.cumsum(weight) / weight.sum()

    def drawn_batch() -> tuple[Singles, Callable[[Singles], Singles]]:
        batch = pairs[np.searchsorted(up_to, rng.random(_BATCH // 2), side="right")].T.ravel()
        truth = targets[batch]
        return scaled[batch], lambda out: _slope(out, truth) + _order_slope(out[:, 0], truth[:, 0])

    return _descended(parameters, drawn_batch, rng, _STEPS, _RATE, _DECAY)


def train_widening(inputs: Numbers, ratios: Numbers, seed: int) -> tuple[Layer, ...]:
    """Return a network for inputs (n, inputs) that tells a logarithm for each end of the intervals.

    `ratios`, of shape (n, ends), are logarithms of how far the truth lay beyond the middle, on that end's side, over
    how far the end did; not a number where it isn't known. Each end holds its share of them: half of what the interval
    may miss lies beyond it.
    """
    rng = np.random.default_rng(seed)
    quantile = (1 + COVERAGE) / 2
    singles, known = inputs.astype(np.float32), np.isfinite(ratios)
    sides = (inputs.shape[1], _WIDENING_HIDDEN, ratios.shape[1])
    drawn = rng.normal(0, 1 / np.sqrt(sides[0]), sides[:2])
    parameters: list[Singles] = [
        drawn.astype(np.float32),
        np.zeros(sides[1], np.float32),
        np.zeros(sides[1:], np.float32),
        np.nanquantile(ratios, quantile, axis=0).astype(np.float32),
    ]

    def drawn_batch() -> tuple[Singles, Callable[[Singles], Singles]]:
        batch = rng.integers(0, len(singles), _WIDENING_BATCH)
        there, beyond = known[batch], ratios[batch]

        def slope(out: Singles) -> Singles:
            return np.where(there, np.where(beyond > out, -quantile, 1 - quantile), 0.0).astype(np.float32)

        return singles[batch], slope

    return _descended(parameters, drawn_batch, rng, _WIDENING_STEPS, _WIDENING_RATE, _WIDENING_DECAY)


def _descended(
    parameters: list[Singles],
    drawn_batch: Callable[[], tuple[Singles, Callable[[Singles], Singles]]],
    rng: np.random.Generator,
    steps: int,
    highest_rate: float,
    decay: float,
) -> tuple[Layer, ...]:
    """Return the layers after so many steps of Adam; weights and bias of each layer in turn are what goes down.

    `drawn_batch` gives inputs, and what tells the gradient of the losses by the outputs.
    """
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    for step in range(1, steps + 1):
        inputs, slope = drawn_batch()
        noise = np.float32(_JITTER) * rng.standard_normal(inputs.shape, dtype=np.float32)
        gradients = _gradients(parameters, inputs + noise, slope)
        rate = np.float32(highest_rate * 0.5 * (1 + np.cos(np.pi * step / steps)))
        grown, grown_squares = np.float32(1 - 0.9**step), np.float32(1 - 0.999**step)
        for p, g, m, v in zip(parameters, gradients, first, second, strict=True):
            m += np.float32(0.1) * (g - m)
            v += np.float32(0.001) * (g * g - v)
            shrunk = np.float32(decay if p.ndim > 1 else 0.0) * p
            p -= rate * (m / grown / (np.sqrt(v / grown_squares) + np.float32(1e-8)) + shrunk)
    whole = [p.astype(np.float64) for p in parameters]
    return tuple(Layer(w, b) for w, b in zip(whole[::2], whole[1::2], strict=True))


def _gradients(parameters: Sequence[Singles], inputs: Singles, slope_of: Callable[[Singles], Singles]) -> list[Singles]:
    """Return the gradients of the losses by the parameters: weights and bias of each layer in turn."""
    values = [inputs]
    for i in range(0, len(parameters), 2):
        out = values[-1] @ parameters[i] + parameters[i + 1]
        values.append(out if i == len(parameters) - 2 else np.tanh(out))
    slope = slope_of(values[-1]) / np.float32(len(inputs))
    gradients: list[Singles] = []
    for i in reversed(range(0, len(parameters), 2)):
        entering = values[i // 2]
        gradients = [entering.T @ slope, slope.sum(axis=0), *gradients]
        slope = (slope @ parameters[i].T) * (1 - entering**2)
    return gradients


def _slope(out: Singles, targets: Singles) -> Singles:
    """Return the gradient of the pinball losses by the outputs."""
    slope = np.zeros_like(out)
    for k, scale in ((0, 1.0), (1, _SMEAR_WEIGHT)):
        middle, down, up = 3 * k, 3 * k + 1, 3 * k + 2
        off = targets[:, k] - out[:, middle]
        weight = np.where(targets[:, 0] < _SMALL_PX, _SMALL_WEIGHT, 1.0) if k == 0 else 1.0
        slope[:, middle] = -0.5 * np.sign(off) * scale * weight
        ends = np.exp(np.clip(out[:, [down, up]], -5, 4))
        tail = (1 - COVERAGE) / 2
        # The median is not moved by the ends' losses: each end is learnt as a distance from it.
        beyond_low = -off > ends[:, 0] + SMALLEST_SPREAD_PX
        beyond_high = off > ends[:, 1] + SMALLEST_SPREAD_PX
        for column, beyond, end in ((down, beyond_low, ends[:, 0]), (up, beyond_high, ends[:, 1])):
            slope[:, column] = np.where(beyond, tail - 1, tail) * end * scale
    return slope


def _order_slope(radius: Singles, truth: Singles) -> Singles:
    """Return the gradient, by the outputs, of what pairs lack in distance; the batch's halves are the pairs' sides."""
    half = len(radius) // 2
    lacking = radius[half:] - radius[:half] < _LEAST_STEP * (truth[half:] - truth[:half])
    slope = np.zeros((len(radius), OUTPUTS), np.float32)
    slope[:half, 0], slope[half:, 0] = _ORDER_WEIGHT * lacking, -_ORDER_WEIGHT * lacking
    return slope
