"""The rig that an optical question is about, and what of it has to be known."""

import math
from dataclasses import dataclass

from rigcoach.base.errors import RigcoachError
from rigcoach.lens.calibrations import Calibration, load_calibration
from rigcoach.optics.register_error import TRUE_SCALE
from rigcoach.rig.catalog import Gear
from rigcoach.rig.gear import Adapter, Body, Lens, Movie, Rig
from rigcoach.rig.gear_files import load_gear
from rigcoach.rig.profile import load_profile
from rigcoach.rig.zone_focus import ZoneFocus


class IncompleteRigError(RigcoachError):
    """A rig of which too little is known."""

    code = "rig.wanting"


@dataclass(frozen=True, slots=True)
class ChosenRig:
    """A rig with a lens, the aperture and shutter speed it is used at where they are known, and the ring's marks."""

    rig: Rig
    lens: Lens
    f_number: float | None
    shutter_s: float | None
    calibration: Calibration | None

    @property
    def body(self) -> Body | None:
        """The body, where it is known."""
        return self.rig.body

    @property
    def movie(self) -> Movie | None:
        """What the body records, where that is known."""
        return None if self.rig.body is None else self.rig.body.movie

    @property
    def focal_length_mm(self) -> float:
        """The focal length that the sensor sees."""
        return (self.rig.lens_focal_length_mm or self.lens.focal_length_mm) * self.rig.magnification

    @property
    def name(self) -> str:
        """What the rig is called: lens on body."""
        return self.lens.name if self.rig.body is None else f"{self.lens.name} on {self.rig.body.name}"

    def known_movie(self, what: str, next_step: str) -> Movie:
        """Return what the body records.

        Raises
        ------
        IncompleteRigError
            Where that is not known: `what` needs it, and `next_step` is what to do then.
        """
        if self.movie is None:
            why = "no body is given" if self.body is None else f"that of {self.body.name} is not"
            raise IncompleteRigError(f"{what} a body whose movie frame is known", why=why, next_step=next_step)
        return self.movie

    def zone_focus(self, circle_mm: float, f_number: float | None = None) -> ZoneFocus:
        """Return the rig's zone focus at its aperture, or at another.

        Parameters
        ----------
        circle_mm
            Diameter on the sensor of the largest blur disc that counts as sharp.
        f_number
            The aperture; the rig's own where None.

        Raises
        ------
        IncompleteRigError
            Where no aperture is known.
        """
        f_number = self.f_number if f_number is None else f_number
        if f_number is None:
            raise IncompleteRigError("no aperture is known", next_step="Give it: --aperture 8")
        return ZoneFocus(
            self.rig.lens_focal_length_mm or self.lens.focal_length_mm,
            f_number,
            circle_mm,
            None if self.movie is None else self.movie.pixel_pitch_mm,
            TRUE_SCALE if self.calibration is None else self.calibration.register,
            self.rig.magnification,
        )


def choose_rig(
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    *,
    aperture: float | None = None,
    calibrated: bool = True,
) -> ChosenRig:
    """Return a profile's rig, with what is given in place of its own; one of the profile and the lens is needed.

    The profile's adapter goes with a lens or body given in place of its own where it fits them. What was measured of
    the rig's ring comes along where `calibrated`.

    Raises
    ------
    RigcoachError
        Where there is none, it does not fit, it has no lens, or its lens has no such aperture.
    """
    gear = load_gear()
    shutter_s = f_number = None
    if rig_profile is not None:
        profile = load_profile(rig_profile)
        old = profile.rig
        shutter_s, f_number = profile.settings.shutter_s, profile.settings.aperture
        body = body or old.ids.get("body")
        lens = lens or old.ids.get("lens")
        if adapter is None and old.adapter is not None and _fits(gear, old.adapter, body, lens):
            adapter = old.adapter.id
    rig = gear.rig(body, lens, adapter)
    if rig.lens is None:
        raise IncompleteRigError(
            f"the profile {rig_profile} names no lens",
            next_step="Give it: --lens ID, one of `rigcoach gear list lenses`",
        )
    if rig.lens_focal_length_mm is None:
        raise IncompleteRigError(
            f"{rig.lens.name} is a zoom ({rig.lens.focal_lengths})",
            why="its focal length decides the field of view",
            next_step=f"Give it: --lens {rig.lens.id}@{rig.lens.focal_length_mm:g}mm",
        )
    if aperture is not None:
        f_number = aperture
    narrowest = rig.lens.narrowest_f_number or math.inf
    if f_number is not None and not rig.lens.widest_f_number * 0.99 <= f_number <= narrowest * 1.01:
        raise IncompleteRigError(
            f"{rig.lens.name} has no f/{f_number:g}",
            why=f"it goes from f/{rig.lens.widest_f_number:g} to f/{narrowest:g}",
            next_step="Give another: --aperture N",
        )
    return ChosenRig(rig, rig.lens, f_number, shutter_s, load_calibration(rig) if calibrated else None)


def _fits(gear: Gear, adapter: Adapter, body: str | None, lens: str | None) -> bool:
    try:
        gear.rig(body, lens, adapter.id)
    except RigcoachError:
        return False
    return True
