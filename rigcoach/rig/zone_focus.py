"""Zone focus: what is sharp with the ring at a mark, how blurred the rest is, and where to put the ring for a zone.

References
----------
.. [Ray2002] S. F. Ray, *Applied Photographic Optics*, 3rd ed., Focal Press 2002, chapters 4 and 22.
"""

import math
from dataclasses import dataclass

from rigcoach.optics.register_error import TRUE_SCALE, RegisterError
from rigcoach.optics.thin_lens import circle_of_confusion_mm, hyperfocal_m, motion_blur_px, pixels_per_mm
from rigcoach.rig.gear import Lens, Rig
from rigcoach.rig.profile_optics import Zone, zone

WALKING_M_S = 1.4
"""How fast people walk, unhurried (R. W. Bohannon, Age and Ageing 26, 1997: 1.3 to 1.5 m/s between 20 and 60)."""

FULL_STOPS = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0, 32.0)
"""As lenses have them engraved: powers of the root of two, rounded (ISO 517)."""
_HALF_A_STOP = 2**0.25
_USUAL_NARROWEST = 22.0  # of lenses whose own is not known


@dataclass(frozen=True, slots=True)
class ZoneFocus:
    """A lens at an aperture, and what counts as sharp.

    Attributes
    ----------
    focal_length_mm, f_number
        Of the lens, and as set on it.
    circle_mm
        Diameter on the sensor of the largest blur disc that counts as sharp.
    pixel_pitch_mm
        Of the movie frame; None where it is not known which part of the sensor that is read from.
    register
        What the ring's marks really focus at.
    magnification
        What a focal reducer or teleconverter behind the lens makes of focal length and f-number.
    """

    focal_length_mm: float
    f_number: float
    circle_mm: float
    pixel_pitch_mm: float | None = None
    register: RegisterError = TRUE_SCALE
    magnification: float = 1.0

    @property
    def seen_focal_length_mm(self) -> float:
        """The focal length that the sensor sees."""
        return self.focal_length_mm * self.magnification

    @property
    def seen_f_number(self) -> float:
        """The f-number that the sensor sees."""
        return self.f_number * self.magnification

    @property
    def circle_radius_px(self) -> float | None:
        """The largest disc's radius in pixels of the movie frame: a `blur_px`."""
        return None if self.pixel_pitch_mm is None else self.circle_mm / 2 / self.pixel_pitch_mm

    @property
    def hyperfocal_m(self) -> float:
        """The nearest focus that keeps infinity sharp."""
        return hyperfocal_m(self.seen_focal_length_mm, self.seen_f_number, self.circle_mm)

    def true_m(self, mark_m: float) -> float:
        """Return what a mark of the ring focuses at."""
        return mark_m if self.register is TRUE_SCALE else self.register.true_m(self.seen_focal_length_mm, mark_m)

    def mark_m(self, true_m: float) -> float | None:
        """Return the mark that focuses at a distance; `None` where none does."""
        return true_m if self.register is TRUE_SCALE else self.register.mark_m(self.seen_focal_length_mm, true_m)

    def zone_at(self, mark_m: float) -> Zone:
        """Return what is sharp with the ring at a mark.

        >>> z = ZoneFocus(28, 8, 0.030).zone_at(2.0)
        >>> round(z.near_m, 2), round(z.far_m, 2)
        (1.25, 5.05)
        """
        return zone(self.seen_focal_length_mm, self.hyperfocal_m, self.true_m(mark_m))

    def blur_px(self, mark_m: float, subject_m: float) -> float | None:
        """Return the radius of the blur disc of a subject; `None` without pixels."""
        if self.pixel_pitch_mm is None:
            return None
        disc_mm = circle_of_confusion_mm(self.seen_focal_length_mm, self.seen_f_number, self.true_m(mark_m), subject_m)
        return disc_mm / 2 / self.pixel_pitch_mm

    def walker_motion_blur_px(self, subject_m: float, shutter_s: float) -> float | None:
        """Return the smear of somebody who walks across at a distance, focused there; `None` without pixels."""
        if self.pixel_pitch_mm is None:
            return None
        scale = pixels_per_mm(self.seen_focal_length_mm, subject_m, subject_m, self.pixel_pitch_mm)
        return motion_blur_px(WALKING_M_S, shutter_s, scale)


@dataclass(frozen=True, slots=True)
class Cover:
    """How to keep a zone sharp.

    Attributes
    ----------
    focus_m
        Where to focus.
    f_number
        The widest full stop of the lens that covers the zone; None where its narrowest doesn't.
    needed_f_number
        The f-number that just covers it.
    """

    focus_m: float
    f_number: float | None
    needed_f_number: float


def cover(rig: Rig, circle_mm: float, near_m: float, far_m: float) -> Cover:
    """Return where to focus, and which aperture it takes, to keep all from `near_m` to `far_m` sharp.

    The limits h s/(h ± (s - f)) [Ray2002]_, chapter 22, with h = f²/(N c), solved for s = 2nd/(n + d) and
    h = (s - f)(d + n)/(d - n).

    >>> from rigcoach.rig.gear_files import load_gear
    >>> told = cover(load_gear().rig(None, "nikon-ai-s-28mm-f2.8", None), 0.030, 1.5, 4.0)
    >>> round(told.focus_m, 2), told.f_number, round(told.needed_f_number, 1)
    (2.18, 5.6, 5.5)
    """
    if not 0 < near_m < far_m:
        raise ValueError("a zone ends beyond where it begins")
    lens, focal_mm = rig.lens, rig.focal_length_mm
    if lens is None or focal_mm is None:
        raise ValueError("the rig's focal length is not known")
    f_m = focal_mm / 1000
    if math.isinf(far_m):
        focus_m = 2 * near_m
        h = focus_m - f_m
    else:
        focus_m = 2 * near_m * far_m / (near_m + far_m)
        h = (focus_m - f_m) * (far_m + near_m) / (far_m - near_m)
    needed = focal_mm**2 / circle_mm / (1000 * h) / rig.magnification
    enough = [stop for stop in full_stops(lens) if stop >= needed]
    return Cover(focus_m, enough[0] if enough else None, needed)


def full_stops(lens: Lens) -> tuple[float, ...]:
    """Return the full stops of a lens as its ring has them: after its widest none that is less than half a stop on.

    >>> from rigcoach.rig.gear_files import load_gear
    >>> full_stops(load_gear().lenses["nikon-ai-s-50mm-f1.8"])
    (1.8, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0)
    """
    from_f_number = lens.widest_f_number * _HALF_A_STOP
    narrowest = lens.narrowest_f_number or _USUAL_NARROWEST
    return (lens.widest_f_number, *(n for n in FULL_STOPS if from_f_number <= n <= narrowest))
