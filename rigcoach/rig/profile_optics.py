"""What a profile's rig sees and keeps sharp: angle of view, hyperfocal distance, zone of focus.

References
----------
.. [Ray2002] S. F. Ray, *Applied Photographic Optics*, 3rd ed., Focal Press 2002, chapters 5 and 22.
"""

import math
from dataclasses import dataclass

from rigcoach.optics.thin_lens import hyperfocal_m
from rigcoach.rig.gear import Body, Movie
from rigcoach.rig.profile import Profile

FULL_FRAME_CIRCLE_MM = 0.030
_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
STATIONS_M = (1.2, 2.0, 3.0, 5.0)
"""Distances that hip shooters rehearse: two arm's lengths, across a pavement, across a lane, a shop front."""


@dataclass(frozen=True, slots=True)
class Zone:
    """What is sharp with the ring at `focus_m`: from `near_m` to `far_m`, which may be infinite."""

    focus_m: float
    near_m: float
    far_m: float


@dataclass(frozen=True, slots=True)
class ProfileOptics:
    """The optics of a profile's rig.

    Attributes
    ----------
    focal_length_mm, f_number
        What the sensor sees of the lens's and the profile's, through a focal reducer or teleconverter where one is.
    view_deg
        Horizontal and vertical angle of view of the whole sensor; None without a body.
    movie_view_deg
        The same of the movie frame, where it is known which part of the sensor it is read from.
    circle_mm
        The largest blur disc that counts as sharp: 0.030 mm on full frame, smaller sensors in proportion.
    hyperfocal_m
        Focused there, all from half of it to infinity is sharp.
    zones
        At the distances that are rehearsed.
    """

    focal_length_mm: float
    f_number: float
    view_deg: tuple[float, float] | None
    movie_view_deg: tuple[float, float] | None
    circle_mm: float
    hyperfocal_m: float
    zones: tuple[Zone, ...]


def optics_of(profile: Profile) -> ProfileOptics | None:
    """Return the optics of a profile; None where it names no lens or no aperture."""
    rig, body = profile.rig, profile.rig.body
    lens, focal_mm, f_number = rig.lens, rig.focal_length_mm, rig.f_number_at_sensor(profile.settings.aperture)
    if lens is None or focal_mm is None or f_number is None:
        return None
    circle_mm, view, movie_view = circle_of(body), None, None
    if body is not None:
        view = _view_deg(focal_mm, body.sensor_width_mm * rig.squeeze, body.sensor_height_mm)
        if body.movie is not None:
            movie_view = movie_view_deg(focal_mm, body.movie, rig.squeeze)
    hyperfocal = hyperfocal_m(focal_mm, f_number, circle_mm)
    stations = [station for station in STATIONS_M if lens.focuses_at(station)]
    zones = tuple(zone(focal_mm, hyperfocal, station) for station in stations)
    return ProfileOptics(focal_mm, f_number, view, movie_view, circle_mm, hyperfocal, zones)


def circle_of(body: Body | None) -> float:
    """Return the largest blur disc that counts as sharp on a body, mm: 0.030 on full frame, others in proportion."""
    if body is None:
        return FULL_FRAME_CIRCLE_MM
    return FULL_FRAME_CIRCLE_MM * math.hypot(body.sensor_width_mm, body.sensor_height_mm) / _FULL_FRAME_DIAGONAL_MM


def zone(focal_length_mm: float, hyperfocal: float, focus_m: float) -> Zone:
    """Return what is sharp at a focus distance, by the thin lens, exactly.

    With h = f²/(N c) = H - f it is h s/(h + (s - f)) to h s/(h - (s - f)) [Ray2002]_, chapter 22; focused at infinity,
    from h on. All distances are from the lens.

    >>> z = zone(28, hyperfocal_m(28, 8, 0.030), 2.0)
    >>> round(z.near_m, 2), round(z.far_m, 2)
    (1.25, 5.05)
    """
    focal_m = focal_length_mm / 1000
    h = hyperfocal - focal_m
    if math.isinf(focus_m):
        return Zone(focus_m, h, math.inf)
    beyond = focus_m - focal_m
    far = math.inf if beyond >= h else h * focus_m / (h - beyond)
    return Zone(focus_m, h * focus_m / (h + beyond), far)


def movie_view_deg(focal_length_mm: float, movie: Movie, squeeze: float = 1.0) -> tuple[float, float]:
    """Return the angles of view, across and down, of a movie frame; `squeeze` is an anamorphic lens's."""
    width_mm = movie.sensor_width_mm
    return _view_deg(focal_length_mm, width_mm * squeeze, width_mm * movie.height_px / movie.width_px)


def _view_deg(focal_length_mm: float, width_mm: float, height_mm: float) -> tuple[float, float]:
    """Return the angles of view for a distant subject: 2 atan(d/2f) [Ray2002]_, chapter 5."""
    wide, high = (math.degrees(2 * math.atan(side / (2 * focal_length_mm))) for side in (width_mm, height_mm))
    return wide, high
