"""The camera's roll and pitch by where gravity points.

A camera that has no track of gravity has an accelerometer, which feels gravity and every step of who carries it. The
gyro tells how the camera turned meanwhile: turned back by it, all that was felt is seen in the axes of one moment,
where gravity stays and everything else comes and goes. A slow mean there is gravity, as in a complementary filter
[Mahony2008]_, but with the time after as well as the time before. What the gyro tells without a turn is known from the
picture as well as a moving camera's picture tells it; as in that filter, what was felt corrects it: gravity does not
wander over a clip, so what wanders is the gyro's.

References
----------
.. [Mahony2008] R. Mahony, T. Hamel, J.-M. Pflimlin, "Nonlinear complementary filters on the special orthogonal group",
   IEEE Transactions on Automatic Control 53(5), 2008.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.readings import Readings, integral_at

# Slower than this a gyro's own drift tells more than what the accelerometer feels of a walk or a ride.
_SLOW_S = 6.0
_RATE_HZ = 100.0
_LEAST_FELT_M_S2 = 1.0
# How far off the drift is that the picture tells, where near things fly past; and how much, at the least, a carrier's
# speed changes in a second.
_DRIFT_RAD_S, _FELT_M_S2, _SECOND = np.radians(0.2), 0.3, int(_RATE_HZ)
_FITS, _WEIGHINGS, _OUTLIER = 3, 6, 2.0
_SECONDS = 16  # that are read at a time
_SAME_AXES, _NO_DRIFT = np.eye(3), np.zeros(3)


def roll_pitch_deg(gravity: Floats) -> tuple[Floats, Floats]:
    """Return roll and pitch in degrees, (n,) each, by the direction of gravity in the picture's axes, (n, 3).

    x is right, y down, z into the scene. Roll is positive where the picture is turned clockwise, pitch where the camera
    looks up. NaN where there is no direction.

    >>> roll, pitch = roll_pitch_deg(np.array([[-0.5, 0.8660254, 0.0], [-0.1, 0.9, 0.5]]))
    >>> roll.round(1).tolist(), pitch[1:].round(1).tolist()
    ([30.0, 6.3], [-28.9])
    """
    length = np.linalg.norm(gravity, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y, z = (gravity / length[:, None]).T
    roll = np.degrees(np.arctan2(-x, y))
    # Looking straight up or down, a picture has no roll.
    roll = np.where(np.hypot(x, y) < np.sin(np.radians(5.0)), np.nan, roll)
    return np.asarray(roll, dtype=np.float64), np.asarray(np.degrees(np.arcsin(-np.clip(z, -1, 1))), dtype=np.float64)


def felt_gravity(
    felt: Readings,
    gyro: Readings,
    *,
    axes: Floats = _SAME_AXES,
    drift_rad_s: Floats = _NO_DRIFT,
    offset_s: float = 0.0,
) -> Iterator[tuple[Floats, Floats]] | None:
    """Return the direction of gravity by an accelerometer and a gyro.

    Parameters
    ----------
    felt
        What the accelerometer felt, in m/s²; at rest that is 9.8 upwards.
    gyro
        Turning speeds in the same axes, in radians a second.
    axes
        (3, 3): the sensors' axes as those in which gravity is wanted.
    drift_rad_s
        (3,): what the gyro reads without a turn, in the axes in which gravity is wanted.
    offset_s
        How far the sensors' clock is ahead of the one in which times are wanted.

    Returns
    -------
    iterator or None
        Times, (m,), and unit vectors, (m, 3), a second at a time. `None` where hardly anything was felt: it was
        falling, or what is told is no acceleration.
    """
    starts = max(felt.first_s, gyro.first_s) - offset_s
    ends = min(felt.last_s, gyro.last_s) - offset_s
    count = int((ends - starts) * _RATE_HZ)
    if count < 2:
        return None
    sampled = _Sampled(felt, gyro, axes, drift_rad_s, offset_s, starts, _seconds(count))
    lengths = np.empty(count, np.float32)
    for (start, end), (each, _) in zip(sampled.seconds, sampled.by_second(), strict=True):
        lengths[start:end] = np.linalg.norm(each, axis=1)
    if float(np.median(lengths, overwrite_input=True)) < _LEAST_FELT_M_S2:
        return None
    drift, weights = _drift(sampled)
    return replace(sampled, drift_rad_s=sampled.drift_rad_s + drift * _RATE_HZ).steady(weights)


def _seconds(count: int) -> list[tuple[int, int]]:
    """Return where samples are to be parted into seconds: the first of each, and the one after its last."""
    edges = np.linspace(0, count, max(count // _SECOND, 1) + 1).astype(int).tolist()
    return list(pairwise(edges))


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """An accelerometer and a gyro at `_RATE_HZ`, read a second at a time: of a long clip no more is in memory."""

    felt: Readings
    gyro: Readings
    axes: Floats
    drift_rad_s: Floats
    offset_s: float
    starts_s: float
    seconds: list[tuple[int, int]]

    def times_s(self, start: int, end: int) -> Floats:
        """Return when samples are."""
        return np.asarray(self.starts_s + (np.arange(start, end) + 0.5) / _RATE_HZ, dtype=np.float64)

    def by_second(self) -> Iterator[tuple[Floats, Floats]]:
        """Yield what was felt in each second, (n, 3), and the turns from sample to sample, (n, 3), without drift."""
        for i in range(0, len(self.seconds), _SECONDS):
            some = self.seconds[i : i + _SECONDS]
            first = some[0][0]
            at = self.times_s(first, some[-1][1]) + self.offset_s
            felt = _averaged(self.felt, at) @ self.axes.T
            turned = (_averaged(self.gyro, at) @ self.axes.T - self.drift_rad_s) / _RATE_HZ
            for start, end in some:
                yield felt[start - first : end - first], turned[start - first : end - first]

    def turned_back(self, drift: Floats = _NO_DRIFT) -> Iterator[tuple[Floats, Floats]]:
        """Yield what was felt in each second, in the axes of the first moment, and the rotations there, (n, 3, 3).

        `drift` is what the gyro drifts by besides, in radians a sample.
        """
        now = np.eye(3)
        for felt, turned in self.by_second():
            stands = np.empty((len(felt), 3, 3))
            for i, turn in enumerate(turned - drift):
                now = now @ cv2.Rodrigues(turn)[0]
                stands[i] = now
            yield np.einsum("nij,nj->ni", stands, felt), stands

    def steady(self, weights: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Yield times and where gravity points, a second at a time, by how much what was felt in each counts."""
        back = (weight * felt for weight, (felt, _) in zip(weights, self.turned_back(), strict=True))
        smooth = _parted(_smoothed(back, _SLOW_S * _RATE_HZ), self.seconds)
        for (start, end), up, (_, stands) in zip(self.seconds, smooth, self.turned_back(), strict=True):
            down = -np.einsum("nji,nj->ni", stands, up)
            yield self.times_s(start, end), down / np.linalg.norm(down, axis=1)[:, None]


