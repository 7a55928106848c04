"""The sensor and the camera's curve: photons to electrons, noise, and eight bits.

References
----------
.. [BT709] Rec. ITU-R BT.709-6 (2015), item 1.2: opto-electronic transfer characteristics at source.
.. [Janesick2007] J. R. Janesick, *Photon Transfer*, SPIE Press 2007, chapter 5: shot and read noise.
"""

from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rigcoach.measure.arrays import Plane

# Electrons at the top of the scale, for one pixel of the recording at ISO 100, and the two parts of the read noise: in
# front of the amplifier, and behind it (of which less is left, in electrons, the higher the ISO). They are of the size
# measured on full-frame sensors of about 2008.
FULL_SCALE_ELECTRONS = 60_000.0
READ_NOISE_ELECTRONS = 2.5
DOWNSTREAM_NOISE_ELECTRONS = 27.0

BAND_ROWS = 64
POOL_MARGIN = 256
# Taller frames than any movie's take each band from a pool of so many rows.
MOST_POOL_ROWS = 1080 + POOL_MARGIN


def bt709_signal(light: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the signal, 0 to 1, of linear light, 0 to 1 [BT709]_.

    >>> bt709_signal(np.array([0.0, 0.018, 0.18, 1.0])).round(4).tolist()
    [0.0, 0.0812, 0.409, 1.0]
    """
    light = np.clip(light, 0, 1).astype(np.float64)
    return np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)


def read_noise_electrons(iso: int) -> float:
    """Return the read noise in electrons, rms."""
    return float(np.hypot(READ_NOISE_ELECTRONS, DOWNSTREAM_NOISE_ELECTRONS * 100 / iso))


class Sensor:
    """Turns linear light into full-range 8-bit luma; 1.0 is the top of the scale.

    Noise is Gaussian with the variance of shot and read noise, electrons + read² [Janesick2007]_. A pool of it is
    drawn once; each frame takes a window of the pool at a random place and turn. In a still, which is taller than the
    pool, each band takes one of its own.
    """

    def __init__(self, *, width: int, height: int, iso: int, seed: int, grain_px: float) -> None:
        self._size = (height, width)
        self._iso = iso
        self._seed = seed
        rng = np.random.default_rng([seed, 3])
        rows = min(height + POOL_MARGIN, MOST_POOL_ROWS)
        pool = rng.standard_normal((rows, width + POOL_MARGIN), np.float32)
        if grain_px > 0:
            pool = np.asarray(cv2.GaussianBlur(pool, (0, 0), grain_px), np.float32)
            pool /= pool.std()
        self._pool = pool

    def luma(self, light: Plane, index: int) -> NDArray[np.uint8]:
        """Return the recording of frame `index`, shape (height, width)."""
        luma = np.empty(self._size, np.uint8)
        codes = _codes()
        for band, steps in self._bands(light, index):
            np.take(codes, steps, out=luma[band], mode="clip")
        return luma

    def linear(self, light: Plane, index: int) -> NDArray[np.uint16]:
        """Return what frame `index` is before the curve, shape (height, width): 65535 at the top of the scale."""
        linear = np.empty(self._size, np.uint16)
        for band, steps in self._bands(light, index):
            linear[band] = steps
        return linear

    def _bands(self, light: Plane, index: int) -> Iterator[tuple[slice, NDArray[np.uint16]]]:
        """Yield rows with their linear light and noise; a band at a time stays in the processor's cache."""
        rng = np.random.default_rng([self._seed, 4, index])
        top_px, left_px = (int(place) for place in rng.integers(0, POOL_MARGIN, 2))
        fits = len(self._pool) >= self._size[0] + POOL_MARGIN
        electrons_at_top = FULL_SCALE_ELECTRONS * 100 / self._iso
        read_variance = read_noise_electrons(self._iso) ** 2
        for top in range(0, self._size[0], BAND_ROWS):
            band = slice(top, top + BAND_ROWS)
            electrons = light[band] * np.float32(electrons_at_top)
            sigma = cv2.sqrt(electrons + np.float32(read_variance))
            row = top_px + top if fits else int(rng.integers(0, len(self._pool) - BAND_ROWS))
            noise = self._pool[row : row + len(electrons), left_px : left_px + self._size[1]]
            electrons += np.asarray(sigma, np.float32) * noise
            electrons *= np.float32(65535 / electrons_at_top)
            yield band, np.clip(electrons, 0, 65535, out=electrons).astype(np.uint16)


@cache
def _codes() -> NDArray[np.uint8]:
    """Return the 8-bit code of each 16-bit step of linear light."""
    return np.rint(bt709_signal(np.arange(65536) / 65535) * 255).astype(np.uint8)
