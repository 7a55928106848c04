"""How true exposure is: photographs of known mean and clipping through the codec, and clips of known flicker."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from blur_samples import Photograph
from degrade import bt709, through_h264, with_noise

from rigcoach.measure.picture.exposure import CLIPPED_HIGH, CLIPPED_LOW, exposure
from rigcoach.measure.picture.flicker import flicker

Numbers = npt.NDArray[np.float64]

_EXPOSURES_EV = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0)
_ISOS = (100.0, 1600.0, 6400.0)
_QUANTISERS = (18, 28)
_FLICKER_FPS, _FLICKER_FRAMES = 25.0, 75


def table(photographs: Sequence[Photograph]) -> list[str]:
    """Return how far exposure is off, against the light before noise and codec; and flicker, in a sentence."""
    mean, high, low = _errors(photographs)
    lines = ["| | MAE | 95 % | worst |", "|---|---|---|---|"]
    for name, found in (("mean, 0 to 1", mean), ("share clipped at white", high), ("share clipped at black", low)):
        lines.append(f"| {name} | {found.mean():.4f} | {np.percentile(found, 95):.4f} | {found.max():.4f} |")
    depth, frequency = _flicker_errors()
    lines += [
        "",
        "Flicker of known depth (1 to 30 %) and frequency (2 to 11 Hz), with noise and a slow drift, 3 s at 25 fps:",
    ]
    lines += [f"depth is off by {100 * depth.mean():.2f} % of light on average, {100 * depth.max():.2f} % at worst;"]
    lines += [f"frequency by {frequency.mean():.2f} Hz."]
    return lines


def _errors(photographs: Sequence[Photograph]) -> tuple[Numbers, Numbers, Numbers]:
    rng = np.random.default_rng(940)
    found = []
    for photograph in photographs:
        linear = photograph.light()
        for exposure_ev in _EXPOSURES_EV:
            light = np.asarray(linear * np.float32(2.0**exposure_ev), dtype=np.float32)
            signal = bt709(np.clip(light, 0, 1))
            truth = (
                float(signal.mean()),
                float((signal >= CLIPPED_HIGH).mean()),
                float((signal <= CLIPPED_LOW).mean()),
            )
            iso, quantiser = float(rng.choice(_ISOS)), int(rng.choice(_QUANTISERS))
            noisy = bt709(np.clip(with_noise(light, iso, rng), 0, 1))
            luma = through_h264([np.rint(noisy * 255).astype(np.uint8)], qp=quantiser)
            measured = exposure(luma)
            seen = (measured.mean, measured.clipped_high, measured.clipped_low)
            found.append([abs(a - b) for a, b in zip(seen, truth, strict=True)])
    mean, high, low = np.array(found).T
    return mean, high, low


def _flicker_errors() -> tuple[Numbers, Numbers]:
    rng = np.random.default_rng(941)
    depths, frequencies = [], []
    times = np.arange(_FLICKER_FRAMES) / _FLICKER_FPS
    for _ in range(100):
        depth, frequency = rng.uniform(0.01, 0.3), rng.uniform(2, 11)
        drift = 1 + rng.uniform(-0.2, 0.2) * np.sin(2 * np.pi * 0.2 * times + rng.uniform(0, 6))
        light = 0.3 * drift * (1 + depth * np.sin(2 * np.pi * frequency * times + rng.uniform(0, 6)))
        found = flicker(light + rng.normal(0, 0.0005, len(light)), _FLICKER_FPS)
        if found is None:
            raise RuntimeError("a clip long enough has a flicker")
        depths.append(abs(found.depth - depth))
        if found.frequency_hz is not None:
            frequencies.append(abs(found.frequency_hz - frequency))
    return np.array(depths), np.array(frequencies)
