"""How the camera moves: sway, wobble, pan and walk, as smooth functions of time."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigcoach.scene.spec import SceneSpec

Times = NDArray[np.float64]

# The band of hand-held sway; below it lies drifting aim, above it little that a body passes on.
SWAY_BAND_HZ = (0.3, 8.0)
COMPONENTS = 8


@dataclass(frozen=True, slots=True)
class Sway:
    """A sum of sinusoids over the sway band: amplitudes falling as 1/f, so that each has the same rms speed."""

    amplitude: Times
    frequency_hz: Times
    phase_rad: Times

    @classmethod
    def seeded(cls, rng: np.random.Generator, rms: float) -> "Sway":
        """Return a sway of the given rms over a long time; frequencies are jittered so that it does not repeat."""
        low, high = np.log(SWAY_BAND_HZ)
        step = (high - low) / COMPONENTS
        frequency_hz = np.exp(low + step * (np.arange(COMPONENTS) + rng.random(COMPONENTS)))
        shape = 1 / frequency_hz
        amplitude = shape * (rms * math.sqrt(2 / float(np.sum(shape**2))))
        return cls(amplitude, frequency_hz, rng.random(COMPONENTS) * 2 * math.pi)

    def at(self, t_s: Times) -> Times:
        """Return its value at times of any shape."""
        angle = 2 * math.pi * np.multiply.outer(t_s, self.frequency_hz) + self.phase_rad
        return np.asarray(np.sin(angle) @ self.amplitude)


class AimTrack:
    """Where the aim is sent, from point to point as half a cosine, so that it moves as smoothly as a hand."""

    def __init__(self, points: tuple[tuple[float, float, float, float], ...]) -> None:
        table = np.array(points or [(0.0, 0.0, 0.0, 0.0)])
        self._times, self._values = table[:, 0], table[:, 1:]

    def at(self, t_s: Times) -> Times:
        """Return x, y (fractions of the frame) and roll (degrees) at times of any shape, shape (..., 3).

        >>> AimTrack(((0, 0, 0, 0), (2, 0.2, 0, 6))).at(np.array([-1.0, 0.5, 1.0, 3.0]))[:, 0].round(4).tolist()
        [0.0, 0.0293, 0.1, 0.2]
        """
        along = np.interp(t_s, self._times, np.arange(len(self._times)))
        before = np.floor(along).astype(int)
        after = np.minimum(before + 1, len(self._times) - 1)
        share = ((1 - np.cos(np.pi * (along - before))) / 2)[..., None]
        return np.asarray((1 - share) * self._values[before] + share * self._values[after])


class CameraPath:
    """The camera's motion in a scene: pure functions of time."""

    def __init__(self, spec: SceneSpec) -> None:
        rng = np.random.default_rng([spec.seed, 1])
        self._spec = spec
        self._yaw = Sway.seeded(rng, spec.sway_deg)
        self._pitch = Sway.seeded(rng, spec.sway_deg)
        self._roll = Sway.seeded(rng, spec.roll_wobble_deg)
        self._track = AimTrack(spec.aim_track)

    def shift_px(self, t_s: Times, pixels_per_radian: float) -> Times:
        """Return how far the picture is shifted by sway and pan, shape (..., 2)."""
        turn_rad = np.radians(np.stack([self._yaw.at(t_s), self._pitch.at(t_s)], axis=-1))
        pan_px = np.multiply.outer(t_s, np.array(self._spec.pan_px_s) * self._spec.magnification)
        aim_px = self._track.at(t_s)[..., :2] * self._spec.whole_px
        return np.asarray(turn_rad * pixels_per_radian + pan_px + aim_px)

    def roll_deg(self, t_s: Times) -> Times:
        """Return the roll; positive turns the picture clockwise."""
        return self._spec.roll_deg + self._roll.at(t_s) + self._track.at(t_s)[..., 2]

    def walked_m(self, t_s: Times) -> Times:
        """Return how far the camera has come towards the card since t = 0."""
        return self._spec.walk_in_m_s * np.asarray(t_s, np.float64)


def smear(points_px: NDArray[np.float64]) -> tuple[float, float]:
    """Return length and direction of the smear that a path leaves, from points evenly spaced in time, shape (n, 2).

    An even, straight smear of length L has the variance L²/12 along itself; the length is that of the smear with the
    path's variance along its main axis. The direction is in degrees in [0, 180), y down; 0 for a path that stands.

    >>> length, direction = smear(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]) * 3)
    >>> round(length, 3), round(direction, 3)
    (12.728, 45.0)
    """
    n = len(points_px)
    covariance = np.cov(points_px.T, bias=True)
    values, vectors = np.linalg.eigh(covariance)
    if values[1] < 1e-12:
        return 0.0, 0.0
    # n points in the middles of n equal spans have a variance short of the even smear's by 1/n².
    length = math.sqrt(12 * values[1] / (1 - 1 / n**2))
    return length, math.degrees(math.atan2(vectors[1, 1], vectors[0, 1])) % 180
