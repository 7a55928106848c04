"""A gyro's turns aligned with the picture's: the offset of their clocks, the gyro's axes, and how well they agree.

Both are turns from frame to frame. A gyro drifts, so each axis has an offset of its own, which is taken out; the
focal length in pixels is what makes the picture's turns as large as the gyro's. Without one clock for both, the time
between them is where they agree best (cross-correlation), over all that was recorded.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.camera_rotation import Turn
from rigcoach.measure.motion.running_integral import running_integral

SAME_CLOCK_S = 0.15
"""So far apart the clocks of one file are at most: sensors are read, filtered and written on their own time."""

_STEP_S = 0.004
_COARSE_HZ = 60.0
_FEWEST = 8
# Focal lengths in frame widths, from a fisheye's to a long lens's.
_SHORTEST_FOCAL, _LONGEST_FOCAL = 0.25, 40.0
# So fast a picture has to turn, root mean square in degrees a second, for a gyro to be told by it.
LEAST_TURNING_DEG_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class GyroAlignment:
    """How a gyro's turns agree with the picture's.

    Attributes
    ----------
    offset_s
        What is added to a frame's time to get the gyro's.
    axes
        (3, 3): the gyro's axes as the picture's.
    focal_px
        The focal length that makes the picture's turns as large as the gyro's; the one given where the picture turned
        too little to tell.
    drift_rad_s
        (3,): the gyro's reading without a turn, in the picture's axes.
    agreement
        Correlation of the two, over all three axes, 0 to 1.
    rms_error_deg_s
        Root of the mean square of what lies between them, over all three axes.
    picture_deg_s, gyro_deg_s
        How fast the camera turned by each, root mean square.
    turns_deg_s
        (n, 3): the gyro's turns, frame by frame, its drift taken out.
    pictured_deg_s
        (n, 3): the picture's, NaN where it told none.
    """

    offset_s: float
    axes: Floats
    focal_px: float
    drift_rad_s: Floats
    agreement: float
    rms_error_deg_s: float
    picture_deg_s: float
    gyro_deg_s: float
    turns_deg_s: Floats
    pictured_deg_s: Floats


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


def align_gyro(
    turns: Sequence[Turn | None],
    times_s: Sequence[float],
    gyro_times_s: Floats,
    gyro_rad_s: Floats,
    width_px: int,
    *,
    same_clock: bool = True,
    focal_px: float | None = None,
) -> GyroAlignment | None:
    """Set a gyro's turns beside the picture's; `None` where the picture told too few, or none are of one time.

    Parameters
    ----------
    turns, times_s
        For each of n frames how the camera turned since the frame before, and when it was shown.
    gyro_times_s, gyro_rad_s
        (m,) and (m, 3): the gyro's turning speeds about the picture's x, y and z, as far as its axes are known.
    width_px
        Width of the frame.
    same_clock
        Whether both were recorded by one camera; otherwise any time between them is tried, and any lie of the axes.
    focal_px
        The focal length, where it is known.
    """
    known = np.array([turn is not None for turn in turns])
    known[:1] = False
    if np.count_nonzero(known) < _FEWEST or len(gyro_times_s) < _FEWEST:
        return None
    seen = _Seen(turns, np.asarray(times_s, dtype=np.float64), known, focal_px or width_px, focal_px is not None)
    limits = (_SHORTEST_FOCAL * width_px, _LONGEST_FOCAL * width_px)
    integral = _Integral(gyro_times_s, gyro_rad_s)
    axes, around_s = np.eye(3), 0.0
    if not same_clock:
        found = _anywhere(seen, integral)
        if found is None:
            return None
        axes, around_s = found
        integral = _Integral(gyro_times_s, gyro_rad_s @ axes.T)
    span_s = SAME_CLOCK_S if same_clock else 2 / _COARSE_HZ
    offset_s: float | None = None
    for _ in range(3):
        offset_s = _best_offset(seen, integral, around_s, span_s)
        if offset_s is None:
            return None
        if not seen.set_focal(integral.between(seen.times_s, offset_s), limits):
            break
    return None if offset_s is None else _aligned(seen, integral, offset_s, axes)


class _Integral:
    """A gyro's readings, summed up over time, so that turns between any two times can be told."""

    def __init__(self, times_s: Floats, rad_s: Floats) -> None:
        self.times_s = times_s
        self.summed = running_integral(times_s, rad_s)

    def between(self, times_s: Floats, offset_s: float) -> Floats:
        """Return the turns between times, (n - 1, 3); NaN where the gyro was not running."""
        at = times_s + offset_s
        angles = np.stack([np.interp(at, self.times_s, self.summed[:, axis]) for axis in range(3)], axis=1)
        inside = (at >= self.times_s[0] - _STEP_S) & (at <= self.times_s[-1] + _STEP_S)
        angles[~inside] = np.nan
        return np.asarray(np.diff(angles, axis=0), dtype=np.float64)


