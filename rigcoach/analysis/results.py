"""What was measured on a clip, as data: the basis of scores, coaching and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from rigcoach.analysis.focus import Focus
from rigcoach.analysis.sequence import SequenceMeasurements
from rigcoach.analysis.shutter_times import ShutterTimes
from rigcoach.measure.card.card_pose import CardPose
from rigcoach.measure.motion.motion_bands import NOT_FOLLOWED, MotionBands
from rigcoach.measure.motion.rolling_shutter import Skew
from rigcoach.measure.people.person_distance import PersonDistance
from rigcoach.measure.picture.box import Box
from rigcoach.measure.picture.exposure import Exposure
from rigcoach.measure.picture.flicker import Flicker
from rigcoach.measure.picture.framing import ANYWHERE, Framing, WantedFrame
from rigcoach.measure.picture.log_curves import LogCurve, log_curve_named
from rigcoach.rig.profile import Profile
from rigcoach.video.clip import Clip


@dataclass(frozen=True, slots=True)
class RigOptics:
    """What of a rig the measures use: for distance and focus its lens and sensor, for smear its shutter speed.

    `sensor_width_mm` is the width of sensor that the movie frame covers; `readout_s` is how long its rows take to read.
    `log_curve` is the curve for grading that the rig records on, for clips that don't say so themselves.
    `shutter_times` are what the camera noted frame by frame; `shutter_s` is the middle of them then.
    """

    focal_length_mm: float | None = None
    sensor_width_mm: float | None = None
    shutter_s: float | None = None
    f_number: float | None = None
    readout_s: float | None = None
    log_curve: LogCurve | None = None
    shutter_times: ShutterTimes | None = None


def rig_optics(profile: Profile) -> RigOptics:
    """Return what a profile knows of the rig that the measures can use."""
    rig, body = profile.rig, profile.rig.body
    style = profile.settings.picture_style
    movie = None if body is None else body.movie
    return RigOptics(
        focal_length_mm=rig.focal_length_mm,
        sensor_width_mm=None if movie is None else movie.sensor_width_mm,
        shutter_s=profile.settings.shutter_s,
        f_number=rig.f_number_at_sensor(profile.settings.aperture),
        readout_s=None if movie is None or movie.readout_ms is None else movie.readout_ms / 1000,
        log_curve=None if style is None else log_curve_named(style),
    )


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """What to score: `kind` is "auto", "target", "face", "person" or "box"; a box is followed unless `fixed`.

    `height_m` is how tall the person is, where that is known.
    """

    kind: str = "auto"
    box: Box | None = None
    fixed: bool = False
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject in a frame: its box in pixels, and how sure the find is, from 0 to 1.

    `state` is "found" where it was found in this frame and "followed" where its movement led to it; `others` counts
    the faces or people beside it.
    """

    kind: str
    box: Box
    confidence: float
    state: str = "found"
    others: int = 0


@dataclass(frozen=True, slots=True)
class CameraReading:
    """What the camera's own sensors tell of a frame; `None` where they don't.

    Attributes
    ----------
    exposure_s
        How long it was exposed.
    roll_deg, pitch_deg
        By gravity: how far the picture is turned clockwise, and how far the camera looks up.
    turn_deg_s
        How fast the camera turned into the frame, by its gyro, about the picture's x (positive where it looks up), y
        (to the right) and z (clockwise).
    pictured_turn_deg_s
        The same by how the far parts of the picture moved.
    motion_px
        The smear that its turns leave of what is far, during the exposure.
    """

    exposure_s: float | None = None
    roll_deg: float | None = None
    pitch_deg: float | None = None
    turn_deg_s: tuple[float, float, float] | None = None
    pictured_turn_deg_s: tuple[float, float, float] | None = None
    motion_px: float | None = None


@dataclass(frozen=True, slots=True)
class GyroFit:
    """How a gyro's turns agree with the picture's, as `rigcoach.measure.motion.gyro_alignment.GyroAlignment` has it."""

    agreement: float
    rms_error_deg_s: float
    picture_deg_s: float
    offset_s: float
    focal_px: float


