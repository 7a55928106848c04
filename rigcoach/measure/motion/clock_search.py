"""How a gyro's log lies to a clip without one clock for both: the time between them, and its axes.

Both are where the turns agree best (cross-correlation), over all that was recorded. Of an hour that is looked at some
minutes at a time, so that memory does not grow with it (overlap-save).
"""

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.readings import Readings, integral_at

RATE_HZ = 60.0
"""So finely the time between them is told."""

_FEWEST = 8
# Most of a clip has to be in the log.
_LEAST_COMMON = 0.6
# Axes as the log says are believed unless others agree clearly better.
_AS_TOLD = 0.05
_WINDOW, _MOMENTS = 1 << 13, 1 << 10
_LONGEST_S = 24 * 3600.0

_Rates = npt.NDArray[np.float32]


def rotations() -> list[Floats]:
    """Return the 24 ways in which one right-handed set of axes may lie along another, as it stands first."""
    found = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    return sorted(found, key=lambda matrix: -float(np.trace(matrix)))


def clock_and_axes(times_s: Floats, pictured_rad_s: Floats, gyro: Readings) -> tuple[float, Floats] | None:
    """Return what is between the clocks in seconds, and how the gyro's axes lie, of all that can be.

    Parameters
    ----------
    times_s, pictured_rad_s
        (n,) and (n - 1, 3): when frames were shown, and the picture's turning speeds from each to the next, NaN where
        it tells none.
    gyro
        The log's turning speeds, (m, 3).

    Returns
    -------
    tuple or None
        What is added to a frame's time to get the log's, and the log's axes as the picture's, (3, 3). `None` where one
        of them is too short, or the log says that it went on for more than a day.
    """
    log_s = gyro.last_s - gyro.first_s
    if log_s > _LONGEST_S:
        return None
    count, log_count = (int(np.ceil(lasts_s * RATE_HZ)) for lasts_s in (times_s[-1] - times_s[0], log_s))
    if count < _FEWEST or log_count < 2:
        return None
    pictured = _pictured(times_s, pictured_rad_s, count)
    turned = _turned(gyro, log_count, float(np.median(np.diff(times_s))) / 2)
    of_picture = _energy(pictured)
    best: tuple[float, Floats, int] | None = None
    for lags, cross in _correlated(pictured, turned):
        energy = np.sqrt(np.maximum(_energies(turned, lags, count) * of_picture, 1e-12))
        for number, axes in enumerate(rotations()):
            scores = np.einsum("ijl,ij->l", cross, axes) / energy + (_AS_TOLD if number == 0 else 0.0)
            lag = int(np.argmax(scores))
            if best is None or scores[lag] > best[0]:
                best = (float(scores[lag]), axes, int(lags[lag]))
    if best is None:
        return None
    return float(gyro.first_s - times_s[0]) + best[2] / RATE_HZ, best[1]


def _pictured(times_s: Floats, rates: Floats, count: int) -> _Rates:
    """Return the picture's turning speeds at so many times, about their mean."""
    finite = np.isfinite(rates).all(1)
    middles, known = (times_s[1:] + times_s[:-1])[finite] / 2, rates[finite]
    found = np.empty((count, 3), np.float32)
    for start in range(0, count, _WINDOW):
        at = times_s[0] + np.arange(start, min(start + _WINDOW, count)) / RATE_HZ
        for axis in range(3):
            found[start : start + _WINDOW, axis] = np.interp(at, middles, known[:, axis])
    return _about_mean(found)


def _turned(gyro: Readings, count: int, half_s: float) -> _Rates:
    """Return the log's turning speeds around so many times, a frame each, about their mean."""
    found = np.empty((count, 3), np.float32)
    for start in range(0, count, _MOMENTS):
        at = gyro.first_s + np.arange(start, min(start + _MOMENTS, count)) / RATE_HZ
        later, earlier = np.split(integral_at(gyro, np.concatenate((at + half_s, at - half_s))), 2)
        found[start : start + _MOMENTS] = (later - earlier) / (2 * half_s)
    return _about_mean(found)


def _about_mean(rates: _Rates) -> _Rates:
    rates -= rates.mean(0, dtype=np.float64).astype(np.float32)
    return rates


def _energy(rates: _Rates) -> float:
    return float(np.einsum("ij,ij->", rates, rates, dtype=np.float64))


def _energies(turned: _Rates, lags: npt.NDArray[np.int64], count: int) -> Floats:
    """Return, for lags in a row, the energy of what of the log lies beside a picture of so many samples."""
    first = int(lags[0])
    energies = np.empty(len(lags))
    energies[0] = _energy(turned[max(first, 0) : max(first + count, 0)])

    def squares(at: npt.NDArray[np.int64]) -> Floats:
        there = (at >= 0) & (at < len(turned))
        return np.where(there, (turned[np.clip(at, 0, len(turned) - 1)].astype(np.float64) ** 2).sum(1), 0.0)

    # From one lag to the next the log's sample at its end comes in, and that at its beginning goes.
    energies[1:] = energies[0] + np.cumsum(squares(lags[:-1] + count) - squares(lags[:-1]))
    return energies


def _correlated(pictured: _Rates, turned: _Rates) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
    """Yield lags, (n,), and for each the picture's axes against the log's, the log so much later, (3, 3, n)."""
    common = int(np.ceil(_LEAST_COMMON * min(len(pictured), len(turned))))
    size = 2 * _WINDOW
    for first in range(common - len(pictured), len(turned) - common + 1, _WINDOW):
        lags = np.arange(first, min(first + _WINDOW, len(turned) - common + 1))
        spectra = np.zeros((3, 3, size // 2 + 1), complex)
        for start in range(0, len(pictured), _WINDOW):
            of_picture = np.fft.rfft(pictured[start : start + _WINDOW], size, axis=0)
            window = np.zeros((size, 3), np.float32)
            low, high = start + first, start + first + size
            there = turned[max(low, 0) : max(high, 0)]
            window[max(-low, 0) : max(-low, 0) + len(there)] = there
            of_log = np.fft.rfft(window, axis=0)
            for i, j in itertools.product(range(3), range(3)):
                spectra[i, j] += np.conj(of_picture[:, i]) * of_log[:, j]
        cross = np.empty((3, 3, len(lags)))
        for i, j in itertools.product(range(3), range(3)):
            cross[i, j] = np.fft.irfft(spectra[i, j], size)[: len(lags)]
        yield lags, cross
