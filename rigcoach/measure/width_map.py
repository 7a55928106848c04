"""The calibrated map from the width of edges to the radius of defocus: data, made by `bench/calibrate_blur.py`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Knots = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Where true radii lie, for widths measured on at least `fewest_edges` edges: one bound a knot, in pixels."""

    fewest_edges: int
    low_px: Knots
    high_px: Knots


@dataclass(frozen=True, slots=True)
class WidthMap:
    """A monotone map given at knots and linear between them; held at the ends. `bands` ascend in edges."""

    width_px: Knots
    radius_at_px: Knots
    bands: tuple[Band, ...]

    def radius_px(self, width_px: float, edge_count: int) -> tuple[float, tuple[float, float]]:
        """Return the radius of defocus and its interval, in pixels, for a width measured on so many edges.

        >>> WidthMap((1, 3), (0, 2), (Band(30, (0, 1), (1, 3)),)).radius_px(2, 50)
        (1.0, (0.5, 2.0))
        """
        band = next((band for band in reversed(self.bands) if edge_count >= band.fewest_edges), self.bands[0])
        radius, low, high = (
            float(np.interp(width_px, self.width_px, knots)) for knots in (self.radius_at_px, band.low_px, band.high_px)
        )
        return radius, (min(low, radius), max(high, radius))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "WidthMap":
        """Return the map in a calibration's file."""
        bands = (Band(b["fewest_edges"], tuple(b["low_px"]), tuple(b["high_px"])) for b in data["bands"])
        return cls(tuple(data["width_px"]), tuple(data["radius_px"]), tuple(bands))


@cache
def shipped_map() -> WidthMap:
    """Return the calibration that comes with the package."""
    text = files("rigcoach.measure").joinpath("calibration", "edge_width.json").read_text(encoding="utf-8")
    return WidthMap.from_json(json.loads(text))
