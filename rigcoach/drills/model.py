"""A drill as data: what to rehearse, how often, and what counts as passed."""

from dataclasses import dataclass, replace
from pathlib import Path

from rigcoach.base.units import distance_text
from rigcoach.measure.picture.framing import WantedFrame
from rigcoach.optics.aim import CAMERA_HEIGHTS_M
from rigcoach.optics.shots import SHOT_NAMES

CAMERA_HEIGHTS = tuple(CAMERA_HEIGHTS_M)
MOVES = ("stand", "walk-towards", "walk-away", "walk-across", "pan", "whip")
FEEDBACKS = ("every", "bandwidth", "faded", "summary", "none")
SUBJECTS = ("auto", "target", "face", "person")
PLACES = {"centre": (0.5, 0.5), "left-third": (1 / 3, 0.5), "right-third": (2 / 3, 0.5)}

_SIDE = 0.05  # a place nearer to the middle than this, in frame widths, is on no side

# With these moves the subject stays as far away as it was.
_DISTANCE_KEPT = ("stand", "pan", "whip")
_HEIGHT_WORDS = {**{height: f"from the {height}" for height in CAMERA_HEIGHTS}, "overhead": "from overhead"}
_MOVE_WORDS = {
    "stand": "standing",
    "walk-across": "the subject walks across",
    "pan": "pan with the walker",
    "whip": "whip round and settle",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What one take rehearses.

    Attributes
    ----------
    distance_m
        From the lens to the subject; at the start, where it changes.
    to_m
        The distance at the end of a walk towards or away; None where it stays.
    move
        One of `MOVES`.
    camera_height
        One of `CAMERA_HEIGHTS`.
    place
        Where the subject's centre is wanted, in fractions of the frame's width and height.
    seconds
        How long the take lasts.
    """

    distance_m: float
    to_m: float | None = None
    move: str = "stand"
    camera_height: str = "chest"
    place: tuple[float, float] = PLACES["centre"]
    seconds: float = 8.0

    @property
    def side(self) -> str:
        """On which side of the frame the subject is wanted: "left", "centre" or "right".

        >>> Station(distance_m=2, place=(1 / 3, 0.5)).side
        'left'
        """
        off = self.place[0] - 0.5
        return "left" if off < -_SIDE else "right" if off > _SIDE else "centre"

    @property
    def kept_distance_m(self) -> float | None:
        """The distance, where it is to stay the same all through the take.

        >>> Station(distance_m=2).kept_distance_m, Station(distance_m=5, to_m=2, move="walk-towards").kept_distance_m
        (2, None)
        """
        return self.distance_m if self.to_m is None and self.move in _DISTANCE_KEPT else None

    @property
    def distance_text(self) -> str:
        """The distance as it is told: ``3 m`` or ``5 m to 2 m``."""
        begins = distance_text(self.distance_m)
        return begins if self.to_m is None else f"{begins} to {distance_text(self.to_m)}"

    @property
    def announcement(self) -> str:
        """The take as it is said before it begins.

        >>> Station(distance_m=5, to_m=2, move="walk-towards", camera_height="hip").announcement
        'walk towards, 5 m to 2 m, from the hip'
        """
        move = _MOVE_WORDS.get(self.move, self.move.replace("-", " "))
        parts = [move, self.distance_text] if self.to_m is not None else [self.distance_text, move]
        parts.append(_HEIGHT_WORDS[self.camera_height])
        if self.side != "centre":
            parts.append(f"subject in the {self.side} third")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FramingTarget:
    """The framing that is wanted, besides each take's place.

    Attributes
    ----------
    subject
        One of `SUBJECTS`.
    scale
        The size as a shot scale, such as "medium"; empty where any will do.
    headroom
        The band that the room above the subject should keep to, in frame heights; None where any will do.
    roll_tolerance_deg
        How far off level is still level.
    lead_room
        The band that the room ahead of a person who walks or looks aside should keep to, in frame widths; None where
        any will do.
    """

    subject: str = "auto"
    scale: str = ""
    headroom: tuple[float, float] | None = None
    roll_tolerance_deg: float = 2.0
    lead_room: tuple[float, float] | None = None

    def wanted_at(self, station: Station) -> WantedFrame:
        """Return the framing to score a take against."""
        return WantedFrame(
            station.place,
            self.headroom,
            self.roll_tolerance_deg,
            SHOT_NAMES.get(self.scale, ""),
            self.lead_room,
            station.kept_distance_m,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A drill.

    Attributes
    ----------
    name, description
        What it is called, and what it is for.
    level
        Its place in the order of learning, from 1; 0 where it has none.
    profile
        The profile that the rig is given.
    blind
        Whether nothing is to be seen: the body's screen off, no picture on the computer.
    fixed
        Whether the takes are always the same, so that scores can be compared over months.
    frame
        The framing that is wanted.
    focus_tolerance_px
        The blur radius up to which the subject is in focus, frame by frame and a take as a whole, in pixels of a frame
        up to 1080p.
    pass_mark
        The mean overall score that passes a session.
    pass_keepers
        The mean share of keepers that passes it; 0 in sessions from before drills had one.
    pass_framing
        The mean framing score that passes it; 0 where none is asked for.
    pass_distance
        How far off the distance asked for the subject may be, over that distance, in the median of the takes; 0 where
        nothing is asked.
    feedback
        When something is said of a take that was scored: one of `FEEDBACKS`.
    pause_s
        Between two takes, for getting ready.
    stations
        What each take rehearses, one for each take.
    path
        The file that it was read from.
    """

    name: str
    description: str
    level: int
    profile: str
    blind: bool
    fixed: bool
    frame: FramingTarget
    focus_tolerance_px: float
    pass_mark: float
    pause_s: float
    stations: tuple[Station, ...]
    path: Path
    pass_keepers: float = 0.0
    pass_framing: float = 0.0
    pass_distance: float = 0.0
    feedback: str = "every"

    def wanted_at(self, station: Station) -> WantedFrame:
        """Return the framing, and how sharp, to score a take against."""
        return replace(self.frame.wanted_at(station), blur_limit_px=self.focus_tolerance_px)