@dataclass(frozen=True, slots=True)
class SensorsUsed:
    """Which of a camera's sensors were believed.

    Attributes
    ----------
    source
        The camera or logger.
    exposure_s, readout_s
        The middle one of the exposure times, and how long the frame's rows took to read, as the camera noted them.
    gravity
        Where gravity is from: "gravity" for a track of it, "accelerometer" for what was felt and turned back by the
        gyro; `None` where it was not used.
    gyro
        How the gyro agrees with the picture; `None` where it was not used.
    refused
        What contradicts the picture, a sentence each.
    """

    source: str
    exposure_s: float | None = None
    readout_s: float | None = None
    gravity: str | None = None
    gyro: GyroFit | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameMeasurement:
    """All that was measured on one frame; `shift_px` is how far the subject, or the picture, moved since the last.

    `pose` is how the camera stood to the target card, where the rig is known, and `person` how far away the person is
    by a size that is much the same on everybody. `skew` is what the rolling shutter does, where the readout is known.
    `exposure` is the subject's where there is one, `picture` the whole frame's. `camera` is what its sensors tell.
    """

    t_s: float
    subject: Subject | None
    focus: Focus
    distance_m: float | None
    framing: Framing | None
    exposure: Exposure
    shift_px: float | None
    pose: CardPose | None = None
    person: PersonDistance | None = None
    skew: Skew | None = None
    picture: Exposure | None = None
    camera: CameraReading | None = None

    @property
    def roll_by(self) -> str | None:
        """What tells the roll: "gravity", "card" or "lines"; `None` where nothing does."""
        if self.framing is None or self.framing.roll_deg is None:
            return None
        if self.camera is not None and self.camera.roll_deg is not None:
            return "gravity"
        return "card" if self.subject is not None and self.subject.kind == "target" else "lines"

    @property
    def motion_by(self) -> str | None:
        """What tells the smear: "movement" through the frames around, or the "picture" itself; `None` where nothing."""
        if self.focus.motion_blur_px is None:
            return None
        return "picture" if self.subject is not None and self.subject.kind == "target" else "movement"

    @property
    def away_m(self) -> tuple[float, float] | None:
        """The subject's distance and its standard deviation, by a known size or else by a common one."""
        if self.distance_m is not None:
            sd_m = 0.0 if self.pose is None else self.pose.distance_sd_m
            return self.distance_m, self.person.sd_m if self.person is not None else sd_m
        return None if self.person is None else (self.person.distance_m, self.person.sd_m)


@dataclass(frozen=True, slots=True)
class ClipMeasurements:
    """A clip's frames, measured; `subject_kind` is `None` where none was found, `looked_for` says what was tried.

    `wanted` is the framing that the offsets are from, and that is scored against. `flicker` is the
    whole picture's, `None` where the clip is too short to tell. `motion` is what made the picture move, `sensors` which
    of the camera's were used, `None` where it recorded none; `sensor_notes` is what there is to know of them, and
    `search_notes` of how the subject was looked for.
    `sequence` is what makes a folder of stills a good one, `None` for clips. The frames of a long clip wait on the disk
    (`rigcoach.base.stored_sequence`): go through them in order.
    """

    clip: Clip
    subject_kind: str | None
    looked_for: str
    frames: Sequence[FrameMeasurement]
    wanted: WantedFrame = ANYWHERE
    flicker: Flicker | None = None
    motion: MotionBands = NOT_FOLLOWED
    sensors: SensorsUsed | None = None
    sensor_notes: tuple[str, ...] = ()
    sequence: SequenceMeasurements | None = None
    search_notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the photographer should know of how the clip and its sensors were read, and how it was looked."""
        return (*self.clip.notes, *self.sensor_notes, *self.search_notes)

    @property
    def duration_s(self) -> float:
        """Length of the footage: what the file says, unless it says nothing, or more was seen than it says."""
        if not self.frames:
            return self.clip.duration_s or 0.0
        step_s = 1 / float(self.clip.fps)
        seen_s, told_s = self.frames[-1].t_s + step_s, self.clip.duration_s
        return seen_s if told_s is None or seen_s > told_s + 2 * step_s else told_s

    @property
    def found_ratio(self) -> float:
        """Share of the frames in which the subject was found."""
        return sum(frame.subject is not None for frame in self.frames) / max(len(self.frames), 1)
