"""How to frame a person with a rig held at a height: the pitch, what is seen then, and what to change."""

import math
from dataclasses import dataclass

from rigcoach.optics.shots import CUTS, FIGURE_HEADS, SCALES, shot_scale
from rigcoach.optics.view import (
    Covered,
    Viewpoint,
    covered,
    distance_for_share_m,
    feet_from_m,
    height_for_feet_m,
    level_distance_m,
    level_height_m,
    pitch_for_headroom,
)

CAMERA_HEIGHTS_M = {"hip": 0.95, "chest": 1.25, "eye": 1.60, "overhead": 2.20}
"""How high a camera is held, by the names that drills use: of an adult of middling height; overhead with arms up."""

HEADROOM = (0.04, 0.15)
"""The room above a standing figure that a drill without a wish of its own is held to, in frame heights."""
_HEADROOM_AIMED_AT = 0.08
_LOWEST_M, _HIGHEST_M = 0.4, 2.4  # of a camera held or hung


@dataclass(frozen=True, slots=True)
class Person:
    """Who is framed: how tall, and the band of room wanted above them, in frame heights."""

    height_m: float
    headroom: tuple[float, float] = HEADROOM

    @property
    def aimed_at(self) -> float:
        """The headroom to aim at: 8 % where the band holds it, else the band's middle."""
        low, high = self.headroom
        return _HEADROOM_AIMED_AT if low <= _HEADROOM_AIMED_AT <= high else (low + high) / 2

    @property
    def head_m(self) -> float:
        """From crown to chin."""
        return self.height_m / FIGURE_HEADS


@dataclass(frozen=True, slots=True)
class Aim:
    """How to frame a person at a distance.

    Attributes
    ----------
    distance_m
        From the lens to the person, along the ground.
    level
        What a level camera covers.
    level_headroom
        The room above the person that a level camera leaves, in frame heights; negative where the head is cut.
    pitch_deg, pitch_band_deg
        How far to tip the camera, up positive, for the headroom aimed at and for the ends of the band.
    tipped
        What it covers then.
    shot, cut, clean_cut
        The scale of that shot; where its lower edge cuts the figure, and whether that is a good place. `cut` is "full"
        where the feet are in, and empty between two places that have names.
    level_distance_m, level_height_m
        Where to stand instead, or how high to hold the camera, to have this headroom without tipping; None where there
        is no such place.
    feet_from_m, feet_height_m
        Where to stand instead, or the lowest height to hold the camera up to, to have the feet in as well.
    """

    distance_m: float
    level: Covered
    level_headroom: float
    pitch_deg: float
    pitch_band_deg: tuple[float, float]
    tipped: Covered
    shot: str
    cut: str
    clean_cut: bool
    level_distance_m: float | None
    level_height_m: float | None
    feet_from_m: float
    feet_height_m: float | None


def aim_at(camera: Viewpoint, person: Person, distance_m: float) -> Aim:
    """Return how to frame a person at a distance."""
    headroom = person.aimed_at
    pitch = pitch_for_headroom(camera, person.height_m, distance_m, headroom)
    low, high = (pitch_for_headroom(camera, person.height_m, distance_m, room) for room in person.headroom)
    tipped = covered(camera, distance_m, pitch)
    cut, clean = _cut((person.height_m - tipped.bottom_m) / person.head_m)
    hung_m = level_height_m(camera, person.height_m, distance_m, headroom)
    return Aim(
        distance_m=distance_m,
        level=covered(camera, distance_m),
        level_headroom=0.5 - _seen(camera, person.height_m, distance_m, 0.0),
        pitch_deg=pitch,
        pitch_band_deg=(low, high),
        tipped=tipped,
        shot=shot_scale(_head_share(camera, person, distance_m, pitch)),
        cut=cut,
        clean_cut=clean,
        level_distance_m=level_distance_m(camera, person.height_m, headroom),
        level_height_m=hung_m if _LOWEST_M <= hung_m <= _HIGHEST_M else None,
        feet_from_m=feet_from_m(camera, person.height_m, headroom),
        feet_height_m=height_for_feet_m(camera, person.height_m, distance_m, headroom, _HIGHEST_M),
    )


def shot_distances_m(camera: Viewpoint, person: Person, shot: str) -> tuple[float, float]:
    """Return from where to where a person makes a shot of this scale, its name as in `rigcoach.optics.shots.SHOTS`.

    The distances are those of a camera looking straight at the head; one that has to show the feet is no nearer than
    they are in the frame. The far end of the farthest is infinite.
    """
    names = [name for _, name in SCALES]
    bounds = [0.0, *(largest for largest, _ in SCALES), 1.0]
    at = names.index(shot) if shot in names else len(names)
    near_m = distance_for_share_m(camera, person.head_m, bounds[at + 1])
    far_m = math.inf if at == 0 else distance_for_share_m(camera, person.head_m, bounds[at])
    if at <= names.index("full shot"):
        near_m = max(near_m, feet_from_m(camera, person.height_m, person.aimed_at))
    return near_m, max(near_m, far_m)


def _cut(heads_shown: float) -> tuple[str, bool]:
    """Return where the lower edge cuts a figure of which so many heads are shown; the figure ends after its last."""
    if heads_shown >= FIGURE_HEADS:
        return "full", True
    for name, start, to, clean in CUTS:
        if start <= heads_shown <= to:
            return name, clean
    return "", True


def _head_share(camera: Viewpoint, person: Person, distance_m: float, pitch_deg: float) -> float:
    crown, chin = (
        _seen(camera, height_m, distance_m, pitch_deg)
        for height_m in (person.height_m, person.height_m - person.head_m)
    )
    return abs(crown - chin)


def _seen(camera: Viewpoint, height_m: float, distance_m: float, pitch_deg: float) -> float:
    """Return how far above the frame's middle a height is seen, in frame heights."""
    elevation = math.atan2(height_m - camera.height_m, distance_m) - math.radians(pitch_deg)
    return math.tan(elevation) / (2 * camera.half_tan)