class _Seen:
    """The picture's turns, for a focal length that is found on the way."""

    def __init__(
        self, turns: Sequence[Turn | None], times_s: Floats, known: "np.typing.NDArray[np.bool_]", focal_px: float,
        given: bool,
    ) -> None:  # fmt: skip
        self.times_s = times_s
        self._turns = turns
        self.known = known
        self._given = given
        self._solve(focal_px)

    def _solve(self, focal_px: float) -> None:
        self.focal_px = focal_px
        self.rad = np.full((len(self._turns), 3), np.nan)
        for i in np.flatnonzero(self.known):
            turn = self._turns[int(i)]
            if turn is not None:
                self.rad[i] = turn.solved(focal_px)

    def rates(self) -> Floats:
        """Return turning speeds into each frame but the first, (n - 1, 3), in radians a second."""
        return np.asarray(self.rad[1:] / np.diff(self.times_s)[:, None], dtype=np.float64)

    def set_focal(self, gyro: Floats, limits: tuple[float, float]) -> bool:
        """Take the focal length that makes the picture's turns about x and y as large as the gyro's."""
        step_s = np.diff(self.times_s)[:, None]
        pictured, turned = _centred(self.rates()[:, :2]), _centred(gyro[:, :2] / step_s)
        both = np.isfinite(pictured).all(1) & np.isfinite(turned).all(1)
        power = float((turned[both] ** 2).sum())
        enough = np.radians(LEAST_TURNING_DEG_S) ** 2 * np.count_nonzero(both)
        ratio = float((pictured[both] * turned[both]).sum()) / max(power, 1e-12)
        if self._given or power < enough or ratio <= 0:
            return False
        self._solve(float(np.clip(self.focal_px * ratio, *limits)))
        return True


def _centred(rates: Floats) -> Floats:
    """Return rates without their means, in which a gyro's drift is."""
    finite = np.isfinite(rates).all(1)
    return np.asarray(rates - (rates[finite].mean(0) if finite.any() else 0.0), dtype=np.float64)


def _best_offset(seen: _Seen, integral: _Integral, around_s: float, span_s: float) -> float | None:
    pictured = seen.rates()
    step_s = np.diff(seen.times_s)[:, None]
    best: tuple[float, float] | None = None
    for offset_s in around_s + np.arange(-span_s, span_s + _STEP_S / 2, _STEP_S):
        gyro = integral.between(seen.times_s, float(offset_s)) / step_s
        both = np.isfinite(pictured).all(1) & np.isfinite(gyro).all(1)
        if np.count_nonzero(both) < _FEWEST:
            continue
        agreement = _correlation(pictured[both], gyro[both])
        # Where hardly anything turns, the clocks are taken to agree.
        agreement -= 1e-3 * abs(float(offset_s) - around_s) / max(span_s, _STEP_S)
        if best is None or agreement > best[0]:
            best = (agreement, float(offset_s))
    return None if best is None else best[1]


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(0), other - other.mean(0)
    return float((one * other).sum() / max(np.sqrt((one**2).sum() * (other**2).sum()), 1e-12))


