"""Options that say which rig, and what of it a command of optics needs."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from rigcoach.base.errors import RigcoachError
from rigcoach.cli.options import Command

if TYPE_CHECKING:
    from rigcoach.lens.calibrations import Calibration
    from rigcoach.rig.catalog import Gear
    from rigcoach.rig.gear import Adapter, Body, Lens, Movie, Rig


class RigWantingError(RigcoachError):
    """A rig of which too little is known."""

    code = "rig.wanting"


@dataclass(frozen=True, slots=True)
class ChosenRig:
    """A rig with a lens, the aperture and shutter speed it is used at where they are known, and the ring's marks."""

    rig: "Rig"
    lens: "Lens"
    f_number: float | None
    shutter_s: float | None
    calibration: "Calibration | None"

    @property
    def body(self) -> "Body | None":
        """The body, where it is known."""
        return self.rig.body

    @property
    def movie(self) -> "Movie | None":
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

    def parts(self) -> dict[str, str | None]:
        """Return the ids of its parts for a document."""
        return {kind: self.rig.ids.get(kind) for kind in ("body", "lens", "adapter")}


def rig_options(command: Command) -> Command:
    """Add ``--rig``, ``--body``, ``--lens`` and ``--adapter``."""
    for option, metavar, help_text in (
        ("--adapter", "ID", "The adapter between them; several joined by +, the one on the body first."),
        (
            "--lens",
            "ID",
            "The lens, in place of the profile's, from `rigcoach gear search`; a zoom as ID@35mm.",
        ),
        ("--body", "ID", "The body, in place of the profile's."),
    ):
        command = click.option(option, metavar=metavar, help=help_text)(command)
    return click.option("--rig", "rig_profile", metavar="PROFILE", help="The profile whose rig and settings to use.")(
        command
    )


def chosen_rig(
    rig_profile: str | None,
    body: str | None,
    lens: str | None,
    adapter: str | None,
    *,
    aperture: float | None = None,
    calibrated: bool = True,
) -> ChosenRig:
    """Return the rig that the options choose: the profile's, with what was given in place of its own.

    The profile's adapter goes with a lens or body given in place of its own where it fits them. What was measured of
    the rig's ring comes along where `calibrated`.

    Raises
    ------
    RigcoachError
        Where there is none, it does not fit, it has no lens, or its lens has no such aperture.
    """
    from rigcoach.lens.calibrations import load_calibration
    from rigcoach.rig.gear_files import load_gear
    from rigcoach.rig.profile import load_profile

    if rig_profile is None and lens is None:
        raise click.UsageError("Which rig? Give --rig PROFILE, or --body ID and --lens ID.")
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
        raise RigWantingError(
            f"the profile {rig_profile} names no lens",
            next_step="Give it: --lens ID, one of `rigcoach gear list lenses`",
        )
    if rig.lens_focal_length_mm is None:
        raise RigWantingError(
            f"{rig.lens.name} is a zoom ({rig.lens.focal_lengths})",
            why="where it stands decides what it sees",
            next_step=f"Say where: --lens {rig.lens.id}@{rig.lens.focal_length_mm:g}mm",
        )
    if aperture is not None:
        f_number = aperture
    narrowest = rig.lens.narrowest_f_number or math.inf
    if f_number is not None and not rig.lens.widest_f_number * 0.99 <= f_number <= narrowest * 1.01:
        raise RigWantingError(
            f"{rig.lens.name} has no f/{f_number:g}",
            why=f"it goes from f/{rig.lens.widest_f_number:g} to f/{narrowest:g}",
            next_step="Give another: --aperture N",
        )
    return ChosenRig(rig, rig.lens, f_number, shutter_s, load_calibration(rig) if calibrated else None)


def _fits(gear: "Gear", adapter: "Adapter", body: str | None, lens: str | None) -> bool:
    try:
        gear.rig(body, lens, adapter.id)
    except RigcoachError:
        return False
    return True
