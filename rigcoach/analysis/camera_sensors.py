"""What a camera's own sensors recorded, compared with its pictures: what contradicts them is not used.

Exposure times make the smear exact, gravity tells roll and pitch on every frame, the gyro how the camera turned.
"""

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from rigcoach.analysis.results import CameraReading, ClipMeasurements, FrameMeasurement, GyroFit, RigOptics, SensorsUsed
from rigcoach.analysis.shutter_times import ShutterTimes
from rigcoach.base.stored_sequence import StoredSequence, stored
from rigcoach.measure.arrays import Floats
from rigcoach.measure.blur.motion_blur import motion_blur_of
from rigcoach.measure.motion.camera_rotation import Turn, camera_turn
from rigcoach.measure.motion.gravity import felt_gravity, roll_pitch_deg
from rigcoach.measure.motion.gyro_alignment import LEAST_TURNING_DEG_S, GyroAlignment, align_gyro
from rigcoach.measure.motion.readings import moments
from rigcoach.measure.motion.running_integral import running_integral
from rigcoach.measure.picture.pyramid import Pyramid
from rigcoach.measure.picture.roll import roll_from_lines
from rigcoach.video.clip import Clip
from rigcoach.video.sensors.reading import read_sensors
from rigcoach.video.sensors.samples import Samples
from rigcoach.video.sensors.tracks import SensorTracks

# Straight lines are looked for this often, to hold gravity against.
_ROLLS_PER_S = 1.0
_FEWEST_ROLLS = 3
# Walls lean, and sensors are mounted a degree askew; beyond this the picture is right.
_MOST_ROLL_APART_DEG = 5.0
# How far gravity's roll is off the horizon, as docs/accuracy.md has it of a real camera.
_GRAVITY_SD_DEG = 1.0
# A gyro is told by turns of so many degrees a second; then this much of them has to be the picture's.
_TURNING_DEG_S = 2.0
_LEAST_AGREEMENT, _LEAST_LOG_AGREEMENT = 0.5, 0.7
_MOST_ERROR = 0.75
_MOMENTS = 24
# A picture that turns faster than this against its camera is stabilised.
_STABILISED_RAD_S = math.radians(0.3)
# A frame is exposed no longer than it lasts.
_LONGEST_EXPOSURE_FRAMES = 1.05


@dataclass(frozen=True, slots=True, eq=False)
class _Gravity:
    roll_deg: Floats
    pitch_deg: Floats