def _anywhere(seen: _Seen, integral: _Integral) -> tuple[Floats, float] | None:
    """Return how the axes lie and what is between the clocks, of all that can be, by where they agree best."""
    at = np.arange(seen.times_s[0], seen.times_s[-1], 1 / _COARSE_HZ)
    rates = seen.rates()
    finite = np.isfinite(rates).all(1)
    middles = (seen.times_s[1:] + seen.times_s[:-1]) / 2
    pictured = np.stack([np.interp(at, middles[finite], rates[finite, axis]) for axis in range(3)], axis=1)
    log_at = np.arange(integral.times_s[0], integral.times_s[-1], 1 / _COARSE_HZ)
    if len(at) < _FEWEST or len(log_at) < 2:
        return None
    half_s = float(np.median(np.diff(seen.times_s))) / 2
    edges = [np.interp(log_at + side, integral.times_s, integral.summed[:, axis]) for side in (half_s, -half_s)
             for axis in range(3)]  # fmt: skip
    turned = (np.stack(edges[:3], 1) - np.stack(edges[3:], 1)) / (2 * half_s)
    pictured, turned = pictured - pictured.mean(0), turned - turned.mean(0)
    size = 1 << (len(at) + len(log_at)).bit_length()
    spectra = np.fft.rfft(turned, size, axis=0), np.conj(np.fft.rfft(pictured, size, axis=0))
    # cross[lag, i, j]: the picture's axis i against the log's axis j, the log so much later.
    cross = np.fft.irfft(spectra[1][:, :, None] * spectra[0][:, None, :], size, axis=0)
    lags = np.concatenate((np.arange(size // 2), np.arange(size // 2) - size // 2))
    power = np.concatenate((np.zeros(1), np.cumsum((turned**2).sum(1))))
    first, last = np.clip(lags, 0, len(log_at)), np.clip(lags + len(at), 0, len(log_at))
    # Most of a clip has to be in the log.
    enough = (last - first) >= 0.6 * min(len(at), len(log_at))
    energy = np.sqrt(np.maximum((power[last] - power[first]) * (pictured**2).sum(), 1e-12))
    best: tuple[float, Floats, int] | None = None
    for number, axes in enumerate(rotations()):
        # Axes as the log says are believed unless others agree clearly better.
        scores = np.where(enough, np.einsum("lij,ij->l", cross, axes) / energy, -1.0) + (0.05 if number == 0 else 0.0)
        lag = int(np.argmax(scores))
        if best is None or scores[lag] > best[0]:
            best = (float(scores[lag]), axes, int(lags[lag]))
    if best is None:
        return None
    return best[1], float(log_at[0] - at[0]) + best[2] / _COARSE_HZ


def _aligned(seen: _Seen, integral: _Integral, offset_s: float, axes: Floats) -> GyroAlignment | None:
    step_s = np.diff(seen.times_s)[:, None]
    gyro, pictured = integral.between(seen.times_s, offset_s) / step_s, seen.rates()
    both = np.isfinite(pictured).all(1) & np.isfinite(gyro).all(1)
    if np.count_nonzero(both) < _FEWEST:
        return None
    drift = (gyro[both] - pictured[both]).mean(0)
    off = gyro[both] - drift - pictured[both]

    def rms_deg(rates: Floats) -> float:
        return float(np.degrees(np.sqrt((rates**2).sum(1).mean())))

    steady = gyro - drift
    first = np.full((1, 3), np.nan)
    return GyroAlignment(
        offset_s=offset_s,
        axes=axes,
        focal_px=seen.focal_px,
        drift_rad_s=drift,
        agreement=max(_correlation(pictured[both], gyro[both]), 0.0),
        rms_error_deg_s=rms_deg(off),
        picture_deg_s=rms_deg(pictured[both] - pictured[both].mean(0)),
        gyro_deg_s=rms_deg(gyro[both] - gyro[both].mean(0)),
        turns_deg_s=np.degrees(np.vstack((steady[:1] if len(steady) else first, steady))),
        pictured_deg_s=np.degrees(np.vstack((first, pictured))),
    )
