"""How true the slanted edge's MTF50 is: edges drawn from their transfer, with noise and eight bits."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from rigcoach.measure.card.mtf import edge_response

Numbers = npt.NDArray[np.float64]

# Kinds of spread with their sizes in pixels: Gaussian, disc, Gaussian with a disc, with a box, with long tails.
SPREADS: tuple[tuple[str, float, float], ...] = (
    *(("gaussian", sigma, 0.0) for sigma in (0.35, 0.5, 0.7, 1.0, 1.5, 2.5)),
    *(("disc", 0.0, radius) for radius in (0.7, 1.2, 2.0, 3.0)),
    ("disc", 0.5, 1.5),
    ("box", 0.5, 3.0),
    ("tails", 0.5, 0.25),
)
ISOS = (0, 100, 1600, 6400)
_SIZE, _STEP = 8192, 1 / 64
_FREQUENCY = np.fft.fftfreq(_SIZE, _STEP)
_REGION_PX = 100
_BLACK, _WHITE = 0.05, 0.80
_FULL_WELL_E, _READ_NOISE_E = 60_000.0, 5.0


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """Pixels beside an edge, shape (n,) each, and the true MTF50 in cycles a pixel."""

    depth_px: Numbers
    along_px: Numbers
    light: Numbers
    mtf50_cycles_px: float


@cache
def _transfer(kind: str, sigma_px: float, size_px: float) -> Numbers:
    gaussian: Numbers = np.exp(-2 * (np.pi * sigma_px * _FREQUENCY) ** 2)
    if kind == "gaussian":
        return gaussian
    if kind == "box":
        return np.asarray(gaussian * np.sinc(size_px * _FREQUENCY), dtype=np.float64)
    if kind == "tails":
        return np.asarray(gaussian / (1 + (2 * np.pi * size_px * _FREQUENCY) ** 2), dtype=np.float64)
    # 2 J1(x)/x by Gauss-Chebyshev sums.
    angle = (np.arange(1, 1201) - 0.5) * np.pi / 1200
    weight, node = np.sin(angle) ** 2, np.cos(angle)
    x = 2 * np.pi * size_px * np.abs(_FREQUENCY)
    bessel = np.concatenate([np.cos(part[:, None] * node) @ weight for part in np.array_split(x, 16)])
    return np.asarray(gaussian * bessel / weight.sum(), dtype=np.float64)


def drawn(spread: tuple[str, float, float], angle_deg: float, iso: int, rng: np.random.Generator) -> DrawnEdge:
    """Return an edge at an angle off the grid; the line that is supposed is off by up to a pixel and 0.7 degrees."""
    turn = np.radians(angle_deg) if rng.random() < 0.5 else np.radians(90 - angle_deg)
    normal = np.array([np.cos(turn), np.sin(turn)])
    transfer = _transfer(*spread) * np.sinc(_FREQUENCY * normal[0]) * np.sinc(_FREQUENCY * normal[1])
    line = np.fft.fftshift(np.fft.ifft(transfer).real) / _STEP
    risen = (np.cumsum(line) - line / 2) * _STEP
    y, x = np.mgrid[:_REGION_PX, :_REGION_PX] - _REGION_PX / 2
    x = x - rng.uniform(-3, 3)
    places = (np.arange(_SIZE) - _SIZE // 2) * _STEP
    light = _BLACK + (_WHITE - _BLACK) * np.interp(x * normal[0] + y * normal[1], places, risen)
    if iso:
        light = _recorded(light, iso, rng)
    positive, half = np.abs(transfer[: _SIZE // 2]), _FREQUENCY[: _SIZE // 2]
    i = int(np.flatnonzero(positive < 0.5)[0])
    mtf50 = half[i - 1] + (positive[i - 1] - 0.5) / (positive[i - 1] - positive[i]) * (half[i] - half[i - 1])
    turn += np.radians(rng.uniform(-0.7, 0.7))
    off = rng.uniform(-1, 1)
    depth = (x - off) * np.cos(turn) + y * np.sin(turn)
    along = y * np.cos(turn) - (x - off) * np.sin(turn)
    return DrawnEdge(depth.ravel(), along.ravel(), light.ravel(), float(mtf50))


def _recorded(light: Numbers, iso: int, rng: np.random.Generator) -> Numbers:
    """Return light after noise and eight bits of sRGB, decoded again."""
    electrons = _FULL_WELL_E * 100 / iso
    deviation = np.sqrt(np.maximum(light, 0) / electrons + (_READ_NOISE_E / electrons) ** 2)
    noisy = np.clip(light + deviation * rng.standard_normal(light.shape), 0, 1)
    signal = np.where(noisy <= 0.0031308, 12.92 * noisy, 1.055 * np.maximum(noisy, 1e-9) ** (1 / 2.4) - 0.055)
    signal = np.rint(signal * 255) / 255
    return np.asarray(np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4), dtype=np.float64)


def errors(iso: int, edges_a_spread: int) -> Numbers:
    """Return relative errors of MTF50 in percent."""
    rng = np.random.default_rng([930, iso])
    found = []
    for spread in SPREADS:
        for _ in range(edges_a_spread):
            edge = drawn(spread, rng.uniform(3, 9), iso, rng)
            response = edge_response(edge.depth_px, edge.along_px, edge.light)
            if response is None or response.mtf50_cycles_px is None:
                raise RuntimeError(f"no response of a {spread} edge")
            found.append(100 * (response.mtf50_cycles_px / edge.mtf50_cycles_px - 1))
    return np.array(found)
