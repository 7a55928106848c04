"""Where a focus ring stood, from the blur on a subject at a known distance.

References
----------
.. [Ray2002] S. F. Ray, *Applied Photographic Optics*, 3rd ed., Focal Press 2002, chapters 4 and 22.
"""

from dataclasses import dataclass

from rigcoach.optics.thin_lens import focus_distance_m, image_distance_mm
from rigcoach.rig.profile import Profile


@dataclass(frozen=True, slots=True)
class LensOnPixels:
    """What of a rig turns blur into distance: focal length, f-number, and the width of a pixel on the sensor."""

    focal_length_mm: float
    f_number: float
    pixel_pitch_mm: float


@dataclass(frozen=True, slots=True)
class RingPlaces:
    """The two distances that a ring may have stood at; `far_m` is infinite beyond the hyperfocal distance."""

    near_m: float
    far_m: float


def lens_of(profile: Profile | None, frame_width_px: int) -> LensOnPixels | None:
    """Return the lens of a profile's rig for frames of a width; `None` where lens, aperture or sensor is not known."""
    if profile is None:
        return None
    rig, body = profile.rig, profile.rig.body
    focal_mm, f_number = rig.focal_length_mm, rig.f_number_at_sensor(profile.settings.aperture)
    if focal_mm is None or body is None or body.movie is None or f_number is None:
        return None
    return LensOnPixels(focal_mm, f_number, body.movie.sensor_width_mm / frame_width_px)


def ring_places(lens: LensOnPixels, subject_m: float, blur_px: float) -> RingPlaces:
    """Return where the ring may have stood when a subject was blurred by a disc of a radius.

    A disc of diameter c on the sensor is (f/N) |v_ring - v|/v for image distances v, so v_ring = v (1 ± c N/f)
    [Ray2002]_, chapter 22. Blur alone doesn't tell the two apart.

    Parameters
    ----------
    lens
        The lens and its pixels.
    subject_m
        Distance from the lens to the subject, in metres.
    blur_px
        Radius of the disc, in pixels.

    A 28 mm lens at f/2.8 on 1920 pixels of a 36 mm sensor, 1.5 px of blur on a subject at 2 m:

    >>> places = ring_places(LensOnPixels(28, 2.8, 36 / 1920), 2.0, 1.5)
    >>> round(places.near_m, 2), round(places.far_m, 2)
    (1.43, 3.32)
    """
    v_mm = image_distance_mm(lens.focal_length_mm, subject_m)
    part = 2 * blur_px * lens.pixel_pitch_mm * lens.f_number / lens.focal_length_mm
    near_m, far_m = (focus_distance_m(lens.focal_length_mm, v_mm * (1 + side * part)) for side in (1, -1))
    return RingPlaces(near_m, far_m)
