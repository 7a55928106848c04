"""Training of the networks of `rigcoach.measure.blur.blur_network`: quantile regression by Adam, in numpy.

Koenker and Bassett, "Regression quantiles", Econometrica 46(1), 1978; Kingma and Ba, "Adam: a method for stochastic
optimization", ICLR 2015.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rigcoach.measure.blur.blur_network import OUTPUTS, SMALLEST_SPREAD_PX, Layer, forward

Numbers = npt.NDArray[np.float64]

COVERAGE = 0.9
_HIDDEN = (32, 16)
_STEPS, _BATCH, _RATE, _DECAY = 4000, 512, 4e-3, 2e-3
# A pixel of smear weighs less than a pixel of defocus: smears are longer.
_SMEAR_WEIGHT = 0.4


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


def train(scaled: Numbers, targets: Numbers, seed: int) -> tuple[Layer, ...]:
    """Return a network for scaled inputs (n, inputs) and targets (n, 2): radius and smear in pixels."""
    rng = np.random.default_rng(seed)
    sides = (scaled.shape[1], *_HIDDEN, OUTPUTS)
    parameters = []
    for inputs, outputs in pairwise(sides):
        parameters += [rng.normal(0, 1 / np.sqrt(inputs), (inputs, outputs)), np.zeros(outputs)]
    parameters[-1][:] = (5, 0, 0, 4, 0, 0)
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    for step in range(1, _STEPS + 1):
        batch = rng.integers(0, len(scaled), _BATCH)
        layers = tuple(Layer(w, b) for w, b in zip(parameters[::2], parameters[1::2], strict=True))
        values = forward(layers, scaled[batch])
        slope = _slope(values[-1], targets[batch]) / _BATCH
        gradients: list[Numbers] = []
        for i in reversed(range(len(layers))):
            gradients = [values[i].T @ slope, slope.sum(axis=0), *gradients]
            slope = (slope @ layers[i].weights.T) * (1 - values[i] ** 2)
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / _STEPS))
        for p, g, m, v in zip(parameters, gradients, first, second, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            decay = _DECAY * p if p.ndim > 1 else 0.0
            p -= rate * (m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8) + decay)
    return tuple(Layer(w, b) for w, b in zip(parameters[::2], parameters[1::2], strict=True))


def _slope(out: Numbers, targets: Numbers) -> Numbers:
    """Return the gradient of the pinball losses by the outputs."""
    slope = np.zeros_like(out)
    for k, scale in ((0, 1.0), (1, _SMEAR_WEIGHT)):
        middle, down, up = 3 * k, 3 * k + 1, 3 * k + 2
        off = targets[:, k] - out[:, middle]
        slope[:, middle] = -0.5 * np.sign(off) * scale
        ends = np.exp(np.clip(out[:, [down, up]], -5, 4))
        tail = (1 - COVERAGE) / 2
        # The median is not moved by the ends' losses: each end is learnt as a distance from it.
        beyond_low = -off > ends[:, 0] + SMALLEST_SPREAD_PX
        beyond_high = off > ends[:, 1] + SMALLEST_SPREAD_PX
        for column, beyond, end in ((down, beyond_low, ends[:, 0]), (up, beyond_high, ends[:, 1])):
            slope[:, column] = np.where(beyond, tail - 1, tail) * end * scale
    return slope
