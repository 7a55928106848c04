"""The calibrated network from what a region shows to pixels of defocus and smear; `bench/calibrate_blur.py` makes it.

A few small networks of tanh layers, averaged; each gives the median and the distances down and up to the ends of an
interval (quantile regression, [Koenker1978]_; the ends are widened until they hold the truth as often as promised on
photographs left out of the training, [Romano2019]_).

References
----------
.. [Koenker1978] R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46(1), 1978.
.. [Romano2019] Y. Romano, E. Patterson, E. Candes, "Conformalized quantile regression", NeurIPS 2019.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats

OUTPUTS = 6
"""Median, distance down and distance up, of the radius of defocus and of the length of the smear, in pixels."""

FARTHEST = 3.5
"""Inputs are held to so many deviations from their mean: beyond, nothing was learnt."""

SMALLEST_SPREAD_PX = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """`weights` of shape (inputs, outputs), `bias` of shape (outputs,)."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One network, and the photographs that were left out when it was trained."""

    layers: tuple[Layer, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BlurNetwork:
    """Networks over inputs put to mean 0 and deviation 1, whose outputs are averaged.

    `widening` multiplies the intervals of radius and smear; `evidence`, a logistic regression on the same inputs, tells
    a region that shows blur from a flat one.
    """

    mean: Floats
    deviation: Floats
    members: tuple[Member, ...]
    widening: tuple[float, float]
    evidence: Layer

    def predict(self, numbers: Floats) -> Floats:
        """Return, for inputs of shape (n, inputs), outputs (n, 6): radius, low, high; smear, low, high; in pixels.

        All are held to 0 and above.
        """
        scaled = self.scaled(numbers)
        out = np.mean([forward(member.layers, scaled)[-1] for member in self.members], axis=0)
        ends = np.exp(np.clip(out[:, [1, 2, 4, 5]], -5, 4)) + SMALLEST_SPREAD_PX
        ends *= np.repeat(self.widening, 2)
        radius, smear = np.maximum(out[:, 0], 0.0), np.maximum(out[:, 3], 0.0)
        columns = (radius, radius - ends[:, 0], radius + ends[:, 1], smear, smear - ends[:, 2], smear + ends[:, 3])
        return np.asarray(np.maximum(np.stack(columns, axis=1), 0.0), dtype=np.float64)

    def shows_blur(self, numbers: Floats) -> npt.NDArray[np.bool_]:
        """Return, for inputs of shape (n, inputs), whether there is anything to measure blur on."""
        return np.asarray(forward((self.evidence,), self.scaled(numbers))[-1][:, 0] > 0, dtype=np.bool_)

    def scaled(self, numbers: Floats) -> Floats:
        """Return inputs put to mean 0 and deviation 1, held to what was learnt."""
        return np.asarray(np.clip((numbers - self.mean) / self.deviation, -FARTHEST, FARTHEST), dtype=np.float64)

    def never_saw(self, photograph: str) -> "BlurNetwork":
        """Return the networks that were trained without a photograph: what is honest to test on it.

        Raises
        ------
        ValueError
            All of them saw it.
        """
        members = tuple(member for member in self.members if photograph in member.left_out)
        if not members:
            raise ValueError(f"every network was trained on {photograph}")
        return replace(self, members=members)

    def to_json(self) -> dict[str, Any]:
        """Return the networks as a calibration's file holds them."""
        return {
            "mean": _rounded(self.mean),
            "deviation": _rounded(self.deviation),
            "widening": _rounded(np.array(self.widening)),
            "evidence": _layer_json(self.evidence),
            "members": [
                {"left_out": list(member.left_out), "layers": [_layer_json(layer) for layer in member.layers]}
                for member in self.members
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "BlurNetwork":
        """Return the networks in a calibration's file."""
        members = tuple(
            Member(tuple(_layer(layer) for layer in member["layers"]), tuple(member["left_out"]))
            for member in data["members"]
        )
        radius, smear = data["widening"]
        mean, deviation = np.array(data["mean"], float), np.array(data["deviation"], float)
        return cls(mean, deviation, members, (radius, smear), _layer(data["evidence"]))


def _layer(data: Mapping[str, Any]) -> Layer:
    return Layer(np.array(data["weights"], float), np.array(data["bias"], float))


def _layer_json(layer: Layer) -> dict[str, Any]:
    return {"weights": [_rounded(row) for row in layer.weights], "bias": _rounded(layer.bias)}


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def forward(layers: tuple[Layer, ...], scaled: Floats) -> list[Floats]:
    """Return the values after each layer: tanh, and the last as it is."""
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
