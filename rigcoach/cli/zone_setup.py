"""What `focus zone`, `focus table` and `focus scale` share: the options for sharpness."""

from typing import TYPE_CHECKING

import click

from rigcoach.base.units import metres_and_feet
from rigcoach.cli.options import Command

if TYPE_CHECKING:
    from rigcoach.lens.chosen_rig import ChosenRig

aperture_option = click.option(
    "--aperture", type=click.FloatRange(0.7, 64), metavar="N", help="Aperture, in place of the profile's."
)


def sharpness_options(command: Command) -> Command:
    """Add ``--blur-px`` and ``--coc``."""
    command = click.option(
        "--coc",
        "circle_mm",
        type=click.FloatRange(0.001, 1),
        metavar="MM",
        help="Circle of confusion: largest acceptable blur diameter on the sensor.  [default: 0.030 on full frame]",
    )(command)
    return click.option(
        "--blur-px",
        type=click.FloatRange(0.1, 100),
        metavar="PX",
        help="Largest acceptable blur radius, in pixels of the movie frame; scores use 1.6.",
    )(command)


def chosen_circle_mm(chosen: "ChosenRig", blur_px: float | None, circle_mm: float | None) -> float:
    """Return the diameter of the largest disc that counts as sharp."""
    from rigcoach.rig.profile_optics import circle_of

    if circle_mm is not None and blur_px is not None:
        raise click.UsageError("--coc and --blur-px both set what counts as sharp: give one.")
    if blur_px is None:
        return circle_of(chosen.body) if circle_mm is None else circle_mm
    movie = chosen.known_movie("pixels need", next_step="Give --body ID, or --coc MM in place of --blur-px")
    return 2 * blur_px * movie.pixel_pitch_mm


def reachable(chosen: "ChosenRig", marks: tuple[float, ...]) -> tuple[float, ...]:
    """Return marks that a ring has, or refuse what is nearer than it goes."""
    from rigcoach.lens.chosen_rig import IncompleteRigError

    macro_m = 4 * chosen.focal_length_mm / 1000
    close_m = macro_m if chosen.lens.close_focus_m is None else chosen.lens.close_focus_m
    for mark in marks:
        if mark < max(close_m, macro_m) * 0.999:
            ends = (
                f"its closest focus is {metres_and_feet(close_m)}"
                if mark < close_m
                else f"the calculation ends at {metres_and_feet(macro_m)}"
            )
            raise IncompleteRigError(
                f"{chosen.lens.name} does not focus at {metres_and_feet(mark)}",
                why=ends,
                next_step="Give a distance within its range",
            )
    return marks
