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

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.measure.motion.running_integral import running_integral

# Slower than this a gyro's own drift tells more than what the accelerometer feels of a walk or a ride.
_SLOW_S = 6.0
_RATE_HZ = 100.0
_LEAST_FELT_M_S2 = 1.0
# How far off the drift is that the picture tells, where near things fly past; and how much, at the least, a carrier's
# speed changes in a second.
_DRIFT_RAD_S, _FELT_M_S2, _SECOND = np.radians(0.2), 0.3, int(_RATE_HZ)
_FITS, _WEIGHINGS, _OUTLIER = 3, 6, 2.0
_ROWS = 1 << 14
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
    times_s: Floats,
    felt_m_s2: Floats,
    gyro_times_s: Floats,
    gyro_rad_s: Floats,
    *,
    axes: Floats = _SAME_AXES,
    drift_rad_s: Floats = _NO_DRIFT,
    offset_s: float = 0.0,
) -> tuple[Floats, Floats] | None:
    """Return the direction of gravity by an accelerometer and a gyro: times, (m,), and unit vectors, (m, 3).

    Parameters
    ----------
    times_s, felt_m_s2
        (n,) and (n, 3): what the accelerometer felt; at rest that is 9.8 m/s² upwards.
    gyro_times_s, gyro_rad_s
        (k,) and (k, 3): turning speeds in the same axes.
    axes
        (3, 3): the sensors' axes as those in which gravity is wanted.
    drift_rad_s
        (3,): what the gyro reads without a turn, in the axes in which gravity is wanted.
    offset_s
        How far the sensors' clock is ahead of the one in which times are wanted.

    Returns
    -------
    tuple or None
        `None` where hardly anything was felt: it was falling, or what is told is no acceleration.
    """
    starts, ends = max(times_s[0], gyro_times_s[0]) - offset_s, min(times_s[-1], gyro_times_s[-1]) - offset_s
    count = int((ends - starts) * _RATE_HZ)
    if count < 2:
        return None
    at = starts + (np.arange(count) + 0.5) / _RATE_HZ
    felt = _averaged(times_s, felt_m_s2, at + offset_s) @ axes.T
    turned = _averaged(gyro_times_s, gyro_rad_s, at + offset_s) @ axes.T
    turned -= drift_rad_s
    turned /= _RATE_HZ
    if float(np.median(np.linalg.norm(felt, axis=1))) < _LEAST_FELT_M_S2:
        return None
    seconds = _seconds(count)
    drift, weights = _drift(felt, turned, seconds)
    turned -= drift
    # Of a long clip a second's rotations at a time are in memory.
    steady = felt
    for (start, end), weight, stands in zip(seconds, weights, _stands(turned, seconds), strict=True):
        steady[start:end] = weight * np.einsum("nij,nj->ni", stands, felt[start:end])
    _smooth(steady, _SLOW_S * _RATE_HZ)
    for (start, end), stands in zip(seconds, _stands(turned, seconds), strict=True):
        steady[start:end] = -np.einsum("nji,nj->ni", stands, steady[start:end])
    steady /= np.linalg.norm(steady, axis=1)[:, None]
    return at, np.asarray(steady, dtype=np.float64)


def _seconds(count: int) -> list[tuple[int, int]]:
    """Return where samples are to be parted into seconds: the first of each, and the one after its last."""
    edges = np.linspace(0, count, max(count // _SECOND, 1) + 1).astype(int).tolist()
    return list(pairwise(edges))


def _stands(turned: Floats, seconds: Sequence[tuple[int, int]]) -> Iterator[Floats]:
    """Yield, second by second, the rotations from the camera's axes at each moment to those of the first, by the turns.

    What is yielded is (n, 3, 3).
    """
    now = np.eye(3)
    for start, end in seconds:
        stands = np.empty((end - start, 3, 3))
        for i, turn in enumerate(turned[start:end]):
            now = now @ cv2.Rodrigues(turn)[0]
            stands[i] = now
        yield stands


def _drift(felt: Floats, turned: Floats, seconds: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Return what a gyro still drifts by, in radians a sample, (3,), and how much what was felt counts in each second.

    Turned back, what is felt is gravity g and what the drift b has turned it by since: s = g + (J b) x s, where J is
    the sum of the rotations so far. Over means of a second that is solved for g and b by least squares, of which b is
    expected near zero, and seconds of which much is no gravity (a drone that turns on the spot) count less.
    """
    drift, weights = np.zeros(3), np.ones(len(seconds))
    near_zero = np.hstack((np.zeros((3, 3)), np.eye(3) / (_DRIFT_RAD_S / _RATE_HZ)))
    for _ in range(_FITS):
        back, turns = _means(felt, turned - drift, seconds)
        by_drift = -np.cross(back[:, None, :], turns.transpose(0, 2, 1)).transpose(0, 2, 1)
        system = np.concatenate((np.broadcast_to(np.eye(3), by_drift.shape), by_drift), axis=2)
        weights, noise = np.ones(len(seconds)), 1.0
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


def _means(felt: Floats, turned: Floats, seconds: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Return each second's mean of what was felt, turned back, (m, 3), and of the summed rotations, (m, 3, 3)."""
    back, turns, summed = np.empty((len(seconds), 3)), np.empty((len(seconds), 3, 3)), np.zeros((3, 3))
    for i, ((start, end), stands) in enumerate(zip(seconds, _stands(turned, seconds), strict=True)):
        back[i] = np.einsum("nij,nj->ni", stands, felt[start:end]).mean(axis=0)
        sums = summed + np.cumsum(stands, axis=0)
        turns[i], summed = sums.mean(axis=0), sums[-1]
    return back, turns


def _averaged(times_s: Floats, values: Floats, at: Floats) -> Floats:
    """Return the means of readings around times `1 / _RATE_HZ` apart."""
    summed, half_s = running_integral(times_s, values), 0.5 / _RATE_HZ
    averaged = np.empty((len(at), 3))
    for start in range(0, len(at), _ROWS):
        part = at[start : start + _ROWS]
        later, earlier = (np.clip(part + side, times_s[0], times_s[-1]) for side in (half_s, -half_s))
        apart = np.maximum(later - earlier, 1e-9)
        for k, column in enumerate(summed.T):
            between = np.interp(later, times_s, column) - np.interp(earlier, times_s, column)
            averaged[start : start + _ROWS, k] = between / apart
    return averaged


def _smooth(values: Floats, sigma: float) -> None:
    """Smooth values, column by column, by a Gaussian window of so many samples, at the ends of one side only."""
    # Two sums that run forwards and back, three times: as good as a Gaussian, and as fast for any width.
    half = max(1, round(sigma * 0.98))
    first = np.maximum(np.arange(len(values)) - half, 0)
    last = np.minimum(np.arange(len(values)) + half + 1, len(values))
    for column in values.T:
        for _ in range(3):
            summed = np.concatenate((np.zeros(1), np.cumsum(column)))
            column[:] = (summed[last] - summed[first]) / (last - first)
