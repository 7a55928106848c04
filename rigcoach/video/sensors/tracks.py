"""What sensors recorded beside a clip's pictures, in the picture's axes and on the clip's time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from rigcoach.measure.arrays import Floats
from rigcoach.video.geometry import Orientation
from rigcoach.video.sensors.samples import Part, Samples


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
            return None if track is None else track.changed(3, lambda _, values: values @ axes.T)

        image = self.image_turn
        if image is not None:
            image = image.changed(4, lambda _, turns: np.hstack((turns[:, :1], turns[:, 1:] @ axes.T)))
        return replace(
            self,
            gyro=turned(self.gyro),
            accelerometer=turned(self.accelerometer),
            gravity=turned(self.gravity),
            image_turn=image,
        )

    def image_rad_s(self) -> Samples | None:
        """Return how fast a stabilised picture turns against the body, (n, 3); `None` where it doesn't."""
        turns = self.image_turn
        return None if turns is None or len(turns) < 2 else Samples.of(3, _speeds(turns))


def _speeds(turns: Samples) -> Iterator[Part]:
    """Yield turning speeds by quaternions, real part first, each in the middle between two of them."""
    before_s, before = np.empty(0), np.empty((0, 4))
    for part_s, part in turns.parts():
        times_s, values = np.concatenate((before_s, part_s)), np.concatenate((before, part))
        w, axis = values[:, :1], values[:, 1:]
        # From each frame to the next: the quaternion's conjugate times the next one.
        real = w[:-1] * w[1:] + (axis[:-1] * axis[1:]).sum(1, keepdims=True)
        turned = w[:-1] * axis[1:] - w[1:] * axis[:-1] - np.cross(axis[:-1], axis[1:])
        yield (times_s[1:] + times_s[:-1]) / 2, 2 * np.sign(real) * turned / np.diff(times_s)[:, None]
        before_s, before = times_s[-1:], values[-1:]


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
        there: list[tuple[float, Samples]] = [
            (at_s, track) for at_s, track in tracks if track is not None and len(track)
        ]
        if not there or any(track.columns != there[0][1].columns for _, track in there):
            return None
        if len(there) == 1 and there[0][0] == 0.0:
            return there[0][1]
        return Samples.of(there[0][1].columns, (part for at_s, track in there for part in track.later(at_s)))

    first = found[0][1]
    return replace(
        first,
        gyro=one("gyro"),
        accelerometer=one("accelerometer"),
        gravity=one("gravity"),
        image_turn=one("image_turn"),
        exposure_s=one("exposure_s"),
    )