def _drift(sampled: _Sampled) -> tuple[Floats, Floats]:
    """Return what a gyro still drifts by, in radians a sample, (3,), and how much what was felt counts in each second.

    Turned back, what is felt is gravity g and what the drift b has turned it by since: s = g + (J b) x s, where J is
    the sum of the rotations so far. Over means of a second that is solved for g and b by least squares, of which b is
    expected near zero, and seconds of which much is no gravity (a drone that turns on the spot) count less.
    """
    drift, weights = np.zeros(3), np.ones(len(sampled.seconds))
    near_zero = np.hstack((np.zeros((3, 3)), np.eye(3) / (_DRIFT_RAD_S / _RATE_HZ)))
    for _ in range(_FITS):
        back, turns = _means(sampled, drift)
        by_drift = -np.cross(back[:, None, :], turns.transpose(0, 2, 1)).transpose(0, 2, 1)
        system = np.concatenate((np.broadcast_to(np.eye(3), by_drift.shape), by_drift), axis=2)
        weights, noise = np.ones(len(sampled.seconds)), 1.0
        for _ in range(_WEIGHINGS):
            root = (np.sqrt(weights) / noise)[:, None]
            rows = np.vstack(((system * root[..., None]).reshape(-1, 6), near_zero))
            values = np.concatenate(((back * root).ravel(), -drift / (_DRIFT_RAD_S / _RATE_HZ)))
            found = np.linalg.lstsq(rows, values, rcond=None)[0]
            left = np.linalg.norm(back - system @ found, axis=1)
            noise = max(float(np.median(left)) / 1.5, _FELT_M_S2)  # of one axis, by the length of three
            weights = np.minimum(1.0, _OUTLIER * noise / np.maximum(left, 1e-9))
        drift = drift + found[3:]
    return drift, weights


