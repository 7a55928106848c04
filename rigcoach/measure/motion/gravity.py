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

import cv2
import numpy as np

from rigcoach.measure.arrays import Floats

# Slower than this a gyro's own drift tells more than what the accelerometer feels of a walk or a ride.
_SLOW_S = 6.0
_RATE_HZ = 100.0
_LEAST_FELT_M_S2 = 1.0
# How far off the drift is that the picture tells, where near things fly past; and how much, at the least, a carrier's
# speed changes in a second.
_DRIFT_RAD_S, _FELT_M_S2, _SECOND = np.radians(0.2), 0.3, int(_RATE_HZ)
_FITS, _WEIGHINGS, _OUTLIER = 3, 6, 2.0


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
    times_s: Floats, felt_m_s2: Floats, gyro_times_s: Floats, gyro_rad_s: Floats
) -> tuple[Floats, Floats] | None:
    """Return the direction of gravity by an accelerometer and a gyro: times, (m,), and unit vectors, (m, 3).

    Parameters
    ----------
    times_s, felt_m_s2
        (n,) and (n, 3): what the accelerometer felt; at rest that is 9.8 m/s² upwards.
    gyro_times_s, gyro_rad_s
        (k,) and (k, 3): turning speeds in the same axes, drift taken out.

    Returns
    -------
    tuple or None
        `None` where hardly anything was felt: it was falling, or what is told is no acceleration.
    """
    starts, ends = max(times_s[0], gyro_times_s[0]), min(times_s[-1], gyro_times_s[-1])
    count = int((ends - starts) * _RATE_HZ)
    if count < 2:
        return None
    at = starts + (np.arange(count) + 0.5) / _RATE_HZ
    felt = _averaged(times_s, felt_m_s2, at)
    turned = _averaged(gyro_times_s, gyro_rad_s, at) / _RATE_HZ
    if float(np.median(np.linalg.norm(felt, axis=1))) < _LEAST_FELT_M_S2:
        return None
    drift, weights = _drift(felt, turned)
    stands = _stands(turned - drift)
    steady = _smoothed(weights[:, None] * np.einsum("nij,nj->ni", stands, felt), _SLOW_S * _RATE_HZ)
    gravity = -np.einsum("nji,nj->ni", stands, steady)
    return at, np.asarray(gravity / np.linalg.norm(gravity, axis=1)[:, None], dtype=np.float64)


def _stands(turned: Floats) -> Floats:
    """Return the rotations from the camera's axes at each moment to those of the first, by the turns in between."""
    stands, now = np.empty((len(turned), 3, 3)), np.eye(3)
    for i, turn in enumerate(turned):
        now = now @ cv2.Rodrigues(turn)[0]
        stands[i] = now
    return stands


def _drift(felt: Floats, turned: Floats) -> tuple[Floats, Floats]:
    """Return what a gyro still drifts by, in radians a sample, (3,), and how much what was felt counts, (n,).

    Turned back, what is felt is gravity g and what the drift b has turned it by since: s = g + (J b) x s, where J is
    the sum of the rotations so far. Over means of a second that is solved for g and b by least squares, of which b is
    expected near zero, and seconds of which much is no gravity (a drone that turns on the spot) count less.
    """
    edges = np.linspace(0, len(felt), max(len(felt) // _SECOND, 1) + 1).astype(int)
    lengths = np.diff(edges)
    drift, weights = np.zeros(3), np.ones(len(lengths))
    near_zero = np.hstack((np.zeros((3, 3)), np.eye(3) / (_DRIFT_RAD_S / _RATE_HZ)))
    for _ in range(_FITS):
        stands = _stands(turned - drift)
        back = np.add.reduceat(np.einsum("nij,nj->ni", stands, felt), edges[:-1]) / lengths[:, None]
        turns = np.add.reduceat(np.cumsum(stands, axis=0), edges[:-1]) / lengths[:, None, None]
        by_drift = -np.cross(back[:, None, :], turns.transpose(0, 2, 1)).transpose(0, 2, 1)
        system = np.concatenate((np.broadcast_to(np.eye(3), by_drift.shape), by_drift), axis=2)
        weights, noise = np.ones(len(lengths)), 1.0
        for _ in range(_WEIGHINGS):
            root = (np.sqrt(weights) / noise)[:, None]
            rows = np.vstack(((system * root[..., None]).reshape(-1, 6), near_zero))
            values = np.concatenate(((back * root).ravel(), -drift / (_DRIFT_RAD_S / _RATE_HZ)))
            found = np.linalg.lstsq(rows, values, rcond=None)[0]
            left = np.linalg.norm(back - system @ found, axis=1)
            noise = max(float(np.median(left)) / 1.5, _FELT_M_S2)  # of one axis, by the length of three
            weights = np.minimum(1.0, _OUTLIER * noise / np.maximum(left, 1e-9))
        drift = drift + found[3:]
    return drift, np.repeat(weights, lengths)


def _averaged(times_s: Floats, values: Floats, at: Floats) -> Floats:
    """Return the means of readings around times `1 / _RATE_HZ` apart."""
    summed = np.vstack((np.zeros(3), np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(times_s)[:, None], axis=0)))
    half_s = 0.5 / _RATE_HZ
    later, earlier = (np.clip(at + side, times_s[0], times_s[-1]) for side in (half_s, -half_s))
    apart = np.maximum(later - earlier, 1e-9)[:, None]
    between = np.stack(
        [np.interp(later, times_s, summed[:, k]) - np.interp(earlier, times_s, summed[:, k]) for k in range(3)], axis=1
    )
    return np.asarray(between / apart, dtype=np.float64)


def _smoothed(values: Floats, sigma: float) -> Floats:
    """Return values under a Gaussian window of so many samples, which at the ends has one side only."""
    # Two sums that run forwards and back, three times: as good as a Gaussian, and as fast for any width.
    half = max(1, round(sigma * 0.98))
    for _ in range(3):
        summed = np.vstack((np.zeros(values.shape[1]), np.cumsum(values, axis=0)))
        first = np.maximum(np.arange(len(values)) - half, 0)
        last = np.minimum(np.arange(len(values)) + half + 1, len(values))
        values = (summed[last] - summed[first]) / (last - first)[:, None]
    return values
