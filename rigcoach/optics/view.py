"""How a camera at a height frames somebody who stands in front of it: what it covers, and how to tip it.

Plain geometry of a camera that looks level or is tipped about its horizontal axis at an upright figure: heights on the
figure are seen at tan(elevation), and a frame of vertical angle of view 2 atan(d/2f) (S. F. Ray, *Applied Photographic
Optics*, 3rd ed., 2002, chapter 5) holds what lies within half of it from the axis. The angle of view is that at
infinity; a lens focused close by sees a little less: by f/u.
"""

import math
from dataclasses import dataclass

_HALVINGS = 60
_NEAREST_M, _FARTHEST_M = 0.3, 100.0


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A camera's vertical angle of view, and how high above the ground its lens is."""

    view_high_deg: float
    height_m: float

    @property
    def half_tan(self) -> float:
        """The tangent of half the angle of view."""
        return math.tan(math.radians(self.view_high_deg / 2))


@dataclass(frozen=True, slots=True)
class Covered:
    """The heights above the ground that a frame shows at a distance; below zero where it shows ground on this side."""

    bottom_m: float
    top_m: float

    @property
    def feet_in(self) -> bool:
        """Whether somebody who stands there has their feet in the frame."""
        return self.bottom_m <= 0


def covered(camera: Viewpoint, distance_m: float, pitch_deg: float = 0.0) -> Covered:
    """Return what a camera covers at a distance; `pitch_deg` is positive upwards.

    >>> level = covered(Viewpoint(39.76, 0.95), 2.0)
    >>> round(level.bottom_m, 2), round(level.top_m, 2)
    (0.23, 1.67)
    """
    half = camera.view_high_deg / 2
    bottom, top = (
        camera.height_m + distance_m * math.tan(math.radians(max(-89.9, min(89.9, pitch_deg + way * half))))
        for way in (-1, 1)
    )
    return Covered(bottom, top)


def pitch_for_headroom(camera: Viewpoint, subject_height_m: float, distance_m: float, headroom: float) -> float:
    """Return the pitch, in degrees, that leaves a share `headroom` of the frame's height above the subject.

    >>> camera = Viewpoint(39.76, 0.95)
    >>> [round(pitch_for_headroom(camera, 1.70, distance_m, 0.08), 1) for distance_m in (2.0, 3.0)]
    [3.7, -2.9]
    """
    crown = math.atan2(subject_height_m - camera.height_m, distance_m)
    return math.degrees(crown - math.atan((1 - 2 * headroom) * camera.half_tan))


def level_distance_m(camera: Viewpoint, subject_height_m: float, headroom: float) -> float | None:
    """Return how far away a level camera leaves this headroom; `None` where it does nowhere.

    >>> round(level_distance_m(Viewpoint(39.76, 0.95), 1.70, 0.08), 2)
    2.47
    """
    above = subject_height_m - camera.height_m
    distance_m = above / ((1 - 2 * headroom) * camera.half_tan)
    return distance_m if distance_m > 0 else None


def level_height_m(camera: Viewpoint, subject_height_m: float, distance_m: float, headroom: float) -> float:
    """Return how high a level camera hangs to leave this headroom at a distance.

    >>> round(level_height_m(Viewpoint(39.76, 0.95), 1.70, 2.0, 0.08), 2)
    1.09
    """
    return subject_height_m - (1 - 2 * headroom) * camera.half_tan * distance_m


def feet_from_m(camera: Viewpoint, subject_height_m: float, headroom: float) -> float:
    """Return the distance from which on the feet are in the frame, tipped for this headroom.

    The angle between crown and feet shrinks with distance once it is beyond the one at which it is widest; what is
    nearer than that is no distance to frame a whole figure from.
    """

    def feet_in(distance_m: float) -> bool:
        pitch = pitch_for_headroom(camera, subject_height_m, distance_m, headroom)
        return covered(camera, distance_m, pitch).feet_in

    # Above the crown the angle is widest at the root of the product of both heights, and falls on either side.
    below = camera.height_m * (camera.height_m - subject_height_m)
    low, high = max(_NEAREST_M, math.sqrt(max(below, 0.0))), _FARTHEST_M
    if feet_in(low):
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if feet_in(middle) else (middle, high)
    return high


def height_for_feet_m(
    camera: Viewpoint, subject_height_m: float, distance_m: float, headroom: float, highest_m: float
) -> float | None:
    """Return the lowest camera height above its own at which the feet are in too; `None` up to `highest_m`.

    From above a figure is seen foreshortened, so it fits nearer.
    """
    for step in range(math.ceil((highest_m - camera.height_m) * 100) + 1):
        raised = Viewpoint(camera.view_high_deg, camera.height_m + step / 100)
        pitch = pitch_for_headroom(raised, subject_height_m, distance_m, headroom)
        if covered(raised, distance_m, pitch).feet_in:
            return raised.height_m
    return None


def distance_for_share_m(camera: Viewpoint, size_m: float, share: float) -> float:
    """Return how far away something of a size takes a share of the frame's height.

    >>> round(distance_for_share_m(Viewpoint(39.76, 0.95), 1.70 / 7.5, 0.115), 2)
    2.73
    """
    return size_m / (2 * camera.half_tan * share)
