"""What sensors recorded beside a clip's pictures, in the picture's axes and on the clip's time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.video.geometry import Orientation


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Readings of one sensor: `times_s`, (n,), from the clip's first frame, and `values`, (n, k)."""

    times_s: Floats
    values: Floats

    def __len__(self) -> int:
        """How many there are."""
        return len(self.times_s)

    def later(self, by_s: float) -> "Samples":
        """Return them so much later."""
        if by_s == 0.0:
            return self
        return replace(self, times_s=self.times_s + by_s)

    def at(self, times_s: Sequence[float]) -> Floats:
        """Return the readings at times, (m, k), between two of them along a line; NaN beyond the first and last."""
        wanted = np.asarray(times_s, dtype=np.float64)
        step_s = float(np.median(np.diff(self.times_s))) if len(self) > 1 else 0.0
        found = np.stack([np.interp(wanted, self.times_s, column) for column in self.values.T], axis=1)
        found[(wanted < self.times_s[0] - 1.5 * step_s) | (wanted > self.times_s[-1] + 1.5 * step_s)] = np.nan
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class SensorTracks:
    """What was recorded of a camera's movement and exposure; what was not is `None`.

    Axes are those of the upright picture: x to the right, y down, z into the scene.

    Attributes
    ----------
    source
        The camera or logger, as it calls itself.
    gyro
        Turning speeds of the body in radians a second, (n, 3).
    accelerometer
        What was felt in m/s², (n, 3): at rest 9.8 upwards, which is along negative y.
    gravity
        Unit vectors to where gravity points from the picture, (n, 3), one a frame.
    image_turn
        How a stabilised picture is turned against the body, as quaternions with the real part first, (n, 4).
    exposure_s
        How long frames were exposed, (n, 1), one a frame.
    readout_s
        From the reading of a frame's first row to that of its last.
    same_clock
        Whether times are the clip's own; otherwise they are to be found by the movement.
    """

    source: str
    gyro: Samples | None = None
    accelerometer: Samples | None = None
    gravity: Samples | None = None
    image_turn: Samples | None = None
    exposure_s: Samples | None = None
    readout_s: float | None = None
    same_clock: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read."""
        return all(each is None for each in (self.gyro, self.accelerometer, self.gravity, self.exposure_s))

    def upright(self, orientation: Orientation) -> "SensorTracks":
        """Return them in the axes of a picture that is turned so to be upright."""
        axes = _axes(orientation)
        if np.array_equal(axes, np.eye(3)):
            return self

        def turned(track: Samples | None) -> Samples | None:
            return None if track is None else replace(track, values=track.values @ axes.T)

        image = self.image_turn
        if image is not None:
            image = replace(image, values=np.hstack((image.values[:, :1], image.values[:, 1:] @ axes.T)))
        return replace(
            self,
            gyro=turned(self.gyro),
            accelerometer=turned(self.accelerometer),
            gravity=turned(self.gravity),
            image_turn=image,
        )

    def image_rad_s(self, times_s: Floats) -> Floats | None:
        """Return how fast a stabilised picture turns against the body, (n, 3); `None` where it doesn't."""
        if self.image_turn is None or len(self.image_turn) < 2:
            return None
        w, axis = self.image_turn.values[:, :1], self.image_turn.values[:, 1:]
        # From each frame to the next: the quaternion's conjugate times the next one.
        real = w[:-1] * w[1:] + (axis[:-1] * axis[1:]).sum(1, keepdims=True)
        turns = w[:-1] * axis[1:] - w[1:] * axis[:-1] - np.cross(axis[:-1], axis[1:])
        speeds = 2 * np.sign(real) * turns / np.diff(self.image_turn.times_s)[:, None]
        middles = (self.image_turn.times_s[1:] + self.image_turn.times_s[:-1]) / 2
        return np.stack([np.interp(times_s, middles, column) for column in speeds.T], axis=1)


def _axes(orientation: Orientation) -> Floats:
    """Return the matrix from a stored picture's axes to the upright one's; a mirrored one is taken as not mirrored."""
    across = np.eye(3)
    if orientation.transposed:
        across = across[[1, 0, 2]]
    signs = (-1.0 if orientation.columns_reversed else 1.0, -1.0 if orientation.rows_reversed else 1.0, 1.0)
    matrix = np.diag(signs) @ across
    # What was recorded of a mirrored world turns the other way; cameras don't record that.
    return np.asarray(matrix if np.linalg.det(matrix) > 0 else np.eye(3), dtype=np.float64)


def joined(parts: Iterable[tuple[float, SensorTracks | None]]) -> SensorTracks | None:
    """Return the tracks of a recording's files as one, each with the time at which its file begins."""
    found = [(starts_s, tracks) for starts_s, tracks in parts if tracks is not None]
    if not found:
        return None

    def one(name: str) -> Samples | None:
        tracks = [(starts_s, getattr(each, name)) for starts_s, each in found]
        there: list[Samples] = [track.later(at_s) for at_s, track in tracks if track is not None and len(track)]
        if not there:
            return None
        if len(there) == 1 and (np.diff(there[0].times_s) >= 0).all():
            return there[0]
        times = np.concatenate([track.times_s for track in there])
        values = np.concatenate([track.values for track in there])
        order = np.argsort(times, kind="stable")
        return Samples(times[order], values[order])

    first = found[0][1]
    return replace(
        first,
        gyro=one("gyro"),
        accelerometer=one("accelerometer"),
        gravity=one("gravity"),
        image_turn=one("image_turn"),
        exposure_s=one("exposure_s"),
    )
