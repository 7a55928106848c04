"""Pictures of known blur: overlapping discs of every size (Lee, Mumford, Huang 2001), blurred by their transfer."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@lru_cache(maxsize=32)
def leaves(side: int, seed: int) -> Floats:
    """Linear light, side x side, sharp: discs whose radii follow a power law, as sizes in photographs do."""
    rng = np.random.default_rng(seed)
    light = np.full((side, side), 0.4)
    for radius in np.sort(1 / np.sqrt(rng.uniform(1 / 90**2, 1 / 4**2, 500)))[::-1]:
        cx, cy = rng.uniform(-20, side + 20, 2)
        left, top = (max(int(c - radius) - 1, 0) for c in (cx, cy))
        part = light[top : int(cy + radius) + 2, left : int(cx + radius) + 2]
        across = np.arange(left, left + part.shape[1]) - cx
        down = np.arange(top, top + part.shape[0])[:, None] - cy
        cover = np.clip(radius - np.hypot(across, down) + 0.5, 0, 1)
        part += cover * (rng.uniform(0.05, 0.9) - part)
    light.flags.writeable = False
    return light


def spread(light: Floats, radius_px: float, smear_px: float = 0.0, smear_deg: float = 0.0) -> Floats:
    """Blurred by a disc and a straight smear, by their transfers: 2 J1(x)/x and sinc."""
    fy, fx = np.meshgrid(np.fft.fftfreq(light.shape[0]), np.fft.fftfreq(light.shape[1]), indexing="ij")
    angle = (np.arange(1, 201) - 0.5) * np.pi / 200
    x = np.linspace(0, 2 * np.pi * max(radius_px, 1e-6) * 0.75, 300)
    bessel = np.cos(x[:, None] * np.cos(angle)) @ np.sin(angle) ** 2
    disc = np.interp(2 * np.pi * radius_px * np.hypot(fx, fy), x, bessel / bessel[0])
    turn = np.radians(smear_deg)
    line = np.sinc(smear_px * (fx * np.cos(turn) + fy * np.sin(turn)))
    return np.fft.ifft2(np.fft.fft2(light) * disc * line).real


def recorded(light: Floats, *, iso: float = 400, ev: float = 0.0, seed: int = 0) -> NDArray[np.uint8]:
    """Eight bits of BT.709 with photon noise."""
    rng = np.random.default_rng(seed)
    exposed = np.maximum(light * 2.0**ev, 0)
    noisy = np.clip(exposed + np.sqrt(exposed * iso / 6e6) * rng.standard_normal(light.shape), 0, 1)
    signal = np.where(noisy < 0.018, 4.5 * noisy, 1.099 * np.maximum(noisy, 1e-9) ** 0.45 - 0.099)
    return np.rint(signal * 255).astype(np.uint8)
