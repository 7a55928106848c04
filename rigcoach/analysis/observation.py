"""One subject in one frame, as it was measured, and what must be known of the frame to measure it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from rigcoach.analysis.focus import FocusObservation
from rigcoach.analysis.results import RigOptics, Subject
from rigcoach.measure.card.card_pose import CardPose
from rigcoach.measure.card.focus_wedge import LensSetting
from rigcoach.measure.people.person_distance import PersonDistance
from rigcoach.measure.picture.framing import Framing
from rigcoach.measure.picture.heading import Side


@dataclass(frozen=True, slots=True)
class Observation:
    """One subject in one frame, measured; `camera_step_px` is how far what stands still moved since the last frame.

    `person` is how far away a person is by common sizes, `looks_to` the side that a face is turned to.
    """

    subject: Subject
    focus: FocusObservation
    framing: Framing
    distance_m: float | None
    shift_px: float | None
    pose: CardPose | None = None
    camera_step_px: tuple[float, float] | None = None
    person: PersonDistance | None = None
    looks_to: Side | None = None


class Pictures(Protocol):
    """The frames that are measured: a clip's, or those of a live view."""

    @property
    def width(self) -> int:
        """Of the upright frame, in pixels."""

    @property
    def height(self) -> int:
        """Of the upright frame, in pixels."""

    @property
    def fps(self) -> Fraction:
        """Frames a second."""


def lens_of(rig: RigOptics, pictures: Pictures) -> LensSetting | None:
    """Return the lens on the pixels of a clip; `None` where the rig doesn't tell."""
    if rig.focal_length_mm is None or rig.sensor_width_mm is None:
        return None
    return LensSetting(rig.focal_length_mm, rig.f_number, rig.sensor_width_mm / pictures.width)