def _means(sampled: _Sampled, drift: Floats) -> tuple[Floats, Floats]:
    """Return each second's mean of what was felt, turned back, (m, 3), and of the summed rotations, (m, 3, 3)."""
    count = len(sampled.seconds)
    back, turns, summed = np.empty((count, 3)), np.empty((count, 3, 3)), np.zeros((3, 3))
    for i, (felt, stands) in enumerate(sampled.turned_back(drift)):
        back[i] = felt.mean(axis=0)
        sums = summed + np.cumsum(stands, axis=0)
        turns[i], summed = sums.mean(axis=0), sums[-1]
    return back, turns


def _averaged(readings: Readings, at: Floats) -> Floats:
    """Return the means of readings around times `1 / _RATE_HZ` apart."""
    half_s = 0.5 / _RATE_HZ
    later, earlier = (np.clip(at + side, readings.first_s, readings.last_s) for side in (half_s, -half_s))
    summed = integral_at(readings, np.concatenate((later, earlier)))
    apart = np.maximum(later - earlier, 1e-9)
    return np.asarray((summed[: len(at)] - summed[len(at) :]) / apart[:, None], dtype=np.float64)


def _smoothed(parts: Iterable[Floats], sigma: float) -> Iterator[Floats]:
    """Yield values, (n, k) in parts, smoothed by a Gaussian window of so many samples, at the ends of one side only."""
    # Running means, three times: as good as a Gaussian, and as fast for any width.
    half = max(1, round(sigma * 0.98))
    return _running_means(_running_means(_running_means(parts, half), half), half)


def _running_means(parts: Iterable[Floats], half: int) -> Iterator[Floats]:
    """Yield the means of values around each of them, as many as `half` on either side."""
    held = np.empty((0, 3))
    first = done = 0  # where what is held begins, and of how many the means are told

    def means(end: int) -> Floats:
        summed = np.concatenate((np.zeros((1, held.shape[1])), np.cumsum(held, axis=0)))
        at = np.arange(done, end) - first
        low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(held))
        return np.asarray((summed[high] - summed[low]) / (high - low)[:, None], dtype=np.float64)

    for part in parts:
        held = np.concatenate((held, part))
        ready = first + len(held) - half
        if ready - done >= half:
            yield means(ready)
            done = ready
            drop = max(done - half - first, 0)
            held, first = held[drop:], first + drop
    if first + len(held) > done:
        yield means(first + len(held))


def _parted(parts: Iterable[Floats], pieces: Sequence[tuple[int, int]]) -> Iterator[Floats]:
    """Yield values, (n, k) in parts, parted otherwise: from the first to before the last of each piece."""
    held = np.empty((0, 3))
    rest = iter(parts)
    for start, end in pieces:
        while len(held) < end - start:
            held = np.concatenate((held, next(rest)))
        yield held[: end - start]
        held = held[end - start :]