class CameraSensors:
    """A clip's sensor tracks, and what its frames show, told one by one, to hold them against."""

    def __init__(self, clip: Clip, tracks: SensorTracks, rig: RigOptics) -> None:
        self._clip = clip
        self._tracks = tracks
        self._refused: list[str] = []
        self._times_s = array("d")
        # A kilobyte a frame: put aside until all are in.
        self._turns: StoredSequence[Turn | None] = StoredSequence()
        self._rolls: list[tuple[int, float]] = []
        self._previous: Pyramid | None = None
        self._next_roll_s = 0.0
        self._focal_px = None
        if rig.focal_length_mm is not None and rig.sensor_width_mm is not None:
            self._focal_px = rig.focal_length_mm / rig.sensor_width_mm * clip.width
        self._exposures = self._believed_exposures()

    def rig(self, rig: RigOptics) -> RigOptics:
        """Return what is known of the rig with what the camera noted: exposure times and readout."""
        if self._exposures is not None:
            rig = replace(rig, shutter_s=self._exposures.median_s, shutter_times=self._exposures)
        return replace(rig, readout_s=self._tracks.readout_s) if rig.readout_s is None else rig

    def add(self, picture: Pyramid, t_s: float) -> None:
        """Take the next frame, at its time."""
        wanted = self._tracks.gyro is not None
        self._turns.append(None if self._previous is None or not wanted else camera_turn(self._previous, picture))
        if t_s >= self._next_roll_s and (self._tracks.gravity or self._tracks.accelerometer) is not None:
            self._next_roll_s = t_s + 1 / _ROLLS_PER_S
            roll = roll_from_lines(picture.luma)
            if roll is not None:
                self._rolls.append((len(self._times_s), roll.roll_deg))
        self._times_s.append(t_s)
        self._previous = picture

    def applied(self, measures: ClipMeasurements) -> ClipMeasurements:
        """Return a clip's measurements with what the sensors tell, each with its source."""
        aligned = self._believed_gyro()
        gravity = self._believed_gravity(aligned, measures)
        exposures = self._exposures
        smears = None if aligned is None or exposures is None else self._smears(aligned, exposures)
        frames = stored(
            self._with_reading(frame, i, aligned, gravity, smears) for i, frame in enumerate(measures.frames)
        )
        name = measures.clip.path.name
        return replace(
            measures,
            sensor_notes=(*measures.sensor_notes, *(f"{name}: {each}" for each in self._refused)),
            frames=frames,
            sensors=SensorsUsed(
                source=self._tracks.source,
                exposure_s=None if exposures is None else exposures.median_s,
                readout_s=self._tracks.readout_s,
                gravity=None if gravity is None else "gravity" if self._tracks.gravity is not None else "accelerometer",
                gyro=None
                if aligned is None
                else GyroFit(
                    agreement=aligned.agreement,
                    rms_error_deg_s=aligned.rms_error_deg_s,
                    picture_deg_s=aligned.picture_deg_s,
                    offset_s=aligned.offset_s,
                    focal_px=aligned.focal_px,
                ),
                refused=tuple(self._refused),
            ),
        )

    def _with_reading(
        self,
        frame: FrameMeasurement,
        i: int,
        aligned: GyroAlignment | None,
        gravity: _Gravity | None,
        smears: Floats | None,
    ) -> FrameMeasurement:
        reading = CameraReading(
            exposure_s=None if self._exposures is None else self._exposures.at(frame.t_s),
            roll_deg=None if gravity is None else _known(gravity.roll_deg[i]),
            pitch_deg=None if gravity is None else _known(gravity.pitch_deg[i]),
            turn_deg_s=None if aligned is None else _triple(aligned.turns_deg_s[i]),
            pictured_turn_deg_s=None if aligned is None else _triple(aligned.pictured_deg_s[i]),
            motion_px=None if smears is None else _known(smears[i]),
        )
        framing = frame.framing
        if framing is not None and reading.roll_deg is not None:
            roll_deg = reading.roll_deg
            interval = (roll_deg - 2 * _GRAVITY_SD_DEG, roll_deg + 2 * _GRAVITY_SD_DEG)
            framing = replace(framing, roll_deg=roll_deg, roll_deg_interval=interval, roll_confidence=1.0)
        return replace(frame, framing=framing, camera=reading)

    def _believed_exposures(self) -> ShutterTimes | None:
        track = self._tracks.exposure_s
        if track is None or track.columns != 1:
            return None
        seconds, most_s = array("d"), _LONGEST_EXPOSURE_FRAMES / float(self._clip.fps)
        times_s = array("d")
        for part_s, values in track.parts():
            times_s.frombytes(part_s.tobytes())
            seconds.frombytes(values.tobytes())
        if not all(0 < each <= most_s for each in seconds):
            self._refused.append(
                f"the exposure times in it run to {max(seconds):.3g} s, which no frame of "
                f"{1 / float(self._clip.fps):.3g} s can have had; they are not used"
            )
            return None
        return ShutterTimes(times_s, seconds)

    def _believed_gyro(self) -> GyroAlignment | None:
        gyro = self._tracks.gyro
        if gyro is None:
            return None
        log = not self._tracks.same_clock
        found = (
            align_gyro(
                self._turns,
                self._times_s,
                turning,
                self._clip.width,
                same_clock=not log,
                focal_px=self._focal_px,
            )
            for turning in _picture_turning(gyro, self._tracks.image_rad_s())
        )
        aligned = max((each for each in found if each is not None), key=lambda each: each.agreement, default=None)
        if aligned is None:
            if log:
                self._refused.append(f"{self._tracks.source} cannot be matched to it; it is not used")
            return None
        speed_deg_s = max(aligned.picture_deg_s, aligned.gyro_deg_s)
        if log and (aligned.agreement < _LEAST_LOG_AGREEMENT or aligned.picture_deg_s < LEAST_TURNING_DEG_S):
            self._refused.append(
                f"{self._tracks.source} cannot be matched to its movement (they agree by {aligned.agreement:.2f}); "
                "it is not used"
            )
            return None
        contradicts = aligned.agreement < _LEAST_AGREEMENT or aligned.rms_error_deg_s > _MOST_ERROR * speed_deg_s
        if speed_deg_s >= _TURNING_DEG_S and contradicts:
            self._refused.append(
                f"its gyro turns by {aligned.gyro_deg_s:.1f}° a second, its picture by {aligned.picture_deg_s:.1f}°, "
                f"and they agree by {aligned.agreement:.2f} only; the gyro is not used"
            )
            return None
        return aligned

    def _believed_gravity(self, aligned: GyroAlignment | None, measures: ClipMeasurements) -> _Gravity | None:
        track = self._gravity_track(aligned)
        if track is None:
            return None
        roll, pitch = roll_pitch_deg(track.at(self._times_s))
        pictured: Iterable[tuple[int, float]] = self._rolls
        if measures.subject_kind == "target":
            pictured = (
                (i, frame.framing.roll_deg)
                for i, frame in enumerate(measures.frames)
                if frame.framing is not None and frame.framing.roll_deg is not None
            )
        apart = array("d", (float(roll[i]) - by_picture for i, by_picture in pictured if math.isfinite(roll[i])))
        between = (
            float(np.median(np.frombuffer(apart))) if len(apart) >= min(_FEWEST_ROLLS, len(self._times_s)) else 0.0
        )
        if abs((between + 180) % 360 - 180) > _MOST_ROLL_APART_DEG:
            what = "the target card" if measures.subject_kind == "target" else "the straight lines in its picture"
            self._refused.append(
                f"its roll is {abs(between):.0f}° off {what} by gravity; the picture is believed, gravity is not used"
            )
            return None
        return _Gravity(roll, pitch)

    def _gravity_track(self, aligned: GyroAlignment | None) -> Samples | None:
        """Return gravity on the clip's clock: as it was recorded, or else by accelerometer and gyro."""
        tracks = self._tracks
        if tracks.gravity is not None:
            return tracks.gravity
        if tracks.accelerometer is None or tracks.gyro is None or aligned is None:
            return None
        found = felt_gravity(
            tracks.accelerometer,
            tracks.gyro,
            axes=aligned.axes,
            drift_rad_s=aligned.drift_rad_s,
            offset_s=aligned.offset_s,
        )
        return None if found is None else Samples.of(3, found)

    def _smears(self, aligned: GyroAlignment, exposures: ShutterTimes) -> Floats:
        """Return how long a smear the camera's turns make of what is far, at the frame's middle, in each frame."""
        gyro = self._tracks.gyro
        smears = np.full(len(self._times_s), np.nan)
        if gyro is None:
            return smears
        first_s, last_s = gyro.first_s, gyro.last_s
        for start, end in moments(self._times_s):
            middles = np.asarray(self._times_s[start:end]) + aligned.offset_s
            exposed_s = np.array([exposures.at(t_s) for t_s in self._times_s[start:end]])
            ends_s = float((middles + exposed_s / 2).max())
            times_s, values = gyro.between(float((middles - exposed_s / 2).min()), ends_s)
            summed = running_integral(times_s, values)
            for i in range(start, end):
                at = middles[i - start] + exposed_s[i - start] * np.linspace(-0.5, 0.5, _MOMENTS)
                if at[0] < first_s or at[-1] > last_s:
                    continue
                turned = np.stack([np.interp(at, times_s, column) for column in summed.T], axis=1)
                turned = turned @ aligned.axes.T - aligned.drift_rad_s * (at - at[0])[:, None]
                about_x, about_y = turned[:, 0], turned[:, 1]
                smears[i] = motion_blur_of(aligned.focal_px * np.stack((-about_y, about_x), axis=1)).length_px
        return smears


def _picture_turning(gyro: Samples, stabilised: Samples | None) -> Iterator[Samples]:
    """Yield how the picture may turn by a gyro, and by how it was stabilised against that."""
    yield gyro
    if stabilised is None:
        return
    squares = sum(float((stabilised.interpolated(times_s) ** 2).sum()) for times_s, _ in gyro.parts())
    if math.sqrt(squares / len(gyro)) > _STABILISED_RAD_S:
        # What is told of the picture's own turn is told in either sense: the picture decides.
        yield gyro.changed(3, lambda times_s, values: values + stabilised.interpolated(times_s))
        yield gyro.changed(3, lambda times_s, values: values - stabilised.interpolated(times_s))


def sensors_of(clip: Clip, rig: RigOptics) -> tuple[CameraSensors | None, tuple[str, ...]]:
    """Return a clip's sensors, `None` where it has none, and what there is to know of them."""
    tracks, notes = read_sensors(clip)
    return (None if tracks is None else CameraSensors(clip, tracks, rig)), notes


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _triple(values: Floats) -> tuple[float, float, float] | None:
    x, y, z = (float(value) for value in values)
    return (x, y, z) if all(map(math.isfinite, (x, y, z))) else None
