"""The calibrated networks from what a region shows to pixels of defocus and smear, by `bench/calibrate_blur.py`.

Small networks of tanh layers, averaged; each gives the median and the distances down and up to the ends of an
interval (quantile regression, [Koenker1978]_). Each end is moved until it holds the truth as often as promised on
photographs left out of the training [Romano2019]_, by a factor that a smaller network tells from the same inputs. A
region unlike all that was learnt from, by its Mahalanobis distance, gets wider ends still and leans on the edges' width
alone.

References
----------
.. [Koenker1978] R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46(1), 1978.
.. [Romano2019] Y. Romano, E. Patterson, E. Candes, "Conformalized quantile regression", NeurIPS 2019.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.blur.blur_signs import MEDIAN_WIDTH
from rigcoach.measure.monotone_cubic import monotone_cubic

OUTPUTS = 6
"""Median, distance down and distance up, of the radius of defocus and of the length of the smear, in pixels."""

FARTHEST = 3.5
"""Inputs are held to so many deviations from their mean: beyond, nothing was learnt."""

SMALLEST_SPREAD_PX = 0.02

NEXT_TO_NONE_PX = 0.3
"""A disc of a smaller radius leaves next to no trace among pixels: an interval that begins below it begins at 0."""

# A region twice as strange as any that was learnt is told by its edges' width alone.
_WHOLLY_STRANGE = 2.0
# Nothing widens, or narrows, an interval by more than this.
_MOST_WIDENING = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """`weights` of shape (inputs, outputs), `bias` of shape (outputs,).

    Of several networks at once: (networks, inputs, outputs) and (networks, 1, outputs).
    """

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What the inputs that were learnt from are like.

    `whitening`, of shape (inputs, n), turns scaled inputs into ones without correlation and of deviation 1; `limit` is
    the root mean square of these that next to none of the training exceeds.
    """

    whitening: Floats
    limit: float

    def strangeness(self, scaled: Floats) -> Floats:
        """Return how strange inputs (n, inputs) are: up to 1 for what was learnt, 2 for what is twice as far."""
        whitened = scaled @ self.whitening
        return np.asarray(np.sqrt((whitened**2).mean(axis=1)) / self.limit, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class BlurNetwork:
    """Networks over inputs put to mean 0 and deviation 1, whose outputs are averaged.

    `layers` are those of all networks; `left_out` names the photographs that each was trained without. `widening` is a
    network from `widening_inputs` to the logarithms of what the distances to the four ends are multiplied by: radius
    down and up, smear down and up. `evidence`, a logistic regression on the same inputs, tells a region that shows blur
    from a flat one. `edge_map` is the radius for the logarithm of the median edge width, as points (2, n).
    """

    mean: Floats
    deviation: Floats
    layers: tuple[Layer, ...]
    left_out: tuple[tuple[str, ...], ...]
    widening: tuple[Layer, ...]
    evidence: Layer
    learnt: Learnt
    edge_map: Floats

    def predict(self, numbers: Floats) -> Floats:
        """Return, for inputs of shape (n, inputs), outputs (n, 6): radius, low, high; smear, low, high; in pixels.

        All are held to 0 and above.
        """
        scaled, strangeness = self.scaled(numbers), self.strangeness(numbers)
        radius, smear, ends = self._of_scaled(scaled)
        factors = np.exp(forward(self.widening, _widening_inputs(scaled, radius, strangeness))[-1])
        factors = np.minimum(np.maximum(factors, 1 / _MOST_WIDENING), _MOST_WIDENING)
        strange = np.maximum(strangeness, 1.0)
        ends = ends * factors * strange[:, None]
        share = np.minimum((strange - 1) / (_WHOLLY_STRANGE - 1), 1)
        if share.any():
            by_width = monotone_cubic(self.edge_map[0], self.edge_map[1], numbers[:, MEDIAN_WIDTH])
            radius = (1 - share) * radius + share * by_width
        radius = np.maximum(radius, 0.0)
        low, smear_low = radius - ends[:, 0], smear - ends[:, 2]
        low, smear_low = (np.where(end < NEXT_TO_NONE_PX, 0.0, end) for end in (low, smear_low))
        columns = (radius, low, radius + ends[:, 1], smear, smear_low, smear + ends[:, 3])
        return np.asarray(np.stack(columns, axis=1), dtype=np.float64)

    def raw(self, numbers: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the networks' own radius (n,), smear (n,) and distances to the ends (n, 4), in pixels."""
        return self._of_scaled(self.scaled(numbers))

    def _of_scaled(self, scaled: Floats) -> tuple[Floats, Floats, Floats]:
        out = forward(self.layers, scaled)[-1].mean(axis=0)
        ends = np.exp(np.minimum(np.maximum(out[:, [1, 2, 4, 5]], -5), 4)) + SMALLEST_SPREAD_PX
        return np.maximum(out[:, 0], 0.0), np.maximum(out[:, 3], 0.0), np.asarray(ends, dtype=np.float64)

    def widening_inputs(self, numbers: Floats, radius: Floats) -> Floats:
        """Return what the network that widens intervals reads, of shape (n, inputs + 2).

        The inputs, put to mean 0 and deviation 1, and logarithms of the radius and of the strangeness.
        """
        return _widening_inputs(self.scaled(numbers), radius, self.strangeness(numbers))

    def strangeness(self, numbers: Floats) -> Floats:
        """Return how strange inputs (n, inputs) are: up to 1 for what was learnt, 2 for what is twice as far."""
        return self.learnt.strangeness(self._unheld(numbers))

    def shows_blur(self, numbers: Floats) -> npt.NDArray[np.bool_]:
        """Return, for inputs of shape (n, inputs), whether there is anything to measure blur on."""
        return np.asarray(forward((self.evidence,), self.scaled(numbers))[-1][:, 0] > 0, dtype=np.bool_)

    def scaled(self, numbers: Floats) -> Floats:
        """Return inputs put to mean 0 and deviation 1, held to what was learnt."""
        return np.asarray(np.minimum(np.maximum(self._unheld(numbers), -FARTHEST), FARTHEST), dtype=np.float64)

    def _unheld(self, numbers: Floats) -> Floats:
        return np.asarray((numbers - self.mean) / self.deviation, dtype=np.float64)

    def never_saw(self, photograph: str) -> "BlurNetwork":
        """Return the networks that were trained without a photograph: what is honest to test on it.

        Raises
        ------
        ValueError
            All of them saw it.
        """
        chosen = [i for i, names in enumerate(self.left_out) if photograph in names]
        if not chosen:
            raise ValueError(f"every network was trained on {photograph}")
        layers = tuple(Layer(layer.weights[chosen], layer.bias[chosen]) for layer in self.layers)
        return replace(self, layers=layers, left_out=tuple(self.left_out[i] for i in chosen))

    def to_json(self) -> dict[str, Any]:
        """Return the networks as a calibration's file holds them."""
        return {
            "mean": _rounded(self.mean),
            "deviation": _rounded(self.deviation),
            "widening_thousandths": _layers_json(self.widening),
            "evidence": {"weights": _rounded(self.evidence.weights[:, 0]), "bias": _rounded(self.evidence.bias)[0]},
            "learnt": {
                "whitening": [_rounded(row, 3) for row in self.learnt.whitening],
                "limit": float(f"{self.learnt.limit:.4g}"),
            },
            "edge_map": [_rounded(row) for row in self.edge_map],
            "left_out": [list(names) for names in self.left_out],
            "layers_thousandths": _layers_json(self.layers),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "BlurNetwork":
        """Return the networks in a calibration's file."""
        return cls(
            mean=np.array(data["mean"], float),
            deviation=np.array(data["deviation"], float),
            layers=_layers_of(data["layers_thousandths"]),
            left_out=tuple(tuple(names) for names in data["left_out"]),
            widening=_layers_of(data["widening_thousandths"]),
            evidence=Layer(np.array(data["evidence"]["weights"], float)[:, None], np.array([data["evidence"]["bias"]])),
            learnt=Learnt(np.array(data["learnt"]["whitening"], float), float(data["learnt"]["limit"])),
            edge_map=np.array(data["edge_map"], float),
        )


def stacked(networks: Sequence[tuple[Layer, ...]]) -> tuple[Layer, ...]:
    """Return the layers of several networks of one shape, put together."""
    return tuple(
        Layer(np.stack([layer.weights for layer in each]), np.stack([layer.bias[None] for layer in each]))
        for each in zip(*networks, strict=True)
    )


def _widening_inputs(scaled: Floats, radius: Floats, strangeness: Floats) -> Floats:
    return np.column_stack((scaled, np.log1p(radius), np.log(strangeness)))


def _layers_json(layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
    return [{"weights": _thousandths(layer.weights), "bias": _thousandths(layer.bias)} for layer in layers]


def _layers_of(data: Sequence[Mapping[str, Any]]) -> tuple[Layer, ...]:
    return tuple(
        Layer(np.array(layer["weights"], float) / 1000, np.array(layer["bias"], float) / 1000) for layer in data
    )


def _thousandths(values: Floats) -> list[Any]:
    whole: list[Any] = np.rint(values * 1000).astype(np.int64).tolist()
    return whole


def _rounded(values: Floats, digits: int = 4) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def forward(layers: tuple[Layer, ...], scaled: Floats) -> list[Floats]:
    """Return the values after each layer: tanh, and the last as it is; of several networks, of each."""
    values = [scaled]
    for i, layer in enumerate(layers):
        out = values[-1] @ layer.weights + layer.bias
        values.append(np.asarray(out if i == len(layers) - 1 else np.tanh(out), dtype=np.float64))
    return values


@cache
def shipped_network() -> BlurNetwork:
    """Return the calibration that comes with the package."""
    text = files("rigcoach.measure.blur").joinpath("calibration", "blur.json").read_text(encoding="utf-8")
    return BlurNetwork.from_json(json.loads(text))
